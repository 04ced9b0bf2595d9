//! What the signal showed, as SUMO saved it (`SaveTLSStates`; SUMO user documentation, "Simulation/Traffic Lights").

use std::collections::BTreeSet;
use std::io::BufRead;

use anyhow::bail;
use perception::calibration::Lane;
use sensors::recording::{SignalGroupRecord, SignalRecord, SignalState};

use super::xml::elements;

/// The states of a signal's links in steps of time, one letter a link.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Signals {
    /// Seconds of SUMO's clock, ascending.
    steps: Vec<(f64, String)>,
}

impl Signals {
    /// Reads the saved states of one signal.
    ///
    /// # Errors
    /// Not well-formed, states of two signals, or steps that do not go forward in time.
    pub fn read(input: impl BufRead) -> anyhow::Result<Self> {
        let mut steps: Vec<(f64, String)> = Vec::new();
        let mut signal: Option<String> = None;
        elements(input, |name, attributes| {
            if name == "tlsState" {
                let id = attributes.text("id")?;
                if signal.get_or_insert_with(|| id.to_owned()) != id {
                    bail!("a second signal: `{id}`");
                }
                let at_s = attributes.number("time")?;
                if steps.last().is_some_and(|(last_s, _)| at_s <= *last_s) {
                    bail!("time does not go forward");
                }
                steps.push((at_s, attributes.text("state")?.to_owned()));
            }
            Ok(())
        })?;
        Ok(Self { steps })
    }

    /// What the groups that rule the lanes show; `None` before the first step. Group n is link n - 1.
    pub fn at(&self, at_s: f64, lanes: &[Lane]) -> Option<SignalRecord> {
        let index = self.steps.partition_point(|(step_s, _)| *step_s <= at_s).checked_sub(1)?;
        let (_, states) = self.steps.get(index)?;
        let ids: BTreeSet<u32> = lanes.iter().filter_map(|lane| lane.signal_group).collect();
        let group = |id: u32| {
            let letter = usize::try_from(id).ok()?.checked_sub(1).and_then(|link| states.chars().nth(link))?;
            Some(SignalGroupRecord {
                id,
                state: state(letter),
                min_end_s: None,
                max_end_s: None,
                likely_end_s: None,
                protected: None,
                next: Vec::new(),
            })
        };
        Some(SignalRecord { control: None, plan: None, groups: ids.into_iter().filter_map(group).collect() })
    }
}

fn state(letter: char) -> SignalState {
    match letter {
        'r' | 's' => SignalState::Red,
        'y' | 'Y' => SignalState::Yellow,
        'g' | 'G' => SignalState::Green,
        'u' => SignalState::RedYellow,
        'o' => SignalState::FlashingYellow,
        'O' => SignalState::Dark,
        _ => SignalState::Unavailable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_groups_of_the_lanes_show_what_their_links_do() {
        let read = |text: &str| Signals::read(text.as_bytes());
        let signals = read(
            r#"<tlsStates><tlsState time="0.0" id="m" state="rGy"/><tlsState time="0.1" id="m" state="GrO"/></tlsStates>"#,
        )
        .expect("well-formed");
        let lane = |group| Lane {
            id: format!("{group:?}").into(),
            width_m: 3.0,
            centerline_enu_m: vec![],
            maneuvers: vec![],
            signal_group: group,
            allowed: vec![],
            speed_limit_mps: None,
        };
        let lanes = [lane(Some(3)), lane(None), lane(Some(1)), lane(Some(9))];
        let shown = |at_s| -> Vec<_> {
            let record = signals.at(at_s, &lanes).expect("known");
            record.groups.iter().map(|group| (group.id, group.state)).collect()
        };
        assert_eq!(shown(0.05), [(1, SignalState::Red), (3, SignalState::Yellow)]);
        assert_eq!(shown(0.1), [(1, SignalState::Green), (3, SignalState::Dark)]);
        assert_eq!(signals.at(-1.0, &lanes), None);
        let two = r#"<a><tlsState time="0" id="m" state="r"/><tlsState time="1" id="n" state="r"/></a>"#;
        assert!(format!("{:#}", read(two).expect_err("two")).contains("`n`"));
    }
}
