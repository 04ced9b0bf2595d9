//! Groups of vehicles and responders as ITIS phrases (SAE J2540).

use rasn::prelude::*;

/// ASN.1 `VehicleGroupAffected`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum VehicleGroupAffected {
    /// `all-vehicles`.
    #[rasn(identifier = "all-vehicles")]
    AllVehicles = 9217,
    /// `bicycles`.
    #[rasn(identifier = "bicycles")]
    Bicycles = 9218,
    /// `motorcycles`.
    #[rasn(identifier = "motorcycles")]
    Motorcycles = 9219,
    /// `cars`.
    #[rasn(identifier = "cars")]
    Cars = 9220,
    /// `light-vehicles`.
    #[rasn(identifier = "light-vehicles")]
    LightVehicles = 9221,
    /// `cars-and-light-vehicles`.
    #[rasn(identifier = "cars-and-light-vehicles")]
    CarsAndLightVehicles = 9222,
    /// `cars-with-trailers`.
    #[rasn(identifier = "cars-with-trailers")]
    CarsWithTrailers = 9223,
    /// `cars-with-recreational-trailers`.
    #[rasn(identifier = "cars-with-recreational-trailers")]
    CarsWithRecreationalTrailers = 9224,
    /// `vehicles-with-trailers`.
    #[rasn(identifier = "vehicles-with-trailers")]
    VehiclesWithTrailers = 9225,
    /// `heavy-vehicles`.
    #[rasn(identifier = "heavy-vehicles")]
    HeavyVehicles = 9226,
    /// `trucks`.
    #[rasn(identifier = "trucks")]
    Trucks = 9227,
    /// `buses`.
    #[rasn(identifier = "buses")]
    Buses = 9228,
    /// `articulated-buses`.
    #[rasn(identifier = "articulated-buses")]
    ArticulatedBuses = 9229,
    /// `school-buses`.
    #[rasn(identifier = "school-buses")]
    SchoolBuses = 9230,
    /// `vehicles-with-semi-trailers`.
    #[rasn(identifier = "vehicles-with-semi-trailers")]
    VehiclesWithSemiTrailers = 9231,
    /// `vehicles-with-double-trailers`.
    #[rasn(identifier = "vehicles-with-double-trailers")]
    VehiclesWithDoubleTrailers = 9232,
    /// `high-profile-vehicles`.
    #[rasn(identifier = "high-profile-vehicles")]
    HighProfileVehicles = 9233,
    /// `wide-vehicles`.
    #[rasn(identifier = "wide-vehicles")]
    WideVehicles = 9234,
    /// `long-vehicles`.
    #[rasn(identifier = "long-vehicles")]
    LongVehicles = 9235,
    /// `hazardous-loads`.
    #[rasn(identifier = "hazardous-loads")]
    HazardousLoads = 9236,
    /// `exceptional-loads`.
    #[rasn(identifier = "exceptional-loads")]
    ExceptionalLoads = 9237,
    /// `abnormal-loads`.
    #[rasn(identifier = "abnormal-loads")]
    AbnormalLoads = 9238,
    /// `convoys`.
    #[rasn(identifier = "convoys")]
    Convoys = 9239,
    /// `maintenance-vehicles`.
    #[rasn(identifier = "maintenance-vehicles")]
    MaintenanceVehicles = 9240,
    /// `delivery-vehicles`.
    #[rasn(identifier = "delivery-vehicles")]
    DeliveryVehicles = 9241,
    /// `vehicles-with-even-numbered-license-plates`.
    #[rasn(identifier = "vehicles-with-even-numbered-license-plates")]
    VehiclesWithEvenNumberedLicensePlates = 9242,
    /// `vehicles-with-odd-numbered-license-plates`.
    #[rasn(identifier = "vehicles-with-odd-numbered-license-plates")]
    VehiclesWithOddNumberedLicensePlates = 9243,
    /// `vehicles-with-parking-permits`.
    #[rasn(identifier = "vehicles-with-parking-permits")]
    VehiclesWithParkingPermits = 9244,
    /// `vehicles-with-catalytic-converters`.
    #[rasn(identifier = "vehicles-with-catalytic-converters")]
    VehiclesWithCatalyticConverters = 9245,
    /// `vehicles-without-catalytic-converters`.
    #[rasn(identifier = "vehicles-without-catalytic-converters")]
    VehiclesWithoutCatalyticConverters = 9246,
    /// `gas-powered-vehicles`.
    #[rasn(identifier = "gas-powered-vehicles")]
    GasPoweredVehicles = 9247,
    /// `diesel-powered-vehicles`.
    #[rasn(identifier = "diesel-powered-vehicles")]
    DieselPoweredVehicles = 9248,
    /// `lPG-vehicles`.
    #[rasn(identifier = "lPG-vehicles")]
    LPGVehicles = 9249,
    /// `military-convoys`.
    #[rasn(identifier = "military-convoys")]
    MilitaryConvoys = 9250,
    /// `military-vehicles`.
    #[rasn(identifier = "military-vehicles")]
    MilitaryVehicles = 9251,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

/// ASN.1 `ResponderGroupAffected`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum ResponderGroupAffected {
    /// `emergency-vehicle-units`.
    #[rasn(identifier = "emergency-vehicle-units")]
    EmergencyVehicleUnits = 9729,
    /// `federal-law-enforcement-units`.
    #[rasn(identifier = "federal-law-enforcement-units")]
    FederalLawEnforcementUnits = 9730,
    /// `state-police-units`.
    #[rasn(identifier = "state-police-units")]
    StatePoliceUnits = 9731,
    /// `county-police-units`.
    #[rasn(identifier = "county-police-units")]
    CountyPoliceUnits = 9732,
    /// `local-police-units`.
    #[rasn(identifier = "local-police-units")]
    LocalPoliceUnits = 9733,
    /// `ambulance-units`.
    #[rasn(identifier = "ambulance-units")]
    AmbulanceUnits = 9734,
    /// `rescue-units`.
    #[rasn(identifier = "rescue-units")]
    RescueUnits = 9735,
    /// `fire-units`.
    #[rasn(identifier = "fire-units")]
    FireUnits = 9736,
    /// `hAZMAT-units`.
    #[rasn(identifier = "hAZMAT-units")]
    HAZMATUnits = 9737,
    /// `light-tow-unit`.
    #[rasn(identifier = "light-tow-unit")]
    LightTowUnit = 9738,
    /// `heavy-tow-unit`.
    #[rasn(identifier = "heavy-tow-unit")]
    HeavyTowUnit = 9739,
    /// `freeway-service-patrols`.
    #[rasn(identifier = "freeway-service-patrols")]
    FreewayServicePatrols = 9740,
    /// `transportation-response-units`.
    #[rasn(identifier = "transportation-response-units")]
    TransportationResponseUnits = 9741,
    /// `private-contractor-response-units`.
    #[rasn(identifier = "private-contractor-response-units")]
    PrivateContractorResponseUnits = 9742,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}
