//! SPAT of the China set: signal phase and timing.

use alloc::vec::Vec;

use rasn::prelude::*;
use rasn::types::Enumerated;
use rasn::types::constraints::{self, Bounded};

use super::common::NodeReferenceID;
use super::confidence::TimeConfidence;
use crate::UnknownAlternative;
pub use crate::intersection_status::IntersectionStatusObject;
use crate::macros::{decode_by_place, extensible_sequence};
use crate::uper::OURS;
use crate::uper::piece::{Ahead, InOnePiece, Piece, Seen, in_one_piece};

extensible_sequence! {
    /// SPAT: signal phase and timing.
    ///
    /// ASN.1 `SPAT`: SEQUENCE, extensible. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Spat, additions 0 {
        /// `msgCnt`: `MsgCount`, INTEGER (0..127); counts messages and wraps after 127.
        #[rasn(identifier = "msgCnt", value("0..=127"))]
        pub msg_cnt: u8,
        /// `moy`: `MinuteOfTheYear`, INTEGER (0..527040); minutes since the start of the UTC year; 527040 is invalid.
        #[rasn(value("0..=527040"))]
        pub moy: Option<u32>,
        /// `timeStamp`: `DSecond`, INTEGER (0..65535); milliseconds within the UTC minute; 60000 to 60999 is a leap second, 65535 is unavailable.
        #[rasn(identifier = "timeStamp")]
        pub time_stamp: Option<u16>,
        /// `name`: `DescriptiveName`, IA5String (SIZE(1..63)).
        #[rasn(size("1..=63"))]
        pub name: Option<Ia5String>,
        /// `intersections`: 1 to 32 [`IntersectionState`].
        #[rasn(size("1..=32"))]
        pub intersections: Vec<IntersectionState>,
    }
}

extensible_sequence! {
    /// The signals of one junction.
    ///
    /// ASN.1 `IntersectionState`: SEQUENCE, extensible. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct IntersectionState, additions 0 {
        /// `intersectionId`.
        #[rasn(identifier = "intersectionId")]
        pub intersection_id: NodeReferenceID,
        /// `status`.
        pub status: IntersectionStatusObject,
        /// `moy`: `MinuteOfTheYear`, INTEGER (0..527040); minutes since the start of the UTC year; 527040 is invalid.
        #[rasn(value("0..=527040"))]
        pub moy: Option<u32>,
        /// `timeStamp`: `DSecond`, INTEGER (0..65535); milliseconds within the UTC minute; 60000 to 60999 is a leap second, 65535 is unavailable.
        #[rasn(identifier = "timeStamp")]
        pub time_stamp: Option<u16>,
        /// `timeConfidence`.
        #[rasn(identifier = "timeConfidence")]
        pub time_confidence: Option<TimeConfidence>,
        /// `phases`: 1 to 16 [`Phase`].
        #[rasn(size("1..=16"))]
        pub phases: Vec<Phase>,
    }
}

/// One signal phase: its present state and those to come.
///
/// ASN.1 `Phase`: SEQUENCE. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct Phase {
    /// `id`: `PhaseID`, INTEGER (0..255); the signal phase; 0 is none.
    pub id: u8,
    /// `phaseStates`: 1 to 16 [`PhaseState`].
    #[rasn(identifier = "phaseStates", size("1..=16"))]
    pub phase_states: Vec<PhaseState>,
}

/// The SIZE of `phaseStates`.
const STATES: Constraints =
    Constraints::new(&[Constraint::Size(Extensible::new(constraints::Size::new(Bounded::const_new(1, 16))))]);
const ID: Tag = Tag::new(Class::Context, 0);
const PHASE_STATES: Tag = Tag::new(Class::Context, 1);

impl Phase {
    /// A phase of usual states, which lie one behind the other.
    #[inline(always)]
    fn in_pieces<D: Decoder>(decoder: &mut D) -> Option<Self> {
        let mut ahead = Ahead::of(decoder)?;
        let mut seen = ahead.see()?;
        let (id, last): (u8, usize) = (seen.number(255)?, seen.number(15)?);
        ahead.took(&seen);
        let mut phase_states = Vec::with_capacity(last + 1);
        for _ in 0..=last {
            let mut seen = ahead.see()?;
            phase_states.push(PhaseState::take(&mut seen)?);
            ahead.took(&seen);
        }
        ahead.accept()?;
        Some(Self { id, phase_states })
    }

