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
        let (admitted, refused) = burst(&mut Limits::default(), NOW_MS, 400, &call(method, template, None));
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
    let total: usize = (1..10).map(|round| burst(&mut limits, NOW_MS + round * 2_000, 25, &write).0).sum();
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
