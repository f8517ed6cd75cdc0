//! The gate as a caller meets it: apps get in, limits hold, faults strike, and every call is counted.

use std::sync::Arc;

use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, Request};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::connect::fake_app::{FakeApp, URI};
use crate::connect::{Claims, qsh, sign_hs256};
use crate::{ManualClock, Twin, TwinConfig};

const KEY: &str = "com.example.app";
/// 2026-11-23T10:00:00Z
const NOW_MS: i64 = 1_795_428_000_000;
const INSTALL: &str = "application/vnd.atl.plugins.install.uri+json";
const MYSELF: &str = "/rest/api/3/myself";

struct World {
    twin: Twin,
    clock: Arc<ManualClock>,
    app: FakeApp,
}

/// Status, headers and body; status 0 is an answer that was lost.
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Value,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

impl World {
    fn new() -> Self {
        let clock = Arc::new(ManualClock::at(NOW_MS));
        let twin = Twin::new(TwinConfig { seed: 3, clock: clock.clone(), index_lag_ms: 0 });
        twin.add_site("acme", "http://acme.test");
        let app = FakeApp::new();
        twin.set_outbound(Arc::new(app.clone()));
        Self { twin, clock, app }
    }

    async fn installed() -> Self {
        let world = Self::new();
        world.twin.install("acme", URI, &world.app).await.unwrap();
        world
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.twin.router("acme").oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        match body.collect().await {
            Err(_) => Answer { status: 0, headers: parts.headers, body: Value::Null },
            Ok(body) => {
                let bytes = body.to_bytes();
                let body = serde_json::from_slice(&bytes)
                    .unwrap_or_else(|_| json!(String::from_utf8_lossy(&bytes).into_owned()));
                Answer { status: parts.status.as_u16(), headers: parts.headers, body }
            }
        }
    }

    async fn person(&self, who: &str, method: &str, path: &str, kind: &str, body: Value) -> Answer {
        let credentials = STANDARD.encode(format!("{who}@acme.example:{who}-token"));
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Basic {credentials}"))
            .header("content-type", kind);
        self.send(request.body(body_of(&body)).unwrap()).await
    }

    async fn app_call(&self, method: &str, path: &str, body: Value) -> Answer {
        let secret = self.twin.with(|state| state.connect.sites["acme"].apps[KEY].shared_secret.clone());
        let now_ms = self.twin.with(|state| state.clock.now_ms());
        let (plain, query) = path.split_once('?').unwrap_or((path, ""));
        let claims = Claims { qsh: Some(qsh(method, plain, query)), ..Claims::issued(KEY, now_ms) };
        let token = sign_hs256(&claims, &secret).unwrap();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("JWT {token}"))
            .header("content-type", "application/json");
        self.send(request.body(body_of(&body)).unwrap()).await
    }

    async fn control(&self, method: &str, path: &str, body: Value) -> Answer {
        let request = Request::builder().method(method).uri(format!("/_twin/{path}"));
        self.send(request.body(body_of(&body)).unwrap()).await
    }

    /// Creates an issue as the app; gives its key.
    async fn issue(&self) -> String {
        let (project, issue_type) = self.twin.with_site("acme", |site| {
            let project = site.project("SW").unwrap();
            (project.id.clone(), project.issue_types[0].clone())
        });
        let fields =
            json!({"project": {"id": project}, "issuetype": {"id": issue_type}, "summary": "Printer"});
        let answer = self.app_call("POST", "/rest/api/3/issue", json!({"fields": fields})).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.body["key"].as_str().unwrap().to_owned()
    }

    async fn fault(&self, rule: Value) {
        let answer = self.control("PUT", "faults", json!({"rules": [rule]})).await;
        assert_eq!(answer.status, 204, "{}", answer.body);
    }

    fn issues(&self) -> usize {
        self.twin.with_site("acme", |site| site.issues.len())
    }
}

/// `null` is no body.
fn body_of(body: &Value) -> Body {
    if body.is_null() { Body::empty() } else { Body::from(body.to_string()) }
}

