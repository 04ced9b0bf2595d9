//! The radar packet: bytes and values. The byte table is in `docs/ref/radar-udp.md`.

use perception::detection::{RadarScan, RadarTarget, SensorId};
use perception::time::UtcMicros;
use thiserror::Error;

/// No packet is longer, so that it crosses an Ethernet with a tunnel or two unfragmented.
pub const MAX_PACKET_BYTES: usize = 1400;
/// No scan has more packets.
pub const MAX_PARTS: u8 = 32;
/// The version of the packet that this code writes and reads.
pub const VERSION: u8 = 1;

const MAGIC: [u8; 4] = *b"LKRD";
const FLAG_SIMULATED: u8 = 0b0000_0001;
const MAX_ID_BYTES: usize = 64;
/// Everything before the sensor's name.
const HEAD_BYTES: usize = 23;
const TARGET_BYTES: usize = 10;

const RANGE_STEP_M: f64 = 0.001;
const AZIMUTH_STEP_RAD: f64 = 0.0001;
const RANGE_RATE_STEP_MPS: f64 = 0.01;
const RCS_STEP_DB: f64 = 0.01;
/// In range rate and RCS: not measured.
const NOT_MEASURED: i16 = i16::MIN;

/// One packet: a scan, or a part of a large one.
#[derive(Clone, Debug, PartialEq)]
pub struct Packet {
    /// Which radar.
    pub sensor: SensorId,
    /// Counts the radar's scans, wrapping; all parts of a scan carry the same.
    pub sequence: u32,
    /// When the scan was taken, by the radar's clock.
    pub captured_at: UtcMicros,
    /// Whether a simulation made it.
    pub simulated: bool,
    /// Which part of the scan this is, from 0.
    pub part: u8,
    /// How many parts the scan has, 1 to [`MAX_PARTS`].
    pub parts: u8,
    /// The returns in this part.
    pub targets: Vec<RadarTarget>,
}

/// Why bytes are no radar packet. Each says where in the packet it was noticed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RadarPacketError {
    /// It ends too early.
    #[error("{field} at byte {offset}: the packet ends after {bytes} bytes")]
    Short {
        /// What should stand there.
        field: &'static str,
        /// Where it should begin.
        offset: usize,
        /// Length of the packet.
        bytes: usize,
    },
    /// Something else follows.
    #[error("byte {offset}: {bytes} bytes where {offset} were announced")]
    Trailing {
        /// Where the packet should have ended.
        offset: usize,
        /// Length of the packet.
        bytes: usize,
    },
    /// It does not begin with `LKRD`.
    #[error("magic at byte 0: not LKRD")]
    Magic,
    /// A version that is not known here.
    #[error("version at byte 4: {0}, only {VERSION} is known")]
    Version(u8),
    /// A value that cannot be.
    #[error("{field} at byte {offset}: {value} is out of range")]
    Value {
        /// Which field.
        field: &'static str,
        /// Where it stands.
        offset: usize,
        /// What stands there.
        value: i64,
    },
    /// The sensor's name is no text.
    #[error("sensor id at byte {HEAD_BYTES}: not UTF-8")]
    IdNotText,
}

impl RadarPacketError {
    /// A short name for counters.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Short { .. } => "short",
            Self::Trailing { .. } => "trailing_bytes",
            Self::Magic => "magic",
            Self::Version(_) => "version",
            Self::Value { .. } => "value",
            Self::IdNotText => "id",
        }
    }
}

/// Why a scan cannot be written as packets.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum RadarEncodeError {
    /// The sensor's name is empty, or longer than 64 bytes.
    #[error("sensor id {0:?}: must have 1 to {MAX_ID_BYTES} bytes")]
    Id(SensorId),
    /// More targets than [`MAX_PARTS`] packets hold.
    #[error("{0} targets do not fit in {MAX_PARTS} packets")]
    TooManyTargets(usize),
    /// A value that the packet cannot hold.
    #[error("target {index}: {field} {value} cannot be written")]
    Value {
        /// Which target, from 0.
        index: usize,
        /// Which of its values.
        field: &'static str,
        /// The value, in the field's unit.
        value: f64,
    },
}

