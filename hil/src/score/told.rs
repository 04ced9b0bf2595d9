//! What events that were told are worth: against what was staged, and what happened by itself.

use perception::events::EventKind;

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

impl Tally {
    /// Adds another recording's.
    pub fn absorb(&mut self, other: Self) {
        self.done += other.done;
        self.told += other.told;
        self.natural += other.natural;
        self.false_alarms += other.false_alarms;
    }
}

/// Compares what was staged, and what happened by itself, with events: kind, beginning in seconds after the first step, and
/// place. Each incident counts once.
pub fn tally(
    kind: EventKind,
    staged: &[Incident],
    natural: &[Incident],
    events: &[(EventKind, f64, [f64; 2])],
) -> Tally {
    let events: Vec<_> = events.iter().filter(|(of, ..)| *of == kind).collect();
    let explained = |incidents: &[Incident], began_s: f64, place: [f64; 2]| {
        incidents.iter().any(|incident| incident.kind == kind && incident.explains(began_s, place))
    };
    let done: Vec<&Incident> = staged.iter().filter(|incident| incident.kind == kind).collect();
    let told = done.iter().filter(|one| events.iter().any(|(_, began_s, place)| one.explains(*began_s, *place)));
    let mut tally = Tally { done: count(done.len()), told: count(told.count()), ..Tally::default() };
    for (_, began_s, place) in events {
        if explained(staged, *began_s, *place) {
            continue;
        }
        let by_itself = explained(natural, *began_s, *place);
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
    };
    events.into_iter().map(incident).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_incident_counts_once_and_what_none_explains_is_a_false_alarm() {
        let kind = EventKind::StoppedVehicle;
        let incident =
            |from_enu_m| Incident { kind, from_s: 10.0, until_s: 40.0, from_enu_m, until_enu_m: [0.0, 50.0] };
        let events = [
            (kind, 12.0, [3.0, 25.0]),
            (kind, 30.0, [3.0, 60.0]),
            (kind, 12.0, [20.0, 25.0]),
            (kind, 46.0, [0.0, 0.0]),
            (EventKind::Debris, 12.0, [0.0, 0.0]),
        ];
        let (staged, natural) = ([incident([0.0, 0.0])], [incident([30.0, 25.0])]);
        let told = Tally { done: 1, told: 1, natural: 0, false_alarms: 2 };
        assert_eq!(tally(kind, &staged, &[], &events), told);
        let told = Tally { natural: 1, false_alarms: 1, ..told };
        assert_eq!(tally(kind, &staged, &natural, &events), told);
    }
}
