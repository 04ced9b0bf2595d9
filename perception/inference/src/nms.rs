//! Non-maximum suppression: one box for one thing.

use perception::detection::Class;

/// A box that passed its class's threshold, in network pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Candidate {
    /// Left, top, right, bottom, network pixels.
    pub ltrb: [f32; 4],
    /// 0 to 1.
    pub score: f32,
    pub class: Class,
}

impl Candidate {
    /// Intersection over union with `other`, 0 to 1; 0 where either has no area.
    pub fn iou(&self, other: &Self) -> f32 {
        let width = self.ltrb[2].min(other.ltrb[2]) - self.ltrb[0].max(other.ltrb[0]);
        let height = self.ltrb[3].min(other.ltrb[3]) - self.ltrb[1].max(other.ltrb[1]);
        if width <= 0.0 || height <= 0.0 {
            return 0.0;
        }
        let both = width * height;
        both / (self.area() + other.area() - both)
    }

    fn area(&self) -> f32 {
        (self.ltrb[2] - self.ltrb[0]).max(0.0) * (self.ltrb[3] - self.ltrb[1]).max(0.0)
    }
}

/// Motor vehicles with four wheels or more: a detector often gives one van as a car *and* as a truck.
fn is_large_vehicle(class: Class) -> bool {
    matches!(class, Class::Car | Class::Van | Class::Truck | Class::Bus)
}

/// Keeps the best-scored box of each thing, best first; equal scores keep the decoder's order.
///
/// A box falls when it overlaps a better one of its own class by more than `iou`, or when both are large vehicles
/// of different classes and they overlap by more than `vehicle_iou`.
pub(crate) fn suppress(candidates: &mut Vec<Candidate>, iou: f32, vehicle_iou: f32) {
    candidates.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut kept = 0;
    for next in 0..candidates.len() {
        let candidate = candidates[next];
        let falls = candidates[..kept].iter().any(|better| {
            let limit = if better.class == candidate.class {
                iou
            } else if is_large_vehicle(better.class) && is_large_vehicle(candidate.class) {
                vehicle_iou
            } else {
                return false;
            };
            better.iou(&candidate) > limit
        });
        if !falls {
            candidates[kept] = candidate;
            kept += 1;
        }
    }
    candidates.truncate(kept);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(ltrb: [f32; 4], score: f32, class: Class) -> Candidate {
        Candidate { ltrb, score, class }
    }

    #[test]
    fn iou_by_hand() {
        let a = candidate([0.0, 0.0, 10.0, 10.0], 0.9, Class::Car);
        // 5 x 10 shared, 100 + 100 - 50 in all.
        assert!((a.iou(&candidate([5.0, 0.0, 15.0, 10.0], 0.9, Class::Car)) - 1.0 / 3.0).abs() < 1e-6);
        assert_eq!(a.iou(&candidate([10.0, 0.0, 20.0, 10.0], 0.9, Class::Car)), 0.0);
        assert_eq!(a.iou(&a), 1.0);
        assert_eq!(a.iou(&candidate([3.0, 3.0, 3.0, 9.0], 0.9, Class::Car)), 0.0);
    }

    #[test]
    fn the_best_of_a_class_stays_and_other_classes_are_left_alone() {
        let mut boxes = vec![
            candidate([1.0, 0.0, 11.0, 10.0], 0.6, Class::Pedestrian),
            candidate([0.0, 0.0, 10.0, 10.0], 0.8, Class::Pedestrian),
            candidate([0.0, 0.0, 10.0, 10.0], 0.5, Class::Bicycle),
            candidate([40.0, 0.0, 50.0, 10.0], 0.4, Class::Pedestrian),
        ];
        suppress(&mut boxes, 0.5, 0.5);
        let scores: Vec<f32> = boxes.iter().map(|b| b.score).collect();
        assert_eq!(scores, [0.8, 0.5, 0.4]);
    }

    #[test]
    fn a_box_that_fell_takes_no_other_with_it() {
        // Each overlaps the next by 6/14 = 0.43; the middle one falls, the last does not overlap the first enough.
        let mut boxes = vec![
            candidate([0.0, 0.0, 10.0, 10.0], 0.9, Class::Pedestrian),
            candidate([4.0, 0.0, 14.0, 10.0], 0.8, Class::Pedestrian),
            candidate([8.0, 0.0, 18.0, 10.0], 0.7, Class::Pedestrian),
        ];
        suppress(&mut boxes, 0.4, 0.4);
        let lefts: Vec<f32> = boxes.iter().map(|b| b.ltrb[0]).collect();
        assert_eq!(lefts, [0.0, 8.0]);
    }

    #[test]
    fn one_vehicle_is_not_both_a_car_and_a_truck_but_two_vehicles_stay_two() {
        let mut boxes = vec![
            candidate([0.0, 0.0, 10.0, 10.0], 0.5, Class::Truck),
            candidate([0.0, 0.0, 10.0, 9.5], 0.49, Class::Car),
            candidate([4.0, 0.0, 14.0, 10.0], 0.4, Class::Car),
        ];
        suppress(&mut boxes, 0.6, 0.8);
        let kept: Vec<(Class, f32)> = boxes.iter().map(|b| (b.class, b.score)).collect();
        assert_eq!(kept, [(Class::Truck, 0.5), (Class::Car, 0.4)]);
    }
}
