//! Text: IA5 (7-bit ASCII), and GB 2312 where the China set allows it.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use encoding_rs::GBK;

use super::{At, Si};
use crate::{CodecError, Ia5String, OctetString, cn, ia5};

/// What a description of the China set says. Text of ASCII alone is sent as IA5, which takes 7 bits a character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Description {
    /// Text of ASCII and GB 2312 characters, 1 to 512 octets as those.
    Text(String),
    /// Octets that were sent as GB 2312 and are not; [`Self::text`] makes of them what it can.
    Unreadable(OctetString),
}

impl Description {
    /// The text; of unreadable octets what GB 18030, the later superset, reads, with U+FFFD for the rest.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Unreadable(octets) => GBK.decode_without_bom_handling(octets).0,
        }
    }
}

impl Si<cn::rsi::Description> for Description {
    fn to_wire(&self) -> Result<cn::rsi::Description, CodecError> {
        let text = match self {
            Self::Text(text) => text,
            Self::Unreadable(octets) => return Ok(cn::rsi::Description::TextGB2312(octets.clone())),
        };
        match ia5(text) {
            Some(ia5) => Ok(cn::rsi::Description::TextString(ia5)),
            None => Ok(cn::rsi::Description::TextGB2312(gb2312(text).at("textGB2312")?.into())),
        }
    }

    fn from_wire(wire: &cn::rsi::Description) -> Self {
        match wire {
            cn::rsi::Description::TextString(text) => Self::Text(ia5_text(text)),
            cn::rsi::Description::TextGB2312(octets) => {
                gb2312_text(octets).map_or_else(|| Self::Unreadable(octets.clone()), Self::Text)
            }
        }
    }
}

/// Text as GB 2312 (EUC-CN): an octet for each ASCII character, two for each other.
///
/// # Errors
/// When a character is not in GB 2312; the message names it.
pub fn gb2312(text: &str) -> Result<Vec<u8>, CodecError> {
    let mut octets = Vec::with_capacity(2 * text.len() / 3);
    for character in text.chars() {
        // GBK has the characters of GB 2312 at the same places, and more outside them.
        match GBK.encode(character.encode_utf8(&mut [0; 4])).0.as_ref() {
            [ascii @ ..=0x7f] => octets.push(*ascii),
            // Rows 1 to 9 are signs, 16 to 87 Chinese characters; those between are not assigned.
            &[row @ (0xa1..=0xa9 | 0xb0..=0xf7), cell @ 0xa1..=0xfe] => octets.extend([row, cell]),
            _ => return Err(CodecError::new(format!("{character:?} is not in GB 2312"))),
        }
    }
    Ok(octets)
}

/// The text of GB 2312 octets; `None` when they are none, so that [`gb2312`] of the text is the same octets.
pub fn gb2312_text(octets: &[u8]) -> Option<String> {
    let text = GBK.decode_without_bom_handling_and_without_replacement(octets)?;
    (gb2312(&text).ok()? == octets).then(|| text.into_owned())
}

/// Text as IA5.
///
/// # Errors
/// When a character is not 7-bit ASCII; the message names it.
pub fn text_to_ia5(text: &str) -> Result<Ia5String, CodecError> {
    let refused = || text.chars().find(|character| !character.is_ascii()).unwrap_or_default();
    ia5(text).ok_or_else(|| CodecError::new(format!("{:?} is not 7-bit ASCII", refused())))
}

/// Text of ASCII alone.
impl Si<Ia5String> for String {
    fn to_wire(&self) -> Result<Ia5String, CodecError> {
        text_to_ia5(self)
    }

    fn from_wire(wire: &Ia5String) -> Self {
        ia5_text(wire)
    }
}

/// The text of an IA5String.
pub fn ia5_text(text: &Ia5String) -> String {
    text.as_iso646_bytes().iter().copied().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gb2312_goes_both_ways() {
        for (text, octets) in [
            ("路口", &[0xc2, 0xb7, 0xbf, 0xda][..]),
            ("前方施工", &[0xc7, 0xb0, 0xb7, 0xbd, 0xca, 0xa9, 0xb9, 0xa4]),
            ("A口~", &[0x41, 0xbf, 0xda, 0x7e]),
            ("啊齄", &[0xb0, 0xa1, 0xf7, 0xfe]),
            ("·—", &[0xa1, 0xa4, 0xa1, 0xaa]),
            ("", &[]),
        ] {
            assert_eq!(gb2312(text).as_deref(), Ok(octets), "{text}");
            assert_eq!(gb2312_text(octets).as_deref(), Some(text), "{text}");
        }
    }

    #[test]
    fn what_gb2312_lacks_is_refused_by_character() {
        // A character of GBK alone, one of GB 18030 alone, one of neither, a control character of 8 bits.
        for (text, refused) in [("朱镕基", '镕'), ("〇", '〇'), ("😀", '😀'), ("\u{80}", '\u{80}')] {
            assert_eq!(gb2312(text).map_err(|error| error.message), Err(format!("{refused:?} is not in GB 2312")));
        }
        assert!(gb2312("100€").is_err());
        // Half a character, GBK, a row that is not assigned, the single octet that some take for the euro.
        for octets in [&[0xc2][..], &[0xe9, 0x46], &[0xaa, 0xa1], &[0x80], &[0xff, 0xff]] {
            assert_eq!(gb2312_text(octets), None, "{octets:02x?}");
        }
    }

    #[test]
    fn a_description_takes_the_smaller_form_and_loses_no_octet() {
        let wire = |text: &str| Description::Text(text.into()).to_wire().unwrap();
        assert!(matches!(wire("road works"), cn::rsi::Description::TextString(_)));
        assert!(matches!(wire("施工"), cn::rsi::Description::TextGB2312(_)));
        let gbk = cn::rsi::Description::TextGB2312(vec![0xe9, 0x46].into());
        let unreadable = Description::from_wire(&gbk);
        assert_eq!(unreadable.text(), "镕");
        assert_eq!(unreadable.to_wire(), Ok(gbk));
        assert_eq!(text_to_ia5("a路").unwrap_err().message, "'路' is not 7-bit ASCII");
    }
}
