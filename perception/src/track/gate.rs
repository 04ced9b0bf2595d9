//! Could this measurement be of that track, what does it cost to say so, and what does it then say of the centre?

use nalgebra::{Matrix2, Vector2};

use super::fuse::Attributes;
use super::history::Observation;
use super::motion::{Gaussian, Radial};
use crate::detection::Class;
use crate::frames::{CameraView, unit_from_heading};
use crate::lift::{CameraMeasurement, RadarMeasurement};
use crate::priors::class_prior;
use crate::time::UtcMicros;

/// Squared Mahalanobis distance in two dimensions beyond which a pair is out of the question.
const GATE_2D: f64 = 14.0;
/// Cost of leaving a measurement without a track; pairs that cost more are not made.
pub(crate) const UNASSIGNED_COST: f64 = 14.0;

/// A track where it should be when a scan was captured, in that sensor's eyes.
#[derive(Clone, Debug)]
pub(crate) struct Expected {
    /// Index in the tracker's list.
    pub track: usize,
    pub state: Gaussian,
    pub heading: Option<f64>,
    pub size_m: [f64; 3],
    pub class: Class,
    /// What not knowing its shape adds to the uncertainty of where its outline is, m².
    pub shape_cov_m2: Matrix2<f64>,
    /// Added to each pair's cost: doubtful tracks take what sure ones leave.
    pub handicap: f64,
    /// How it should look, for cameras.
    pub picture: Option<PictureBox>,
    /// Share of the times that this sensor should report it, 0 to 1.
    pub detection_probability: f64,
}

/// The box around a track's expected outline in a picture, not clipped, pixels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PictureBox {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
    /// Where the middle of its lower edge meets the ground, site ENU, metres.
    pub foot_ground: Vector2<f64>,
    /// From the camera, metres.
    pub distance_m: f64,
}

impl PictureBox {
    /// Outline of an upright cuboid on the ground. `None`: not in front of the camera.
    pub(crate) fn of(view: &CameraView, centre: Vector2<f64>, heading: Option<f64>, size_m: [f64; 3]) -> Option<Self> {
        let [length_m, width_m, height_m] = size_m;
        let camera = Vector2::new(view.position_enu_m[0], view.position_enu_m[1]);
        let (ahead, side) = match heading {
            Some(heading) => {
                let unit = Vector2::from(unit_from_heading(heading));
                (unit * (length_m / 2.0), Vector2::new(unit.y, -unit.x) * (width_m / 2.0))
            }
            // Any heading: a square of mean size that faces the camera.
            None => {
                let unit = (centre - camera).try_normalize(1e-9)?;
                let half_m = (length_m + width_m) / 4.0;
                (unit * half_m, Vector2::new(unit.y, -unit.x) * half_m)
            }
        };
        let (mut left, mut top, mut right, mut bottom) = (f64::MAX, f64::MAX, f64::MIN, f64::MIN);
        for (a, s) in [(1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0)] {
            let corner = centre + ahead * a + side * s;
            for up in [0.0, height_m] {
                let [u, v] = view.project([corner.x, corner.y, up])?;
                left = left.min(u);
                right = right.max(u);
                top = top.min(v);
                bottom = bottom.max(v);
            }
        }
        let foot_ground = Vector2::from(view.ground([(left + right) / 2.0, bottom], 0.0)?);
        Some(Self { left, top, right, bottom, foot_ground, distance_m: (centre - camera).norm() })
    }

    pub(crate) fn width(&self) -> f64 {
        self.right - self.left
    }

    pub(crate) fn height(&self) -> f64 {
        self.bottom - self.top
    }

    /// Share of the box's area that lies within the picture.
    pub(crate) fn share_inside(&self, view: &CameraView) -> f64 {
        let w = self.right.min(view.width_px) - self.left.max(0.0);
        let h = self.bottom.min(view.height_px) - self.top.max(0.0);
        (w.max(0.0) * h.max(0.0)) / (self.width() * self.height()).max(1e-9)
    }

    /// Share of this box that `other` covers.
    pub(crate) fn share_covered_by(&self, other: &Self) -> f64 {
        let w = self.right.min(other.right) - self.left.max(other.left);
        let h = self.bottom.min(other.bottom) - self.top.max(other.top);
        (w.max(0.0) * h.max(0.0)) / (self.width() * self.height()).max(1e-9)
    }
}

