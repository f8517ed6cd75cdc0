//! The client against answers of the published shapes, and against none.

mod outcomes;
mod reads;

use super::*;
use crate::clock::ManualClock;
use crate::jira::access::ConnectAccess;
use crate::secret::Secret;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures::future::BoxFuture;
use serde_json::json;
use std::sync::Mutex;

/// 2026-11-23T13:30:00Z
const NOW: Millis = Millis(1_795_440_600_000);

type Said = Result<Response<Bytes>, NetError>;

/// Answers one call after the other, and keeps what was asked: `METHOD target body`.
#[derive(Debug, Default)]
struct Site {
    answers: Mutex<Vec<Said>>,
    asked: Mutex<Vec<String>>,
    /// `iat` of the tokens.
    issued: Mutex<Vec<i64>>,
}

fn issued(request: &Request<Bytes>) -> i64 {
    let token = request.headers()["authorization"].to_str().unwrap();
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    serde_json::from_slice::<Value>(&claims).unwrap()["iat"].as_i64().unwrap()
}

impl Transport for Site {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Said> {
        self.issued.lock().unwrap().push(issued(&request));
        let uri = request.uri().to_string();
        let target = uri.strip_prefix("https://acme.atlassian.net").unwrap();
        let body = String::from_utf8_lossy(request.body());
        self.asked
            .lock()
            .unwrap()
            .push(format!("{} {target} {body}", request.method()).trim_end().to_owned());
        let answer = self.answers.lock().unwrap().remove(0);
        Box::pin(async move { answer })
    }
}

fn jira(answers: Vec<Said>) -> (Jira, Arc<Site>) {
    let site = Arc::new(Site { answers: Mutex::new(answers), ..Site::default() });
    let access = SiteAccess::Connect(ConnectAccess {
        site: "site-1".into(),
        base_url: "https://acme.atlassian.net".parse().unwrap(),
        app_key: "duplex".into(),
        client_key: "acme-key".into(),
        secret: Secret::new("s3cret"),
    });
    let clock = Arc::new(ManualClock::at(NOW));
    (Jira::new(access, Arc::clone(&site) as Arc<dyn Transport>, clock), site)
}

/// A client whose site gives these bodies, each with 200.
fn giving(bodies: impl IntoIterator<Item = Value>) -> (Jira, Arc<Site>) {
    jira(bodies.into_iter().map(|body| said(200, &[], &body.to_string())).collect())
}

fn said(status: u16, headers: &[(&str, &str)], body: &str) -> Said {
    let mut answer = Response::builder().status(status);
    for (name, value) in headers {
        answer = answer.header(*name, *value);
    }
    Ok(answer.body(Bytes::from(body.to_owned())).unwrap())
}

fn asked(site: &Site) -> Vec<String> {
    site.asked.lock().unwrap().clone()
}
