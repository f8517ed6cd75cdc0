//! Storms in which more than a server breaks: its database goes away, its connections are cut, its disk is full, the
//! sites' clocks are wrong.

use super::keeper::Keeper;
use super::outage::Ground;
use super::{Storm, Survived, play, times};
use crate::disk::Disk;
use crate::postgres::Server;
use crate::stage::Stage;
use anyhow::{Context, Result, bail, ensure};
use duplex_core::id::Sides;
use jira_twin::connect::RETRIES_MAX;
use serde_json::Value;
use std::path::Path;

/// How far a site's clock is off, in milliseconds.
const SKEW_MS: i64 = 10 * 60_000;
/// Neither sweep nor audit happens within a storm.
const NEVER_MS: &str = "3600000";
/// Warnings and errors of a server in a storm. Three outages are some twenty seconds, in which everything fails.
const TROUBLE_LINES_MAX: usize = 600;

/// Runs a seed in which the server dies at every named place.
///
/// # Errors
/// As [`run`](super::run); and a place where it never died.
pub async fn run_at_all_points(seed: u64, database_url: Option<String>) -> Result<Survived> {
    play(Storm::new(seed, database_url, Keeper::of_points(seed, times()))).await
}

/// Runs a seed on a PostgreSQL that is ended and started again, with its crash recovery and without.
///
/// # Errors
/// As [`run`](super::run); an event that was accepted and lost, and a server that ended, called itself ready without a
/// database, or filled its log.
pub async fn run_on_restarted(seed: u64, server: Server) -> Result<Survived> {
    let url = server.url("postgres");
    run_with_outages(seed, url, Ground::Postgres(server)).await
}

/// Runs a seed on a SQLite file whose disk is full for a while, again and again.
///
/// # Errors
/// As [`run_on_restarted`].
pub async fn run_on_full_disk(seed: u64, disk: Disk) -> Result<Survived> {
    let url = format!("sqlite://{}", disk.dir().join("duplex.db").to_string_lossy());
    run_with_outages(seed, url, Ground::Disk(disk)).await
}

/// Runs a seed on a database of PostgreSQL whose tables lie on a disk that is full for a while, again and again.
///
/// # Errors
/// As [`run_on_restarted`].
pub async fn run_on_full_tablespace(seed: u64, disk: Disk, server: &Server) -> Result<Survived> {
    server.owns(disk.dir())?;
    server.order(&format!("CREATE TABLESPACE small LOCATION '{}'", disk.dir().to_string_lossy())).await?;
    server.order("CREATE DATABASE small TABLESPACE small").await?;
    let url = server.url("small");
    run_with_outages(seed, url, Ground::Tablespace(disk)).await
}

async fn run_with_outages(seed: u64, url: String, ground: Ground) -> Result<Survived> {
    let keeper = Keeper::of_outages(seed, ground, without_sweeps());
    play(Storm::new(seed, Some(url), keeper)).await
}

/// Runs a seed on a PostgreSQL that ends all connections again and again.
///
/// # Errors
/// As [`run_on_restarted`].
pub async fn run_with_cuts(seed: u64, database_url: String) -> Result<Survived> {
    let keeper = Keeper::of_cuts(seed, without_sweeps());
    play(Storm::new(seed, Some(database_url), keeper)).await
}

/// Runs a seed between sites of which one is ten minutes ahead and the other ten minutes behind, and the server dies
/// again and again.
///
/// # Errors
/// As [`run`](super::run).
pub async fn run_skewed(seed: u64, database_url: Option<String>) -> Result<Survived> {
    let storm = Storm::new(seed, database_url, Keeper::of_deaths(seed, times()));
    play(Storm { skew_ms: Sides::new(SKEW_MS, -SKEW_MS), ..storm }).await
}

fn without_sweeps() -> Vec<(String, String)> {
    let never = ["DUPLEX_SWEEP_INTERVAL_MS", "DUPLEX_AUDIT_INTERVAL_MS"];
    times().into_iter().chain(never.map(|name| (name.to_owned(), NEVER_MS.to_owned()))).collect()
}

/// Where events are all there is: how many were refused while the database was away, so that Jira repeated them.
///
/// # Errors
/// An event that was refused for good; none that was refused.
pub(super) async fn refused(stage: &Stage, keeper: &Keeper) -> Result<String> {
    let tries = tries(stage).await?;
    let for_good = |it: &&Value| it["status"].as_u64().is_some_and(|status| (300..500).contains(&status));
    if let Some(it) = tries.iter().find(for_good) {
        bail!("refused for good: {it}");
    }
    let refused = tries.iter().filter(|it| !is_taken(it)).count();
    ensure!(refused > 0 || !keeper.takes_away(), "no event came while the database was away");
    Ok(format!("{refused} of {} deliveries were refused and repeated", tries.len()))
}

/// A machine may be so slow that an event meets no answer in time as often as Jira tries. What Jira gives up is for sweeps
/// to find, so they begin again then.
pub(super) async fn sweep_what_was_given_up(stage: &mut Stage, keeper: &mut Keeper) -> Result<()> {
    if !keeper.events_alone || keeper.gave_up {
        return Ok(());
    }
    let is_last = |it: &&Value| it["attempt"].as_u64() == Some(RETRIES_MAX.into()) && !is_taken(it);
    let given_up = tries(stage).await?.iter().filter(is_last).count();
    if given_up > 0 {
        keeper.gave_up = true;
        let why = format!("Jira gave {given_up} events up; there are sweeps from now on");
        keeper.begin_anew(times(), why, stage).await?;
    }
    Ok(())
}

/// The latest deliveries of events.
async fn tries(stage: &Stage) -> Result<Vec<Value>> {
    let queue = stage.acme.person("admin").get("/_twin/webhooks").await?;
    Ok(queue["tries"].as_array().context("tries")?.clone())
}

fn is_taken(delivery: &Value) -> bool {
    delivery["status"].as_u64().is_some_and(|status| (200..300).contains(&status))
}

/// # Errors
/// A log that says the same thing over and over.
pub(super) fn spoke_briefly(log: &Path) -> Result<String> {
    let text = std::fs::read_to_string(log)?;
    let is_trouble = |line: &&str| line.contains(" WARN ") || line.contains(" ERROR ");
    let troubles = text.lines().filter(is_trouble).count();
    ensure!(troubles <= TROUBLE_LINES_MAX, "{troubles} warnings and errors");
    Ok(format!("{troubles} warnings and errors in the log"))
}
