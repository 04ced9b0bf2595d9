//! From a sensor's own frame to measurements on the ground, with honest covariance.
//!
//! A camera box touches the road with its bottom edge: the ray through the middle of that edge meets the ground at
//! the near contact line, and the footprint's centre lies beyond it. A radar target becomes a point with a line of
//! sight and a speed along it.

use nalgebra::{Matrix2, Rotation2, Vector2};

use crate::calibration::{GeometryError, RadarSigma, SensorModel, SiteGeometry};
use crate::detection::{BoxDetection, CameraFrame, Class, RadarScan, RadarTarget, SensorFrame, SensorId};
use crate::frames::{CameraView, RadarView};
use crate::priors::seen_prior;
pub use crate::stature::ApparentHeight;
use crate::stature::{below_top, expected_height_px};
use crate::time::UtcMicros;

/// How good boxes are and what is left out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LiftSettings {
    /// Noise of a box edge that does not depend on the box's size, standard deviation, pixels.
    pub edge_sigma_px: f64,
    /// Noise of a box edge as a share of the box's size.
    pub edge_sigma_share: f64,
    /// Uncertainty of the camera's pitch, standard deviation, radians.
    pub pitch_sigma_rad: f64,
    /// Uncertainty of the road's height, standard deviation, metres.
    pub road_sigma_m: f64,
    /// Farthest ground point used, metres from the camera.
    pub max_distance_m: f64,
    /// Height above the road at which radars see a thing, metres.
    pub radar_reflection_up_m: f64,
}

impl Default for LiftSettings {
    fn default() -> Self {
        Self {
            edge_sigma_px: 1.2,
            edge_sigma_share: 0.035,
            pitch_sigma_rad: 0.001,
            road_sigma_m: 0.05,
            max_distance_m: 220.0,
            radar_reflection_up_m: 0.5,
        }
    }
}

/// Noise of an upright edge of a walking person's box as a share of its width: limbs swing. Detections of 10 people in
/// PETS 2009 S2.L1 beside what was drawn by hand: 15 % of the width from frame to frame, both edges together.
const STRIDE_SHARE: f64 = 0.1;

/// Why a box or target was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LiftDrop {
    /// A number in it is not finite.
    NotFinite,
    /// A size, score or range that can't be.
    Absurd,
    /// The box lies outside the picture.
    OutOfPicture,
    /// Its foot is at or above the horizon.
    AboveHorizon,
    /// Too far away to place.
    TooFar,
    /// The range is shorter than the antenna is high.
    BelowMast,
    /// More detections in one frame than are taken.
    TooMany,
}

impl LiftDrop {
    /// All reasons, in the order of [`LiftDrops`].
    pub const ALL: [Self; 7] = [
        Self::NotFinite,
        Self::Absurd,
        Self::OutOfPicture,
        Self::AboveHorizon,
        Self::TooFar,
        Self::BelowMast,
        Self::TooMany,
    ];

    /// The reason as a metric's label.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotFinite => "not_finite",
            Self::Absurd => "absurd",
            Self::OutOfPicture => "out_of_picture",
            Self::AboveHorizon => "above_horizon",
            Self::TooFar => "too_far",
            Self::BelowMast => "below_mast",
            Self::TooMany => "too_many",
        }
    }
}

/// How many boxes or targets were left out, by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LiftDrops([u32; LiftDrop::ALL.len()]);

impl LiftDrops {
    /// How many for this reason.
    pub fn count(&self, reason: LiftDrop) -> u32 {
        self.0[reason as usize]
    }

    /// Reasons that occurred, with how often.
    pub fn iter(&self) -> impl Iterator<Item = (LiftDrop, u32)> + '_ {
        LiftDrop::ALL.into_iter().zip(self.0).filter(|(_, count)| *count > 0)
    }

    fn add(&mut self, reason: LiftDrop) {
        self.0[reason as usize] += 1;
    }
}

/// Most detections taken from one frame; what is beyond comes from a broken sensor.
pub const MAX_PER_FRAME: usize = 1024;