/// Writes a scan as one packet, or as several if it is large.
///
/// Steps: range 1 mm, azimuth 0.1 mrad, range rate 1 cm/s, RCS 0.01 dB.
///
/// # Errors
/// A value that the packet cannot hold, or too many of them.
pub fn encode(scan: &RadarScan, simulated: bool, sequence: u32) -> Result<Vec<Vec<u8>>, RadarEncodeError> {
    let id = scan.sensor.as_bytes();
    let id_bytes = match u8::try_from(id.len()) {
        Ok(bytes @ 1..) if id.len() <= MAX_ID_BYTES => bytes,
        _ => return Err(RadarEncodeError::Id(scan.sensor.clone())),
    };
    let per_packet = (MAX_PACKET_BYTES - HEAD_BYTES - id.len()) / TARGET_BYTES;
    let too_many = || RadarEncodeError::TooManyTargets(scan.targets.len());
    let parts = u8::try_from(scan.targets.len().div_ceil(per_packet).max(1)).map_err(|_| too_many())?;
    if parts > MAX_PARTS {
        return Err(too_many());
    }
    let mut packets = Vec::with_capacity(parts.into());
    for part in 0..parts {
        let first = usize::from(part) * per_packet;
        let targets = &scan.targets[first..scan.targets.len().min(first + per_packet)];
        let count = u16::try_from(targets.len()).map_err(|_| too_many())?;
        let mut packet = Vec::with_capacity(HEAD_BYTES + id.len() + targets.len() * TARGET_BYTES);
        packet.extend(MAGIC);
        packet.extend([VERSION, if simulated { FLAG_SIMULATED } else { 0 }, part, parts]);
        packet.extend(sequence.to_be_bytes());
        packet.extend(scan.captured_at.0.to_be_bytes());
        packet.extend(count.to_be_bytes());
        packet.push(id_bytes);
        packet.extend(id);
        for (index, target) in targets.iter().enumerate() {
            packet.extend(encode_target(target, first + index)?);
        }
        packets.push(packet);
    }
    Ok(packets)
}

fn encode_target(target: &RadarTarget, index: usize) -> Result<[u8; TARGET_BYTES], RadarEncodeError> {
    let bad = |field, value| RadarEncodeError::Value { index, field, value };
    let range = steps(target.range_m, RANGE_STEP_M).and_then(|steps| u32::try_from(steps).ok());
    let range = range.ok_or_else(|| bad("range_m", target.range_m))?;
    let azimuth = steps(target.azimuth_rad, AZIMUTH_STEP_RAD).and_then(|steps| i16::try_from(steps).ok());
    let azimuth = azimuth.ok_or_else(|| bad("azimuth_rad", target.azimuth_rad))?;
    let optional = |value: Option<f64>, step, field| match value {
        None => Ok(NOT_MEASURED),
        Some(value) => steps(value, step)
            .and_then(|steps| i16::try_from(steps).ok())
            .filter(|&steps| steps != NOT_MEASURED)
            .ok_or_else(|| bad(field, value)),
    };
    let range_rate = optional(target.range_rate_mps, RANGE_RATE_STEP_MPS, "range_rate_mps")?;
    let rcs = optional(target.rcs_dbsm, RCS_STEP_DB, "rcs_dbsm")?;
    let mut bytes = [0; TARGET_BYTES];
    bytes[..4].copy_from_slice(&range.to_be_bytes());
    bytes[4..6].copy_from_slice(&azimuth.to_be_bytes());
    bytes[6..8].copy_from_slice(&range_rate.to_be_bytes());
    bytes[8..].copy_from_slice(&rcs.to_be_bytes());
    Ok(bytes)
}

/// A value in whole steps. `None`: no number, or beyond what any field holds.
fn steps(value: f64, step: f64) -> Option<i64> {
    let steps = (value / step).round();
    (steps.abs() <= f64::from(u32::MAX)).then_some(steps as i64)
}

