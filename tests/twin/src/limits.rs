//! Jira's three limits: bursts per endpoint, writes per issue, points per hour.
//!
//! Pure over the time that is handed in. A call is asked for with [`Limits::admit`] and paid with [`Limits::charge`],
//! because its price is known only when its answer is.

use std::collections::{BTreeMap, VecDeque};

use serde_json::Value;

use crate::clock::format_time;

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

/// What a served call costs: a base of 1, and 1 more for each core object returned or 2 for each identity object; a
/// write costs 1, in bulk 1 for each thing written.
#[must_use]
pub fn points(write: bool, template: &str, answer: &Value) -> u64 {
    if write {
        let in_bulk = template.ends_with("/issue/bulk").then(|| length(&answer["issues"]));
        return in_bulk.unwrap_or(1).max(1);
    }
    let is_identity = IDENTITY.iter().any(|word| template.split('/').any(|part| part == *word));
    1 + returned(answer) * if is_identity { 2 } else { 1 }
}

/// Words of a template whose answers are users, groups, roles or permissions.
const IDENTITY: &[&str] = &[
    "user",
    "users",
    "myself",
    "group",
    "groups",
    "role",
    "mypermissions",
    "permissions",
    "customer",
    "participant",
];

/// Lists by the names under which answers carry them.
const LISTS: &[&str] =
    &["issues", "values", "comments", "histories", "issueChangeLogs", "transitions", "fields", "keys"];

fn returned(answer: &Value) -> u64 {
    match answer {
        Value::Array(all) => all.len() as u64,
        Value::Object(map) => {
            let listed = LISTS.iter().find_map(|name| map.get(*name).filter(|list| list.is_array()));
            listed.map_or(u64::from(!map.is_empty()), length)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

fn length(list: &Value) -> u64 {
    list.as_array().map_or(0, |all| all.len() as u64)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// 2026-11-23T10:00:00Z
    const NOW_MS: i64 = 1_795_428_000_000;

    fn call<'a>(method: &'a str, template: &'a str, issue: Option<u64>) -> Call<'a> {
        Call { site: "acme", app: Some("app"), method, template, writes_issue: issue }
    }

    /// How many of `tries` calls at one moment are let in, and what the first refusal says.
    fn burst(limits: &mut Limits, now_ms: i64, tries: usize, call: &Call<'_>) -> (usize, Option<Refused>) {
        let results: Vec<_> = (0..tries).map(|_| limits.admit(now_ms, call)).collect();
        let admitted = results.iter().filter(|result| result.is_ok()).count();
        (admitted, results.into_iter().find_map(Result::err))
    }

    #[test]
    fn bursts_by_endpoint() {
        let check = |method: &str, template: &str, expected: usize| {
            let (admitted, refused) =
                burst(&mut Limits::default(), NOW_MS, 400, &call(method, template, None));
            assert_eq!(admitted, expected, "{method} {template}");
            let refused = refused.expect("a burst is refused");
            assert_eq!((refused.reason, refused.retry_after_s), (Reason::Burst, 1));
        };
        check("GET", "/rest/api/3/field", 100);
        check("POST", "/rest/api/3/search/jql", 100);
        check("PUT", "/rest/api/3/issue/{}", 50);
        check("DELETE", "/rest/api/3/issue/{}", 50);
        check("GET", "/rest/api/3/issue/{}", 150);
        check("GET", "/rest/api/3/issue/{}/changelog", 200);
        check("GET", "/rest/servicedeskapi/servicedesk/{}/customer", 5);
    }

    #[test]
    fn buckets_fill_again() {
        let mut limits = Limits::default();
        let put = call("PUT", "/rest/api/3/issue/{}", None);
        assert_eq!(burst(&mut limits, NOW_MS, 60, &put).0, 50);
        assert_eq!(burst(&mut limits, NOW_MS + 100, 60, &put).0, 5);
        assert_eq!(burst(&mut limits, NOW_MS + 10_000, 60, &put).0, 50);
        let elsewhere = Call { site: "globex", ..put };
        assert_eq!(burst(&mut limits, NOW_MS + 10_000, 60, &elsewhere).0, 50);
    }

    #[test]
    fn one_issue_takes_so_many_writes() {
        let mut limits = Limits::default();
        let write = call("POST", "/rest/api/3/issue/{}/comment", Some(7));
        let (admitted, refused) = burst(&mut limits, NOW_MS, 25, &write);
        let refused = refused.expect("refused");
        assert_eq!((admitted, refused.reason, refused.retry_after_s), (20, Reason::IssueWrites, 2));
        assert_eq!(refused.headers()[5], ("ratelimit-reason", "jira-per-issue-on-write".to_owned()));
        let other = call("POST", "/rest/api/3/issue/{}/comment", Some(8));
        assert_eq!(burst(&mut limits, NOW_MS, 25, &other).0, 20);
        let total: usize =
            (1..10).map(|round| burst(&mut limits, NOW_MS + round * 2_000, 25, &write).0).sum();
        assert_eq!(total, 80, "100 in 30 seconds");
        assert_eq!(burst(&mut limits, NOW_MS + 30_000, 25, &write).0, 20);
    }

    #[test]
    fn points_last_for_an_hour() {
        let mut limits = Limits::default();
        limits.numbers.points_per_hour = 10;
        let get = call("GET", "/rest/api/3/field", None);
        limits.charge(NOW_MS, "app", 9);
        assert_eq!(limits.admit(NOW_MS, &get).map(|standing| standing.remaining), Ok(1));
        limits.charge(NOW_MS, "app", 5);
        let refused = limits.admit(NOW_MS + 60_000, &get).expect_err("spent");
        assert_eq!((refused.reason, refused.retry_after_s), (Reason::GlobalQuota, 3540));
        assert_eq!(refused.headers()[3], ("x-ratelimit-reset", "2026-11-23T11:00:00Z".to_owned()));
        let person = Call { app: None, ..get };
        assert!(limits.admit(NOW_MS, &person).is_ok(), "API tokens have no points");
        assert!(limits.admit(NOW_MS + HOUR_MS, &get).is_ok());
        assert_eq!(limits.points_total("app"), 14);
    }

    #[test]
    fn switched_off_nothing_is_refused() {
        let mut limits = Limits { off: true, ..Limits::default() };
        assert_eq!(burst(&mut limits, NOW_MS, 500, &call("PUT", "/x", Some(1))).0, 500);
    }

    #[test]
    fn prices() {
        let check = |write: bool, template: &str, answer: Value, expected: u64| {
            assert_eq!(points(write, template, &answer), expected, "{template}");
        };
        check(false, "/rest/api/3/issue/{}", json!({"id": "1"}), 2);
        check(false, "/rest/api/3/search/jql", json!({"issues": [], "isLast": true}), 1);
        check(false, "/rest/api/3/search/jql", json!({"issues": [{}, {}, {}]}), 4);
        check(false, "/rest/api/3/myself", json!({"accountId": "x"}), 3);
        check(false, "/rest/api/3/users/search", json!([{}, {}]), 5);
        check(true, "/rest/api/3/issue", json!({"id": "1"}), 1);
        check(true, "/rest/api/3/issue/bulk", json!({"issues": [{}, {}], "errors": []}), 2);
        check(true, "/rest/api/3/issue/{}", Value::Null, 1);
    }
}