/// A pair that passed the gate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Match {
    pub cost: f64,
    pub observation: Observation,
    /// Box height over the expected one, where both are whole.
    pub height_ratio: Option<f64>,
    /// How far behind the near end the reflection lies, metres, where the radar looks along the body.
    pub depth_m: Option<f64>,
    /// Length over the expected one, where the box is whole and shows the length.
    pub length_ratio: Option<f64>,
}

/// Compares a camera measurement with a track.
pub(crate) fn camera_match(
    view: &CameraView,
    at: UtcMicros,
    expected: &Expected,
    attributes: &Attributes,
    measured: &CameraMeasurement,
) -> Option<Match> {
    let picture = expected.picture.as_ref()?;
    let d = &measured.detection;
    let (width, height) = (picture.width(), picture.height());
    let cut = measured.cut;
    // Where an edge is cut off by the picture's border or hidden, the opposite edge and the expected size stand in.
    let hidden = !cut.top && !cut.bottom && d.h_px < 0.75 * height && d.w_px > 0.6 * width;
    let by_top = (cut.bottom || hidden) && !cut.top;
    let foot_v = if by_top { d.y_px + height } else { d.y_px + d.h_px };
    let foot_u = match (cut.left, cut.right) {
        (true, false) => d.x_px + d.w_px - width / 2.0,
        (false, true) => d.x_px + width / 2.0,
        _ => d.x_px + d.w_px / 2.0,
    };
    let moved = by_top || cut.left != cut.right;
    let contact = if moved { Vector2::from(view.ground([foot_u, foot_v], 0.0)?) } else { measured.contact_enu_m };
    let centre = expected.state.position() + contact - picture.foot_ground;
    let mut cov = measured.contact_cov_m2;
    if by_top {
        let sigma_px = 0.1 * height;
        cov += measured.vertical_cov_m2ppx2 * (sigma_px * sigma_px);
    }
    let innovation = centre - expected.state.position();
    let mut cost = distance(&expected.state, innovation, &(cov + expected.shape_cov_m2))?;
    let whole = !cut.top && !cut.bottom && !hidden;
    let ratio = d.h_px / height.max(1.0);
    if whole {
        let off = ratio.max(1e-3).ln() / 0.25;
        cost += (off * off).min(6.0);
    }
    cost += attributes.class_cost(d.class) + expected.handicap;
    let whole_across = whole && !cut.left && !cut.right;
    (cost < UNASSIGNED_COST).then_some(Match {
        cost,
        observation: Observation { at, position: centre, cov, radial: None },
        height_ratio: (whole && (0.75..1.35).contains(&ratio)).then_some(ratio),
        depth_m: None,
        length_ratio: if whole_across { length_ratio(view, expected, d.w_px / width.max(1.0)) } else { None },
    })
}

/// What a box's width over the expected one says of the length, where the length makes up most of the width seen.
fn length_ratio(view: &CameraView, expected: &Expected, width_ratio: f64) -> Option<f64> {
    let camera = Vector2::new(view.position_enu_m[0], view.position_enu_m[1]);
    let toward = (expected.state.position() - camera).try_normalize(1e-9)?;
    let ahead = Vector2::from(unit_from_heading(expected.heading?));
    let [length_m, width_m, _] = expected.size_m;
    let sine = (ahead.x * toward.y - ahead.y * toward.x).abs();
    let share = sine * length_m / (sine * length_m + (1.0 - sine * sine).max(0.0).sqrt() * width_m);
    let ratio = (width_ratio - (1.0 - share)) / share.max(1e-3);
    (share > 0.6 && (0.6..1.6).contains(&ratio)).then_some(ratio)
}

/// Where on a body a reflection may lie: offset of the centre from it, covariance of that, and what it costs to say so.
type Reflection = (Vector2<f64>, Matrix2<f64>, f64);