/// Reads one packet. Flags that are not known are ignored; everything else must be exact.
///
/// # Errors
/// The bytes are no packet of a version that is known here.
pub fn decode(bytes: &[u8]) -> Result<Packet, RadarPacketError> {
    let mut cursor = Cursor { bytes, offset: 0 };
    if cursor.array::<4>("magic")? != MAGIC {
        return Err(RadarPacketError::Magic);
    }
    let [version] = cursor.array("version")?;
    if version != VERSION {
        return Err(RadarPacketError::Version(version));
    }
    let [flags] = cursor.array("flags")?;
    let [part, parts] = cursor.array("part")?;
    if !(1..=MAX_PARTS).contains(&parts) {
        return Err(RadarPacketError::Value { field: "parts", offset: 7, value: parts.into() });
    }
    if part >= parts {
        return Err(RadarPacketError::Value { field: "part", offset: 6, value: part.into() });
    }
    let sequence = u32::from_be_bytes(cursor.array("sequence")?);
    let captured_at = UtcMicros(i64::from_be_bytes(cursor.array("captured_at_us")?));
    let count = u16::from_be_bytes(cursor.array("count")?);
    let [id_bytes] = cursor.array("sensor id length")?;
    if !(1..=MAX_ID_BYTES).contains(&usize::from(id_bytes)) {
        return Err(RadarPacketError::Value { field: "sensor id length", offset: 22, value: id_bytes.into() });
    }
    let id = cursor.take("sensor id", id_bytes.into())?;
    let sensor: SensorId = std::str::from_utf8(id).map_err(|_| RadarPacketError::IdNotText)?.into();
    // The length is checked before anything is reserved for what a lying count announces.
    let mut records = Cursor { bytes, offset: cursor.offset };
    records.take("targets", usize::from(count) * TARGET_BYTES)?;
    if records.offset != bytes.len() {
        return Err(RadarPacketError::Trailing { offset: records.offset, bytes: bytes.len() });
    }
    let targets = (0..count).map(|_| decode_target(&mut cursor)).collect::<Result<_, _>>()?;
    let simulated = flags & FLAG_SIMULATED != 0;
    Ok(Packet { sensor, sequence, captured_at, simulated, part, parts, targets })
}

fn decode_target(cursor: &mut Cursor) -> Result<RadarTarget, RadarPacketError> {
    let range = u32::from_be_bytes(cursor.array("range")?);
    let azimuth = i16::from_be_bytes(cursor.array("azimuth")?);
    let range_rate = i16::from_be_bytes(cursor.array("range rate")?);
    let rcs = i16::from_be_bytes(cursor.array("rcs")?);
    let optional = |value: i16, step| (value != NOT_MEASURED).then(|| f64::from(value) * step);
    Ok(RadarTarget {
        range_m: f64::from(range) * RANGE_STEP_M,
        azimuth_rad: f64::from(azimuth) * AZIMUTH_STEP_RAD,
        range_rate_mps: optional(range_rate, RANGE_RATE_STEP_MPS),
        rcs_dbsm: optional(rcs, RCS_STEP_DB),
    })
}

/// Takes fields from the front and knows where it stands.
struct Cursor<'a> {
    bytes: &'a [u8],
    offset: usize,
}

