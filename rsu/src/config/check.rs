//! From the file as written to a [`Site`] that can be run, or to everything that is wrong with it.

use std::path::Path;

use asn1::ObjectIdentifier;
use perception::calibration::{CameraModel, Origin, RadarModel, RadarSigma, SensorModel, SiteGeometry};
use perception::traffic::windows_s;
use serde::Deserialize;

use super::file::{CameraFile, DetectorFile, FusionFile, GateFile, RadarFile, RadioFile, SITE_FILE_VERSION, SiteFile};
use super::{Camera, CloudFile, Radar, SignalFile, Site, events};
use crate::evidence::EvidenceSettings;
use crate::gate::Limits;
use crate::guidance::GuidanceSettings;
use crate::map::SiteMap;
use crate::map::conflicts::Conflicts;
use crate::priority::{LARGEST_AID, Policy};

/// Collects problems while it turns the file into a [`Site`].
pub(super) struct Checker<'a> {
    base: &'a Path,
    problems: Vec<String>,
}

impl<'a> Checker<'a> {
    /// Files that `site.toml` names are looked for in `base`.
    pub(super) fn new(base: &'a Path) -> Self {
        Self { base, problems: Vec::new() }
    }

    pub(super) fn site(mut self, mut file: SiteFile) -> Result<Site, Vec<String>> {
        if file.version != SITE_FILE_VERSION {
            self.problem("version", format!("is {}, this program reads {SITE_FILE_VERSION}", file.version));
        }
        self.name("name", &file.name);
        self.name("city", &file.city);
        let cn = self.dialect("broadcast.cn", &file.broadcast.cn, asn1::Dialect::is_cn);
        let us = self.dialect("broadcast.us", &file.broadcast.us, asn1::Dialect::is_us);
        let rsu_id = self.rsu_id(&file.broadcast.rsu_id);
        let map_max_octets = file.broadcast.map_max_octets;
        if !(300..=2301).contains(&map_max_octets) {
            self.problem("broadcast.map_max_octets", format!("is {map_max_octets}; use 300 to 2301"));
        }
        let pam_aid = file.broadcast.pam_aid;
        if let Some(aid) = pam_aid.filter(|aid| *aid > LARGEST_AID) {
            self.problem("broadcast.pam_aid", format!("is {aid}; use 0 to {LARGEST_AID}"));
        }
        let road_authority = self.road_authority(file.broadcast.road_authority.as_deref(), us.is_some());
        let origin = Origin::from(file.origin);
        let map = self.map(&file.map, &origin);
        let cameras: Vec<Camera> = file.cameras.iter().filter_map(|camera| self.camera(camera)).collect();
        let radars: Vec<Radar> = file.radars.iter().map(radar).collect();
        if !cameras.is_empty() && file.detector.is_none() {
            self.problem("detector", "is missing, and there is a camera".into());
        }
        let detector = file.detector.map(|detector| DetectorFile {
            model: self.base.join(&detector.model),
            onnxruntime: detector.onnxruntime.map(|path| self.base.join(path)),
            ..detector
        });
        if let Some(signal) = &mut file.signal {
            signal.base(self.base);
            self.signal(signal, map.as_ref());
        }
        self.gate(&file.gate, file.signal.as_ref(), map.as_ref(), &origin);
        for (key, text) in events::problems(&file.events, map.as_ref()) {
            self.problem(&key, text);
        }
        for gauge in &file.events.gauges {
            self.name("events.gauges id", &gauge.id);
        }
        if !(0.0..=1.0).contains(&file.event_codes.least_confidence) {
            self.problem("event_codes.least_confidence", "must be 0 to 1".into());
        }
        if let Some(cloud) = &mut file.cloud {
            self.cloud(cloud);
        }
        for (key, text) in file.priority.iter().flat_map(Policy::problems) {
            self.problem(key, text);
        }
        if let Some(guidance) = &file.parking_guidance {
            self.guidance(guidance, cn.is_some() && pam_aid.is_some(), map.as_ref());
        }
        for (key, text) in file.evidence.iter().flat_map(EvidenceSettings::problems) {
            self.problem(key, text);
        }
        let receivers = file.receivers.iter().chain(&file.water).map(|receiver| receiver.id.to_string()).collect();
        self.component_names(&file.cameras, &file.radars, &file.radios, receivers);
        let map = map.unwrap_or_default();
        let geometry = SiteGeometry {
            name: file.name.clone(),
            origin,
            sensors: cameras
                .iter()
                .map(|camera| SensorModel::Camera(camera.model.clone()))
                .chain(radars.iter().map(|radar| SensorModel::Radar(radar.model.clone())))
                .collect(),
            lanes: map.lanes_enu(&origin),
        };
        if let Err(error) = geometry.validate() {
            self.problem("sensors and lanes", error.to_string());
        }
        if !self.problems.is_empty() {
            return Err(self.problems);
        }
        Ok(Site {
            name: file.name,
            city: file.city,
            geometry,
            map,
            cn,
            us,
            rsu_id,
            map_max_octets,
            pam_aid,
            road_authority,
            cameras,
            radars,
            detector,
            fusion: FusionFile {
                ghost_model: file.fusion.ghost_model.map(|folder| self.base.join(folder)),
                ..file.fusion
            },
            signal: file.signal,
            gate: file.gate,
            events: file.events,
            event_codes: file.event_codes,
            evidence: file.evidence,
            radios: file.radios,
            receivers: file.receivers,
            water: file.water,
            priority: file.priority,
            parking_guidance: file.parking_guidance,
            cloud: file.cloud,
            console_listen: file.console.listen,
            state_dir: self.base.join(file.state_dir),
        })
    }

