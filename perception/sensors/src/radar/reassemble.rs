//! Whole scans from packets that may be lost, doubled or out of order.

use std::collections::{BTreeMap, VecDeque};

use perception::detection::{RadarScan, RadarTarget, SensorId};
use perception::time::UtcMicros;

use super::packet::Packet;

/// So many incomplete scans of one radar wait for their other parts.
const WAITING_SCANS: usize = 2;
/// A scan that comes at most so many numbers behind the newest is late; farther behind, the radar began anew.
const LATE_SCANS: u32 = 8;
/// So many numbers skipped at once are a radar that began anew, not a loss.
const MOST_LOST_AT_ONCE: u32 = 10_000;

/// A scan of which every part has come.
#[derive(Clone, Debug, PartialEq)]
pub struct WholeScan {
    /// The scan.
    pub scan: RadarScan,
    /// Whether a simulation made it.
    pub simulated: bool,
    /// Its number.
    pub sequence: u32,
}

/// Why a packet was good, but of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PacketDrop {
    /// Its radar is not one of this site's.
    UnknownSensor,
    /// It, or its scan, has already come.
    Duplicate,
    /// It contradicts the other parts of its scan.
    Inconsistent,
}

impl PacketDrop {
    /// A short name for counters.
    pub fn reason(self) -> &'static str {
        match self {
            Self::UnknownSensor => "unknown_sensor",
            Self::Duplicate => "duplicate",
            Self::Inconsistent => "inconsistent_parts",
        }
    }
}

/// Puts the parts of scans together. Bounded: the radars it knows, two incomplete scans of each.
#[derive(Debug)]
pub struct Reassembler {
    radars: BTreeMap<SensorId, Radar>,
}

#[derive(Debug, Default)]
struct Radar {
    waiting: VecDeque<Incomplete>,
    newest: Option<u32>,
    /// Bit n: the scan n numbers before the newest has come.
    came: u64,
    lost: u64,
}

#[derive(Debug)]
struct Incomplete {
    sequence: u32,
    captured_at: UtcMicros,
    simulated: bool,
    parts: Vec<Option<Vec<RadarTarget>>>,
}

impl Reassembler {
    /// For these radars and no others.
    pub fn new(sensors: impl IntoIterator<Item = SensorId>) -> Self {
        Self { radars: sensors.into_iter().map(|sensor| (sensor, Radar::default())).collect() }
    }

    /// Takes a packet; gives the scan that it completes.
    ///
    /// # Errors
    /// The packet is of no use.
    pub fn push(&mut self, packet: Packet) -> Result<Option<WholeScan>, PacketDrop> {
        let radar = self.radars.get_mut(&packet.sensor).ok_or(PacketDrop::UnknownSensor)?;
        if radar.has_come(packet.sequence) {
            return Err(PacketDrop::Duplicate);
        }
        let whole = if packet.parts <= 1 {
            let Packet { sensor, captured_at, targets, sequence, simulated, .. } = packet;
            WholeScan { scan: RadarScan { sensor, captured_at, targets }, simulated, sequence }
        } else {
            match radar.add_part(packet)? {
                Some(whole) => whole,
                None => return Ok(None),
            }
        };
        radar.note_arrival(whole.sequence);
        Ok(Some(whole))
    }

    /// How many of a radar's scans never came, or never came whole.
    pub fn lost(&self, sensor: &str) -> u64 {
        self.radars.get(sensor).map_or(0, |radar| radar.lost)
    }
}

impl Radar {
    fn has_come(&self, sequence: u32) -> bool {
        let Some(newest) = self.newest else { return false };
        let behind = newest.wrapping_sub(sequence);
        behind <= LATE_SCANS && self.came & (1 << behind) != 0
    }

    fn add_part(&mut self, packet: Packet) -> Result<Option<WholeScan>, PacketDrop> {
        let place = match self.waiting.iter().position(|scan| scan.sequence == packet.sequence) {
            Some(place) => place,
            None => {
                if self.waiting.len() >= WAITING_SCANS {
                    self.waiting.pop_front();
                }
                self.waiting.push_back(Incomplete {
                    sequence: packet.sequence,
                    captured_at: packet.captured_at,
                    simulated: packet.simulated,
                    parts: vec![None; packet.parts.into()],
                });
                self.waiting.len() - 1
            }
        };
        let Some(scan) = self.waiting.get_mut(place) else { return Ok(None) };
        let same = scan.parts.len() == usize::from(packet.parts) && scan.captured_at == packet.captured_at;
        let slot = scan.parts.get_mut(usize::from(packet.part)).filter(|_| same && scan.simulated == packet.simulated);
        match slot {
            None => return Err(PacketDrop::Inconsistent),
            Some(Some(_)) => return Err(PacketDrop::Duplicate),
            Some(slot) => *slot = Some(packet.targets),
        }
        if scan.parts.iter().any(Option::is_none) {
            return Ok(None);
        }
        let Some(scan) = self.waiting.remove(place) else { return Ok(None) };
        Ok(Some(WholeScan {
            simulated: scan.simulated,
            sequence: scan.sequence,
            scan: RadarScan {
                sensor: packet.sensor,
                captured_at: scan.captured_at,
                targets: scan.parts.into_iter().flatten().flatten().collect(),
            },
        }))
    }

