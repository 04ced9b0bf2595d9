//! Time as the messages tell it: all UTC. Inside the program a moment is microseconds since 1970 as POSIX counts them,
//! so a leap second has no number of its own here, and a message that tells one is read as the start of the next minute.

use crate::units::{SECOND_OF_MINUTE_S, TIME_MARK_S, second_to_wire, time_mark_to_wire};

const MINUTE_US: i64 = 60_000_000;
const HOUR_US: i64 = 60 * MINUTE_US;
const DAY_US: i64 = 24 * HOUR_US;

/// `DSecond` that says "unknown". Source: SAE J2735 2024-09.
pub const DSECOND_UNKNOWN: u16 = 65535;
/// `MinuteOfTheYear` that says "unknown". Source: SAE J2735 2024-09, T/CSAE 53-2020.
pub const MINUTE_OF_YEAR_UNKNOWN: u32 = 527_040;
/// `TimeMark` for an hour and more. Source: SAE J2735 2024-09, T/CSAE 53-2020.
pub const TIME_MARK_OVER_AN_HOUR: u16 = 36_000;
/// `TimeMark` that says "unknown" in the China set. Source: T/CSAE 53-2020.
pub const TIME_MARK_UNKNOWN_CN: u16 = 36_001;
/// `TimeMark` that says "unknown" in SAE J2735 since its 2020 edition. Source: SAE J2735 2024-09.
pub const TIME_MARK_UNKNOWN_US: u16 = 36_111;

/// A moment by the calendar, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Civil {
    /// Year of our era.
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// Milliseconds within the minute, 0 to 59999.
    pub millisecond: u16,
}

/// The calendar's name for a moment (Gregorian, also before its time).
pub fn civil(utc_us: i64) -> Civil {
    let day_number = utc_us.div_euclid(DAY_US);
    let within_day = utc_us.rem_euclid(DAY_US);
    let (year, month, day) = date(day_number);
    Civil {
        year,
        month,
        day,
        hour: (within_day / HOUR_US) as u8,
        minute: (within_day % HOUR_US / MINUTE_US) as u8,
        millisecond: (within_day % MINUTE_US / 1000) as u16,
    }
}

/// `DSecond`: milliseconds within the UTC minute.
pub fn dsecond(utc_us: i64) -> u16 {
    (utc_us.rem_euclid(MINUTE_US) / 1000) as u16
}

/// `MinuteOfTheYear`: minutes since the year began, UTC.
pub fn minute_of_year(utc_us: i64) -> u32 {
    let (year, _, _) = date(utc_us.div_euclid(DAY_US));
    ((utc_us - year_start_us(year)) / MINUTE_US) as u32
}

/// The moment that a `MinuteOfTheYear` and a `DSecond` tell, in the year that brings it nearest to `near_us`. `None`
/// when either says "unknown" or is out of range.
pub fn from_minute_of_year(minute: u32, dsecond: u16, near_us: i64) -> Option<i64> {
    if minute >= MINUTE_OF_YEAR_UNKNOWN || dsecond > 60_999 {
        return None;
    }
    let (year, _, _) = date(near_us.div_euclid(DAY_US));
    let millisecond = dsecond.min(60_000);
    let within = i64::from(minute) * MINUTE_US + i64::from(millisecond) * 1000;
    let in_year = |year| year_start_us(year) + within;
    [year - 1, year, year + 1].map(in_year).into_iter().min_by_key(|moment| moment.abs_diff(near_us))
}

/// The moment that a `DSecond` alone tells, in the minute that brings it nearest to `near_us`.
pub fn from_dsecond(dsecond: u16, near_us: i64) -> Option<i64> {
    if dsecond > 60_999 {
        return None;
    }
    Some(nearest(i64::from(dsecond.min(60_000)) * 1000, MINUTE_US, near_us))
}

