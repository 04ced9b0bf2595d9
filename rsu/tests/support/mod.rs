//! What several tests share: the demo site, a pipeline in simulated time, made-up road users, folders of their own.
#![allow(dead_code, reason = "each test takes what it needs")]

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use asn1::cn::common::PositionOffsetLL;
use asn1::cn::rsm::RoadsideSafetyMessage;
use asn1::cn::spat::Spat;
use perception::align::AlignSettings;
use perception::calibration::{CameraModel, RadarModel};
use perception::detection::{BoxDetection, CameraFrame, Class, RadarScan, RadarTarget, SensorFrame};
use perception::frames::{CameraView, RadarView};
use perception::time::UtcMicros;
use rsu::config::Site;
use rsu::messages::Edition;
use rsu::pipeline::{Input, Output, Pipeline, PipelineSettings};
use rsu::radios::{MessageKind, MessageSet, Transmission};
use rsu::signals::history::History;

pub mod said;

/// 2026-07-30T12:00:00Z.
pub const START: UtcMicros = UtcMicros(1_785_412_800_000_000);

/// The top of the checkout.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies in the workspace")
}

/// The demo site as it is shipped; its video need not be there.
pub fn demo_site() -> Site {
    Site::load(&repository().join("deploy/demo/site.toml")).expect("the demo site is in order")
}

/// The demo's site with its radar only, which neither sends nor knows a city, for a service that lives in this folder.
pub fn quiet_site(folder: &Folder) -> Site {
    let mut site = demo_site();
    (site.cameras, site.detector, site.cloud) = (Vec::new(), None, None);
    site.radios.clear();
    site.console_listen = SocketAddr::from(([127, 0, 0, 1], 0));
    site.state_dir = folder.join("state");
    site
}

/// A folder of a test's own, gone afterwards.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("lukou-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a folder for the test");
        Self(path)
    }

    pub fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub fn pipeline(site: &Site, start: UtcMicros) -> Pipeline {
    let settings = PipelineSettings {
        geometry: site.geometry.clone(),
        map: Some(site.map.clone()),
        edition: Edition { cn: site.cn, us: site.us, rsu_id: site.rsu_id, map_max_octets: site.map_max_octets },
        traffic_window_s: 10,
        align: AlignSettings::default(),
        tracker: (&site.fusion).into(),
        limits: site.limits(),
        events: site.events.clone(),
        start,
    };
    Pipeline::new(settings).expect("the site's geometry is in order").with_road_authority(site.road_authority.clone())
}

/// One output, when it came by the time that really passed and by the service's clock.
#[derive(Clone, Debug)]
pub struct Said {
    pub ms: i64,
    pub now: UtcMicros,
    pub output: Output,
}

/// A pipeline in simulated time: a millisecond at a time, woken as the service wakes it.
pub struct Sim {
    pipeline: Pipeline,
    pub ms: i64,
    handled_ms: i64,
    clock_set_by_us: i64,
    pub said: Vec<Said>,
}

/// The service goes round at least this often.
const LONGEST_WAIT_MS: i64 = 500;

impl Sim {
    pub fn new(site: &Site) -> Self {
        Self::of(pipeline(site, START))
    }

    /// With a pipeline that begins at [`START`].
    pub fn of(pipeline: Pipeline) -> Self {
        Self { pipeline, ms: 0, handled_ms: 0, clock_set_by_us: 0, said: Vec::new() }
    }

    /// The same, with what was learnt of the lights before.
    pub fn with_history(site: &Site, history: History) -> Self {
        let sim = Self::new(site);
        Self { pipeline: sim.pipeline.with_history(history), ..sim }
    }

    /// What the service's clock says.
    pub fn now(&self) -> UtcMicros {
        UtcMicros(START.0 + self.ms * 1000 + self.clock_set_by_us)
    }

    /// Somebody sets the clock.
    pub fn set_clock(&mut self, by_s: i64) {
        self.clock_set_by_us += by_s * 1_000_000;
    }

    /// Lets time pass; `inputs` says what arrives in each millisecond.
    pub fn run(&mut self, for_ms: i64, mut inputs: impl FnMut(i64, UtcMicros, &mut Vec<Input>)) {
        let end = self.ms + for_ms;
        let mut arrived = Vec::new();
        while self.ms < end {
            let now = self.now();
            inputs(self.ms, now, &mut arrived);
            for input in arrived.drain(..) {
                self.handle(now, input);
            }
            if self.pipeline.wake_at() <= now || self.ms - self.handled_ms >= LONGEST_WAIT_MS {
                self.handle(now, Input::Tick);
                assert!(self.pipeline.wake_at() > now, "the pipeline's thread would spin at {} ms", self.ms);
            }
            self.ms += 1;
        }
    }

    fn handle(&mut self, now: UtcMicros, input: Input) {
        self.handled_ms = self.ms;
        self.pipeline.handle(now, now, input);
        while let Some(output) = self.pipeline.poll_output() {
            self.said.push(Said { ms: self.ms, now, output });
        }
    }