/// Which borders of the picture cut a box.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cut {
    /// Touches the left border.
    pub left: bool,
    /// Touches the right border.
    pub right: bool,
    /// Touches the upper border.
    pub top: bool,
    /// Touches the lower border.
    pub bottom: bool,
}

/// A camera box on the ground.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CameraMeasurement {
    /// The box, clipped to the picture.
    pub detection: BoxDetection,
    /// Borders that cut it.
    pub cut: Cut,
    /// Left, upper, right and lower edge, pixels.
    pub edges_px: [f64; 4],
    /// Noise of an edge: of the upright ones and of the level ones, standard deviation, pixels.
    pub edge_sigma_px: [f64; 2],
    /// Where the middle of the lower edge meets the ground, site ENU, metres.
    pub contact_enu_m: Vector2<f64>,
    /// Covariance of the contact point, m².
    pub contact_cov_m2: Matrix2<f64>,
    /// Footprint's centre if it is a typical member of its class, site ENU, metres.
    pub position_enu_m: Vector2<f64>,
    /// Covariance of that, m².
    pub position_cov_m2: Matrix2<f64>,
    /// Height of the box over that of a typical member of its class at the contact point. Far below 1: its foot is
    /// hidden behind something.
    pub height_ratio: f64,
    /// How high it looks. `None`: the picture cuts it.
    pub apparent: Option<ApparentHeight>,
    /// Where it stands if its foot is hidden and it is as high as a typical member of its class: footprint's centre, site
    /// ENU, metres, and covariance, m². `None`: its upper edge is cut, or too near the horizon to tell.
    pub below_top: Option<(Vector2<f64>, Matrix2<f64>)>,
}

/// A radar return on the ground.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RadarMeasurement {
    /// Where it was reflected, site ENU, metres.
    pub position_enu_m: Vector2<f64>,
    /// Covariance of that, m².
    pub cov_m2: Matrix2<f64>,
    /// Unit vector on the ground from the radar to the reflection.
    pub line_of_sight: Vector2<f64>,
    /// Doppler brought to the ground plane: speed along `line_of_sight`, m/s, positive when moving away.
    pub radial_speed_mps: Option<f64>,
    /// Standard deviation of that, m/s.
    pub radial_speed_sigma_mps: f64,
    /// Distance on the ground, metres.
    pub distance_m: f64,
    /// Radar cross-section, dBsm.
    pub rcs_dbsm: Option<f64>,
}

impl RadarMeasurement {
    /// As it is if the radar is turned clockwise by `turn_rad` from where it was said to look.
    pub(crate) fn turned(&self, radar_enu_m: [f64; 3], turn_rad: f64) -> Self {
        // Turning clockwise seen from above.
        let turn = Rotation2::new(-turn_rad);
        let antenna = Vector2::new(radar_enu_m[0], radar_enu_m[1]);
        Self {
            position_enu_m: antenna + turn * (self.position_enu_m - antenna),
            cov_m2: turn.matrix() * self.cov_m2 * turn.matrix().transpose(),
            line_of_sight: turn * self.line_of_sight,
            ..*self
        }
    }
}

/// What a scan holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Measurements {
    /// Of a camera.
    Camera(Vec<CameraMeasurement>),
    /// Of a radar.
    Radar(Vec<RadarMeasurement>),
}

/// One sensor frame on the ground.
#[derive(Clone, Debug, PartialEq)]
pub struct LiftedScan {
    /// Which sensor.
    pub sensor: SensorId,
    /// Its place in the site's list of sensors.
    pub sensor_index: usize,
    /// When it was captured.
    pub captured_at: UtcMicros,
    /// What was measured.
    pub measurements: Measurements,
    /// What was left out.
    pub dropped: LiftDrops,
}

