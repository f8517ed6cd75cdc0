//! A small Jira with Jira Service Management that holds state and answers as Jira Cloud does.
//!
//! Guarantees: the same seed, clock and requests give the same answers; what is not implemented answers as Jira
//! answers an unknown path. Assumptions: one process, every request is served whole under one lock, so there is no
//! await while the state is held. What the caller must do: hand in the clock.

pub mod clock;
pub mod connect;
pub mod faults;
pub mod http;
pub mod jql;
pub mod ledger;
pub mod limits;
pub mod model;
pub mod seed;
pub mod text;
pub mod view;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

pub use clock::{Clock, ManualClock, SystemClock};
use model::{AccountId, Site};

/// What a twin starts from.
#[derive(Debug, Clone)]
pub struct TwinConfig {
    /// Decides account ids and every chance.
    pub seed: u64,
    pub clock: Arc<dyn Clock>,
    /// How long a write takes to show up in search.
    pub index_lag_ms: i64,
}

/// Any number of Jira sites that share a clock. Clones are the same twin.
#[derive(Clone)]
pub struct Twin {
    state: Arc<Mutex<State>>,
}

/// Whoever holds a twin prints itself, and not all that the sites know, secrets of apps included.
impl std::fmt::Debug for Twin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Twin")
    }
}

/// Everything a twin knows.
#[derive(Debug)]
pub struct State {
    pub seed: u64,
    pub clock: Arc<dyn Clock>,
    /// The one source of chance.
    pub rng: ChaCha8Rng,
    pub index_lag_ms: i64,
    /// By name.
    pub sites: BTreeMap<String, Site>,
    /// Installed apps, and webhooks on their way to them.
    pub connect: connect::Connect,
    pub limits: limits::Limits,
    pub faults: faults::FaultPlan,
    pub ledger: ledger::Ledger,
    /// Who is signed in at a browser.
    pub sessions: http::Sessions,
    /// How the web face is served.
    pub face: http::Face,
}

/// Who makes a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    User(AccountId),
    App { key: String, account: AccountId },
    Anonymous,
}

impl Caller {
    /// The account that acts, if any.
    #[must_use]
    pub fn account(&self) -> Option<&AccountId> {
        match self {
            Self::User(account) | Self::App { account, .. } => Some(account),
            Self::Anonymous => None,
        }
    }
}

impl Twin {
    /// A twin without sites.
    #[must_use]
    pub fn new(config: TwinConfig) -> Self {
        let rng = ChaCha8Rng::seed_from_u64(config.seed);
        let TwinConfig { seed, clock, index_lag_ms } = config;
        let state = State {
            seed,
            clock,
            rng,
            index_lag_ms,
            sites: BTreeMap::new(),
            connect: connect::Connect::default(),
            limits: limits::Limits::default(),
            faults: faults::FaultPlan::default(),
            ledger: ledger::Ledger::default(),
            sessions: http::Sessions::default(),
            face: http::Face::default(),
        };
        Self { state: Arc::new(Mutex::new(state)) }
    }

    /// Adds a site with the `service-desk` seed. `base_url` is how the site calls itself, without a trailing slash.
    pub fn add_site(&self, name: &str, base_url: &str) {
        self.with(|state| {
            let order = state.sites.len() as u64;
            let mut site = seed::service_desk(state.seed, order, name, base_url.trim_end_matches('/'));
            site.index_lag_ms = state.index_lag_ms;
            state.sites.insert(name.to_owned(), site);
        });
    }

    /// Looks at the state or changes it, behind the back of the API. The closure must not wait for anything.
    pub fn with<R>(&self, look: impl FnOnce(&mut State) -> R) -> R {
        look(&mut self.lock())
    }

    /// The same for one site.
    ///
    /// # Panics
    /// When there is no site of that name.
    pub fn with_site<R>(&self, name: &str, look: impl FnOnce(&mut Site) -> R) -> R {
        self.with(|state| look(state.sites.get_mut(name).expect("a site of that name was added")))
    }

    /// Serves one site: in-process through tower, or behind `axum::serve`.
    pub fn router(&self, site: &str) -> axum::Router {
        http::router(self.clone(), site)
    }

    // A panic of a test's closure must not hide behind a poisoned lock.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The time on a site's own clock, in milliseconds.
    #[must_use]
    pub fn site_now_ms(&self, site: &Site) -> i64 {
        self.clock.now_ms() + site.clock_skew_ms
    }
}
