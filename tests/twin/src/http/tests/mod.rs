//! The API as its callers meet it, through one helper.

mod apps;
mod comments;
mod desk;
mod issues;
mod people;
mod search;
mod web;

use std::sync::Arc;

use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Request;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::{ManualClock, Twin, TwinConfig};

/// 2026-11-23T10:00:00Z
const START_MS: i64 = 1_795_428_000_000;

/// A twin with the site `acme`, and who asks it.
#[derive(Debug)]
struct Acme {
    twin: Twin,
    clock: Arc<ManualClock>,
}

/// An answer: status and body (`null` when empty).
#[derive(Debug, PartialEq)]
struct Answer(u16, Value);

impl Acme {
    fn new() -> Self {
        Self::with_lag(0)
    }

    fn with_lag(index_lag_ms: i64) -> Self {
        let clock = Arc::new(ManualClock::at(START_MS));
        let twin = Twin::new(TwinConfig { seed: 7, clock: clock.clone(), index_lag_ms });
        twin.add_site("acme", "http://acme.test");
        twin.add_site("globex", "http://globex.test");
        Self { twin, clock }
    }

    /// One request of one person (`""` is nobody). A body of `null` is none.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "the tables read better without a reference in every row"
    )]
    fn check(&self, who: &str, method: &str, path: &str, body: Value) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if !who.is_empty() {
            let credentials = STANDARD.encode(format!("{who}@acme.example:{who}-token"));
            request = request.header("authorization", format!("Basic {credentials}"));
        }
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let request = request.header("content-type", "application/json").body(body).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let response = self.twin.router("acme").oneshot(request).await.unwrap();
            let status = response.status().as_u16();
            let bytes = response.into_body().collect().await.unwrap().to_bytes();
            Answer(
                status,
                if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() },
            )
        })
    }

    fn get(&self, who: &str, path: &str) -> Value {
        let Answer(status, body) = self.check(who, "GET", path, Value::Null);
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    fn post(&self, who: &str, path: &str, body: Value) -> Value {
        let Answer(status, body) = self.check(who, "POST", path, body);
        assert!((200..300).contains(&status), "{path}: {status} {body}");
        body
    }

    fn put(&self, who: &str, path: &str, body: Value) -> Value {
        let Answer(status, body) = self.check(who, "PUT", path, body);
        assert!((200..300).contains(&status), "{path}: {status} {body}");
        body
    }

    /// A request that customer1 raised in the portal of ITA; gives its key.
    fn request(&self) -> String {
        let raised = self.post(
            "customer1",
            "/rest/servicedeskapi/request",
            json!({
                "serviceDeskId": "1",
                "requestTypeId": "11",
                "requestFieldValues": {"summary": "Printer on fire", "description": "It *burns*."},
            }),
        );
        raised["issueKey"].as_str().unwrap().to_owned()
    }

    /// An issue an agent made in a project, without request type; gives its key.
    fn issue(&self, project: &str, issue_type: &str) -> String {
        let fields =
            json!({"project": {"key": project}, "issuetype": {"name": issue_type}, "summary": "Plain"});
        self.post("agent1", "/rest/api/3/issue", json!({"fields": fields}))["key"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    fn account(&self, name: &str) -> String {
        self.twin.with_site("acme", |site| site.user_named(name).unwrap().account_id.clone())
    }

    /// The id of a custom field by its name.
    fn field(&self, name: &str) -> String {
        self.twin.with_site("acme", |site| site.field_named(name).unwrap().id.clone())
    }
}

/// A paragraph of ADF.
fn adf(text: &str) -> Value {
    json!({"type": "doc", "version": 1, "content": [
        {"type": "paragraph", "content": [{"type": "text", "text": text}]}]})
}

/// The usual envelope with one message.
fn refused(message: &str) -> Value {
    json!({"errorMessages": [message], "errors": {}})
}

/// The usual envelope with one field.
fn refused_field(field: &str, message: &str) -> Value {
    json!({"errorMessages": [], "errors": {field: message}})
}
