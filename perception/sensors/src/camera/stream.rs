//! One opened file or stream.

use opencv::core::{Mat, MatTraitConst as _, Vector};
use opencv::videoio::{
    CAP_FFMPEG, CAP_PROP_OPEN_TIMEOUT_MSEC, CAP_PROP_POS_MSEC, CAP_PROP_READ_TIMEOUT_MSEC, VideoCapture,
    VideoCaptureTrait as _, VideoCaptureTraitConst as _,
};
use thiserror::Error;

/// Why there is no (further) frame.
#[derive(Debug, Error)]
pub(super) enum StreamError {
    #[error("{0}: no such file, or it may not be read ({1})")]
    File(String, std::io::Error),
    #[error("{0} cannot be opened: {1}")]
    Open(String, &'static str),
    /// The end of a file.
    #[error("the file holds no picture that can be decoded")]
    Over,
    #[error("{0}: the stream ended, or gave no frame for {1} s")]
    Lost(String, f64),
    #[error("{0}: {1}")]
    OpenCv(String, String),
}

/// One decoded picture.
pub(super) struct Picture {
    pub(super) mat: Mat,
    pub(super) size_px: (u32, u32),
    /// A file's own time stamp, seconds. `None`: a live stream.
    pub(super) position_s: Option<f64>,
}

/// A file or stream that was opened.
pub(super) struct Stream {
    capture: VideoCapture,
    name: String,
    live: bool,
    stall_timeout_s: f64,
}

impl Stream {
    pub(super) fn open(url: &str, stall_timeout_s: f64) -> Result<Self, StreamError> {
        let name = without_password(url);
        let live = is_live(url);
        if !live {
            // FFmpeg gives no reason; the most frequent one is worth a look of our own.
            let path = url.strip_prefix("file://").unwrap_or(url);
            std::fs::File::open(path).map_err(|error| StreamError::File(name.clone(), error))?;
        }
        let timeout_ms = (stall_timeout_s * 1000.0).clamp(1.0, 600_000.0) as i32;
        let parameters =
            [CAP_PROP_OPEN_TIMEOUT_MSEC, timeout_ms, CAP_PROP_READ_TIMEOUT_MSEC, timeout_ms].into_iter().collect();
        let parameters: Vector<i32> = parameters;
        let opencv = |error: opencv::Error| StreamError::OpenCv(name.clone(), error.message.replace(url, &name));
        let capture = VideoCapture::from_file_with_params(url, CAP_FFMPEG, &parameters).map_err(opencv)?;
        if capture.is_opened().map_err(opencv)? {
            return Ok(Self { capture, name, live, stall_timeout_s });
        }
        let hint = if live {
            "no video came (is the camera on, is the address right, are name and password?)"
        } else {
            "it is no video that FFmpeg knows"
        };
        Err(StreamError::Open(name, hint))
    }

    /// The next picture; waits for it at most the stall timeout.
    pub(super) fn read(&mut self) -> Result<Picture, StreamError> {
        let mut mat = Mat::default();
        let opencv = |error: opencv::Error| StreamError::OpenCv(self.name.clone(), error.message);
        if !self.capture.read(&mut mat).map_err(opencv)? || mat.empty() {
            let lost = || StreamError::Lost(self.name.clone(), self.stall_timeout_s);
            return Err(if self.live { lost() } else { StreamError::Over });
        }
        let position_s =
            if self.live { None } else { Some(self.capture.get(CAP_PROP_POS_MSEC).map_err(opencv)? * 1e-3) };
        let size_px = (mat.cols().unsigned_abs(), mat.rows().unsigned_abs());
        Ok(Picture { mat, size_px, position_s })
    }
}

/// Whether it comes at its own pace: everything with a scheme but `file`.
fn is_live(url: &str) -> bool {
    url.split_once("://").is_some_and(|(scheme, _)| !scheme.eq_ignore_ascii_case("file"))
}

/// The address for logs and pages: what stands before the host is a secret.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (authority, path) = rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash));
    match authority.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}://…@{host}{path}"),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_file_and_an_address_is_live() {
        for file in ["/a/b.avi", "b.avi", "file:///a/b.avi", "FILE:///a"] {
            assert!(!is_live(file), "{file}");
        }
        for live in ["rtsp://cam/1", "http://cam/video.mjpg", "udp://239.0.0.1:5000"] {
            assert!(is_live(live), "{live}");
        }
    }

    #[test]
    fn names_and_passwords_never_reach_a_log() {
        assert_eq!(without_password("rtsp://admin:p@ss@10.0.0.7:554/ch1"), "rtsp://…@10.0.0.7:554/ch1");
        assert_eq!(without_password("rtsp://10.0.0.7/ch@1"), "rtsp://10.0.0.7/ch@1");
        assert_eq!(without_password("/video/a@b.avi"), "/video/a@b.avi");
    }
}
