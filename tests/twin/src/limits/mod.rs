//! Jira's three limits: bursts per endpoint, writes per issue, points per hour.
//!
//! Pure over the time that is handed in. A call is asked for with [`Limits::admit`] and paid with [`Limits::charge`],
//! because its price is known only when its answer is.

mod price;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, VecDeque};

use serde_json::Value;

use crate::clock::format_time;
pub use price::points;

const HOUR_MS: i64 = 3_600_000;

/// The numbers, all of them settable.
#[derive(Debug, Clone)]
pub struct LimitNumbers {
    /// Points per app and hour over all sites.
    pub points_per_hour: u64,
    /// Calls per second by method, for endpoints without a number of their own.
    pub get_per_s: u32,
    pub post_per_s: u32,
    pub put_per_s: u32,
    pub delete_per_s: u32,
    /// Calls per second of an endpoint: method, end of its template, number.
    pub endpoints: Vec<(String, String, u32)>,
    /// Writes of one issue: number within milliseconds.
    pub issue_writes: Vec<(usize, i64)>,
}

impl Default for LimitNumbers {
    /// The published numbers.
    fn default() -> Self {
        let endpoint =
            |method: &str, template: &str, number: u32| (method.to_owned(), template.to_owned(), number);
        Self {
            points_per_hour: 65_000,
            get_per_s: 100,
            post_per_s: 100,
            put_per_s: 50,
            delete_per_s: 50,
            endpoints: vec![
                endpoint("GET", "/issue/{}", 150),
                endpoint("GET", "/changelog", 200),
                endpoint("GET", "/attachment/content/{}", 300),
                endpoint("GET", "/attachment/thumbnail/{}", 200),
                endpoint("GET", "/user", 150),
                endpoint("POST", "/search/approximate-count", 150),
                endpoint("GET", "/servicedesk/{}/customer", 5),
                endpoint("POST", "/servicedesk/{}/customer", 5),
            ],
            issue_writes: vec![(20, 2_000), (100, 30_000)],
        }
    }
}

/// A call before it is served.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    pub site: &'a str,
    /// Only apps have points; API tokens are bound by bursts alone.
    pub app: Option<&'a str>,
    pub method: &'a str,
    pub template: &'a str,
    /// The issue, where the call writes to one: its id, so that key and id count as one.
    pub writes_issue: Option<u64>,
}

/// Which limit a call met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    Burst,
    IssueWrites,
    GlobalQuota,
}

impl Reason {
    /// The word of the `RateLimit-Reason` header.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Burst => "jira-burst-based",
            Self::IssueWrites => "jira-per-issue-on-write",
            Self::GlobalQuota => "jira-quota-global-based",
        }
    }
}

/// What a 429 says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub reason: Reason,
    /// Seconds, at least one.
    pub retry_after_s: i64,
    pub limit: u64,
    /// Epoch milliseconds.
    pub reset_ms: i64,
}

/// What a served call says of the limit it is nearest to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Whether the limit is the app's hourly quota; people have bursts only.
    pub quota: bool,
    pub limit: u64,
    pub remaining: u64,
    pub reset_ms: i64,
}

/// The state of all limits.
#[derive(Debug, Default)]
pub struct Limits {
    /// Nothing is refused while this is set; points are counted all the same.
    pub off: bool,
    pub numbers: LimitNumbers,
    buckets: BTreeMap<(String, String, String), Bucket>,
    issues: BTreeMap<(String, u64), VecDeque<i64>>,
    points: BTreeMap<String, HourPoints>,
}

/// Tokens in thousandths, so that a millisecond adds a whole number of them.
#[derive(Debug)]
struct Bucket {
    millitokens: i64,
    at_ms: i64,
}

#[derive(Debug, Default)]
struct HourPoints {
    hour: i64,
    spent: u64,
    total: u64,
}

impl Limits {
    /// Lets a call in, or says which limit it met. A refused call takes nothing.
    ///
    /// # Errors
    /// [`Refused`], which answers 429.
    pub fn admit(&mut self, now_ms: i64, call: &Call<'_>) -> Result<Standing, Refused> {
        let standing = self.quota(now_ms, call);
        if self.off {
            return Ok(standing);
        }
        if standing.remaining == 0 {
            return Err(refused(Reason::GlobalQuota, now_ms, standing.limit, standing.reset_ms));
        }
        self.check_issue(now_ms, call)?;
        self.take_token(now_ms, call)?;
        if let Some(id) = call.writes_issue {
            self.issues.entry((call.site.to_owned(), id)).or_default().push_back(now_ms);
        }
        Ok(standing)
    }

    /// Takes the price of a served call from the app's hour.
    pub fn charge(&mut self, now_ms: i64, app: &str, points: u64) {
        let hour = self.hour_of(now_ms, app);
        hour.spent += points;
        hour.total += points;
    }

    /// What an app has spent since the twin began.
    #[must_use]
    pub fn points_total(&self, app: &str) -> u64 {
        self.points.get(app).map_or(0, |hour| hour.total)
    }

