//! SPAT of SAE J2735 that a controller pushes: UDP datagrams, each a bare UPER `MessageFrame` (id 19) or the text that a
//! roadside unit takes (Immediate Forward), of which only the line `Payload=` is looked at, as V2X-Hub does.

use asn1::time;
use asn1::us::MessageFrame;
use asn1::us::spat::{IntersectionState, IntersectionStatusObject, MovementEvent, MovementPhaseState, Spat};
use perception::time::UtcMicros;
use serde::Deserialize;

use super::link::{LinkFile, Transport};
use super::stamp::{HOUR_US, StampClock};
use super::{Control, GroupState, Light, Mapped, Moment, SignalSource, SignalState, SourceSettings, Talk};

/// A mark this far back, microseconds, is one that has just passed, not one almost an hour ahead.
const JUST_PASSED_US: i64 = 60_000_000;

/// `[signal]` with `source = "j2735_push"`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where the datagrams come.
    pub link: LinkFile,
    /// Region of the junction; absent: any.
    pub region: Option<u16>,
    /// Id of the junction.
    pub intersection: u16,
    /// Oldest state that may be said, seconds.
    #[serde(default = "default_stale_after_s")]
    pub stale_after_s: f64,
    /// Which of the controller's groups is which of the map's.
    pub group: Vec<GroupFile>,
}

/// One `[[signal.group]]`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupFile {
    /// Signal group of the map.
    pub group: u8,
    /// `signalGroup` of the controller's SPAT.
    pub signal_group: u8,
}

fn default_stale_after_s() -> f64 {
    0.3
}

impl SourceSettings for Settings {
    fn link(&self) -> Option<&LinkFile> {
        Some(&self.link)
    }

    fn stale_after_s(&self) -> f64 {
        self.stale_after_s
    }

    fn mapping(&self) -> Vec<Mapped> {
        let mapped =
            |file: &GroupFile| Mapped { group: file.group, from: format!("signalGroup {}", file.signal_group) };
        self.group.iter().map(mapped).collect()
    }

    fn source(&self) -> Result<Box<dyn SignalSource>, String> {
        if self.link.transport == Transport::Tcp {
            return Err("link.transport is tcp: SPAT comes over udp".into());
        }
        if self.link.listen.is_none() {
            return Err("link.listen is missing: where the controller sends its SPAT".into());
        }
        let groups = self.group.iter().map(|file| (file.group, file.signal_group)).collect();
        Ok(Box::new(J2735Push::new(self.region, self.intersection, groups)))
    }
}

/// A controller's pushed SPATs as signal states.
#[derive(Debug)]
pub struct J2735Push {
    /// The region and the id of the junction that is listened to; without a region any.
    intersection: (Option<u16>, u16),
    /// Groups ascending, each with the controller's group.
    groups: Vec<(u8, u8)>,
    clock: StampClock,
}

impl J2735Push {
    /// A source for these groups of one junction, each heard from the controller's group.
    pub fn new(region: Option<u16>, id: u16, mut groups: Vec<(u8, u8)>) -> Self {
        groups.sort_unstable();
        Self { intersection: (region, id), groups, clock: StampClock::default() }
    }

    fn spat(&mut self, now: Moment, spat: &Spat, talk: &mut Talk) {
        let (region, id) = self.intersection;
        let is_ours = |state: &&IntersectionState| {
            state.id.id == id && region.is_none_or(|region| state.id.region.unwrap_or(0) == region)
        };
        let Some(state) = spat.intersections.iter().find(is_ours) else {
            let ids: Vec<_> = spat.intersections.iter().map(|state| state.id.id.to_string()).collect();
            talk.refuse("other_intersection", format!("of {}, not of {id}", ids.join(", ")));
            return;
        };
        talk.frames += 1;
        let said_at = said_at(spat, state, now.utc);
        let age_us = now.utc.0.saturating_sub(said_at.0);
        talk.clock_ahead_s = Some(-(age_us as f64) * 1e-6);
        let placed = self.clock.place(now.utc, age_us);
        if placed.clock_off {
            talk.refuse("clock_off", "the controller's time is not UTC's: only its differences are used");
        }
        if placed.overtaken {
            talk.refuse("overtaken", "older than the SPAT before it");
            return;
        }
        let valid = !state.status.contains(IntersectionStatusObject::NO_VALID_SPAT_IS_AVAILABLE_AT_THIS_TIME);
        let groups = self.groups.iter().filter_map(|&(id, theirs)| {
            let movement = state.states.iter().find(|movement| movement.signal_group == theirs)?;
            Some(if valid {
                group(id, &movement.state_time_speed, said_at, talk)
            } else {
                GroupState::new(id, Light::Unavailable)
            })
        });
        let groups = groups.collect();
        talk.states.push(SignalState { captured_at: placed.at, control: control(state.status), plan: None, groups });
    }
}

