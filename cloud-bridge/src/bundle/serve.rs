//! Whoever has a file answers with its chunks; a city for as long as its session lives.

use std::fs::File;
use std::io::{self, Seek, SeekFrom};
use std::path::Path;

use tracing::warn;
use zenoh::query::Query;
use zenoh::{Session, Wait};

use super::{BYTES, Bundle, CHUNK_BYTES, FROM, Owner, next_chunk};

/// Answers every site of the city that asks for a piece of the bundle, which lies in `folder`.
pub(crate) fn serve(session: &Session, city: &str, bundle: &Bundle, folder: &Path) -> zenoh::Result<()> {
    for (name, file) in &bundle.files {
        let (path, chunks) = (folder.join(name), file.chunks.len());
        let answer = move |query: Query| answer(&query, &path, chunks);
        let keys = Owner::City(city).chunk_key(file, "*");
        session.declare_queryable(keys).complete(true).callback(answer).background().wait()?;
    }
    Ok(())
}

/// Answers with a piece of a file of so many chunks.
pub(super) fn answer(query: &Query, path: &Path, chunks: usize) {
    let key = query.key_expr().as_str();
    let number = key.rsplit('/').next().and_then(|number| number.parse::<usize>().ok());
    // Nobody asks for anything else.
    let Some(number) = number.filter(|number| *number < chunks) else { return };
    let parameters = query.parameters();
    let asked = |name: &str| parameters.get(name).and_then(|value| value.parse::<usize>().ok());
    let told = read(path, number, asked(FROM), asked(BYTES)).map_err(|error| error.to_string());
    let told = told.and_then(|chunk| query.reply(key, chunk).wait().map_err(|error| error.to_string()));
    if let Err(error) = told {
        warn!(path = %path.display(), number, error, "a chunk is not sent");
    }
}

/// A chunk, or the part of it that is asked for.
fn read(path: &Path, number: usize, from: Option<usize>, bytes: Option<usize>) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start((number * CHUNK_BYTES) as u64))?;
    let chunk = next_chunk(&mut file)?;
    let rest = chunk.get(from.unwrap_or(0)..).unwrap_or_default();
    Ok(rest.get(..bytes.unwrap_or(CHUNK_BYTES)).unwrap_or(rest).to_vec())
}