#[tokio::test]
async fn an_admin_installs_an_app_over_upm() {
    let world = World::new();
    let list = world.person("admin", "GET", "/rest/plugins/1.0/", "", Value::Null).await;
    let token = list.header("upm-token").unwrap().to_owned();
    let place = format!("/rest/plugins/1.0/?token={token}");
    let ask = |who: &'static str, place: String, kind: &'static str| {
        let world = &world;
        async move { world.person(who, "POST", &place, kind, json!({"pluginUri": URI})).await }
    };
    assert_eq!(ask("agent1", place.clone(), INSTALL).await.status, 403);
    assert_eq!(ask("admin", "/rest/plugins/1.0/?token=x".into(), INSTALL).await.status, 403);
    assert_eq!(ask("admin", place.clone(), "application/json").await.status, 415);
    let task = ask("admin", place.clone(), INSTALL).await;
    assert_eq!((task.status, &task.body["status"]["done"]), (202, &json!(false)));
    let polled =
        world.person("admin", "GET", task.body["links"]["self"].as_str().unwrap(), "", Value::Null).await;
    assert_eq!(polled.body["status"]["done"], json!(true), "{}", polled.body);
    let plugin = "/rest/plugins/1.0/com.example.app-key";
    assert_eq!(world.person("admin", "GET", plugin, "", Value::Null).await.body["enabled"], json!(true));
    let disabled = world.person("admin", "PUT", plugin, "application/json", json!({"enabled": false})).await;
    assert_eq!(disabled.body["enabled"], json!(false));
    assert_eq!(world.app_call("GET", MYSELF, Value::Null).await.status, 401, "a disabled app is not let in");
    assert_eq!(world.person("admin", "DELETE", plugin, "", Value::Null).await.status, 204);
    assert_eq!(world.person("admin", "GET", plugin, "", Value::Null).await.status, 404);
    let paths: Vec<String> = world.app.take().iter().map(|call| call.uri().path().to_owned()).collect();
    assert_eq!(
        paths,
        ["/base/installed", "/base/enabled", "/base/disabled", "/base/disabled", "/base/uninstalled"]
    );
}

#[tokio::test]
async fn a_failed_install_is_told_in_the_task() {
    let world = World::new();
    let list = world.person("admin", "GET", "/rest/plugins/1.0/", "", Value::Null).await;
    let place = format!("/rest/plugins/1.0/?token={}", list.header("upm-token").unwrap());
    world.app.answer_next(&[500]);
    let task = world.person("admin", "POST", &place, INSTALL, json!({"pluginUri": URI})).await;
    let polled =
        world.person("admin", "GET", task.body["links"]["self"].as_str().unwrap(), "", Value::Null).await;
    let message = polled.body["status"]["errorMessage"].as_str().unwrap();
    assert!(message.contains("'installed' callback: 500"), "{message}");
}

#[tokio::test]
async fn an_app_acts_as_itself_and_is_counted() {
    let world = World::installed().await;
    let mark = world.twin.ledger_mark();
    let me = world.app_call("GET", MYSELF, Value::Null).await;
    assert_eq!((me.status, &me.body["accountType"]), (200, &json!("app")), "{}", me.body);
    let key = world.issue().await;
    world.app_call("GET", &format!("/rest/api/3/issue/{key}?fields=summary"), Value::Null).await;
    let calls = world.control("GET", &format!("ledger?since={mark}&app={KEY}"), Value::Null).await.body;
    let seen: Vec<(String, u64, bool)> = calls["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            let text = |name: &str| it[name].as_str().unwrap().to_owned();
            (
                format!("{} {}", text("method"), text("template")),
                it["points"].as_u64().unwrap(),
                it["write"] == json!(true),
            )
        })
        .collect();
    let expected = [
        ("GET /rest/api/3/myself".to_owned(), 3, false),
        ("POST /rest/api/3/issue".to_owned(), 1, true),
        ("GET /rest/api/3/issue/{}".to_owned(), 2, false),
    ];
    assert_eq!(seen, expected);
    assert_eq!(world.twin.with(|state| state.limits.points_total(KEY)), 6);
    assert_eq!(me.header("x-ratelimit-remaining"), Some("65000"));
    assert_eq!(me.header("ratelimit-policy"), Some("\"global-app-quota\";q=65000;w=3600"));
}

