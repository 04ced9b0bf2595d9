//! Requests for priority as NTCIP 1202 has them: a vehicle call and a hold of the wanted phases.
//!
//! A call asks for green where its turn is; a hold keeps a green that is there. Neither ends another phase before its time:
//! minimum greens, clearances and those on foot stay the controller's. `phaseControlGroupForceOff` and the omits are not
//! written. `phaseControlGroupVehCall` and `phaseControlGroupHold` are written together, of all phases of a group of eight at
//! once: nobody else may write them. They are written again before the controller's back-up timer
//! (`unitBackupTime`) ends them, and not at all where that timer is off: then nothing would end them after us.

use std::collections::BTreeSet;

use async_snmp::{Oid, Value};
use serde::Deserialize;

use super::objects;
use crate::priority::{Command, Refusal};
use crate::signals::command::Wishes;
use crate::signals::nema::{Head, HeadFile, pairs};
use crate::signals::snmp::settings::SnmpFile;
use crate::signals::snmp::{Manager, Request};
use crate::signals::{Moment, Talk};

/// How often what is wished for is written again, at most, seconds.
const REFRESH_S: f64 = 1.0;

/// `[signal.command]` with `source = "ntcip1202"`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommandFile {
    /// Who we are to the agent when we write; absent: as when we read.
    pub snmp: Option<SnmpFile>,
    /// The controller is not asked if its back-up timer is off or longer than this, seconds.
    #[serde(default = "default_longest_backup_s")]
    pub longest_backup_s: u16,
}

fn default_longest_backup_s() -> u16 {
    30
}

/// What the controller is asked next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// How long its back-up timer runs.
    Backup,
    /// To call and hold these phases and no others. `before_s`: until when it held what it was told before.
    Write {
        /// Phase 1 is bit 0.
        phases: u16,
        /// Of these groups of eight.
        groups: [bool; 2],
        /// See above.
        before_s: f64,
    },
}

impl Step {
    /// As SNMP has it.
    pub fn request(self) -> Request {
        match self {
            Self::Backup => Request::Get(vec![objects::backup_time()]),
            Self::Write { phases, groups, .. } => {
                let written =
                    [1u8, 2].into_iter().zip(phases.to_le_bytes()).zip(groups).filter(|(_, is_there)| *is_there);
                Request::Set(written.flat_map(|((group, bits), _)| objects::call_and_hold(group, bits)).collect())
            }
        }
    }
}

/// See the module.
#[derive(Debug)]
pub struct Writer {
    manager: Option<Manager>,
    longest_backup_s: u16,
    /// Signal groups, each with the phase that serves it.
    phases: Vec<(u8, u8)>,
    wishes: Wishes,
    /// The controller's back-up timer, seconds, as long as it is asked for something.
    backup_s: Option<f64>,
    /// What it said that it does.
    written: u16,
    refresh_at_s: f64,
    /// When its back-up timer ends that if it is not told again.
    ends_at_s: Option<f64>,
    /// Until when it may be doing what it was told: then its back-up timer has ended it.
    holds_until_s: f64,
}

fn phases_of(heads: &[HeadFile]) -> Vec<(u8, u8)> {
    let phase = |(group, head)| match head {
        Head::Phase(number) => Some((group, number)),
        // Which phase an overlap follows is not known, and those on foot do not ask.
        Head::Overlap(_) | Head::Pedestrian(_) => None,
    };
    pairs(heads).into_iter().filter_map(phase).collect()
}

impl Writer {
    /// A writer for these heads, which is `reader` unless the file says another.
    pub fn new(file: &CommandFile, reader: &SnmpFile, heads: &[HeadFile]) -> Result<Self, String> {
        let own = file.snmp.as_ref().map(|snmp| snmp.manager().map_err(|text| format!("command.{text}")));
        if file.longest_backup_s == 0 {
            return Err("command.longest_backup_s is 0; 1 to 65535".into());
        }
        if file.snmp.is_none() {
            reader.manager()?;
        }
        Ok(Self {
            manager: own.transpose()?,
            longest_backup_s: file.longest_backup_s,
            phases: phases_of(heads),
            wishes: Wishes::default(),
            backup_s: None,
            written: 0,
            refresh_at_s: 0.0,
            ends_at_s: None,
            holds_until_s: 0.0,
        })
    }

    /// What may be asked for.
    pub fn in_words(heads: &[HeadFile]) -> String {
        let phases: Vec<_> = phases_of(heads).iter().map(|(group, phase)| format!("{group} (phase {phase})")).collect();
        format!("vehicle call and hold, for signal groups {}", phases.join(", "))
    }

