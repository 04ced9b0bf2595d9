//! `rsu detect`: what a model sees in pictures and videos, as annotated pictures and JSON.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use inference::{Detector, DetectorSettings, ModelFile};
use opencv::core::{Mat, Point, Rect, Scalar, Vector};
use opencv::prelude::*;
use opencv::videoio::{CAP_FFMPEG, CAP_PROP_POS_MSEC, VideoCapture};
use opencv::{imgcodecs, imgproc};
use perception::detection::{BoxDetection, Class};
use serde::{Deserialize, Serialize};

/// Detect road users in pictures and videos.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Writes DIR/detections.json and one annotated JPEG per frame.

Example:
  rsu detect junction.avi --out out/junction --every 10
  rsu detect a.jpg b.png --out out/pictures --threshold pedestrian=0.6 --json")]
pub struct DetectArgs {
    /// Pictures and videos, any that OpenCV reads.
    #[arg(required = true, value_name = "VIDEO|IMAGE")]
    pub inputs: Vec<PathBuf>,
    /// Directory for the results; made if it is not there.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Directory of the model: model.toml and the network.
    #[arg(long, value_name = "DIR", default_value = "models/nanodet")]
    pub model: PathBuf,
    /// Of a video, take every Nth frame.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    pub every: u64,
    /// Lowest score that counts for a class, instead of the model's own; may be given again.
    #[arg(long, value_name = "CLASS=SCORE", value_parser = parse_threshold)]
    pub threshold: Vec<(Class, f64)>,
    /// Threads that one picture is worked on with.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub threads: usize,
    /// Print the summary as JSON.
    #[arg(long)]
    pub json: bool,
}

/// One entry of `frames` in `detections.json`: a recording's detections message, and where it is from.
#[derive(Serialize)]
struct FrameRecord<'a> {
    input: &'a str,
    /// Number of the frame in a video, from 0; a picture is frame 0.
    frame: u64,
    /// Since the start of the video, by its own time stamps.
    #[serde(skip_serializing_if = "Option::is_none")]
    video_time_us: Option<i64>,
    /// A file does not say when it was taken.
    captured_at_us: Option<i64>,
    width_px: i32,
    height_px: i32,
    annotated: &'a str,
    boxes: &'a [BoxDetection],
}

/// What was found in one input.
#[derive(Debug, Default, Serialize)]
struct Summary {
    input: String,
    frames: u64,
    boxes: BTreeMap<&'static str, u64>,
}

/// Runs the command; an error names the file that it is about.
pub fn run(args: DetectArgs) -> Result<()> {
    let model = ModelFile::load(&args.model)?;
    let settings = DetectorSettings {
        threads: args.threads,
        thresholds: args.threshold.iter().copied().collect(),
        ..DetectorSettings::default()
    };
    let detector = Detector::new(&model, settings)?;
    fs::create_dir_all(&args.out).with_context(|| format!("{}: cannot make the directory", args.out.display()))?;
    let mut writer = Writer::new(&args.out, &model, detector)?;
    drop(model);
    let mut summaries = Vec::new();
    for input in &args.inputs {
        summaries.push(detect_input(input, args.every, &mut writer)?);
    }
    let path = writer.finish()?;
    print_summary(&summaries, &path, args.json)
}

fn detect_input(input: &Path, every: u64, writer: &mut Writer) -> Result<Summary> {
    let name = input.display().to_string();
    let metadata = fs::metadata(input).with_context(|| format!("{name}: cannot be read"))?;
    ensure!(metadata.is_file(), "{name}: is not a file");
    let path = input.to_str().with_context(|| format!("{name}: the name is not UTF-8, which OpenCV needs"))?;
    let stem = writer.unused_stem(input);
    let mut summary = Summary { input: name.clone(), ..Summary::default() };
    let picture =
        imgcodecs::imread(path, imgcodecs::IMREAD_COLOR).with_context(|| format!("{name}: cannot be read"))?;
    if !picture.empty() {
        writer.frame(
            picture,
            Place { input: &name, frame: 0, video_time_us: None },
            format!("{stem}.jpg"),
            &mut summary,
        )?;
        return Ok(summary);
    }
    let mut video = VideoCapture::from_file(path, CAP_FFMPEG).with_context(|| format!("{name}: cannot be read"))?;
    ensure!(video.is_opened()?, "{name}: is neither a picture nor a video that OpenCV reads");
    for frame in 0_u64.. {
        if !video.grab().with_context(|| format!("{name}: frame {frame}"))? {
            break;
        }
        if !frame.is_multiple_of(every) {
            continue;
        }
        let time_ms = video.get(CAP_PROP_POS_MSEC)?;
        let mut picture = Mat::default();
        ensure!(video.retrieve(&mut picture, 0)? && !picture.empty(), "{name}: frame {frame} cannot be decoded");
        let place = Place { input: &name, frame, video_time_us: Some((time_ms * 1e3).round() as i64) };
        writer.frame(picture, place, format!("{stem}-{frame:06}.jpg"), &mut summary)?;
    }
    ensure!(summary.frames > 0, "{name}: has no frame that could be read");
    Ok(summary)
}

