//! What events that were told are worth: against what was staged, and what happened by itself.

use perception::events::EventKind;

use super::congested::congested;
use super::ideal::natural_events;
use super::truth::TruthRecording;
use crate::recorder::incidents::Incident;

/// How well what was said fits what was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Incidents that were staged.
    pub done: u32,
    /// Of those, told of.
    pub told: u32,
    /// Events told of that were not staged but happened by themselves.
    pub natural: u32,
    /// Events told of that no incident explains.
    pub false_alarms: u32,
}

/// An event as it was told first.
#[derive(Clone, Debug, PartialEq)]
pub struct ToldEvent {
    /// What it is.
    pub kind: EventKind,
    /// When it began, seconds after the first step.
    pub began_s: f64,
    /// Where, site ENU, metres.
    pub place_enu_m: [f64; 2],
    /// Its lane, `<link>/<lane>`.
    pub lane: Option<String>,
}

impl ToldEvent {
    fn is_of(&self, incident: &Incident) -> bool {
        incident.explains(self.began_s, self.place_enu_m, self.lane.as_deref())
    }
}

impl Tally {
    /// Adds another recording's.
    pub fn absorb(&mut self, other: Self) {
        self.done += other.done;
        self.told += other.told;
        self.natural += other.natural;
        self.false_alarms += other.false_alarms;
    }
}

/// Compares what was staged, and what happened by itself, with events. Each incident counts once.
pub fn tally(kind: EventKind, staged: &[Incident], natural: &[Incident], events: &[ToldEvent]) -> Tally {
    let events: Vec<_> = events.iter().filter(|event| event.kind == kind).collect();
    let explained = |incidents: &[Incident], event: &ToldEvent| {
        incidents.iter().any(|incident| incident.kind == kind && event.is_of(incident))
    };
    let done: Vec<&Incident> = staged.iter().filter(|incident| incident.kind == kind).collect();
    let told = done.iter().filter(|one| events.iter().any(|event| event.is_of(one)));
    let mut tally = Tally { done: count(done.len()), told: count(told.count()), ..Tally::default() };
    for event in events {
        if explained(staged, event) {
            continue;
        }
        let by_itself = explained(natural, event);
        tally.natural += u32::from(by_itself);
        tally.false_alarms += u32::from(!by_itself);
    }
    tally
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// What happened by itself in a recording, times in seconds after its first truth.
pub fn natural_incidents(recording: &TruthRecording) -> Vec<Incident> {
    let start_us = recording.frames.first().map_or(0, |frame| frame.t_us);
    let events = natural_events(&recording.lanes, &recording.frames);
    let since_s = |us: i64| (us - start_us) as f64 * 1e-6;
    let incident = |(event, from_enu_m): (perception::events::Event, [f64; 2])| Incident {
        kind: event.kind,
        from_s: since_s(event.began_at.0),
        until_s: since_s(event.seen_at.0),
        from_enu_m,
        until_enu_m: event.place_enu_m,
        lanes: Vec::new(),
    };
    let congested = congested(&recording.lanes, &recording.frames);
    events.into_iter().map(incident).chain(congested).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_incident_counts_once_and_what_none_explains_is_a_false_alarm() {
        let kind = EventKind::StoppedVehicle;
        let of = |lanes: &[&str], from_enu_m| {
            let lanes = lanes.iter().map(|lane| (*lane).into()).collect();
            Incident { kind, from_s: 10.0, until_s: 40.0, from_enu_m, until_enu_m: [0.0, 50.0], lanes }
        };
        let incident = |from_enu_m| of(&[], from_enu_m);
        let event = |kind, began_s, place_enu_m| ToldEvent { kind, began_s, place_enu_m, lane: Some("a/1".to_owned()) };
        let events = [
            event(kind, 12.0, [3.0, 25.0]),
            event(kind, 30.0, [3.0, 60.0]),
            event(kind, 12.0, [20.0, 25.0]),
            event(kind, 46.0, [0.0, 0.0]),
            event(EventKind::Debris, 12.0, [0.0, 0.0]),
        ];
        let (staged, natural) = ([incident([0.0, 0.0])], [incident([30.0, 25.0])]);
        let told = Tally { done: 1, told: 1, natural: 0, false_alarms: 2 };
        assert_eq!(tally(kind, &staged, &[], &events), told);
        let told = Tally { natural: 1, false_alarms: 1, ..told };
        assert_eq!(tally(kind, &staged, &natural, &events), told);
        // Where lanes are named, they say it: not the place.
        let told = |lanes| tally(kind, &[of(lanes, [0.0, 0.0])], &[], &events[..3]);
        let all = Tally { done: 1, told: 1, ..Tally::default() };
        assert_eq!([told(&["a/1", "a/2"]), told(&["a/2"])], [all, Tally { told: 0, false_alarms: 3, ..all }]);
    }
}
