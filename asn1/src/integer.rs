//! INTEGERs whose range a later edition may widen.

use rasn::prelude::*;
use rasn::types::constraints::{Bounded, Value};

/// INTEGER (`FIRST`..`LAST`,...): any number of 64 bits may come; those of the range cost the fewest bits.
///
/// A number of Rust's own brings a range of its own along, and rasn forgets that the range is extensible where two meet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExtensibleInteger<const FIRST: i64, const LAST: i64>(pub i64);

impl<const FIRST: i64, const LAST: i64> ExtensibleInteger<FIRST, LAST> {
    const RANGE: Constraints = Constraints::new(&[Constraint::Value(
        Extensible::new(Value::new(Bounded::const_new(FIRST as i128, LAST as i128))).set_extensible(true),
    )]);
}

impl<const FIRST: i64, const LAST: i64> AsnType for ExtensibleInteger<FIRST, LAST> {
    const TAG: Tag = Tag::INTEGER;
    const CONSTRAINTS: Constraints = Self::RANGE;
    const IDENTIFIER: Identifier = Identifier::INTEGER;
}

impl<const FIRST: i64, const LAST: i64> Encode for ExtensibleInteger<FIRST, LAST> {
    fn encode_with_tag_and_constraints<'b, E: Encoder<'b>>(
        &self,
        encoder: &mut E,
        tag: Tag,
        _: &Constraints,
        identifier: Identifier,
    ) -> Result<(), E::Error> {
        encoder.encode_integer(tag, &Self::RANGE, &self.0, identifier).map(drop)
    }
}

impl<const FIRST: i64, const LAST: i64> Decode for ExtensibleInteger<FIRST, LAST> {
    fn decode_with_tag_and_constraints<D: Decoder>(
        decoder: &mut D,
        tag: Tag,
        _: &Constraints,
    ) -> Result<Self, D::Error> {
        decoder.decode_integer(tag, &Self::RANGE).map(Self)
    }
}
