//! `[signal]` of `site.toml`: which controller, and what of it is which group of the map.

use std::path::Path;

use serde::Deserialize;

use crate::signals::{SourceSettings, fixed_time, gat1743, gbt20999, j2735_push, ntcip1202, tscbm};

/// Where the signal state comes from.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "source", rename_all = "snake_case")]
pub enum SignalFile {
    /// A fixed-time plan, run from UTC.
    FixedTime(fixed_time::Settings),
    /// A controller that speaks GA/T 1743-2020.
    Gat1743(gat1743::Settings),
    /// A controller that speaks GB/T 20999-2017.
    Gbt20999(gbt20999::Settings),
    /// A controller that pushes SPAT of SAE J2735.
    J2735Push(j2735_push::Settings),
    /// A controller that is asked by NTCIP 1202.
    Ntcip1202(ntcip1202::Settings),
    /// A controller that broadcasts TSCBM.
    Tscbm(tscbm::Settings),
}

impl SignalFile {
    /// The settings of the protocol.
    pub fn settings(&self) -> &dyn SourceSettings {
        match self {
            Self::FixedTime(settings) => settings,
            Self::Gat1743(settings) => settings,
            Self::Gbt20999(settings) => settings,
            Self::J2735Push(settings) => settings,
            Self::Ntcip1202(settings) => settings,
            Self::Tscbm(settings) => settings,
        }
    }

    /// Makes paths in it begin at the site file's folder.
    pub fn base(&mut self, folder: &Path) {
        match self {
            Self::Ntcip1202(settings) => {
                settings.snmp.base(folder);
                let own = settings.command.iter_mut().filter_map(|command| command.snmp.as_mut());
                own.for_each(|snmp| snmp.base(folder));
            }
            Self::Tscbm(settings) => settings.enable.iter_mut().for_each(|enable| enable.snmp.base(folder)),
            _ => {}
        }
    }

    /// What is wrong with it, given the groups of the map: every group must be heard from exactly one thing, and nothing
    /// may go to a group that is not there.
    pub fn problems(&self, map_groups: Option<&[u8]>) -> Vec<String> {
        let settings = self.settings();
        let mut problems: Vec<String> = settings.link().and_then(|link| link.check().err()).into_iter().collect();
        let stale_after_s = settings.stale_after_s();
        if !(stale_after_s > 0.0 && stale_after_s <= 60.0) {
            problems.push(format!("stale_after_s is {stale_after_s}; above 0, at most 60"));
        }
        if let Err(text) = settings.source() {
            problems.push(text);
            return problems;
        }
        let mapping = settings.mapping();
        for (index, mapped) in mapping.iter().enumerate() {
            let group = mapped.group;
            if let Some(first) = mapping.iter().take(index).find(|other| other.group == group) {
                problems.push(format!("group {group} is there twice: {}, and {}", first.from, mapped.from));
            } else if map_groups.is_some_and(|groups| !groups.contains(&group)) {
                problems.push(format!("group {group} is not in the map"));
            }
        }
        let unmapped = map_groups.unwrap_or_default().iter().filter(|id| mapping.iter().all(|m| m.group != **id));
        problems.extend(unmapped.map(|id| format!("says nothing of group {id} of the map")));
        problems
    }
}
