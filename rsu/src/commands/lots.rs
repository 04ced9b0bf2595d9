//! `lot_count`: somebody has counted the vehicles in a lot that is counted at its gates.

use cloud_bridge::CommandEnd;
use perception::detection::SensorId;
use serde::Deserialize;

use super::Clerk;
use crate::pipeline::Input;

/// The payload.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LotCount {
    /// The lot's name in the map.
    lot: SensorId,
    /// How many vehicles are in it.
    vehicles: u32,
}

impl Clerk {
    pub(super) fn lot_count(&self, count: &LotCount) -> Result<(), CommandEnd> {
        let LotCount { lot, vehicles } = count;
        let known = self.site.map.lots.iter().find(|known| known.id == *lot);
        let known = known.ok_or_else(|| CommandEnd::rejected("unknown_lot"))?;
        if known.gates.is_empty() {
            return Err(CommandEnd::rejected("no_gates").with_detail("its bays are seen one by one"));
        }
        if let Some(capacity) = known.capacity.filter(|capacity| vehicles > capacity) {
            return Err(CommandEnd::rejected("above_capacity").with_detail(format!("it holds {capacity}")));
        }
        self.pipeline.ask(&Input::LotCount { lot: lot.clone(), vehicles: *vehicles }, lot)
    }
}
