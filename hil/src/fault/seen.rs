//! How much of `seen_2s` is left when detections were taken out.
//!
//! A recording does not say which detection is of which object, so that is guessed from the truth: a box is of the object
//! whose projection it overlaps most, a radar target of the nearest object. The guess is not used as a count but as a
//! share: what is left of the messages in which an object was found scales the number that the simulator wrote. So an
//! object of which nothing was taken keeps its number, and one of which all was taken gets 0.

use std::collections::BTreeSet;

use perception::frames::{CameraView, RadarView};

use super::*;
use crate::cuboid::{Cuboid, PixelBox};

/// A box that overlaps less (intersection over union) is of nobody.
const MIN_IOU: f64 = 0.2;
/// A radar target further from the middle than half the length and this is of nobody, metres.
const BEYOND_M: f64 = 2.0;
/// Level of radar reflections, metres above the ground.
const REFLECTION_UP_M: f64 = 0.6;
const WINDOW_US: i64 = 2_000_000;

/// One sensor message: when captured, and which objects are in it.
pub(super) struct Sighting {
    captured_at_us: i64,
    objects: BTreeSet<u64>,
}

enum View {
    Camera(CameraView),
    Radar(RadarView),
}

/// What is found in every sensor message, in the order of capture.
pub(super) fn sightings(site: &SiteGeometry, messages: &[Message]) -> Vec<Sighting> {
    let views: BTreeMap<&str, View> = site.sensors.iter().map(|sensor| (&**sensor.id(), view(sensor))).collect();
    let truth: BTreeMap<i64, Vec<(u64, Cuboid)>> = messages
        .iter()
        .filter(|message| message.topic == "/truth")
        .filter_map(|message| Some((message.captured_at_us()?, objects(&message.body))))
        .collect();
    let mut sightings: Vec<Sighting> =
        messages.iter().filter_map(|message| sighting(views.get(message.sensor()?)?, &truth, message)).collect();
    sightings.sort_by_key(|sighting| sighting.captured_at_us);
    sightings
}

fn view(sensor: &SensorModel) -> View {
    match sensor {
        SensorModel::Camera(model) => View::Camera(CameraView::new(model)),
        SensorModel::Radar(model) => View::Radar(RadarView::new(model)),
    }
}

fn objects(truth: &Value) -> Vec<(u64, Cuboid)> {
    let list = truth.get("objects").and_then(Value::as_array).into_iter().flatten();
    list.filter_map(|object| {
        let read = |name: &str| object.get(name).and_then(Value::as_f64);
        let size_m = [read("length_m").unwrap_or(4.5), read("width_m").unwrap_or(1.8), read("height_m").unwrap_or(1.5)];
        let heading_cw_north_rad = read("heading_rad").unwrap_or(0.0);
        let position_enu_m = [read("east_m")?, read("north_m")?];
        Some((object.get("id")?.as_u64()?, Cuboid { position_enu_m, heading_cw_north_rad, size_m }))
    })
    .collect()
}

fn sighting(view: &View, truth: &BTreeMap<i64, Vec<(u64, Cuboid)>>, message: &Message) -> Option<Sighting> {
    let captured_at_us = message.captured_at_us()?;
    let before = truth.range(..=captured_at_us).next_back();
    let after = truth.range(captured_at_us..).next();
    let (_, there) = [before, after].into_iter().flatten().min_by_key(|(at_us, _)| at_us.abs_diff(captured_at_us))?;
    let objects = match view {
        View::Camera(view) => in_frame(view, there, &message.body),
        View::Radar(view) => in_scan(view, there, &message.body),
    };
    Some(Sighting { captured_at_us, objects: objects.unwrap_or_default() })
}

/// `None`: a body that a reader refuses as a whole.
fn in_frame(view: &CameraView, there: &[(u64, Cuboid)], body: &Value) -> Option<BTreeSet<u64>> {
    let projected: Vec<(u64, PixelBox)> =
        there.iter().filter_map(|(id, cuboid)| Some((*id, cuboid.seen_by(view)?))).collect();
    let mut found = BTreeSet::new();
    for detection in body.get("boxes")?.as_array()? {
        let read = |name: &str| detection.get(name)?.as_f64();
        let (left, top) = (read("x_px")?, read("y_px")?);
        let detected = PixelBox { left, top, right: left + read("w_px")?, bottom: top + read("h_px")? };
        let overlaps = projected.iter().map(|(id, projection)| (*id, detected.iou(projection)));
        let best = overlaps.max_by(|a, b| a.1.total_cmp(&b.1));
        found.extend(best.filter(|(_, iou)| *iou >= MIN_IOU).map(|(id, _)| id));
    }
    Some(found)
}

/// `None`: a body that a reader refuses as a whole.
fn in_scan(view: &RadarView, there: &[(u64, Cuboid)], body: &Value) -> Option<BTreeSet<u64>> {
    let mut found = BTreeSet::new();
    for target in body.get("targets")?.as_array()? {
        let read = |name: &str| target.get(name)?.as_f64();
        let Some([e, n]) = view.ground(read("range_m")?, read("azimuth_rad")?, REFLECTION_UP_M) else { continue };
        let distances = there.iter().map(|(id, cuboid)| {
            let [east, north] = cuboid.position_enu_m;
            (*id, (e - east).hypot(n - north) - cuboid.size_m[0] / 2.0)
        });
        let nearest = distances.min_by(|a, b| a.1.total_cmp(&b.1));
        found.extend(nearest.filter(|(_, distance_m)| *distance_m <= BEYOND_M).map(|(id, _)| id));
    }
    Some(found)
}

/// Scales every `seen_2s` by the share that is left, rounded up.
pub(super) fn reduce(before: &[Sighting], after: &[Sighting], messages: &mut [Message]) {
    for message in messages.iter_mut().filter(|message| message.topic == "/truth") {
        let Some(at_us) = message.captured_at_us() else { continue };
        let (before, after) = (window(before, at_us), window(after, at_us));
        let Some(objects) = message.body.get_mut("objects").and_then(Value::as_array_mut) else { continue };
        for object in objects {
            let id = object.get("id").and_then(Value::as_u64);
            let seen = object.get("seen_2s").and_then(Value::as_u64);
            if let (Some(id), Some(seen)) = (id, seen) {
                object["seen_2s"] = left(seen, count(before, id), count(after, id)).into();
            }
        }
    }
}

fn window(sightings: &[Sighting], at_us: i64) -> &[Sighting] {
    let from = sightings.partition_point(|sighting| sighting.captured_at_us <= at_us.saturating_sub(WINDOW_US));
    let to = sightings.partition_point(|sighting| sighting.captured_at_us <= at_us);
    sightings.get(from..to).unwrap_or_default()
}

fn count(sightings: &[Sighting], id: u64) -> u64 {
    sightings.iter().map(|sighting| u64::from(sighting.objects.contains(&id))).sum()
}

/// An object that was never found by the guess keeps its number: nothing is known of what it lost.
fn left(seen: u64, before: u64, after: u64) -> u64 {
    if before == 0 { seen } else { seen.saturating_mul(after.min(before)).div_ceil(before) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_taken_keeps_the_number_and_all_taken_gives_none() {
        assert_eq!([left(7, 5, 5), left(7, 5, 0), left(7, 5, 3), left(1, 50, 1), left(3, 0, 0)], [7, 0, 5, 1, 3]);
    }
}
