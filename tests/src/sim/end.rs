//! When the weather has cleared: everything is worked off within a stated time, both sides agree, and it stays so.

use super::audit;
use super::joined::Joined;
use super::lost;
use super::people::Town;
use super::plot::Plot;
use super::watch::Watch;
use super::weather::Fault;
use super::writer::SLEEP_MS_MAX;
use crate::world::World;
use anyhow::{Result, ensure};
use std::collections::BTreeSet;

/// A little more than the longest sleep of a server, in milliseconds.
const SLEEPS_MS: i64 = SLEEP_MS_MAX + 5_000;
/// The longest pause that a site can ask for, and a little more, in milliseconds.
const PAUSES_MS: i64 = 63 * 60_000;
/// More than two sweeps.
const SWEEPS_MS: i64 = 10 * 60_000;
/// More than an audit and what it finds.
const AUDIT_MS: i64 = 20 * 60_000;
/// So long nothing is written once the sides agree.
const QUIET_MS: i64 = 10 * 60_000;

/// Lets everything come to rest. What is wrong then: I1, I2, I4, I5, I8, I9 and what waits without a reason.
pub(super) async fn settle(
    world: &mut World,
    town: &mut Town,
    watch: &mut Watch,
    plot: &Plot,
) -> Result<Vec<String>> {
    // What a server reads when it wakes up counts from then on.
    if plot.weather.has(Fault::Sleeps) {
        world.pass(SLEEPS_MS).await?;
    }
    if plot.weather.has(Fault::RateLimits) {
        world.jump(PAUSES_MS);
    }
    town.put_in_order(world).await?;
    world.pass(AUDIT_MS).await?;
    if !waiting(world, town).await?.is_empty() {
        for sync in 0..town.syncs.len() {
            town.retry(world, sync).await?;
        }
        world.pass(SWEEPS_MS).await?;
    }
    let conflicts: Vec<_> = town.conflicts.iter().cloned().chain(world.conflicts().await?).collect();
    let mut wrong = watch.look(world, town, plot);
    wrong.extend(audit::differences(&world.twin, town, &Joined::read(world, town).await?));
    wrong.extend(lost::in_silence(&world.twin, town, &conflicts));
    wrong.extend(open(world, town).await?);
    wrong.extend(waiting(world, town).await?);
    if wrong.is_empty() {
        wrong.extend(noise(world).await?);
    }
    Ok(wrong)
}

/// I9: nothing is under way any more. What had no known outcome when its issue was moved or deleted rests with it.
async fn open(world: &World, town: &Town) -> Result<Vec<String>> {
    let mut open = Vec::new();
    let parted = town.truth.issues.values().any(|issue| issue.parted);
    let intents = world.store.intents.open_everywhere().await?;
    if intents > 0 && !parted {
        open.push(format!("I9: {intents} intents are still open"));
    }
    let work = world.store.work.waiting_everywhere().await?;
    if work.links > 0 {
        open.push(format!("I9: {} links still wait", work.links));
    }
    Ok(open)
}

/// What waits for a person has a reason, a remedy, and a cause in what people did.
async fn waiting(world: &World, town: &Town) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    let truth = &town.truth;
    let parted = truth.issues.values().any(|issue| issue.parted);
    let touched = truth.comments.values().any(|comment| !comment.touched.is_empty());
    for sync in world.store.syncs.all().await? {
        for parked in world.store.parked.list(&sync.tenant, &sync.sync, 1_000).await? {
            let trouble = &parked.trouble;
            ensure!(!trouble.remedy.is_empty() && !trouble.sentence.is_empty(), "{trouble:?} says nothing");
            let fine = match trouble.code.as_str() {
                "end_gone" | "moved" => parted,
                "target_not_a_request" => true,
                // A copy that was written on an issue of which nobody knew yet that it had been moved.
                "audience_mismatch" => touched || parted,
                _ => false,
            };
            if !fine {
                wrong.push(format!(
                    "waits without a cause: {} {} {:?}",
                    parked.link, trouble.code, parked.element
                ));
            }
        }
    }
    let all: BTreeSet<String> = wrong.into_iter().collect();
    Ok(all.into_iter().collect())
}

/// I5: once the sides agree, nothing is written.
async fn noise(world: &mut World) -> Result<Vec<String>> {
    let mark = world.mark();
    world.pass(QUIET_MS).await?;
    let writes = world.calls_since(mark).into_iter().filter(|call| call.write);
    Ok(writes.map(|call| format!("I5: written after all was quiet: {} {}", call.method, call.path)).collect())
}