impl LiftedScan {
    /// How many measurements it holds.
    pub fn len(&self) -> usize {
        match &self.measurements {
            Measurements::Camera(list) => list.len(),
            Measurements::Radar(list) => list.len(),
        }
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A frame that can't be lifted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LiftError {
    /// No such sensor in the site.
    #[error("sensor `{0}` is not in the site's geometry")]
    UnknownSensor(SensorId),
    /// A camera frame in a radar's name, or the other way round.
    #[error("sensor `{0}` is of another kind than its frame")]
    WrongKind(SensorId),
}

/// A sensor's geometry, ready for use.
#[derive(Clone, Debug)]
pub(crate) enum View {
    Camera(CameraView),
    Radar(RadarView, RadarSigma),
}

impl View {
    pub(crate) fn of(sensor: &SensorModel) -> Self {
        match sensor {
            SensorModel::Camera(model) => Self::Camera(CameraView::new(model)),
            SensorModel::Radar(model) => Self::Radar(RadarView::new(model), model.sigma),
        }
    }
}

/// Lifts the frames of one site's sensors.
#[derive(Clone, Debug)]
pub struct Lifter {
    settings: LiftSettings,
    sensors: Vec<(SensorId, View)>,
}

impl Lifter {
    /// For a site, which is validated first.
    ///
    /// # Errors
    /// What is wrong with the geometry.
    pub fn new(site: &SiteGeometry, settings: LiftSettings) -> Result<Self, GeometryError> {
        site.validate()?;
        let sensors = site.sensors.iter().map(|sensor| (sensor.id().clone(), View::of(sensor))).collect();
        Ok(Self { settings, sensors })
    }

    /// Brings a frame to the ground.
    ///
    /// # Errors
    /// The frame's sensor is not of this site, or of another kind.
    pub fn lift(&self, frame: &SensorFrame) -> Result<LiftedScan, LiftError> {
        let name = frame.sensor();
        let unknown = || LiftError::UnknownSensor(name.clone());
        let sensor_index = self.sensors.iter().position(|(id, _)| id == name).ok_or_else(unknown)?;
        let mut dropped = LiftDrops::default();
        let measurements = match (&self.sensors[sensor_index].1, frame) {
            (View::Camera(view), SensorFrame::Camera(frame)) => self.camera(view, frame, &mut dropped),
            (View::Radar(view, sigma), SensorFrame::Radar(scan)) => self.radar(view, sigma, scan, &mut dropped),
            _ => return Err(LiftError::WrongKind(name.clone())),
        };
        Ok(LiftedScan { sensor: name.clone(), sensor_index, captured_at: frame.captured_at(), measurements, dropped })
    }

    fn camera(&self, view: &CameraView, frame: &CameraFrame, dropped: &mut LiftDrops) -> Measurements {
        let mut list = Vec::with_capacity(frame.boxes.len().min(MAX_PER_FRAME));
        for detection in &frame.boxes {
            if list.len() >= MAX_PER_FRAME {
                dropped.add(LiftDrop::TooMany);
                continue;
            }
            match self.lift_box(view, detection) {
                Ok(measurement) => list.push(measurement),
                Err(reason) => dropped.add(reason),
            }
        }
        Measurements::Camera(list)
    }

    fn radar(&self, view: &RadarView, sigma: &RadarSigma, scan: &RadarScan, dropped: &mut LiftDrops) -> Measurements {
        let mut list = Vec::with_capacity(scan.targets.len().min(MAX_PER_FRAME));
        for target in &scan.targets {
            if list.len() >= MAX_PER_FRAME {
                dropped.add(LiftDrop::TooMany);
                continue;
            }
            match self.lift_target(view, sigma, target) {
                Ok(measurement) => list.push(measurement),
                Err(reason) => dropped.add(reason),
            }
        }
        Measurements::Radar(list)
    }

