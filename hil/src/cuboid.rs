//! A road user as a box that stands on the ground, and how it looks to a camera.

use perception::frames::{CameraView, unit_from_heading};

/// An upright cuboid on the plane `up = 0` of the site's frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cuboid {
    /// Centre of the footprint, east and north, metres.
    pub position_enu_m: [f64; 2],
    /// Where its front points, radians clockwise from true north.
    pub heading_cw_north_rad: f64,
    /// Length, width, height, metres.
    pub size_m: [f64; 3],
}

impl Cuboid {
    /// The point `forward_m` before and `right_m` to the right of its centre, at `up_m`.
    pub fn point_enu_m(&self, forward_m: f64, right_m: f64, up_m: f64) -> [f64; 3] {
        let [east, north] = unit_from_heading(self.heading_cw_north_rad);
        let [e, n] = self.position_enu_m;
        [e + forward_m * east + right_m * north, n + forward_m * north - right_m * east, up_m]
    }

    /// Its eight corners: the four of the footprint, then the four above them.
    fn corners_enu_m(&self) -> impl Iterator<Item = [f64; 3]> + '_ {
        let [length, width, height] = self.size_m;
        [0.0, height].into_iter().flat_map(move |up| {
            [(0.5, 0.5), (0.5, -0.5), (-0.5, -0.5), (-0.5, 0.5)]
                .map(|(forward, right)| self.point_enu_m(forward * length, right * width, up))
        })
    }

    /// The box around it in a camera's picture, cut off at the picture's edges; `None` when nothing of it is in the
    /// picture, or a corner is behind the camera.
    pub fn seen_by(&self, view: &CameraView) -> Option<PixelBox> {
        let mut bounds = PixelBox { left: f64::MAX, top: f64::MAX, right: f64::MIN, bottom: f64::MIN };
        for corner in self.corners_enu_m() {
            let [u, v] = view.project(corner)?;
            bounds.left = bounds.left.min(u);
            bounds.right = bounds.right.max(u);
            bounds.top = bounds.top.min(v);
            bounds.bottom = bounds.bottom.max(v);
        }
        bounds.overlap(&PixelBox { left: 0.0, top: 0.0, right: view.width_px, bottom: view.height_px })
    }
}

/// A rectangle in a picture, pixels from the top left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PixelBox {
    /// Left edge.
    pub left: f64,
    /// Top edge.
    pub top: f64,
    /// Right edge.
    pub right: f64,
    /// Bottom edge.
    pub bottom: f64,
}

impl PixelBox {
    /// Square pixels.
    pub fn area_px2(&self) -> f64 {
        (self.right - self.left) * (self.bottom - self.top)
    }

    /// What both cover.
    pub fn overlap(&self, other: &Self) -> Option<Self> {
        let both = Self {
            left: self.left.max(other.left),
            top: self.top.max(other.top),
            right: self.right.min(other.right),
            bottom: self.bottom.min(other.bottom),
        };
        (both.left < both.right && both.top < both.bottom).then_some(both)
    }

    /// Intersection over union, 0 to 1.
    pub fn iou(&self, other: &Self) -> f64 {
        let both = self.overlap(other).map_or(0.0, |both| both.area_px2());
        both / (self.area_px2() + other.area_px2() - both)
    }
}

#[cfg(test)]
mod tests {
    use perception::calibration::CameraModel;

    use super::*;

    #[test]
    fn a_car_ahead_of_a_level_camera_is_where_the_pinhole_says() {
        let view = CameraView::new(&CameraModel {
            id: "c".into(),
            width_px: 1000,
            height_px: 800,
            k: [1000.0, 1000.0, 500.0, 400.0],
            distortion: [0.0; 5],
            position_enu_m: [0.0, 0.0, 2.0],
            enu_from_camera: [1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, -1.0, 0.0],
        });
        let car =
            |north_m| Cuboid { position_enu_m: [0.0, north_m], heading_cw_north_rad: 0.0, size_m: [4.0, 2.0, 1.5] };
        let seen = car(22.0).seen_by(&view).expect("in the picture");
        assert!((seen.left - 450.0).abs() < 1e-9 && (seen.right - 550.0).abs() < 1e-9, "20 m to its rear: {seen:?}");
        assert!((seen.bottom - 500.0).abs() < 1e-9, "2 m below the camera at 20 m: {seen:?}");
        assert_eq!(car(-22.0).seen_by(&view), None, "behind");
        assert_eq!(seen.iou(&seen), 1.0);
    }
}
