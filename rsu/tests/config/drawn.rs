//! Mistakes of who draws lots, bays, gates and lanes, or writes `[events]`: each is named with its place, none is run.

use serde_json::{Value, json};

use super::support::{Folder, repository};
use super::{check, one};

/// A place of the demo's map, so many metres to the east and north of its origin.
fn place([east_m, north_m]: [f64; 2]) -> Value {
    json!([120.3119 + east_m / 94_940.0, 31.4912 + north_m / 110_870.0])
}

fn ring(corners: &[[f64; 2]]) -> Value {
    json!([corners.iter().chain(corners.first()).map(|corner| place(*corner)).collect::<Value>()])
}

fn line(points: &[[f64; 2]]) -> Value {
    points.iter().map(|point| place(*point)).collect()
}

fn feature(geometry: &str, coordinates: &Value, properties: &Value) -> Value {
    json!({"type": "Feature", "geometry": {"type": geometry, "coordinates": coordinates}, "properties": properties})
}

fn bay(lot: &str, name: &str, corners: &[[f64; 2]]) -> Value {
    feature("Polygon", &ring(corners), &json!({"kind": "bay", "lot": lot, "bay": name}))
}

fn lot(name: &str, more: &Value) -> Value {
    let mut properties = json!({"kind": "lot", "lot": name});
    properties.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    feature("Point", &place([60.0, 60.0]), &properties)
}

/// Two and a half by five metres, its south-western corner here.
fn corners([east_m, north_m]: [f64; 2]) -> [[f64; 2]; 4] {
    [[0.0, 0.0], [2.5, 0.0], [2.5, 5.0], [0.0, 5.0]].map(|[east, north]| [east_m + east, north_m + north])
}

/// The demo's map, changed, and the change of `site.toml` that names it.
fn map_file(folder: &Folder, change: impl FnOnce(&mut Vec<Value>)) -> String {
    let text = std::fs::read_to_string(repository().join("deploy/demo/map.geojson")).unwrap();
    let mut map: Value = serde_json::from_str(&text).unwrap();
    change(map["features"].as_array_mut().unwrap());
    let path = folder.join("drawn.geojson");
    std::fs::write(&path, map.to_string()).unwrap();
    format!("map = {path:?}")
}

/// One problem with the demo's map and these features, in these words; the last feature is named by its number if it is `alone`. Each
/// test has folders of its own by its `name`.
fn refused(name: &str, alone: bool, features: &[Value], words: &[&str]) {
    let folder = Folder::new(&format!("config-map-{name}"));
    let mut last = 0;
    let map = map_file(&folder, |all| {
        all.extend_from_slice(features);
        last = all.len();
    });
    let number = format!("feature {last} (");
    let place = if alone { &number[..] } else { "drawn.geojson: " };
    one(name, &[("map = \"map.geojson\"", &map)], &[&[place][..], words].concat());
}

#[test]
fn what_is_no_bay_is_named_with_its_feature() {
    let there = corners([60.0, 60.0]);
    let crossed = [there[0], there[1], there[3], there[2]];
    refused("no-bay", true, &[bay("p", "1", &crossed)], &["(bay)", "its outline crosses itself"]);
    refused("no-bay", true, &[bay("p", "1", &[there[0]; 4])], &["(bay)", "encloses nothing"]);
    refused("no-bay", true, &[bay("p", "1", &[there[0], there[1], there[0]])], &["encloses nothing"]);
    let field = [[100.0, 100.0], [200.0, 100.0], [200.0, 200.0], [100.0, 200.0]];
    refused("no-bay", true, &[bay("p", "1", &field)], &["(bay)", "m²; a bay has 0.5 to 300"]);
    let open = json!([there.map(place)]);
    refused(
        "no-bay",
        true,
        &[feature("Polygon", &open, &json!({"kind": "bay", "lot": "p", "bay": "1"}))],
        &["(bay)", "its ring must end at the point where it begins"],
    );
    let up = |corner: &[f64; 2]| json!([place(*corner)[0], place(*corner)[1], 1e300]);
    let sky = json!([there.iter().chain(there.first()).map(up).collect::<Value>()]);
    let floating = feature("Polygon", &sky, &json!({"kind": "bay", "lot": "p", "bay": "1"}));
    refused("no-bay", true, &[floating], &["(bay)", "is not on the ground"]);
    refused(
        "no-bay",
        true,
        &[bay("p", "1", &there), bay("p", "1", &corners([70.0, 60.0]))],
        &["bay 1 of lot p is there twice"],
    );
    refused("no-bay", true, &[bay("a/b", "1", &there)], &["(bay)", "lot"]);
    let again = [bay("p", "1", &there), bay("q", "7", &corners([60.5, 60.5]))];
    refused("no-bay", false, &again, &["bay 7 of lot q lies on bay 1 of lot p"]);
    let wide = [[60.0, 60.0], [72.0, 60.0], [72.0, 65.0], [60.0, 65.0]];
    refused(
        "no-bay",
        false,
        &[bay("p", "1", &there), bay("p", "2", &wide)],
        &["bay 2 of lot p lies on bay 1 of lot p"],
    );
}

