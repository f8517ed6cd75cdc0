//! `duplex sync ...`: syncs set up and looked after by scripts.
//!
//! Guarantees: what is refused changes nothing, and ends with a status that is not zero.

use super::{pairs, say};
use crate::clock::{SystemChance, SystemClock};
use crate::config::{Database, Outside, Times};
use crate::egress::{self, Limits};
use crate::reach::Reach;
use crate::setup::{Applied, Apply, Choice, OPERATOR, Outcome, Setup, SetupError, host_of};
use crate::store::sites::SiteState;
use crate::store::sweeps::{SweepKey, SweepKind};
use crate::store::syncs::{Place, Sync};
use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use duplex_core::check::{Finding, Severity};
use duplex_core::config::Existing;
use duplex_core::id::{AccountId, LinkId, Side, Sides};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

pub(super) fn operator() -> AccountId {
    AccountId::new(OPERATOR)
}

#[derive(Debug, Clone, Args)]
pub struct SyncOptions {
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    outside: Outside,
    #[command(flatten)]
    times: Times,
}

#[derive(Debug, Clone, Subcommand)]
pub enum SyncCommand {
    /// All syncs, with their state.
    List,
    /// Makes or changes the sync that a file describes: the one of its name between its projects.
    Apply {
        /// The whole configuration of one sync, as `export` prints it.
        file: PathBuf,
        /// The host of a site whose admins' consent is given by this; may be repeated. Without it, what newly leaves
        /// that side waits there as *Draft received*.
        #[arg(long, value_name = "SITE")]
        accept_as: Vec<String>,
        /// Starts it, too.
        #[arg(long)]
        start: bool,
    },
    /// Starts a sync.
    Start {
        /// Its id or name.
        sync: String,
        /// What becomes of the issues that are there already; left out, as the configuration says.
        #[arg(long, value_parser = existing)]
        existing: Option<Existing>,
    },
    /// Stops a sync. No write begins afterwards.
    Stop { sync: String },
    /// How a sync does, or all of them.
    Status { sync: Option<String> },
    /// Looks again at the issues that a JQL finds, on either side; without one, at all in scope.
    Resync {
        sync: String,
        #[arg(long)]
        jql: Option<String>,
    },
    /// Translates anew what was mirrored by other field rules than the published ones.
    Remap { sync: String },
    /// Prints the published configuration as a file for `apply`.
    Export { sync: String },
    /// What waits for a person, pair by pair, with its remedy.
    Parked { sync: String },
    /// Has all that waits for a person tried again.
    Retry { sync: String },
    /// Conflicts that were settled, newest first: where, when, and who won.
    Conflicts { sync: String },
    /// Writes the value back that lost a conflict, by the id that `conflicts` shows.
    Restore { sync: String, conflict: String },
    /// Ends a pair, by the id that `parked` shows: its issues stay, and nothing is mirrored between them.
    Unlink { sync: String, pair: String },
    /// Makes the issue of a pair again that is gone, from its twin.
    Recreate { sync: String, pair: String },
}

/// # Errors
/// What can't be looked at; what is refused is printed, and the status says so.
pub async fn run(options: SyncOptions, command: SyncCommand) -> anyhow::Result<ExitCode> {
    let setup = setup(&options).await?;
    match carry_out(&setup, command).await {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error) => match error.downcast_ref::<SetupError>() {
            Some(SetupError::Findings(findings)) => {
                print(findings)?;
                bail!("the configuration has errors; nothing was changed")
            }
            Some(SetupError::NotAccepted { side, site }) => bail!(
                "side {side} ({site}) has not accepted what would leave it; nothing was changed.\n\
                 Give its consent with --accept-as {site}, or apply without --start and have an admin there accept it"
            ),
            // As it is, with the file's name where it is about one.
            Some(_) | None => Err(error),
        },
    }
}

pub(super) async fn setup(options: &SyncOptions) -> anyhow::Result<Setup> {
    let limits = Limits { total_ms: options.times.http_timeout_ms.unsigned_abs(), ..Limits::default() };
    let transport = egress::Outside::new(options.outside.policy(), limits).context("the network")?;
    let chance = Arc::new(SystemChance);
    let store = super::open(&options.database, chance.clone()).await?;
    let app_key = options.outside.app_key.as_str().to_owned();
    let times = options.times.clone();
    let clock = Arc::new(SystemClock);
    let reach = Reach::new(store.clone(), Arc::new(transport), clock.clone(), app_key, &times);
    Ok(Setup::new(store, clock, chance, reach, times))
}

