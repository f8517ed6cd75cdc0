//! Instants and days as texts, in UTC: the little of a calendar that the core needs. A whole one would be a seventh of
//! what the browser loads.

use crate::id::Millis;

const DAY_MS: i64 = 86_400_000;

/// An instant, taken apart.
struct Utc {
    year: i64,
    month: i64,
    day: i64,
    /// Of the day.
    ms: i64,
}

/// `2026-11-23T10:00:00Z`, with a fraction where there is one. `None` outside of the years 1 to 9999.
#[must_use]
pub fn instant(at: Millis) -> Option<String> {
    let utc = utc(at)?;
    let fraction = match utc.ms % 1_000 {
        0 => String::new(),
        ms => format!(".{ms:03}").trim_end_matches('0').to_owned(),
    };
    Some(format!("{}T{}{fraction}Z", date_of(&utc), time_of(&utc)))
}

/// `2026-11-23T10:00:00.000+0000`: the one form that every date-time field of Jira takes.
#[must_use]
pub fn field_instant(at: Millis) -> Option<String> {
    let utc = utc(at)?;
    Some(format!("{}T{}.{:03}+0000", date_of(&utc), time_of(&utc), utc.ms % 1_000))
}

/// The day of an instant: `2026-11-23`.
#[must_use]
pub fn day(at: Millis) -> Option<String> {
    utc(at).map(|utc| date_of(&utc))
}

/// Whether the text is a day that there is, as `2026-11-23`.
#[must_use]
pub fn is_day(text: &str) -> bool {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else { return false };
    let number = |digits: &[&u8]| {
        digits
            .iter()
            .try_fold(0i64, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + i64::from(**digit - b'0')))
    };
    let (Some(year), Some(month), Some(day)) =
        (number(&[y1, y2, y3, y4]), number(&[m1, m2]), number(&[d1, d2]))
    else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    };
    (1..=days).contains(&day)
}

/// Days are counted from the first of March of year 0, so that the leap day is the last of its year.
fn utc(at: Millis) -> Option<Utc> {
    let days = at.0.div_euclid(DAY_MS).checked_add(719_468)?;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let since_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * since_march + 2) / 5 + 1;
    let month = if since_march < 10 { since_march + 3 } else { since_march - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (1..=9_999).contains(&year).then_some(Utc { year, month, day, ms: at.0.rem_euclid(DAY_MS) })
}

fn date_of(utc: &Utc) -> String {
    format!("{:04}-{:02}-{:02}", utc.year, utc.month, utc.day)
}

fn time_of(utc: &Utc) -> String {
    let seconds = utc.ms / 1_000;
    format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::{Timestamp, civil};
    use proptest::prelude::*;

    /// The years 1 to 9998.
    const RANGE: std::ops::Range<i64> = -62_135_596_800_000..253_370_764_800_000;

    proptest! {
        #[test]
        fn a_calendar_says_the_same(ms in RANGE, whole in any::<bool>()) {
            let ms = if whole { ms.div_euclid(1_000) * 1_000 } else { ms };
            let theirs = Timestamp::from_millisecond(ms).unwrap();
            prop_assert_eq!(instant(Millis(ms)), Some(theirs.to_string()));
            prop_assert_eq!(field_instant(Millis(ms)), Some(theirs.strftime("%Y-%m-%dT%H:%M:%S.%3f+0000").to_string()));
            prop_assert_eq!(day(Millis(ms)), Some(theirs.strftime("%Y-%m-%d").to_string()));
        }

        #[test]
        fn a_calendar_knows_the_same_days(year in 0..=9_999, month in 0..=13, day in 0..=32) {
            let text = format!("{year:04}-{month:02}-{day:02}");
            prop_assert_eq!(is_day(&text), text.parse::<civil::Date>().is_ok(), "{}", text);
        }
    }

    #[test]
    fn what_is_no_day_or_no_year_of_ours() {
        for text in ["", "2026-1-1", "2026-11-231", "20261123", "2026-11-2x", "+026-11-23", "2023-02-29"] {
            assert!(!is_day(text), "{text}");
        }
        for ms in [i64::MIN, i64::MAX, RANGE.start - 1] {
            assert_eq!(instant(Millis(ms)), None);
        }
    }
}
