//! BIT STRINGs of up to 64 bits, held in a word.

use alloc::format;
use alloc::vec::Vec;

use rasn::prelude::*;

use crate::uper::{OURS, PACKED_BITS};

/// A string of 0 to 64 bits; bit 0 is the first on the wire, and the word's most significant one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bits {
    word: u64,
    length: u8,
}

impl Bits {
    /// `length` zeros, at most 64.
    pub const fn zeros(length: u8) -> Self {
        assert!(length <= 64);
        Self { word: 0, length }
    }

    /// Bit `index` alone, in a string of `length`.
    pub const fn single(index: u8, length: u8) -> Self {
        assert!(index < length && length <= 64);
        Self { word: 1 << (63 - index), length }
    }

    /// All of `length` bits set.
    pub const fn ones(length: u8) -> Self {
        assert!(0 < length && length <= 64);
        Self { word: u64::MAX << (64 - length), length }
    }

    /// From the octets of the string, the first bit the most significant of the first octet. `None` when there are more
    /// than 64 bits, too few octets, or a bit set behind the end.
    pub fn from_octets(octets: &[u8], length: usize) -> Option<Self> {
        if length > 64 || octets.len() != length.div_ceil(8) {
            return None;
        }
        let mut padded = [0; 8];
        padded[..octets.len()].copy_from_slice(octets);
        let word = u64::from_be_bytes(padded);
        let behind_the_end = if length == 64 { 0 } else { u64::MAX >> length };
        (word & behind_the_end == 0).then_some(Self { word, length: length as u8 })
    }

    /// How many bits there are.
    pub const fn len(self) -> usize {
        self.length as usize
    }

    /// Whether there are no bits at all.
    pub const fn is_empty(self) -> bool {
        self.length == 0
    }

    /// Whether bit `index` is there and set.
    pub const fn get(self, index: usize) -> bool {
        index < self.length as usize && self.word & (1 << (63 - index)) != 0
    }

    pub(crate) const fn contains(self, other: Self) -> bool {
        self.word & other.word == other.word
    }

    pub(crate) const fn with(self, other: Self) -> Self {
        let mask = if self.length == 0 { 0 } else { u64::MAX << (64 - self.length) };
        Self { word: (self.word | other.word) & mask, length: self.length }
    }

    pub(crate) fn encode<'b, E: Encoder<'b>>(
        self,
        encoder: &mut E,
        tag: Tag,
        constraints: &Constraints,
        identifier: Identifier,
    ) -> Result<(), E::Error> {
        let octets = self.word.to_be_bytes();
        if encoder.codec() == OURS {
            let [w0, w1, w2, w3, w4, w5, w6, w7] = octets;
            let packed = [self.length, w0, w1, w2, w3, w4, w5, w6, w7];
            return encoder.encode_octet_string(PACKED_BITS, constraints, &packed, identifier).map(drop);
        }
        let bits = &BitStr::from_slice(&octets)[..self.len()];
        encoder.encode_bit_string(tag, constraints, bits, identifier).map(drop)
    }

    pub(crate) fn decode<D: Decoder>(decoder: &mut D, tag: Tag, constraints: &Constraints) -> Result<Self, D::Error> {
        let codec = decoder.codec();
        if codec == OURS {
            return decoder.decode_octet_string::<Packed>(PACKED_BITS, constraints).map(|packed| packed.0);
        }
        let bits = decoder.decode_bit_string(tag, constraints)?;
        if bits.len() > 64 {
            let message = format!("a bit string of {} bits, more than the 64 that are kept", bits.len());
            return Err(rasn::de::Error::custom(message, codec));
        }
        let word = bits.iter().enumerate().fold(0, |word, (index, bit)| word | u64::from(*bit) << (63 - index));
        Ok(Self { word, length: bits.len() as u8 })
    }
}

/// How our reader gives a bit string.
struct Packed(Bits);

impl From<&[u8]> for Packed {
    #[inline(always)]
    fn from(packed: &[u8]) -> Self {
        let (length, word) = packed.split_first().unwrap_or((&0, &[]));
        Self(Bits { word: word.first_chunk().map_or(0, |word| u64::from_be_bytes(*word)), length: *length })
    }
}

impl From<Vec<u8>> for Packed {
    fn from(packed: Vec<u8>) -> Self {
        Self::from(&packed[..])
    }
}

macro_rules! size_constraint {
    (fixed $size:literal) => {
        $crate::bits::size_constraint!(@ $size, false)
    };
    (extensible $size:literal) => {
        $crate::bits::size_constraint!(@ $size, true)
    };
    (@ $size:literal, $extensible:literal) => {
        Constraints::new(&[Constraint::Size(
            Extensible::new(rasn::types::constraints::Size::fixed($size)).set_extensible($extensible),
        )])
    };
}
pub(crate) use size_constraint;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_must_fit_the_length_and_be_padded_with_zeros() {
        assert!(Bits::from_octets(&[0xf0], 4).is_some_and(|bits| bits.get(3) && !bits.get(4)));
        assert_eq!(Bits::from_octets(&[0xf8], 4), None);
        assert_eq!(Bits::from_octets(&[0xf0, 0], 4), None);
        assert_eq!(Bits::from_octets(&[0; 9], 65), None);
        assert_eq!(Bits::from_octets(&[], 0), Some(Bits::zeros(0)));
        assert!(Bits::from_octets(&[0xff; 8], 64).is_some_and(|bits| bits.get(63)));
    }
}