    /// Who writes, if it is not who reads.
    pub fn manager(&mut self) -> Option<&mut Manager> {
        self.manager.as_mut()
    }

    /// Whether what it says holds a secret as it is.
    pub fn speaks_openly(&self) -> bool {
        self.manager.as_ref().is_some_and(Manager::speaks_openly)
    }

    /// The link is new.
    pub fn open(&mut self, now: Moment) {
        if let Some(manager) = &mut self.manager {
            manager.start_ids(now.utc);
            manager.give_up();
        }
    }

    /// Serves a request, or lets go of it. One of groups that are no phases is refused.
    pub fn take(&mut self, now_s: f64, command: &Command, talk: &mut Talk) {
        let is_phase = |group: &u8| self.phases.iter().any(|(other, _)| other == group);
        if command.serve && !command.groups.iter().all(is_phase) {
            talk.refuse("command_no_phase", format!("signal groups {:?} are not all phases", command.groups));
            talk.words.push((command.number, Err(Refusal::Refused)));
            return;
        }
        self.wishes.take(now_s, command);
        // Written again even if another wish has the same phases: the controller's word is wanted.
        self.refresh_at_s = now_s;
    }

    /// Whether the controller may be doing what it was told.
    pub fn may_hold(&self, now_s: f64) -> bool {
        now_s < self.holds_until_s
    }

    fn wanted(&self) -> u16 {
        let groups = self.wishes.groups();
        let wanted = self.phases.iter().filter(|(group, _)| groups.contains(group));
        wanted.fold(0, |bits, (_, phase)| bits | 1u16.checked_shl(u32::from(phase.saturating_sub(1))).unwrap_or(0))
    }

    /// What is to be asked now, if anything.
    pub fn step(&mut self, now_s: f64, talk: &mut Talk) -> Option<Step> {
        self.wishes.expire(now_s, talk);
        if self.ends_at_s.is_some_and(|ends_at_s| now_s > ends_at_s) {
            // It has not taken a write for so long that its own timer has ended what it did.
            self.lost(talk);
        }
        let phases = self.wanted();
        let before_s = self.holds_until_s;
        if phases == 0 {
            if !self.may_hold(now_s) {
                return None;
            }
        } else if phases == self.written && now_s < self.refresh_at_s {
            return None;
        } else {
            self.wishes.asked(now_s);
            let Some(backup_s) = self.backup_s else { return Some(Step::Backup) };
            self.refresh_at_s = now_s + REFRESH_S.min(backup_s / 3.0);
            self.holds_until_s = now_s + backup_s + REFRESH_S;
        }
        // Until it says so, nobody knows.
        self.written = 0;
        let eights: BTreeSet<u8> = self.phases.iter().map(|(_, phase)| phase.saturating_sub(1) / 8).collect();
        Some(Step::Write { phases, groups: [0, 1].map(|eight| eights.contains(&eight)), before_s })
    }

    /// The agent has answered.
    pub fn answered(&mut self, now_s: f64, step: Step, values: &[(Oid, Value)], talk: &mut Talk) {
        match step {
            Step::Backup => {
                let seconds = match values.first() {
                    Some((_, Value::Integer(seconds))) => u16::try_from(*seconds).ok(),
                    _ => None,
                };
                self.backup_s = seconds.filter(|s| (1..=self.longest_backup_s).contains(s)).map(f64::from);
                if self.backup_s.is_none() {
                    let limit_s = self.longest_backup_s;
                    let text =
                        format!("unitBackupTime is {seconds:?}; 1 to {limit_s} s, or nothing would let go after us");
                    talk.refuse("command_no_backup", text);
                    self.wishes.refused(talk);
                }
            }
            Step::Write { phases, .. } => {
                self.written = phases;
                self.ends_at_s = self.backup_s.filter(|_| phases != 0).map(|backup_s| now_s + backup_s);
                self.wishes.took(talk);
                if phases == 0 {
                    self.holds_until_s = now_s;
                    self.backup_s = None;
                }
            }
        }
    }

    /// The agent refuses: nothing of it is done.
    pub fn refused(&mut self, step: Step, talk: &mut Talk) {
        if let Step::Write { before_s, phases, .. } = step
            && phases != 0
        {
            self.holds_until_s = before_s;
        }
        self.wishes.refused(talk);
    }

    /// The agent is not heard any more: what it was told is taken back as soon as it is.
    pub fn lost(&mut self, talk: &mut Talk) {
        self.wishes.lost(talk);
        self.written = 0;
        self.ends_at_s = None;
        self.backup_s = None;
        self.manager.iter_mut().for_each(Manager::forget);
    }
}
