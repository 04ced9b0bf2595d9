//! DSMP, the network layer of China's direct link. Source: YD/T 3707-2020, as seen on deployed devices.
//!
//! An adaptation octet (4 is DSMP), version and extension indicator, the application identifier (AID), the length, the
//! data.

use alloc::format;
use alloc::vec::Vec;

use super::{Element, FrameError, Reader, provider, refuse};

/// The adaptation octet that says DSMP follows.
const ADAPTATION_DSMP: u8 = 0x04;

/// AID of the BSM of ordinary vehicles in normal state; 112 to 114 are those of events and special vehicles.
pub const AID_BSM: u32 = 111;
/// AID of MAP.
pub const AID_MAP: u32 = 3618;
/// AID of SPAT.
pub const AID_SPAT: u32 = 3619;
/// AID of RSI about what stays.
pub const AID_RSI_STATIC: u32 = 3620;
/// AID of RSI about what changes within days.
pub const AID_RSI_SEMI_STATIC: u32 = 3621;
/// AID of RSI about what happens now.
pub const AID_RSI_DYNAMIC: u32 = 3622;
/// AID of RSM.
pub const AID_RSM: u32 = 3623;

/// A DSMP frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// The application identifier, the plain number.
    pub aid: u32,
    /// Header extensions, as they came.
    pub extensions: Vec<Element<'a>>,
    /// What the security layer made of the message, or the message itself.
    pub data: &'a [u8],
}

impl<'a> Frame<'a> {
    /// A frame without extensions.
    pub const fn new(aid: u32, data: &'a [u8]) -> Self {
        Self { aid, extensions: Vec::new(), data }
    }

    /// The frame as octets.
    ///
    /// # Errors
    /// When the identifier takes more than two octets, or a length does not fit its field.
    pub fn encode(&self) -> Result<Vec<u8>, FrameError> {
        let mut out = Vec::with_capacity(self.data.len() + 6);
        out.push(ADAPTATION_DSMP);
        if self.extensions.is_empty() {
            out.push(0);
        } else {
            let count = u8::try_from(self.extensions.len()).map_err(|_| refuse("more than 255 header extensions"))?;
            out.extend([0x10, count]);
            for (id, value) in &self.extensions {
                let length = u8::try_from(value.len()).map_err(|_| refuse("a header extension over 255 octets"))?;
                out.extend([*id, length]);
                out.extend_from_slice(value);
            }
        }
        if self.aid >= 0x4080 {
            return Err(refuse(format!("AID {} takes more than two octets", self.aid)));
        }
        provider::write(self.aid, &mut out)?;
        let length = u16::try_from(self.data.len()).map_err(|_| refuse("data over 65535 octets"))?;
        out.extend(length.to_be_bytes());
        out.extend_from_slice(self.data);
        Ok(out)
    }

    /// The frame that the octets are, all of them.
    ///
    /// # Errors
    /// When they are another layer's, another version's, too few or too many.
    pub fn decode(octets: &'a [u8]) -> Result<Self, FrameError> {
        let mut reader = Reader::new(octets);
        let adaptation = reader.octet("adaptation octet")?;
        if adaptation != ADAPTATION_DSMP {
            return Err(reader.fail(format!("adaptation octet {adaptation:#04x} is not DSMP's {ADAPTATION_DSMP:#04x}")));
        }
        let head = reader.octet("version")?;
        if head >> 5 != 0 {
            return Err(reader.fail(format!("DSMP version {} is not known, only 0", head >> 5)));
        }
        let mut extensions = Vec::new();
        if head & 0x10 != 0 {
            for _ in 0..reader.octet("number of header extensions")? {
                let id = reader.octet("header extension")?;
                let length = reader.octet("length of a header extension")?;
                extensions.push((id, reader.take(length.into(), "header extension")?));
            }
        }
        let aid = provider::read(&mut reader)?;
        if aid >= 0x4080 {
            return Err(reader.fail("an AID of more than two octets"));
        }
        let length = reader.take(2, "length")?;
        let data = reader.finish(usize::from(u16::from_be_bytes([length[0], length[1]])))?;
        Ok(Self { aid, extensions, data })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_on_the_wire() {
        let wire = [0x04, 0x00, 0x8d, 0xa2, 0x00, 0x03, 1, 2, 3];
        let frame = Frame::new(AID_MAP, &[1, 2, 3]);
        assert_eq!(frame.encode().as_deref(), Ok(&wire[..]));
        assert_eq!(Frame::decode(&wire), Ok(frame));
    }

    #[test]
    fn a_bsm_has_an_identifier_of_one_octet() {
        assert_eq!(Frame::new(AID_BSM, &[9]).encode(), Ok(vec![0x04, 0x00, 0x6f, 0x00, 0x01, 9]));
    }

    #[test]
    fn extensions_are_kept() {
        let frame = Frame { aid: AID_RSM, extensions: vec![(7, &[1, 2]), (8, &[])], data: &[5] };
        let wire = frame.encode().unwrap();
        assert_eq!(wire, [0x04, 0x10, 2, 7, 2, 1, 2, 8, 0, 0x8d, 0xa7, 0, 1, 5]);
        assert_eq!(Frame::decode(&wire), Ok(frame));
    }

    #[test]
    fn what_is_no_frame_is_refused_where_it_breaks() {
        let at = |octets: &[u8]| Frame::decode(octets).map_err(|error| error.octet).unwrap_err();
        assert_eq!(at(&[]), 0);
        assert_eq!(at(&[0x00, 0x00]), 1, "IPv6");
        assert_eq!(at(&[0x04, 0x20]), 2, "version 1");
        assert_eq!(at(&[0x04, 0x00, 0x8d]), 3, "cut in the AID");
        assert_eq!(at(&[0x04, 0x00, 0x6f, 0, 2, 1]), 5, "cut in the data");
        assert_eq!(at(&[0x04, 0x00, 0x6f, 0, 1, 1, 1]), 6, "one too many");
        assert_eq!(at(&[0x04, 0x00, 0xe0, 0, 0, 0, 0, 0]), 6, "an AID of four octets");
        assert!(Frame::new(0x4080, &[]).encode().is_err());
        assert!(Frame::new(AID_MAP, &[0; 65_536]).encode().is_err());
    }
}
