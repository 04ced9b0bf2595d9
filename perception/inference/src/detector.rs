//! One network at work on one thread.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use opencv::prelude::*;
use ort::memory::Allocator;
use ort::session::builder::GraphOptimizationLevel;
use ort::session::{HasSelectedOutputs, OutputSelector, RunOptions, Session};
use ort::value::{Outlet, Tensor, TensorElementType, TensorRef, ValueType};
use perception::detection::{BoxDetection, Class};

use crate::decode::{ClassTable, Output, decode};
use crate::image::{BgrImage, ImageError};
use crate::letterbox::{Letterbox, Placement};
use crate::model::{DecoderSpec, ModelFile, NmsSpec};
use crate::nms::{Candidate, suppress};
use crate::runtime::{RuntimeError, environment};

/// Most candidates that suppression compares with each other, the best ones: its cost grows with their square, and a
/// picture that gives more is noise.
const MAX_CANDIDATES: usize = 2000;
/// Narrowest box, source pixels, that is still something.
const MIN_SIDE_PX: f64 = 1.0;

/// What a person may set.
#[derive(Clone, Debug)]
pub struct DetectorSettings {
    /// Threads that one picture is worked on with; 0 is taken for 1.
    pub threads: usize,
    /// Lowest scores that count, above 0, at most 1, where they differ from the model's own.
    pub thresholds: BTreeMap<Class, f64>,
    /// ONNX Runtime's library or the directory it lies in; `None`: looked for where `make setup` puts it, then by the
    /// system's loader. The environment variable [`RUNTIME_VARIABLE`](crate::RUNTIME_VARIABLE) goes before it.
    pub runtime_library: Option<PathBuf>,
}

impl Default for DetectorSettings {
    fn default() -> Self {
        Self { threads: 1, thresholds: BTreeMap::new(), runtime_library: None }
    }
}

/// Why a detector cannot be made or a picture not be read.
#[derive(Debug, thiserror::Error)]
pub enum DetectError {
    /// No ONNX Runtime.
    #[error(transparent)]
    Runtime(#[from] RuntimeError),
    /// A setting makes no sense.
    #[error("detector setting thresholds.{}: {problem}", format!("{class:?}").to_lowercase())]
    Setting {
        /// The class whose threshold it is.
        class: Class,
        /// What is wrong.
        problem: String,
    },
    /// The network is not what `model.toml` says.
    #[error("model {model}: {problem}")]
    Mismatch {
        /// The model's name.
        model: String,
        /// What differs.
        problem: String,
    },
    /// ONNX Runtime failed.
    #[error("model {model}: ONNX Runtime: {problem}")]
    Network {
        /// The model's name.
        model: String,
        /// What it said.
        problem: String,
    },
    /// The picture cannot be read.
    #[error(transparent)]
    Image(#[from] ImageError),
}

/// A network with its buffers; one thread's own.
pub struct Detector {
    model: String,
    session: Session,
    outputs: RunOptions<HasSelectedOutputs>,
    input_name: String,
    input_px: [u32; 2],
    decoder: DecoderSpec,
    classes: ClassTable,
    nms: NmsSpec,
    letterbox: Letterbox,
    candidates: Vec<Candidate>,
}

impl fmt::Debug for Detector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Detector").field("model", &self.model).finish_non_exhaustive()
    }
}

impl Detector {
    /// Loads the network into ONNX Runtime and checks that its inputs and outputs are as described.
    pub fn new(model: &ModelFile, settings: DetectorSettings) -> Result<Self, DetectError> {
        let classes = class_table(model, &settings.thresholds)?;
        let session = session(&model.name, &model.network, settings.threads, settings.runtime_library.as_deref())?;
        let letterbox = Letterbox::new(&model.input);
        check_names(model, &letterbox.shape(), session.inputs(), session.outputs())
            .map_err(|problem| DetectError::Mismatch { model: model.name.clone(), problem })?;
        let outputs = reused_outputs(session.outputs())
            .map_err(|error| DetectError::Network { model: model.name.clone(), problem: error.to_string() })?;
        Ok(Self {
            model: model.name.clone(),
            session,
            outputs,
            input_name: model.input.name.clone(),
            input_px: [model.input.width_px, model.input.height_px],
            decoder: model.decoder.clone(),
            classes,
            nms: model.nms,
            letterbox,
            candidates: Vec::new(),
        })
    }

