//! `model.toml`: what a network is, what it takes, what it gives, and whether the file beside it is that network.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use perception::detection::Class;
use serde::Deserialize;
use serde::de::value::{Error as ValueError, StrDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer};
use sha2::{Digest, Sha256};

/// The version of `model.toml` that this reads.
const FORMAT: u32 = 1;
/// Largest side of an input, pixels, and most classes: beyond these the file is a mistake, not a network.
const MAX_SIDE_PX: u32 = 8192;
const MAX_CLASSES: usize = 10_000;

/// A model whose description was read and whose network was found to be the one described.
///
/// Holds the network's bytes (the ones that were hashed); drop it once the detectors are made.
#[derive(Clone, Debug)]
pub struct ModelFile {
    /// The model's name.
    pub name: String,
    /// SHA-256 of the network, lower-case hexadecimal.
    pub sha256: String,
    /// SPDX expression of the network's licence.
    pub licence: String,
    /// What the network takes.
    pub input: InputSpec,
    /// How its outputs are read.
    pub decoder: DecoderSpec,
    /// Number of classes the network knows.
    pub class_count: usize,
    /// Which of them are ours, by our class.
    pub classes: BTreeMap<Class, ClassSpec>,
    /// When two boxes are one thing.
    pub nms: NmsSpec,
    pub(crate) network: Vec<u8>,
}

/// What the network takes.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct InputSpec {
    /// The input's name in the network.
    pub name: String,
    /// Width, pixels.
    pub width_px: u32,
    /// Height, pixels.
    pub height_px: u32,
    /// Order of the dimensions.
    pub layout: Layout,
    /// Order of the colours; `mean` and `std` are in the same order.
    pub colour: ColourOrder,
    /// Taken from each byte value, by channel.
    pub mean: [f64; 3],
    /// What the difference is divided by, by channel.
    pub std: [f64; 3],
    /// Byte value of the padding right of and below the picture, before `mean` and `std`.
    pub pad: u8,
}

/// Order of the input's dimensions.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Layout {
    /// Batch, channel, row, column.
    Nchw,
    /// Batch, row, column, channel.
    Nhwc,
}

/// Order of the input's channels.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum ColourOrder {
    /// Blue first, as OpenCV has it.
    Bgr,
    /// Red first.
    Rgb,
}

/// How the outputs are read.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct DecoderSpec {
    /// Which decoder.
    pub kind: DecoderKind,
    /// Network pixels per cell, one value per grid; each must divide the input's width and height.
    pub strides_px: Vec<u32>,
    /// Names of the outputs, in the order that the decoder takes them: NanoDet the scores of each stride, then the
    /// boxes of each stride; CenterNet the heat map, then the distances; YOLOX its one output.
    pub outputs: Vec<String>,
}

/// The families of networks that can be read.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum DecoderKind {
    /// NanoDet.
    NanoDet,
    /// CenterNet.
    CenterNet,
    /// YOLOX.
    Yolox,
}

impl fmt::Display for DecoderKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NanoDet => "nanodet",
            Self::CenterNet => "centernet",
            Self::Yolox => "yolox",
        })
    }
}

/// One of our classes, as the network has it.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct ClassSpec {
    /// The network's class numbers that are this class, from 0.
    pub indices: Vec<usize>,
    /// Lowest score that counts, above 0, at most 1.
    pub threshold: f64,
}

/// When two boxes are one thing: intersection over union, above 0, at most 1.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct NmsSpec {
    /// Between boxes of one class.
    pub iou: f64,
    /// Between large vehicles (car, van, truck, bus) of different classes.
    pub vehicle_iou: f64,
}