    /// Any phase, in any codec.
    #[inline(never)]
    fn by_member<D: Decoder>(decoder: &mut D, tag: Tag) -> Result<Self, D::Error> {
        decoder.decode_sequence::<2, 0, Self, fn() -> Self, _>(tag, None, |decoder| {
            let id = u8::decode_with_tag(decoder, ID)?;
            let phase_states = Vec::decode_with_tag_and_constraints(decoder, PHASE_STATES, &STATES)?;
            Ok(Self { id, phase_states })
        })
    }
}

// By hand, since a SPAT is mostly phases, and is sent ten times a second.
impl Decode for Phase {
    #[inline(always)]
    fn decode_with_tag_and_constraints<D: Decoder>(
        decoder: &mut D,
        tag: Tag,
        _: &Constraints,
    ) -> Result<Self, D::Error> {
        match Self::in_pieces(decoder) {
            Some(phase) => Ok(phase),
            None => Self::by_member(decoder, tag),
        }
    }
}

impl Encode for Phase {
    #[inline(always)]
    fn encode_with_tag_and_constraints<'b, E: Encoder<'b>>(
        &self,
        encoder: &mut E,
        tag: Tag,
        _: &Constraints,
        identifier: Identifier,
    ) -> Result<(), E::Error> {
        let states = &self.phase_states;
        if encoder.codec() == OURS && (1..=16).contains(&states.len()) {
            let mut head = Piece::default();
            head.bits(self.id.into(), 8);
            head.bits(states.len() as u64 - 1, 4);
            head.write(encoder)?;
            return states.iter().try_for_each(|state| {
                let mut piece = Piece::default();
                match state.put(&mut piece) {
                    Some(()) => piece.write(encoder),
                    None => state.encode(encoder),
                }
            });
        }
        let write = |encoder: &mut E::AnyEncoder<'_, 2, 0>| {
            self.id.encode_with_tag(encoder, ID)?;
            states.encode_with_tag_and_constraints(encoder, PHASE_STATES, &STATES, Identifier::EMPTY)
        };
        encoder.encode_sequence::<2, 0, Self, _>(tag, write, identifier).map(drop)
    }
}

extensible_sequence! {
    /// A light, and from when until when.
    ///
    /// ASN.1 `PhaseState`: SEQUENCE, extensible. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct PhaseState, additions 0 {
        /// `light`.
        pub light: LightState,
        /// `timing`.
        pub timing: Option<TimeChangeDetails>,
    }
}

impl InOnePiece for PhaseState {
    #[inline(always)]
    fn take(seen: &mut Seen) -> Option<Self> {
        // Whether the state has additions, a timing, and a light of a later edition.
        let head = seen.bits(3);
        if head & 0b101 != 0 {
            return None;
        }
        let light = *LightState::VARIANTS.get(seen.number::<usize>(15)?)?;
        if head == 0 {
            return Some(Self { light, timing: None });
        }
        let timing = match seen.bits(2) {
            0 => TimeChangeDetails::Counting(TimeCountingDown::take(seen)?),
            1 => TimeChangeDetails::UtcTiming(UTCTiming::take(seen)?),
            _ => return None,
        };
        Some(Self { light, timing: Some(timing) })
    }

    #[inline(always)]
    fn put(&self, piece: &mut Piece) -> Option<()> {
        piece.bits(u64::from(self.timing.is_some()) << 1, 3);
        let light = LightState::VARIANTS.iter().position(|light| *light == self.light)?;
        piece.bits(light as u64, 4);
        match &self.timing {
            None => Some(()),
            Some(TimeChangeDetails::Counting(times)) => {
                piece.bits(0, 2);
                times.put(piece)
            }
            Some(TimeChangeDetails::UtcTiming(times)) => {
                piece.bits(1, 2);
                times.put(piece)
            }
            Some(TimeChangeDetails::UnknownAlternative(_)) => None,
        }
    }
}