    /// What is in the picture: boxes in its own pixels, inside it, best score first.
    pub fn detect(&mut self, image: &BgrImage<'_>) -> Result<Vec<BoxDetection>, DetectError> {
        let placement = self.letterbox.fill(image)?;
        self.candidates.clear();
        self.run_network()?;
        if self.candidates.len() > MAX_CANDIDATES {
            self.candidates.sort_by(|a, b| b.score.total_cmp(&a.score));
            let dropped = self.candidates.len() - MAX_CANDIDATES;
            tracing::warn!(model = self.model, dropped, reason = "too_many_candidates", "candidates dropped");
            self.candidates.truncate(MAX_CANDIDATES);
        }
        suppress(&mut self.candidates, self.nms.iou as f32, self.nms.vehicle_iou as f32);
        Ok(self.candidates.iter().filter_map(|candidate| to_source(candidate, placement)).collect())
    }

    /// [`detect`](Self::detect) on an OpenCV matrix of type `CV_8UC3` (blue, green, red); a cut-out is copied first.
    pub fn detect_mat(&mut self, mat: &impl MatTraitConstManual) -> Result<Vec<BoxDetection>, DetectError> {
        if mat.is_continuous() {
            return self.detect(&BgrImage::from_mat(mat)?);
        }
        let copy = mat.try_clone().map_err(ImageError::from)?;
        self.detect(&BgrImage::from_mat(&copy)?)
    }

    fn run_network(&mut self) -> Result<(), DetectError> {
        let failed = |error: ort::Error| DetectError::Network { model: self.model.clone(), problem: error.to_string() };
        let input = TensorRef::from_array_view((self.letterbox.shape(), self.letterbox.tensor())).map_err(failed)?;
        let inputs = ort::inputs![self.input_name.as_str() => input];
        let results = self.session.run_with_options(inputs, &self.outputs).map_err(failed)?;
        let mut outputs = Vec::with_capacity(self.decoder.outputs.len());
        for name in &self.decoder.outputs {
            let value = results.get(name).ok_or_else(|| DetectError::Mismatch {
                model: self.model.clone(),
                problem: format!("gave no output `{name}`"),
            })?;
            let (shape, data) = value.try_extract_tensor::<f32>().map_err(failed)?;
            outputs.push(Output { name, shape, data });
        }
        decode(&self.decoder, self.input_px, &self.classes, &outputs, &mut self.candidates)
            .map_err(|error| DetectError::Mismatch { model: self.model.clone(), problem: error.to_string() })
    }
}

/// A network in ONNX Runtime, worked on with so many threads (0 is taken for 1).
pub(crate) fn session(
    model: &str,
    network: &[u8],
    threads: usize,
    runtime_library: Option<&Path>,
) -> Result<Session, DetectError> {
    let environment = environment(runtime_library)?;
    Session::builder(&environment)
        .and_then(|builder| Ok(builder.with_intra_threads(threads.max(1))?))
        .and_then(|builder| Ok(builder.with_inter_threads(1)?))
        // Threads that wait for work by spinning would take the core from everything else on the box.
        .and_then(|builder| Ok(builder.with_intra_op_spinning(false)?))
        .and_then(|builder| Ok(builder.with_optimization_level(GraphOptimizationLevel::All)?))
        .and_then(|mut builder| builder.commit_from_memory(network))
        .map_err(|error| DetectError::Network { model: model.to_owned(), problem: error.to_string() })
}

/// Tensors for the outputs whose shape the network fixes, reused from run to run. That saves allocations, and it is what
/// keeps memory flat: ort 2.0.0-rc.14 does not release the type description of an output that it allocates itself
/// (`Value::from_session_output_ptr`), some 340 bytes an output and run.
pub(crate) fn reused_outputs(outputs: &[Outlet]) -> ort::Result<RunOptions<HasSelectedOutputs>> {
    let mut selector = OutputSelector::default();
    for output in outputs {
        if let ValueType::Tensor { ty: TensorElementType::Float32, shape, .. } = output.dtype()
            && let Ok(shape) = shape.iter().map(|side| usize::try_from(*side)).collect::<Result<Vec<_>, _>>()
        {
            selector = selector.preallocate(output.name(), Tensor::<f32>::new(&Allocator::default(), shape)?);
        }
    }
    Ok(RunOptions::new()?.with_outputs(selector))
}