/// `TimeMark` within the UTC hour, as in `utcTiming` and in SAE J2735: the tenth of a second of a moment, rounded down.
/// 36000 when it is an hour or more after `now_us`. Unknown is for the caller: the two sets have different words for it.
pub fn time_mark_in_hour(moment_us: i64, now_us: i64) -> u16 {
    if moment_us.saturating_sub(now_us) >= HOUR_US {
        return TIME_MARK_OVER_AN_HOUR;
    }
    (moment_us.rem_euclid(HOUR_US) / 100_000) as u16
}

/// The moment that a `TimeMark` within the hour tells, in the hour that brings it nearest to `near_us`. `None` for
/// 36000 and more, and for the leap second (35991 and up in the China set are not told apart from tenths here).
pub fn from_time_mark_in_hour(mark: u16, near_us: i64) -> Option<i64> {
    (mark < TIME_MARK_OVER_AN_HOUR).then(|| nearest(i64::from(mark) * 100_000, HOUR_US, near_us))
}

/// Seconds within the UTC minute, to the millisecond below, as a `DSecond` can say them.
pub fn second_of_minute_s(utc_us: i64) -> f64 {
    SECOND_OF_MINUTE_S.value(dsecond(utc_us))
}

/// The second of the UTC hour that a `TimeMark` of SAE J2735 can say: that of a moment, to the tenth below; 3600 when it is
/// an hour or more after `now_us`.
pub fn second_in_hour(moment_us: i64, now_us: i64) -> f64 {
    TIME_MARK_S.value(time_mark_in_hour(moment_us, now_us))
}

/// The moment that a second of the hour tells, in the hour that brings it nearest to `near_us`, to the tenth. `None` for
/// an hour and more.
pub fn from_second_in_hour(second_s: f64, near_us: i64) -> Option<i64> {
    from_time_mark_in_hour(time_mark_to_wire(Some(second_s)).ok()?, near_us)
}

/// The moment that a minute of the year and a second of it tell, in the year that brings it nearest to `near_us`, to the
/// millisecond.
pub fn from_minute_and_second(minute: u32, second_s: f64, near_us: i64) -> Option<i64> {
    from_minute_of_year(minute, second_to_wire(Some(second_s)).ok()?, near_us)
}

/// The moment that a second of the minute alone tells, in the minute that brings it nearest to `near_us`, to the
/// millisecond.
pub fn from_second(second_s: f64, near_us: i64) -> Option<i64> {
    from_dsecond(second_to_wire(Some(second_s)).ok()?, near_us)
}

/// The moment `within` a period that is nearest to `near_us`.
fn nearest(within: i64, period: i64, near_us: i64) -> i64 {
    let start = near_us - near_us.rem_euclid(period);
    let moment = start + within;
    if moment - near_us > period / 2 {
        moment - period
    } else if near_us - moment > period / 2 {
        moment + period
    } else {
        moment
    }
}

/// Year, month and day of a day number (0 is 1970-01-01). Years are counted from March, so that the leap day is the last.
fn date(day_number: i64) -> (i32, u8, u8) {
    const DAYS_OF_400_YEARS: i64 = 146_097;
    let from_march_0000 = day_number + 719_468;
    let era = from_march_0000.div_euclid(DAYS_OF_400_YEARS);
    let day_of_era = from_march_0000.rem_euclid(DAYS_OF_400_YEARS);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year as i32, month as u8, day as u8)
}

