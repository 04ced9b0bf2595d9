//! Which message set, in which edition. It is a setting of the site, never a guess: the editions differ by bits.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use core::fmt;
use core::str::FromStr;

use serde_json::Value;

use crate::{CodecError, cn, jer, us};

/// A message set in one edition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// `cn-gbt31024-2019`: GB/T 31024.3-2019, the T/CSAE 53-2020 edition; what roadside units in the field speak.
    #[default]
    CnGbt31024_2019,
    /// `cn-n4`: the "new four-cross" interoperability files of 2020.
    CnN4,
    /// `cn-csae157`: phase 2, T/CSAE 157-2020, whose phase-1 messages are those of `cn-n4` with additions to MAP and RSI.
    CnCsae157,
    /// `us-j2735-2024`: SAE J2735 of September 2024, with J2945/4 and J3224.
    UsJ27352024,
}

impl Dialect {
    /// All of them, in the order above.
    pub const ALL: [Self; 4] = [Self::CnGbt31024_2019, Self::CnN4, Self::CnCsae157, Self::UsJ27352024];

    /// The name in settings and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CnGbt31024_2019 => "cn-gbt31024-2019",
            Self::CnN4 => "cn-n4",
            Self::CnCsae157 => "cn-csae157",
            Self::UsJ27352024 => "us-j2735-2024",
        }
    }

    /// Whether it is of the China set.
    pub const fn is_cn(self) -> bool {
        !self.is_us()
    }

    /// Whether it is of the US set.
    pub const fn is_us(self) -> bool {
        matches!(self, Self::UsJ27352024)
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A name that is no dialect's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no dialect; there are cn-gbt31024-2019, cn-n4, cn-csae157 and us-j2735-2024")]
pub struct UnknownDialect(pub String);

impl FromStr for Dialect {
    type Err = UnknownDialect;

    fn from_str(name: &str) -> Result<Self, UnknownDialect> {
        Self::ALL.into_iter().find(|dialect| dialect.name() == name).ok_or_else(|| UnknownDialect(name.to_owned()))
    }
}

/// A whole message in UPER as JSON (X.697).
///
/// # Errors
/// When the octets are no message of the dialect, more or fewer than it needs, or one this version does not support.
pub fn decode_to_json(dialect: Dialect, octets: &[u8]) -> Result<Value, CodecError> {
    match dialect {
        Dialect::UsJ27352024 => jer::to_json(&us::decode(octets)?),
        cn => cn::frame::decode_to_json(octets, cn),
    }
}

/// A whole message in JSON (X.697) as UPER.
///
/// # Errors
/// When a member is missing, unknown, of the wrong kind or out of range, or the message one this version does not support.
pub fn encode_from_json(dialect: Dialect, json: &Value) -> Result<Vec<u8>, CodecError> {
    match dialect {
        Dialect::UsJ27352024 => us::encode(&jer::from_json(json)?),
        cn => cn::frame::encode_from_json(json, cn),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_both_ways() {
        for dialect in Dialect::ALL {
            assert_eq!(dialect.to_string().parse(), Ok(dialect));
        }
        assert_eq!("J2735".parse::<Dialect>(), Err(UnknownDialect("J2735".to_owned())));
    }
}
