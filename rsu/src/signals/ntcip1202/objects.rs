//! The objects of NTCIP 1202 that are read, and the two that are written where a site wants it. Source: public implementations (MMITSS, V2X-Hub, CARMA Streets) and MIB listings
//! that agree; the standard itself was not bought.

use async_snmp::Oid;

use crate::signals::nema::{Head, Lamps};

/// `asc`, the actuated signal controller: enterprises.nema.transportation.devices.asc.
const ASC: [u32; 10] = [1, 3, 6, 1, 4, 1, 1206, 4, 2, 1];
/// `unitFlashStatus.0`, under `asc`.
const FLASH: [u32; 3] = [3, 6, 0];
/// `unitBackupTime.0`, under `asc`.
const BACKUP: [u32; 3] = [3, 3, 0];
/// `phaseControlGroupEntry`, and of it the columns `phaseControlGroupHold` and `phaseControlGroupVehCall`.
const PHASE_CONTROL: [u32; 3] = [1, 5, 1];
const HOLD: u32 = 4;
const VEHICLE_CALL: u32 = 6;
/// `phaseStatusGroupEntry`.
const PHASE_STATUS: [u32; 3] = [1, 4, 1];
/// `overlapStatusGroupEntry`.
const OVERLAP_STATUS: [u32; 3] = [9, 4, 1];
/// `phaseEntry`.
const PHASE: [u32; 3] = [1, 2, 1];
/// The columns of `phaseEntry` that are read: walk, pedestrian clear, minimum green, maximum 1, yellow change, red clear.
const PHASE_COLUMNS: [u32; 6] = [2, 3, 4, 6, 8, 9];

fn under_asc(parts: &[u32]) -> Oid {
    Oid::new(ASC.into_iter().chain(parts.iter().copied()))
}

/// Which lamps an object tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Phases,
    Pedestrians,
    Overlaps,
}

/// Which lamp of the three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Colour {
    Red,
    Yellow,
    Green,
}

/// One column of lamps for eight heads.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// The object.
    pub oid: Oid,
    kind: Kind,
    colour: Colour,
    /// 0 for heads 1 to 8, 1 for 9 to 16.
    group: u8,
}

/// The lamps of all heads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AllLamps {
    /// Vehicles, by phase.
    pub phases: Lamps,
    /// Those on foot, by phase.
    pub pedestrians: Lamps,
    /// Overlaps.
    pub overlaps: Lamps,
}

/// `unitFlashStatus`: 2 is "not flashing", 3 to 8 say why it flashes, 1 is "other".
pub fn flash_status() -> Oid {
    under_asc(&FLASH)
}

/// Whether a value of `unitFlashStatus` says that the unit flashes.
pub fn is_flashing(value: u8) -> bool {
    value > 2
}

/// The columns that tell what these heads show, each once.
pub fn columns(heads: impl Iterator<Item = Head> + Clone) -> Vec<Column> {
    use Colour::{Green, Red, Yellow};
    let colours = |first: u32| [(first, Red), (first + 1, Yellow), (first + 2, Green)];
    let kinds = [
        (Kind::Phases, PHASE_STATUS, colours(2)),
        (Kind::Pedestrians, PHASE_STATUS, colours(5)),
        (Kind::Overlaps, OVERLAP_STATUS, colours(2)),
    ];
    let mut columns = Vec::new();
    for (kind, entry, colours) in kinds {
        for group in 0..=1 {
            let is_here = |head| match head {
                Head::Phase(number) => kind == Kind::Phases && number.saturating_sub(1) / 8 == group,
                Head::Pedestrian(number) => kind == Kind::Pedestrians && number.saturating_sub(1) / 8 == group,
                Head::Overlap(number) => kind == Kind::Overlaps && number.saturating_sub(1) / 8 == group,
            };
            if !heads.clone().any(is_here) {
                continue;
            }
            columns.extend(colours.map(|(column, colour)| {
                let oid = under_asc(&entry).child(column).child(u32::from(group) + 1);
                Column { oid, kind, colour, group }
            }));
        }
    }
    columns
}

impl AllLamps {
    /// Takes the value of one column.
    pub fn set(&mut self, column: &Column, value: u8) {
        let lamps = match column.kind {
            Kind::Phases => &mut self.phases,
            Kind::Pedestrians => &mut self.pedestrians,
            Kind::Overlaps => &mut self.overlaps,
        };
        let bits = match column.colour {
            Colour::Red => &mut lamps.reds,
            Colour::Yellow => &mut lamps.yellows,
            Colour::Green => &mut lamps.greens,
        };
        *bits |= u16::from(value) << (8 * column.group);
    }
}

/// `unitBackupTime`: after so many seconds without a write the controller lets go of all that it was told; 0: never.
pub fn backup_time() -> Oid {
    under_asc(&BACKUP)
}

/// The call and the hold of eight phases, `bits` from the lowest; `group` 1 is phases 1 to 8.
pub fn call_and_hold(group: u8, bits: u8) -> [(Oid, i32); 2] {
    let value = |column| (under_asc(&PHASE_CONTROL).child(column).child(group.into()), bits.into());
    [VEHICLE_CALL, HOLD].map(value)
}

/// The objects of a phase's row, in the order of [`super::timing::Row::of`].
pub fn row(phase: u8) -> Vec<Oid> {
    PHASE_COLUMNS.map(|column| under_asc(&PHASE).child(column).child(u32::from(phase))).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_mapped_is_asked_for() {
        let oids = |heads: &[Head]| -> Vec<String> {
            columns(heads.iter().copied()).iter().map(|column| column.oid.to_string()).collect()
        };
        assert_eq!(
            oids(&[Head::Phase(8), Head::Phase(1)]),
            [
                "1.3.6.1.4.1.1206.4.2.1.1.4.1.2.1",
                "1.3.6.1.4.1.1206.4.2.1.1.4.1.3.1",
                "1.3.6.1.4.1.1206.4.2.1.1.4.1.4.1"
            ]
        );
        let all = oids(&[Head::Phase(9), Head::Pedestrian(8), Head::Overlap(16)]);
        assert_eq!((all.len(), all[0].as_str()), (9, "1.3.6.1.4.1.1206.4.2.1.1.4.1.2.2"));
        assert_eq!(all[3..5], ["1.3.6.1.4.1.1206.4.2.1.1.4.1.5.1", "1.3.6.1.4.1.1206.4.2.1.1.4.1.6.1"]);
        assert_eq!(all[8], "1.3.6.1.4.1.1206.4.2.1.9.4.1.4.2");
        assert_eq!(flash_status().to_string(), "1.3.6.1.4.1.1206.4.2.1.3.6.0");
        assert_eq!(row(12)[3].to_string(), "1.3.6.1.4.1.1206.4.2.1.1.2.1.6.12");
    }

    #[test]
    fn bit_zero_of_the_second_group_is_phase_nine() {
        let mut lamps = AllLamps::default();
        for column in columns([Head::Phase(1), Head::Phase(9), Head::Overlap(1)].into_iter()) {
            lamps.set(&column, if column.colour == Colour::Green { 0b1 } else { 0b10 });
        }
        let expected = Lamps { reds: 0x0202, yellows: 0x0202, greens: 0x0101 };
        assert_eq!((lamps.phases, lamps.overlaps.greens), (expected, 1));
    }
}