async fn carry_out(setup: &Setup, command: SyncCommand) -> anyhow::Result<()> {
    match command {
        SyncCommand::List => list(setup).await,
        SyncCommand::Apply { file, accept_as, start } => apply(setup, &file, &accept_as, start).await,
        SyncCommand::Start { sync, existing } => {
            let choice = existing.map_or(Choice::Configured, |existing| Choice::Said {
                existing,
                speaks: Sides::new(true, true),
            });
            let sync = find(setup, &sync).await?;
            setup.start(&sync, choice, &operator()).await?;
            Ok(say(&format!("Started {} ({}).", sync.name, sync.sync))?)
        }
        SyncCommand::Stop { sync } => {
            let sync = find(setup, &sync).await?;
            setup.stop(&sync, &operator()).await?;
            Ok(say(&format!("Stopped {} ({}).", sync.name, sync.sync))?)
        }
        SyncCommand::Status { sync: Some(sync) } => status(setup, &find(setup, &sync).await?).await,
        SyncCommand::Status { sync: None } => {
            for sync in setup.store.syncs.all().await? {
                status(setup, &sync).await?;
            }
            Ok(())
        }
        SyncCommand::Resync { sync, jql } => {
            let sync = find(setup, &sync).await?;
            setup.resync(&sync, jql.as_deref(), &Side::BOTH, &operator()).await?;
            Ok(say(&format!("A running server looks again at {} ({}).", sync.name, sync.sync))?)
        }
        SyncCommand::Remap { sync } => {
            let sync = find(setup, &sync).await?;
            let count = setup.remap(&sync, &operator()).await?;
            Ok(say(&format!(
                "A running server translates {count} pairs of {} ({}) anew.",
                sync.name, sync.sync
            ))?)
        }
        SyncCommand::Export { sync } => {
            let sync = find(setup, &sync).await?;
            Ok(say(setup.write_file(&sync).await?.trim_end())?)
        }
        SyncCommand::Parked { sync } => pairs::parked(setup, &find(setup, &sync).await?).await,
        SyncCommand::Retry { sync } => pairs::retry(setup, &find(setup, &sync).await?).await,
        SyncCommand::Conflicts { sync } => pairs::conflicts(setup, &find(setup, &sync).await?).await,
        SyncCommand::Restore { sync, conflict } => {
            pairs::restore(setup, &find(setup, &sync).await?, &conflict).await
        }
        SyncCommand::Unlink { sync, pair } => {
            pairs::unlink(setup, &find(setup, &sync).await?, &LinkId::new(pair)).await
        }
        SyncCommand::Recreate { sync, pair } => {
            pairs::recreate(setup, &find(setup, &sync).await?, &LinkId::new(pair)).await
        }
    }
}

async fn list(setup: &Setup) -> anyhow::Result<()> {
    for sync in setup.store.syncs.all().await? {
        let a = place(setup, &sync, Side::A).await?;
        let b = place(setup, &sync, Side::B).await?;
        say(&format!(
            "{}  {:8} v{:<3} {a} <> {b}  {}",
            sync.sync,
            sync.state.as_str(),
            sync.version,
            sync.name
        ))?;
    }
    Ok(())
}

async fn place(setup: &Setup, sync: &Sync, side: Side) -> anyhow::Result<String> {
    let end = &sync.ends[side];
    let site = setup.store.sites.get(&end.site).await?;
    let host = site.and_then(|site| host_of(&site.base_url)).unwrap_or_else(|| end.site.0.clone());
    Ok(format!("{host}/{}", end.project))
}

async fn apply(
    setup: &Setup,
    file: &std::path::Path,
    accept_as: &[String],
    start: bool,
) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    for host in accept_as {
        if let Err(known) = setup.site_by_host(host).await? {
            bail!("--accept-as {host}: the app is not installed there; it is on {known}");
        }
    }
    let accept_as: Vec<String> = accept_as.iter().map(|host| host.to_lowercase()).collect();
    let ask = Apply { text: &text, accept_as: &accept_as, start, author: operator() };
    let applied = setup.apply(ask).await.map_err(|error| {
        let of_file = matches!(error, SetupError::Malformed { .. });
        let error = anyhow::Error::new(error);
        if of_file { error.context(file.display().to_string()) } else { error }
    })?;
    print(&applied.findings)?;
    Ok(say(&told(&applied))?)
}

fn told(applied: &Applied) -> String {
    let sync = &applied.sync;
    let made = if applied.created { "Created" } else { "Found" };
    let outcome = match &applied.outcome {
        None => format!("version {} is the same", sync.version),
        Some(Outcome::Published { version }) => format!("published as version {version}"),
        Some(Outcome::Sent { side, .. }) => format!("draft sent: an admin of side {side} must accept it"),
    };
    format!("{made} {} ({}): {outcome}; {}.", sync.name, sync.sync, sync.state.as_str())
}

