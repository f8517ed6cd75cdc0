//! A storm: people change both sides at once while webhooks get lost, come twice, late and in another order, and the
//! server is killed again and again. Then the weather clears, and both sides have to agree on what people made.
//!
//! The same seed gives the same changes and the same deaths; how they interleave is up to the machine.

mod audit;
mod chaos;
mod keeper;
mod outage;
mod script;
mod town;

use crate::ledger;
use crate::scenario::Desk;
use crate::stage::{Plot, Stage};
use crate::wire::{Spoilt, Wire};
use anyhow::{Context, Result, bail, ensure};
pub use chaos::{
    run_at_all_points, run_on_full_disk, run_on_full_tablespace, run_on_restarted, run_skewed, run_with_cuts,
};
use duplex_core::id::Sides;
use keeper::Keeper;
use script::{TURNS, Turn};
use serde_json::json;
use sqlx::{AnyPool, AssertSqlSafe, Row};
use std::path::Path;
use std::time::Duration;
use town::Town;

/// Of several servers each has to make at least so many writes.
const SHARE_MIN: usize = 10;
/// What every text that is not for customers contains.
const TEAM_ONLY: &str = "Team only:";
/// A copy that people wait for has to be there within this, whatever happens to the server.
const COPY_WITHIN: Duration = Duration::from_secs(40);
/// Both sides have to be equal so long after the last change.
const CALM_WITHIN: Duration = Duration::from_secs(60);
/// Then nothing may be written for so long.
const QUIET: Duration = Duration::from_secs(3);
const POLL: Duration = Duration::from_millis(250);
/// Who waits for a copy on bad wires for so long has what stopped tried again.
const RETRIED_AFTER: Duration = Duration::from_secs(10);
/// Who waits for so long where nobody sweeps sees whether Jira has given an event up.
const SWEPT_AFTER: Duration = Duration::from_secs(15);
/// Calls that were under way when the wires became good have ended after this.
const LAST_CALLS: Duration = Duration::from_secs(4);
/// This share of the webhooks gets lost.
const DROPPED: f64 = 0.2;
/// Of a hundred calls on bad wires so many are spoilt; most of them cost the server the time of its patience.
const SPOILT_PERCENT: u64 = 20;
/// Changes of the history that a failure shows, of the issues that it names.
const HISTORY_LINES_MAX: usize = 40;
const DIFFERENCES_MAX: usize = 20;

/// A dead server's work is taken over after so long, in milliseconds.
const LEASE_MS: u64 = 6_000;

/// Times that fit into half a minute.
const TIMES: [(&str, &str); 9] = [
    ("DUPLEX_HTTP_TIMEOUT_MS", "2000"),
    ("DUPLEX_GRACE_MS", "3000"),
    ("DUPLEX_TICK_MS", "100"),
    ("DUPLEX_SWEEP_INTERVAL_MS", "2000"),
    ("DUPLEX_SWEEP_OVERLAP_MS", "15000"),
    ("DUPLEX_AUDIT_INTERVAL_MS", "5000"),
    ("DUPLEX_RETRY_FIRST_MS", "200"),
    ("DUPLEX_RETRY_MAX_MS", "2000"),
    ("DUPLEX_BRAKE_REMOVALS", "1000"),
];

/// A storm that was survived.
#[derive(Debug)]
pub struct Survived {
    pub changes: usize,
    pub issues: usize,
    pub comments: usize,
    /// What was done to the servers.
    pub strikes: Vec<String>,
    /// How long the sides took to agree after the last change.
    pub calm_after: Duration,
    /// By server, its writes to Jira.
    pub writes: Vec<usize>,
}

/// What a storm is made of.
#[derive(Debug)]
struct Storm {
    seed: u64,
    database_url: Option<String>,
    servers: usize,
    keeper: Keeper,
    /// The wires to the sites are bad.
    bad_wires: bool,
    /// How far the sites' clocks are ahead, in milliseconds.
    skew_ms: Sides<i64>,
}

impl Storm {
    fn new(seed: u64, database_url: Option<String>, keeper: Keeper) -> Self {
        let skew_ms = Sides::new(0, 0);
        Self { seed, database_url, servers: 1, keeper, bad_wires: false, skew_ms }
    }
}

/// Runs a seed on a database (`None` is SQLite in the stage's folder): one server, which dies again and again.
///
/// # Errors
/// The seed, what people did, what is wrong on which side, and the end of the servers' logs.
pub async fn run(seed: u64, database_url: Option<String>) -> Result<Survived> {
    play(Storm::new(seed, database_url, Keeper::of_deaths(seed, times()))).await
}

/// Runs a seed with two servers on one PostgreSQL: each stands still or dies once while the other goes on.
///
/// # Errors
/// As [`run`]; and a server that did not take its share.
pub async fn run_two(seed: u64, database_url: String) -> Result<Survived> {
    run_several(seed, database_url, 2).await
}

/// Runs a seed with three servers on one PostgreSQL: one stands still, the others die, each while the rest goes on.
///
/// # Errors
/// As [`run_two`].
pub async fn run_three(seed: u64, database_url: String) -> Result<Survived> {
    run_several(seed, database_url, 3).await
}

