//! What is known of a class of road user before it is measured: size, agility, how it looks to a radar.
//!
//! Sizes are everyday figures of road vehicles and people; they are starting points that measurements refine.

use crate::detection::Class;

/// All classes, in the order used for class probabilities.
pub const CLASSES: [Class; 9] = [
    Class::Pedestrian,
    Class::Bicycle,
    Class::Motorcycle,
    Class::Car,
    Class::Van,
    Class::Truck,
    Class::Bus,
    Class::Animal,
    Class::Unknown,
];

/// A class's place in [`CLASSES`].
pub fn class_index(class: Class) -> usize {
    match class {
        Class::Pedestrian => 0,
        Class::Bicycle => 1,
        Class::Motorcycle => 2,
        Class::Car => 3,
        Class::Van => 4,
        Class::Truck => 5,
        Class::Bus => 6,
        Class::Animal => 7,
        Class::Unknown => 8,
    }
}

/// What a typical member of a class is like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClassPrior {
    /// Length, metres.
    pub length_m: f64,
    /// Width, metres.
    pub width_m: f64,
    /// Height, metres.
    pub height_m: f64,
    /// Standard deviation of length, width and height from one to another, as shares of them.
    pub size_spread: [f64; 3],
    /// Spectral density of the acceleration in steady motion, m²/s³.
    pub quiet_m2ps3: f64,
    /// Spectral density of the acceleration when it turns, brakes or starts, m²/s³.
    pub agile_m2ps3: f64,
    /// Standard deviation of the speed at which one is met, m/s.
    pub speed_mps: f64,
    /// Typical radar cross-section, dBsm.
    pub rcs_dbsm: f64,
    /// Spread of Doppler over its moving parts (limbs, wheels), m/s.
    pub micro_doppler_mps: f64,
}

impl ClassPrior {
    /// Length, width, height, metres.
    pub fn size_m(&self) -> [f64; 3] {
        [self.length_m, self.width_m, self.height_m]
    }

    /// Variances of these, m².
    pub fn size_var_m2(&self) -> [f64; 3] {
        let size_m = self.size_m();
        [0, 1, 2].map(|axis: usize| (size_m[axis] * self.size_spread[axis]).powi(2))
    }
}

const fn prior(
    size_m: [f64; 3],
    size_spread: [f64; 3],
    density: [f64; 2],
    speed_mps: f64,
    radar: [f64; 2],
) -> ClassPrior {
    ClassPrior {
        length_m: size_m[0],
        width_m: size_m[1],
        height_m: size_m[2],
        size_spread,
        quiet_m2ps3: density[0],
        agile_m2ps3: density[1],
        speed_mps,
        rcs_dbsm: radar[0],
        micro_doppler_mps: radar[1],
    }
}

const PRIORS: [ClassPrior; 9] = [
    prior([0.5, 0.5, 1.72], [0.2, 0.2, 0.06], [0.025, 0.4], 1.2, [-5.0, 0.35]),
    prior([1.8, 0.6, 1.72], [0.08, 0.15, 0.06], [0.05, 1.0], 4.0, [-2.0, 0.35]),
    prior([2.1, 0.8, 1.6], [0.08, 0.12, 0.08], [0.1, 2.5], 7.0, [4.0, 0.1]),
    prior([4.45, 1.8, 1.52], [0.08, 0.05, 0.07], [0.1, 2.5], 8.0, [10.0, 0.1]),
    prior([5.5, 2.0, 2.3], [0.12, 0.06, 0.12], [0.1, 2.5], 8.0, [12.0, 0.1]),
    prior([9.5, 2.5, 3.4], [0.22, 0.04, 0.1], [0.1, 2.0], 7.0, [18.0, 0.1]),
    prior([12.0, 2.5, 3.15], [0.06, 0.03, 0.06], [0.1, 2.0], 7.0, [20.0, 0.1]),
    // From a dog to a horse.
    prior([1.4, 0.5, 1.0], [0.5, 0.4, 0.4], [0.05, 1.5], 2.0, [-3.0, 0.35]),
    prior([2.5, 1.2, 1.6], [0.5, 0.4, 0.3], [0.1, 2.0], 6.0, [3.0, 0.3]),
];

/// What lies on a road and is no road user (a box, a tyre, a branch): a camera sees it and has no name for it.
const THING: ClassPrior = prior([1.2, 0.9, 0.9], [0.5, 0.5, 0.5], [0.1, 2.0], 6.0, [3.0, 0.3]);

/// The prior of what a camera takes for this class. To it what is unknown is a thing, to a radar any road user.
pub fn seen_prior(class: Class) -> &'static ClassPrior {
    if class == Class::Unknown { &THING } else { class_prior(class) }
}

/// The prior of a class.
pub fn class_prior(class: Class) -> &'static ClassPrior {
    &PRIORS[class_index(class)]
}

/// Whether members of the class drive in lanes for motor vehicles.
pub fn is_motor_vehicle(class: Class) -> bool {
    matches!(class, Class::Car | Class::Van | Class::Truck | Class::Bus | Class::Motorcycle)
}

/// Whether members of the class walk: they turn on the spot.
pub fn has_legs(class: Class) -> bool {
    matches!(class, Class::Pedestrian | Class::Animal)
}

/// Whether members of the class differ so much in length that it must be measured.
pub fn is_long(class: Class) -> bool {
    matches!(class, Class::Van | Class::Truck | Class::Bus)
}

/// Spread of radar cross-section about the class's typical value, dB.
pub const RCS_SPREAD_DB: f64 = 5.0;

/// How often a road user is taken for an animal.
const SEEMS_ANIMAL: f64 = 0.005;

/// Probability that a detector says `said` of a thing that is `is`; a row of `is` sums to 1.
pub fn confusion(is: Class, said: Class) -> f64 {
    match (is, said) {
        (Class::Unknown, _) | (_, Class::Unknown) => 0.125,
        (Class::Animal, Class::Animal) => 0.78,
        (Class::Animal, _) => {
            if is_small(said) {
                0.06
            } else {
                0.01
            }
        }
        (_, Class::Animal) => SEEMS_ANIMAL,
        _ => (1.0 - SEEMS_ANIMAL) * confusion_of_road_users(is, said),
    }
}

fn is_small(class: Class) -> bool {
    matches!(class, Class::Pedestrian | Class::Bicycle | Class::Motorcycle)
}

/// The same if what a road user is taken for is one, too.
fn confusion_of_road_users(is: Class, said: Class) -> f64 {
    if is == said {
        return 0.78;
    }
    // What is taken for something else is mostly taken for one of its kin.
    let kin = if is_small(is) { 2.0 } else { 3.0 };
    if is_small(is) == is_small(said) { 0.155 / kin } else { 0.065 / (6.0 - kin) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_the_confusion_table_sums_to_one() {
        for is in &CLASSES[..8] {
            let sum: f64 = CLASSES[..8].iter().map(|said| confusion(*is, *said)).sum();
            assert!((sum - 1.0).abs() < 1e-12, "{is:?}: {sum}");
        }
    }

    #[test]
    fn the_order_of_classes_is_that_of_the_index() {
        for (index, class) in CLASSES.iter().enumerate() {
            assert_eq!(class_index(*class), index);
        }
    }
}
