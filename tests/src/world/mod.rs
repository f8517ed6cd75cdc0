//! A world in one process: Jira sites that are twins, people there, and the server on a database file. No sockets, and
//! time passes only where the story says so.

mod danger;
mod deeds;
mod inside;
mod net;
mod server;

pub use net::{APP, Blow, Net, Strike};

use crate::guide;
use crate::person::{Person, Site};
use crate::scenario::Desk;
use anyhow::{Result, bail, ensure};
use clap::Parser;
use duplex_core::id::{AccountId, Millis, Side, SyncId};
use duplex_core::plan::Conflict;
use duplex_server::clock::{Clock as _, SeededChance};
use duplex_server::config::Settings;
use duplex_server::crash::Passing;
use duplex_server::setup::{Applied, Apply, Choice, Setup, SetupError};
use duplex_server::store::Store;
use duplex_server::store::syncs::Sync;
use duplex_server::sync::Worker;
use duplex_server::sync::sweep::Sweeper;
use futures::future::BoxFuture;
use jira_twin::ledger::Entry;
use jira_twin::{Twin, TwinConfig};
use net::Hands;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

/// 2026-11-23T10:00:00Z.
const START_MS: i64 = 1_795_428_000_000;
/// The file in the world's folder.
const DATABASE: &str = "duplex.db";
/// How long a write takes to show up in search.
pub const INDEX_LAG_MS: i64 = 2_000;
/// A key that seals secrets in these worlds. Not for anything else.
const SECRET_KEY: &str = "1:d29ybGQta2V5LXdvcmxkLWtleS13b3JsZC1rZXktd3I=";
/// How far time leaps while what is due waits for it, in milliseconds: further each time, within bounds.
const LEAP_MS_MIN: i64 = 100;
const LEAP_MS_MAX: i64 = 5_000;
/// Steps of one stretch of time; a story that needs more does not come to rest.
const STEPS_MAX: usize = 5_000;
/// A sync that is looked after but never comes to rest within this is a failure: 6 h.
const PATIENCE_MS: i64 = 6 * 3_600_000;

/// Calls that are told of a world that does not come to rest.
const LAST_CALLS: u64 = 12;
/// Rows of what waits or was settled that a story looks at.
const PAGE: i64 = 100;

/// What a world begins with.
#[derive(Debug, Clone)]
pub struct Plot {
    /// Decides every chance, of the twin and of the server.
    pub seed: u64,
    /// Names of the Jira sites.
    pub sites: Vec<&'static str>,
    /// Further settings of the server: `--sweep-interval-ms`, `60000`.
    pub settings: Vec<String>,
}

impl Default for Plot {
    fn default() -> Self {
        Self { seed: 7, sites: vec!["acme", "globex"], settings: Vec::new() }
    }
}

#[derive(Debug, Parser)]
struct Flags {
    #[command(flatten)]
    settings: Settings,
}

/// A server that stands still in the middle of its work, and when it goes on.
struct Sleeper {
    work: BoxFuture<'static, Result<bool>>,
    until: i64,
}

impl std::fmt::Debug for Sleeper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sleeper until {}", self.until)
    }
}

/// Everything there is. One clock for all of it.
#[derive(Debug)]
pub struct World {
    pub acme: Site,
    pub globex: Site,
    /// All of them.
    pub sites: Vec<Site>,
    pub twin: Twin,
    pub net: Net,
    pub store: Store,
    pub setup: Arc<Setup>,
    hands: Arc<Hands>,
    chance: Arc<SeededChance>,
    settings: Settings,
    worker: Worker,
    sweeper: Sweeper,
    sleepers: Vec<Sleeper>,
    /// The server dies when it has passed so many of its crash points.
    dies_after: Option<u64>,
    /// What its database takes of the world's time.
    slow_database: Option<Passing>,
    dir: TempDir,
}

impl World {
    /// Two sites with the app installed, and no sync yet.
    pub async fn open() -> Result<Self> {
        Self::of(Plot::default()).await
    }

    /// The plot's sites with the app installed, and no sync yet.
    pub async fn of(plot: Plot) -> Result<Self> {
        // Shown with the stories that fail; the first world of a process starts it for all.
        drop(tracing_subscriber::fmt().with_test_writer().without_time().try_init());
        let hands = Arc::new(Hands::at(START_MS));
        let twin =
            Twin::new(TwinConfig { seed: plot.seed, clock: hands.clone(), index_lag_ms: INDEX_LAG_MS });
        let net = Net::new(&twin, hands.clone());
        let site = |name: &&'static str| Site {
            name: (*name).to_owned(),
            base_url: net.add_site(name),
            http: Arc::new(net.clone()),
        };
        let sites: Vec<Site> = plot.sites.iter().map(site).collect();
        let [acme, globex, ..] = sites.as_slice() else { bail!("a world has two sites at least") };
        let (acme, globex) = (acme.clone(), globex.clone());
        twin.set_outbound(Arc::new(net.clone()));