/// Network classes to ours with the thresholds that hold.
fn class_table(model: &ModelFile, overrides: &BTreeMap<Class, f64>) -> Result<ClassTable, DetectError> {
    for (&class, &threshold) in overrides {
        let problem = if !(threshold > 0.0 && threshold <= 1.0) {
            format!("is {threshold}, must be above 0, at most 1")
        } else if !model.classes.contains_key(&class) {
            format!("the model {} does not know this class", model.name)
        } else {
            continue;
        };
        return Err(DetectError::Setting { class, problem });
    }
    let mut ours = Vec::new();
    for (&class, spec) in &model.classes {
        let threshold = overrides.get(&class).copied().unwrap_or(spec.threshold) as f32;
        ours.extend(spec.indices.iter().map(|&index| (index, class, threshold)));
    }
    Ok(ClassTable { count: model.class_count, ours })
}

/// Whether the network takes and gives what `model.toml` says; otherwise what differs.
fn check_names(model: &ModelFile, shape: &[i64; 4], inputs: &[Outlet], outputs: &[Outlet]) -> Result<(), String> {
    let [input] = inputs else {
        return Err(format!("the network has {} inputs, not one", inputs.len()));
    };
    if input.name() != model.input.name {
        return Err(format!("input.name is `{}`, but the network's input is `{}`", model.input.name, input.name()));
    }
    // A dimension that the network leaves open is -1.
    let fits = matches!(input.dtype(), ValueType::Tensor { ty: TensorElementType::Float32, shape: have, .. }
        if have.len() == 4 && have.iter().zip(shape).all(|(have, want)| have == want || *have == -1));
    if !fits {
        return Err(format!("the network's input is {}, but `input` describes float32 {shape:?}", input.dtype()));
    }
    let names: Vec<&str> = outputs.iter().map(Outlet::name).collect();
    match model.decoder.outputs.iter().find(|name| !names.contains(&name.as_str())) {
        Some(name) => Err(format!("decoder.outputs has `{name}`, but the network's outputs are {}", names.join(", "))),
        None => Ok(()),
    }
}

/// The box in source pixels, cut at the picture's edges; `None` when nothing of it is inside.
fn to_source(candidate: &Candidate, placement: Placement) -> Option<BoxDetection> {
    let [left, top, right, bottom] = candidate.ltrb.map(f64::from);
    let [width, height] = placement.source_px.map(f64::from);
    let (x0, y0) = placement.to_source(left, top);
    let (x1, y1) = placement.to_source(right, bottom);
    let (x0, x1) = (x0.clamp(0.0, width), x1.clamp(0.0, width));
    let (y0, y1) = (y0.clamp(0.0, height), y1.clamp(0.0, height));
    let (w_px, h_px) = (x1 - x0, y1 - y0);
    (w_px >= MIN_SIDE_PX && h_px >= MIN_SIDE_PX).then_some(BoxDetection {
        x_px: x0,
        y_px: y0,
        w_px,
        h_px,
        score: f64::from(candidate.score).clamp(0.0, 1.0),
        class: candidate.class,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_come_back_in_source_pixels_inside_the_picture() {
        let placement = Placement { source_px: [800, 600], inner_px: [400, 300] };
        let candidate = |ltrb| Candidate { ltrb, score: 0.7, class: Class::Car };
        let found = to_source(&candidate([10.0, 20.0, 30.0, 50.0]), placement).unwrap();
        assert_eq!((found.x_px, found.y_px, found.w_px, found.h_px), (20.0, 40.0, 40.0, 60.0));
        let cut = to_source(&candidate([-5.0, 290.0, 10.0, 320.0]), placement).unwrap();
        assert_eq!((cut.x_px, cut.y_px, cut.w_px, cut.h_px), (0.0, 580.0, 20.0, 20.0));
        // Only in the padding below the picture.
        assert_eq!(to_source(&candidate([10.0, 301.0, 30.0, 350.0]), placement), None);
    }
}