    /// Counts what the numbers say was lost.
    fn note_arrival(&mut self, sequence: u32) {
        let Some(newest) = self.newest else { return self.begin_anew(sequence) };
        let ahead = sequence.wrapping_sub(newest);
        let behind = newest.wrapping_sub(sequence);
        if (1..=MOST_LOST_AT_ONCE).contains(&ahead) {
            self.lost += u64::from(ahead - 1);
            self.came = self.came.checked_shl(ahead).unwrap_or(0) | 1;
            self.newest = Some(sequence);
        } else if behind <= LATE_SCANS {
            self.lost = self.lost.saturating_sub(1);
            self.came |= 1 << behind;
        } else {
            self.begin_anew(sequence);
        }
    }

    fn begin_anew(&mut self, sequence: u32) {
        self.newest = Some(sequence);
        self.came = 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn part(sequence: u32, part: u8, parts: u8) -> Packet {
        let target =
            |n: u8| RadarTarget { range_m: f64::from(n), azimuth_rad: 0.0, range_rate_mps: None, rcs_dbsm: None };
        Packet {
            sensor: "r".into(),
            sequence,
            captured_at: UtcMicros(i64::from(sequence) * 50_000),
            simulated: true,
            part,
            parts,
            targets: vec![target(part)],
        }
    }

    fn reassembler() -> Reassembler {
        Reassembler::new(["r".into()])
    }

    #[test]
    fn parts_in_any_order_make_the_scan_in_its_own_order() {
        let mut scans = reassembler();
        assert_eq!(scans.push(part(9, 2, 3)), Ok(None));
        assert_eq!(scans.push(part(9, 0, 3)), Ok(None));
        assert_eq!(scans.push(part(9, 0, 3)), Err(PacketDrop::Duplicate));
        let whole = scans.push(part(9, 1, 3)).unwrap().unwrap();
        assert_eq!(whole.scan.targets.iter().map(|t| t.range_m).collect::<Vec<_>>(), [0.0, 1.0, 2.0]);
        assert!(whole.simulated);
        assert_eq!(scans.push(part(9, 1, 3)), Err(PacketDrop::Duplicate));
    }

    #[test]
    fn lost_scans_are_counted_and_late_ones_taken_back() {
        let mut scans = reassembler();
        let mut push = |sequence| scans.push(part(sequence, 0, 1)).map(|whole| whole.is_some());
        assert_eq!(push(u32::MAX), Ok(true));
        assert_eq!(push(2), Ok(true));
        assert_eq!(push(1), Ok(true));
        assert_eq!(push(1), Err(PacketDrop::Duplicate));
        assert_eq!(scans.lost("r"), 1);
    }

    #[test]
    fn a_radar_that_begins_anew_has_lost_nothing() {
        let mut scans = reassembler();
        for sequence in [500_000, 0, 1, 400_000] {
            assert!(scans.push(part(sequence, 0, 1)).unwrap().is_some());
        }
        assert_eq!(scans.lost("r"), 0);
    }

    #[test]
    fn an_incomplete_scan_is_lost_when_later_ones_come() {
        let mut scans = reassembler();
        scans.push(part(1, 0, 1)).unwrap();
        scans.push(part(2, 0, 2)).unwrap();
        scans.push(part(3, 0, 1)).unwrap();
        assert_eq!(scans.lost("r"), 1);
    }

    #[test]
    fn strangers_and_contradictions_are_dropped_with_their_reason() {
        let mut scans = reassembler();
        let stranger = Packet { sensor: "x".into(), ..part(1, 0, 1) };
        assert_eq!(scans.push(stranger), Err(PacketDrop::UnknownSensor));
        scans.push(part(1, 0, 2)).unwrap();
        assert_eq!(scans.push(part(1, 1, 3)), Err(PacketDrop::Inconsistent));
        let other_time = Packet { captured_at: UtcMicros(0), ..part(1, 1, 2) };
        assert_eq!(scans.push(other_time), Err(PacketDrop::Inconsistent));
    }

    proptest! {
        #[test]
        fn any_packets_leave_it_bounded(packets in proptest::collection::vec((0_u32..40, 0_u8..5, 1_u8..5), 0..300)) {
            let mut scans = reassembler();
            for (sequence, index, parts) in packets {
                let sequence = if index == 4 { u32::MAX - sequence } else { sequence };
                if let Ok(Some(whole)) = scans.push(part(sequence, index % parts, parts)) {
                    prop_assert_eq!(whole.scan.targets.len(), usize::from(parts));
                }
                prop_assert!(scans.radars["r"].waiting.len() <= WAITING_SCANS);
            }
        }
    }
}
