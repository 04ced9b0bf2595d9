//! WSMP version 3, the short message protocol of WAVE. Source: IEEE 1609.3, as seen on deployed devices.

use alloc::format;
use alloc::vec::Vec;

use super::{Element, FrameError, Reader, provider, refuse};

const VERSION: u8 = 3;

/// EtherType of WSMP.
pub const ETHER_TYPE: u16 = 0x88dc;
/// PSID of BSM.
pub const PSID_BSM: u32 = 0x20;
/// PSID of PSM.
pub const PSID_PSM: u32 = 0x27;
/// PSID of SPAT, and of MAP as many deploy it.
pub const PSID_SPAT: u32 = 0x82;
/// PSID of TIM.
pub const PSID_TIM: u32 = 0x83;
/// PSID of SDSM.
pub const PSID_SDSM: u32 = 0x90;
/// PSID of SSM.
pub const PSID_SSM: u32 = 0x20_4095;
/// PSID of SRM.
pub const PSID_SRM: u32 = 0x20_4096;
/// PSID of MAP.
pub const PSID_MAP: u32 = 0x20_4097;

/// Elements of the header's extension: transmit power (dBm, signed).
pub const ELEMENT_TX_POWER: u8 = 4;
/// Channel number.
pub const ELEMENT_CHANNEL: u8 = 15;
/// Data rate, in steps of 500 kbit/s.
pub const ELEMENT_DATA_RATE: u8 = 16;
/// Channel load.
pub const ELEMENT_CHANNEL_LOAD: u8 = 23;

/// A WSMP frame whose transport names a PSID (TPID 0).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// The provider service identifier, the plain number (not p-encoded).
    pub psid: u32,
    /// Extension elements of the network header, as they came.
    pub elements: Vec<Element<'a>>,
    /// What the security layer made of the message.
    pub data: &'a [u8],
}

impl<'a> Frame<'a> {
    /// A frame without extension elements.
    pub const fn new(psid: u32, data: &'a [u8]) -> Self {
        Self { psid, elements: Vec::new(), data }
    }

    /// The frame as octets.
    ///
    /// # Errors
    /// When the identifier or a length does not fit its field.
    pub fn encode(&self) -> Result<Vec<u8>, FrameError> {
        let mut out = Vec::with_capacity(self.data.len() + 8);
        if self.elements.is_empty() {
            out.push(VERSION);
        } else {
            let count = u8::try_from(self.elements.len()).map_err(|_| refuse("more than 255 extension elements"))?;
            out.extend([0x08 | VERSION, count]);
            for (id, value) in &self.elements {
                out.push(*id);
                write_length(value.len(), &mut out)?;
                out.extend_from_slice(value);
            }
        }
        out.push(0);
        provider::write(self.psid, &mut out)?;
        write_length(self.data.len(), &mut out)?;
        out.extend_from_slice(self.data);
        Ok(out)
    }

    /// The frame that the octets are, all of them.
    ///
    /// # Errors
    /// When they are another version's, name no PSID, are too few or too many.
    pub fn decode(octets: &'a [u8]) -> Result<Self, FrameError> {
        let mut reader = Reader::new(octets);
        let head = reader.octet("version")?;
        if head & 0x07 != VERSION {
            return Err(reader.fail(format!("WSMP version {} is not known, only {VERSION}", head & 0x07)));
        }
        if head >> 4 != 0 {
            return Err(reader.fail(format!("WSMP subtype {} is not known, only 0", head >> 4)));
        }
        let mut elements = Vec::new();
        if head & 0x08 != 0 {
            for _ in 0..reader.octet("number of extension elements")? {
                let id = reader.octet("extension element")?;
                let length = read_length(&mut reader)?;
                elements.push((id, reader.take(length, "extension element")?));
            }
        }
        let tpid = reader.octet("TPID")?;
        if tpid != 0 {
            return Err(reader.fail(format!("TPID {tpid} is not known, only 0 (a PSID)")));
        }
        let psid = provider::read(&mut reader)?;
        let length = read_length(&mut reader)?;
        let data = reader.finish(length)?;
        Ok(Self { psid, elements, data })
    }
}

/// One octet below 128, else two of which the first starts with the bits 10.
fn write_length(length: usize, out: &mut Vec<u8>) -> Result<(), FrameError> {
    match u16::try_from(length) {
        Ok(short @ 0..=0x7f) => out.push(short as u8),
        Ok(long @ 0x80..=0x3fff) => out.extend((0x8000 | long).to_be_bytes()),
        _ => return Err(refuse(format!("{length} octets: the most are 16383"))),
    }
    Ok(())
}

fn read_length(reader: &mut Reader<'_>) -> Result<usize, FrameError> {
    let first = reader.octet("length")?;
    match first >> 6 {
        0 | 1 => Ok(first.into()),
        2 => Ok(usize::from(first & 0x3f) << 8 | usize::from(reader.octet("length")?)),
        _ => Err(reader.fail(format!("{first:#04x} starts no length"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bsm_and_a_spat_on_the_wire() {
        for (psid, wire) in [(PSID_BSM, vec![3, 0, 0x20, 2, 7, 8]), (PSID_SPAT, vec![3, 0, 0x80, 0x02, 2, 7, 8])] {
            let frame = Frame::new(psid, &[7, 8]);
            assert_eq!(frame.encode().as_ref(), Ok(&wire));
            assert_eq!(Frame::decode(&wire), Ok(frame));
        }
    }

    #[test]
    fn a_map_of_200_octets_has_a_length_of_two() {
        let data = [0x5a; 200];
        let wire = Frame::new(PSID_MAP, &data).encode().unwrap();
        assert_eq!(wire[..8], [3, 0, 0xe0, 0, 0, 0x17, 0x80, 200]);
        assert_eq!(Frame::decode(&wire).map(|frame| frame.data.len()), Ok(200));
    }

    #[test]
    fn elements_are_kept() {
        let elements: Vec<Element<'_>> = vec![(ELEMENT_TX_POWER, &[20]), (ELEMENT_CHANNEL, &[183])];
        let frame = Frame { psid: PSID_SDSM, elements, data: &[] };
        let wire = frame.encode().unwrap();
        assert_eq!(wire, [0x0b, 2, 4, 1, 20, 15, 1, 183, 0, 0x80, 0x10, 0]);
        assert_eq!(Frame::decode(&wire), Ok(frame));
    }

    #[test]
    fn what_is_no_frame_is_refused_where_it_breaks() {
        let at = |octets: &[u8]| Frame::decode(octets).map_err(|error| error.octet).unwrap_err();
        assert_eq!(at(&[]), 0);
        assert_eq!(at(&[2, 0, 0x20, 0]), 1, "version 2");
        assert_eq!(at(&[0x13, 0, 0x20, 0]), 1, "subtype 1");
        assert_eq!(at(&[3, 1]), 2, "TPID 1");
        assert_eq!(at(&[3, 0, 0x20, 0xc0]), 4, "length of an unknown form");
        assert_eq!(at(&[3, 0, 0x20, 2, 7]), 4, "cut in the data");
        assert_eq!(at(&[3, 0, 0x20, 1, 7, 8]), 5, "one too many");
        assert!(Frame::new(PSID_BSM, &[0; 16_384]).encode().is_err());
    }
}
