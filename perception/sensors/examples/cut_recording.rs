//! Cuts the first seconds out of a recording, truth included: `cut_recording IN.mcap OUT.mcap SECONDS`.
//!
//! What cannot be read is printed and left out.

use std::process::ExitCode;

use sensors::recording::{RecordingReader, RecordingWriter, TruthReader};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, output, seconds] = arguments.as_slice() else {
        eprintln!("usage: cut_recording IN.mcap OUT.mcap SECONDS");
        return ExitCode::from(2);
    };
    match seconds.parse().map_err(Into::into).and_then(|seconds| cut(input, output, seconds)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn cut(input: &str, output: &str, seconds: f64) -> Result<(), Box<dyn std::error::Error>> {
    let mut truth = TruthReader::open(input)?.filter_map(said).peekable();
    let mut writer = RecordingWriter::create(output)?;
    let mut end = None;
    for recorded in RecordingReader::open(input)?.filter_map(said) {
        let end = *end.get_or_insert(recorded.arrived_at.plus_seconds(seconds));
        if recorded.arrived_at >= end {
            break;
        }
        while let Some(frame) = truth.next_if(|frame| frame.captured_at <= recorded.arrived_at) {
            writer.write_truth(frame.captured_at, &frame)?;
        }
        writer.write(&recorded)?;
    }
    Ok(writer.finish()?)
}

/// The good ones; the others are said.
fn said<T, E: std::fmt::Display>(result: Result<T, E>) -> Option<T> {
    result.inspect_err(|fault| eprintln!("{fault}")).ok()
}
