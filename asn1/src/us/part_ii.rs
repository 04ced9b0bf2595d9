//! Part II of the BSM: a number that says which body follows, and the body as an open type.

use rasn::prelude::*;
use rasn::types::fields::Fields;

use super::bsm::VehicleSafetyExtensions;
use super::bsm_special::SpecialVehicleExtensions;
use super::bsm_supplemental::SupplementalVehicleExtensions;
use crate::uper::OpenType;

/// One part II of a BSM.
///
/// ASN.1 `PartIIcontent`: SEQUENCE of `partII-Id` and `partII-Value`. Source: SAE J2735 2024-09.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::large_enum_variant)] // At most eight of them: a box would cost more than it saves.
pub enum PartIIcontent {
    /// `partII-Id` 0.
    VehicleSafety(VehicleSafetyExtensions),
    /// `partII-Id` 1.
    SpecialVehicle(SpecialVehicleExtensions),
    /// `partII-Id` 2.
    Supplemental(SupplementalVehicleExtensions),
    /// Any other `partII-Id`, 0 to 63, with the octets of its body.
    Other(u8, Any),
}

/// The members' names.
#[derive(AsnType)]
#[rasn(automatic_tags)]
#[allow(dead_code)]
struct Members {
    #[rasn(identifier = "partII-Id", value("0..=63"))]
    id: u8,
    #[rasn(identifier = "partII-Value")]
    value: Any,
}

const ID_CONSTRAINTS: Constraints = Constraints::new(&[Constraint::Value(Extensible::new(
    rasn::types::constraints::Value::new(rasn::types::constraints::Bounded::const_new(0, 63)),
))]);

impl PartIIcontent {
    /// `partII-Id`.
    pub const fn id(&self) -> u8 {
        match self {
            Self::VehicleSafety(_) => 0,
            Self::SpecialVehicle(_) => 1,
            Self::Supplemental(_) => 2,
            Self::Other(id, _) => *id,
        }
    }
}

impl AsnType for PartIIcontent {
    const TAG: Tag = Tag::SEQUENCE;
    const IDENTIFIER: Identifier = Identifier(Some("PartIIcontent"));
}

impl Constructed<2, 0> for PartIIcontent {
    const FIELDS: Fields<2> = <Members as Constructed<2, 0>>::FIELDS;
}

impl Encode for PartIIcontent {
    fn encode_with_tag_and_constraints<'b, E: Encoder<'b>>(
        &self,
        encoder: &mut E,
        tag: Tag,
        _: &Constraints,
        identifier: Identifier,
    ) -> Result<(), E::Error> {
        let members = |encoder: &mut E::AnyEncoder<'_, 2, 0>| {
            self.id().encode_with_tag_and_constraints(encoder, Tag::INTEGER, &ID_CONSTRAINTS, Identifier::EMPTY)?;
            match self {
                Self::VehicleSafety(body) => OpenType::encode(body, encoder),
                Self::SpecialVehicle(body) => OpenType::encode(body, encoder),
                Self::Supplemental(body) => OpenType::encode(body, encoder),
                Self::Other(_, octets) => octets.encode(encoder),
            }
        };
        encoder.encode_sequence::<2, 0, Self, _>(tag, members, identifier).map(drop)
    }
}

impl Decode for PartIIcontent {
    fn decode_with_tag_and_constraints<D: Decoder>(
        decoder: &mut D,
        tag: Tag,
        _: &Constraints,
    ) -> Result<Self, D::Error> {
        decoder.decode_sequence::<2, 0, Self, fn() -> Self, _>(tag, None, |decoder| {
            let id = u8::decode_with_constraints(decoder, &ID_CONSTRAINTS)?;
            Ok(match id {
                0 => Self::VehicleSafety(OpenType::decode(decoder)?),
                1 => Self::SpecialVehicle(OpenType::decode(decoder)?),
                2 => Self::Supplemental(OpenType::decode(decoder)?),
                id => Self::Other(id, Any::decode(decoder)?),
            })
        })
    }
}
