//! What comes of a call, by status, headers and body.

use super::*;
use http::Method;

fn read() -> Call {
    Call::get("/rest/api/3/issue/10001", Cost::Object)
}

fn write() -> Call {
    Call::write(Method::POST, "/rest/api/3/issue", Some(json!({"fields": {}})))
}

async fn outcome(call: &Call, answer: Said) -> Result<Answer, JiraError> {
    jira(vec![answer]).0.call(call).await
}

fn limited(ms: i64, scope: RateScope) -> JiraError {
    JiraError::RateLimited { until: NOW.plus(ms), scope }
}

fn later(ms: i64) -> JiraError {
    JiraError::Unavailable { retry_at: NOW.plus(ms) }
}

#[tokio::test]
async fn a_rate_limit_says_for_what_and_until_when() {
    let check = async |headers: &[(&str, &str)], expected: JiraError| {
        for call in [read(), write()] {
            let got = outcome(&call, said(429, headers, "{}")).await;
            assert_eq!(got, Err(expected.clone()), "{headers:?}");
        }
    };
    let (reason, after) = ("ratelimit-reason", "retry-after");
    check(&[], limited(5_000, RateScope::Unknown)).await;
    check(&[(after, "7")], limited(7_000, RateScope::Unknown)).await;
    check(&[(after, "0")], limited(1_000, RateScope::Unknown)).await;
    check(&[(after, "-5")], limited(1_000, RateScope::Unknown)).await;
    check(&[(after, "999999999999")], limited(300_000, RateScope::Unknown)).await;
    check(&[(after, "1e308")], limited(300_000, RateScope::Unknown)).await;
    check(&[(after, "NaN")], limited(5_000, RateScope::Unknown)).await;
    check(&[(after, "soon")], limited(5_000, RateScope::Unknown)).await;
    check(&[(reason, "jira-burst-based"), (after, "2")], limited(2_000, RateScope::Endpoint)).await;
    check(&[(reason, "jira-per-issue-on-write"), (after, "2")], limited(2_000, RateScope::Issue)).await;
    check(&[(reason, "jira-cost-based"), (after, "60")], limited(60_000, RateScope::Quota)).await;
    // Half past: the quota is full again at the top of the hour.
    check(&[(reason, "jira-quota-global-based")], limited(1_800_000, RateScope::Quota)).await;
    check(
        &[(reason, "jira-quota-tenant-based"), ("x-ratelimit-reset", "2026-11-23T13:40Z")],
        limited(600_000, RateScope::Quota),
    )
    .await;
    check(&[(reason, "jira-quota-global-based"), (after, "86400")], limited(QUOTA_MS_MAX, RateScope::Quota))
        .await;
}

