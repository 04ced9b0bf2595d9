//! A decoder that reads no octets but draws its values: `T::decode` with it is a random value of any type, within what
//! the type allows.

use rasn::error::DecodeError;
use rasn::prelude::*;
use rasn::types::constraints::Bounded;
use rasn::types::{DecodeChoice, Enumerated, IntegerType};

/// The identifier by which enumerations keep what they don't know; that value has no encoding, and is not drawn.
const UNLISTED: &str = "unlisted";
/// The identifier by which choices keep what they don't know.
const UNKNOWN_ALTERNATIVE: &str = "unknownAlternative";

/// Whether the value of a seed may have alternatives that no edition known here lists.
pub const fn has_unknown_alternatives(seed: u64) -> bool {
    seed % 8 == 7
}

/// The value that `seed` leads to. `number` is the first number in it, where one is given: it chooses a message behind
/// its number.
pub fn dream<T: Decode>(seed: u64, number: Option<i64>) -> T {
    let mut random = fastrand::Rng::with_seed(seed);
    let left = [20, 200, 1000][random.usize(..3)];
    let (presence, full, later) = (random.u8(0..=4), random.u8(0..8) == 0, has_unknown_alternatives(seed));
    let mut dreamer = Dreamer { presence, full, later, random, left, number };
    T::decode(&mut dreamer).expect("whatever is drawn is within the type")
}

struct Dreamer {
    random: fastrand::Rng,
    /// Of four optional members, so many are there.
    presence: u8,
    /// Lists are as long as they may be.
    full: bool,
    later: bool,
    /// After so many values, lists stay as short as they may be and what is optional is absent.
    left: usize,
    number: Option<i64>,
}

impl Dreamer {
    fn refuse(&mut self, kind: &str) -> DecodeError {
        rasn::de::Error::custom(kind, rasn::Codec::Jer)
    }

    fn count(&mut self) {
        self.left = self.left.saturating_sub(1);
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.random.usize(..count) == 0
    }

    fn optional<D>(
        &mut self,
        draw: impl FnOnce(&mut Self) -> Result<D, DecodeError>,
    ) -> Result<Option<D>, DecodeError> {
        let present = self.left > 0 && self.random.u8(0..4) < self.presence;
        present.then(|| draw(self)).transpose()
    }

    /// A size within `constraints`, rarely more than `usual`; any size where they may be left.
    fn size(&mut self, constraints: &Constraints, usual: usize) -> usize {
        let (start, end, extensible) = match constraints.size() {
            None => (0, usize::MAX, false),
            Some(size) => {
                let (start, end) = match *size.constraint {
                    Bounded::None => (0, usize::MAX),
                    Bounded::Single(size) => (size, size),
                    Bounded::Range { start, end } => (start.unwrap_or(0), end.unwrap_or(usize::MAX)),
                };
                (start, end, size.extensible.is_some())
            }
        };
        if extensible && self.one_in(4) {
            return self.random.usize(0..=usual);
        }
        let most = end.min(start.saturating_add(usual));
        match self.random.u8(0..8) {
            _ if self.left == 0 => start,
            _ if self.full && end <= 300 => end,
            0 => start,
            1 if end <= 2000 => end,
            1 => most,
            2 => self.random.usize(start..=most),
            _ => self.random.usize(start..=most.min(start + 3)),
        }
    }

    fn octets(&mut self, constraints: &Constraints) -> Vec<u8> {
        self.count();
        // Now and then on either side of where a length takes another form.
        let usual = if self.one_in(100) { [127, 128, 16_383, 16_384, 70_000][self.random.usize(..5)] } else { 20 };
        let size = self.size(constraints, usual);
        (0..size).map(|_| self.random.u8(..)).collect()
    }
}

impl Decoder for Dreamer {
    type Ok = ();
    type Error = DecodeError;
    type AnyDecoder<const R: usize, const E: usize> = Dreamer;

    /// For JSON our types decode plainly, without the shapes of PER.
    fn codec(&self) -> rasn::Codec {
        rasn::Codec::Jer
    }

    /// An open type has at least one octet.
    fn decode_any(&mut self, _: Tag) -> Result<Any, DecodeError> {
        let mut octets = self.octets(&Constraints::NONE);
        octets.push(self.random.u8(..));
        Ok(Any::new(octets))
    }

    fn decode_bit_string(&mut self, _: Tag, constraints: &Constraints) -> Result<BitString, DecodeError> {
        self.count();
        let size = self.size(constraints, 64).min(64);
        Ok((0..size).map(|_| self.random.bool()).collect())
    }

    fn decode_bool(&mut self, _: Tag) -> Result<bool, DecodeError> {
        self.count();
        Ok(self.random.bool())
    }

    fn decode_enumerated<E: Enumerated>(&mut self, _: Tag) -> Result<E, DecodeError> {
        self.count();
        let keeper = E::IDENTIFIERS.last() == Some(&UNLISTED);
        let later = E::EXTENDED_VARIANTS.unwrap_or_default();
        let all: Vec<_> = E::VARIANTS.iter().chain(&later[..later.len() - usize::from(keeper)]).collect();
        Ok(*all[self.random.usize(..all.len())])
    }

