//! An app in the same process, for tests: serves a descriptor, keeps what it is sent, answers what it is told to.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response, StatusCode};
use serde_json::{Value, json};

use super::Outbound;

pub(crate) const BASE: &str = "https://app.example/base";
pub(crate) const URI: &str = "https://app.example/base/atlassian-connect.json";

#[derive(Debug, Clone)]
pub(crate) struct FakeApp {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug)]
struct Inner {
    descriptor: Value,
    /// What the next POSTs are answered; 204 when there is nothing left. 0 is a connection that fails.
    answers: VecDeque<u16>,
    received: Vec<Request<Bytes>>,
}

impl FakeApp {
    pub(crate) fn new() -> Self {
        let inner = Inner { descriptor: descriptor(), answers: VecDeque::new(), received: Vec::new() };
        Self { inner: Arc::new(Mutex::new(inner)) }
    }

    pub(crate) fn with_descriptor(change: impl FnOnce(&mut Value)) -> Self {
        let app = Self::new();
        change(&mut app.inner.lock().expect("lock").descriptor);
        app
    }

    pub(crate) fn answer_next(&self, statuses: &[u16]) {
        self.inner.lock().expect("lock").answers.extend(statuses);
    }

    /// The POSTs since the last look.
    pub(crate) fn take(&self) -> Vec<Request<Bytes>> {
        std::mem::take(&mut self.inner.lock().expect("lock").received)
    }
}

impl Outbound for FakeApp {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'static, Result<Response<Bytes>, String>> {
        let mut inner = self.inner.lock().expect("lock");
        let answer = if request.method() == "GET" {
            let found = request.uri() == URI;
            let status = if found { StatusCode::OK } else { StatusCode::NOT_FOUND };
            Ok((status, Bytes::from(inner.descriptor.to_string())))
        } else {
            inner.received.push(request);
            match inner.answers.pop_front().unwrap_or(204) {
                0 => Err("connection refused".to_owned()),
                code => Ok((StatusCode::from_u16(code).expect("a status"), Bytes::new())),
            }
        };
        Box::pin(async move {
            answer.map(|(status, body)| {
                let mut response = Response::new(body);
                *response.status_mut() = status;
                response
            })
        })
    }
}

fn descriptor() -> Value {
    let hook = |event: &str| json!({"event": event, "url": "/hook?e=1"});
    json!({
        "key": "com.example.app",
        "name": "Mirror",
        "baseUrl": BASE,
        "authentication": {"type": "jwt"},
        "scopes": ["ADMIN"],
        "lifecycle": {"installed": "/installed", "enabled": "/enabled", "disabled": "/disabled", "uninstalled": "/uninstalled"},
        "modules": {
            "webhooks": [
                {"event": "jira:issue_created", "url": "/hook", "filter": "project = ITA"},
                hook("jira:issue_updated"), hook("jira:issue_deleted"), hook("comment_created"), hook("comment_deleted"),
                {"event": "issue_property_set", "url": "/hook", "propertyKeys": ["wanted"]},
            ],
            "adminPages": [{"key": "admin", "url": "/admin?tab=1", "name": {"value": "Mirror"}}],
        },
    })
}