#[test]
fn what_is_no_lot_is_named() {
    let bay = bay("p", "1", &corners([60.0, 60.0]));
    let twice = [bay.clone(), lot("p", &json!({"capacity": 10})), lot("p", &json!({"capacity": 20}))];
    refused("no-lot", true, &twice, &["(lot)", "lot p is there twice"]);
    refused("no-lot", true, &[bay.clone(), lot("p", &json!({"max_stay_s": -5.0}))], &["(lot)", "max_stay_s -5"]);
    refused(
        "no-lot",
        true,
        &[bay.clone(), lot("p", &json!({"capacity": 0}))],
        &["(lot)", "capacity must be 1 to 65535"],
    );
    refused("no-lot", true, &[bay.clone(), lot("p", &json!({"capacity": "ten"}))], &["(lot)", "ten"]);
    refused("no-lot", true, &[bay.clone(), lot("p", &json!({"capcity": 10}))], &["(lot)", "capcity"]);
    refused("no-lot", false, &[lot("p", &json!({"capacity": 10}))], &["lot p has no bay, nor a gate and a capacity"]);
    let numbered = [lot("p", &json!({"number": 9})), bay, lot("q", &json!({"number": 9}))];
    let other = self::bay("q", "1", &corners([70.0, 60.0]));
    refused("no-lot", false, &[&numbered[..], &[other]].concat(), &["lots p and q have the same number"]);
}

#[test]
fn what_is_no_gate_and_no_drive_is_named() {
    let gate =
        |points: &[[f64; 2]]| feature("LineString", &line(points), &json!({"kind": "gate", "lot": "p", "gate": "in"}));
    refused(
        "no-gate",
        true,
        &[gate(&[[60.0, 60.0], [60.1, 60.0]])],
        &["(gate)", "its line is 0.1 m long; a gate is 1 to 100"],
    );
    refused("no-gate", true, &[gate(&[[60.0, 60.0], [960.0, 60.0]])], &["(gate)", "a gate is 1 to 100"]);
    refused("no-gate", true, &[gate(&[[60.0, 60.0], [62.0, 60.0], [64.0, 60.0]])], &["(gate)", "must have two points"]);
    let node = |id: u16, at| feature("Point", &place(at), &json!({"kind": "lot_node", "lot": "p", "id": id}));
    let drive = |to: [f64; 2], more: &Value| {
        let mut properties = json!({"kind": "drive", "lot": "p", "drive": 1, "from": 1, "to": 2});
        properties.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let bay = bay("p", "1", &corners([60.0, 60.0]));
        [bay, node(1, [60.0, 55.0]), node(2, to), feature("LineString", &line(&[[60.0, 55.0], to]), &properties)]
    };
    refused("no-gate", true, &drive([60.0, 55.0], &json!({})), &["(drive)", "must be longer than 0.1 m"]);
    refused(
        "no-gate",
        true,
        &drive([80.0, 55.0], &json!({"width_m": -3.0})),
        &["(drive)", "width_m must be more than 0"],
    );
    refused(
        "no-gate",
        true,
        &drive([80.0, 55.0], &json!({"speed_limit_mps": 1e9})),
        &["(drive)", "speed_limit_mps must be"],
    );
    refused("no-gate", false, &drive([80.0, 55.0], &json!({"to": 7})), &["drive 1 of lot p: there is no lot_node 7"]);
}

