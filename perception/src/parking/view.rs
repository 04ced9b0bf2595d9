//! What a camera can tell of a bay: whether a vehicle in it would be in the picture, large enough, and not hidden.

use crate::calibration::{SensorModel, SiteGeometry};
use crate::detection::SensorId;
use crate::frames::{CameraView, RadarView, inside, unit_from_heading};
use crate::priors::class_prior;
use crate::track::Track;

/// A vehicle that would be lower than this in the picture is not reliably found by a detector, pixels.
const LEAST_HEIGHT_PX: f64 = 14.0;
/// Where in a bay a parked vehicle is looked for, as shares of the bay's length and width, and how high, metres.
const LOOK_ALONG: [f64; 3] = [-0.33, 0.0, 0.33];
const LOOK_ACROSS: [f64; 2] = [-0.25, 0.25];
const LOOK_UP_M: [f64; 2] = [0.5, 1.3];
/// Points of a footprint along and across at which it is compared with a bay.
const STEPS: [u32; 2] = [9, 5];

/// An upright box on the ground.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Block {
    /// Middle of its footprint, metres east and north.
    pub middle: [f64; 2],
    /// Unit vector along its length.
    pub along: [f64; 2],
    /// Length, width, height, metres.
    pub size_m: [f64; 3],
}

impl Block {
    /// A road user. One of which nobody knows where it points lies as `along` says.
    pub(super) fn of(track: &Track, along: [f64; 2]) -> Self {
        let prior = class_prior(track.class);
        let size_m = [
            track.length_m.unwrap_or(prior.length_m),
            track.width_m.unwrap_or(prior.width_m),
            track.height_m.unwrap_or(prior.height_m),
        ];
        let along = track.heading_cw_north_rad.map_or(along, unit_from_heading);
        Self { middle: track.position_enu_m, along, size_m }
    }

    /// A place in it: `forward` and `left` as shares of length and width from the middle.
    fn place(&self, forward: f64, left: f64) -> [f64; 2] {
        let ([e, n], [f, l]) = (self.along, [forward * self.size_m[0], left * self.size_m[1]]);
        [self.middle[0] + f * e - l * n, self.middle[1] + f * n + l * e]
    }

    /// Share of its footprint that lies in a polygon, once it is `by_m` shorter and narrower on each side.
    pub(super) fn share_inside(&self, polygon: &[[f64; 2]], by_m: f64) -> f64 {
        let [length_m, width_m, height_m] = self.size_m;
        let size_m = [(length_m - 2.0 * by_m).max(0.1), (width_m - 2.0 * by_m).max(0.1), height_m];
        let smaller = Self { size_m, ..*self };
        let at = |index: u32, steps: u32| (f64::from(index) + 0.5) / f64::from(steps) - 0.5;
        let [along, across] = STEPS;
        let within = (0..along)
            .flat_map(|i| (0..across).map(move |j| (i, j)))
            .filter(|(i, j)| inside(polygon, smaller.place(at(*i, along), at(*j, across))));
        let hits = u32::try_from(within.count()).unwrap_or(0);
        f64::from(hits) / f64::from(along * across) * (smaller.size_m[0] * smaller.size_m[1]) / (length_m * width_m)
    }

    /// Area of the footprint, m².
    pub(super) fn area_m2(&self) -> f64 {
        self.size_m[0] * self.size_m[1]
    }