    /// One box to the ground.
    ///
    /// # Errors
    /// Why it can't be used.
    fn lift_box(&self, view: &CameraView, raw: &BoxDetection) -> Result<CameraMeasurement, LiftDrop> {
        let (detection, cut) = clip(view, raw)?;
        let foot = [detection.x_px + detection.w_px / 2.0, detection.y_px + detection.h_px];
        let contact = Vector2::from(view.ground(foot, 0.0).ok_or(LiftDrop::AboveHorizon)?);
        let camera = Vector2::new(view.position_enu_m[0], view.position_enu_m[1]);
        let distance_m = (contact - camera).norm();
        if distance_m > self.settings.max_distance_m {
            return Err(LiftDrop::TooFar);
        }
        let [per_u, per_v] = ground_per_pixel(view, foot, contact).ok_or(LiftDrop::AboveHorizon)?;
        let [sigma_u, sigma_v] = self.foot_sigma_px(view, &detection, cut);
        // Where the road is higher than the plane says, the ray meets it earlier by this share of the distance.
        let along = (contact - camera) / distance_m.max(0.1);
        let road_m = self.settings.road_sigma_m * distance_m / view.position_enu_m[2];
        let contact_cov_m2 = per_u * per_u.transpose() * (sigma_u * sigma_u)
            + per_v * per_v.transpose() * (sigma_v * sigma_v)
            + along * along.transpose() * (road_m * road_m)
            + Matrix2::identity() * 1e-4;
        let (left, top) = (detection.x_px, detection.y_px);
        let sigma_of = |size_px: f64| self.settings.edge_sigma_px.hypot(self.settings.edge_sigma_share * size_px);
        let stride_px = if detection.class == Class::Pedestrian { STRIDE_SHARE * detection.w_px } else { 0.0 };
        let prior = seen_prior(detection.class);
        let expected_px = expected_height_px(view, contact, prior.height_m);
        let height_ratio = expected_px.map_or(1.0, |expected| detection.h_px / expected.max(1.0));
        let apparent = (cut == Cut::default() && expected_px.is_some()).then(|| {
            let height_m = height_ratio * prior.height_m;
            let (noise, far) =
                (1.4 * sigma_of(detection.h_px) / detection.h_px, contact_cov_m2.trace().sqrt() / distance_m.max(0.1));
            let sigma_m = height_m * noise.hypot(far);
            ApparentHeight { height_m, sigma_m, camera_m: view.position_enu_m[2], distance_m }
        });
        // Heading unknown: the centre lies half a width to half a length behind the contact line.
        let (short, long) = (prior.width_m.min(prior.length_m) / 2.0, prior.length_m.max(prior.width_m) / 2.0);
        let behind_m = 0.5 * (short + long);
        let spread_m = 0.3 * (long - short) + 0.05;
        Ok(CameraMeasurement {
            detection,
            cut,
            edges_px: [left, top, left + detection.w_px, top + detection.h_px],
            edge_sigma_px: [sigma_of(detection.w_px).hypot(stride_px), sigma_of(detection.h_px)],
            contact_enu_m: contact,
            contact_cov_m2,
            position_enu_m: contact + along * behind_m,
            position_cov_m2: contact_cov_m2 + Matrix2::identity() * (spread_m * spread_m),
            height_ratio,
            apparent,
            below_top: if cut.top {
                None
            } else {
                below_top(view, &detection, sigma_of(detection.h_px), behind_m, spread_m)
            },
        })
    }

    /// Noise of the lower edge's middle, pixels: across and down the picture.
    fn foot_sigma_px(&self, view: &CameraView, detection: &BoxDetection, cut: Cut) -> [f64; 2] {
        let settings = &self.settings;
        let mut sigma_u = settings.edge_sigma_px.hypot(settings.edge_sigma_share * detection.w_px);
        let mut sigma_v = settings
            .edge_sigma_px
            .hypot(settings.edge_sigma_share * detection.h_px)
            .hypot(settings.pitch_sigma_rad * view.height_px);
        if cut.left || cut.right {
            sigma_u = sigma_u.hypot(0.4 * detection.w_px);
        }
        if cut.bottom {
            sigma_v = sigma_v.hypot(0.4 * detection.h_px);
        }
        [sigma_u, sigma_v]
    }

