//! Confidence classes as bounds at 95 %, and back.

use rasn::types::Enumerated;

use crate::us::sdsm::{
    AccelerationConfidence, PitchRateConfidence, RollRateConfidence, SizeValueConfidence, YawRateConfidence,
};
use crate::{cn, confidence, units, us};

/// An enumeration of bounds that an error keeps in 95 % of cases.
pub trait ConfidenceClass: Enumerated {
    /// The bounds from the second class on, in SI units; the first class says "unavailable".
    const BOUNDS: &'static [f64];
    /// The class that says nothing.
    const UNAVAILABLE: Self;

    /// The class for an error at 95 %: the tightest that is true. Unavailable when the error is unknown, not a number or
    /// larger than every bound.
    fn of(error_95: Option<f64>) -> Self {
        units::confidence(Self::BOUNDS, error_95).unwrap_or(Self::UNAVAILABLE)
    }

    /// The same for a member that may be missing: missing rather than unavailable.
    fn of_optional(error_95: Option<f64>) -> Option<Self> {
        Some(Self::of(error_95)).filter(|class| *class != Self::UNAVAILABLE)
    }

    /// The bound at 95 %, in SI units; [`Self::of`] it is this class again.
    fn bound(self) -> Option<f64> {
        units::confidence_bound(Self::BOUNDS, self)
    }
}

/// The bound at 95 % of a class that may be missing.
pub fn bound_of<C: ConfidenceClass>(class: Option<C>) -> Option<f64> {
    class.and_then(ConfidenceClass::bound)
}

macro_rules! classes {
    ($($class:ty: $bounds:ident,)*) => {
        $(impl ConfidenceClass for $class {
            const BOUNDS: &'static [f64] = &units::$bounds;
            const UNAVAILABLE: Self = <$class>::Unavailable;
        })*

        #[cfg(test)]
        mod tests {
            use super::*;

            #[test]
            fn every_class_has_a_bound_of_its_own_and_is_found_by_it() {
                $(
                    assert_eq!(<$class>::VARIANTS.len(), <$class>::BOUNDS.len() + 1);
                    for &class in <$class>::VARIANTS {
                        assert_eq!(<$class>::of(class.bound()), class);
                        assert_eq!(class.bound().is_none(), class == <$class>::UNAVAILABLE);
                    }
                )*
            }
        }
    };
}

classes! {
    confidence::TimeConfidence: TIME_CONFIDENCE_S,
    confidence::PositionConfidence: POSITION_CONFIDENCE_M,
    confidence::ElevationConfidence: ELEVATION_CONFIDENCE_M,
    confidence::SpeedConfidence: SPEED_CONFIDENCE_MPS,
    confidence::HeadingConfidence: HEADING_CONFIDENCE_RAD,
    us::common::ThrottleConfidence: THROTTLE_CONFIDENCE,
    cn::confidence::SteeringWheelAngleConfidence: STEERING_CONFIDENCE_RAD,
    // Its classes are named after degrees, but it is about accelerations: the bounds of SAE J3224 (not confirmed).
    cn::day2::common::AccConfidence: ACCELERATION_CONFIDENCE_MPS2,
    cn::day2::common::AngularVConfidence: YAW_RATE_CONFIDENCE_RADPS,
    AccelerationConfidence: ACCELERATION_CONFIDENCE_MPS2,
    YawRateConfidence: YAW_RATE_CONFIDENCE_RADPS,
    PitchRateConfidence: TILT_RATE_CONFIDENCE_RADPS,
    RollRateConfidence: TILT_RATE_CONFIDENCE_RADPS,
    SizeValueConfidence: SIZE_CONFIDENCE_M,
}
