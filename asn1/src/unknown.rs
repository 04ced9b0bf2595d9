//! Alternatives that later editions of the standards added to a CHOICE: kept as they came, so that a message which has one
//! is neither lost nor changed on its way.

use alloc::boxed::Box;
use alloc::vec::Vec;

use rasn::prelude::*;

use crate::uper::{OURS, PACKED_ALTERNATIVE};

/// An alternative behind the extension marker that this version does not know.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UnknownAlternative(Box<Alternative>);

/// In JSON, an object of both.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(automatic_tags)]
struct Alternative {
    index: u32,
    octets: OctetString,
}

impl UnknownAlternative {
    /// The alternative with this place behind the extension marker, counted from 0, and the octets of its open type.
    pub fn new(index: u32, octets: impl Into<Vec<u8>>) -> Self {
        Self(Box::new(Alternative { index, octets: octets.into().into() }))
    }

    /// Its place behind the extension marker, counted from 0.
    pub const fn index(&self) -> u32 {
        self.0.index
    }

    /// The octets of its open type.
    pub fn octets(&self) -> &[u8] {
        &self.0.octets
    }
}

impl AsnType for UnknownAlternative {
    const TAG: Tag = Tag::SEQUENCE;
    const IDENTIFIER: Identifier = Identifier(Some("UnknownAlternative"));
}

impl Encode for UnknownAlternative {
    fn encode_with_tag_and_constraints<'b, E: Encoder<'b>>(
        &self,
        encoder: &mut E,
        tag: Tag,
        constraints: &Constraints,
        identifier: Identifier,
    ) -> Result<(), E::Error> {
        if encoder.codec() != OURS {
            return self.0.encode_with_tag_and_constraints(encoder, tag, constraints, identifier);
        }
        let mut packed = self.index().to_be_bytes().to_vec();
        packed.extend_from_slice(self.octets());
        encoder.encode_octet_string(PACKED_ALTERNATIVE, constraints, &packed, identifier).map(drop)
    }
}

impl Decode for UnknownAlternative {
    fn decode_with_tag_and_constraints<D: Decoder>(
        decoder: &mut D,
        tag: Tag,
        constraints: &Constraints,
    ) -> Result<Self, D::Error> {
        if decoder.codec() != OURS {
            return Alternative::decode_with_tag_and_constraints(decoder, tag, constraints).map(Box::new).map(Self);
        }
        let packed: Vec<u8> = decoder.decode_octet_string(PACKED_ALTERNATIVE, constraints)?;
        let (index, octets) = packed.split_first_chunk().unwrap_or((&[0; 4], &[]));
        Ok(Self::new(u32::from_be_bytes(*index), octets))
    }
}
