//! Maps that others have made, as [`SiteMap`]: one file for each format, which reads its source into a plan (`plan.rs`);
//! the plan gives names and numbers and becomes the map.

use std::io::Read;

use asn1::Dialect;
use perception::calibration::Origin;

use super::gcj02::Datum;
use super::{NodeId, SiteMap};

mod arms;
mod lines;
mod message;
mod message_cn;
mod opendrive;
mod opendrive_road;
mod osm;
mod osm_turns;
mod osm_ways;
mod plan;
mod projection;
mod sumo;
mod sumo_groups;
mod sumo_net;

/// Why a source could not be imported.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct ImportError(String);

impl ImportError {
    fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl From<roxmltree::Error> for ImportError {
    fn from(error: roxmltree::Error) -> Self {
        Self(format!("not well-formed: {error}"))
    }
}

/// The formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// OpenStreetMap, `.osm` or `.pbf`.
    Osm,
    /// A SUMO network, `.net.xml` or `.net.xml.gz`.
    Sumo,
    /// OpenDRIVE, `.xodr`.
    Opendrive,
    /// MAP messages of J2735 or CSAE: hex, one a line.
    Message,
}

impl Format {
    /// By the name of a file.
    pub fn of_name(name: &str) -> Option<Self> {
        let name = name.strip_suffix(".gz").unwrap_or(name);
        [
            (".osm", Self::Osm),
            (".pbf", Self::Osm),
            (".net.xml", Self::Sumo),
            (".xodr", Self::Opendrive),
            (".hex", Self::Message),
        ]
        .into_iter()
        .find_map(|(end, format)| name.ends_with(end).then_some(format))
    }
}

/// What is wanted of a source.
#[derive(Clone, Debug)]
pub struct Wish {
    /// The junctions, as the source calls them; none: the one nearest to `at`, or the only one there is. Several, under one
    /// controller: of a SUMO net.
    pub junctions: Vec<String>,
    /// Latitude and longitude near the junction, degrees, in the source's datum.
    pub at_deg: Option<[f64; 2]>,
    /// How much of each road, metres from the junction.
    pub reach_m: f64,
    /// What the junction is to be called, of several the first; a MAP message's own number wins.
    pub node: NodeId,
    /// Where zero is in a source that has plane coordinates and no projection: latitude and longitude, degrees.
    pub origin_deg: Option<[f64; 2]>,
    /// The source's datum.
    pub datum: Datum,
    /// The dialect of MAP messages.
    pub dialect: Dialect,
    /// Traffic drives on the left; a SUMO net and OpenDRIVE say so themselves.
    pub left_hand: bool,
    /// SUMO: links of a signal that always show the same become one group; otherwise each link is one, by its index + 1.
    pub merge_groups: bool,
}

impl Default for Wish {
    fn default() -> Self {
        Self {
            junctions: Vec::new(),
            at_deg: None,
            reach_m: 150.0,
            node: NodeId { region: 0, id: 1 },
            origin_deg: None,
            datum: Datum::Wgs84,
            dialect: Dialect::default(),
            left_hand: false,
            merge_groups: false,
        }
    }
}

/// What became of a source.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The map. Its signal groups are not confirmed.
    pub map: SiteMap,
    /// The origin of its ENU frame: the junction.
    pub origin: Origin,
    /// What was left out, made up or guessed, and what a person must look at.
    pub notes: Vec<String>,
}

/// The most that is read of one source, octets after unpacking: an OpenStreetMap extract of a city is far less.
const MAX_OCTETS: u64 = 1 << 30;

/// Reads a source.
///
/// # Errors
/// The source is not what it should be, has no such junction, is asked for several and is no SUMO net, or more lanes than a map can number.
pub fn import(source: &[u8], format: Format, wish: &Wish) -> Result<Imported, ImportError> {
    if wish.junctions.len() > 1 && format != Format::Sumo {
        return Err(ImportError::new("several junctions at once are read of SUMO nets only"));
    }
    let packed = source.starts_with(&[0x1f, 0x8b]);
    let unpacked = if packed { Some(gunzip(source)?) } else { None };
    let source = unpacked.as_deref().unwrap_or(source);
    let text = || {
        let text = std::str::from_utf8(source).map_err(|error| ImportError::new(format!("not UTF-8: {error}")))?;
        Ok::<_, ImportError>(without_comments(text))
    };
    let plan = match format {
        Format::Osm => osm::read(source, wish)?,
        Format::Sumo => sumo::read(&text()?, wish)?,
        Format::Opendrive => opendrive::read(&text()?, wish)?,
        Format::Message => message::read(&text()?, wish)?,
    };
    plan.into_map(wish)
}

/// XML without its comments, line for line: SUMO writes command lines with `--` into them, which XML does not allow.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("<!--") {
        let Some((comment, after)) = after.split_once("-->") else { break };
        out.push_str(before);
        out.extend(comment.matches('\n'));
        rest = after;
    }
    out.push_str(rest);
    out
}

fn gunzip(packed: &[u8]) -> Result<Vec<u8>, ImportError> {
    let mut unpacked = Vec::new();
    let read = flate2::read::MultiGzDecoder::new(packed).take(MAX_OCTETS + 1).read_to_end(&mut unpacked);
    read.map_err(|error| ImportError::new(format!("gzip: {error}")))?;
    if unpacked.len() as u64 > MAX_OCTETS {
        return Err(ImportError::new(format!("more than {MAX_OCTETS} octets unpacked")));
    }
    Ok(unpacked)
}
