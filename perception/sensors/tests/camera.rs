//! Cameras: a real video file, made-up ones, and network cameras that come and go.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod servers;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use opencv::core::{Mat, MatTraitConst as _, Scalar, Size, Vector};
use opencv::imgcodecs;
use opencv::prelude::{VideoWriterTrait as _, VideoWriterTraitConst as _};
use opencv::videoio::VideoWriter;
use perception::time::UtcMicros;
use sensors::camera::{CameraConfig, CameraSource, CameraState, CameraStatus};
use sensors::{LatestFrame, Now, VideoFrame};
use servers::{Protocol, Server};

/// So often a test looks before it gives up; each look waits for a frame.
const LOOKS: usize = 6000;
const LOOK: Duration = Duration::from_millis(10);

/// A clock that goes on by a tenth of a second whenever it is read: files of 10 frames/s then need no waiting.
fn clock() -> Now {
    let time = AtomicI64::new(1_000_000_000);
    Arc::new(move || UtcMicros(time.fetch_add(100_000, Ordering::SeqCst)))
}

fn start(config: CameraConfig) -> (CameraSource, Arc<LatestFrame>) {
    let frames = Arc::new(LatestFrame::new());
    (CameraSource::start(config, clock(), frames.clone()).unwrap(), frames)
}

/// What a test remembers of a frame; the pictures themselves would fill the memory.
struct Seen {
    captured_at: UtcMicros,
    sequence: u64,
    size_px: (i32, i32),
    channels: i32,
}

impl From<VideoFrame> for Seen {
    fn from(VideoFrame { captured_at, sequence, mat, .. }: VideoFrame) -> Self {
        Self { captured_at, sequence, size_px: (mat.cols(), mat.rows()), channels: mat.channels() }
    }
}

/// Takes frames until the status is as wanted; gives the frames, and the status.
fn until(
    (source, frames): &(CameraSource, Arc<LatestFrame>),
    wanted: impl Fn(&CameraStatus) -> bool,
) -> (Vec<Seen>, CameraStatus) {
    let mut taken: Vec<Seen> = Vec::new();
    for _ in 0..LOOKS {
        let status = source.status();
        if wanted(&status) {
            taken.extend(frames.take_timeout(Duration::ZERO).map(Seen::from));
            return (taken, status);
        }
        taken.extend(frames.take_timeout(LOOK).map(Seen::from));
    }
    panic!("it never came so far: {:?}", source.status());
}

fn fresh(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_file(&path);
    path
}

/// Pictures that differ: a grey that grows.
fn pictures(count: u8, width: i32, height: i32) -> Vec<Mat> {
    let grey = |n: u8| Scalar::all(f64::from(n) * 20.0);
    (0..count)
        .map(|n| Mat::new_rows_cols_with_default(height, width, opencv::core::CV_8UC3, grey(n)).unwrap())
        .collect()
}

/// A film of 10 frames/s.
fn write_film(path: &Path, count: u8, width: i32, height: i32) {
    let fourcc = VideoWriter::fourcc('M', 'J', 'P', 'G').unwrap();
    let mut writer = VideoWriter::new(path, fourcc, 10.0, Size::new(width, height), true).unwrap();
    assert!(writer.is_opened().unwrap());
    for picture in pictures(count, width, height) {
        writer.write(&picture).unwrap();
    }
    writer.release().unwrap();
}

fn jpegs() -> Vec<Vec<u8>> {
    let encode = |picture: &Mat| {
        let mut jpeg = Vector::<u8>::new();
        imgcodecs::imencode(".jpg", picture, &mut jpeg, &Vector::new()).unwrap();
        jpeg.into()
    };
    pictures(10, 320, 240).iter().map(encode).collect()
}

fn demo_video() -> PathBuf {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.cache/video/vtest.avi");
    let path = std::env::var_os("LUKOU_DEMO_VIDEO").map_or(default, PathBuf::from);
    assert!(path.exists(), "{} is missing: `make setup` puts it there", path.display());
    path
}

#[test]
fn the_demo_video_plays_to_its_end_by_its_own_time_stamps() {
    let mut config = CameraConfig::new("vtest", demo_video().to_str().unwrap());
    config.expected_size_px = Some((768, 576));
    let camera = start(config);
    let (frames, status) = until(&camera, |status| status.state == CameraState::Ended);
    assert_eq!((status.frames, status.reconnects, status.last_error), (795, 0, None));
    assert_eq!(status.dropped_overwritten, 795 - frames.len() as u64);
    let first = &frames[0];
    for frame in &frames {
        assert_eq!((frame.size_px, frame.channels), ((768, 576), 3));
        let seconds = frame.captured_at.seconds_since(first.captured_at);
        let expected = (frame.sequence - first.sequence) as f64 * 0.1;
        assert!((seconds - expected).abs() < 0.002, "frame {}: {seconds} s, not {expected} s", frame.sequence);
    }
    assert!((status.fps.unwrap() - 10.0).abs() < 0.1, "{:?}", status.fps);
}