/// Why a model cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// A file could not be read.
    #[error("{path}: {cause}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// `model.toml` is not what it should be; the message has the line.
    #[error("{path}: {cause}")]
    Toml {
        /// The file.
        path: PathBuf,
        /// What the parser said.
        cause: Box<toml::de::Error>,
    },
    /// A value in `model.toml` makes no sense.
    #[error("{path}: `{field}` {problem}")]
    Field {
        /// The file.
        path: PathBuf,
        /// The key, with dots.
        field: String,
        /// What is wrong.
        problem: String,
    },
    /// The network is not the one that `model.toml` describes.
    #[error("{path}: sha256 is {actual}, but model.toml says {expected}: the file is damaged or another one")]
    Hash {
        /// The network.
        path: PathBuf,
        /// As `model.toml` has it.
        expected: String,
        /// As the file has it.
        actual: String,
    },
}

/// `model.toml` as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Description {
    format: u32,
    name: String,
    file: String,
    sha256: String,
    licence: String,
    class_count: usize,
    #[serde(rename = "source")]
    _source: Source,
    input: InputSpec,
    decoder: DecoderSpec,
    nms: NmsSpec,
    classes: BTreeMap<String, ClassSpec>,
    #[serde(default, rename = "scores")]
    _scores: Vec<Score>,
}

/// Where the network is from. Read so that a misspelt key is refused; for people, not for the program.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "checked for its keys only")]
struct Source {
    registry: String,
    package: String,
    version: String,
    files: Vec<String>,
    upstream: String,
    made_by: String,
}

/// A measured figure. Read so that a misspelt key is refused; for people, not for the program.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "checked for its keys only")]
pub(crate) struct Score {
    what: String,
    value: f64,
    on: String,
    how: String,
}

impl ModelFile {
    /// Reads `directory/model.toml` and the network it names, and checks the one against the other.
    pub fn load(directory: &Path) -> Result<Self, ModelError> {
        let path = directory.join("model.toml");
        let description: Description = parse(&path)?;
        let classes =
            check(&description).map_err(|(field, problem)| ModelError::Field { path: path.clone(), field, problem })?;
        let (network, sha256) = read_network(directory, &description.file, &description.sha256)?;
        Ok(Self {
            name: description.name,
            sha256,
            licence: description.licence,
            input: description.input,
            decoder: description.decoder,
            class_count: description.class_count,
            classes,
            nms: description.nms,
            network,
        })
    }
}

/// Reads a `model.toml`.
pub(crate) fn parse<T: DeserializeOwned>(path: &Path) -> Result<T, ModelError> {
    let text = fs::read_to_string(path).map_err(|cause| ModelError::Read { path: path.to_owned(), cause })?;
    toml::from_str(&text).map_err(|cause| ModelError::Toml { path: path.to_owned(), cause: Box::new(cause) })
}

/// The network beside a `model.toml`, and its SHA-256, which is the one that is expected.
pub(crate) fn read_network(directory: &Path, file: &str, sha256: &str) -> Result<(Vec<u8>, String), ModelError> {
    let path = directory.join(file);
    let network = fs::read(&path).map_err(|cause| ModelError::Read { path: path.clone(), cause })?;
    let actual: String = Sha256::digest(&network).iter().map(|byte| format!("{byte:02x}")).collect();
    let expected = sha256.to_ascii_lowercase();
    if actual == expected { Ok((network, actual)) } else { Err(ModelError::Hash { path, expected, actual }) }
}

/// What is wrong with a field: its key and the complaint.
pub(crate) type Complaint = (String, String);

pub(crate) fn complain<T>(field: impl Into<String>, problem: impl Into<String>) -> Result<T, Complaint> {
    Err((field.into(), problem.into()))
}

fn check(description: &Description) -> Result<BTreeMap<Class, ClassSpec>, Complaint> {
    if description.format != FORMAT {
        return complain("format", format!("is {}, this program reads {FORMAT}", description.format));
    }
    check_network_name(&description.file, &description.sha256)?;
    if description.class_count == 0 || description.class_count > MAX_CLASSES {
        return complain("class_count", format!("must be from 1 to {MAX_CLASSES}"));
    }
    check_input(&description.input)?;
    check_decoder(&description.decoder, &description.input)?;
    for (key, value) in [("nms.iou", description.nms.iou), ("nms.vehicle_iou", description.nms.vehicle_iou)] {
        check_share(key, value)?;
    }
    check_classes(description)
}

