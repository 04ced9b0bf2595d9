//! The checksum beside a payload: of a state, of a city's receipt, of a site's answer to a command.
//!
//! Zenoh cuts a message that is larger than a batch into fragments. On a line that was full one has come put together wrongly, and such
//! a thing may still read as a state, with other numbers in it; or as a receipt for what nobody has stored. So whoever sends one says, in
//! Zenoh's attachment, what its payload's checksum is, and whoever reads it compares. The attachment is text, `name=value` separated by
//! `;`: a reader passes over names that it does not know. What has no checksum is taken as it is: who is older than this rule says none.

use zenoh::bytes::ZBytes;
use zenoh::sample::Sample;

/// What stands before the checksum.
const NAME: &str = "crc32=";

/// The attachment for a payload: `crc32=` and eight hexadecimal digits, the CRC-32 of Ethernet and gzip (ISO/IEC/IEEE 8802-3, 3.2.9).
pub fn checksum(payload: &[u8]) -> String {
    format!("{NAME}{:08x}", crc32fast::hash(payload))
}

/// Whether a sample's payload is the one that was sent, by the checksum beside it; or nobody has said what was sent.
pub fn is_whole(sample: &Sample) -> bool {
    agrees(&sample.payload().to_bytes(), sample.attachment())
}

/// Whether the payload is the one that the attachment speaks of, or the attachment speaks of none. One that is not text is not ours, or
/// not whole: it agrees with nothing.
fn agrees(payload: &[u8], attachment: Option<&ZBytes>) -> bool {
    let Some(attachment) = attachment else { return true };
    let Ok(text) = attachment.try_to_string() else { return false };
    let mut said = text.split(';').filter(|part| part.starts_with(NAME));
    said.all(|said| said.eq_ignore_ascii_case(&checksum(payload)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_agrees_with_its_own_checksum_and_with_none() {
        // The check value of CRC-32 in the catalogues of such codes.
        assert_eq!(checksum(b"123456789"), "crc32=cbf43926");
        let agree = |payload: &[u8], attachment: &[u8]| agrees(payload, Some(&ZBytes::from(attachment)));
        assert!(agree(b"123456789", b"crc32=cbf43926") && agree(b"123456789", b"later=1;crc32=CBF43926"));
        assert!(agree(b"123456780", b"later=1") && agrees(b"123456780", None));
        for other in [&b"crc32=cbf43926"[..], b"crc32=", b"crc32=cbf4392", b"\xff"] {
            assert!(!agree(b"123456780", other), "{other:?}");
        }
    }
}
