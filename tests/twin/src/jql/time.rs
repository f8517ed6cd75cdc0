//! Times as JQL writes them: epoch milliseconds, dates, offsets from now, and functions.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// The instant a word stands for, epoch milliseconds; `None` when it is no time. Dates are read in UTC.
pub(super) fn instant(word: &str, now_ms: i64) -> Option<i64> {
    let word = word.trim();
    offset_ms(word).map(|offset| now_ms + offset).or_else(|| epoch(word)).or_else(|| date(word))
}

/// A bare number is epoch milliseconds.
fn epoch(word: &str) -> Option<i64> {
    word.parse().ok()
}

/// `-5m`, `-1d 4h`, `2w`: minutes are the smallest step.
fn offset_ms(word: &str) -> Option<i64> {
    let (sign, parts) = match word.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, word.strip_prefix('+').unwrap_or(word)),
    };
    let mut total = 0_i64;
    for part in parts.split_whitespace() {
        let unit = part.chars().last()?;
        let count: i64 = part.strip_suffix(unit)?.parse().ok()?;
        let unit_ms = match unit {
            'm' => MINUTE_MS,
            'h' => 60 * MINUTE_MS,
            'd' => DAY_MS,
            'w' => 7 * DAY_MS,
            _ => return None,
        };
        total = total.checked_add(count.checked_mul(unit_ms)?)?;
    }
    (!parts.trim().is_empty()).then_some(sign * total)
}

/// `yyyy-MM-dd HH:mm`, `yyyy/MM/dd HH:mm`, or the day alone.
fn date(word: &str) -> Option<i64> {
    let word = word.replace('/', "-");
    let (day, clock) = word.split_once(' ').unwrap_or((&word, "00:00"));
    let mut parts = day.split('-');
    let year = parts.next()?.parse().ok()?;
    let month = parts.next()?.parse().ok()?;
    let day = parts.next()?.parse().ok()?;
    let (hour, minute) = clock.trim().split_once(':')?;
    let at = Date::new(year, month, day).ok()?.at(hour.parse().ok()?, minute.parse().ok()?, 0, 0);
    in_utc(at)
}

fn in_utc(at: DateTime) -> Option<i64> {
    Some(TimeZone::UTC.to_timestamp(at).ok()?.as_millisecond())
}

/// `now()`, `startOfDay("-1d")` and their kin; names are lower-case. `None` for what is no time function.
pub(super) fn function(name: &str, arguments: &[String], now_ms: i64) -> Option<i64> {
    let shift = arguments.first().and_then(|word| offset_ms(word)).unwrap_or(0);
    let today = TimeZone::UTC.to_datetime(Timestamp::from_millisecond(now_ms).ok()?).date();
    let monday = today.checked_sub(i64::from(today.weekday().to_monday_zero_offset()).days()).ok()?;
    let start = match name {
        "now" => return Some(now_ms),
        "startofday" | "endofday" => today,
        "startofweek" | "endofweek" => monday,
        "startofmonth" | "endofmonth" => today.first_of_month(),
        "startofyear" | "endofyear" => today.first_of_year(),
        _ => return None,
    };
    let next = match name {
        "endofday" => start.checked_add(1.day()),
        "endofweek" => start.checked_add(1.week()),
        "endofmonth" => start.checked_add(1.month()),
        "endofyear" => start.checked_add(1.year()),
        _ => return Some(in_utc(start.at(0, 0, 0, 0))? + shift),
    };
    Some(in_utc(next.ok()?.at(0, 0, 0, 0))? - 1 + shift)
}
