//! `rsu codec`: messages between hex and JSON from the shell, and how fast that is.

use std::io::{self, BufRead, BufReader, BufWriter, Read as _, Write};
use std::process::ExitCode;

use asn1::{CodecError, Dialect};
use serde_json::{Value, json};

use super::codec_bench;

/// The longest line that is read, octets; a longer one is an error of its own and is skipped.
const MAX_LINE: usize = 16 * 1024 * 1024;

/// Convert V2X messages between hex (UPER) and JSON (X.697), or measure the codec.
#[derive(Debug, clap::Args)]
pub struct CodecArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Hex in, JSON out, one message a line.
    #[command(after_help = "\
A line that fails prints {\"error\":…,\"at\":…,\"bit\":…} in its place, and the exit status is 1 at the end.

Example:
  rsu codec decode --dialect us-j2735-2024 < frames.hex > frames.jsonl")]
    Decode(Decode),
    /// JSON in, hex out, one message a line.
    #[command(after_help = "\
A line that fails prints {\"error\":…,\"at\":…,\"bit\":…} in its place, and the exit status is 1 at the end.

Example:
  rsu codec decode 30fe… | rsu codec encode")]
    Encode(Encode),
    /// Messages a second, time and allocations a message, on one thread.
    #[command(after_help = "\
FILE holds one {\"hex\":…} a line, as the test vectors do; without it a small set of random messages is used.

Example:
  rsu codec bench --dialect us-j2735-2024 --vectors SPAT.jsonl --seconds 2 --json")]
    Bench(codec_bench::BenchArgs),
}

#[derive(Debug, clap::Args)]
struct Decode {
    /// Message set and edition.
    #[arg(long, value_name = "D", default_value_t = Dialect::default())]
    dialect: Dialect,
    /// One message; without it, one a line from standard input.
    #[arg(value_name = "HEX")]
    hex: Option<String>,
}

#[derive(Debug, clap::Args)]
struct Encode {
    /// Message set and edition.
    #[arg(long, value_name = "D", default_value_t = Dialect::default())]
    dialect: Dialect,
    /// One message; without it, one a line from standard input.
    #[arg(value_name = "JSON")]
    json: Option<String>,
}

/// Runs the command. The exit status is 1 if any line failed; an error is about standard input or output.
pub fn run(args: CodecArgs) -> anyhow::Result<ExitCode> {
    match args.command {
        Command::Decode(Decode { dialect, hex }) => convert(hex, |line| decode(dialect, line)),
        Command::Encode(Encode { dialect, json }) => convert(json, |line| encode(dialect, line)),
        Command::Bench(args) => codec_bench::run(args),
    }
}

fn decode(dialect: Dialect, line: &[u8]) -> Result<String, CodecError> {
    asn1::decode_to_json(dialect, &unhex(line)?).map(|value| value.to_string())
}

fn encode(dialect: Dialect, line: &[u8]) -> Result<String, CodecError> {
    let value: Value = serde_json::from_slice(line).map_err(|error| CodecError::new(format!("not JSON: {error}")))?;
    asn1::encode_from_json(dialect, &value).map(|octets| hex(&octets))
}

/// Octets as lower-case hex.
pub fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// Octets from hex of either case.
pub fn unhex(text: &[u8]) -> Result<Vec<u8>, CodecError> {
    let digit = |index: usize| {
        let digit = char::from(text[index]).to_digit(16);
        digit.map(|digit| digit as u8).ok_or_else(|| {
            CodecError::new(format!("not hex: character {} of the line is {:?}", index + 1, char::from(text[index])))
        })
    };
    if !text.len().is_multiple_of(2) {
        // A wrong character says more than a wrong number of them.
        (0..text.len()).try_for_each(|index| digit(index).map(drop))?;
        return Err(CodecError::new(format!("not hex: an odd number of digits, {}", text.len())));
    }
    (0..text.len() / 2).map(|octet| Ok(digit(2 * octet)? << 4 | digit(2 * octet + 1)?)).collect()
}

fn convert(
    argument: Option<String>,
    convert: impl Fn(&[u8]) -> Result<String, CodecError>,
) -> anyhow::Result<ExitCode> {
    let mut out = BufWriter::new(io::stdout().lock());
    let all_well = match argument {
        Some(line) => answer(&mut out, convert(line.trim().as_bytes())),
        None => convert_lines(BufReader::new(io::stdin().lock()), &mut out, convert),
    };
    match all_well.and_then(|all_well| out.flush().map(|()| all_well)) {
        Ok(true) => Ok(ExitCode::SUCCESS),
        Ok(false) => Ok(ExitCode::FAILURE),
        // Whoever read our output has seen enough: `rsu codec decode < many | head`.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ExitCode::FAILURE),
        Err(error) => Err(error.into()),
    }
}

fn convert_lines<R: io::Read>(
    mut lines: BufReader<R>,
    out: &mut impl Write,
    convert: impl Fn(&[u8]) -> Result<String, CodecError>,
) -> io::Result<bool> {
    let mut all_well = true;
    let mut line = Vec::new();
    loop {
        line.clear();
        if lines.by_ref().take(MAX_LINE as u64).read_until(b'\n', &mut line)? == 0 {
            return Ok(all_well);
        }
        let outcome = if line.len() == MAX_LINE && line.last() != Some(&b'\n') {
            lines.skip_until(b'\n')?;
            Err(CodecError::new(format!("the line is longer than {MAX_LINE} octets")))
        } else {
            convert(line.trim_ascii())
        };
        all_well &= answer(out, outcome)?;
        // A line in, a line out, also for somebody who types or for a program at the other end of both pipes.
        if lines.buffer().is_empty() {
            out.flush()?;
        }
    }
}

fn answer(out: &mut impl Write, outcome: Result<String, CodecError>) -> io::Result<bool> {
    let all_well = outcome.is_ok();
    let line =
        outcome.unwrap_or_else(|error| json!({"error": error.message, "at": error.at, "bit": error.bit}).to_string());
    writeln!(out, "{line}")?;
    Ok(all_well)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_goes_both_ways_and_says_where_it_is_none() {
        assert_eq!(unhex(b"00Af19"), Ok(vec![0, 0xaf, 0x19]));
        assert_eq!(hex(&[0, 0xaf, 0x19]), "00af19");
        assert_eq!(unhex(b"00a").unwrap_err().message, "not hex: an odd number of digits, 3");
        assert_eq!(unhex(b"0x30").unwrap_err().message, "not hex: character 2 of the line is 'x'");
    }

    #[test]
    fn every_line_gets_its_answer_in_its_place() {
        let mut out = Vec::new();
        let convert = |line: &[u8]| match line {
            b"good" => Ok("fine".to_owned()),
            _ => Err(CodecError { bit: Some(3), ..CodecError::at("a.b", "bad") }),
        };
        let all_well = convert_lines(BufReader::new(&b"good\nnot\n\xff\ngood\r\ngood"[..]), &mut out, convert).unwrap();
        assert!(!all_well);
        let bad = r#"{"at":"a.b","bit":3,"error":"bad"}"#;
        assert_eq!(String::from_utf8(out).unwrap(), format!("fine\n{bad}\n{bad}\nfine\nfine\n"));
    }
}
