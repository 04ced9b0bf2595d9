//! A hand-made junction of four arms, for the page to show.

use perception::detection::Class;
use rsu::console::state::{
    ConsoleBay, ConsoleBayOutline, ConsoleBayStatus, ConsoleConnection, ConsoleCrosswalk, ConsoleDrop, ConsoleLane,
    ConsoleLaneTraffic, ConsoleLatency, ConsoleLink, ConsoleLot, ConsoleMap, ConsoleMessage, ConsoleNode,
    ConsoleSensor, ConsoleSensorPose, ConsoleSignal, ConsoleState, ConsoleTrack, MAP_SCHEMA,
};
use rsu::health::Level;
use rsu::map::Maneuver;
use rsu::signals::Light;

/// Half the width of the junction, metres.
const HALF_M: f64 = 13.0;
/// Length of an arm, metres.
const ARM_M: f64 = 90.0;
const ARMS: [(&str, f64); 4] = [("n", 0.0), ("e", 90.0), ("s", 180.0), ("w", 270.0)];
const BAYS: [ConsoleBayStatus; 5] = [
    ConsoleBayStatus::Free,
    ConsoleBayStatus::Occupied,
    ConsoleBayStatus::Free,
    ConsoleBayStatus::Unknown,
    ConsoleBayStatus::Free,
];

/// `out_m` along an arm and `right_m` to the right of someone who drives out on it.
fn on_arm(azimuth_deg: f64, out_m: f64, right_m: f64) -> [f64; 2] {
    let (sin, cos) = azimuth_deg.to_radians().sin_cos();
    [sin * out_m + cos * right_m, cos * out_m - sin * right_m]
}

fn lanes() -> Vec<ConsoleLane> {
    let mut lanes = Vec::new();
    for (index, (name, azimuth_deg)) in ARMS.into_iter().enumerate() {
        let group = u32::from(index % 2 == 1) + 1;
        for lane in 1..=2 {
            let right_m = f64::from(lane) * 3.5 - 1.75;
            let (far, near) = (on_arm(azimuth_deg, ARM_M, -right_m), on_arm(azimuth_deg, HALF_M + 5.0, -right_m));
            let inward = format!("{name}-in/{lane}");
            lanes.push(ConsoleLane {
                id: inward,
                width_m: 3.5,
                points_m: vec![far, near],
                signal_group: Some(group),
                leads_on: true,
            });
            let (near, far) = (on_arm(azimuth_deg, HALF_M + 5.0, right_m), on_arm(azimuth_deg, ARM_M, right_m));
            let outward = format!("{name}-out/{lane}");
            lanes.push(ConsoleLane {
                id: outward,
                width_m: 3.5,
                points_m: vec![near, far],
                signal_group: None,
                leads_on: false,
            });
        }
    }
    lanes
}

fn connections() -> Vec<ConsoleConnection> {
    let mut connections = Vec::new();
    for (index, (name, azimuth_deg)) in ARMS.into_iter().enumerate() {
        for (turn, maneuver, lane) in [(1, Maneuver::Left, 1), (2, Maneuver::Straight, 2), (3, Maneuver::Right, 2)] {
            let (to, to_azimuth_deg) = ARMS[(index + turn) % 4];
            let right_m = f64::from(lane) * 3.5 - 1.75;
            let from = on_arm(azimuth_deg, HALF_M + 5.0, -right_m);
            let end = on_arm(to_azimuth_deg, HALF_M + 5.0, right_m);
            // A quadratic curve whose middle point is where the two lanes' lines meet, or half way for straight on.
            let bend = match maneuver {
                Maneuver::Straight => [(from[0] + end[0]) / 2.0, (from[1] + end[1]) / 2.0],
                _ if index % 2 == 0 => [from[0], end[1]],
                _ => [end[0], from[1]],
            };
            let at = |t: f64, axis: usize| {
                (1.0 - t).powi(2) * from[axis] + 2.0 * t * (1.0 - t) * bend[axis] + t * t * end[axis]
            };
            let points_m = (0..=10).map(|step| f64::from(step) / 10.0).map(|t| [at(t, 0), at(t, 1)]).collect();
            let signal_group = Some(index as u8 % 2 + 1);
            let (from, to) = (format!("{name}-in/{lane}"), format!("{to}-out/{lane}"));
            connections.push(ConsoleConnection { from, to, maneuver, signal_group, points_m });
        }
    }
    connections
}

