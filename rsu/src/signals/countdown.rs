//! What a countdown in whole seconds says of the end.

use serde::Deserialize;

/// How the controller rounds the seconds that are left. No public text says; a site finds out with a stop watch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Countdown {
    /// As a display at the road: 1 is shown until the end, so n means n − 1 to n seconds. The default, because 0 is no
    /// valid countdown in GA/T 1743.
    #[default]
    RoundedUp,
    /// Whole seconds that have not begun to pass: n to n + 1 seconds.
    RoundedDown,
    /// n − ½ to n + ½ seconds.
    Nearest,
}

impl Countdown {
    /// Earliest and latest end for a countdown of `seconds`, seconds.
    pub fn window_s(self, seconds: u16) -> (f64, f64) {
        let seconds = f64::from(seconds);
        let (early_s, late_s) = match self {
            Self::RoundedUp => (1.0, 0.0),
            Self::RoundedDown => (0.0, 1.0),
            Self::Nearest => (0.5, 0.5),
        };
        ((seconds - early_s).max(0.0), seconds + late_s)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_lies_within_a_second() {
        assert_eq!(Countdown::RoundedUp.window_s(5), (4.0, 5.0));
        assert_eq!(Countdown::RoundedDown.window_s(5), (5.0, 6.0));
        assert_eq!(Countdown::Nearest.window_s(5), (4.5, 5.5));
        assert_eq!(Countdown::RoundedUp.window_s(0), (0.0, 0.0));
    }
}