    fn guidance(&mut self, guidance: &GuidanceSettings, says_pam: bool, map: Option<&SiteMap>) {
        for (key, text) in guidance.problems() {
            self.problem(key, text);
        }
        if !says_pam {
            self.problem("parking_guidance", "is told in PAM: set broadcast.cn and broadcast.pam_aid".into());
        }
        if map.is_some_and(|map| map.car_parks.iter().all(|park| park.drives.is_empty())) {
            self.problem("parking_guidance", "leads along drives, and the map has none".into());
        }
    }

    fn cloud(&mut self, cloud: &mut CloudFile) {
        if let Some(tls) = &mut cloud.tls {
            let own = [&mut tls.certificate_file, &mut tls.private_key_file].into_iter().flatten();
            own.chain([&mut tls.root_ca_file]).for_each(|path| *path = self.base.join(&*path));
        }
        if let Some(kind) = cloud.outbox.keys().find(|kind| !kind.is_promised()) {
            self.problem(&format!("cloud.outbox.{kind}"), "is not kept in the outbox".into());
        }
        self.one_of("cloud.mode", &cloud.mode, &["peer", "client"]);
        self.one_of("cloud.encoding", &cloud.encoding, &["json", "cbor"]);
        if let Err(error) = crate::city::link(cloud).check() {
            self.problem("cloud", error.to_string());
        }
        if let Err(error) = cloud_bridge::command_keys(&cloud.command_keys) {
            self.problem("cloud.command_keys", error.to_string());
        }
        let allow = &cloud.commands.allow;
        let release_key = cloud.commands.release_key.as_ref();
        if let Some(Err(error)) = release_key.map(|key| cloud_bridge::key_octets("release_key", key)) {
            self.problem("cloud.commands", error.to_string());
        }
        if release_key.is_some_and(|key| cloud.command_keys.values().any(|other| other == key)) {
            self.problem("cloud.commands.release_key", "is one of cloud.command_keys: use another".into());
        }
        if allow.contains(&cloud_bridge::CommandKind::Software) && release_key.is_none() {
            self.problem("cloud.commands.allow", "names \"software\", and there is no release_key".into());
        }
        if !allow.is_empty() && cloud.command_keys.is_empty() {
            self.problem("cloud.commands.allow", "allows commands, and cloud.command_keys is empty".into());
        }
        let (ready_for_s, within_s) = (cloud.commands.ready_for_s, cloud.commands.ready_within_s);
        if !(1..=within_s).contains(&ready_for_s) || within_s > 3600 {
            let text =
                format!("is {ready_for_s}, and ready_within_s {within_s}; 1 <= ready_for_s <= ready_within_s <= 3600");
            self.problem("cloud.commands.ready_for_s", text);
        }
        if cloud.traffic_window_s == 0 || 3600 % cloud.traffic_window_s != 0 {
            self.problem("cloud.traffic_window_s", "must divide an hour".into());
        }
        let there: Vec<u32> = windows_s(cloud.traffic_window_s).collect();
        if let Some(other) = cloud.traffic_told_s.iter().flatten().find(|told_s| !there.contains(told_s)) {
            self.problem("cloud.traffic_told_s", format!("names {other}; there are windows of {there:?} seconds"));
        }
    }

