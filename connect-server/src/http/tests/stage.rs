//! Two sites of a twin and a server, all in this process, talking over their real routes.

use super::world;
use crate::app::{App, Deps};
use crate::clock::{Clock, ManualClock, SeededChance};
use crate::egress::{NetError, Transport};
use crate::http::Built;
use crate::setup::Setup;
use crate::store::Store;
use axum::Router;
use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use duplex_core::id::Millis;
use futures::future::BoxFuture;
use http::{Method, Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use jira_twin::connect::Outbound;
use jira_twin::{Twin, TwinConfig};
use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::{Value, json};
use std::sync::Arc;
use tempfile::TempDir;
use tower::ServiceExt;

const START: i64 = 1_795_428_000_000;
const ACME: &str = "127.0.0.1:8101";
const GLOBEX: &str = "127.0.0.1:8102";

/// A story of this room has a handful of issues.
const SETTLE_ROUNDS_MAX: usize = 200;

pub(super) struct Stage {
    pub(super) twin: Twin,
    pub(super) clock: Arc<ManualClock>,
    twin_clock: Arc<jira_twin::ManualClock>,
    pub(super) store: Store,
    app: App,
    _dir: TempDir,
}

/// Somebody who looks at our page on a site.
#[derive(Debug, Clone, Copy)]
pub(super) struct Who(pub(super) &'static str, pub(super) &'static str);

pub(super) const ADMIN_A: Who = Who("acme", "admin");
pub(super) const ADMIN_B: Who = Who("globex", "admin");
pub(super) const AGENT_A: Who = Who("acme", "agent1");

impl Stage {
    /// Both sites have the app installed.
    pub(super) async fn new() -> Self {
        Self::showing(Built::default()).await
    }

    /// With this page.
    pub(super) async fn showing(page: Built) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let twin_clock = Arc::new(jira_twin::ManualClock::at(START));
        let twin = Twin::new(TwinConfig { seed: 1, clock: twin_clock.clone(), index_lag_ms: 0 });
        twin.add_site("acme", &format!("http://{ACME}"));
        twin.add_site("globex", &format!("http://{GLOBEX}"));
        let chance = Arc::new(SeededChance::new(1));
        let clock = Arc::new(ManualClock::at(Millis(START)));
        let store = super::open(dir.path(), chance.clone()).await;
        let keys = format!("http://{ACME}/_twin/install-keys");
        let settings =
            world::settings(&["--allow-host", ACME, "--allow-host", GLOBEX, "--install-keys-url", &keys]);
        let transport = Arc::new(Sites { twin: twin.clone() });
        let deps = Deps { clock: clock.clone(), chance, transport, store: store.clone() };
        let app = App::build(&settings, deps).with_page(page);
        let outbound = Server { router: app.router() };
        for site in ["acme", "globex"] {
            let uri = format!("{}/atlassian-connect.json", world::BASE);
            twin.install(site, &uri, &outbound).await.unwrap();
        }
        Self { twin, clock, twin_clock, store, app, _dir: dir }
    }

    /// The room that operators' commands stand on.
    pub(super) fn setup(&self) -> Arc<Setup> {
        self.app.setup()
    }

    /// What operators and their tools reach.
    pub(super) fn ops(&self, metrics: PrometheusHandle) -> Router {
        self.app.ops_router(metrics)
    }

    pub(super) fn advance(&self, ms: i64) {
        self.clock.advance(ms);
        self.twin_clock.advance(ms);
    }

    /// An issue of the admin page's API, asked with the page's token.
    pub(super) async fn ask(&self, who: Who, method: Method, path: &str, body: Option<Value>) -> Answer {
        let token = self.page_token(who);
        self.send(method, &format!("/api/v1{path}"), Some(&token), body).await
    }

    /// What `AP.context.getToken` gives the page of somebody.
    pub(super) fn page_token(&self, who: Who) -> String {
        self.twin.context_token(who.0, world::APP, &self.account(who)).unwrap()
    }

    /// Any request, with any token.
    pub(super) async fn send(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<Value>,
    ) -> Answer {
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("JWT {token}"));
        }
        let request = request.body(body).unwrap();
        let answer = self.app.router().oneshot(request).await.unwrap();
        let status = answer.status();
        let bytes = answer.into_body().collect().await.unwrap().to_bytes();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Answer { status, json: serde_json::from_str(&text).unwrap_or(Value::Null), text }
    }

    /// The address of a frame of ours, below our base URL, as Jira opens it for somebody.
    pub(super) fn frame(&self, who: Who, module: &str) -> String {
        let account = self.account(who);
        let url = self.twin.page_url(who.0, world::APP, module, &account).unwrap();
        url.strip_prefix(world::BASE).unwrap().to_owned()
    }

    /// What a browser gets: the answer's head and text.
    pub(super) async fn browse(&self, path: &str) -> (http::response::Parts, String) {
        let (head, bytes) = self.fetch(path, "identity").await;
        (head, String::from_utf8(bytes.to_vec()).unwrap())
    }

    /// What a browser gets that takes these encodings.
    pub(super) async fn fetch(&self, path: &str, encodings: &str) -> (http::response::Parts, Bytes) {
        let request = Request::get(path).header(header::ACCEPT_ENCODING, encodings);
        let request = request.body(Body::empty()).unwrap();
        let (head, body) = self.app.router().oneshot(request).await.unwrap().into_parts();
        (head, body.collect().await.unwrap().to_bytes())
    }

    /// How many calls the server has made.
    pub(super) fn calls(&self) -> usize {
        self.twin.ledger().len()
    }

    fn account(&self, who: Who) -> String {
        self.twin.with_site(who.0, |site| {
            site.users.values().find(|user| user.name == who.1).unwrap().account_id.clone()
        })
    }

    pub(super) async fn get(&self, who: Who, path: &str) -> Answer {
        self.ask(who, Method::GET, path, None).await
    }

    pub(super) async fn post(&self, who: Who, path: &str, body: Value) -> Answer {
        self.ask(who, Method::POST, path, Some(body)).await
    }

    pub(super) async fn put(&self, who: Who, path: &str, body: Value) -> Answer {
        self.ask(who, Method::PUT, path, Some(body)).await
    }

    /// Works and sweeps until nothing is to be done.
    pub(super) async fn settle(&self) {
        let (worker, sweeper) = (self.app.worker(), self.app.sweeper());
        for _ in 0..SETTLE_ROUNDS_MAX {
            self.advance(1_000);
            let swept = sweeper.tick().await.unwrap();
            if worker.tick().await.unwrap().idle() && swept == 0 {
                return;
            }
        }
        panic!("it does not settle");
    }

    /// What Jira answers somebody who uses it himself.
    pub(super) async fn jira(&self, who: Who, path: &str, body: Option<Value>) -> Value {
        let sign_in = STANDARD.encode(format!("{1}@{0}.example:{1}-token", who.0, who.1));
        let method = if body.is_some() { Method::POST } else { Method::GET };
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Basic {sign_in}"))
            .body(body.map_or_else(Body::empty, |body| Body::from(body.to_string())))
            .unwrap();
        let answer = self.twin.router(who.0).oneshot(request).await.unwrap();
        let status = answer.status();
        let bytes = answer.into_body().collect().await.unwrap().to_bytes();
        assert!(status.is_success(), "{path}: {status} {}", String::from_utf8_lossy(&bytes));
        serde_json::from_slice(&bytes).unwrap_or(Value::Null)
    }

    /// An issue of somebody's: its id and key.
    pub(super) async fn create(&self, who: Who, project: &str, summary: &str) -> (String, String) {
        let fields = json!({
            "project": {"key": project}, "issuetype": {"name": "IT Help"}, "summary": summary,
        });
        let made = self.jira(who, "/rest/api/3/issue", Some(json!({"fields": fields}))).await;
        let text = |name: &str| made[name].as_str().unwrap().to_owned();
        (text("id"), text("key"))
    }

    /// Makes somebody an admin of one project.
    pub(super) fn appoint(&self, who: Who, project: &str) {
        let account = self.account(who);
        self.twin.with_site(who.0, |site| {
            let role = site.role_named("Administrators").unwrap().id;
            let project = site.projects.values_mut().find(|it| it.key == project).unwrap();
            project.roles.entry(role).or_default().users.insert(account);
        });
    }

    pub(super) fn seconds(&self) -> i64 {
        self.clock.now().0 / 1000
    }

    /// The id of a project.
    pub(super) fn project(&self, site: &str, key: &str) -> String {
        self.twin.with_site(site, |site| {
            site.projects.values().find(|project| project.key == key).unwrap().id.clone()
        })
    }
}