#[tokio::test]
async fn a_token_for_another_address_is_refused() {
    let world = World::installed().await;
    let secret = world.twin.with(|state| state.connect.sites["acme"].apps[KEY].shared_secret.clone());
    let claims = Claims { qsh: Some(qsh("GET", "/elsewhere", "")), ..Claims::issued(KEY, NOW_MS) };
    let token = sign_hs256(&claims, &secret).unwrap();
    let request = Request::get(MYSELF).header("authorization", format!("JWT {token}"));
    let answer = world.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, 401);
    assert!(answer.body["errorMessages"][0].as_str().unwrap().contains("'qsh'"));
}

#[tokio::test]
async fn a_get_with_a_body_is_refused() {
    let world = World::installed().await;
    assert_eq!(world.app_call("GET", MYSELF, json!({})).await.status, 403);
}

#[tokio::test]
async fn nobody_is_told_of_limits() {
    let world = World::new();
    let request = Request::get("/rest/api/3/serverInfo").body(Body::empty()).unwrap();
    let answer = world.send(request).await;
    assert_eq!((answer.status, answer.header("x-ratelimit-limit")), (200, None));
}

#[tokio::test]
async fn limits_answer_429_and_lift_with_time() {
    let world = World::installed().await;
    let key = world.issue().await;
    let comment = format!("/rest/api/2/issue/{key}/comment");
    for _ in 0..20 {
        assert_eq!(world.app_call("POST", &comment, json!({"body": "x"})).await.status, 201);
    }
    let refused = world.app_call("POST", &comment, json!({"body": "x"})).await;
    assert_eq!((refused.status, refused.header("ratelimit-reason")), (429, Some("jira-per-issue-on-write")));
    assert_eq!(refused.header("retry-after"), Some("2"));
    let moved = world.control("POST", "clock", json!({"advanceMs": 2000})).await;
    assert_eq!(moved.body["nowMs"], json!(NOW_MS + 2000));
    assert_eq!(world.app_call("POST", &comment, json!({"body": "x"})).await.status, 201);
    world.control("PUT", "limits", json!({"pointsPerHour": 5})).await;
    let spent = world.app_call("GET", MYSELF, Value::Null).await;
    assert_eq!((spent.status, spent.header("ratelimit-reason")), (429, Some("jira-quota-global-based")));
    world.control("PUT", "limits", json!({"off": true})).await;
    assert_eq!(world.app_call("GET", MYSELF, Value::Null).await.status, 200);
}

#[tokio::test]
async fn a_status_on_demand() {
    let world = World::installed().await;
    world.fault(json!({"path": "*/myself", "times": 1, "effect": {"status": {"code": 429, "retryAfter": "99999"}}})).await;
    let struck = world.app_call("GET", MYSELF, Value::Null).await;
    assert_eq!((struck.status, struck.header("retry-after")), (429, Some("99999")));
    assert_eq!(world.app_call("GET", MYSELF, Value::Null).await.status, 200, "once only");
    let tenant = json!({"code": 429, "reason": "jira-quota-tenant-based"});
    world.fault(json!({"times": 1, "effect": {"status": tenant}})).await;
    let struck = world.app_call("GET", MYSELF, Value::Null).await;
    assert_eq!((struck.status, struck.header("retry-after")), (429, None), "seen in the field");
    assert_eq!(struck.header("ratelimit-reason"), Some("jira-quota-tenant-based"));
    let wrong = world.control("PUT", "faults", json!({"rules": [{"effect": "explode"}]})).await;
    assert_eq!(wrong.status, 400);
}

