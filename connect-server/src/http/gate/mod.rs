//! How much is taken in, from whom. Bounds of this process alone; every process has them.
//!
//! - A site has a pace for its events, one for its pages and one for its lifecycle: who floods, waits alone.
//! - An address has a pace for calls that nobody proved: forged tokens, unknown paths, the page's files. A call that is
//!   proved is never held up by it, because the sites of Jira Cloud share the addresses that they call from: a caller
//!   who was proved at this address before is looked at, however many strangers knock from there.

mod address;
mod pace;

pub(crate) use address::Proxies;

use super::Http;
use super::error::ApiError;
use crate::config::Times;
use crate::jira::auth::Presented;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use duplex_core::id::{Millis, SiteId};
use pace::Pace;
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Pairs of an address and a site that it was proved to speak for; with more, all have to prove it again.
const REGULARS_MAX: usize = 65_536;

/// Lifecycle callbacks of one site in a minute: an admin clicks, and Jira repeats itself.
const LIFECYCLE_PER_MINUTE: i64 = 60;

/// Lines about refused calls in a minute; the others are counted.
const REFUSAL_LINES_PER_MINUTE: i64 = 60;

/// What a site calls for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Errand {
    Event,
    Lifecycle,
    Page,
}

/// The bounds, and what was used of them.
#[derive(Debug)]
pub(crate) struct Gate {
    events: Pace<SiteId>,
    lifecycle: Pace<SiteId>,
    pages: Pace<SiteId>,
    strangers: Pace<IpAddr>,
    proxies: Proxies,
    /// Who was proved to be somebody, by the name that tokens claim.
    regulars: Mutex<BTreeSet<(IpAddr, String)>>,
    lines: Pace<()>,
    /// Refusals since the last line about one.
    untold: AtomicU64,
}

/// Set by the door when it knows who called.
#[derive(Debug, Clone, Default)]
struct Proof(Arc<AtomicBool>);

impl Gate {
    pub(crate) fn new(times: &Times, proxies: Proxies) -> Self {
        Self {
            events: Pace::new(times.events_per_minute),
            lifecycle: Pace::new(LIFECYCLE_PER_MINUTE),
            pages: Pace::new(times.page_calls_per_minute),
            strangers: Pace::new(times.stranger_calls_per_minute),
            proxies,
            regulars: Mutex::default(),
            lines: Pace::new(REFUSAL_LINES_PER_MINUTE),
            untold: AtomicU64::new(0),
        }
    }

    /// Lets a proved call of a site in.
    ///
    /// # Errors
    /// 429 with the time after which it may come again.
    pub(crate) fn admit(
        &self,
        extensions: &axum::http::Extensions,
        site: &SiteId,
        errand: Errand,
        now: Millis,
    ) -> Result<(), ApiError> {
        if let Some(proof) = extensions.get::<Proof>() {
            proof.0.store(true, Ordering::Relaxed);
        }
        let pace = match errand {
            Errand::Event => &self.events,
            Errand::Lifecycle => &self.lifecycle,
            Errand::Page => &self.pages,
        };
        pace.take(site, now).map_err(ApiError::too_many)
    }

    /// Whether a refusal has a line of its own in the log, and if so, how many before it had none.
    pub(crate) fn line(&self, now: Millis) -> Option<u64> {
        if self.lines.take(&(), now).is_ok() {
            return Some(self.untold.swap(0, Ordering::Relaxed));
        }
        self.untold.fetch_add(1, Ordering::Relaxed);
        None
    }

    fn is_regular(&self, caller: &(IpAddr, String)) -> bool {
        self.regulars.lock().unwrap_or_else(PoisonError::into_inner).contains(caller)
    }

    fn note_regular(&self, caller: (IpAddr, String)) {
        let mut regulars = self.regulars.lock().unwrap_or_else(PoisonError::into_inner);
        if regulars.len() >= REGULARS_MAX {
            regulars.clear();
        }
        regulars.insert(caller);
    }
}

/// Holds up the strangers of an address that has sent too many.
pub(crate) async fn pass(State(http): State<Arc<Http>>, mut request: Request, next: Next) -> Response {
    let gate = &http.gate;
    let Some(address) = gate.proxies.caller(request.extensions(), request.headers()) else {
        return next.run(request).await;
    };
    let query = request.uri().query().unwrap_or_default();
    let claimed = Presented::of_frame(request.headers(), query).ok();
    let claimed = claimed.map(|token| (address, token.claimed_issuer().to_owned()));
    let is_regular = claimed.as_ref().is_some_and(|caller| gate.is_regular(caller));
    if !is_regular && let Err(seconds) = gate.strangers.fits(&address, http.setup.clock.now()) {
        return ApiError::too_many(seconds).into_response();
    }
    let proof = Proof::default();
    request.extensions_mut().insert(proof.clone());
    let answer = next.run(request).await;
    match claimed.filter(|_| proof.0.load(Ordering::Relaxed)) {
        Some(caller) if !is_regular => gate.note_regular(caller),
        Some(_) => {}
        None => gate.strangers.count(&address, http.setup.clock.now()),
    }
    answer
}