        let keys = format!("{}/_twin/install-keys", acme.base_url);
        let args =
            ["duplex", "--secret-key", SECRET_KEY, "--base-url", net::APP, "--install-keys-url", &keys];
        let args = args.into_iter().map(str::to_owned).chain(plot.settings);
        let settings = Flags::try_parse_from(args)?.settings;
        let chance = Arc::new(SeededChance::new(plot.seed));
        let dir = folder()?;
        let (store, app, setup) = server::build(&dir, &settings, &hands, &chance, &net).await?;
        let (worker, sweeper) = (app.worker(), app.sweeper());
        let (sleepers, dies_after, slow_database) = (Vec::new(), None, None);
        let world = Self {
            acme,
            globex,
            sites,
            twin,
            net,
            store,
            setup,
            hands,
            chance,
            settings,
            worker,
            sweeper,
            sleepers,
            dies_after,
            slow_database,
            dir,
        };
        for site in &world.sites {
            world.install(site).await?;
        }
        Ok(world)
    }

    /// Two sites, and the guide's sync running between ITA of acme and ITB of globex.
    pub async fn guide() -> Result<(Self, Desk, Desk)> {
        Self::guide_with(|text| text).await
    }

    /// The same with another configuration.
    pub async fn guide_with(change: impl FnOnce(String) -> String) -> Result<(Self, Desk, Desk)> {
        let mut world = Self::open().await?;
        let (a, b) = (Desk::at(&world.acme, "ITA"), Desk::at(&world.globex, "ITB"));
        world.mirror("pair", &a, &b, change).await?;
        Ok((world, a, b))
    }

    /// Installs the app as the site's admin does.
    pub async fn install(&self, site: &Site) -> Result<()> {
        let descriptor = format!("{}/atlassian-connect.json", net::APP);
        site.person("admin").install(&descriptor).await
    }

    /// Configures the guide's sync between two desks, changed as said, accepts it for both and starts it; then works
    /// off what is there already.
    pub async fn mirror(
        &mut self,
        name: &str,
        a: &Desk,
        b: &Desk,
        change: impl FnOnce(String) -> String,
    ) -> Result<Sync> {
        let text = guide::config(name, (host(&a.site), &a.project), (host(&b.site), &b.project));
        let applied = self.apply(&change(text)).await?;
        self.pass(0).await?;
        self.settle().await?;
        Ok(applied.sync)
    }

    /// `duplex sync start`, and all that it finds to do.
    pub async fn start(&mut self, sync: &SyncId) -> Result<()> {
        let sync = self.setup.sync(sync).await?;
        self.setup.start(&sync, Choice::Configured, &AccountId::new("operator")).await?;
        self.pass(0).await?;
        self.settle().await
    }

    /// `duplex sync apply --start` with everybody's consent.
    pub async fn apply(&self, text: &str) -> Result<Applied> {
        let accept_as: Vec<String> = self.sites.iter().map(|site| host(site).to_owned()).collect();
        let author = AccountId::new("operator");
        let applied = self.setup.apply(Apply { text, accept_as: &accept_as, start: true, author }).await;
        applied.map_err(|error| {
            if let SetupError::Findings(findings) = error {
                return anyhow::anyhow!("{findings:#?}");
            }
            error.into()
        })
    }

    /// Lets time pass until nothing is under way; sweeps rest. At the end everything shows in search.
    pub async fn settle(&mut self) -> Result<()> {
        let until = self.now_ms() + PATIENCE_MS;
        if !self.run(until, false).await? {
            let calls = self.calls_since(self.mark().saturating_sub(LAST_CALLS));
            let calls =
                calls.iter().map(|it| format!("\n  {} {} {} {:?}", it.at, it.method, it.path, it.status));
            bail!("no rest within {PATIENCE_MS} ms; the last calls:{}", calls.collect::<String>());
        }
        self.hands.advance(INDEX_LAG_MS);
        Ok(())
    }

    /// Lets so much time pass, sweeps and all.
    pub async fn pass(&mut self, ms: i64) -> Result<()> {
        let until = self.now_ms() + ms;
        self.run(until, true).await?;
        if self.now_ms() < until {
            self.hands.set(until);
        }
        Ok(())
    }

    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.hands.now().0
    }

    #[must_use]
    pub fn person(&self, site: &Site, name: &str) -> Person {
        site.person(name)
    }

    /// The index that the next call gets in the ledger.
    #[must_use]
    pub fn mark(&self) -> u64 {
        self.twin.ledger_mark()
    }

    /// The app's calls from a mark on.
    #[must_use]
    pub fn calls_since(&self, mark: u64) -> Vec<Entry> {
        self.twin.ledger_since(mark).into_iter().filter(|entry| entry.app.is_some()).collect()
    }

    /// What waits for a person in any sync: `b target_not_a_request`, oldest first.
    pub async fn troubles(&self) -> Result<Vec<String>> {
        let mut found = Vec::new();
        for sync in self.store.syncs.all().await? {
            for parked in self.store.parked.list(&sync.tenant, &sync.sync, PAGE).await? {
                found.push(format!("{} {}", parked.trouble.side, parked.trouble.code));
                ensure!(!parked.trouble.remedy.is_empty(), "{} has no remedy", parked.trouble.code);
            }
        }
        Ok(found)
    }

    /// The conflicts that were settled in any sync, newest first.
    pub async fn conflicts(&self) -> Result<Vec<Conflict>> {
        let mut found = Vec::new();
        for sync in self.store.syncs.all().await? {
            let kept = self.store.conflicts.list(&sync.tenant, &sync.sync, PAGE).await?;
            found.extend(kept.into_iter().map(|kept| kept.conflict));
        }
        Ok(found)
    }

    /// Somebody presses retry on everything that waits, in all syncs.
    pub async fn retry(&mut self) -> Result<()> {
        for sync in self.store.syncs.all().await? {
            self.setup.resync(&sync, None, &Side::BOTH, &AccountId::new("operator")).await?;
        }
        self.pass(0).await?;
        self.settle().await
    }

    /// Works until nothing is due before `until`. `false`: something still was when the time was over.
    async fn run(&mut self, until: i64, sweeps: bool) -> Result<bool> {
        let mut leap = LEAP_MS_MIN;
        for _ in 0..STEPS_MAX {
            if self.step(sweeps).await? {
                leap = LEAP_MS_MIN;
                continue;
            }
            let now = self.now_ms();
            match self.next_due(sweeps).await? {
                None => return Ok(true),
                Some(due) if due.max(now + 1) > until => return Ok(false),
                // What is due now and was not taken waits for something that time alone brings.
                Some(due) if due <= now => {
                    self.hands.set((now + leap).min(until));
                    leap = (2 * leap).min(LEAP_MS_MAX);
                }
                Some(due) => self.hands.set(due.max(now + LEAP_MS_MIN)),
            }
        }
        bail!("after {STEPS_MAX} steps there is still something to do")
    }

    /// One round of everything. `true` when there was something to do.
    async fn step(&mut self, sweeps: bool) -> Result<bool> {
        self.expose(true);
        let stepped = self.exposed_step(sweeps).await;
        self.expose(false);
        stepped
    }

    async fn exposed_step(&mut self, sweeps: bool) -> Result<bool> {
        let now = self.now_ms();
        if let Some(awake) = self.sleepers.iter().position(|it| it.until <= now) {
            let work = self.sleepers.remove(awake).work;
            return self.go_on(work).await;
        }
        let delivered = self.twin.deliver_due(&self.net).await;
        if self.net.is_dead() {
            self.crash().await?;
            return Ok(true);
        }
        let (worker, sweeper) = (self.worker.clone(), self.sweeper.clone());
        let work = async move {
            let worked = !worker.tick().await?.idle();
            let swept = sweeps && sweeper.tick().await? > 0;
            Ok(worked || swept)
        };
        Ok(self.go_on(Box::pin(work)).await? || delivered.sent + delivered.failed > 0)
    }

    /// Lets a server work until it is done or struck.
    async fn go_on(&mut self, mut work: BoxFuture<'static, Result<bool>>) -> Result<bool> {
        let blow = tokio::select! {
            biased;
            done = &mut work => return done,
            blow = self.net.struck() => blow,
        };
        match blow {
            Blow::Death => {
                drop(work);
                self.crash().await?;
            }
            Blow::Sleep { ms } => {
                self.sleepers.push(Sleeper { work, until: self.now_ms() + ms });
                // Who goes on meanwhile is another process: what the sleeper holds in its memory, it holds alone.
                self.start_again().await?;
            }
        }
        Ok(true)
    }

    async fn next_due(&self, sweeps: bool) -> Result<Option<i64>> {
        let webhook = self.twin.next_delivery_ms();
        let work = self.store.work.next_due().await?.map(|due| due.0);
        let sweep = if sweeps { self.store.sweeps.next_due().await?.map(|due: Millis| due.0) } else { None };
        let sleeper = self.sleepers.iter().map(|it| it.until).min();
        Ok([webhook, work, sweep, sleeper].into_iter().flatten().min())
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.net.close();
        // It may end in the middle of a step; what was aimed at it meets no other world of this thread.
        self.expose(false);
    }
}

/// The site's host, as configuration files name it.
#[must_use]
pub fn host(site: &Site) -> &str {
    site.base_url.trim_start_matches("https://")
}

/// In memory where the machine offers that: nothing here has to outlive it.
fn folder() -> Result<TempDir> {
    let builder = |dir: &Path| tempfile::Builder::new().prefix("duplex-world.").tempdir_in(dir);
    Ok(builder(Path::new("/dev/shm")).or_else(|_| builder(&std::env::temp_dir()))?)
}