impl SignalSource for J2735Push {
    fn name(&self) -> &'static str {
        "j2735_push"
    }

    fn receive(&mut self, now: Moment, bytes: &[u8], talk: &mut Talk) {
        let decoded;
        // A frame begins with the two octets of its id, of which the first is 0; no text does.
        let octets = if bytes.first() == Some(&0) {
            bytes
        } else {
            match payload(bytes) {
                Ok(octets) => decoded = octets,
                Err(text) => return talk.refuse("text", text),
            }
            &decoded
        };
        match asn1::us::decode(octets) {
            Ok(MessageFrame::Spat(spat)) => self.spat(now, &spat, talk),
            Ok(other) => talk.refuse("not_spat", format!("{} instead of SPAT", other.name())),
            Err(error) => talk.refuse("malformed", error.to_string()),
        }
    }
}

/// The octets of the line `Payload=`.
fn payload(text: &[u8]) -> Result<Vec<u8>, String> {
    let text = std::str::from_utf8(text).map_err(|_| "neither a UPER frame nor text".to_owned())?;
    let line = text.lines().find_map(|line| line.trim().strip_prefix("Payload=")).ok_or("has no line Payload=")?;
    let digits: Option<Vec<u8>> =
        line.trim().chars().map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0).ok_or("Payload is not hexadecimal")?;
    Ok(digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

/// When the controller says that it was so, by its own clock. Without a stamp, now.
fn said_at(spat: &Spat, state: &IntersectionState, now: UtcMicros) -> UtcMicros {
    let said_us = state.time_stamp.and_then(|dsecond| match state.moy.or(spat.time_stamp) {
        Some(minute) => time::from_minute_of_year(minute, dsecond, now.0),
        None => time::from_dsecond(dsecond, now.0),
    });
    said_us.map_or(now, UtcMicros)
}

fn group(id: u8, events: &[MovementEvent], said_at: UtcMicros, talk: &mut Talk) -> GroupState {
    let Some(event) = events.first() else { return GroupState::new(id, Light::Unavailable) };
    let (light, protected) = shown(event.event_state);
    let ahead = |mark: Option<u16>| mark.and_then(|mark| ahead_s(mark, said_at));
    let times = event.timing.as_ref();
    let mut min_end_s = times.and_then(|times| ahead(Some(times.min_end_time)));
    let mut max_end_s = times.and_then(|times| ahead(times.max_end_time));
    if min_end_s.zip(max_end_s).is_some_and(|(min_s, max_s)| max_s < min_s) {
        talk.refuse("contradictory_times", format!("group {id} ends at the latest before it does at the earliest"));
        (min_end_s, max_end_s) = (None, None);
    }
    let likely_end_s =
        times.and_then(|times| ahead(times.likely_time)).or(min_end_s.filter(|_| min_end_s == max_end_s));
    let likely_end_s = likely_end_s.filter(|likely_s| {
        min_end_s.is_none_or(|min_s| *likely_s >= min_s) && max_end_s.is_none_or(|max_s| *likely_s <= max_s)
    });
    let next = events.iter().skip(1).map_while(|event| {
        let times = event.timing.as_ref()?;
        let end_s = ahead(times.likely_time).or_else(|| ahead(Some(times.min_end_time)))?;
        let lasts_s = end_s - ahead(times.start_time)?;
        (lasts_s > 0.0).then_some((shown(event.event_state).0, lasts_s))
    });
    let next = next.collect();
    GroupState { protected, min_end_s, max_end_s, likely_end_s, next, ..GroupState::new(id, light) }
}

/// How long until a mark, seconds: marks are tenths within the UTC hour, and always ahead, but for the one that has just
/// passed. 36000 and above are no moments.
fn ahead_s(mark: u16, said_at: UtcMicros) -> Option<f64> {
    if mark >= time::TIME_MARK_OVER_AN_HOUR {
        return None;
    }
    let ahead_us = (i64::from(mark) * 100_000 - said_at.0.rem_euclid(HOUR_US)).rem_euclid(HOUR_US);
    Some(if ahead_us > HOUR_US - JUST_PASSED_US { 0.0 } else { ahead_us as f64 / 1e6 })
}

/// The light, and of one that is let go or clears whether it is protected.
fn shown(state: MovementPhaseState) -> (Light, Option<bool>) {
    match state {
        MovementPhaseState::Unavailable => (Light::Unavailable, None),
        MovementPhaseState::Dark => (Light::Dark, None),
        MovementPhaseState::StopThenProceed => (Light::FlashingRed, None),
        MovementPhaseState::StopAndRemain => (Light::Red, None),
        MovementPhaseState::PreMovement => (Light::RedYellow, None),
        MovementPhaseState::PermissiveMovementAllowed => (Light::Green, Some(false)),
        MovementPhaseState::ProtectedMovementAllowed => (Light::Green, Some(true)),
        MovementPhaseState::PermissiveClearance => (Light::Yellow, Some(false)),
        MovementPhaseState::ProtectedClearance => (Light::Yellow, Some(true)),
        MovementPhaseState::CautionConflictingTraffic => (Light::FlashingYellow, None),
    }
}

fn control(status: IntersectionStatusObject) -> Option<Control> {
    let words = [
        (IntersectionStatusObject::OFF, Control::Off),
        (IntersectionStatusObject::FAILURE_FLASH, Control::Flashing),
        (IntersectionStatusObject::STANDBY_OPERATION, Control::Flashing),
        (IntersectionStatusObject::MANUAL_CONTROL_IS_ENABLED, Control::Manual),
        (IntersectionStatusObject::FIXED_TIME_OPERATION, Control::FixedTime),
        (IntersectionStatusObject::TRAFFIC_DEPENDENT_OPERATION, Control::Actuated),
    ];
    words.into_iter().find(|(word, _)| status.contains(*word)).map(|(_, control)| control)
}

#[cfg(test)]
mod tests {
    use asn1::us::common::IntersectionReferenceID;
    use asn1::us::spat::{MovementState, TimeChangeDetails};

    use super::*;

    /// 2023-11-14T22:59:50Z: ten seconds before the hour.
    const NOW: UtcMicros = UtcMicros(1_700_002_790_000_000);

    fn at(after_s: f64) -> Moment {
        Moment { utc: NOW.plus_seconds(after_s), uptime_s: 5.0 + after_s }
    }

    fn event(event_state: MovementPhaseState, marks: Option<[u16; 3]>) -> MovementEvent {
        let timing = marks.map(|[min_end_time, max, likely]| TimeChangeDetails {
            start_time: None,
            min_end_time,
            max_end_time: Some(max),
            likely_time: Some(likely),
            confidence: None,
            next_time: None,
        });
        MovementEvent { event_state, timing, speeds: None, regional: None }
    }

    fn spat(events: Vec<Vec<MovementEvent>>) -> Spat {
        let states = (1..).zip(events).map(|(signal_group, state_time_speed)| MovementState {
            movement_name: None,
            signal_group,
            state_time_speed,
            maneuver_assist_list: None,
            regional: None,
        });
        let state = IntersectionState {
            name: None,
            id: IntersectionReferenceID { region: Some(7), id: 1200 },
            revision: 3,
            status: IntersectionStatusObject::TRAFFIC_DEPENDENT_OPERATION,
            moy: Some(time::minute_of_year(NOW.0)),
            time_stamp: Some(50_000),
            enabled_lanes: None,
            states: states.collect(),
            maneuver_assist_list: None,
            regional: None,
            road_authority_id: None,
        };
        Spat { time_stamp: None, name: None, intersections: vec![state], regional: None }
    }

    fn uper(spat: &Spat) -> Vec<u8> {
        asn1::us::encode(&MessageFrame::Spat(spat.clone())).unwrap()
    }

    fn text(octets: &[u8]) -> String {
        let hex: String = octets.iter().map(|octet| format!("{octet:02X}")).collect();
        format!("Version=0.7\nType=SPAT\nPSID=0x8002\nSignature=False\nPayload={hex}\n")
    }

    fn source() -> J2735Push {
        J2735Push::new(Some(7), 1200, vec![(12, 2), (11, 1)])
    }

    fn hear(source: &mut J2735Push, after_s: f64, octets: &[u8]) -> Talk {
        let mut talk = Talk::default();
        source.receive(at(after_s), octets, &mut talk);
        talk
    }

    #[test]
    fn a_spat_is_heard_as_frame_and_as_text() {
        // Green until 5 s after the hour at the earliest, 12.5 s at the latest; then red from 15 s. Group 2: all unknown.
        let mut next = event(MovementPhaseState::StopAndRemain, Some([36_111, 36_111, 1150]));
        next.timing.as_mut().unwrap().start_time = Some(150);
        let spat = spat(vec![
            vec![event(MovementPhaseState::ProtectedMovementAllowed, Some([50, 125, 100])), next],
            vec![event(MovementPhaseState::StopAndRemain, Some([36_000, 36_001, 36_111]))],
        ]);
        let green = GroupState {
            protected: Some(true),
            min_end_s: Some(15.0),
            max_end_s: Some(22.5),
            likely_end_s: Some(20.0),
            next: vec![(Light::Red, 100.0)],
            ..GroupState::new(11, Light::Green)
        };
        let groups = vec![green, GroupState::new(12, Light::Red)];
        let state = SignalState { captured_at: NOW, control: Some(Control::Actuated), plan: None, groups };
        let octets = uper(&spat);
        for datagram in [
            octets.as_slice(),
            text(&octets).as_bytes(),
            text(&octets).to_lowercase().replace("payload", "Payload").as_bytes(),
        ] {
            let talk = hear(&mut source(), 0.04, datagram);
            assert_eq!((talk.states, talk.refused, talk.frames), (vec![state.clone()], vec![], 1));
        }
    }

    #[test]
    fn marks_wrap_at_the_hour_and_those_just_passed_are_now() {
        assert_eq!(ahead_s(35_900, NOW), Some(0.0));
        assert_eq!(ahead_s(35_899, NOW), Some(0.0));
        assert_eq!(ahead_s(0, NOW), Some(10.0));
        assert_eq!(ahead_s(35_300, NOW), Some(3540.0));
        assert_eq!(ahead_s(35_301, NOW), Some(0.0));
        for unknown in [36_000, 36_001, 36_111, 65_535] {
            assert_eq!(ahead_s(unknown, NOW), None);
        }
    }

    #[test]
    fn a_controller_in_another_year_is_heard_by_its_differences() {
        let mut spat = spat(vec![vec![event(MovementPhaseState::PermissiveClearance, Some([2, 2, 2]))]]);
        // Its clock stands at the hour, at some other minute of the year.
        (spat.intersections[0].moy, spat.intersections[0].time_stamp) = (Some(60), Some(0));
        let talk = hear(&mut source(), 0.0, &uper(&spat));
        assert_eq!(talk.refused.iter().map(|(reason, _)| *reason).collect::<Vec<_>>(), ["clock_off"]);
        assert_eq!((talk.states[0].captured_at, talk.states[0].groups[0].likely_end_s), (NOW, Some(0.2)));
    }

    #[test]
    fn what_contradicts_itself_or_is_not_vouched_for_is_not_said() {
        let mut spat = spat(vec![
            vec![event(MovementPhaseState::StopAndRemain, Some([200, 100, 150]))],
            vec![event(MovementPhaseState::Dark, Some([100, 200, 300]))],
        ]);
        let talk = hear(&mut source(), 0.0, &uper(&spat));
        assert_eq!(talk.refused[0].0, "contradictory_times");
        let red = GroupState { likely_end_s: Some(25.0), ..GroupState::new(11, Light::Red) };
        let dark = GroupState { min_end_s: Some(20.0), max_end_s: Some(30.0), ..GroupState::new(12, Light::Dark) };
        assert_eq!(talk.states[0].groups, [red, dark]);
        spat.intersections[0].status = IntersectionStatusObject::NO_VALID_SPAT_IS_AVAILABLE_AT_THIS_TIME;
        let groups = &hear(&mut source(), 0.0, &uper(&spat)).states[0].groups;
        assert_eq!(*groups, [11, 12].map(|id| GroupState::new(id, Light::Unavailable)));
    }

    #[test]
    fn what_is_not_ours_or_not_spat_is_refused_with_its_reason() {
        let spat = spat(vec![vec![event(MovementPhaseState::Dark, None)]]);
        let octets = uper(&spat);
        let refused = |source: &mut J2735Push, octets: &[u8]| hear(source, 0.0, octets).refused.remove(0);
        let other = refused(&mut J2735Push::new(None, 1201, vec![]), &octets);
        assert_eq!(other, ("other_intersection", "of 1200, not of 1201".to_owned()));
        assert_eq!(refused(&mut J2735Push::new(Some(8), 1200, vec![]), &octets).0, "other_intersection");
        assert!(hear(&mut J2735Push::new(None, 1200, vec![]), 0.0, &octets).refused.is_empty());
        for length in 1..octets.len() {
            assert_eq!(refused(&mut source(), &octets[..length]).0, "malformed");
        }
        for wrong in ["", "Payload", "Type=SPAT\n", "Payload=0", "Payload=zz", "\u{1f6a6}"] {
            assert_eq!(refused(&mut source(), wrong.as_bytes()).0, "text", "{wrong}");
        }
        assert_eq!(refused(&mut source(), &[0xff, 0xfe]).0, "text");
        assert_eq!(refused(&mut source(), b"Payload=").0, "malformed");
        let late = hear(&mut source(), 0.0, b"Payload=001425").refused.remove(0).0;
        assert_eq!(late, "malformed");
    }

    proptest::proptest! {
        #[test]
        fn no_octets_do_harm(octets in proptest::collection::vec(proptest::num::u8::ANY, 0..200), flip in 0..60_usize, bit in 0..8_u8) {
            let mut source = source();
            hear(&mut source, 0.0, &octets);
            let mut damaged = uper(&spat(vec![vec![event(MovementPhaseState::StopAndRemain, Some([1, 2, 3]))]; 3]));
            let place = flip % damaged.len();
            damaged[place] ^= 1 << bit;
            hear(&mut source, 0.1, &damaged);
        }
    }
}