/// Where a picture is from.
struct Place<'a> {
    input: &'a str,
    frame: u64,
    video_time_us: Option<i64>,
}

/// The detector and the results, written as they come: a long video is never held in memory.
struct Writer {
    detector: Detector,
    directory: PathBuf,
    /// Not yet whole, so not yet under its name.
    part: PathBuf,
    json: BufWriter<File>,
    frames: u64,
    stems: BTreeSet<String>,
}

impl Writer {
    fn new(directory: &Path, model: &ModelFile, detector: Detector) -> Result<Self> {
        let part = directory.join("detections.json.part");
        let file = File::create(&part).with_context(|| format!("{}: cannot be written", part.display()))?;
        let mut json = BufWriter::new(file);
        let about = serde_json::json!({"name": model.name, "sha256": model.sha256, "licence": model.licence});
        write!(json, "{{\"model\":{about},\"frames\":[")?;
        Ok(Self { detector, directory: directory.to_owned(), part, json, frames: 0, stems: BTreeSet::new() })
    }

    /// A name for the input's pictures that no other input of this run has.
    fn unused_stem(&mut self, input: &Path) -> String {
        let stem = input.file_stem().map_or_else(|| "input".into(), |stem| stem.to_string_lossy().into_owned());
        let mut candidate = stem.clone();
        let mut number = 2;
        while !self.stems.insert(candidate.clone()) {
            candidate = format!("{stem}-{number}");
            number += 1;
        }
        candidate
    }

    fn frame(&mut self, mut picture: Mat, place: Place<'_>, annotated: String, summary: &mut Summary) -> Result<()> {
        let about = || format!("{}: frame {}", place.input, place.frame);
        let boxes = self.detector.detect_mat(&picture).with_context(about)?;
        let record = FrameRecord {
            input: place.input,
            frame: place.frame,
            video_time_us: place.video_time_us,
            captured_at_us: None,
            width_px: picture.cols(),
            height_px: picture.rows(),
            annotated: &annotated,
            boxes: &boxes,
        };
        self.json.write_all(if self.frames == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut self.json, &record)?;
        self.frames += 1;
        summary.frames += 1;
        for found in &boxes {
            *summary.boxes.entry(found.class.as_str()).or_default() += 1;
        }
        annotate(&mut picture, &boxes).with_context(about)?;
        let path = self.directory.join(annotated);
        let name = path.to_str().context("the output directory's name is not UTF-8, which OpenCV needs")?;
        if !imgcodecs::imwrite(name, &picture, &Vector::new()).with_context(|| format!("{name}: cannot be written"))? {
            bail!("{name}: cannot be written");
        }
        Ok(())
    }

    fn finish(mut self) -> Result<PathBuf> {
        let path = self.directory.join("detections.json");
        self.json.write_all(b"\n]}\n")?;
        self.json.flush().with_context(|| format!("{}: cannot be written", self.part.display()))?;
        fs::rename(&self.part, &path).with_context(|| format!("{}: cannot be written", path.display()))?;
        Ok(path)
    }
}

fn print_summary(summaries: &[Summary], path: &Path, as_json: bool) -> Result<()> {
    let mut out = std::io::stdout().lock();
    if as_json {
        writeln!(out, "{}", serde_json::json!({"detections": path, "inputs": summaries}))?;
        return Ok(());
    }
    for summary in summaries {
        let counts: Vec<String> = summary.boxes.iter().map(|(class, count)| format!("{count} {class}")).collect();
        let counts = if counts.is_empty() { "nothing".to_owned() } else { counts.join(", ") };
        writeln!(out, "{}: {} frames, found {counts}", summary.input, summary.frames)?;
    }
    writeln!(out, "written: {}", path.display())?;
    Ok(())
}

