//! The thin layers between a message (signed or not) and a radio: they say what is inside, and how long it is.

use alloc::format;
use alloc::string::String;

pub mod dsmp;
pub mod immediate_forward;
mod provider;
pub mod wsmp;

/// Octets or text that are no frame of the layer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} (octet {octet})")]
pub struct FrameError {
    /// What is wrong, in words.
    pub what: String,
    /// How many octets had been read.
    pub octet: usize,
}

/// An additional element of a header, as it came: its number and its octets.
pub type Element<'a> = (u8, &'a [u8]);

/// Reads octets from the front, and says how far it came when they run out.
struct Reader<'a> {
    octets: &'a [u8],
    position: usize,
}

impl<'a> Reader<'a> {
    const fn new(octets: &'a [u8]) -> Self {
        Self { octets, position: 0 }
    }

    fn take(&mut self, count: usize, what: &str) -> Result<&'a [u8], FrameError> {
        let end = self.position.checked_add(count).filter(|&end| end <= self.octets.len());
        let Some(end) = end else {
            let left = self.octets.len() - self.position;
            return Err(self.fail(format!("{what}: {count} octets are needed and {left} are left")));
        };
        let taken = &self.octets[self.position..end];
        self.position = end;
        Ok(taken)
    }

    fn octet(&mut self, what: &str) -> Result<u8, FrameError> {
        self.take(1, what).map(|taken| taken[0])
    }

    fn fail(&self, what: impl Into<String>) -> FrameError {
        FrameError { what: what.into(), octet: self.position }
    }

    /// The rest, which must be as long as the header says.
    fn finish(mut self, length: usize) -> Result<&'a [u8], FrameError> {
        let data = self.take(length, "data")?;
        match self.octets.len() - self.position {
            0 => Ok(data),
            extra => Err(self.fail(format!("{extra} octets behind the data"))),
        }
    }
}

fn refuse(what: impl Into<String>) -> FrameError {
    FrameError { what: what.into(), octet: 0 }
}
