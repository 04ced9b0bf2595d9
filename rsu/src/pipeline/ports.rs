//! What goes into a pipeline, and what comes out of it.

use std::sync::Arc;

use perception::align::AlignSettings;
use perception::calibration::SiteGeometry;
use perception::detection::{SensorFrame, SensorId};
use perception::events::{Event, EventSettings, WaterLevel};
use perception::lanes::LocatedTrack;
use perception::parking::LotState;
use perception::time::UtcMicros;
use perception::track::{SensorHealth, TrackerSettings};
use perception::traffic::TrafficWindow;

use crate::gate::{Limits, Reason, SaidSignal};
use crate::guidance::Outcome;
use crate::map::SiteMap;
use crate::messages::Edition;
use crate::notice::Notice;
use crate::priority::{Command, Decision, Refusal};
use crate::radios::{MessageKind, Transmission};
use crate::signals::SignalState;
use crate::signals::predict::Foresight;

/// Everything that can happen to the site.
#[derive(Clone, Debug)]
pub enum Input {
    /// A camera's detections or a radar's scan has arrived.
    Sensor(SensorFrame),
    /// The signal controller has spoken.
    Signal(SignalState),
    /// A radio has received something from a vehicle or a person.
    Received {
        /// By which receiver.
        receiver: SensorId,
        /// As it came: a message, bare or in its network layer's frame.
        frame: Arc<[u8]>,
    },
    /// The signal controller's word on a [`Output::Command`].
    Commanded {
        /// The command's number.
        number: u32,
        /// Whether it does it.
        word: Result<(), Refusal>,
    },
    /// Somebody has counted the vehicles in a lot with gates: 0 when it is empty, its capacity when it is full.
    LotCount {
        /// The lot's name in the map.
        lot: SensorId,
        /// How many there are.
        vehicles: u32,
    },
    /// A gauge says how high the water stands.
    Water(WaterLevel),
    /// The city wants something told.
    Notice(Notice),
    /// Time has passed.
    Tick,
}

/// Everything that follows.
#[derive(Clone, Debug)]
pub enum Output {
    /// Broadcast this.
    Send(Transmission),
    /// The fused picture, as it was just broadcast.
    Picture(Picture),
    /// What the gate let through of the signal, and what it held back.
    Signal(SaidSignal),
    /// How true predictions of the lights were so far.
    Foresight(Foresight),
    /// Traffic windows that have ended, the shorter before the longer.
    Traffic(Vec<TrafficWindow>),
    /// Parking lots as they are.
    Parking(Vec<LotState>),
    /// Events that began, changed or ended.
    Events(Vec<Event>),
    /// What became of an [`Input::Notice`].
    Notice {
        /// Its id.
        id: String,
        /// Why it was not taken.
        outcome: Result<(), &'static str>,
    },
    /// What became of an [`Input::LotCount`].
    LotCount {
        /// The lot.
        lot: SensorId,
        /// Why it was not taken.
        outcome: Result<(), &'static str>,
    },
    /// A gauge's word was taken.
    Water(WaterLevel),
    /// How far each sensor is found to be off.
    Sensors(Vec<SensorHealth>),
    /// What became of something received.
    Received {
        /// By which receiver.
        receiver: SensorId,
        /// Which message was fused or heard as a request, or why it was not.
        outcome: Result<&'static str, &'static str>,
    },
    /// The controller is to serve, or to let go of, a request for priority.
    Command(Command),
    /// A request for priority stands otherwise than before.
    Priority(Decision),
    /// A request for a way through a lot stands otherwise than before.
    Guidance(Outcome),
    /// Something was given up.
    Dropped {
        /// Where.
        place: &'static str,
        /// Why.
        reason: &'static str,
        /// How many.
        count: u64,
    },
    /// Something was not said.
    Suppressed {
        /// Which message.
        message: MessageKind,
        /// Why.
        reason: Reason,
    },
}

/// The fused picture at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// When it is valid, and when it was said.
    pub at: UtcMicros,
    /// Road users in ascending order of id.
    pub tracks: Vec<LocatedTrack>,
}

/// What a pipeline is made from.
#[derive(Clone, Debug)]
pub struct PipelineSettings {
    /// Sensors and lanes.
    pub geometry: SiteGeometry,
    /// The road as broadcast; `None`: no MAP goes out.
    pub map: Option<SiteMap>,
    /// What goes on the air.
    pub edition: Edition,
    /// Length of the shortest traffic windows, seconds.
    pub traffic_window_s: u32,
    /// How long frames wait for each other.
    pub align: AlignSettings,
    /// How measurements become tracks.
    pub tracker: TrackerSettings,
    /// What the gate lets through.
    pub limits: Limits,
    /// When something is an event.
    pub events: EventSettings,
    /// When the pipeline begins.
    pub start: UtcMicros,
}
