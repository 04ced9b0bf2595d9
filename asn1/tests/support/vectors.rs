//! The vectors of `tests/vectors`: encodings on which independent codecs agree.

use std::path::Path;

use asn1::Dialect;
use serde_json::Value;

/// One line of a file.
pub struct Vector {
    /// The file and the line.
    #[allow(dead_code, reason = "not every test that shares this names its vectors")]
    pub name: String,
    /// The encoding.
    pub octets: Vec<u8>,
}

/// All of a dialect, by file.
pub fn vectors(dialect: Dialect) -> Vec<Vector> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(dialect.name());
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut vectors = Vec::new();
    for file in files {
        for (index, line) in std::fs::read_to_string(&file).unwrap().lines().enumerate() {
            let line: Value = serde_json::from_str(line).unwrap();
            let name = format!("{dialect}/{}:{}", file.file_name().unwrap().to_string_lossy(), index + 1);
            vectors.push(Vector { name, octets: unhex(line["hex"].as_str().unwrap()) });
        }
    }
    vectors
}

/// Hex as octets.
pub fn unhex(text: &str) -> Vec<u8> {
    let pairs = text.as_bytes().chunks_exact(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}
