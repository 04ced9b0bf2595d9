//! `msgFrameExt`: a number that says which message follows, and the message as an open type.

use alloc::vec::Vec;

use rasn::prelude::*;
use rasn::types::constraints::{Bounded, Value};
use rasn::types::fields::Fields;

use super::clpmm::CLPMM;
use super::pam::PAMData;
use super::psm::PersonalSafetyMessage;
use super::rsc::RoadsideCoordination;
use super::rtcm::RTCMcorrections;
use super::ssm::SensorSharingMsg;
use super::test::TestMsg;
use super::vir::VehIntentionAndRequest;
use super::vpm::VehiclePaymentMessage;
use crate::{CodecError, uper};

/// As it lies on the wire.
#[derive(AsnType, Decode, Encode)]
#[rasn(automatic_tags)]
#[non_exhaustive]
struct Wire {
    #[rasn(identifier = "messageId", value("0..=32767"))]
    message_id: u16,
    value: Any,
}

const ID_CONSTRAINTS: Constraints =
    Constraints::new(&[Constraint::Value(Extensible::new(Value::new(Bounded::const_new(0, 32767))))]);

macro_rules! messages {
    ($($(#[$meta:meta])* $variant:ident($type:ty) = $id:literal, $short:literal;)+) => {
        /// A message of phase 2, by its type.
        ///
        /// ASN.1 `MessageFrameExt`: SEQUENCE, extensible, of `messageId` and `value`. Source: T/CSAE 157-2020.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        #[allow(clippy::large_enum_variant)] // One frame at a time: a box would cost more than it saves.
        pub enum MessageFrameExt {
            $($(#[$meta])* $variant($type),)+
            /// Any other `messageId`, 0 to 32767, with the octets of its message.
            Other(u16, Any),
        }

        impl MessageFrameExt {
            /// `messageId`.
            pub const fn message_id(&self) -> u16 {
                match self {
                    $(Self::$variant(_) => $id,)+
                    Self::Other(id, _) => *id,
                }
            }

            /// The usual short name, such as `SSM`; `unknown` for a message that this version knows no type of.
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $short,)+
                    Self::Other(..) => "unknown",
                }
            }

            fn body_to_uper(&self) -> Result<Vec<u8>, CodecError> {
                match self {
                    $(Self::$variant(body) => uper::encode(body),)+
                    Self::Other(_, octets) => Ok(octets.as_bytes().to_vec()),
                }
            }

            fn from_wire(wire: Wire) -> Result<Self, CodecError> {
                let octets = wire.value.as_bytes();
                match wire.message_id {
                    $($id => uper::decode(octets).map(Self::$variant),)+
                    id => Ok(Self::Other(id, wire.value)),
                }
            }

            /// In place, for a codec that has no open types.
            fn encode_body<'b, E: Encoder<'b>>(&self, encoder: &mut E) -> Result<(), E::Error> {
                match self {
                    $(Self::$variant(body) => body.encode(encoder),)+
                    Self::Other(_, octets) => octets.encode(encoder),
                }
            }

            fn decode_body<D: Decoder>(id: u16, decoder: &mut D) -> Result<Self, D::Error> {
                Ok(match id {
                    $($id => Self::$variant(Decode::decode(decoder)?),)+
                    id => Self::Other(id, Any::decode(decoder)?),
                })
            }
        }
    };
}

messages! {
    /// TEST.
    Test(TestMsg) = 0, "TEST";
    /// RTCM.
    Rtcm(RTCMcorrections) = 10, "RTCM";
    /// RSC.
    Rsc(RoadsideCoordination) = 11, "RSC";
    /// SSM.
    Ssm(SensorSharingMsg) = 12, "SSM";
    /// VIR.
    Vir(VehIntentionAndRequest) = 13, "VIR";
    /// PAM.
    Pam(PAMData) = 14, "PAM";
    /// PSM.
    Psm(PersonalSafetyMessage) = 15, "PSM";
    /// CLPMM.
    Clpmm(CLPMM) = 16, "CLPMM";
    /// VPM.
    Vpm(VehiclePaymentMessage) = 17, "VPM";
}

/// The message in an open type, its length included. It finds the same as decoding the frame as a whole, but an error
/// says where in the message, and at which bit from the open type's start, it is.
pub(crate) fn from_open_type(octets: &[u8]) -> Result<MessageFrameExt, CodecError> {
    let contents: Any = uper::decode(octets)?;
    let contents = contents.as_bytes();
    let start = determinant_bits(contents.len());
    let wire: Wire = uper::decode(contents).map_err(|error| error.within("", start))?;
    let body = start + 16 + determinant_bits(wire.value.as_bytes().len());
    MessageFrameExt::from_wire(wire).map_err(|error| error.within("value", body))
}

/// How many bits say that so many octets follow (where they are not in fragments).
const fn determinant_bits(octets: usize) -> usize {
    if octets < 128 { 8 } else { 16 }
}

impl AsnType for MessageFrameExt {
    const TAG: Tag = Tag::SEQUENCE;
    const IDENTIFIER: Identifier = Identifier(Some("MessageFrameExt"));
}

impl Constructed<2, 0> for MessageFrameExt {
    const FIELDS: Fields<2> = <Wire as Constructed<2, 0>>::FIELDS;
    const IS_EXTENSIBLE: bool = true;
}

impl Encode for MessageFrameExt {
    fn encode_with_tag_and_constraints<'b, E: Encoder<'b>>(
        &self,
        encoder: &mut E,
        tag: Tag,
        constraints: &Constraints,
        identifier: Identifier,
    ) -> Result<(), E::Error> {
        let codec = encoder.codec();
        if codec != rasn::Codec::Jer {
            let body = self.body_to_uper().map_err(|error| rasn::enc::Error::custom(error, codec))?;
            let wire = Wire { message_id: self.message_id(), value: Any::new(body) };
            return wire.encode_with_tag_and_constraints(encoder, tag, constraints, identifier);
        }
        let members = |encoder: &mut E::AnyEncoder<'_, 2, 0>| {
            let id = self.message_id();
            id.encode_with_tag_and_constraints(encoder, Tag::INTEGER, &ID_CONSTRAINTS, Identifier::EMPTY)?;
            self.encode_body(encoder)
        };
        encoder.encode_sequence::<2, 0, Self, _>(tag, members, identifier).map(drop)
    }
}

impl Decode for MessageFrameExt {
    fn decode_with_tag_and_constraints<D: Decoder>(
        decoder: &mut D,
        tag: Tag,
        constraints: &Constraints,
    ) -> Result<Self, D::Error> {
        let codec = decoder.codec();
        if codec != rasn::Codec::Jer {
            let wire = Wire::decode_with_tag_and_constraints(decoder, tag, constraints)?;
            return Self::from_wire(wire).map_err(|error| rasn::de::Error::custom(error, codec));
        }
        decoder.decode_sequence::<2, 0, Self, fn() -> Self, _>(tag, None, |decoder| {
            let id = u16::decode_with_constraints(decoder, &ID_CONSTRAINTS)?;
            Self::decode_body(id, decoder)
        })
    }
}
