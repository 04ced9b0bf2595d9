//! The ghost model: from what speaks for and against a track ([`Evidence`]) to how probably it is a real road user.

use std::fmt;
use std::path::Path;

use ort::session::{HasSelectedOutputs, RunOptions, Session};
use ort::value::{Outlet, TensorElementType, TensorRef, ValueType};
use perception::track::Evidence;
use serde::Deserialize;

use crate::detector::{DetectError, reused_outputs, session};
use crate::model::{ModelError, Score, check_network_name, complain, parse, read_network};

/// Rows of one run. Fixed, so that the output's tensor can be used again and again.
const BATCH: usize = 256;
const WIDTH: usize = Evidence::NAMES.len();

/// `model.toml` of a ghost model as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Description {
    format: u32,
    kind: String,
    name: String,
    file: String,
    sha256: String,
    #[serde(rename = "licence")]
    _licence: String,
    #[serde(rename = "made_by")]
    _made_by: String,
    input: String,
    output: String,
    features: Vec<String>,
    thresholds: GhostThresholds,
    #[serde(default, rename = "scores")]
    _scores: Vec<Score>,
}

/// From which probability on a track is in the picture, above 0, at most 1.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GhostThresholds {
    /// One that the tracker's own rules show.
    pub keep: f64,
    /// One that they hide.
    pub show: f64,
}

/// Why a ghost model cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum GhostError {
    /// Its description or its file.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// Its network or ONNX Runtime.
    #[error(transparent)]
    Network(#[from] DetectError),
}

/// The network with its buffers; one thread's own.
pub struct GhostModel {
    name: String,
    thresholds: GhostThresholds,
    session: Session,
    outputs: RunOptions<HasSelectedOutputs>,
    input_name: String,
    output_name: String,
    rows: Vec<f32>,
}

impl fmt::Debug for GhostModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GhostModel").field("model", &self.name).finish_non_exhaustive()
    }
}

impl GhostModel {
    /// Reads `directory/model.toml` and the network beside it into ONNX Runtime, which is looked for as a detector's.
    ///
    /// # Errors
    /// A file that cannot be read, a hash or a list of features that differs, a network with other inputs or outputs, no
    /// ONNX Runtime.
    pub fn load(directory: &Path, runtime_library: Option<&Path>) -> Result<Self, GhostError> {
        let path = directory.join("model.toml");
        let description: Description = parse(&path)?;
        check(&description).map_err(|(field, problem)| ModelError::Field { path, field, problem })?;
        let (network, _) = read_network(directory, &description.file, &description.sha256)?;
        let session = session(&description.name, &network, 1, runtime_library)?;
        check_shapes(&description, session.inputs(), session.outputs())
            .map_err(|problem| DetectError::Mismatch { model: description.name.clone(), problem })?;
        let outputs = reused_outputs(session.outputs())
            .map_err(|error| DetectError::Network { model: description.name.clone(), problem: error.to_string() })?;
        Ok(Self {
            name: description.name,
            thresholds: description.thresholds,
            session,
            outputs,
            input_name: description.input,
            output_name: description.output,
            rows: vec![0.0; BATCH * WIDTH],
        })
    }

    /// From which probability on a track is in the picture.
    pub fn thresholds(&self) -> GhostThresholds {
        self.thresholds
    }

    /// How probably each is a real road user, 0 to 1, in the same order.
    ///
    /// # Errors
    /// ONNX Runtime fails, or the network gives something that is no probability.
    pub fn score(&mut self, evidence: &[Evidence]) -> Result<Vec<f64>, DetectError> {
        let mut scores = Vec::with_capacity(evidence.len());
        for batch in evidence.chunks(BATCH) {
            self.rows.fill(0.0);
            for (row, one) in self.rows.chunks_exact_mut(WIDTH).zip(batch) {
                row.copy_from_slice(&one.values());
            }
            self.run(batch.len(), &mut scores)?;
        }
        Ok(scores)
    }

    fn run(&mut self, count: usize, scores: &mut Vec<f64>) -> Result<(), DetectError> {
        let model = &self.name;
        let failed = |error: ort::Error| DetectError::Network { model: model.clone(), problem: error.to_string() };
        let mismatch = |problem: String| DetectError::Mismatch { model: model.clone(), problem };
        let input = TensorRef::from_array_view(([BATCH, WIDTH], self.rows.as_slice())).map_err(failed)?;
        let inputs = ort::inputs![self.input_name.as_str() => input];
        let results = self.session.run_with_options(inputs, &self.outputs).map_err(failed)?;
        let value =
            results.get(&self.output_name).ok_or_else(|| mismatch(format!("gave no output `{}`", self.output_name)))?;
        let (_, data) = value.try_extract_tensor::<f32>().map_err(failed)?;
        let given = data.get(..count).ok_or_else(|| mismatch(format!("gave {} values for {count}", data.len())))?;
        if let Some(wrong) = given.iter().find(|score| !(0.0..=1.0).contains(*score)) {
            return Err(mismatch(format!("gave {wrong}, which is no probability")));
        }
        scores.extend(given.iter().map(|score| f64::from(*score)));
        Ok(())
    }
}

fn check(description: &Description) -> Result<(), (String, String)> {
    if description.format != 1 {
        return complain("format", format!("is {}, this program reads 1", description.format));
    }
    if description.kind != "ghost" {
        return complain("kind", format!("is `{}`, must be `ghost`", description.kind));
    }
    check_network_name(&description.file, &description.sha256)?;
    let names = description.features.iter().map(String::as_str);
    if !names.eq(Evidence::NAMES) {
        let differs = description.features.iter().zip(Evidence::NAMES).position(|(have, want)| have != want);
        let place = differs.unwrap_or_else(|| description.features.len().min(WIDTH));
        return complain(
            "features",
            format!("differs from this program's {WIDTH} features at place {place}, from 0: train it anew"),
        );
    }
    for (key, value) in
        [("thresholds.keep", description.thresholds.keep), ("thresholds.show", description.thresholds.show)]
    {
        if !(value > 0.0 && value <= 1.0) {
            return complain(key, format!("is {value}, must be above 0, at most 1"));
        }
    }
    Ok(())
}

/// Whether the network takes and gives what it must; otherwise what differs.
fn check_shapes(description: &Description, inputs: &[Outlet], outputs: &[Outlet]) -> Result<(), String> {
    let wanted =
        [("input", &description.input, inputs, [BATCH, WIDTH]), ("output", &description.output, outputs, [BATCH, 1])];
    for (what, name, outlets, sides) in wanted {
        let fits = |outlet: &Outlet| {
            let ValueType::Tensor { ty: TensorElementType::Float32, shape, .. } = outlet.dtype() else { return false };
            outlet.name() == name && shape.iter().map(|side| usize::try_from(*side).ok()).eq(sides.map(Some))
        };
        if !matches!(outlets, [outlet] if fits(outlet)) {
            return Err(format!("the network's only {what} must be `{name}`, float32 {sides:?}"));
        }
    }
    Ok(())
}