async fn run_several(seed: u64, database_url: String, servers: usize) -> Result<Survived> {
    let keeper = Keeper::of_several(seed, servers, times());
    let survived = play(Storm { servers, ..Storm::new(seed, Some(database_url), keeper) }).await?;
    let idle = survived.writes.iter().any(|writes| *writes < SHARE_MIN);
    ensure!(!idle, "storm of seed {seed}: the servers did not share the work: {:?}", survived.writes);
    Ok(survived)
}

/// Runs a seed while the wires to the sites are bad: see [`crate::wire`].
///
/// # Errors
/// As [`run`]; a wire that was not bad in every way; and a redirect that was followed.
pub async fn run_on_bad_wires(seed: u64) -> Result<Survived> {
    play(Storm { bad_wires: true, ..Storm::new(seed, None, Keeper::idle(times())) }).await
}

async fn play(storm: Storm) -> Result<Survived> {
    let Storm { seed, database_url, servers, mut keeper, bad_wires, skew_ms } = storm;
    let wire = bad_wires.then_some(seed);
    let plot =
        Plot { database_url, servers, env: times(), twin_args: twin_args(seed), wire, ..Plot::default() };
    let mut stage = Stage::open(plot).await?;
    for (site, skew_ms) in [(&stage.acme, skew_ms.a), (&stage.globex, skew_ms.b)] {
        site.person("admin").put("/_twin/site", json!({"clockSkewMs": skew_ms})).await?;
    }
    stage.mirror("storm", (&stage.acme, "ITA"), (&stage.globex, "ITB"))?;
    let desks = Sides::new(Desk::at(&stage.acme, "ITA"), Desk::at(&stage.globex, "ITB"));
    let mut town = Town::of(desks).await?;
    let turns = script::script(seed);

    let ended = weather(&mut stage, &mut town, &mut keeper, &turns).await;
    ended.map_err(|error| {
        let failure = format!("{error:#}");
        let logs: Vec<String> = stage.servers.iter().map(|server| server.process.printed()).collect();
        anyhow::anyhow!(
            "storm of seed {seed} on {}: {failure}\n\n{}\n\nthe servers' logs end with:\n{}",
            stage.database_url(),
            history(&turns, &keeper, &failure),
            logs.join("\n---\n")
        )
    })
}

/// The environment of a server in a storm.
fn times() -> Vec<(String, String)> {
    let lease = ("DUPLEX_LEASE_MS".to_owned(), LEASE_MS.to_string());
    TIMES.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).chain([lease]).collect()
}

/// The arguments of a twin whose index lags, but not for long.
fn twin_args(seed: u64) -> Vec<String> {
    ["--index-lag-ms", "300", "--chance", &seed.to_string()].map(str::to_owned).into()
}

async fn weather(
    stage: &mut Stage,
    town: &mut Town,
    keeper: &mut Keeper,
    turns: &[Turn],
) -> Result<Survived> {
    keeper.start_again(0, stage).await?;
    storm_up(stage, keeper.events_alone).await?;
    if let Some(wire) = &stage.wire {
        wire.spoil(SPOILT_PERCENT);
    }
    for (nth, turn) in turns.iter().enumerate() {
        keeper.before(nth, stage).await?;
        wait_for_copy(stage, town, keeper, nth, turn).await?;
        town.act(&turn.deed).await.with_context(|| format!("change {nth}: {:?}", turn.deed))?;
        tokio::time::sleep(Duration::from_millis(turn.pause_ms)).await;
    }
    stage.acme.person("admin").delete("/_twin/faults").await?;
    keeper.rest(stage).await?;
    keeper.enough()?;
    if let Some(wire) = &stage.wire {
        wire.spoil(0);
        bad_enough(wire, keeper).await?;
        tokio::time::sleep(LAST_CALLS).await;
        retry(stage).await?;
    }
    let calm_after = calm(stage, town, keeper).await?;
    quiet(stage).await?;
    if keeper.events_alone {
        let told =
            [chaos::refused(stage, keeper).await?, chaos::spoke_briefly(&stage.servers[0].process.log)?];
        keeper.notes.extend(told);
    }
    Ok(Survived {
        changes: turns.len(),
        issues: town.issues.len(),
        comments: town.comments.len(),
        strikes: keeper.notes.clone(),
        calm_after,
        writes: stage.servers.iter().map(|server| writes_of(&server.process.log)).collect(),
    })
}

/// What the wires stopped names them as its reason, and is tried again once they are good.
async fn retry(stage: &Stage) -> Result<()> {
    let parked: Vec<String> = open(stage).await?.into_iter().filter(|it| it.starts_with("parked")).collect();
    let other = parked.iter().find(|it| !it.contains("(307)"));
    ensure!(other.is_none(), "stopped by something else than a redirect: {other:?}");
    stage.duplex(&["sync", "retry", "storm"]).map(drop)
}

