//! The network of a world: requests go to routers by host, and take a little of the world's time.

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use duplex_core::id::Millis;
use duplex_server::egress::{NetError, Transport};
use duplex_server::jira::client::QUOTA_MS_MAX;
use futures::future::BoxFuture;
use http::{Method, Request, Response};
use http_body_util::BodyExt;
use jira_twin::connect::Outbound;
use jira_twin::{Clock as _, Twin};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use tower::ServiceExt;

/// Where the app lives.
pub const APP: &str = "https://duplex.example";

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

/// Where the server is struck in the middle of a call of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strike {
    /// `None`: any.
    pub method: Option<Method>,
    /// What the path ends with.
    pub path_end: &'static str,
    /// So many calls that fit pass first.
    pub skip: u32,
    /// Whether Jira still gets the call.
    pub after_effect: bool,
    pub blow: Blow,
}

impl Default for Strike {
    fn default() -> Self {
        Self { method: None, path_end: "", skip: 0, after_effect: false, blow: Blow::Death }
    }
}

/// What a strike does to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blow {
    Death,
    /// It stands still for so many milliseconds while others go on, and then goes on itself.
    Sleep {
        ms: i64,
    },
}

/// Reaches every host of the world. Clones are the same network.
#[derive(Debug, Clone)]
pub struct Net(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    twin: Twin,
    hands: Arc<Hands>,
    hosts: Mutex<BTreeMap<String, Router>>,
    danger: Mutex<Danger>,
    /// Webhooks go one after the other, so that the order in which they end is that in which they began.
    one_webhook: tokio::sync::Mutex<()>,
}

/// What waits for the server, and what has just met it.
#[derive(Debug, Default)]
struct Danger {
    /// Strikes meet only what the server does by itself.
    exposed: bool,
    strike: Option<Strike>,
    blow: Option<Blow>,
    /// It died while it took an event; nobody answers until it is started again.
    dead: bool,
    /// Hosts that asked the server to be left alone, and until when.
    pauses: BTreeMap<String, i64>,
    /// Calls to such hosts all the same.
    trespasses: Vec<String>,
}

impl Net {
    pub(super) fn new(twin: &Twin, hands: Arc<Hands>) -> Self {
        Self(Arc::new(Inner {
            twin: twin.clone(),
            hands,
            hosts: Mutex::default(),
            danger: Mutex::default(),
            one_webhook: tokio::sync::Mutex::default(),
        }))
    }

    /// Nobody is reached any more. The hosts hold the net themselves, so that a world that ends would stay.
    pub(super) fn close(&self) {
        self.0.hosts.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.0.twin.cut_off();
    }

    /// Puts a site on the net. Answers its base URL.
    pub(super) fn add_site(&self, name: &str) -> String {
        let host = format!("{name}.atlassian.net");
        let base_url = format!("https://{host}");
        self.0.twin.add_site(name, &base_url);
        self.put(host, self.0.twin.router(name));
        base_url
    }

    /// The server listens, from now on at this router.
    pub(super) fn set_app(&self, router: Router) {
        self.danger().dead = false;
        self.put(APP.trim_start_matches("https://").to_owned(), router);
    }

    /// Where the server listens.
    pub(super) fn app(&self) -> Router {
        let host = APP.trim_start_matches("https://");
        self.0.hosts.lock().unwrap_or_else(PoisonError::into_inner).get(host).cloned().unwrap_or_default()
    }

    /// The server is struck at its next call that fits.
    pub fn strike(&self, strike: Strike) {
        self.danger().strike = Some(strike);
    }

    /// Whether a strike still waits for its call.
    #[must_use]
    pub fn strike_waits(&self) -> bool {
        self.danger().strike.is_some()
    }

    /// The server's calls to sites that had told it to wait, since this was last asked.
    #[must_use]
    pub fn trespasses(&self) -> Vec<String> {
        std::mem::take(&mut self.danger().trespasses)
    }

    /// Nothing strikes any more.
    pub fn calm(&self) {
        self.danger().strike = None;
    }

    /// Whether strikes meet the server now.
    pub(super) fn expose(&self, exposed: bool) {
        self.danger().exposed = exposed;
    }