    fn problem(&mut self, key: &str, text: String) {
        self.problems.push(format!("{key} {text}"));
    }

    fn name(&mut self, key: &str, name: &str) {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if name.is_empty() || name.len() > 63 || !name.chars().all(plain) {
            self.problem(key, format!("is {name:?}; use 1 to 63 letters, digits, '-', '_', '.'"));
        }
    }

    /// Health, metrics and console tell components apart by name alone.
    fn component_names(
        &mut self,
        cameras: &[CameraFile],
        radars: &[RadarFile],
        radios: &[RadioFile],
        receivers: Vec<String>,
    ) {
        let cameras = cameras.iter().map(|camera| camera.id.to_string());
        let radars = radars.iter().map(|radar| radar.id.to_string());
        let radios = radios.iter().map(|radio| radio.id().to_owned());
        let mut seen = vec!["city".to_owned()];
        for id in cameras.chain(radars).chain(radios).chain(receivers) {
            self.name("id", &id);
            if seen.contains(&id) {
                self.problem("id", format!("{id:?} is there twice, or is the city's"));
            }
            seen.push(id);
        }
    }

    fn one_of(&mut self, key: &str, value: &str, allowed: &[&str]) {
        if !allowed.contains(&value) {
            self.problem(key, format!("is {value:?}; use one of {}", allowed.join(", ")));
        }
    }

    fn dialect(&mut self, key: &str, text: &str, family: fn(asn1::Dialect) -> bool) -> Option<asn1::Dialect> {
        if text.is_empty() {
            return None;
        }
        match text.parse::<asn1::Dialect>() {
            Ok(dialect) if family(dialect) => Some(dialect),
            Ok(_) => {
                self.problem(key, format!("is {text:?}, which belongs to the other family"));
                None
            }
            Err(error) => {
                self.problem(key, format!("is {text:?}: {error}"));
                None
            }
        }
    }

    fn rsu_id(&mut self, hex: &str) -> [u8; 8] {
        let digits_ok = hex.len() == 16 && hex.bytes().all(|b| b.is_ascii_hexdigit());
        match u64::from_str_radix(hex, 16) {
            Ok(id) if digits_ok => id.to_be_bytes(),
            _ => {
                self.problem("broadcast.rsu_id", format!("is {hex:?}; use 16 hex digits"));
                [0; 8]
            }
        }
    }

    fn road_authority(&mut self, dotted: Option<&str>, us: bool) -> Option<ObjectIdentifier> {
        let dotted = dotted?;
        let arcs: Option<Vec<u32>> = dotted.split('.').map(|arc| arc.parse().ok()).collect();
        let authority = arcs.and_then(ObjectIdentifier::new);
        if authority.is_none() {
            self.problem(
                "broadcast.road_authority",
                format!("is {dotted:?}; use an object identifier, like \"1.3.6.1.4.1.1\""),
            );
        } else if !us {
            self.problem("broadcast.road_authority", "is for RSM of the US set: set broadcast.us".into());
        }
        authority
    }

    fn map(&mut self, path: &Path, origin: &Origin) -> Option<SiteMap> {
        let path = self.base.join(path);
        let result = std::fs::read_to_string(&path)
            .map_err(|error| vec![error.to_string()])
            .and_then(|text| SiteMap::parse(&text, origin));
        if result.as_ref().is_ok_and(|map| !map.groups_are_confirmed()) {
            let text = "has signal groups that an import guessed: `rsu map check` lists them; confirm each";
            self.problem("map", format!("{}: {text}", path.display()));
        }
        result
            .map_err(|problems| {
                for text in problems {
                    self.problem("map", format!("{}: {text}", path.display()));
                }
            })
            .ok()
    }

