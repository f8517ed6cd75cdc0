//! The network of a world: requests go to routers by host, and take a little of the world's time.

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use duplex_core::id::Millis;
use duplex_server::egress::{NetError, Transport};
use futures::future::BoxFuture;
use http::{Method, Request, Response};
use http_body_util::BodyExt;
use jira_twin::Twin;
use jira_twin::connect::Outbound;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;
use tower::ServiceExt;

/// Where the app lives.
pub(super) const APP: &str = "https://duplex.example";

/// How long a person thinks before each click, in milliseconds.
const PERSON_MS: i64 = 700;
/// How long a call of the app is under way, in milliseconds.
const APP_MS: i64 = 40;

/// The world's clock, for the server and the twin alike.
#[derive(Debug)]
pub(super) struct Hands(AtomicI64);

impl Hands {
    pub(super) fn at(ms: i64) -> Self {
        Self(AtomicI64::new(ms))
    }

    pub(super) fn set(&self, ms: i64) {
        self.0.store(ms, Ordering::SeqCst);
    }

    pub(super) fn advance(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl duplex_server::clock::Clock for Hands {
    fn now(&self) -> Millis {
        Millis(self.0.load(Ordering::SeqCst))
    }
}

impl jira_twin::Clock for Hands {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }

    fn try_advance(&self, by_ms: i64) -> bool {
        self.advance(by_ms);
        true
    }
}

/// Where the server dies in the middle of a call of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strike {
    pub method: Method,
    /// What the path ends with.
    pub path_end: &'static str,
    /// Whether Jira still gets the call.
    pub after_effect: bool,
}

/// Reaches every host of the world. Clones are the same network.
#[derive(Debug, Clone)]
pub struct Net(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    twin: Twin,
    hands: Arc<Hands>,
    hosts: Mutex<BTreeMap<String, Router>>,
    strike: Mutex<Option<Strike>>,
    struck: Notify,
}

impl Net {
    pub(super) fn new(twin: &Twin, hands: Arc<Hands>) -> Self {
        Self(Arc::new(Inner {
            twin: twin.clone(),
            hands,
            hosts: Mutex::default(),
            strike: Mutex::default(),
            struck: Notify::new(),
        }))
    }

    /// Puts a site on the net. Answers its base URL.
    pub(super) fn add_site(&self, name: &str) -> String {
        let host = format!("{name}.atlassian.net");
        let base_url = format!("https://{host}");
        self.0.twin.add_site(name, &base_url);
        self.put(host, self.0.twin.router(name));
        base_url
    }

    pub(super) fn set_app(&self, router: Router) {
        self.put(APP.trim_start_matches("https://").to_owned(), router);
    }

    /// The server dies at its next call that fits.
    pub fn strike(&self, strike: Strike) {
        *self.0.strike.lock().unwrap_or_else(PoisonError::into_inner) = Some(strike);
    }

    /// Whether a strike still waits for its call.
    #[must_use]
    pub fn strike_waits(&self) -> bool {
        self.0.strike.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Returns when the server was struck down.
    pub(super) async fn struck(&self) {
        self.0.struck.notified().await;
    }

    fn put(&self, host: String, router: Router) {
        self.0.hosts.lock().unwrap_or_else(PoisonError::into_inner).insert(host, router);
    }

    /// The strike that this call of the app meets; it strikes once.
    fn meets(&self, method: &Method, path: &str) -> Option<Strike> {
        let mut strike = self.0.strike.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = strike.as_ref().is_some_and(|it| it.method == *method && path.ends_with(it.path_end));
        if fits { strike.take() } else { None }
    }

    async fn answer(&self, request: Request<Bytes>) -> Result<Response<Bytes>, NetError> {
        let host = request.uri().host().unwrap_or_default().to_owned();
        let router = self.0.hosts.lock().unwrap_or_else(PoisonError::into_inner).get(&host).cloned();
        let router = router.ok_or_else(|| NetError::NotSent(format!("no host {host}")))?;
        // A site is asked by path, as over a socket.
        let (mut parts, body) = request.into_parts();
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        parts.uri = path.parse().map_err(|error| NetError::NotSent(format!("{path}: {error}")))?;
        let answered = router.oneshot(Request::from_parts(parts, Body::from(body))).await;
        let (parts, body) = answered.map_err(|never| match never {})?.into_parts();
        let body = body.collect().await.map_err(|error| NetError::Unknown(error.to_string()))?;
        Ok(Response::from_parts(parts, body.to_bytes()))
    }
}

impl Transport for Net {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, NetError>> {
        let signed_in = request.headers().get("authorization").and_then(|it| it.to_str().ok());
        let by_person = signed_in.is_some_and(|it| it.starts_with("Basic "));
        Box::pin(async move {
            if by_person {
                self.0.hands.advance(PERSON_MS);
                // Faults are for the app: people always get through.
                let rules = self.0.twin.with(|state| std::mem::take(&mut state.faults.rules));
                let answer = self.answer(request).await;
                self.0.twin.with(|state| state.faults.rules = rules);
                return answer;
            }
            self.0.hands.advance(APP_MS);
            let Some(strike) = self.meets(request.method(), request.uri().path()) else {
                return self.answer(request).await;
            };
            if strike.after_effect {
                drop(self.answer(request).await);
            }
            self.0.struck.notify_one();
            futures::future::pending().await
        })
    }
}

impl Outbound for Net {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'static, Result<Response<Bytes>, String>> {
        let net = self.clone();
        Box::pin(async move { net.answer(request).await.map_err(|error| error.to_string()) })
    }
}
