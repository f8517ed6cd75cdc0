//! A site of the twin that remembers every exchange.

use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;

use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response};
use http_body_util::BodyExt;
use jira_twin::connect::{Claims, Outbound, qsh, sign_hs256};
use jira_twin::{ManualClock, Twin, TwinConfig};
use serde_json::{Value, json};
use tower::ServiceExt;

/// 2026-11-23T10:00:00Z
const START_MS: i64 = 1_795_428_000_000;
/// Who calls when an app does.
pub(crate) const APP: &str = "com.example.app";

pub(crate) struct Site {
    pub(crate) twin: Twin,
    pub(crate) clock: Arc<ManualClock>,
    runtime: tokio::runtime::Runtime,
    exchanges: RefCell<Vec<Exchange>>,
}

/// One call and its answer.
#[derive(Debug, Clone)]
pub(crate) struct Exchange {
    pub(crate) method: String,
    /// As the twin's table names it, e.g. `/rest/api/3/issue/{i}`.
    pub(crate) template: String,
    pub(crate) path: String,
    pub(crate) who: String,
    pub(crate) sent: Value,
    pub(crate) status: u16,
    pub(crate) content_type: String,
    /// `null` when it is empty.
    pub(crate) body: Value,
}

impl Site {
    pub(crate) fn new() -> Self {
        let clock = Arc::new(ManualClock::at(START_MS));
        let twin = Twin::new(TwinConfig { seed: 7, clock: clock.clone(), index_lag_ms: 0 });
        twin.add_site("acme", "https://acme.example");
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime
            .block_on(twin.install("acme", "https://app.example/atlassian-connect.json", &App))
            .expect("the app is installed");
        Self { twin, clock, runtime, exchanges: RefCell::default() }
    }

    /// One call of a person, of the app (`APP`) or of nobody (`""`). A body of `null` is none.
    pub(crate) fn ask(&self, who: &str, method: &str, path: &str, body: &Value) -> Exchange {
        let text = if body.is_null() { String::new() } else { body.to_string() };
        self.send(who, method, path, &text)
    }

    /// The same with a body that need not be JSON.
    pub(crate) fn send(&self, who: &str, method: &str, path: &str, body: &str) -> Exchange {
        // Nothing here is about how often somebody may call.
        self.clock.advance(1_000);
        let mut request =
            Request::builder().method(method).uri(path).header("content-type", "application/json");
        if let Some(authorization) = self.authorization(who, method, path) {
            request = request.header("authorization", authorization);
        }
        let request = request.body(Body::from(body.to_owned())).expect("a request");
        let (status, content_type, bytes) = self.runtime.block_on(async {
            let response = self.twin.router("acme").oneshot(request).await.expect("an answer");
            let status = response.status().as_u16();
            let kind = response.headers().get("content-type").and_then(|it| it.to_str().ok());
            let kind = kind.unwrap_or_default().to_owned();
            (status, kind, response.into_body().collect().await.expect("a body").to_bytes())
        });
        let exchange = Exchange {
            method: method.to_owned(),
            template: template(method, path),
            path: path.to_owned(),
            who: who.to_owned(),
            sent: serde_json::from_str(body).unwrap_or_default(),
            status,
            content_type,
            body: if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).expect("JSON") },
        };
        self.exchanges.borrow_mut().push(exchange.clone());
        exchange
    }

    pub(crate) fn exchanges(&self) -> Vec<Exchange> {
        self.exchanges.borrow().clone()
    }

    pub(crate) fn account(&self, name: &str) -> String {
        self.twin.with_site("acme", |site| site.user_named(name).expect("seeded").account_id.clone())
    }

    /// The id of a field by its name.
    pub(crate) fn field(&self, name: &str) -> String {
        self.twin.with_site("acme", |site| site.field_named(name).expect("seeded").id.clone())
    }

    fn authorization(&self, who: &str, method: &str, path: &str) -> Option<String> {
        if who.is_empty() {
            return None;
        }
        if who == APP {
            return Some(format!("JWT {}", self.token(method, path)));
        }
        Some(format!("Basic {}", STANDARD.encode(format!("{who}@acme.example:{who}-token"))))
    }

    fn token(&self, method: &str, path: &str) -> String {
        let secret = self.twin.with(|state| state.connect.sites["acme"].apps[APP].shared_secret.clone());
        let (plain, query) = path.split_once('?').unwrap_or((path, ""));
        let now_ms = jira_twin::Clock::now_ms(&*self.clock);
        let claims = Claims { qsh: Some(qsh(method, plain, query)), ..Claims::issued(APP, now_ms) };
        sign_hs256(&claims, &secret).expect("a token")
    }
}

impl Exchange {
    pub(crate) fn operation(&self) -> String {
        format!("{} {}", self.method, self.template)
    }

    /// The content type without its parameters.
    pub(crate) fn kind(&self) -> &str {
        self.content_type.split(';').next().unwrap_or_default()
    }
}

impl fmt::Display for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let who = if self.who.is_empty() { "nobody" } else { &self.who };
        write!(f, "{} {} by {who} -> {}", self.method, self.template, self.status)
    }
}

/// The template the twin's table has for a call; the path itself where it has none.
fn template(method: &str, path: &str) -> String {
    let plain = path.split('?').next().unwrap_or_default();
    let fits = |template: &str| {
        let (parts, asked): (Vec<&str>, Vec<&str>) =
            (template.split('/').collect(), plain.split('/').collect());
        parts.len() == asked.len()
            && parts.iter().zip(&asked).all(|(part, word)| part.starts_with('{') || part == word)
    };
    let mut all = jira_twin::http::operations();
    let found = all.find(|(its, template)| *its == method && fits(template));
    found.map_or_else(|| plain.to_owned(), |(_, template)| template)
}

/// Answers the twin does not give, and a word of the complaint about each.
pub(crate) fn wrong_answers() -> Vec<(Exchange, &'static str)> {
    let answer = |path: &str, status: u16, body: Value| Exchange {
        method: "GET".to_owned(),
        template: path.to_owned(),
        path: path.to_owned(),
        who: "agent1".to_owned(),
        sent: Value::Null,
        status,
        content_type: "application/json;charset=UTF-8".to_owned(),
        body,
    };
    let issue = "/rest/api/3/issue/{i}";
    let page = json!({"size": "1", "values": []});
    let html = Exchange { content_type: "text/html".to_owned(), ..answer(issue, 200, json!({"id": "1"})) };
    vec![
        (answer(issue, 200, json!({"id": 1})), "type \"string\""),
        (answer(issue, 200, json!({"id": "1", "colour": "red"})), "colour"),
        (answer(issue, 200, Value::Null), "empty"),
        (answer(issue, 418, json!({})), "undocumented status"),
        (answer(issue, 404, json!({"message": "gone"})), "envelope"),
        (answer("/rest/servicedeskapi/request/{i}/comment", 200, page), "/size"),
        (answer("/rest/api/3/no/such/thing", 200, json!({})), "no such operation"),
        (html, "text/html"),
    ]
}

/// An app that serves a descriptor and agrees to everything.
struct App;

impl Outbound for App {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'static, Result<Response<Bytes>, String>> {
        let descriptor = json!({
            "key": APP,
            "name": "Mirror",
            "baseUrl": "https://app.example",
            "authentication": {"type": "jwt"},
            "scopes": ["READ", "WRITE", "DELETE", "ADMIN"],
            "lifecycle": {"installed": "/installed"},
        });
        let body = if request.method() == "GET" { descriptor.to_string() } else { String::new() };
        Box::pin(async move { Ok(Response::new(Bytes::from(body))) })
    }
}
