//! The console's map from the site's geometry.

use perception::calibration::{CameraModel, RadarModel, SensorModel};
use perception::frames::{SiteFrame, Wgs84};

use super::state::{
    ConsoleBayOutline, ConsoleConnection, ConsoleCrosswalk, ConsoleLane, ConsoleMap, ConsoleNode, ConsoleSensorPose,
    MAP_SCHEMA,
};
use crate::config::Site;
use crate::map::{Link, MapLane, SiteMap, enu2};

impl ConsoleMap {
    /// What the page draws of a site.
    pub fn from_site(site: &Site) -> Self {
        let frame = SiteFrame::new(site.geometry.origin);
        let mut map = Self {
            schema: MAP_SCHEMA.into(),
            site: site.name.clone(),
            city: site.city.clone(),
            lanes: lanes(&site.map, &frame),
            connections: connections(&site.map, &frame),
            crosswalks: crosswalks(&site.map, &frame),
            bays: bays(&site.map),
            nodes: nodes(&site.map, &frame),
            sensors: site.geometry.sensors.iter().map(pose).collect(),
            bounds_m: None,
        };
        map.bounds_m = map.bounds();
        map
    }

    /// The neighbours' reference points are left out: they only say where the far links lead.
    fn bounds(&self) -> Option<[f64; 4]> {
        let lines = self.lanes.iter().map(|lane| &lane.points_m);
        let paths = self.connections.iter().map(|connection| &connection.points_m);
        let outlines = self.crosswalks.iter().map(|crosswalk| &crosswalk.outline_m);
        let bays = self.bays.iter().map(|bay| &bay.outline_m);
        let points = lines.chain(paths).chain(outlines).chain(bays).flatten();
        let points = points.chain(self.sensors.iter().map(|sensor| &sensor.position_m));
        points.fold(None, |bounds, &[east, north]| {
            let [west_m, south_m, east_m, north_m] = bounds.unwrap_or([east, north, east, north]);
            Some([west_m.min(east), south_m.min(north), east_m.max(east), north_m.max(north)])
        })
    }
}

fn line(frame: &SiteFrame, points: &[Wgs84]) -> Vec<[f64; 2]> {
    points.iter().map(|point| enu2(frame, point)).collect()
}

fn lane_id(link: &Link, lane: &MapLane) -> String {
    format!("{}/{}", link.id, lane.number)
}

fn lanes(map: &SiteMap, frame: &SiteFrame) -> Vec<ConsoleLane> {
    let lanes = map.links.iter().flat_map(|link| link.lanes.iter().map(move |lane| (link, lane)));
    let lane = |(link, lane): (&Link, &MapLane)| ConsoleLane {
        id: lane_id(link, lane),
        width_m: lane.width_m,
        points_m: line(frame, &lane.points),
        signal_group: lane.connections.iter().find_map(|connection| connection.signal_group).map(u32::from),
        leads_on: !lane.connections.is_empty(),
    };
    lanes.map(lane).collect()
}

fn connections(map: &SiteMap, frame: &SiteFrame) -> Vec<ConsoleConnection> {
    let mut all = Vec::new();
    for link in &map.links {
        for lane in &link.lanes {
            all.extend(lane.connections.iter().map(|connection| ConsoleConnection {
                from: lane_id(link, lane),
                to: format!("{}/{}", connection.to_link, connection.to_lane),
                maneuver: connection.maneuver,
                signal_group: connection.signal_group,
                points_m: line(frame, &connection.points),
            }));
        }
    }
    all
}

fn crosswalks(map: &SiteMap, frame: &SiteFrame) -> Vec<ConsoleCrosswalk> {
    let crosswalks = map.crosswalks.iter().map(|crosswalk| ConsoleCrosswalk {
        id: crosswalk.id.clone(),
        outline_m: line(frame, &crosswalk.polygon),
        signal_group: crosswalk.signal_group,
    });
    crosswalks.collect()
}