#[test]
fn a_lane_without_length_and_a_region_that_crosses_itself_are_named() {
    let folder = Folder::new("config-map-lane");
    let is = |kind: &'static str| move |feature: &&mut Value| feature["properties"]["kind"] == kind;
    let map = map_file(&folder, |all| {
        let lane = all.iter_mut().find(is("lane")).unwrap();
        let first = lane["geometry"]["coordinates"][0].clone();
        lane["geometry"]["coordinates"] = json!([first, first]);
    });
    one("no-length", &[("map = \"map.geojson\"", &map)], &["lane `", "must be longer than 0.1 m"]);
    let map = map_file(&folder, |all| {
        let region = all.iter_mut().find(is("region")).unwrap();
        region["geometry"]["coordinates"] = ring(&[[0.0, 0.0], [500.0, 0.0], [0.0, 500.0], [600.0, 500.0]]);
    });
    one("region", &[("map = \"map.geojson\"", &map)], &["(region)", "its outline crosses itself"]);
}

#[test]
fn what_cannot_be_of_events_is_named_by_its_key() {
    let with = |name: &str, lines: &str, words: &[&str]| {
        one(name, &[("[cloud]", &format!("[events]\n{lines}\n\n[cloud]"))], words);
    };
    with("events-ratio", "slow_ratio = 5.0", &["events.slow_ratio is 5; 0.05 to 0.9"]);
    with("events-nan", "congestion_window_s = nan", &["events.congestion_window_s is NaN"]);
    with("events-forever", "stopped_after_s = inf", &["events.stopped_after_s is inf; 1 to 3600"]);
    with("events-kind", "off = [\"landslide\"]", &["landslide", "flooding"]);
    let place = |second: &str| {
        format!(
            "[[events.no_stopping]]\nlanes = []\npolygon_enu_m = [[0, 0], [9, 0], [0, 9]]\n[[events.no_stopping]]\n{second}"
        )
    };
    with("events-nowhere", &place("after_s = 60.0"), &["events.no_stopping 2 has neither polygon_enu_m nor lanes"]);
    let crossed = "polygon_enu_m = [[0, 0], [9, 0], [0, 9], [12, 9]]";
    with("events-crossed", &place(crossed), &["events.no_stopping 2 polygon_enu_m crosses itself"]);
    let nan = "polygon_enu_m = [[0, 0], [nan, 0], [0, 9]]";
    with("events-no-corner", &place(nan), &["events.no_stopping 2 polygon_enu_m encloses nothing"]);
    with("events-lane", &place("lanes = [\"moon/1\"]"), &["events.no_stopping 2 names the lane \"moon/1\""]);
    let after = "lanes = [\"moon/1\"]\nafter_s = -1.0";
    let (code, said, _) = check("events-after", &[("[cloud]", &format!("[events]\n{}\n\n[cloud]", place(after)))]);
    assert_eq!((code, said["problems"].as_array().unwrap().len()), (1, 2), "{said}");
    assert!(said.to_string().contains("events.no_stopping 2 after_s is -1; 0 to 86400"), "{said}");
    let gauge = "[[events.gauges]]\nid = \"dip\"\nplace_enu_m = [3.0, 4.0]\n";
    with("events-gauges", &gauge.repeat(2), &["events.gauges \"dip\" is there twice"]);
    with("events-far", &gauge.replace("3.0", "1e9"), &["events.gauges \"dip\" place_enu_m is", "within 10000 m"]);
    with("events-dry", &gauge.replace("3.0", "nan"), &["events.gauges \"dip\" place_enu_m is"]);
    let many: String = (0..65).map(|number| gauge.replace("dip", &format!("dip-{number}"))).collect();
    with("events-many", &many, &["events.gauges are 65; 64 at most"]);
}

#[test]
fn what_is_drawn_well_is_in_order() {
    let folder = Folder::new("config-map-well");
    let map = map_file(&folder, |all| {
        let bays = (0..4).map(|n| bay("p", &n.to_string(), &corners([60.0 + 2.5 * f64::from(n), 60.0])));
        all.extend(bays.chain([lot("p", &json!({"capacity": 4, "number": 65_535}))]));
        // Far from every sensor: nobody will ever know of it, and that is what is said of it.
        all.push(bay("far", "1", &corners([900.0, 900.0])));
    });
    let (code, _, plain) = check("drawn-well", &[("map = \"map.geojson\"", &map)]);
    assert_eq!(code, 0, "{plain}");
}