    /// Messages of one kind: when (milliseconds passed, clock) and what.
    pub fn sent(&self, set: MessageSet, kind: MessageKind) -> Vec<(i64, UtcMicros, &Transmission)> {
        let mut all = Vec::new();
        for said in &self.said {
            match &said.output {
                Output::Send(sent) if (sent.set, sent.kind) == (set, kind) => all.push((said.ms, said.now, sent)),
                _ => {}
            }
        }
        all
    }

    /// When messages of one kind went out, milliseconds passed.
    pub fn sent_ms(&self, set: MessageSet, kind: MessageKind) -> Vec<i64> {
        self.sent(set, kind).into_iter().map(|(ms, ..)| ms).collect()
    }

    /// How many things were given up for a reason.
    pub fn dropped(&self, place: &str, reason: &str) -> u64 {
        let count = |said: &Said| match said.output {
            Output::Dropped { place: p, reason: r, count } if (p, r) == (place, reason) => count,
            _ => 0,
        };
        self.said.iter().map(count).sum()
    }
}

/// The demo's only camera and only radar.
pub fn camera(site: &Site) -> &CameraModel {
    &site.cameras[0].model
}

/// See [`camera`].
pub fn radar(site: &Site) -> &RadarModel {
    &site.radars[0].model
}

/// What the camera's detector would find of people standing at these places.
pub fn people_seen(camera: &CameraModel, captured_at: UtcMicros, people_enu_m: &[[f64; 2]]) -> CameraFrame {
    let view = CameraView::new(camera);
    let seen = |[east, north]: &[f64; 2]| {
        let foot = view.project([*east, *north, 0.0])?;
        let head = view.project([*east, *north, 1.75])?;
        let h_px = foot[1] - head[1];
        let w_px = 0.35 * h_px;
        let (x_px, y_px) = (foot[0] - w_px / 2.0, head[1]);
        Some(BoxDetection { x_px, y_px, w_px, h_px, score: 0.9, class: Class::Pedestrian })
    };
    let boxes: Vec<BoxDetection> = people_enu_m.iter().filter_map(seen).collect();
    assert_eq!(boxes.len(), people_enu_m.len(), "the scene is in the picture");
    CameraFrame { sensor: camera.id.clone(), captured_at, boxes }
}

/// What the radar would measure of reflections that move: places and velocities, ENU.
pub fn movers_seen(radar: &RadarModel, captured_at: UtcMicros, movers: &[([f64; 2], [f64; 2])]) -> RadarScan {
    let view = RadarView::new(radar);
    let [e, n, _] = radar.position_enu_m;
    let target = |([east, north], [vel_east, vel_north]): &([f64; 2], [f64; 2])| {
        let [range_m, azimuth_rad] = view.polar([*east, *north, 0.6]);
        let range_rate_mps = Some((vel_east * (east - e) + vel_north * (north - n)) / range_m);
        RadarTarget { range_m, azimuth_rad, range_rate_mps, rcs_dbsm: Some(10.0) }
    };
    RadarScan { sensor: radar.id.clone(), captured_at, targets: movers.iter().map(target).collect() }
}

pub fn camera_input(frame: CameraFrame) -> Input {
    Input::Sensor(SensorFrame::Camera(frame))
}

pub fn radar_input(scan: RadarScan) -> Input {
    Input::Sensor(SensorFrame::Radar(scan))
}

/// A China message as the first vehicle would read it.
pub fn rsm(sent: &Transmission) -> RoadsideSafetyMessage {
    match asn1::cn::decode(&sent.payload, asn1::Dialect::default()) {
        Ok(asn1::cn::MessageFrame::RsmFrame(rsm)) => rsm,
        other => panic!("not an RSM: {other:?}"),
    }
}

/// See [`rsm`].
pub fn spat(sent: &Transmission) -> Spat {
    match asn1::cn::decode(&sent.payload, asn1::Dialect::default()) {
        Ok(asn1::cn::MessageFrame::SpatFrame(spat)) => spat,
        other => panic!("not a SPAT: {other:?}"),
    }
}

/// See [`rsm`].
pub fn us_spat(sent: &Transmission) -> asn1::us::spat::Spat {
    match asn1::us::decode(&sent.payload) {
        Ok(asn1::us::MessageFrame::Spat(spat)) => spat,
        other => panic!("not a SPAT: {other:?}"),
    }
}

/// Latitude and longitude of an offset, 1e-7 degrees, whatever its form.
pub fn offset_1e7deg(offset: &PositionOffsetLL) -> (i64, i64) {
    match offset {
        PositionOffsetLL::PositionLL1(o) => (o.lat.into(), o.lon.into()),
        PositionOffsetLL::PositionLL2(o) => (o.lat.into(), o.lon.into()),
        PositionOffsetLL::PositionLL3(o) => (o.lat.into(), o.lon.into()),
        PositionOffsetLL::PositionLL4(o) => (o.lat.into(), o.lon.into()),
        PositionOffsetLL::PositionLL5(o) => (o.lat.into(), o.lon.into()),
        PositionOffsetLL::PositionLL6(o) => (o.lat.into(), o.lon.into()),
        PositionOffsetLL::PositionLatLon(_) => panic!("nothing of this site is so far away"),
    }
}