    /// Whether it stands in the line of sight from `eye` to `point`; one that holds the point does not.
    fn hides(&self, eye: [f64; 3], point: [f64; 3]) -> bool {
        let in_it = |p: [f64; 3]| {
            let [e, n] = [p[0] - self.middle[0], p[1] - self.middle[1]];
            [e * self.along[0] + n * self.along[1], n * self.along[0] - e * self.along[1]]
        };
        let (from, to) = (in_it(eye), in_it(point));
        let (mut enters, mut leaves) = (0.0_f64, 1.0_f64);
        for axis in 0..2 {
            let (half_m, step_m) = (self.size_m[axis] / 2.0, to[axis] - from[axis]);
            if step_m.abs() < 1e-9 {
                if from[axis].abs() > half_m {
                    return false;
                }
                continue;
            }
            let [a, b] = [(-half_m - from[axis]) / step_m, (half_m - from[axis]) / step_m];
            (enters, leaves) = (enters.max(a.min(b)), leaves.min(a.max(b)));
        }
        // The line of sight falls: it is lowest where it leaves the box.
        enters < leaves && leaves < 1.0 && eye[2] + leaves * (point[2] - eye[2]) < self.size_m[2]
    }
}

/// A camera that has a bay in its picture.
#[derive(Clone, Debug)]
struct Eye {
    sensor: SensorId,
    at: [f64; 3],
    /// Places of a vehicle in the bay that are in the picture.
    points: Vec<[f64; 3]>,
}

/// Who can see one bay.
#[derive(Clone, Debug)]
pub(super) struct Sight {
    eyes: Vec<Eye>,
    /// Radars in whose field of view the bay's middle lies.
    radars: Vec<SensorId>,
}

/// How a bay is seen at the moment.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Seen {
    /// The largest share of a vehicle in the bay that one camera would see, 0 to 1.
    pub share: f64,
    /// The cameras that would see half of that or more.
    pub cameras: Vec<SensorId>,
    /// Whether any working sensor looks that way, hidden or not.
    pub watched: bool,
}

impl Sight {
    pub(super) fn of(bay: &Block, site: &SiteGeometry) -> Self {
        let look = |sensor: &SensorModel| match sensor {
            SensorModel::Camera(model) => {
                let view = CameraView::new(model);
                let [e, n] = bay.middle;
                let height_px = match [0.0, class_prior(crate::detection::Class::Car).height_m]
                    .map(|up| view.project([e, n, up]))
                {
                    [Some([_, low]), Some([_, high])] => (low - high).abs(),
                    _ => 0.0,
                };
                let points: Vec<_> = points_of(bay).filter(|point| in_picture(&view, *point)).collect();
                let tells = height_px >= LEAST_HEIGHT_PX && !points.is_empty();
                tells.then(|| Eye { sensor: model.id.clone(), at: view.position_enu_m, points })
            }
            SensorModel::Radar(_) => None,
        };
        let radar = |sensor: &SensorModel| match sensor {
            SensorModel::Radar(model) => RadarView::new(model).sees(bay.middle).then(|| model.id.clone()),
            SensorModel::Camera(_) => None,
        };
        Self {
            eyes: site.sensors.iter().filter_map(look).collect(),
            radars: site.sensors.iter().filter_map(radar).collect(),
        }
    }

    /// With `blocks` in the way, `live` at work.
    pub(super) fn now(&self, blocks: &[Block], live: &[SensorId]) -> Seen {
        let of_all = f64::from(u8::try_from(LOOK_ALONG.len() * LOOK_ACROSS.len() * LOOK_UP_M.len()).unwrap_or(u8::MAX));
        let mut shares = Vec::new();
        for eye in self.eyes.iter().filter(|eye| live.contains(&eye.sensor)) {
            let open = eye.points.iter().filter(|point| !blocks.iter().any(|block| block.hides(eye.at, **point)));
            shares.push((f64::from(u8::try_from(open.count()).unwrap_or(u8::MAX)) / of_all, &eye.sensor));
        }
        let share = shares.iter().map(|(share, _)| *share).fold(0.0, f64::max);
        let best = shares.iter().filter(|(of_one, _)| *of_one > 0.0 && *of_one >= share / 2.0);
        Seen {
            share,
            cameras: best.map(|(_, sensor)| (*sensor).clone()).collect(),
            watched: !shares.is_empty() || self.radars.iter().any(|radar| live.contains(radar)),
        }
    }
}

