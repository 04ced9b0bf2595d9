//! RELATIVE-OID, which rasn lacks.

use alloc::vec::Vec;

use rasn::prelude::*;

/// A RELATIVE-OID: arcs below a node that both sides know. On the wire a length and the arcs in base 128.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RelativeOid(pub Vec<u32>);

impl RelativeOid {
    fn from_octets(octets: &[u8]) -> Option<Self> {
        arcs(octets).map(Self)
    }
}

/// Octets that most identifiers fit into; beyond, they are put together in memory of their own.
const SHORT: usize = 64;

/// Hands the arcs in base 128 to `write`.
fn base_128<R>(arcs: impl Iterator<Item = u32> + Clone, write: impl FnOnce(&[u8]) -> R) -> R {
    let octets = arcs.flat_map(|arc| {
        let groups = (32 - arc.leading_zeros()).div_ceil(7).max(1);
        (0..groups).rev().map(move |group| {
            let more = if group == 0 { 0 } else { 0x80 };
            ((arc >> (7 * group)) & 0x7f) as u8 | more
        })
    });
    let (mut short, length) = ([0; SHORT], octets.clone().count());
    match short.get_mut(..length) {
        Some(place) => {
            place.iter_mut().zip(octets).for_each(|(to, octet)| *to = octet);
            write(place)
        }
        None => write(&octets.collect::<Vec<_>>()),
    }
}

/// Hands an OBJECT IDENTIFIER in base 128, its first two arcs in one number, to `write`. `None` where they don't fit it.
pub(crate) fn contents<R>(identifier: &[u32], write: impl FnOnce(&[u8]) -> R) -> Option<R> {
    let [first @ 0..=2, second, rest @ ..] = identifier else { return None };
    let number = (40 * first).checked_add(*second).filter(|_| *first == 2 || *second < 40)?;
    Some(base_128(core::iter::once(number).chain(rest.iter().copied()), write))
}

/// Arcs in base 128. `None` for an empty string, an arc that is cut off, padded in front, or over 32 bits.
pub(crate) fn arcs(octets: &[u8]) -> Option<Vec<u32>> {
    let mut arcs = Vec::new();
    let mut arc: Option<u32> = None;
    for &octet in octets {
        if arc.is_none() && octet == 0x80 {
            return None;
        }
        let value = arc.unwrap_or(0);
        if value > u32::MAX >> 7 {
            return None;
        }
        let value = value << 7 | u32::from(octet & 0x7f);
        arc = if octet & 0x80 == 0 {
            arcs.push(value);
            None
        } else {
            Some(value)
        };
    }
    (arc.is_none() && !arcs.is_empty()).then_some(arcs)
}

/// The first number of an OBJECT IDENTIFIER holds two arcs.
pub(crate) fn absolute(numbers: Vec<u32>) -> Option<Vec<u32>> {
    let (&first, rest) = numbers.split_first()?;
    let root = (first / 40).min(2);
    Some([root, first - 40 * root].into_iter().chain(rest.iter().copied()).collect())
}

impl AsnType for RelativeOid {
    const TAG: Tag = Tag::new(Class::Universal, 13);
    const IDENTIFIER: Identifier = Identifier::RELATIVE_OID;
}

impl Encode for RelativeOid {
    fn encode_with_tag_and_constraints<'b, E: Encoder<'b>>(
        &self,
        encoder: &mut E,
        tag: Tag,
        constraints: &Constraints,
        identifier: Identifier,
    ) -> Result<(), E::Error> {
        if encoder.codec() == rasn::Codec::Jer {
            return encoder.encode_object_identifier(tag, &self.0, identifier).map(drop);
        }
        base_128(self.0.iter().copied(), |octets| {
            encoder.encode_octet_string(tag, constraints, octets, identifier).map(drop)
        })
    }
}

impl Decode for RelativeOid {
    fn decode_with_tag_and_constraints<D: Decoder>(
        decoder: &mut D,
        tag: Tag,
        constraints: &Constraints,
    ) -> Result<Self, D::Error> {
        let codec = decoder.codec();
        if codec == rasn::Codec::Jer {
            // The text form is the same as an absolute one's, but any first arcs are allowed.
            let text = decoder.decode_utf8_string(tag, constraints)?;
            let arcs: Option<Vec<u32>> = text.split('.').map(decimal).collect();
            return arcs.map(Self).ok_or_else(|| rasn::de::Error::custom("not a dotted object identifier", codec));
        }
        let octets: Vec<u8> = decoder.decode_octet_string(tag, constraints)?;
        Self::from_octets(&octets).ok_or_else(|| rasn::de::Error::custom("a malformed RELATIVE-OID", codec))
    }
}

/// A decimal number without sign or leading zeros.
pub(crate) fn decimal(text: &str) -> Option<u32> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if plain { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arcs_survive_and_malformed_octets_are_refused() {
        for arcs in [vec![0], vec![127, 128], vec![46533, 21937, 54223, 23577], vec![u32::MAX], vec![u32::MAX; 13]] {
            let octets = base_128(arcs.iter().copied(), <[u8]>::to_vec);
            assert_eq!(RelativeOid::from_octets(&octets), Some(RelativeOid(arcs)));
        }
        for octets in [&[][..], &[0x81], &[0x80, 1], &[0x9f, 0xff, 0xff, 0xff, 0xff, 0x7f]] {
            assert_eq!(RelativeOid::from_octets(octets), None, "{octets:?}");
        }
    }
}