    fn lift_target(
        &self,
        view: &RadarView,
        sigma: &RadarSigma,
        raw: &RadarTarget,
    ) -> Result<RadarMeasurement, LiftDrop> {
        let speed = raw.range_rate_mps;
        if ![raw.range_m, raw.azimuth_rad, speed.unwrap_or(0.0), raw.rcs_dbsm.unwrap_or(0.0)]
            .iter()
            .all(|v| v.is_finite())
        {
            return Err(LiftDrop::NotFinite);
        }
        if raw.range_m <= 0.0 || raw.azimuth_rad.abs() > std::f64::consts::PI || speed.is_some_and(|v| v.abs() > 120.0)
        {
            return Err(LiftDrop::Absurd);
        }
        if raw.range_m > 1.2 * view.max_range_m {
            return Err(LiftDrop::TooFar);
        }
        let up_m = self.settings.radar_reflection_up_m;
        let position = view.ground(raw.range_m, raw.azimuth_rad, up_m).ok_or(LiftDrop::BelowMast)?;
        let position_enu_m = Vector2::from(position);
        let offset = position_enu_m - Vector2::new(view.position_enu_m[0], view.position_enu_m[1]);
        let distance_m = offset.norm();
        if distance_m < 0.5 {
            return Err(LiftDrop::BelowMast);
        }
        let line_of_sight = offset / distance_m;
        let across = Vector2::new(line_of_sight.y, -line_of_sight.x);
        // Seen from above, slant errors grow by this much.
        let stretch = raw.range_m / distance_m;
        let along_m = sigma.range_m * stretch;
        let across_m = sigma.azimuth_rad * distance_m;
        let cov_m2 = line_of_sight * line_of_sight.transpose() * (along_m * along_m)
            + across * across.transpose() * (across_m * across_m);
        Ok(RadarMeasurement {
            position_enu_m,
            cov_m2,
            line_of_sight,
            radial_speed_mps: speed.map(|v| v * stretch),
            radial_speed_sigma_mps: sigma.range_rate_mps * stretch,
            distance_m,
            rcs_dbsm: raw.rcs_dbsm,
        })
    }
}

/// A box within the picture, and which borders cut it.
fn clip(view: &CameraView, raw: &BoxDetection) -> Result<(BoxDetection, Cut), LiftDrop> {
    if ![raw.x_px, raw.y_px, raw.w_px, raw.h_px, raw.score].iter().all(|value| value.is_finite()) {
        return Err(LiftDrop::NotFinite);
    }
    let sized = raw.w_px > 0.0 && raw.h_px > 0.0 && raw.w_px < 4.0 * view.width_px && raw.h_px < 4.0 * view.height_px;
    if !sized || !(0.0..=1.0).contains(&raw.score) {
        return Err(LiftDrop::Absurd);
    }
    let (left, top) = (raw.x_px.max(0.0), raw.y_px.max(0.0));
    let right = (raw.x_px + raw.w_px).min(view.width_px);
    let bottom = (raw.y_px + raw.h_px).min(view.height_px);
    if right - left < 1.0 || bottom - top < 1.0 {
        return Err(LiftDrop::OutOfPicture);
    }
    let border_px = 2.0;
    let cut = Cut {
        left: left < border_px,
        right: right > view.width_px - border_px,
        top: top < border_px,
        bottom: bottom > view.height_px - border_px,
    };
    Ok((BoxDetection { x_px: left, y_px: top, w_px: right - left, h_px: bottom - top, ..*raw }, cut))
}

/// Metres on the ground per pixel across and down, at a pixel.
fn ground_per_pixel(view: &CameraView, pixel: [f64; 2], contact: Vector2<f64>) -> Option<[Vector2<f64>; 2]> {
    let across = Vector2::from(view.ground([pixel[0] + 1.0, pixel[1]], 0.0)?) - contact;
    // One pixel down, towards the camera: always on the ground when the pixel itself is.
    let down = Vector2::from(view.ground([pixel[0], pixel[1] + 1.0], 0.0)?) - contact;
    Some([across, down])
}
