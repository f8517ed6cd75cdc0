//! What the mirror costs, by the twins' ledger: calls of the app to both sites, its own echo included.

use crate::tale::{HOUR_MS, QUARTER_MS, mirrored, tally};
use anyhow::{Result, ensure};
use duplex_tests::person::{Kind, document};
use duplex_tests::scenario::Desk;
use duplex_tests::world::World;
use serde_json::json;
use std::future::Future;

/// Does something, lets it be mirrored and counts the calls that took.
async fn costs<F: Future<Output = Result<()>>>(
    world: &mut World,
    what: &str,
    calls_max: usize,
    act: impl FnOnce() -> F,
) -> Result<()> {
    let mark = world.mark();
    act().await?;
    world.settle().await?;
    let calls = world.calls_since(mark);
    let points: u64 = calls.iter().map(|call| call.points).sum();
    eprintln!("{what}: {} calls, {points} points", calls.len());
    ensure!(!calls.is_empty(), "{what}: nothing happened");
    ensure!(calls.len() <= calls_max, "{what}: {} calls, not {calls_max}:{}", calls.len(), tally(&calls));
    Ok(())
}

#[tokio::test]
async fn of_a_small_issue() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    let (key, copy) = mirrored(&mut world, &a, &b, "A small issue").await?;
    changes(&mut world, &a, &key).await?;
    changes(&mut world, &b, &copy).await
}

#[tokio::test]
async fn of_an_issue_with_a_thousand_comments() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    let (key, copy) = mirrored(&mut world, &a, &b, "A long story").await?;
    world.twin.with(|state| state.limits.off = true);
    for number in 0..1_000 {
        a.agent.comment(&key, Kind::Internal, &format!("Chapter {number}")).await?;
        if number % 50 == 49 {
            world.settle().await?;
        }
    }
    world.twin.with(|state| state.limits.off = false);
    world.pass(QUARTER_MS).await?;
    ensure!(b.agent.comments(&copy).await?.len() == 1_000);
    changes(&mut world, &a, &key).await?;
    changes(&mut world, &b, &copy).await
}

async fn changes(world: &mut World, desk: &Desk, key: &str) -> Result<()> {
    let agent = &desk.agent;
    for kind in [Kind::Public, Kind::Internal] {
        let mut id = String::new();
        costs(world, &format!("{kind:?} comment"), 2, async || {
            id = agent.comment(key, kind, &format!("{kind:?} words")).await?;
            Ok(())
        })
        .await?;
        costs(world, "its edit", 2, || agent.edit_comment(key, &id, "Other words")).await?;
        costs(world, "its deletion", 2, || agent.delete_comment(key, &id)).await?;
    }
    // The first edit after a creation also learns what Jira made of the copy.
    costs(world, "first edit", 3, || agent.edit(key, json!({"summary": format!("First at {key}")}))).await?;
    costs(world, "summary", 2, || agent.edit(key, json!({"summary": format!("Seen at {key}")}))).await?;
    let description = document(&format!("As told at {key}."));
    costs(world, "description", 2, || agent.edit(key, json!({"description": description}))).await
}

#[tokio::test]
async fn of_a_created_issue() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    mirrored(&mut world, &a, &b, "The first teaches what the projects offer").await?;
    for desk in [&a, &b] {
        costs(&mut world, "issue", 3, async || {
            desk.customer.raise(&desk.project, "Get IT Help", "Another", "With words.").await.map(drop)
        })
        .await?;
    }
    Ok(())
}

#[tokio::test]
async fn of_quiet_hours() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    mirrored(&mut world, &a, &b, "Long settled").await?;
    world.pass(QUARTER_MS).await?;
    let mark = world.mark();
    world.pass(HOUR_MS).await?;
    let calls = world.calls_since(mark);
    // Every five minutes, on both sites.
    ensure!((22..=26).contains(&calls.len()), "{}", tally(&calls));
    ensure!(calls.iter().all(|call| call.template.ends_with("/search/jql")), "{}", tally(&calls));
    Ok(())
}
