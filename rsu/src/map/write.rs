//! [`SiteMap`] to GeoJSON, one feature a line, so that a change shows in a diff.

use perception::calibration::Origin;
use perception::frames::{SiteFrame, Wgs84};
use serde_json::{Map, Value, json};

use super::{Link, MapLane, SiteMap};

pub(super) fn write(map: &SiteMap, origin: &Origin) -> String {
    let mut features = Vec::new();
    for node in &map.nodes {
        let mut properties = json!({"kind": "node", "region": node.id.region, "id": node.id.id});
        put(&mut properties, "name", node.name.as_deref());
        put(&mut properties, "served", node.served.then_some(true));
        put(&mut properties, "source", node.source.as_deref());
        features.push(feature(&properties, "Point", &place(&node.position)));
    }
    for link in &map.links {
        features.push(self::link(link));
        features.extend(link.lanes.iter().map(|lane| self::lane(link, lane)));
    }
    for stop in &map.stop_lines {
        features.push(feature(&json!({"kind": "stop_line", "link": stop.link}), "LineString", &line(&stop.points)));
    }
    for link in &map.links {
        for lane in &link.lanes {
            features.extend(connections(link, lane));
        }
    }
    for crosswalk in &map.crosswalks {
        let mut properties = json!({"kind": "crosswalk", "id": crosswalk.id});
        put(&mut properties, "signal_group", crosswalk.signal_group);
        put(&mut properties, "confirmed", (!crosswalk.confirmed).then_some(false));
        features.push(feature(&properties, "Polygon", &ring(&crosswalk.polygon)));
    }
    let frame = SiteFrame::new(*origin);
    let on_ground = |at: &[f64; 2]| Wgs84 { ellipsoidal_height_m: 0.0, ..frame.wgs84_from_enu([at[0], at[1], 0.0]) };
    let outline = |points: &[[f64; 2]]| ring(&points.iter().map(on_ground).collect::<Vec<_>>());
    features.extend(super::parking::write(&map.lots, &map.car_parks, on_ground, outline));
    if !map.region_enu_m.is_empty() {
        features.push(feature(&json!({"kind": "region"}), "Polygon", &outline(&map.region_enu_m)));
    }
    format!("{{\n\"type\": \"FeatureCollection\",\n\"features\": [\n{}\n]}}\n", features.join(",\n"))
}

fn link(link: &Link) -> String {
    let mut properties = json!({
        "kind": "link", "id": link.id, "region": link.to.region, "from": link.from.id, "to": link.to.id,
    });
    put(&mut properties, "speed_limit_mps", link.speed_limit_mps.map(|limit| (limit * 100.0).round() / 100.0));
    put(&mut properties, "source", link.source.as_deref());
    feature(&properties, "LineString", &line(&link.points))
}

fn lane(link: &Link, lane: &MapLane) -> String {
    let width_m = (lane.width_m * 100.0).round() / 100.0;
    let mut properties = json!({"kind": "lane", "link": link.id, "lane": lane.number, "width_m": width_m});
    let allowed: Vec<&str> = lane.allowed.iter().map(|class| class.as_str()).collect();
    put(&mut properties, "allowed", (!allowed.is_empty()).then_some(allowed));
    feature(&properties, "LineString", &line(&lane.points))
}

fn connections<'a>(link: &'a Link, lane: &'a MapLane) -> impl Iterator<Item = String> + 'a {
    lane.connections.iter().map(|connection| {
        let mut properties = json!({
            "kind": "connection", "from_link": link.id, "from_lane": lane.number, "to_link": connection.to_link,
            "to_lane": connection.to_lane, "maneuver": connection.maneuver,
        });
        put(&mut properties, "signal_group", connection.signal_group);
        put(&mut properties, "confirmed", (!connection.confirmed).then_some(false));
        feature(&properties, "LineString", &self::line(&connection.points))
    })
}

pub(super) fn put(properties: &mut Value, key: &str, value: Option<impl Into<Value>>) {
    if let (Some(value), Some(properties)) = (value, properties.as_object_mut()) {
        properties.insert(key.to_owned(), value.into());
    }
}

pub(super) fn feature(properties: &Value, shape: &str, coordinates: &Value) -> String {
    // Written by hand so that the type comes first and the coordinates last, whatever order the map type has.
    let geometry = format!("{{\"type\": \"{shape}\", \"coordinates\": {coordinates}}}");
    let properties = properties.as_object().map(in_order).unwrap_or_default();
    format!("{{\"type\": \"Feature\", \"properties\": {{{properties}}}, \"geometry\": {geometry}}}")
}

/// `kind` first, then the rest by name.
fn in_order(properties: &Map<String, Value>) -> String {
    let mut entries: Vec<(&String, &Value)> = properties.iter().collect();
    entries.sort_by_key(|(key, _)| (*key != "kind", key.as_str()));
    entries.iter().map(|(key, value)| format!("{}: {value}", json!(key))).collect::<Vec<_>>().join(", ")
}

/// Longitude first, RFC 7946 §3.1.1; nine decimals are a tenth of a millimetre.
pub(super) fn place(place: &Wgs84) -> Value {
    let round = |value: f64| (value * 1e9).round() / 1e9;
    let mut coordinates = vec![round(place.lon_deg), round(place.lat_deg)];
    if place.ellipsoidal_height_m != 0.0 {
        coordinates.push((place.ellipsoidal_height_m * 1000.0).round() / 1000.0);
    }
    json!(coordinates)
}

fn line(points: &[Wgs84]) -> Value {
    points.iter().map(place).collect()
}

/// One ring, closed: its first point once more at the end, RFC 7946 §3.1.6.
fn ring(points: &[Wgs84]) -> Value {
    let closed: Value = points.iter().chain(points.first()).map(place).collect();
    json!([closed])
}
