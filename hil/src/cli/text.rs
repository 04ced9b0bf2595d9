//! What the subcommands read, write and print: files with one JSON object a line, and text.

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Write, stdout};
use std::path::Path;

use anyhow::Context;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Reads a file with one JSON object a line.
///
/// # Errors
/// A file that cannot be read, or a line that is none.
pub fn read_lines<T: DeserializeOwned>(path: &Path) -> anyhow::Result<Vec<T>> {
    let file = File::open(path).with_context(|| path.display().to_string())?;
    let parse = |(number, line): (usize, std::io::Result<String>)| {
        let place = || format!("{}, line {number}", path.display());
        serde_json::from_str(&line.with_context(place)?).with_context(place)
    };
    (1..).zip(BufReader::new(file).lines()).map(parse).collect()
}

/// Writes a file with one JSON object a line.
///
/// # Errors
/// It cannot be written.
pub fn write_lines<T: Serialize>(path: &Path, values: &[T]) -> anyhow::Result<()> {
    let lines: Result<String, _> = values.iter().map(|value| Ok(serde_json::to_string(value)? + "\n")).collect();
    std::fs::write(path, lines.map_err(|error: serde_json::Error| error)?).with_context(|| path.display().to_string())
}

/// Prints a text, which `what` names.
///
/// # Errors
/// It cannot be written.
pub fn print(what: &str, text: &str) -> anyhow::Result<()> {
    match stdout().write_all(text.as_bytes()) {
        // Whoever read has read enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written.with_context(|| format!("writing the {what}")),
    }
}