async fn status(setup: &Setup, sync: &Sync) -> anyhow::Result<()> {
    let (tenant, id) = (&sync.tenant, &sync.sync);
    let waiting = setup.store.work.waiting(tenant, id).await?;
    let oldest = waiting.oldest.map(|oldest| setup.clock.now().since(oldest).max(0));
    let lag = oldest.map_or_else(String::new, |ms| format!(", the oldest for {}", lasting(ms)));
    let links = setup.store.links.counts(tenant, id).await?;
    let parked = setup.store.parked.count(tenant, id).await?;
    say(&format!("{} ({id}): {}, version {}", sync.name, sync.state.as_str(), sync.version))?;
    say(&format!(
        "  links    {} linked, {} candidates, {} with an end gone, {} unlinked",
        links.linked, links.candidates, links.end_gone, links.unlinked
    ))?;
    say(&format!("  waiting  {}{lag}", waiting.links))?;
    say(&format!("  parked   {parked}"))?;
    let otherwise = setup.mapped_otherwise(sync).await?;
    if otherwise > 0 {
        say(&format!(
            "  mapping  {otherwise} pairs were mirrored by other field rules; `duplex sync remap` translates them anew"
        ))?;
    }
    for side in Side::BOTH {
        say(&format!("  side {side}   {}", standing(setup, &sync.ends[side]).await?))?;
    }
    Ok(())
}

/// The project of a side, and what keeps it from being mirrored.
async fn standing(setup: &Setup, end: &Place) -> anyhow::Result<String> {
    let Some(site) = setup.store.sites.get(&end.site).await? else {
        return Ok(format!("project {} of a site that is not known any more", end.project));
    };
    let state = match site.state {
        SiteState::Installed | SiteState::Enabled => "",
        SiteState::Disabled => "; nothing moves: the app is disabled there, enable it in Jira",
        SiteState::Uninstalled => {
            "; nothing moves: the app is not installed there any more, install it again"
        }
    };
    let sweep = setup.store.sweeps.get(&SweepKey::site(&end.site, SweepKind::Fast)).await?;
    let trouble =
        sweep.and_then(|sweep| sweep.trouble).map(|why| format!("; the last sweep did not get on: {why}"));
    Ok(format!("project {} on {}{state}{}", end.project, site.base_url, trouble.unwrap_or_default()))
}

/// A span of time in its two largest units: `1 h 5 min`.
pub(super) fn lasting(ms: i64) -> String {
    let seconds = ms / 1_000;
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min {} s", seconds % 60),
        (0, _, _) => format!("{hours} h {minutes} min"),
        (_, _, _) => format!("{days} d {hours} h"),
    }
}

/// By id, else by a name that only one has.
pub(super) async fn find(setup: &Setup, wanted: &str) -> anyhow::Result<Sync> {
    let all = setup.store.syncs.all().await?;
    if let Some(sync) = all.iter().find(|sync| sync.sync.as_str() == wanted) {
        return Ok(sync.clone());
    }
    let mut named = all.into_iter().filter(|sync| sync.name == wanted);
    match (named.next(), named.next()) {
        (Some(one), None) => Ok(one),
        (Some(_), Some(_)) => {
            bail!("several syncs are named `{wanted}`: use the id that `duplex sync list` shows")
        }
        (None, _) => bail!("there is no sync `{wanted}`: see `duplex sync list`"),
    }
}

fn print(findings: &[Finding]) -> std::io::Result<()> {
    for finding in findings {
        let severity = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        };
        // What a file names wrongly is said with its place in the file.
        let place = if finding.sentence.starts_with("`side.") { String::new() } else { path(finding) + ": " };
        say(&format!("{severity}: {place}{}\n  {}", finding.sentence, finding.remedy))?;
    }
    Ok(())
}

/// `side.a.field_mappings[2] customfield_10010`: where it is in the configuration.
fn path(finding: &Finding) -> String {
    let place = &finding.place;
    let side = place.side.map(|side| format!("side.{}.", side.as_str())).unwrap_or_default();
    let tab = serde_json::to_value(place.tab).ok().and_then(|tab| tab.as_str().map(str::to_owned));
    let row = place.row.map(|row| format!("[{row}]")).unwrap_or_default();
    let about = place.about.as_ref().map(|about| format!(" {about}")).unwrap_or_default();
    format!("{side}{}{row}{about}", tab.unwrap_or_default())
}

fn existing(text: &str) -> Result<Existing, String> {
    match text {
        "all" => Ok(Existing::All),
        "only_new" => Ok(Existing::OnlyNew),
        _ => Err("`all` or `only_new`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::lasting;

    #[test]
    fn a_lag_is_readable() {
        for (ms, said) in [
            (0, "0 s"),
            (59_999, "59 s"),
            (65_000, "1 min 5 s"),
            (3_900_000, "1 h 5 min"),
            (90_000_000, "1 d 1 h"),
        ] {
            assert_eq!(lasting(ms), said);
        }
    }
}