    /// Returns when the server was struck. Looks whenever the task does anything: what is struck wakes nobody.
    pub(super) async fn struck(&self) -> Blow {
        std::future::poll_fn(|_| match self.take_blow() {
            Some(blow) => Poll::Ready(blow),
            None => Poll::Pending,
        })
        .await
    }

    /// What struck the server since this was last asked.
    pub(super) fn take_blow(&self) -> Option<Blow> {
        let at_point = duplex_server::crash::struck().map(|_| Blow::Death);
        self.danger().blow.take().or(at_point)
    }

    pub(super) fn is_dead(&self) -> bool {
        self.danger().dead
    }

    fn danger(&self) -> MutexGuard<'_, Danger> {
        self.0.danger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, host: String, router: Router) {
        self.0.hosts.lock().unwrap_or_else(PoisonError::into_inner).insert(host, router);
    }

    /// The strike that this call of the app meets; it strikes once.
    fn meets(&self, method: &Method, path: &str) -> Option<Strike> {
        let mut danger = self.danger();
        if !danger.exposed {
            return None;
        }
        let fits = |it: &&mut Strike| {
            it.method.as_ref().is_none_or(|only| only == method) && path.ends_with(it.path_end)
        };
        let strike = danger.strike.as_mut().filter(fits)?;
        if strike.skip > 0 {
            strike.skip -= 1;
            return None;
        }
        danger.strike.take()
    }

    /// Notes what a site says of its quota, and a call that did not care.
    async fn ask(&self, request: Request<Bytes>) -> Result<Response<Bytes>, NetError> {
        let host = request.uri().host().unwrap_or_default().to_owned();
        let now = self.0.hands.now_ms();
        // The keys of installs come from another host, which the twin's stands in for.
        let of_the_api = !request.uri().path().starts_with("/_twin/");
        let waits = self.danger().pauses.get(&host).copied().filter(|_| of_the_api);
        if let Some(until) = waits.filter(|until| now < *until) {
            let call = format!("{} {} at {now}, told to wait until {until}", request.method(), request.uri());
            self.danger().trespasses.push(call);
        }
        let answered = self.answer(request).await;
        if let Some(ms) = answered.as_ref().ok().and_then(pause_ms) {
            self.danger().pauses.insert(host, self.0.hands.now_ms() + ms);
        }
        answered
    }

    /// Stands still: for ever, or until the world's clock has moved on.
    async fn fall(&self, blow: Blow) {
        self.danger().blow = Some(blow);
        let until = match blow {
            Blow::Death => None,
            Blow::Sleep { ms } => Some(self.0.hands.now_ms() + ms),
        };
        std::future::poll_fn(|_| {
            let awake = until.is_some_and(|until| self.0.hands.now_ms() >= until);
            if awake { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
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

/// How long a used-up quota bids the app wait, within what is believed of it.
fn pause_ms(answer: &Response<Bytes>) -> Option<i64> {
    let text = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok());
    let of_quota = answer.status() == 429 && text("ratelimit-reason").is_some_and(|it| it.contains("quota"));
    let seconds: i64 = text("retry-after")?.parse().ok()?;
    of_quota.then(|| seconds.saturating_mul(1_000).clamp(0, QUOTA_MS_MAX))
}

impl Transport for Net {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, NetError>> {
        let signed_in = request.headers().get("authorization").and_then(|it| it.to_str().ok());
        let by_person = signed_in.is_some_and(|it| it.starts_with("Basic "));
        Box::pin(async move {
            if by_person {
                self.0.hands.advance(PERSON_MS);
                return self.answer(request).await;
            }
            self.0.hands.advance(APP_MS);
            let Some(strike) = self.meets(request.method(), request.uri().path()) else {
                return self.ask(request).await;
            };
            if strike.after_effect {
                let answered = self.answer(request).await;
                self.fall(strike.blow).await;
                return answered;
            }
            self.fall(strike.blow).await;
            self.answer(request).await
        })
    }
}

impl Outbound for Net {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'static, Result<Response<Bytes>, String>> {
        let net = self.clone();
        Box::pin(async move {
            let _one = net.0.one_webhook.lock().await;
            if net.is_dead() {
                return Err("connection refused".to_owned());
            }
            tokio::select! {
                biased;
                answered = net.answer(request) => answered.map_err(|error| error.to_string()),
                _ = net.struck() => {
                    net.danger().dead = true;
                    Err("connection reset".to_owned())
                }
            }
        })
    }
}
