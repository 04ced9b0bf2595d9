//! Why, and on the way to which member, an encoding breaks.

use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::fmt;

use rasn::Codec;
use rasn::error::DecodeError;
use rasn::types::fields::Field;

use super::source::Reader;
use crate::CodecError;
use crate::error::{Step, path_text};

/// An encoding broke; the reader knows why. It takes no room in a `Result`.
#[derive(Debug)]
pub(super) struct Broken;

/// What is wrong.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wrong {
    TooShort { needed: usize, left: usize },
    Behind { octets: usize, what: &'static str },
    OpenType { octets: usize },
    Outside { value: i64, start: i64, end: i64 },
    Items { count: usize, start: usize, end: usize },
    Index { index: usize, count: usize, what: &'static str },
    Later { index: usize, what: &'static str },
    Length { octets: usize, what: &'static str },
    Bits(usize),
    Unused(&'static str),
    Text(&'static str),
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::TooShort { needed, left } => write!(f, "{needed} bits are needed and {left} are left"),
            Self::Behind { octets, what } => write!(f, "{octets} octets behind {what}"),
            Self::OpenType { octets } => write!(f, "an open type of {octets} octets, which are not left"),
            Self::Outside { value, start, end } => write!(f, "{value}, outside {start}..{end}"),
            Self::Items { count, start, end } => write!(f, "{count} items, outside {start}..{end}"),
            Self::Index { index, count, what } => write!(f, "{index} of {what} that has {count}"),
            Self::Later { index, what } => write!(f, "{index} of the later edition of {what}"),
            Self::Length { octets, what } => write!(f, "{what} of {octets} octets"),
            Self::Bits(count) => write!(f, "a bit string of {count} bits, more than the 64 that are kept"),
            Self::Unused(kind) => write!(f, "{kind} is in no message of this crate"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// The first thing that was wrong, where, and the way there.
#[derive(Debug)]
pub(super) struct Fault {
    wrong: Wrong,
    bit: usize,
    /// From the inside.
    steps: Vec<Step>,
}

impl Reader<'_> {
    #[cold]
    #[inline(never)]
    pub(super) fn fail(&mut self, wrong: Wrong) -> Broken {
        let bit = self.origin + self.position;
        self.fault.get_or_insert_with(|| Box::new(Fault { wrong, bit, steps: Vec::new() }));
        Broken
    }

    #[cold]
    pub(super) fn refuse(&mut self, kind: &'static str) -> Broken {
        self.fail(Wrong::Unused(kind))
    }

    #[cold]
    #[inline(never)]
    pub(super) fn too_short(&mut self, needed: usize) -> Broken {
        self.fail(Wrong::TooShort { needed, left: self.end - self.position })
    }

    #[cold]
    #[inline(never)]
    pub(super) fn outside(&mut self, value: i64, start: i64, end: i64) -> Broken {
        self.fail(Wrong::Outside { value, start, end })
    }

    /// The way out leads through here.
    #[cold]
    #[inline(never)]
    pub(super) fn came_by(&mut self, step: Option<Step>) {
        // A type that codes itself may refuse a value without a word to the reader.
        self.fail(Wrong::Text("a malformed value"));
        if let Some(fault) = &mut self.fault {
            fault.steps.extend(step);
        }
    }

    /// The same, through the member that was being read.
    #[cold]
    #[inline(never)]
    pub(super) fn came_by_member(&mut self, root: &[Field], additions: &[Field]) {
        let member = root.iter().chain(additions).nth(self.member);
        self.came_by(member.map(|field| Step::Name(field.name)));
    }

    #[cold]
    pub(super) fn into_error(mut self) -> CodecError {
        self.came_by(None);
        let Some(fault) = self.fault else { return CodecError::new("a malformed value") };
        let mut steps = fault.steps;
        steps.reverse();
        CodecError { bit: Some(fault.bit), ..CodecError::at(path_text(&steps), fault.wrong.to_string()) }
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no encoding of the type")
    }
}

impl From<DecodeError> for Broken {
    #[cold]
    #[inline(never)]
    fn from(_: DecodeError) -> Self {
        Self
    }
}

impl From<Broken> for DecodeError {
    #[cold]
    #[inline(never)]
    fn from(broken: Broken) -> Self {
        rasn::de::Error::custom(broken, super::OURS)
    }
}

impl rasn::de::Error for Broken {
    #[cold]
    fn custom<D: fmt::Display>(_: D, _: Codec) -> Self {
        Self
    }
    #[cold]
    fn incomplete(_: rasn::de::Needed, _: Codec) -> Self {
        Self
    }
    #[cold]
    fn exceeds_max_length(_: num_bigint::BigUint, _: Codec) -> Self {
        Self
    }
    #[cold]
    fn missing_field(_: &'static str, _: Codec) -> Self {
        Self
    }
    #[cold]
    fn no_valid_choice(_: &'static str, _: Codec) -> Self {
        Self
    }
    #[cold]
    #[inline(never)]
    fn field_error(_: &'static str, _: DecodeError, _: Codec) -> Self {
        Self
    }
    #[cold]
    fn duplicate_field(_: &'static str, _: Codec) -> Self {
        Self
    }
    #[cold]
    fn unknown_field(_: usize, _: rasn::types::Tag, _: Codec) -> Self {
        Self
    }
}