/// The junction.
pub fn map() -> ConsoleMap {
    let crosswalks = ARMS.into_iter().enumerate().map(|(index, (name, azimuth_deg))| ConsoleCrosswalk {
        id: format!("walk-{name}"),
        outline_m: [(13.5, -7.5), (13.5, 7.5), (17.0, 7.5), (17.0, -7.5)]
            .map(|(out, right)| on_arm(azimuth_deg, out, right))
            .into(),
        signal_group: Some(4 - index as u8 % 2),
    });
    let bays = (0..BAYS.len()).map(|index| {
        let west_m = 24.0 + index as f64 * 3.0;
        let outline_m = vec![[west_m, 9.0], [west_m + 2.6, 9.0], [west_m + 2.6, 14.2], [west_m, 14.2]];
        ConsoleBayOutline { lot: "p-east".into(), bay: format!("{}", index + 1), outline_m }
    });
    let sensor = |id: &str, kind: &str, position_m, azimuth_deg: f64, fov_deg: f64, range_m| ConsoleSensorPose {
        id: id.into(),
        kind: kind.into(),
        position_m,
        azimuth_rad: azimuth_deg.to_radians(),
        fov_rad: fov_deg.to_radians(),
        range_m,
    };
    ConsoleMap {
        schema: MAP_SCHEMA.into(),
        site: "demo-junction".into(),
        city: "demo-city".into(),
        lanes: lanes(),
        connections: connections(),
        crosswalks: crosswalks.collect(),
        bays: bays.collect(),
        nodes: vec![ConsoleNode { id: 1, name: None, position_m: [0.0, 0.0], served: true }],
        sensors: vec![
            sensor("cam-sw", "camera", [-16.0, -15.0], 45.0, 70.0, None),
            sensor("radar-n", "radar", [10.0, 15.0], 355.0, 60.0, Some(180.0)),
        ],
        bounds_m: Some([-ARM_M, -ARM_M, ARM_M, ARM_M]),
    }
}

fn track(id: u64, class: Class, [east_m, north_m]: [f64; 2], heading_deg: Option<f64>, speed_mps: f64) -> ConsoleTrack {
    let size = match class {
        Class::Bus => Some((11.8, 2.5)),
        Class::Car => Some((4.6, 1.85)),
        _ => None,
    };
    ConsoleTrack {
        id,
        class,
        class_probability: 0.9,
        east_m,
        north_m,
        heading_rad: heading_deg.map(f64::to_radians),
        speed_mps,
        length_m: size.map(|size| size.0),
        width_m: size.map(|size| size.1),
        existence: 0.98,
        sources: vec!["cam-sw".into()],
        simulated: false,
        lane: None,
    }
}

fn tracks(t_s: f64) -> Vec<ConsoleTrack> {
    let phase = t_s.rem_euclid(12.0);
    let drive = -70.0 + phase * 12.0;
    let mut tracks = vec![
        track(11, Class::Car, [5.25, drive], Some(0.0), 12.0),
        track(12, Class::Car, [-1.75, 24.0], Some(180.0), 0.0),
        track(13, Class::Bus, [-5.25, 44.0 - phase], Some(180.0), 1.0),
        track(14, Class::Bicycle, [8.0 - phase * 0.2, 20.0 - phase * 3.5], Some(183.0), 3.5),
        track(15, Class::Pedestrian, [-6.0 + phase * 1.1, 15.2], Some(90.0), 1.1),
        track(16, Class::Pedestrian, [-8.5, -19.0], None, 0.0),
        track(17, Class::Unknown, [20.0, -12.0], None, 0.2),
        track(18, Class::Truck, [40.0, 1.75], Some(270.0), 0.0),
    ];
    let radar = |mut track: ConsoleTrack| {
        track.sources = vec!["radar-n".into()];
        track.simulated = true;
        track
    };
    tracks.push(radar(track(21, Class::Car, [1.75, 22.0 + phase * 4.0], Some(0.0), 13.9)));
    tracks.push(radar(track(22, Class::Van, [-1.75, 72.0 - phase * 2.0], Some(180.0), 9.0)));
    tracks
}

