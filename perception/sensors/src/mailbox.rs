//! Between cameras and inference: only the newest picture of each camera is worth working on.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use opencv::core::{Mat, MatTraitConst, Size, Vector};
use opencv::{imgcodecs, imgproc};
use perception::detection::SensorId;
use perception::time::UtcMicros;

/// One decoded picture.
#[derive(Debug)]
pub struct VideoFrame {
    /// Which camera.
    pub sensor: SensorId,
    /// When it was taken. Of a file: its own time stamp, moved to the start of play. Of a live stream: when it had
    /// been received, because RTSP as OpenCV shows it carries no absolute capture time.
    pub captured_at: UtcMicros,
    /// The picture, 8 bit BGR.
    pub mat: Mat,
    /// Counts the camera's frames from 0, including those that were overwritten.
    pub sequence: u64,
}

impl VideoFrame {
    /// The picture as JPEG, made smaller to be at most so many pixels wide. `quality`: 1 to 100.
    ///
    /// # Errors
    /// OpenCV's.
    pub fn jpeg(&self, most_width_px: i32, quality: i32) -> opencv::Result<Vec<u8>> {
        let mut smaller = Mat::default();
        let picture = if self.mat.cols() > most_width_px {
            let scale = f64::from(most_width_px) / f64::from(self.mat.cols());
            let size = Size::new(most_width_px, (f64::from(self.mat.rows()) * scale).round().max(1.0) as i32);
            imgproc::resize(&self.mat, &mut smaller, size, 0.0, 0.0, imgproc::INTER_AREA)?;
            &smaller
        } else {
            &self.mat
        };
        let (mut jpeg, settings) = (Vector::new(), Vector::from_slice(&[imgcodecs::IMWRITE_JPEG_QUALITY, quality]));
        imgcodecs::imencode(".jpg", picture, &mut jpeg, &settings)?;
        Ok(jpeg.into())
    }
}

/// One slot for each camera, in which a newer frame overwrites an older one that nobody took.
///
/// Any number of cameras put, any number of workers take. Cameras are served in the order in which their slots were
/// filled, so a fast camera cannot starve a slow one. Bounded by the number of cameras.
#[derive(Debug, Default)]
pub struct LatestFrame {
    state: Mutex<State>,
    filled: Condvar,
}

#[derive(Debug, Default)]
struct State {
    slots: VecDeque<VideoFrame>,
    overwritten: u64,
    closed: bool,
}

impl LatestFrame {
    /// An empty mailbox.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a frame in its camera's slot. `true`: it overwrote one that nobody took, a drop for the reason
    /// `overwritten`.
    pub fn put(&self, frame: VideoFrame) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.closed {
            return false;
        }
        let slot = state.slots.iter_mut().find(|waiting| waiting.sensor == frame.sensor);
        let overwritten = match slot {
            Some(waiting) => {
                *waiting = frame;
                true
            }
            None => {
                state.slots.push_back(frame);
                false
            }
        };
        state.overwritten += u64::from(overwritten);
        drop(state);
        self.filled.notify_one();
        overwritten
    }

    /// Takes the newest frame of the camera that has waited longest; waits for one. `None`: closed.
    pub fn take(&self) -> Option<VideoFrame> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.filled.wait_while(state, |state| state.slots.is_empty() && !state.closed);
        waited.unwrap_or_else(PoisonError::into_inner).slots.pop_front()
    }

    /// Like [`take`](Self::take), but waits at most `timeout`. `None`: nothing came, or closed.
    pub fn take_timeout(&self, timeout: Duration) -> Option<VideoFrame> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let nothing = |state: &mut State| state.slots.is_empty() && !state.closed;
        let waited = self.filled.wait_timeout_while(state, timeout, nothing);
        waited.unwrap_or_else(PoisonError::into_inner).0.slots.pop_front()
    }

    /// How many frames were overwritten before anybody took them, all cameras together.
    pub fn overwritten(&self) -> u64 {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).overwritten
    }

    /// Ends every wait; what is in the slots is discarded and later frames are not kept.
    pub fn close(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.closed = true;
        state.slots.clear();
        drop(state);
        self.filled.notify_all();
    }

    /// Whether [`close`](Self::close) was called.
    pub fn is_closed(&self) -> bool {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).closed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(sensor: &str, sequence: u64) -> VideoFrame {
        VideoFrame { sensor: sensor.into(), captured_at: UtcMicros(0), mat: Mat::default(), sequence }
    }

    #[test]
    fn the_newest_frame_of_each_camera_wins_and_the_longest_waiting_camera_is_served_first() {
        let mailbox = LatestFrame::new();
        assert!(!mailbox.put(frame("fast", 0)));
        assert!(!mailbox.put(frame("slow", 0)));
        assert!(mailbox.put(frame("fast", 1)));
        assert!(mailbox.put(frame("fast", 2)));
        assert_eq!(mailbox.overwritten(), 2);
        let first = mailbox.take().unwrap();
        assert_eq!((&*first.sensor, first.sequence), ("fast", 2));
        assert!(!mailbox.put(frame("fast", 3)));
        assert_eq!(&*mailbox.take().unwrap().sensor, "slow");
        assert_eq!(mailbox.take().unwrap().sequence, 3);
        assert!(mailbox.take_timeout(Duration::ZERO).is_none());
    }

    #[test]
    fn closing_ends_a_wait_and_keeps_nothing() {
        let mailbox = LatestFrame::new();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| mailbox.take().is_none());
            mailbox.close();
            assert!(waiting.join().unwrap());
        });
        assert!(!mailbox.put(frame("late", 0)));
        assert!(mailbox.take().is_none());
        assert!(mailbox.is_closed());
    }
}
