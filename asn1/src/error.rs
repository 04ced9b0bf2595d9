//! What went wrong, and where.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;

use core::fmt;

/// A message that could not be encoded or decoded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct CodecError {
    /// What is wrong, in words.
    pub message: String,
    /// The path of the member, such as `rsmFrame.participants[3].speed`; empty when it is the message as a whole.
    pub at: String,
    /// How many bits of the encoding had been read, where it is about an encoding.
    pub bit: Option<usize>,
}

impl CodecError {
    /// About the message as a whole.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), at: String::new(), bit: None }
    }

    /// About the member at `at`.
    pub fn at(at: impl Into<String>, message: impl Into<String>) -> Self {
        Self { message: message.into(), at: at.into(), bit: None }
    }

    /// The same error, seen from outside: `outer` is the path of the part it is about, which starts `bits` into the whole.
    #[must_use]
    pub(crate) fn within(mut self, outer: &str, bits: usize) -> Self {
        self.at = join(outer, &self.at);
        self.bit = self.bit.map(|bit| bit + bits);
        self
    }
}

impl fmt::Display for CodecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.at.is_empty() {
            write!(f, "{}: ", self.at)?;
        }
        f.write_str(&self.message)?;
        match self.bit {
            Some(bit) => write!(f, " (bit {bit})"),
            None => Ok(()),
        }
    }
}

fn join(outer: &str, inner: &str) -> String {
    match (outer, inner) {
        ("", path) | (path, "") => path.to_owned(),
        (outer, inner) if inner.starts_with('[') => format!("{outer}{inner}"),
        (outer, inner) => format!("{outer}.{inner}"),
    }
}

/// One step of a path.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    Name(&'static str),
    Index(usize),
}

/// The steps as text, such as `a.b[2].c`.
pub(crate) fn path_text(steps: &[Step]) -> String {
    let mut text = String::new();
    for step in steps {
        match step {
            Step::Name(name) => {
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(name);
            }
            Step::Index(index) => text.push_str(&format!("[{index}]")),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_like_one_writes_it() {
        let steps = [Step::Name("rsmFrame"), Step::Name("participants"), Step::Index(3), Step::Name("speed")];
        assert_eq!(path_text(&steps), "rsmFrame.participants[3].speed");
        let error = CodecError { bit: Some(5), ..CodecError::at("[3].speed", "too fast") };
        assert_eq!(error.within("value.objects", 32).to_string(), "value.objects[3].speed: too fast (bit 37)");
    }
}