/// What there is to see at `t_us`. The lights stand still, so that their countdown can be read.
pub fn state(t_us: i64) -> ConsoleState {
    let signal = |group, light, left_s| ConsoleSignal { group, light, left_s, confidence: None, held: None };
    let sensor = |id: &str, kind: &str, state, simulated, per_s, age_s, detail: &str| ConsoleSensor {
        id: id.into(),
        kind: kind.into(),
        state,
        simulated,
        per_s,
        age_s,
        detail: detail.into(),
    };
    let link = |id: &str, kind: &str, state, detail: &str| ConsoleLink {
        id: id.into(),
        kind: kind.into(),
        state,
        detail: detail.into(),
    };
    let message = |message: &str, per_s, last_bytes| ConsoleMessage {
        set: "cn".into(),
        message: message.into(),
        per_s,
        last_bytes,
    };
    let lane = |lane: &str, flow_per_h, mean_speed_mps, occupancy, queue| ConsoleLaneTraffic {
        lane: lane.into(),
        flow_per_h: Some(flow_per_h),
        mean_speed_mps,
        occupancy,
        queue,
    };
    let bays = BAYS.into_iter().enumerate().map(|(index, status)| ConsoleBay { bay: format!("{}", index + 1), status });
    let lot = ConsoleLot {
        lot: "p-east".into(),
        name: "East kerb".into(),
        free: 3,
        occupied: 1,
        unknown: 1,
        bays: bays.collect(),
    };
    ConsoleState {
        uptime_s: 4210.0,
        tracks: tracks(t_us as f64 * 1e-6),
        signals: vec![
            signal(1, Light::Green, Some(12.3)),
            signal(2, Light::Red, Some(20.8)),
            signal(3, Light::Red, Some(17.3)),
            signal(4, Light::FlashingYellow, None),
            ConsoleSignal { held: Some("clearance_skipped".into()), ..signal(5, Light::Unavailable, None) },
        ],
        signal_age_s: Some(0.05),
        parking: vec![lot],
        sensors: vec![
            sensor("cam-sw", "camera", Level::Ok, false, 9.98, Some(0.07), ""),
            sensor("radar-n", "radar", Level::Ok, true, 20.0, Some(0.03), ""),
            sensor(
                "cam-ne",
                "camera",
                Level::Failed,
                false,
                0.0,
                None,
                "rtsp://10.0.0.7/1: connection refused; next try in 8 s",
            ),
        ],
        links: vec![
            link("obu-radio", "pc5", Level::Ok, "127.0.0.1:30299"),
            link("uu", "5g", Level::Ok, "2 vehicles"),
            link("city", "city", Level::Degraded, "no peer for 42 s"),
        ],
        messages: vec![message("SPAT", 10.0, 88), message("MAP", 1.0, 612), message("RSM", 10.0, 431)],
        latency: ConsoleLatency { capture_to_radio_p50_ms: Some(43.2), capture_to_radio_p99_ms: Some(71.9) },
        drops: vec![ConsoleDrop { place: "align".into(), reason: "too_late".into(), count: 3 }],
        held: vec![ConsoleDrop { place: "SPAT".into(), reason: "clearance_skipped".into(), count: 52 }],
        lanes: vec![
            lane("n-in/1", 420.0, Some(8.3), Some(0.31), Some(3)),
            lane("n-in/2", 360.0, Some(11.1), Some(0.12), Some(0)),
            lane("e-in/1", 0.0, None, Some(0.0), None),
        ],
        ..ConsoleState::new(t_us, "demo-junction", "demo-city")
    }
}
