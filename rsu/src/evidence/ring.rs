//! The last minutes of what came in, bounded by time and memory.

use std::collections::VecDeque;

use perception::detection::{BoxDetection, RadarTarget};
use perception::time::UtcMicros;
use sensors::recording::{Item, Recorded, SignalGroupRecord};

/// See the module.
#[derive(Debug)]
pub(super) struct Ring {
    entries: VecDeque<Recorded>,
    bytes: usize,
    most_bytes: usize,
    most_s: f64,
}

impl Ring {
    pub(super) fn new(most_bytes: usize, most_s: f64) -> Self {
        Self { entries: VecDeque::new(), bytes: 0, most_bytes, most_s }
    }

    pub(super) fn push(&mut self, recorded: Recorded) {
        let now = recorded.arrived_at;
        self.bytes += bytes_of(&recorded);
        self.entries.push_back(recorded);
        // A clock that was set back makes the oldest look as if it came later.
        let is_old = |oldest: &Recorded| !(0.0..=self.most_s).contains(&now.seconds_since(oldest.arrived_at));
        while self.entries.front().is_some_and(|oldest| self.bytes > self.most_bytes || is_old(oldest)) {
            self.bytes -= self.entries.pop_front().map_or(0, |oldest| bytes_of(&oldest));
        }
    }

    /// What came in from a time on.
    pub(super) fn since(&self, from: UtcMicros) -> impl Iterator<Item = &Recorded> {
        self.entries.iter().filter(move |recorded| recorded.arrived_at >= from)
    }

    /// When the oldest came in.
    pub(super) fn oldest(&self) -> Option<UtcMicros> {
        self.entries.front().map(|recorded| recorded.arrived_at)
    }
}

/// What an entry takes in memory, about.
fn bytes_of(recorded: &Recorded) -> usize {
    let more = match &recorded.item {
        Item::Camera(frame) => frame.boxes.capacity() * size_of::<BoxDetection>(),
        Item::Radar(scan) => scan.targets.capacity() * size_of::<RadarTarget>(),
        Item::Signal(signal) => signal.groups.capacity() * size_of::<SignalGroupRecord>(),
        Item::SignalRaw { hex, .. } | Item::V2xReceived { hex, .. } => hex.capacity(),
        Item::Image { jpeg, .. } => jpeg.capacity(),
        Item::Water { .. } => 0,
        // Never among what comes in.
        Item::Site(_) => 0,
    };
    size_of::<Recorded>() + more
}

#[cfg(test)]
mod tests {
    use perception::detection::CameraFrame;

    use super::*;

    fn entry(at_s: f64, boxes: usize) -> Recorded {
        let at = UtcMicros(1_785_412_800_000_000).plus_seconds(at_s);
        let seen = BoxDetection {
            x_px: 0.0,
            y_px: 0.0,
            w_px: 1.0,
            h_px: 1.0,
            score: 1.0,
            class: perception::detection::Class::Car,
        };
        let frame = CameraFrame { sensor: "c".into(), captured_at: at, boxes: vec![seen; boxes] };
        Recorded { arrived_at: at, captured_at: at, item: Item::Camera(frame) }
    }

    #[test]
    fn what_is_too_old_or_too_much_goes_and_so_does_what_a_clock_set_back_leaves() {
        let mut ring = Ring::new(100_000, 60.0);
        (0..100).for_each(|second| ring.push(entry(f64::from(second), 0)));
        assert_eq!(ring.since(UtcMicros(0)).count(), 61);
        assert_eq!(ring.since(entry(90.0, 0).arrived_at).count(), 10);
        (100..200).for_each(|second| ring.push(entry(f64::from(second), 200)));
        assert!(ring.bytes <= 100_000 && ring.entries.len() < 20, "{} bytes", ring.bytes);
        assert_eq!(ring.bytes, ring.entries.iter().map(bytes_of).sum::<usize>());
        ring.push(entry(0.0, 0));
        assert_eq!((ring.entries.len(), ring.oldest()), (1, Some(entry(0.0, 0).arrived_at)));
    }
}