/// Name and hash of the network's file.
pub(crate) fn check_network_name(file: &str, sha256: &str) -> Result<(), Complaint> {
    let name = Path::new(file);
    if name.file_name() != Some(name.as_os_str()) {
        return complain("file", "must be the name of a file beside model.toml, without directories");
    }
    if sha256.len() != 64 || !sha256.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return complain("sha256", "must be 64 hexadecimal digits");
    }
    Ok(())
}

/// A score or an overlap: above 0, at most 1.
fn check_share(key: &str, value: f64) -> Result<(), Complaint> {
    if value > 0.0 && value <= 1.0 { Ok(()) } else { complain(key, format!("is {value}, must be above 0, at most 1")) }
}

fn check_input(input: &InputSpec) -> Result<(), Complaint> {
    for (key, side) in [("input.width_px", input.width_px), ("input.height_px", input.height_px)] {
        if side == 0 || side > MAX_SIDE_PX {
            return complain(key, format!("is {side}, must be from 1 to {MAX_SIDE_PX}"));
        }
    }
    if !input.mean.iter().all(|value| value.is_finite()) {
        return complain("input.mean", "must be finite numbers");
    }
    if !input.std.iter().all(|value| value.is_finite() && *value > 0.0) {
        return complain("input.std", "must be positive numbers");
    }
    Ok(())
}

fn check_decoder(decoder: &DecoderSpec, input: &InputSpec) -> Result<(), Complaint> {
    let strides = &decoder.strides_px;
    let divides =
        |stride: u32| stride > 0 && input.width_px.is_multiple_of(stride) && input.height_px.is_multiple_of(stride);
    if strides.is_empty() || !strides.iter().all(|&stride| divides(stride)) {
        return complain("decoder.strides_px", "must be one or more numbers that divide the input's width and height");
    }
    let (strides_needed, outputs_needed) = match decoder.kind {
        DecoderKind::NanoDet => (strides.len(), 2 * strides.len()),
        DecoderKind::CenterNet => (1, 2),
        DecoderKind::Yolox => (strides.len(), 1),
    };
    if strides.len() != strides_needed {
        return complain("decoder.strides_px", format!("must be one number for {}", decoder.kind));
    }
    if decoder.outputs.len() != outputs_needed {
        return complain("decoder.outputs", format!("must name {outputs_needed} outputs for {}", decoder.kind));
    }
    Ok(())
}

fn check_classes(description: &Description) -> Result<BTreeMap<Class, ClassSpec>, Complaint> {
    let mut classes = BTreeMap::new();
    let mut taken = BTreeMap::new();
    for (name, spec) in &description.classes {
        let key = format!("classes.{name}");
        let deserializer: StrDeserializer<'_, ValueError> = name.as_str().into_deserializer();
        // An unknown name reads as `unknown`, which only the name itself may do.
        let class = Class::deserialize(deserializer).unwrap_or(Class::Unknown);
        if class == Class::Unknown && name != "unknown" {
            return complain(
                key,
                "is no class: pedestrian, bicycle, motorcycle, car, van, truck, bus, animal or unknown",
            );
        }
        check_share(&format!("{key}.threshold"), spec.threshold)?;
        if spec.indices.is_empty() {
            return complain(format!("{key}.indices"), "is empty");
        }
        for &index in &spec.indices {
            if index >= description.class_count {
                return complain(
                    format!("{key}.indices"),
                    format!("has {index}, but class_count is {}", description.class_count),
                );
            }
            if let Some(other) = taken.insert(index, name) {
                return complain(format!("{key}.indices"), format!("has {index}, which classes.{other} has already"));
            }
        }
        classes.insert(class, spec.clone());
    }
    if classes.is_empty() {
        return complain("classes", "is empty: nothing would ever be detected");
    }
    Ok(classes)
}

#[cfg(test)]
#[path = "model_tests.rs"]
mod tests;