/// # Errors
/// When the wires were too good.
async fn bad_enough(wire: &Wire, keeper: &mut Keeper) -> Result<()> {
    let done = wire.done();
    keeper.notes.push(format!("on the wires: {done:?}"));
    let missing: Vec<_> = Spoilt::ALL.into_iter().filter(|spoilt| !done.contains_key(spoilt)).collect();
    ensure!(missing.is_empty(), "never {missing:?}: {done:?}");
    wire.nobody_was_led_away().await
}

/// Webhooks come twice, late, and by that in another order; and get lost, where something else finds what they were
/// about.
async fn storm_up(stage: &Stage, events_alone: bool) -> Result<()> {
    let admin = stage.acme.person("admin");
    // Where none gets lost, Jira repeats itself for longer than anything is gone.
    let (lost, spacing_ms) = if events_alone { (0.0, [2_000, 5_000]) } else { (DROPPED, [200, 800]) };
    let faults = json!({"webhooks": {"drop": lost, "double": 0.2, "delay": 0.5, "delayMs": 1500}});
    admin.put("/_twin/faults", faults).await?;
    admin.put("/_twin/webhooks", json!({"retrySpacingMs": spacing_ms})).await.map(drop)
}

/// Nobody can change a copy that is not there yet.
async fn wait_for_copy(
    stage: &mut Stage,
    town: &mut Town,
    keeper: &mut Keeper,
    nth: usize,
    turn: &Turn,
) -> Result<()> {
    let began = tokio::time::Instant::now();
    while !town.ready(&turn.deed).await? {
        ensure!(
            began.elapsed() < COPY_WITHIN,
            "change {nth}: no copy within {COPY_WITHIN:?} for {:?}",
            turn.deed
        );
        keeper.mind(nth, stage).await?;
        // A redirect stops an element until somebody says otherwise.
        if stage.wire.is_some() && began.elapsed() > RETRIED_AFTER {
            retry(stage).await?;
        }
        if began.elapsed() > SWEPT_AFTER {
            chaos::sweep_what_was_given_up(stage, keeper).await?;
        }
        tokio::time::sleep(POLL).await;
    }
    Ok(())
}

/// Waits until both sides are as people know them to be, and the server has nothing open. How long that took.
async fn calm(stage: &mut Stage, town: &Town, keeper: &mut Keeper) -> Result<Duration> {
    let began = tokio::time::Instant::now();
    loop {
        keeper.mind(TURNS, stage).await?;
        let mut wrong = audit::differences(town).await?;
        wrong.extend(open(stage).await?);
        if wrong.is_empty() {
            return Ok(began.elapsed());
        }
        if began.elapsed() > CALM_WITHIN {
            let more = wrong.len().saturating_sub(DIFFERENCES_MAX);
            wrong.truncate(DIFFERENCES_MAX);
            bail!("{CALM_WITHIN:?} after the last change:\n{}\n({more} more)", wrong.join("\n"));
        }
        if began.elapsed() > SWEPT_AFTER {
            chaos::sweep_what_was_given_up(stage, keeper).await?;
        }
        tokio::time::sleep(POLL).await;
    }
}

/// What the server has not ended, or given up.
async fn open(stage: &Stage) -> Result<Vec<String>> {
    sqlx::any::install_default_drivers();
    let pool = AnyPool::connect(&stage.database_url()).await?;
    let mut open = Vec::new();
    for (table, column) in [("intents", "body"), ("parked", "trouble")] {
        let rows = sqlx::query(AssertSqlSafe(format!("SELECT link, {column} FROM {table}")))
            .fetch_all(&pool)
            .await?;
        for row in rows {
            open.push(format!("{table}: {} {}", row.try_get::<String, _>(0)?, row.try_get::<String, _>(1)?));
        }
    }
    pool.close().await;
    Ok(open)
}

/// The writes that a server's log tells of.
fn writes_of(log: &Path) -> usize {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let writes = ["Created the issue", "Edited ", "Added a comment", "Deleted a comment"];
    text.lines().filter(|line| writes.iter().any(|write| line.contains(write))).count()
}

/// Once the sides agree, nothing is written.
async fn quiet(stage: &Stage) -> Result<()> {
    let mark = ledger::mark(&stage.acme).await?;
    tokio::time::sleep(QUIET).await;
    let writes: Vec<_> =
        ledger::app_calls(&stage.acme, mark).await?.into_iter().filter(|call| call.write).collect();
    ensure!(writes.is_empty(), "written after both sides agreed: {writes:#?}");
    Ok(())
}

/// What was done to the issues that a failure names, and to the servers.
fn history(turns: &[Turn], keeper: &Keeper, failure: &str) -> String {
    let named = |turn: &Turn| {
        script::issue_of(turns, &turn.deed).is_some_and(|nth| failure.contains(&script::tag(nth)))
    };
    let lines = turns.iter().enumerate().filter(|(_, turn)| named(turn)).take(HISTORY_LINES_MAX);
    let lines: Vec<String> = lines.map(|(nth, turn)| format!("{nth:4} {:?}", turn.deed)).collect();
    format!(
        "what people did there:\n{}\n\nwhat happened to the servers:\n{}",
        lines.join("\n"),
        keeper.notes.join("\n")
    )
}