fn points_of(bay: &Block) -> impl Iterator<Item = [f64; 3]> + '_ {
    LOOK_ALONG.into_iter().flat_map(move |forward| {
        LOOK_ACROSS.into_iter().flat_map(move |left| {
            let [e, n] = bay.place(forward, left);
            LOOK_UP_M.map(|up| [e, n, up])
        })
    })
}

fn in_picture(view: &CameraView, point: [f64; 3]) -> bool {
    view.project(point).is_some_and(|[u, v]| (0.0..view.width_px).contains(&u) && (0.0..view.height_px).contains(&v))
}

/// The box about a bay: along its longest edge.
pub(super) fn block_of(polygon: &[[f64; 2]]) -> Block {
    let n = f64::from(u32::try_from(polygon.len().max(1)).unwrap_or(u32::MAX));
    let middle = [0, 1].map(|axis: usize| polygon.iter().map(|corner| corner[axis]).sum::<f64>() / n);
    let edges = polygon.iter().zip(polygon.iter().cycle().skip(1)).map(|(a, b)| [b[0] - a[0], b[1] - a[1]]);
    let longest = edges.max_by(|a, b| a[0].hypot(a[1]).total_cmp(&b[0].hypot(b[1]))).unwrap_or([1.0, 0.0]);
    let length_m = longest[0].hypot(longest[1]).max(1e-3);
    let along = longest.map(|part| part / length_m);
    let across_m = polygon.iter().map(|p| (p[1] - middle[1]) * along[0] - (p[0] - middle[0]) * along[1]);
    let [low, high] = across_m.fold([0.0, 0.0], |[low, high]: [f64; 2], m| [low.min(m), high.max(m)]);
    Block { middle, along, size_m: [length_m, high - low, class_prior(crate::detection::Class::Car).height_m] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frames::area_m2;

    fn car(middle: [f64; 2]) -> Block {
        Block { middle, along: [0.0, 1.0], size_m: [4.5, 1.8, 1.5] }
    }

    #[test]
    fn what_is_low_and_near_hides_only_what_is_close_behind_it() {
        let eye = [0.0, 0.0, 6.0];
        let block = car([0.0, 30.0]);
        assert!(block.hides(eye, [0.0, 34.0, 0.5]));
        assert!(!block.hides(eye, [0.0, 60.0, 0.5]), "the line of sight passes above it");
        assert!(!block.hides(eye, [0.0, 30.0, 0.5]), "itself");
        assert!(!block.hides(eye, [5.0, 34.0, 0.5]), "beside it");
        let truck = Block { size_m: [9.5, 2.5, 3.4], ..block };
        assert!(truck.hides(eye, [0.0, 60.0, 0.5]));
    }

    #[test]
    fn a_bay_is_a_block_along_its_longest_edge() {
        let bay = block_of(&[[0.0, 0.0], [2.5, 0.0], [2.5, 5.0], [0.0, 5.0]]);
        assert_eq!((bay.middle, bay.size_m), ([1.25, 2.5], [5.0, 2.5, 1.52]));
        assert_eq!(bay.along[1].abs(), 1.0);
        assert_eq!(area_m2(&[[0.0, 0.0], [2.5, 0.0], [2.5, 5.0], [0.0, 5.0]]), 12.5);
    }

    #[test]
    fn shares_are_of_the_whole_footprint() {
        let bay = [[0.0, 0.0], [2.5, 0.0], [2.5, 5.0], [0.0, 5.0]];
        assert_eq!(car([1.25, 2.5]).share_inside(&bay, 0.0), 1.0);
        assert_eq!(car([-2.0, 2.5]).share_inside(&bay, 0.0), 0.0);
        let half = car([0.1, 2.5]);
        assert_eq!(half.share_inside(&bay, 0.0), 0.6, "three columns of points of five");
        assert!(half.share_inside(&bay, 0.3) < half.share_inside(&bay, 0.0), "shrunk");
    }
}