    fn hour_of(&mut self, now_ms: i64, app: &str) -> &mut HourPoints {
        let hour = now_ms.div_euclid(HOUR_MS);
        let points = self.points.entry(app.to_owned()).or_default();
        if points.hour != hour {
            // The quota is whole again at the top of each UTC hour.
            *points = HourPoints { hour, spent: 0, total: points.total };
        }
        points
    }

    fn quota(&mut self, now_ms: i64, call: &Call<'_>) -> Standing {
        let reset_ms = (now_ms.div_euclid(HOUR_MS) + 1) * HOUR_MS;
        match call.app {
            Some(app) => {
                let limit = self.numbers.points_per_hour;
                let remaining = limit.saturating_sub(self.hour_of(now_ms, app).spent);
                Standing { quota: true, limit, remaining, reset_ms }
            }
            None => {
                let limit = u64::from(self.rate(call));
                Standing { quota: false, limit, remaining: limit, reset_ms: now_ms + 1000 }
            }
        }
    }

    fn rate(&self, call: &Call<'_>) -> u32 {
        let numbers = &self.numbers;
        let own = numbers
            .endpoints
            .iter()
            .find(|(method, end, _)| method == call.method && call.template.ends_with(end));
        own.map_or_else(
            || match call.method {
                "POST" => numbers.post_per_s,
                "PUT" => numbers.put_per_s,
                "DELETE" => numbers.delete_per_s,
                _ => numbers.get_per_s,
            },
            |(_, _, number)| *number,
        )
    }

    fn check_issue(&mut self, now_ms: i64, call: &Call<'_>) -> Result<(), Refused> {
        let Some(id) = call.writes_issue else { return Ok(()) };
        let Some(writes) = self.issues.get_mut(&(call.site.to_owned(), id)) else { return Ok(()) };
        let longest = self.numbers.issue_writes.iter().map(|(_, within)| *within).max().unwrap_or(0);
        while writes.front().is_some_and(|at| at + longest <= now_ms) {
            writes.pop_front();
        }
        for (number, within_ms) in &self.numbers.issue_writes {
            let inside = writes.iter().filter(|at| **at + within_ms > now_ms);
            if inside.clone().count() >= *number {
                let free_at = inside.min().map_or(now_ms, |oldest| oldest + within_ms);
                return Err(refused(Reason::IssueWrites, now_ms, *number as u64, free_at));
            }
        }
        Ok(())
    }

    /// A bucket holds one second's worth, and is one per site, endpoint and method: all who call share it.
    fn take_token(&mut self, now_ms: i64, call: &Call<'_>) -> Result<(), Refused> {
        let rate = i64::from(self.rate(call));
        let full = rate * 1000;
        let key = (call.site.to_owned(), call.template.to_owned(), call.method.to_owned());
        let bucket = self.buckets.entry(key).or_insert(Bucket { millitokens: full, at_ms: now_ms });
        let gained = (now_ms - bucket.at_ms).max(0).saturating_mul(rate);
        bucket.millitokens = bucket.millitokens.saturating_add(gained).min(full);
        bucket.at_ms = now_ms;
        if bucket.millitokens < 1000 {
            return Err(refused(Reason::Burst, now_ms, u64::try_from(rate).unwrap_or(0), now_ms + 1000));
        }
        bucket.millitokens -= 1000;
        Ok(())
    }
}

fn refused(reason: Reason, now_ms: i64, limit: u64, reset_ms: i64) -> Refused {
    let retry_after_s = ((reset_ms - now_ms) + 999).div_euclid(1000).max(1);
    Refused { reason, retry_after_s, limit, reset_ms }
}

impl Refused {
    /// The headers of the 429.
    #[must_use]
    pub fn headers(&self) -> Vec<(&'static str, String)> {
        vec![
            ("retry-after", self.retry_after_s.to_string()),
            ("x-ratelimit-limit", self.limit.to_string()),
            ("x-ratelimit-remaining", "0".to_owned()),
            ("x-ratelimit-reset", iso(self.reset_ms)),
            ("x-ratelimit-nearlimit", "true".to_owned()),
            ("ratelimit-reason", self.reason.as_str().to_owned()),
        ]
    }

    /// The body of the 429.
    #[must_use]
    pub fn body(&self) -> Value {
        serde_json::json!({"errorMessages": ["Rate limit exceeded."], "errors": {}})
    }
}

impl Standing {
    /// The headers of a served call; near the limit means under a fifth of it.
    #[must_use]
    pub fn headers(&self) -> Vec<(&'static str, String)> {
        let near = self.remaining.saturating_mul(5) < self.limit;
        let mut headers = vec![
            ("x-ratelimit-limit", self.limit.to_string()),
            ("x-ratelimit-remaining", self.remaining.to_string()),
            ("x-ratelimit-reset", iso(self.reset_ms)),
            ("x-ratelimit-nearlimit", near.to_string()),
        ];
        if self.quota {
            headers.push(("ratelimit-policy", format!("\"global-app-quota\";q={};w=3600", self.limit)));
        }
        headers
    }
}

fn iso(at_ms: i64) -> String {
    format_time(at_ms, "%Y-%m-%dT%H:%M:%SZ")
}