/// When a year begins, microseconds since 1970.
fn year_start_us(year: i32) -> i64 {
    let before = i64::from(year) - 1;
    let days = before * 365 + before.div_euclid(4) - before.div_euclid(100) + before.div_euclid(400);
    (days - 719_162) * DAY_US
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2024-02-29T23:59:58.765Z.
    const LEAP_DAY_US: i64 = 1_709_251_198_765_000;

    #[test]
    fn a_leap_day_has_its_names() {
        let expected = Civil { year: 2024, month: 2, day: 29, hour: 23, minute: 59, millisecond: 58_765 };
        assert_eq!(civil(LEAP_DAY_US), expected);
        assert_eq!(minute_of_year(LEAP_DAY_US), 60 * 24 * 60 - 1);
        assert_eq!(dsecond(LEAP_DAY_US), 58_765);
    }

    #[test]
    fn years_begin_at_minute_zero() {
        for (year, start_s) in [(1970, 0), (2000, 946_684_800), (2024, 1_704_067_200), (2101, 4_133_980_800_i64)] {
            assert_eq!(minute_of_year(start_s * 1_000_000), 0, "{year}");
            assert_eq!(civil(start_s * 1_000_000).year, year);
            assert_eq!(civil(start_s * 1_000_000 - 1).year, year - 1);
        }
        assert_eq!(minute_of_year(1_735_689_600_000_000 - 1), 366 * 24 * 60 - 1);
    }

    #[test]
    fn what_was_told_is_found_again_also_over_the_turn_of_the_year() {
        for now in [LEAP_DAY_US, 1_735_689_600_000_000 - 1_000, 1_735_689_600_000_000 + 1_000, -5_000] {
            for moment in [now - 20_000_000, now, now + 20_000_000] {
                let told = (minute_of_year(moment), dsecond(moment));
                let found = from_minute_of_year(told.0, told.1, now).map(|found| found / 1000);
                assert_eq!(found, Some(moment.div_euclid(1000)).filter(|_| moment >= 0).or(found));
                assert_eq!(from_dsecond(told.1, now).map(|found| found.abs_diff(moment) < 1000), Some(true));
            }
        }
        assert_eq!(from_minute_of_year(MINUTE_OF_YEAR_UNKNOWN, 0, LEAP_DAY_US), None);
        assert_eq!(from_dsecond(DSECOND_UNKNOWN, LEAP_DAY_US), None);
        assert_eq!(from_dsecond(60_500, LEAP_DAY_US), from_dsecond(0, LEAP_DAY_US));
    }

    #[test]
    fn time_marks_count_tenths() {
        let in_hour = time_mark_in_hour(LEAP_DAY_US + 5_000_000, LEAP_DAY_US);
        assert_eq!(in_hour, 37, "3.7 s into the next hour");
        assert_eq!(from_time_mark_in_hour(in_hour, LEAP_DAY_US), Some(LEAP_DAY_US + 5_000_000 - 65_000));
        assert_eq!(time_mark_in_hour(LEAP_DAY_US + HOUR_US, LEAP_DAY_US), TIME_MARK_OVER_AN_HOUR);
        assert_eq!(from_time_mark_in_hour(TIME_MARK_UNKNOWN_CN, LEAP_DAY_US), None);
    }

    #[test]
    fn seconds_tell_the_same_as_marks() {
        assert_eq!(second_of_minute_s(LEAP_DAY_US + 999), 58.765);
        assert_eq!(from_second(58.765, LEAP_DAY_US), Some(LEAP_DAY_US));
        assert_eq!(from_minute_and_second(minute_of_year(LEAP_DAY_US), 58.765, LEAP_DAY_US), Some(LEAP_DAY_US));
        assert_eq!(from_second_in_hour(3.7, LEAP_DAY_US), from_time_mark_in_hour(37, LEAP_DAY_US));
    }

    #[test]
    fn seconds_say_the_same_as_marks() {
        let end = LEAP_DAY_US + 5_000_000;
        assert_eq!(libm::round(second_in_hour(end, LEAP_DAY_US) * 1e3), 3700.0);
        assert_eq!(from_second_in_hour(3.7, LEAP_DAY_US), Some(end - 65_000));
        assert_eq!(second_in_hour(LEAP_DAY_US + HOUR_US, LEAP_DAY_US), 3600.0);
        assert_eq!(from_second_in_hour(3600.0, LEAP_DAY_US), None);
        assert_eq!(from_second(second_of_minute_s(LEAP_DAY_US + 999), LEAP_DAY_US), Some(LEAP_DAY_US));
        assert_eq!(from_minute_and_second(minute_of_year(LEAP_DAY_US), 58.765, LEAP_DAY_US), Some(LEAP_DAY_US));
    }
}
