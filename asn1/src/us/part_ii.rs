//! Part II of the BSM: a number that says which body follows, and the body as an open type.

use rasn::prelude::*;

use super::bsm::VehicleSafetyExtensions;
use super::bsm_special::SpecialVehicleExtensions;
use super::bsm_supplemental::SupplementalVehicleExtensions;
use crate::numbered::numbered;

numbered! {
    /// One part II of a BSM.
    ///
    /// ASN.1 `PartIIcontent`: SEQUENCE of `partII-Id` and `partII-Value`. Source: SAE J2735 2024-09.
    pub enum PartIIcontent {
        "partII-Id": 63, "partII-Value", extensible false,
        /// `partII-Id` 0.
        VehicleSafety(VehicleSafetyExtensions) = 0,
        /// `partII-Id` 1.
        SpecialVehicle(SpecialVehicleExtensions) = 1,
        /// `partII-Id` 2.
        Supplemental(SupplementalVehicleExtensions) = 2,
    }
}
