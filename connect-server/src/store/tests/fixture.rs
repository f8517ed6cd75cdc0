//! A store to test with, and the few rows that most stories begin with.

use crate::clock::SeededChance;
use crate::secret::KeyRing;
use crate::store::syncs::{Publish, Sync};
use crate::store::work::Claimed;
use crate::store::{Class, Lease, Mark, Options, Place, Store, Working};
use duplex_core::config::{CommentRules, Config, Scope, SideConfig, UserRules};
use duplex_core::id::{IssueId, IssueTypeId, LinkId, Millis, OpId, Side, Sides, SiteId, SyncId};
use duplex_core::link::{End, Intent, IntentKind};
use duplex_core::plan::Hints;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

pub(super) const LEASE_MS: i64 = 60_000;

/// A database of its own, and a store on it.
#[derive(Debug)]
pub(super) struct World {
    pub(super) store: Store,
    url: String,
    /// The file of SQLite lives in it.
    _dir: Option<tempfile::TempDir>,
}

impl World {
    pub(super) async fn sqlite() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", dir.path().join("duplex.db").display());
        Self { store: open(&url).await, url, _dir: Some(dir) }
    }

    /// `None`: no server is named.
    pub(super) async fn postgres() -> Option<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let server = std::env::var("DUPLEX_TEST_POSTGRES_URL").ok()?;
        let schema = format!("t{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        sqlx::any::install_default_drivers();
        let pool = sqlx::AnyPool::connect(&server).await.unwrap();
        let make = format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}");
        sqlx::raw_sql(sqlx::AssertSqlSafe(make)).execute(&pool).await.unwrap();
        pool.close().await;
        let sign = if server.contains('?') { '&' } else { '?' };
        let url = format!("{server}{sign}options=-csearch_path%3D{schema}");
        Some(Self { store: open(&url).await, url, _dir: None })
    }

    /// A second process on the same database.
    pub(super) async fn another(&self) -> Store {
        open(&self.url).await
    }

    /// The program dies and is started again.
    pub(super) async fn crash(self) -> Self {
        let Self { store, url, _dir } = self;
        store.close().await;
        drop(store);
        Self { store: open(&url).await, url, _dir }
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// A running sync between project 10 of `acme` and project 20 of `globex`.
    pub(super) async fn running(&self, sync: &str) -> Sync {
        running(&self.store, "acme", sync).await
    }
}

async fn open(url: &str) -> Store {
    Store::open(url, options()).await.unwrap()
}

pub(super) fn options() -> Options {
    let key = "1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let ring: KeyRing = key.parse().unwrap();
    Options { ring, chance: Arc::new(SeededChance::new(7)), synced: false }
}

pub(super) async fn running(store: &Store, tenant: &str, sync: &str) -> Sync {
    running_between(store, sync, &Sides::new(place(tenant, "10"), place("globex", "20"))).await
}

pub(super) async fn running_between(store: &Store, sync: &str, ends: &Sides<Place>) -> Sync {
    let (tenant, id) = (&ends.a.site, SyncId::from(sync));
    store.syncs.create(Millis(1), &id, sync, ends).await.unwrap();
    publish(store, tenant.as_str(), sync, 0).await;
    assert!(store.syncs.start(tenant, &id, Sides::default()).await.unwrap());
    store.syncs.get(&id).await.unwrap().unwrap()
}

pub(super) async fn publish(store: &Store, tenant: &str, sync: &str, base_version: i64) {
    let config = config(sync);
    let publish = Publish { base_version, config: &config, author: &"admin".into(), accepted_by: None };
    store.syncs.publish(Millis(2), &tenant.into(), &sync.into(), publish).await.unwrap();
}

pub(super) fn place(site: &str, project: &str) -> Place {
    Place { site: site.into(), project: project.into() }
}

pub(super) fn config(name: &str) -> Config {
    let side = |site: &str, project: &str| SideConfig {
        site: site.into(),
        project: project.into(),
        scope: Scope::default(),
        issue_types: Vec::new(),
        fields: Vec::new(),
        comments: CommentRules::default(),
        users: UserRules::default(),
        defaults: Vec::new(),
    };
    let sides = Sides::new(side("acme", "10"), side("globex", "20"));
    Config { name: name.to_owned(), sides, conflicts: Vec::new() }
}

/// "The fields of this issue of project 10 of `acme`", at the instant `at`.
pub(super) fn mark(issue: &str, at: i64) -> Mark {
    mark_of("acme", "10", issue, at)
}

pub(super) fn mark_of(site: &str, project: &str, issue: &str, at: i64) -> Mark {
    Mark {
        site: site.into(),
        project: project.into(),
        issue: issue.into(),
        hints: fields(),
        class: Class::People,
        at: Millis(at),
    }
}

pub(super) fn fields() -> Hints {
    Hints { fields: true, ..Hints::default() }
}

/// The hint of one comment, with the version that an event named.
pub(super) fn comment(id: &str, version: Option<i64>) -> Hints {
    Hints { comments: [(id.into(), version.map(Millis))].into(), ..Hints::default() }
}

/// Routes what is marked and claims one link.
pub(super) async fn claim_one(store: &Store, now: i64) -> Option<Claimed> {
    store.work.route(Millis(now), 100).await.unwrap();
    store.work.claim(Millis(now), LEASE_MS, 1).await.unwrap().pop()
}

pub(super) fn link(sync: &str, side: Side, issue: &str) -> LinkId {
    LinkId::of(&sync.into(), side, &issue.into())
}

pub(super) fn working<'a>(lease: &'a Lease, sync: &'a SyncId) -> Working<'a> {
    Working { lease, sync, origin: Side::A }
}

pub(super) fn intent(op: &str, config_version: i64) -> Intent {
    Intent {
        op: OpId::from(op),
        side: Side::B,
        what: IntentKind::CreateIssue,
        opened: Millis(10),
        config_version,
    }
}

pub(super) fn end(issue: &str) -> End {
    End {
        issue: IssueId::from(issue),
        key: format!("K-{issue}"),
        issue_type: IssueTypeId::from("1"),
        is_request: true,
        secured: false,
        created: Millis(5),
        seen: Millis(6),
        history: None,
        us: None,
    }
}

pub(super) fn tenant(name: &str) -> SiteId {
    name.into()
}