/// A create under a fault: what the caller gets, and whether the issue exists.
async fn check_lost(effect: &str, expected_issues: usize) {
    let world = World::installed().await;
    let before = world.issues();
    world.fault(json!({"method": "POST", "path": "/rest/api/3/issue", "effect": effect})).await;
    let (project, issue_type) = world.twin.with_site("acme", |site| {
        let project = site.project("SW").unwrap();
        (project.id.clone(), project.issue_types[0].clone())
    });
    let fields = json!({"project": {"id": project}, "issuetype": {"id": issue_type}, "summary": "Printer"});
    let answer = world.app_call("POST", "/rest/api/3/issue", json!({"fields": fields})).await;
    assert_eq!((answer.status, world.issues() - before), (0, expected_issues), "{effect}");
    let last = world.twin.ledger().pop().unwrap();
    assert_eq!((last.status, last.write, last.app.as_deref()), (None, true, Some(KEY)));
}

#[tokio::test]
async fn answers_get_lost_before_or_after_the_effect() {
    check_lost("timeoutBefore", 0).await;
    check_lost("timeoutAfter", 1).await;
}

#[tokio::test]
async fn search_can_be_held_back() {
    let world = World::installed().await;
    world.issue().await;
    let found = async || {
        let query = json!({"jql": "project = SW", "fields": ["summary"]});
        world.app_call("POST", "/rest/api/3/search/jql", query).await.body["issues"].as_array().unwrap().len()
    };
    world.clock.advance(1000);
    assert_eq!(found().await, 1);
    world.fault(json!({"path": "*/search/jql", "times": 1, "effect": {"staleSearch": {"ms": 5000}}})).await;
    assert_eq!(found().await, 0);
    assert_eq!(found().await, 1);
}

#[tokio::test]
async fn the_control_resource_shows_and_steers() {
    let world = World::installed().await;
    let webhook = json!({"webhooks": {"drop": 0.5}});
    assert_eq!(world.control("PUT", "faults", webhook).await.status, 204);
    assert_eq!(world.control("GET", "faults", Value::Null).await.body["webhooks"]["drop"], json!(0.5));
    assert_eq!(world.control("DELETE", "faults", Value::Null).await.status, 204);
    let id = world.issue().await;
    world
        .app_call("PUT", &format!("/rest/api/2/issue/{id}"), json!({"fields": {"summary": "Plotter"}}))
        .await;
    let waiting = world.control("GET", "webhooks", Value::Null).await.body;
    assert_eq!(waiting["waiting"][0]["event"], json!("jira:issue_updated"));
    assert_eq!(world.control("POST", "deliver", Value::Null).await.body, json!({"sent": 1, "failed": 0}));
    let state = world.control("GET", "state", Value::Null).await.body;
    assert_eq!((&state["webhooksWaiting"], &state["sites"][0]["apps"][0]["key"]), (&json!(0), &json!(KEY)));
    let comment = format!("/rest/api/2/issue/{id}/comment");
    assert_eq!(world.app_call("POST", &comment, json!({"body": "hello"})).await.status, 201);
    let comments = world.control("GET", "comments", Value::Null).await.body;
    let row = (&comments[0]["text"], &comments[0]["everInPortal"], &comments[0]["jsdPublic"]);
    assert_eq!(row, (&json!("hello"), &json!(false), &json!(true)), "no portal shows a software project");
    assert_eq!(world.control("PUT", "webhooks", json!({"retrySpacingMs": [10, 20]})).await.status, 204);
    assert_eq!(world.twin.with(|state| state.connect.webhooks.retry_spacing_ms), (10, 20));
    assert_eq!(world.control("PUT", "site", json!({"clockSkewMs": 60_000})).await.status, 204);
    let later = world.person("agent1", "GET", MYSELF, "", Value::Null).await;
    assert_eq!(later.header("date"), Some("Mon, 23 Nov 2026 10:01:00 GMT"));
    assert_eq!(world.control("GET", "install-keys/none", Value::Null).await.status, 404);
    assert_eq!(world.control("GET", "nothing", Value::Null).await.status, 404);
    assert!(world.twin.ledger().iter().all(|entry| !entry.path.starts_with("/_twin")));
}