    fn camera(&mut self, camera: &CameraFile) -> Option<Camera> {
        #[derive(Deserialize)]
        struct CalibrationFile {
            sensor: SensorModel,
        }
        let path = self.base.join(&camera.calibration);
        let key = format!("camera {:?} calibration {}:", camera.id, path.display());
        let parsed = std::fs::read_to_string(&path)
            .map_err(|error| error.to_string())
            .and_then(|text| serde_json::from_str::<CalibrationFile>(&text).map_err(|error| error.to_string()));
        match parsed {
            Ok(CalibrationFile { sensor: SensorModel::Camera(model) }) => {
                let is_url = camera.url.contains("://");
                let url = if is_url { camera.url.clone() } else { self.base.join(&camera.url).display().to_string() };
                Some(Camera { model: CameraModel { id: camera.id.clone(), ..model }, url, repeat: camera.repeat })
            }
            Ok(_) => {
                self.problem(&key, "it is not a camera's".into());
                None
            }
            Err(error) => {
                self.problem(&key, error);
                None
            }
        }
    }

    fn gate(&mut self, gate: &GateFile, signal: Option<&SignalFile>, map: Option<&SiteMap>, origin: &Origin) {
        for (key, value, least, most) in [
            ("gate.recover_s", gate.recover_s, 1.0, 600.0),
            ("gate.min_clearance_s", gate.min_clearance_s, 0.0, 30.0),
            ("gate.countdown_tolerance_s", gate.countdown_tolerance_s, 0.2, 10.0),
        ] {
            if !(least..=most).contains(&value) {
                self.problem(key, format!("is {value}; {least} to {most}"));
            }
        }
        let Some(map) = map else { return };
        let groups = map.signal_groups();
        for (key, pairs) in [("gate.conflict", &gate.conflict), ("gate.no_conflict", &gate.no_conflict)] {
            for [a, b] in pairs {
                if a == b || !groups.contains(a) || !groups.contains(b) {
                    self.problem(key, format!("[{a}, {b}] is no pair of groups of the map"));
                }
            }
        }
        let is_denied =
            |[a, b]: &&[u8; 2]| gate.no_conflict.contains(&[*a, *b]) || gate.no_conflict.contains(&[*b, *a]);
        if let Some(pair) = gate.conflict.iter().find(is_denied) {
            self.problem("gate.conflict", format!("{pair:?} is also in gate.no_conflict"));
        }
        // Nobody would ever hear of such a plan: the gate holds it back.
        if let Some(SignalFile::FixedTime(settings)) = signal
            && settings.plan().is_ok()
        {
            let conflicts = Conflicts::of(map, origin, &Limits::from(gate).conflicts);
            for (number, stage) in (1..).zip(&settings.stage) {
                for [a, b] in conflicts.within(&stage.groups) {
                    self.problem("signal", format!("stage {number}: groups {a} and {b} conflict"));
                }
            }
        }
    }

    fn signal(&mut self, signal: &SignalFile, map: Option<&SiteMap>) {
        let found = signal.problems(map.map(SiteMap::signal_groups).as_deref());
        for text in found {
            self.problem("signal", text);
        }
    }
}

fn radar(file: &RadarFile) -> Radar {
    let model = RadarModel {
        id: file.id.clone(),
        position_enu_m: file.position_enu_m,
        boresight_azimuth_rad: file.boresight_azimuth_deg.to_radians(),
        fov_rad: file.fov_deg.to_radians(),
        max_range_m: file.max_range_m,
        sigma: RadarSigma {
            range_m: file.sigma_range_m,
            azimuth_rad: file.sigma_azimuth_deg.to_radians(),
            range_rate_mps: file.sigma_range_rate_mps,
        },
    };
    Radar { model, listen: file.listen }
}
