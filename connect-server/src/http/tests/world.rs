//! A server in this process, and a site that talks to it as Jira does.

use super::sign::{self, Installer};
use crate::app::{App, Deps};
use crate::clock::{Clock, ManualClock, SeededChance};
use crate::config::Settings;
use crate::egress::{NetError, Transport};
use crate::store::Store;
use axum::body::Body;
use bytes::Bytes;
use clap::Parser;
use duplex_core::id::Millis;
use futures::future::BoxFuture;
use http::{Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::sync::Arc;
use tempfile::TempDir;
use tower::ServiceExt;

pub(super) const APP: &str = "duplex-mirror";
pub(super) const BASE: &str = "https://mirror.example";
pub(super) const ACME: &str = "https://acme.atlassian.net";

/// 2026-11-23T10:00:00Z.
const START: Millis = Millis(1_795_428_000_000);

#[derive(Debug, Parser)]
struct Flags {
    #[command(flatten)]
    settings: Settings,
}

/// Settings as a command line gives them.
pub(super) fn settings(more: &[&str]) -> Settings {
    let flags = ["duplex", "--base-url", BASE, "--secret-key", super::KEY];
    Flags::try_parse_from(flags.iter().chain(more)).unwrap().settings
}

pub(super) struct World {
    pub(super) clock: Arc<ManualClock>,
    pub(super) store: Store,
    pub(super) atlassian: Arc<Installer>,
    pub(super) app: App,
    _dir: TempDir,
}

/// What a request was answered.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answered {
    pub(super) status: StatusCode,
    pub(super) body: String,
}

impl World {
    pub(super) async fn new() -> Self {
        Self::at(BASE).await
    }

    /// A server that is reached at another address.
    pub(super) async fn at(base_url: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let atlassian = Arc::new(Installer::new("key-1"));
        let keys = KeyHost { path: format!("/{}", atlassian.kid), pem: atlassian.pem() };
        let chance = Arc::new(SeededChance::new(1));
        let clock = Arc::new(ManualClock::at(START));
        let store = super::open(dir.path(), chance.clone()).await;
        let deps = Deps { clock: clock.clone(), chance, transport: Arc::new(keys), store: store.clone() };
        let mut settings = settings(&[]);
        settings.base_url = base_url.parse().unwrap();
        Self { app: App::build(&settings, deps), clock, store, atlassian, _dir: dir }
    }

    pub(super) fn seconds(&self) -> i64 {
        self.clock.now().0 / 1000
    }

    /// Claims of a token for one request, as Jira makes them.
    pub(super) fn claims(&self, issuer: &str, method: &str, path: &str) -> Value {
        let now = self.seconds();
        json!({"iss": issuer, "aud": [BASE], "iat": now, "exp": now + 180, "qsh": sign::qsh(method, path)})
    }

    pub(super) async fn post(&self, path: &str, token: Option<&str>, body: impl Into<Body>) -> Answered {
        let mut request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("JWT {token}"));
        }
        self.send(request.body(body.into()).unwrap()).await
    }

    pub(super) async fn send(&self, request: Request<Body>) -> Answered {
        let answer = self.app.router().oneshot(request).await.unwrap();
        let status = answer.status();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        Answered { status, body: String::from_utf8(body.to_vec()).unwrap() }
    }

    /// A lifecycle callback signed by Atlassian.
    pub(super) async fn installer_says(&self, path: &str, client_key: &str, body: &Value) -> Answered {
        let token = self.atlassian.rs256(&self.claims(client_key, "POST", path));
        self.post(path, Some(&token), body.to_string()).await
    }

    /// A callback or event signed with a site's secret.
    pub(super) async fn site_says(
        &self,
        path: &str,
        client_key: &str,
        secret: &str,
        body: &Value,
    ) -> Answered {
        let token = sign::hs256(secret, &self.claims(client_key, "POST", path));
        self.post(path, Some(&token), body.to_string()).await
    }

    /// A second later: the installer's tokens tell seconds, and two of one second would be the same.
    pub(super) async fn install(&self, client_key: &str, secret: &str, base_url: &str) -> Answered {
        self.clock.advance(1_000);
        let body = callback(client_key, secret, base_url);
        self.installer_says("/connect/installed", client_key, &body).await
    }

    /// What is stored of all sites, as text, to see that nothing changed.
    pub(super) async fn sites(&self) -> String {
        let sites = self.store.sites.all().await.unwrap();
        let row = |s: &crate::store::sites::Site| {
            let previous = s.previous.as_ref().map(|(p, _)| p.expose().to_owned());
            format!("{} {} {} {} {previous:?}", s.client_key, s.base_url, s.state.as_str(), s.secret.expose())
        };
        sites.iter().map(row).collect::<Vec<_>>().join("\n")
    }
}

impl Answered {
    /// `401 unauthorized`: the status, and the code of the refusal.
    pub(super) fn said(&self) -> String {
        let body: Value = serde_json::from_str(&self.body).unwrap_or_default();
        let code = body.pointer("/error/code").and_then(Value::as_str).unwrap_or_default();
        format!("{} {code}", self.status.as_u16()).trim_end().to_owned()
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

/// The body of an `installed` callback.
pub(super) fn callback(client_key: &str, secret: &str, base_url: &str) -> Value {
    json!({
        "key": APP, "clientKey": client_key, "sharedSecret": secret, "baseUrl": base_url,
        "displayUrl": base_url, "productType": "jira", "description": "Atlassian Jira", "eventType": "installed",
    })
}

/// Serves the installer's public key, and nothing else.
#[derive(Debug)]
struct KeyHost {
    path: String,
    pem: String,
}

impl Transport for KeyHost {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, NetError>> {
        let known = request.uri().path() == self.path;
        let (status, body) = if known { (200, self.pem.clone()) } else { (404, String::new()) };
        let answer = Response::builder().status(status).body(Bytes::from(body));
        Box::pin(async move { answer.map_err(|e| NetError::NotSent(e.to_string())) })
    }
}
