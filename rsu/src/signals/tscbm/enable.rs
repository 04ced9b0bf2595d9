//! Telling a controller to broadcast. This writes one object to it over SNMP, so only a site that asks for it does it.
//!
//! The object is Econolite's (ASC/3 and later); other makers have their own switch in their own menus. It is written when
//! no block has come for a while, so that a controller that was restarted broadcasts again.

use async_snmp::Oid;
use serde::Deserialize;

use crate::signals::snmp::settings::SnmpFile;
use crate::signals::snmp::{Heard, Manager, Request};
use crate::signals::{Moment, Talk};

/// The first octet of an SNMP message, which no block begins with.
pub const MARK: u8 = 0x30;
/// Without a block for so long the controller is told, seconds; and again after the same time.
const SILENT_S: f64 = 3.0;

/// `[signal.enable]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnableFile {
    /// Who we are to the agent.
    pub snmp: SnmpFile,
    /// The object that is written.
    #[serde(default = "default_object")]
    pub object: String,
    /// Its value: 2 is TSCBM of 241 octets, 6 adds calls and detections of those on foot.
    #[serde(default = "default_value")]
    pub value: i32,
}

fn default_object() -> String {
    "1.3.6.1.4.1.1206.3.5.2.9.44.1.0".into()
}
fn default_value() -> i32 {
    2
}

/// See the module.
#[derive(Debug)]
pub struct Enable {
    manager: Manager,
    object: Oid,
    value: i32,
    due_s: f64,
}

impl Enable {
    /// By these settings, or what is wrong with them.
    ///
    /// # Errors
    /// The object is no object identifier, or the credentials are not usable.
    pub fn new(file: &EnableFile) -> Result<Self, String> {
        let object = Oid::parse(&file.object).and_then(|oid| oid.validate_for_wire().map(|()| oid));
        let object = object.map_err(|error| format!("enable.object: {error}"))?;
        let manager = file.snmp.manager().map_err(|text| format!("enable.{text}"))?;
        Ok(Self { manager, object, value: file.value, due_s: 0.0 })
    }

    /// The link is new.
    pub fn open(&mut self, now: Moment) {
        self.manager.start_ids(now.utc);
        self.due_s = now.uptime_s + SILENT_S;
    }

    /// Whether answers hold the community.
    pub fn speaks_openly(&self) -> bool {
        self.manager.speaks_openly()
    }

    /// When the controller is to be told, seconds of uptime.
    pub fn due_s(&self) -> f64 {
        self.due_s
    }

    /// It broadcasts.
    pub fn block_came(&mut self, now: Moment) {
        self.due_s = now.uptime_s + SILENT_S;
    }

    /// Tells it, if it is time.
    pub fn tick(&mut self, now: Moment, talk: &mut Talk) {
        if now.uptime_s < self.due_s {
            return;
        }
        if self.manager.awaits() {
            talk.refuse("enable_timeout", "no answer to the request to broadcast");
            self.manager.forget();
        }
        self.due_s = now.uptime_s + SILENT_S;
        match self.manager.ask(now.uptime_s, Request::Set(vec![(self.object.clone(), self.value)])) {
            Ok(octets) => talk.send.push(octets),
            Err(refusal) => talk.refused.push(refusal),
        }
    }

    /// Takes the agent's answer.
    pub fn hear(&mut self, now: Moment, octets: &[u8], talk: &mut Talk) {
        match self.manager.hear(now.uptime_s, octets) {
            Ok(Heard::Values(_)) => talk.frames += 1,
            Ok(Heard::Again(octets)) => talk.send.push(octets),
            Err(refusal) => talk.refused.push(refusal),
        }
    }
}