/// Draws each box with its class and score.
fn annotate(picture: &mut Mat, boxes: &[BoxDetection]) -> opencv::Result<()> {
    // Readable on a small picture as on a large one.
    let scale = (f64::from(picture.cols()) / 1200.0).clamp(0.4, 2.0);
    let thickness = if scale > 0.8 { 2 } else { 1 };
    for found in boxes {
        let colour = colour_of(found.class);
        let corner = Point::new(found.x_px.round() as i32, found.y_px.round() as i32);
        let rectangle = Rect::new(corner.x, corner.y, found.w_px.round() as i32, found.h_px.round() as i32);
        imgproc::rectangle(picture, rectangle, colour, thickness, imgproc::LINE_8, 0)?;
        let label = format!("{} {:.2}", found.class.as_str(), found.score);
        // Above the box, or inside it when there is no room above.
        let room = (24.0 * scale) as i32;
        let foot = if corner.y > room { corner.y - 4 } else { corner.y + room };
        let place = Point::new(corner.x, foot);
        imgproc::put_text(
            picture,
            &label,
            place,
            imgproc::FONT_HERSHEY_SIMPLEX,
            scale,
            colour,
            thickness,
            imgproc::LINE_AA,
            false,
        )?;
    }
    Ok(())
}

/// Blue, green, red.
fn colour_of(class: Class) -> Scalar {
    match class {
        Class::Pedestrian => Scalar::new(0.0, 220.0, 0.0, 0.0),
        Class::Bicycle | Class::Motorcycle => Scalar::new(220.0, 200.0, 0.0, 0.0),
        Class::Car | Class::Van => Scalar::new(0.0, 60.0, 255.0, 0.0),
        Class::Truck | Class::Bus => Scalar::new(0.0, 165.0, 255.0, 0.0),
        Class::Animal => Scalar::new(255.0, 0.0, 200.0, 0.0),
        Class::Unknown => Scalar::all(200.0),
    }
}

/// `pedestrian=0.5`.
fn parse_threshold(text: &str) -> Result<(Class, f64), String> {
    let (name, score) = text.split_once('=').ok_or("must be CLASS=SCORE, for example pedestrian=0.5")?;
    let class = Class::deserialize(serde_json::Value::from(name)).unwrap_or(Class::Unknown);
    if class.as_str() != name {
        return Err(format!(
            "{name} is no class: pedestrian, bicycle, motorcycle, car, van, truck, bus, animal or unknown"
        ));
    }
    let score: f64 = score.parse().map_err(|_| format!("{score} is no number"))?;
    if score > 0.0 && score <= 1.0 { Ok((class, score)) } else { Err(format!("{score} is not above 0 and at most 1")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_are_read_and_mistakes_explained() {
        assert_eq!(parse_threshold("car=0.25"), Ok((Class::Car, 0.25)));
        assert_eq!(parse_threshold("unknown=1"), Ok((Class::Unknown, 1.0)));
        for (text, problem) in [
            ("car", "must be CLASS=SCORE"),
            ("cat=0.5", "cat is no class"),
            ("car=x", "x is no number"),
            ("car=0", "not above 0"),
            ("car=1.1", "not above 0"),
            ("car=NaN", "not above 0"),
        ] {
            let error = parse_threshold(text).unwrap_err();
            assert!(error.contains(problem), "{text}: {error}");
        }
    }

    #[test]
    fn class_names_are_those_of_recordings() {
        use Class::{Bicycle, Bus, Car, Motorcycle, Pedestrian, Truck, Unknown, Van};
        for class in [Pedestrian, Bicycle, Motorcycle, Car, Van, Truck, Bus, Unknown] {
            assert_eq!(serde_json::to_value(class).unwrap(), class.as_str());
        }
    }

    #[test]
    fn a_box_is_drawn_where_it_is() {
        let mut picture = Mat::new_rows_cols_with_default(100, 200, opencv::core::CV_8UC3, Scalar::all(0.0)).unwrap();
        let found =
            BoxDetection { x_px: 50.0, y_px: 40.0, w_px: 60.0, h_px: 50.0, score: 0.5, class: Class::Pedestrian };
        annotate(&mut picture, &[found]).unwrap();
        let pixel = |x: i32, y: i32| picture.at_2d::<opencv::core::Vec3b>(y, x).unwrap().0;
        assert_eq!(pixel(50, 60), [0, 220, 0]);
        assert_eq!(pixel(80, 40), [0, 220, 0]);
        assert_eq!(pixel(80, 60), [0, 0, 0]);
        assert_eq!(pixel(20, 60), [0, 0, 0]);
    }
}