#[tokio::test]
async fn a_status_says_what_can_be_done() {
    let check = async |call: Call, status: u16, body: &str, expected: JiraError| {
        assert_eq!(outcome(&call, said(status, &[], body)).await, Err(expected), "{status} {body}");
    };
    let gone =
        r#"{"errorMessages":["Issue does not exist or you do not have permission to see it."],"errors":{}}"#;
    check(
        read(),
        404,
        gone,
        JiraError::NotFound(vec!["Issue does not exist or you do not have permission to see it.".into()]),
    )
    .await;
    check(
        read(),
        404,
        r#"{"errorMessage":"no desk","i18nErrorMessage":{}}"#,
        JiraError::NotFound(vec!["no desk".into()]),
    )
    .await;
    check(
        read(),
        404,
        r#"{"message":"Property with key not found.","statusCode":404}"#,
        JiraError::NotFound(vec!["Property with key not found.".into()]),
    )
    .await;
    // A site that is gone, a gateway and an unknown address don't say that an issue is gone.
    check(read(), 404, "<html> Page unavailable", later(5_000)).await;
    check(
        read(),
        404,
        r#"{"timestamp":"x","status":404,"error":"Not Found","message":"No message available","path":"/"}"#,
        later(5_000),
    )
    .await;
    check(
        read(),
        404,
        r#"{"type":"about:blank","title":"Not Found","status":404,"detail":"No endpoint GET /x."}"#,
        later(5_000),
    )
    .await;
    check(read(), 401, "", JiraError::Unauthorized).await;
    check(read(), 403, r#"{"error":"Failed to parse Connect Session Auth Token"}"#, JiraError::Unauthorized)
        .await;
    check(read(), 403, r#"{"errorMessages":["no"],"errors":{}}"#, JiraError::Forbidden(vec!["no".into()]))
        .await;
    check(
        write(),
        400,
        r#"{"errorMessages":[],"errors":{"summary":"Field 'summary' cannot be set."}}"#,
        JiraError::Refused {
            status: 400,
            messages: vec![],
            fields: [("summary".into(), "Field 'summary' cannot be set.".into())].into(),
        },
    )
    .await;
    check(read(), 302, "", later(5_000)).await;
    check(write(), 307, "", JiraError::Unknown("status 307".into())).await;
    check(write(), 409, "", later(5_000)).await;
    check(read(), 500, "oops", later(5_000)).await;
    check(write(), 500, "oops", JiraError::Unknown("status 500".into())).await;
    check(write(), 504, "", JiraError::Unknown("status 504".into())).await;
    check(write(), 408, "", JiraError::Unknown("status 408".into())).await;
    check(write(), 200, "<html>", JiraError::Unknown("taken, and answered with no JSON".into())).await;
    check(read(), 200, "<html>", JiraError::Garbled { path: String::new(), what: "no JSON".into() }).await;
    let slow = said(503, &[("retry-after", "30")], "");
    assert_eq!(outcome(&read(), slow).await, Err(later(30_000)));
}

#[tokio::test]
async fn messages_are_bounded() {
    let long = json!({"errorMessages": vec!["x".repeat(10_000); 100]}).to_string();
    let Err(JiraError::Refused { messages, .. }) = outcome(&read(), said(400, &[], &long)).await else {
        panic!()
    };
    assert_eq!((messages.len(), messages[0].len()), (20, 500));
}

/// Every error that was recorded of Jira is understood as what it is.
#[tokio::test]
async fn recorded_errors_are_understood() {
    let Some(file) = crate::jira::specs("error-shapes.json") else { return };
    let file: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    for case in file["cases"].as_array().unwrap() {
        let status = u16::try_from(case["status"].as_u64().unwrap()).unwrap();
        let body = case["body"].as_str().map_or_else(|| case["body"].to_string(), str::to_owned);
        let got = outcome(&read(), said(status, &[], &body)).await;
        let by_jira = case["body"].get("errorMessages").is_some();
        let right = match status {
            200 => got.is_ok(),
            404 if by_jira => matches!(got, Err(JiraError::NotFound(_))),
            404 => matches!(got, Err(JiraError::Unavailable { .. })),
            403 => matches!(got, Err(JiraError::Unauthorized)),
            _ => {
                matches!(&got, Err(JiraError::Refused { messages, fields, .. }) if messages.len() + fields.len() > 0)
            }
        };
        assert!(right, "{} {got:?}", case["req"]);
    }
}

#[tokio::test]
async fn a_read_is_tried_once_more_and_a_write_never() {
    let not_sent = || Err(NetError::NotSent("no connection".into()));
    let lost = || Err(NetError::Unknown("time-out".into()));
    let check = async |call: Call, answers: Vec<Said>, expected: Result<u16, JiraError>, calls: usize| {
        let (jira, site) = jira(answers);
        assert_eq!(jira.call(&call).await.map(|a| a.status), expected);
        assert_eq!(asked(&site).len(), calls);
    };
    let ok = || said(200, &[], "{}");
    check(read(), vec![not_sent(), ok()], Ok(200), 2).await;
    check(read(), vec![not_sent(), not_sent()], Err(JiraError::NotSent("no connection".into())), 2).await;
    check(read(), vec![lost()], Err(later(5_000)), 1).await;
    check(write(), vec![not_sent()], Err(JiraError::NotSent("no connection".into())), 1).await;
    check(write(), vec![lost()], Err(JiraError::Unknown("time-out".into())), 1).await;
    check(write(), vec![said(204, &[], "")], Ok(204), 1).await;
}

#[tokio::test]
async fn calls_and_points_are_counted() {
    let (jira, _) = jira(vec![
        Err(NetError::NotSent("x".into())),
        said(200, &[("date", "Mon, 23 Nov 2026 13:31:00 GMT")], "{}"),
        said(201, &[], "{}"),
        said(429, &[], ""),
    ]);
    for call in [read(), write(), read()] {
        let _ = jira.call(&call).await;
    }
    let spent = jira.spent();
    let lines: Vec<String> = spent.calls.iter().map(|((e, s), n)| format!("{e} {s} {n}")).collect();
    assert_eq!(
        lines,
        [
            "GET /rest/api/3/issue/{id} 200 1",
            "GET /rest/api/3/issue/{id} 429 1",
            "GET /rest/api/3/issue/{id} not_sent 1",
            "POST /rest/api/3/issue 201 1",
        ]
    );
    assert_eq!((spent.sent(), spent.writes, spent.points), (3, 1, 5));
    assert_eq!(jira.clock_ahead_ms(), Some(60_000));
}