/// Compares a radar return with a track.
pub(crate) fn radar_match(at: UtcMicros, expected: &Expected, measured: &RadarMeasurement) -> Option<Match> {
    let toward = measured.line_of_sight;
    let prior = class_prior(expected.class);
    let mut best: Option<(f64, Vector2<f64>, Matrix2<f64>)> = None;
    for (offset, spread, doubt) in reflections(expected, toward).into_iter().flatten() {
        let centre = measured.position_enu_m + offset;
        let cov = measured.cov_m2 + spread;
        let innovation = centre - expected.state.position();
        if let Some(cost) = distance(&expected.state, innovation, &(cov + expected.shape_cov_m2))
            && best.as_ref().is_none_or(|(least, ..)| cost + doubt < *least)
        {
            best = Some((cost + doubt, centre, cov));
        }
    }
    let (mut cost, centre, cov) = best?;
    let radial = measured.radial_speed_mps.map(|speed_mps| {
        let sigma = measured.radial_speed_sigma_mps.hypot(prior.micro_doppler_mps);
        Radial { direction: toward, speed_mps, variance: sigma * sigma }
    });
    if let Some(radial) = &radial {
        let s = toward.dot(&(expected.state.velocity_cov() * toward)) + radial.variance;
        let off = radial.speed_mps - toward.dot(&expected.state.velocity());
        if off * off / s > 12.0 {
            return None;
        }
        cost += off * off / s + s.ln() * 0.5;
    }
    cost += expected.handicap;
    (cost < UNASSIGNED_COST).then_some(Match {
        cost,
        observation: Observation { at, position: centre, cov, radial },
        height_ratio: None,
        depth_m: depth(expected, toward, measured),
        length_ratio: None,
    })
}

/// How far behind the near end of the body, along it, a reflection lies.
pub(crate) fn depth(expected: &Expected, toward: Vector2<f64>, measured: &RadarMeasurement) -> Option<f64> {
    let ahead = Vector2::from(unit_from_heading(expected.heading?));
    let cosine = ahead.dot(&toward);
    let [length_m, width_m, _] = expected.size_m;
    let offset = measured.position_enu_m - expected.state.position();
    let beside_m = (offset.x * ahead.y - offset.y * ahead.x).abs();
    (cosine.abs() > 0.9 && beside_m < width_m).then(|| offset.dot(&ahead) * cosine.signum() + length_m / 2.0)
}

/// A body reflects with the end that faces the radar, with the side that does, or anywhere. The last covers the first
/// two as well, so that a wrong centre is not held by its own choice.
fn reflections(expected: &Expected, toward: Vector2<f64>) -> [Option<Reflection>; 3] {
    let [length_m, width_m, _] = expected.size_m;
    let small = length_m < 1.0;
    let (Some(heading), false) = (expected.heading, small) else {
        let half_m = (length_m + width_m) / 4.0;
        let sigma_m = 0.6 * half_m + 0.05;
        return [Some((toward * (0.8 * half_m), Matrix2::identity() * (sigma_m * sigma_m), 0.0)), None, None];
    };
    let ahead = Vector2::from(unit_from_heading(heading));
    let side = Vector2::new(ahead.y, -ahead.x);
    let (along, beside) = (toward.dot(&ahead), toward.dot(&side));
    let body = |sigma_along: f64, sigma_side: f64| {
        ahead * ahead.transpose() * (sigma_along * sigma_along) + side * side.transpose() * (sigma_side * sigma_side)
    };
    let share = |part: f64| -2.0 * (part.abs() / (along.abs() + beside.abs())).max(1e-3).ln();
    let to_end = ahead * (0.95 * along.signum() * length_m / 2.0);
    let to_side = side * (0.9 * beside.signum() * width_m / 2.0);
    [
        Some((to_end, body(0.04 * length_m + 0.2, 0.3 * width_m), share(along))),
        Some((to_side, body(0.28 * length_m, 0.1 * width_m + 0.1), share(beside))),
        Some((to_end * (0.5 * along.abs()), body(0.65 * length_m, 0.3 * width_m), 1.5)),
    ]
}

/// Gated cost of an innovation: Mahalanobis distance squared, and the volume it is looked for in.
fn distance(state: &Gaussian, innovation: Vector2<f64>, noise: &Matrix2<f64>) -> Option<f64> {
    let s = state.position_cov() + noise;
    let determinant = s.determinant();
    if determinant.is_nan() || determinant <= 0.0 {
        return None;
    }
    let squared = innovation.dot(&(s.try_inverse()? * innovation));
    (squared < GATE_2D).then(|| squared + determinant.ln() + 3.0)
}