#[test]
fn a_film_that_repeats_goes_on_in_time_without_a_gap() {
    let path = fresh("repeats.avi");
    write_film(&path, 5, 160, 120);
    let mut config = CameraConfig::new("cam", path.to_str().unwrap());
    config.repeat = true;
    let camera = start(config);
    let (frames, status) = until(&camera, |status| status.frames >= 23);
    assert_eq!((status.state, status.reconnects), (CameraState::Streaming, 0));
    for pair in frames.windows(2) {
        let seconds = pair[1].captured_at.seconds_since(pair[0].captured_at);
        assert!((seconds - 0.1 * (pair[1].sequence - pair[0].sequence) as f64).abs() < 0.002, "{seconds}");
    }
    camera.0.stop();
    until(&camera, |status| status.state == CameraState::Stopped);
}

#[test]
fn a_missing_file_is_tried_again_until_it_is_there() {
    let path = fresh("comes_later.avi");
    let camera = start(CameraConfig::new("cam", path.to_str().unwrap()));
    let (frames, status) = until(&camera, |status| status.reconnects >= 1);
    assert!(frames.is_empty());
    assert!(status.last_error.unwrap().contains("no such file"));
    let finished = fresh("comes_now.avi");
    write_film(&finished, 5, 160, 120);
    std::fs::rename(finished, path).unwrap();
    let (_, status) = until(&camera, |status| status.state == CameraState::Ended);
    assert_eq!(status.frames, 5);
}

#[test]
fn pictures_of_another_size_than_the_calibration_is_for_are_refused() {
    let path = fresh("size.avi");
    write_film(&path, 5, 160, 120);
    let mut config = CameraConfig::new("cam", path.to_str().unwrap());
    config.expected_size_px = Some((1280, 720));
    let camera = start(config);
    let (frames, status) = until(&camera, |status| status.state == CameraState::Retrying);
    assert!(frames.is_empty());
    assert_eq!((status.frames, status.dropped_wrong_size), (0, 1));
    let error = status.last_error.unwrap();
    assert!(error.contains("160 x 120") && error.contains("1280 x 720"), "{error}");
}

#[test]
fn a_file_that_is_no_video_is_an_error_and_stopping_ends_the_pause() {
    let path = fresh("no_video.avi");
    std::fs::write(&path, "this is a text\n".repeat(1000)).unwrap();
    let camera = start(CameraConfig::new("cam", path.to_str().unwrap()));
    // Two failures: the next pause is a second or more.
    let (_, status) = until(&camera, |status| status.reconnects >= 1 && status.state == CameraState::Retrying);
    assert!(status.last_error.unwrap().contains("no video"));
    camera.0.stop();
    until(&camera, |status| status.state == CameraState::Stopped);
}

fn comes_and_goes(protocol: Protocol, scheme: &str) {
    let mut server = Server::start("127.0.0.1:0", protocol, jpegs(), usize::MAX);
    let address = server.address.to_string();
    let mut config = CameraConfig::new("cam", format!("{scheme}://{address}/live"));
    config.expected_size_px = Some((320, 240));
    let camera = start(config);
    let (frames, status) = until(&camera, |status| status.frames >= 30);
    assert_eq!((status.state, status.reconnects), (CameraState::Streaming, 0));
    assert!(frames.iter().all(|frame| frame.size_px == (320, 240)));
    assert!(frames.is_sorted_by_key(|frame| frame.captured_at));

    server.switch_off();
    let (_, status) = until(&camera, |status| status.reconnects >= 1 && status.state == CameraState::Retrying);
    assert!(status.last_error.unwrap().contains(&address));
    let before = status.frames;

    let _server = Server::start(&address, protocol, jpegs(), usize::MAX);
    let (_, status) = until(&camera, |status| status.frames > before + 30);
    assert_eq!(status.state, CameraState::Streaming);
    assert!(status.reconnects >= 1);
}

#[test]
fn an_rtsp_camera_may_come_and_go() {
    comes_and_goes(Protocol::Rtsp, "rtsp");
}

#[test]
fn an_http_camera_may_come_and_go() {
    comes_and_goes(Protocol::Http, "http");
}

#[test]
fn a_camera_that_falls_silent_is_a_failure() {
    for (protocol, scheme) in [(Protocol::Rtsp, "rtsp"), (Protocol::Http, "http")] {
        let server = Server::start("127.0.0.1:0", protocol, jpegs(), 2000);
        let mut config = CameraConfig::new("cam", format!("{scheme}://user:secret@{}/live", server.address));
        config.stall_timeout_s = 1.0;
        let camera = start(config);
        let (_, status) = until(&camera, |status| status.state == CameraState::Retrying);
        assert!(status.frames > 0, "{scheme}: {:?}", status.last_error);
        let error = status.last_error.unwrap();
        assert!(error.contains("gave no frame for 1 s") && !error.contains("secret"), "{error}");
    }
}