    fn decode_integer<I: IntegerType>(&mut self, _: Tag, constraints: &Constraints) -> Result<I, DecodeError> {
        self.count();
        let (start, end, extensible) = match constraints.value() {
            None => (i64::MIN, i64::MAX, false),
            Some(value) => {
                let cut = |bound: i128| i64::try_from(bound).expect("every bound of the message sets fits");
                let (start, end) = match *value.constraint {
                    Bounded::None => (i64::MIN, i64::MAX),
                    Bounded::Single(value) => (cut(value), cut(value)),
                    Bounded::Range { start, end } => (start.map_or(i64::MIN, cut), end.map_or(i64::MAX, cut)),
                };
                (start, end, value.extensible.is_some())
            }
        };
        let number = match (self.number.take(), self.random.u8(0..8)) {
            (Some(number), _) => number,
            (None, 0..=3) if extensible => self.random.i64(..) >> self.random.u8(0..64),
            (None, 0) => start,
            (None, 1) => end,
            (None, 2) => 0_i64.clamp(start, end),
            (None, 3) => start.saturating_add(self.random.i64(0..4)).min(end),
            (None, 4) => end.saturating_sub(self.random.i64(0..4)).max(start),
            _ => self.random.i64(start..=end),
        };
        I::try_from(i128::from(number)).map_err(|_| self.refuse("a number that its type does not hold"))
    }

    fn decode_null(&mut self, _: Tag) -> Result<(), DecodeError> {
        Ok(())
    }

    fn decode_object_identifier(&mut self, _: Tag) -> Result<ObjectIdentifier, DecodeError> {
        let root = self.random.u32(0..3);
        let second = self.random.u32(0..if root == 2 { 1000 } else { 40 });
        let rest = (0..self.random.usize(0..5)).map(|_| self.random.u32(..) >> self.random.u8(0..32));
        let arcs: Vec<_> = [root, second].into_iter().chain(rest.collect::<Vec<_>>()).collect();
        ObjectIdentifier::new(arcs).ok_or_else(|| self.refuse("arcs that are no identifier"))
    }

    fn decode_sequence<const RC: usize, const EC: usize, D, DF, F>(
        &mut self,
        _: Tag,
        _: Option<DF>,
        decode_fn: F,
    ) -> Result<D, DecodeError>
    where
        D: Constructed<RC, EC>,
        DF: FnOnce() -> D,
        F: FnOnce(&mut Self) -> Result<D, DecodeError>,
    {
        decode_fn(self)
    }

    fn decode_sequence_of<D: Decode>(&mut self, _: Tag, constraints: &Constraints) -> Result<Vec<D>, DecodeError> {
        self.count();
        (0..self.size(constraints, 10)).map(|_| D::decode(self)).collect()
    }

    fn decode_octet_string<'buf, T>(&'buf mut self, _: Tag, constraints: &Constraints) -> Result<T, DecodeError>
    where
        T: From<&'buf [u8]> + From<Vec<u8>>,
    {
        Ok(T::from(self.octets(constraints)))
    }

    /// Only the text form of a RELATIVE-OID asks for one.
    fn decode_utf8_string(&mut self, _: Tag, _: &Constraints) -> Result<Utf8String, DecodeError> {
        let arcs: Vec<_> = (0..self.random.usize(1..5)).map(|_| self.random.u32(..) >> self.random.u8(0..32)).collect();
        Ok(arcs.iter().map(u32::to_string).collect::<Vec<_>>().join("."))
    }

    fn decode_ia5_string(&mut self, _: Tag, constraints: &Constraints) -> Result<Ia5String, DecodeError> {
        let characters: Vec<_> = self.octets(constraints).iter().map(|octet| octet & 0x7f).collect();
        Ia5String::from_iso646_bytes(&characters).map_err(|_| self.refuse("a character outside IA5"))
    }

    fn decode_explicit_prefix<D: Decode>(&mut self, _: Tag) -> Result<D, DecodeError> {
        D::decode(self)
    }

    fn decode_optional_with_explicit_prefix<D: Decode>(&mut self, _: Tag) -> Result<Option<D>, DecodeError> {
        self.optional(D::decode)
    }

    fn decode_choice<D: DecodeChoice>(&mut self, _: &Constraints) -> Result<D, DecodeError> {
        let keeper = D::IDENTIFIERS.last() == Some(&UNKNOWN_ALTERNATIVE);
        let count = D::IDENTIFIERS.len() - usize::from(keeper && !self.later);
        let tag = Tag::new(Class::Context, self.random.u32(..count as u32));
        D::from_tag(self, tag)
    }

    fn decode_optional<D: Decode>(&mut self) -> Result<Option<D>, DecodeError> {
        self.optional(D::decode)
    }

    fn decode_optional_with_tag<D: Decode>(&mut self, tag: Tag) -> Result<Option<D>, DecodeError> {
        self.optional(|this| D::decode_with_tag(this, tag))
    }

    fn decode_optional_with_constraints<D: Decode>(
        &mut self,
        constraints: &Constraints,
    ) -> Result<Option<D>, DecodeError> {
        self.optional(|this| D::decode_with_constraints(this, constraints))
    }

    fn decode_optional_with_tag_and_constraints<D: Decode>(
        &mut self,
        tag: Tag,
        constraints: &Constraints,
    ) -> Result<Option<D>, DecodeError> {
        self.optional(|this| D::decode_with_tag_and_constraints(this, tag, constraints))
    }

    fn decode_extension_addition_with_explicit_tag_and_constraints<D: Decode>(
        &mut self,
        tag: Tag,
        constraints: &Constraints,
    ) -> Result<Option<D>, DecodeError> {
        self.decode_extension_addition_with_tag_and_constraints(tag, constraints)
    }

    fn decode_extension_addition_with_tag_and_constraints<D: Decode>(
        &mut self,
        tag: Tag,
        constraints: &Constraints,
    ) -> Result<Option<D>, DecodeError> {
        let constraints = D::CONSTRAINTS.intersect(*constraints);
        self.optional(|this| D::decode_with_tag_and_constraints(this, tag, &constraints))
    }

    crate::unused::unused_in_decoder!(DecodeError);
}