#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) json: Value,
    pub(super) text: String,
}

impl Answer {
    /// `404 not_found`.
    pub(super) fn said(&self) -> String {
        let code = self.json.pointer("/error/code").and_then(Value::as_str).unwrap_or_default();
        format!("{} {code}", self.status.as_u16()).trim_end().to_owned()
    }

    /// The answer of what must have gone well.
    #[track_caller]
    pub(super) fn good(self) -> Value {
        assert!(self.status.is_success(), "{}: {}", self.status, self.text);
        self.json
    }
}

/// The way from the server to the sites.
#[derive(Debug)]
struct Sites {
    twin: Twin,
}

impl Transport for Sites {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, NetError>> {
        let site = match request.uri().authority().map(http::uri::Authority::as_str) {
            Some(ACME) => "acme",
            Some(GLOBEX) => "globex",
            other => panic!("a call to {other:?}"),
        };
        let router = self.twin.router(site);
        Box::pin(async move { Ok(through(router, request).await) })
    }
}

/// The way from the sites to the server.
struct Server {
    router: Router,
}

impl Outbound for Server {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'static, Result<Response<Bytes>, String>> {
        let router = self.router.clone();
        Box::pin(async move { Ok(through(router, request).await) })
    }
}

async fn through(router: Router, mut request: Request<Bytes>) -> Response<Bytes> {
    let uri = request.uri().clone();
    *request.uri_mut() = uri.path_and_query().unwrap().as_str().parse().unwrap();
    if let Some(authority) = uri.authority() {
        request.headers_mut().insert(header::HOST, authority.as_str().parse().unwrap());
    }
    let answer = router.oneshot(request.map(Body::from)).await.unwrap();
    let (parts, body) = answer.into_parts();
    Response::from_parts(parts, body.collect().await.unwrap().to_bytes())
}
