//! What the reader remembers of its way, to say where an encoding breaks: nothing at all, or every step.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use rasn::Codec;
use rasn::error::DecodeError;
use rasn::types::fields::Field;

use crate::error::{CodecError, Step, path_text};

/// Follows the reader. Each value takes the next slot, what it goes by, when it is opened.
pub(super) trait Trail: Default {
    type Error: rasn::de::Error + Into<DecodeError> + From<DecodeError>;

    /// Slots for the members of a sequence that begins.
    fn members(&mut self, fields: impl DoubleEndedIterator<Item = Field>);
    /// A slot for an item of a list.
    fn item(&mut self, index: usize);
    /// A slot for an alternative.
    fn alternative(&mut self, name: &'static str);
    /// The next value is absent.
    fn skip(&mut self);
    /// The next value begins.
    fn open(&mut self);
    /// The next value begins, in a wrapper that has no name of its own.
    fn open_wrapped(&mut self);
    /// The value ends that began last.
    fn close(&mut self);
    /// The encoding breaks here, at this bit.
    fn fail(&mut self, bit: usize, message: impl FnOnce() -> String) -> Self::Error;
}

/// No memory: what breaks is read once more with [`Path`].
#[derive(Default)]
pub(super) struct Quiet;

/// An encoding broke.
#[derive(Debug)]
pub(super) struct Broken;

impl Trail for Quiet {
    type Error = Broken;

    #[inline(always)]
    fn members(&mut self, _: impl DoubleEndedIterator<Item = Field>) {}
    #[inline(always)]
    fn item(&mut self, _: usize) {}
    #[inline(always)]
    fn alternative(&mut self, _: &'static str) {}
    #[inline(always)]
    fn skip(&mut self) {}
    #[inline(always)]
    fn open(&mut self) {}
    #[inline(always)]
    fn open_wrapped(&mut self) {}
    #[inline(always)]
    fn close(&mut self) {}
    #[inline(always)]
    fn fail(&mut self, _: usize, _: impl FnOnce() -> String) -> Broken {
        Broken
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no encoding of the type")
    }
}

impl From<DecodeError> for Broken {
    #[inline(always)]
    fn from(_: DecodeError) -> Self {
        Self
    }
}

impl From<Broken> for DecodeError {
    #[cold]
    fn from(broken: Broken) -> Self {
        rasn::de::Error::custom(broken, super::OURS)
    }
}

impl rasn::de::Error for Broken {
    fn custom<D: fmt::Display>(_: D, _: Codec) -> Self {
        Self
    }
    fn incomplete(_: rasn::de::Needed, _: Codec) -> Self {
        Self
    }
    fn exceeds_max_length(_: num_bigint::BigUint, _: Codec) -> Self {
        Self
    }
    fn missing_field(_: &'static str, _: Codec) -> Self {
        Self
    }
    fn no_valid_choice(_: &'static str, _: Codec) -> Self {
        Self
    }
    fn field_error(_: &'static str, _: DecodeError, _: Codec) -> Self {
        Self
    }
    fn duplicate_field(_: &'static str, _: Codec) -> Self {
        Self
    }
    fn unknown_field(_: usize, _: rasn::types::Tag, _: Codec) -> Self {
        Self
    }
}

/// Every step, and the first fault.
#[derive(Default)]
pub(super) struct Path {
    slots: Vec<Option<Step>>,
    /// The values that are open; those that have no name of their own have no step.
    open: Vec<Option<Step>>,
    fault: Option<CodecError>,
}

impl Path {
    /// The fault that was found, or `error` where the way ends.
    pub(super) fn into_fault(self, bit: usize, error: Option<&DecodeError>) -> CodecError {
        let at = || self.open.iter().copied().flatten().collect::<Vec<_>>();
        // rasn's message without what it says about codecs.
        let plain = |error: &DecodeError| error.to_string().split(" (Codec: ").next().unwrap_or_default().to_owned();
        let message = error.map_or_else(|| "no encoding of the type".to_owned(), plain);
        let here = CodecError { message, at: path_text(&at()), bit: Some(bit) };
        self.fault.unwrap_or(here)
    }
}

impl Trail for Path {
    type Error = DecodeError;

    fn members(&mut self, fields: impl DoubleEndedIterator<Item = Field>) {
        self.slots.extend(fields.rev().map(|field| Some(Step::Name(field.name))));
    }

    fn item(&mut self, index: usize) {
        self.slots.push(Some(Step::Index(index)));
    }

    fn alternative(&mut self, name: &'static str) {
        self.slots.push(Some(Step::Name(name)));
    }

    fn skip(&mut self) {
        self.slots.pop();
    }

    fn open(&mut self) {
        let step = self.slots.pop().flatten();
        self.open.push(step);
    }

    fn open_wrapped(&mut self) {
        self.open();
        self.slots.push(None);
    }

    fn close(&mut self) {
        self.open.pop();
    }

    fn fail(&mut self, bit: usize, message: impl FnOnce() -> String) -> DecodeError {
        let message = message();
        let error = rasn::de::Error::custom(&message, super::OURS);
        let steps: Vec<_> = self.open.iter().copied().flatten().collect();
        self.fault.get_or_insert(CodecError { message, at: path_text(&steps), bit: Some(bit) });
        error
    }
}
