//! Values that come by the dozen in a message, read and written in one piece.
//!
//! Member by member, most of the time goes into handing each value on. So a type of up to [`AHEAD`] bits may take itself out of
//! the bits that lie ahead of the reader, which moves only when all is taken, and may gather itself before it is written. That
//! is for the usual: where a number is out of range, or anything is of a later edition, the type says `None` and is coded in
//! the general way, which knows what else may come and what to say of a fault.

use rasn::prelude::*;

use super::{OURS, width};

/// How many bits are seen ahead: sixteen octets, less what may stand before them in the first.
const AHEAD: u32 = u128::BITS - 7;

/// The class of the tags by which integers of 128 bits stand for pieces, and a null for a step. The reader is asked for what
/// lies so many bits ahead, and to step over so many; the writer, to write so many.
pub(super) const PIECE: Class = Class::Private;

/// A type of at most [`AHEAD`] bits. `None` where the value is not a usual one.
pub(crate) trait InOnePiece: Sized {
    /// The value out of the bits that lie ahead.
    fn take(seen: &mut Seen) -> Option<Self>;
    /// Adds the value's bits.
    fn put(&self, piece: &mut Piece) -> Option<()>;
}

/// What lies ahead of a reader, which stays where it is until [`Ahead::accept`].
pub(crate) struct Ahead<'d, D> {
    decoder: &'d mut D,
    taken: u32,
}

impl<'d, D: Decoder> Ahead<'d, D> {
    /// `None` where the codec is not ours.
    #[inline(always)]
    pub(crate) fn of(decoder: &'d mut D) -> Option<Self> {
        (decoder.codec() == OURS).then_some(Self { decoder, taken: 0 })
    }

    /// What lies behind all that was taken before.
    #[inline(always)]
    pub(crate) fn see(&mut self) -> Option<Seen> {
        let left: i128 = self.decoder.decode_integer(Tag::new(PIECE, self.taken), &Constraints::NONE).ok()?;
        Some(Seen::of(left.cast_unsigned()))
    }

    /// Takes what was taken out of `seen`.
    #[inline(always)]
    pub(crate) fn took(&mut self, seen: &Seen) {
        debug_assert!(seen.taken <= AHEAD, "more taken than seen");
        self.taken = self.taken.wrapping_add(seen.taken);
    }

    /// Moves the reader over the values, as one that is done, if so many bits were there.
    #[inline(always)]
    pub(crate) fn accept(self) -> Option<()> {
        self.decoder.decode_null(Tag::new(PIECE, self.taken)).ok()
    }
}

/// The bits of one piece, the next one in the highest place.
pub(crate) struct Seen {
    left: u128,
    taken: u32,
    /// Which optional members are there, the next one in the highest place.
    presence: u64,
}

impl Seen {
    #[inline(always)]
    pub(crate) const fn of(left: u128) -> Self {
        Self { left, taken: 0, presence: 0 }
    }

    /// 1 to 64 bits.
    #[inline(always)]
    pub(crate) fn bits(&mut self, count: u32) -> u64 {
        let bits = (self.left >> (u128::BITS - count)) as u64;
        self.left <<= count;
        self.taken = self.taken.wrapping_add(count);
        bits
    }

    /// The bits that say which of so many optional members are there.
    #[inline(always)]
    pub(crate) fn options(&mut self, count: u32) {
        self.presence = self.bits(count) << (u64::BITS - count);
    }

    /// An integer from 0 to `last`.
    #[inline(always)]
    pub(crate) fn number<N: TryFrom<u64>>(&mut self, last: u64) -> Option<N> {
        let number = self.bits(width(last));
        if number > last { None } else { number.try_into().ok() }
    }

    /// The same where it may be left out.
    #[inline(always)]
    pub(crate) fn optional<N: TryFrom<u64>>(&mut self, last: u64) -> Option<Option<N>> {
        let present = self.presence >> 63 == 1;
        self.presence <<= 1;
        if present { self.number(last).map(Some) } else { Some(None) }
    }
}

/// Bits that are gathered, the latest in the lowest place.
#[derive(Default)]
pub(crate) struct Piece {
    bits: u128,
    count: u32,
}

impl Piece {
    /// Has the encoder, which must be ours, write what was gathered.
    #[inline(always)]
    pub(crate) fn write<'b, E: Encoder<'b>>(self, encoder: &mut E) -> Result<(), E::Error> {
        debug_assert!(self.count <= AHEAD, "more gathered than fits");
        let (tag, bits) = (Tag::new(PIECE, self.count), self.bits.cast_signed());
        encoder.encode_integer(tag, &Constraints::NONE, &bits, Identifier::EMPTY).map(drop)
    }

    /// Up to 64 bits; `value` has no more.
    #[inline(always)]
    pub(crate) fn bits(&mut self, value: u64, count: u32) {
        self.bits = self.bits << count | u128::from(value);
        self.count = self.count.wrapping_add(count);
    }

    #[inline(always)]
    pub(crate) fn number(&mut self, value: impl Into<u64>, last: u64) -> Option<()> {
        let value = value.into();
        self.bits(value, width(last));
        (value <= last).then_some(())
    }

    #[inline(always)]
    pub(crate) fn optional(&mut self, value: Option<impl Into<u64>>, last: u64) -> Option<()> {
        value.map_or(Some(()), |value| self.number(value, last))
    }
}

/// How a SEQUENCE of integers from 0 on is coded in one piece: its members in order, `number` or `optional`, and their greatest
/// values.
macro_rules! in_one_piece {
    ($name:ident { $($field:ident: $kind:ident <= $last:literal,)+ }) => {
        impl $crate::uper::piece::InOnePiece for $name {
            #[inline(always)]
            fn take(seen: &mut $crate::uper::piece::Seen) -> Option<Self> {
                seen.options(0 $(+ $crate::uper::piece::in_one_piece!(@options $kind))+);
                Some(Self { $($field: seen.$kind($last)?,)+ })
            }

            #[inline(always)]
            fn put(&self, piece: &mut $crate::uper::piece::Piece) -> Option<()> {
                $($crate::uper::piece::in_one_piece!(@announce $kind piece, self.$field);)+
                $(piece.$kind(self.$field, $last)?;)+
                Some(())
            }
        }
    };
    (@options number) => { 0 };
    (@options optional) => { 1 };
    (@announce number $piece:ident, $value:expr) => {};
    (@announce optional $piece:ident, $value:expr) => { $piece.bits($value.is_some().into(), 1) };
}
pub(crate) use in_one_piece;