/// What the light shows.
///
/// ASN.1 `LightState`: ENUMERATED, extensible. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum LightState {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `dark`.
    #[rasn(identifier = "dark")]
    Dark = 1,
    /// `flashing-red`.
    #[rasn(identifier = "flashing-red")]
    FlashingRed = 2,
    /// `red`.
    #[rasn(identifier = "red")]
    Red = 3,
    /// `flashing-green`.
    #[rasn(identifier = "flashing-green")]
    FlashingGreen = 4,
    /// `permissive-green`.
    #[rasn(identifier = "permissive-green")]
    PermissiveGreen = 5,
    /// `protected-green`.
    #[rasn(identifier = "protected-green")]
    ProtectedGreen = 6,
    /// `yellow`.
    #[rasn(identifier = "yellow")]
    Yellow = 7,
    /// `flashing-yellow`.
    #[rasn(identifier = "flashing-yellow")]
    FlashingYellow = 8,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

/// When a light changes.
///
/// ASN.1 `TimeChangeDetails`: CHOICE, extensible. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Debug, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
#[non_exhaustive]
pub enum TimeChangeDetails {
    /// `counting`.
    #[rasn(identifier = "counting")]
    Counting(TimeCountingDown),
    /// `utcTiming`.
    #[rasn(identifier = "utcTiming")]
    UtcTiming(UTCTiming),
    /// One of a later edition, as it came.
    #[rasn(extension_addition, identifier = "unknownAlternative")]
    UnknownAlternative(UnknownAlternative),
}

decode_by_place! {
    TimeChangeDetails {
        0 => Counting,
        1 => UtcTiming,
        2 => UnknownAlternative,
    }
}

/// Times counted from now.
///
/// ASN.1 `TimeCountingDown`: SEQUENCE. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct TimeCountingDown {
    /// `startTime`: `TimeMark`, INTEGER (0..36001); 0.1 s from now, 0 while the state is on.
    #[rasn(identifier = "startTime", value("0..=36001"))]
    pub start_time: u16,
    /// `minEndTime`: `TimeMark`, INTEGER (0..36001); 0.1 s; 36000 is more than an hour, 36001 is undefined.
    #[rasn(identifier = "minEndTime", value("0..=36001"))]
    pub min_end_time: Option<u16>,
    /// `maxEndTime`: `TimeMark`, INTEGER (0..36001); 0.1 s; 36000 is more than an hour, 36001 is undefined.
    #[rasn(identifier = "maxEndTime", value("0..=36001"))]
    pub max_end_time: Option<u16>,
    /// `likelyEndTime`: `TimeMark`, INTEGER (0..36001); 0.1 s; 36000 is more than an hour, 36001 is undefined.
    #[rasn(identifier = "likelyEndTime", value("0..=36001"))]
    pub likely_end_time: u16,
    /// `timeConfidence`: `Confidence`, INTEGER (0..200); 0.5 %.
    #[rasn(identifier = "timeConfidence", value("0..=200"))]
    pub time_confidence: Option<u8>,
    /// `nextStartTime`: `TimeMark`, INTEGER (0..36001); 0.1 s; 36000 is more than an hour, 36001 is undefined.
    #[rasn(identifier = "nextStartTime", value("0..=36001"))]
    pub next_start_time: Option<u16>,
    /// `nextDuration`: `TimeMark`, INTEGER (0..36001); 0.1 s; 36000 is more than an hour, 36001 is undefined.
    #[rasn(identifier = "nextDuration", value("0..=36001"))]
    pub next_duration: Option<u16>,
}

in_one_piece! {
    TimeCountingDown {
        start_time: number <= 36_001,
        min_end_time: optional <= 36_001,
        max_end_time: optional <= 36_001,
        likely_end_time: number <= 36_001,
        time_confidence: optional <= 200,
        next_start_time: optional <= 36_001,
        next_duration: optional <= 36_001,
    }
}

