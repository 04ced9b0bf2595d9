//! How much of a chunk is asked for at once: about what the line carries in a second, whatever line it is.
//!
//! What is promised, and the city's receipts, wait behind a piece that is on the line, so it must be short; and each piece costs a
//! round trip, so it should not be shorter. A piece that does not come (a cut, a router that has given it up) makes the next one
//! smaller, and is waited for longer. So any line that moves at all carries a file some time.

use std::time::Duration;

use zenoh::qos::CongestionControl;

use super::CHUNK_BYTES;

/// The first piece: half a second at 64 kbit/s, and with its key in one batch of a slow line (8 KiB).
const FIRST_BYTES: usize = 4096;
/// The smallest: 4 s at 2 kbit/s.
const LEAST_BYTES: usize = 1024;
/// A piece that came sooner may be followed by one twice as large; one that took twice as long, by one half as large.
const QUICK: Duration = Duration::from_secs(1);
/// How long a piece is waited for, at first and at most.
const FIRST_WITHIN: Duration = Duration::from_secs(10);
const LONGEST_WITHIN: Duration = Duration::from_secs(60);

/// What is asked for next. No clock in here.
#[derive(Debug)]
pub(super) struct Piece {
    /// How much.
    pub bytes: usize,
    /// How long it is waited for.
    pub within: Duration,
    /// What a router does with an answer that the line does not take. `Drop` harms nobody; a city that knows no pieces answers with a
    /// whole chunk, which `Drop` lets through on a fast line only, and `Block` on most. What worked last is kept.
    pub congestion: CongestionControl,
}

impl Piece {
    pub(super) fn first() -> Self {
        Self { bytes: FIRST_BYTES, within: FIRST_WITHIN, congestion: CongestionControl::Drop }
    }

    /// So many bytes came after so long.
    pub(super) fn came(&mut self, bytes: usize, took: Duration) {
        self.within = FIRST_WITHIN;
        if took > 2 * QUICK {
            self.bytes = (self.bytes / 2).max(LEAST_BYTES);
        } else if took < QUICK && bytes >= self.bytes {
            self.bytes = (self.bytes * 2).min(CHUNK_BYTES);
        }
    }

    /// Nothing came, after so long: sooner than it was waited for, if nobody has it.
    pub(super) fn failed(&mut self, waited: Duration) {
        if waited >= self.within {
            self.bytes = (self.bytes / 2).max(LEAST_BYTES);
            self.within = (2 * self.within).min(LONGEST_WITHIN);
        }
        self.congestion = match self.congestion {
            CongestionControl::Drop => CongestionControl::Block,
            _ => CongestionControl::Drop,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fetches four chunks over a line that carries so much and answers after 300 ms; how many seconds that takes.
    fn fetch(bytes_per_s: f64) -> f64 {
        let (mut piece, mut left, mut seconds) = (Piece::first(), 4 * CHUNK_BYTES, 0.0);
        while left > 0 {
            let last = piece.bytes.min(left);
            let took = 0.3 + last as f64 / bytes_per_s;
            if took <= piece.within.as_secs_f64() {
                piece.came(last, Duration::from_secs_f64(took));
                (left, seconds) = (left - last, seconds + took);
            } else {
                seconds += piece.within.as_secs_f64();
                piece.failed(piece.within);
            }
        }
        seconds
    }

    #[test]
    fn a_piece_takes_a_second_or_two_and_no_line_is_left_half_empty_by_round_trips() {
        for bytes_per_s in [250.0, 2000.0, 8000.0, 125_000.0, 1e7] {
            let least_s = 4.0 * CHUNK_BYTES as f64 / bytes_per_s;
            let seconds = fetch(bytes_per_s);
            assert!(seconds < 2.0 * least_s + 10.0, "{seconds} s at {bytes_per_s} bytes a second");
        }
        let mut piece = Piece::first();
        (0..10).for_each(|_| piece.came(piece.bytes, Duration::from_millis(50)));
        assert_eq!(piece.bytes, CHUNK_BYTES);
        (0..9).for_each(|_| piece.failed(Duration::from_millis(50)));
        assert_eq!(
            (piece.bytes, piece.within),
            (CHUNK_BYTES, FIRST_WITHIN),
            "nobody has it, which says nothing of the line"
        );
        (0..3).for_each(|_| piece.failed(LONGEST_WITHIN));
        assert_eq!((piece.bytes, piece.within), (CHUNK_BYTES / 8, LONGEST_WITHIN));
        (0..20).for_each(|_| piece.failed(LONGEST_WITHIN));
        assert_eq!((piece.bytes, piece.within), (LEAST_BYTES, LONGEST_WITHIN));
        piece.came(100, Duration::from_millis(50));
        assert_eq!(
            (piece.bytes, piece.within),
            (LEAST_BYTES, FIRST_WITHIN),
            "the rest of a chunk says nothing of the line"
        );
    }
}
