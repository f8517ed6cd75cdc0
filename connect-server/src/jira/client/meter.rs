//! What the calls to a site cost, and what time it is there.

use super::call::Call;
use duplex_core::id::{Millis, SiteId};
use http::HeaderMap;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Calls and points, as counted on our side.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spent {
    /// By endpoint and status (`200`, `unknown`, `not_sent`).
    pub calls: BTreeMap<(String, String), u64>,
    pub writes: u64,
    pub points: u64,
}

impl Spent {
    /// All calls that may have reached the site.
    #[must_use]
    pub fn sent(&self) -> u64 {
        self.calls.iter().filter(|((_, status), _)| status != "not_sent").map(|(_, n)| n).sum()
    }
}

#[derive(Debug, Default)]
pub(super) struct Meter(Mutex<Measured>);

#[derive(Debug, Default)]
struct Measured {
    spent: Spent,
    clock_ahead_ms: Option<i64>,
}

impl Meter {
    pub(super) fn spent(&self) -> Spent {
        self.lock().spent.clone()
    }

    pub(super) fn clock_ahead_ms(&self) -> Option<i64> {
        self.lock().clock_ahead_ms
    }

    pub(super) fn count(&self, site: &SiteId, call: &Call, status: &str, points: u64) {
        let endpoint = call.endpoint();
        let labels =
            [("site", site.to_string()), ("endpoint", endpoint.clone()), ("status", status.to_owned())];
        metrics::counter!("duplex_jira_calls_total", &labels).increment(1);
        metrics::counter!("duplex_jira_points_total", "site" => site.to_string()).increment(points);
        let mut measured = self.lock();
        *measured.spent.calls.entry((endpoint, status.to_owned())).or_default() += 1;
        measured.spent.points += points;
        measured.spent.writes += u64::from(call.writes && status != "not_sent");
    }

    /// The `Date` of an answer is cut to the second, and was written at some instant between sending and receiving:
    /// a difference within that doubt is none.
    pub(super) fn date(&self, headers: &HeaderMap, sent: Millis, received: Millis) {
        let date = headers.get(http::header::DATE).and_then(|v| v.to_str().ok());
        let Some(date) = date.and_then(|text| jiff::fmt::rfc2822::parse(text).ok()) else { return };
        let earliest = date.timestamp().as_millisecond();
        let latest = earliest.saturating_add(999);
        let ahead = if earliest > received.0 {
            earliest.saturating_sub(received.0)
        } else {
            latest.saturating_sub(sent.0).min(0)
        };
        self.lock().clock_ahead_ms = Some(ahead);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Measured> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sites_clock_is_read_from_its_answers() {
        let check = |sent: i64, received: i64, expected: Option<i64>| {
            let meter = Meter::default();
            let mut headers = HeaderMap::new();
            headers.insert("date", "Mon, 23 Nov 2026 13:47:01 GMT".parse().unwrap());
            let at = 1_795_441_621_000;
            meter.date(&headers, Millis(at + sent), Millis(at + received));
            assert_eq!(meter.clock_ahead_ms(), expected, "{sent} {received}");
        };
        check(0, 10, Some(0));
        check(900, 1_400, Some(0));
        check(-60_000, -59_000, Some(59_000));
        check(60_999, 61_500, Some(-60_000));
        let meter = Meter::default();
        meter.date(&HeaderMap::new(), Millis(0), Millis(0));
        assert_eq!(meter.clock_ahead_ms(), None);
    }
}