fn bays(map: &SiteMap) -> Vec<ConsoleBayOutline> {
    let bays = map.lots.iter().flat_map(|lot| lot.bays.iter().map(move |bay| (lot, bay)));
    let outline = bays.map(|(lot, bay)| ConsoleBayOutline {
        lot: lot.id.to_string(),
        bay: bay.id.to_string(),
        outline_m: bay.polygon_enu_m.clone(),
    });
    outline.collect()
}

fn nodes(map: &SiteMap, frame: &SiteFrame) -> Vec<ConsoleNode> {
    let node = map.nodes.iter().map(|node| ConsoleNode {
        id: node.id.id,
        name: node.name.clone(),
        position_m: enu2(frame, &node.position),
        served: node.served,
    });
    node.collect()
}

fn pose(sensor: &SensorModel) -> ConsoleSensorPose {
    match sensor {
        SensorModel::Camera(camera) => camera_pose(camera),
        SensorModel::Radar(radar) => radar_pose(radar),
    }
}

fn radar_pose(radar: &RadarModel) -> ConsoleSensorPose {
    ConsoleSensorPose {
        id: radar.id.to_string(),
        kind: "radar".into(),
        position_m: [radar.position_enu_m[0], radar.position_enu_m[1]],
        azimuth_rad: radar.boresight_azimuth_rad,
        fov_rad: radar.fov_rad,
        range_m: Some(radar.max_range_m),
    }
}

/// Of the pinhole only, without distortion: this is a wedge on a map, not a measurement.
fn camera_pose(camera: &CameraModel) -> ConsoleSensorPose {
    let [fx, _, cx, _] = camera.k;
    let left_rad = (cx / fx).atan();
    let right_rad = ((f64::from(camera.width_px) - cx) / fx).atan();
    let azimuth_of = |bearing_rad: f64| {
        let (right, forward) = bearing_rad.sin_cos();
        let r = &camera.enu_from_camera;
        (r[0] * right + r[2] * forward).atan2(r[3] * right + r[5] * forward)
    };
    ConsoleSensorPose {
        id: camera.id.to_string(),
        kind: "camera".into(),
        position_m: [camera.position_enu_m[0], camera.position_enu_m[1]],
        azimuth_rad: azimuth_of((right_rad - left_rad) / 2.0),
        fov_rad: left_rad + right_rad,
        range_m: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Looks to the east, level: camera x (right) is south, y (down) is down, z (forward) is east.
    fn camera() -> CameraModel {
        CameraModel {
            id: "cam".into(),
            width_px: 1000,
            height_px: 500,
            k: [500.0, 500.0, 500.0, 250.0],
            distortion: [0.0; 5],
            position_enu_m: [3.0, 4.0, 6.0],
            enu_from_camera: [0.0, 0.0, 1.0, -1.0, 0.0, 0.0, 0.0, -1.0, 0.0],
        }
    }

    #[test]
    fn a_camera_that_looks_east_is_drawn_looking_east() {
        let pose = camera_pose(&camera());
        assert!((pose.azimuth_rad.to_degrees() - 90.0).abs() < 1e-9, "{pose:?}");
        assert!((pose.fov_rad.to_degrees() - 90.0).abs() < 1e-9, "{pose:?}");
        assert_eq!((pose.position_m, pose.range_m), ([3.0, 4.0], None));
    }

    #[test]
    fn an_off_centre_picture_turns_the_wedge() {
        // The principal point at the left edge: everything seen lies to the right of the optical axis, towards south.
        let pose = camera_pose(&CameraModel { k: [1000.0, 1000.0, 0.0, 250.0], ..camera() });
        assert!((pose.azimuth_rad.to_degrees() - 112.5).abs() < 1e-9, "{pose:?}");
        assert!((pose.fov_rad.to_degrees() - 45.0).abs() < 1e-9, "{pose:?}");
    }
}