/// Times as tenths of a second within the UTC hour.
///
/// ASN.1 `UTCTiming`: SEQUENCE. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct UTCTiming {
    /// `startUTCTime`: `TimeMark`, INTEGER (0..36001); 0.1 s; 36000 is more than an hour, 36001 is undefined.
    #[rasn(identifier = "startUTCTime", value("0..=36001"))]
    pub start_utc_time: u16,
    /// `minEndUTCTime`: `TimeMark`, INTEGER (0..36001); 0.1 s; 36000 is more than an hour, 36001 is undefined.
    #[rasn(identifier = "minEndUTCTime", value("0..=36001"))]
    pub min_end_utc_time: Option<u16>,
    /// `maxEndUTCTime`: `TimeMark`, INTEGER (0..36001); 0.1 s; 36000 is more than an hour, 36001 is undefined.
    #[rasn(identifier = "maxEndUTCTime", value("0..=36001"))]
    pub max_end_utc_time: Option<u16>,
    /// `likelyEndUTCTime`: `TimeMark`, INTEGER (0..36001); 0.1 s; 36000 is more than an hour, 36001 is undefined.
    #[rasn(identifier = "likelyEndUTCTime", value("0..=36001"))]
    pub likely_end_utc_time: u16,
    /// `timeConfidence`: `Confidence`, INTEGER (0..200); 0.5 %.
    #[rasn(identifier = "timeConfidence", value("0..=200"))]
    pub time_confidence: Option<u8>,
    /// `nextStartUTCTime`: `TimeMark`, INTEGER (0..36001); 0.1 s; 36000 is more than an hour, 36001 is undefined.
    #[rasn(identifier = "nextStartUTCTime", value("0..=36001"))]
    pub next_start_utc_time: Option<u16>,
    /// `nextEndUTCTime`: `TimeMark`, INTEGER (0..36001); 0.1 s; 36000 is more than an hour, 36001 is undefined.
    #[rasn(identifier = "nextEndUTCTime", value("0..=36001"))]
    pub next_end_utc_time: Option<u16>,
}

in_one_piece! {
    UTCTiming {
        start_utc_time: number <= 36_001,
        min_end_utc_time: optional <= 36_001,
        max_end_utc_time: optional <= 36_001,
        likely_end_utc_time: number <= 36_001,
        time_confidence: optional <= 200,
        next_start_utc_time: optional <= 36_001,
        next_end_utc_time: optional <= 36_001,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a phase that can not be written has failed")]
mod tests {
    use super::*;
    use crate::uper;

    /// A phase that is always read member by member.
    #[derive(AsnType)]
    #[rasn(delegate)]
    struct ByMember(Phase);

    impl Decode for ByMember {
        fn decode_with_tag_and_constraints<D: Decoder>(
            decoder: &mut D,
            tag: Tag,
            _: &Constraints,
        ) -> Result<Self, D::Error> {
            Phase::by_member(decoder, tag).map(Self)
        }
    }

    /// Bits are drawn until they are a state.
    fn state(random: &mut fastrand::Rng) -> PhaseState {
        loop {
            if let Some(state) = PhaseState::take(&mut Seen::of(random.u128(..))) {
                return state;
            }
        }
    }

    #[test]
    fn pieces_are_what_their_members_are_also_where_they_break() {
        let mut random = fastrand::Rng::with_seed(1);
        for _ in 0..1000 {
            let count = random.usize(1..=4);
            let phase_states = (0..count).map(|_| state(&mut random)).collect();
            let phase = Phase { id: random.u8(..), phase_states };
            let octets = uper::encode(&phase).unwrap();
            assert_eq!(octets, rasn::uper::encode(&phase).unwrap());
            assert_eq!(uper::decode(&octets), Ok(phase));
            for _ in 0..20 {
                let mut broken = octets.clone();
                broken[random.usize(..octets.len())] ^= 1 << random.u32(..8);
                broken.truncate(random.usize(octets.len() / 2..octets.len() * 2));
                let by_member = uper::decode(&broken).map(|ByMember(phase)| phase);
                assert_eq!(uper::decode::<Phase>(&broken), by_member);
            }
        }
    }
}
