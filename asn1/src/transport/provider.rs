//! Provider and application identifiers (PSID, AID) in the p-encoding of IEEE 1609.12: 1 to 4 octets, of which the
//! leading ones tell how many.

use alloc::format;
use alloc::vec::Vec;

use super::{FrameError, Reader, refuse};

/// Octets, leading bits, and the first number with that many octets.
const FORMS: [(usize, u32, u32); 4] =
    [(1, 0x00, 0), (2, 0x8000, 0x80), (3, 0xc0_0000, 0x4080), (4, 0xe000_0000, 0x20_4080)];
const LIMIT: u32 = 0x1020_4080;

pub(super) fn write(id: u32, out: &mut Vec<u8>) -> Result<(), FrameError> {
    if id >= LIMIT {
        return Err(refuse(format!("identifier {id:#x} is too large: the last is {:#x}", LIMIT - 1)));
    }
    let fits = FORMS.iter().rev().find(|(_, _, first)| id >= *first);
    if let Some(&(count, lead, first)) = fits {
        let encoded = (lead | (id - first)).to_be_bytes();
        out.extend_from_slice(&encoded[4 - count..]);
    }
    Ok(())
}

pub(super) fn read(reader: &mut Reader<'_>) -> Result<u32, FrameError> {
    let what = "application identifier";
    let lead = reader.octet(what)?;
    let count = match lead.leading_ones() {
        ones @ 0..=3 => ones as usize,
        _ => return Err(reader.fail(format!("{lead:#04x} starts no application identifier"))),
    };
    let rest = reader.take(count, what)?;
    let encoded = rest.iter().fold(u32::from(lead), |id, octet| id << 8 | u32::from(*octet));
    let (_, lead, first) = FORMS[count];
    Ok((encoded ^ lead) + first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(id: u32) -> Vec<u8> {
        let mut out = Vec::new();
        write(id, &mut out).unwrap();
        out
    }

    /// The table of deployed identifiers: raw and on the wire.
    #[test]
    fn deployed_identifiers() {
        for (id, wire) in [
            (0x20, &[0x20][..]),
            (0x7f, &[0x7f]),
            (0x82, &[0x80, 0x02]),
            (0x83, &[0x80, 0x03]),
            (0x87, &[0x80, 0x07]),
            (0x90, &[0x80, 0x10]),
            (3617, &[0x8d, 0xa1]),
            (3623, &[0x8d, 0xa7]),
            (0x20_4095, &[0xe0, 0x00, 0x00, 0x15]),
            (0x20_4097, &[0xe0, 0x00, 0x00, 0x17]),
        ] {
            assert_eq!(encoded(id), wire, "{id:#x}");
            assert_eq!(read(&mut Reader::new(wire)), Ok(id));
        }
    }

    #[test]
    fn the_ends_of_every_form() {
        for id in [0, 0x7f, 0x80, 0x407f, 0x4080, 0x20_407f, 0x20_4080, LIMIT - 1] {
            assert_eq!(read(&mut Reader::new(&encoded(id))), Ok(id), "{id:#x}");
        }
        assert!(write(LIMIT, &mut Vec::new()).is_err());
        assert!(read(&mut Reader::new(&[0xf0, 0, 0, 0, 0])).is_err());
        assert!(read(&mut Reader::new(&[0xe0, 0, 0])).is_err());
    }
}
