//! SUMO's files, element by element.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::str::FromStr;

use anyhow::{Context, anyhow};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// The attributes of one element.
#[derive(Debug, Default)]
pub(super) struct Attributes(BTreeMap<String, String>);

impl Attributes {
    fn of(element: &BytesStart<'_>) -> anyhow::Result<Self> {
        let mut read = BTreeMap::new();
        for attribute in element.attributes() {
            let attribute = attribute?;
            let value = attribute.normalized_value(XmlVersion::Implicit1_0)?.into_owned();
            read.insert(attribute.key.as_ref().to_owned(), value);
        }
        Ok(Self(read))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub(super) fn text(&self, name: &str) -> anyhow::Result<&str> {
        self.get(name).with_context(|| format!("no attribute `{name}`"))
    }

    /// A number; one that is not finite is refused.
    pub(super) fn number(&self, name: &str) -> anyhow::Result<f64> {
        let text = self.text(name)?;
        let value = f64::from_str(text).ok().filter(|value| value.is_finite());
        value.with_context(|| format!("attribute `{name}`: `{text}` is not a number"))
    }
}

/// Hands every element that begins to `each`, in the order of the file.
///
/// # Errors
/// Not well-formed, or what `each` says, with the place in the file.
pub(super) fn elements(
    input: impl BufRead,
    mut each: impl FnMut(&str, &Attributes) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut reader = Reader::from_reader(input);
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        let event = reader.read_event_into(&mut buffer);
        let element = match event.map_err(|error| anyhow!("at byte {}: {error}", reader.error_position()))? {
            Event::Start(element) | Event::Empty(element) => element,
            Event::Eof => return Ok(()),
            _ => continue,
        };
        let name = element.name();
        Attributes::of(&element)
            .and_then(|attributes| each(name.as_ref(), &attributes))
            .with_context(|| format!("<{}> before byte {}", name.as_ref(), reader.buffer_position()))?;
    }
}