impl<'a> Cursor<'a> {
    fn take(&mut self, field: &'static str, length: usize) -> Result<&'a [u8], RadarPacketError> {
        let short = RadarPacketError::Short { field, offset: self.offset, bytes: self.bytes.len() };
        let taken = self.bytes.get(self.offset..).and_then(|rest| rest.get(..length)).ok_or(short)?;
        self.offset += length;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self, field: &'static str) -> Result<[u8; N], RadarPacketError> {
        let short = RadarPacketError::Short { field, offset: self.offset, bytes: self.bytes.len() };
        self.take(field, N)?.try_into().map_err(|_| short)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn target() -> impl Strategy<Value = RadarTarget> {
        let rate = proptest::option::of(-327.0..327.0_f64);
        (0.0..4_000_000.0_f64, -3.2..3.2_f64, rate.clone(), rate).prop_map(
            |(range_m, azimuth_rad, range_rate_mps, rcs_dbsm)| RadarTarget {
                range_m,
                azimuth_rad,
                range_rate_mps,
                rcs_dbsm,
            },
        )
    }

    fn assert_near(a: &RadarTarget, b: &RadarTarget) {
        let half = |step: f64| step * 0.5 + 1e-9;
        assert!((a.range_m - b.range_m).abs() <= half(RANGE_STEP_M), "{a:?} {b:?}");
        assert!((a.azimuth_rad - b.azimuth_rad).abs() <= half(AZIMUTH_STEP_RAD), "{a:?} {b:?}");
        for (a, b, step) in
            [(a.range_rate_mps, b.range_rate_mps, RANGE_RATE_STEP_MPS), (a.rcs_dbsm, b.rcs_dbsm, RCS_STEP_DB)]
        {
            match (a, b) {
                (Some(a), Some(b)) => assert!((a - b).abs() <= half(step), "{a} {b}"),
                (a, b) => assert_eq!(a, b),
            }
        }
    }

    proptest! {
        #[test]
        fn scans_survive_the_wire_to_half_a_step(
            targets in proptest::collection::vec(target(), 0..700),
            id in "[a-z/é]{1,30}",
            (us, sequence, simulated) in any::<(i64, u32, bool)>(),
        ) {
            let scan = RadarScan { sensor: id.as_str().into(), captured_at: UtcMicros(us), targets };
            let packets = encode(&scan, simulated, sequence).unwrap();
            let mut back = Vec::new();
            for (part, bytes) in packets.iter().enumerate() {
                prop_assert!(bytes.len() <= MAX_PACKET_BYTES);
                let packet = decode(bytes).unwrap();
                prop_assert_eq!(usize::from(packet.part), part);
                prop_assert_eq!(usize::from(packet.parts), packets.len());
                prop_assert_eq!((packet.sequence, packet.simulated), (sequence, simulated));
                prop_assert_eq!((&packet.sensor, packet.captured_at), (&scan.sensor, scan.captured_at));
                back.extend(packet.targets);
            }
            prop_assert_eq!(back.len(), scan.targets.len());
            for (a, b) in scan.targets.iter().zip(&back) {
                assert_near(a, b);
            }
        }

        #[test]
        fn any_bytes_are_a_packet_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut likely = b"LKRD\x01".to_vec();
            likely.extend(&bytes);
            for bytes in [&bytes, &likely] {
                if let Ok(packet) = decode(bytes) {
                    let scan = RadarScan {
                        sensor: packet.sensor.clone(),
                        captured_at: packet.captured_at,
                        targets: packet.targets.clone(),
                    };
                    let again = encode(&scan, packet.simulated, packet.sequence).unwrap();
                    prop_assert_eq!(decode(&again[0]).unwrap().targets, packet.targets);
                }
            }
        }

        #[test]
        fn a_packet_cut_anywhere_or_with_one_byte_more_is_an_error(cut in 0_usize..44) {
            let target = RadarTarget { range_m: 80.0, azimuth_rad: -0.5, range_rate_mps: None, rcs_dbsm: Some(12.5) };
            let scan = RadarScan { sensor: "radar".into(), captured_at: UtcMicros(5), targets: vec![target; 2] };
            let mut bytes = encode(&scan, false, 7).unwrap().remove(0);
            let short = matches!(decode(&bytes[..cut]), Err(RadarPacketError::Short { .. }));
            prop_assert!(short);
            bytes.push(0);
            prop_assert_eq!(decode(&bytes), Err(RadarPacketError::Trailing { offset: 48, bytes: 49 }));
        }
    }

    #[test]
    fn the_bytes_are_those_of_the_document() {
        let target = RadarTarget { range_m: 80.25, azimuth_rad: -0.5, range_rate_mps: Some(-12.34), rcs_dbsm: None };
        let scan = RadarScan {
            sensor: "radar-n".into(),
            captured_at: UtcMicros(1_750_000_000_123_456),
            targets: vec![target],
        };
        let bytes = encode(&scan, true, 66_051).unwrap().remove(0);
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(
            hex,
            concat!(
                "4c4b5244",
                "01",
                "01",
                "00",
                "01",
                "00010203",
                "0006379da05d4240",
                "0001",
                "07",
                "72616461722d6e",
                "0001397a",
                "ec78",
                "fb2e",
                "8000"
            )
        );
    }

    #[test]
    fn what_the_packet_cannot_hold_is_refused_by_name() {
        let good = RadarTarget { range_m: 1.0, azimuth_rad: 0.0, range_rate_mps: None, rcs_dbsm: None };
        let refused = |target| {
            let scan = RadarScan { sensor: "r".into(), captured_at: UtcMicros(0), targets: vec![good, target] };
            match encode(&scan, false, 0) {
                Err(RadarEncodeError::Value { index: 1, field, .. }) => field,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(refused(RadarTarget { range_m: -1.0, ..good }), "range_m");
        assert_eq!(refused(RadarTarget { range_m: f64::NAN, ..good }), "range_m");
        assert_eq!(refused(RadarTarget { azimuth_rad: 4.0, ..good }), "azimuth_rad");
        assert_eq!(refused(RadarTarget { range_rate_mps: Some(-327.68), ..good }), "range_rate_mps");
        assert_eq!(refused(RadarTarget { rcs_dbsm: Some(f64::INFINITY), ..good }), "rcs_dbsm");
        let scan =
            |id: &str, count| RadarScan { sensor: id.into(), captured_at: UtcMicros(0), targets: vec![good; count] };
        assert!(matches!(encode(&scan("", 0), false, 0), Err(RadarEncodeError::Id(_))));
        assert!(matches!(encode(&scan(&"x".repeat(65), 0), false, 0), Err(RadarEncodeError::Id(_))));
        assert_eq!(encode(&scan("r", 5000), false, 0), Err(RadarEncodeError::TooManyTargets(5000)));
    }
}
