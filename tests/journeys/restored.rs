//! The database is lost, and a backup of it is put in its place: what was done since is found again by its stamps.

use crate::tale::{HOUR_MS, QUARTER_MS, comment, count, mirrored, only, quiet, tally, thread, told};
use anyhow::{Result, ensure};
use duplex_tests::person::Kind;
use duplex_tests::scenario::Desk;
use duplex_tests::world::World;
use serde_json::json;
use tempfile::TempDir;

/// A pair, and a backup of the time when it had a comment from either side.
struct Then {
    world: World,
    a: Desk,
    b: Desk,
    backup: TempDir,
    pair: (String, String),
    /// Of the comment that A wrote.
    said: String,
}

async fn then() -> Result<Then> {
    let (mut world, a, b) = World::guide().await?;
    let pair = mirrored(&mut world, &a, &b, "From before").await?;
    let said = a.agent.comment(&pair.0, Kind::Public, "Said before").await?;
    b.agent.comment(&pair.1, Kind::Internal, "Noted before").await?;
    world.settle().await?;
    world.pass(QUARTER_MS).await?;
    let backup = world.back_up().await?;
    world.settle().await?;
    Ok(Then { world, a, b, backup, pair, said })
}

/// Both desks show the same: as many issues, and as many comments on each.
async fn agree(a: &Desk, b: &Desk, summaries: &[&str], comments: usize) -> Result<()> {
    ensure!(
        (count(a).await?, count(b).await?) == (summaries.len(), summaries.len()),
        "issues are doubled or lost"
    );
    for summary in summaries {
        for desk in [a, b] {
            let thread = thread(desk, &only(desk, summary).await?).await?;
            ensure!(thread.len() == comments, "{summary} in {}: {thread:#?}", desk.project);
        }
    }
    Ok(())
}

#[tokio::test]
async fn what_was_mirrored_since_is_found_and_nothing_is_written() -> Result<()> {
    let Then { mut world, a, b, backup, pair: (key, copy), said } = then().await?;
    a.agent.edit(&key, json!({"summary": "From before, renamed"})).await?;
    b.agent.edit(&copy, json!({"description": duplex_tests::person::document("Described since.")})).await?;
    a.agent.edit_comment(&key, &said, "Said before, edited since").await?;
    b.agent.comment(&copy, Kind::Public, "Said since").await?;
    a.agent.comment(&key, Kind::Internal, "Noted since").await?;
    let (new, there) = mirrored(&mut world, &a, &b, "Raised since").await?;
    a.agent.comment(&new, Kind::Public, "One").await?;
    b.agent.comment(&there, Kind::Public, "Two").await?;
    b.agent.comment(&there, Kind::Internal, "Three").await?;
    a.agent.comment(&new, Kind::Internal, "Four").await?;
    world.settle().await?;
    // Its audience changed, so another copy stands in the place of the one that the backup knows.
    a.agent.show_comment(&key, &said, Kind::Internal).await?;
    a.agent.edit_comment(&key, &said, "Said before, hidden since").await?;
    world.settle().await?;
    world.pass(QUARTER_MS).await?;
    let all = ["From before, renamed", "Raised since"];
    agree(&a, &b, &all, 4).await?;

    world.restore(&backup).await?;
    let mark = world.mark();
    world.pass(2 * HOUR_MS).await?;
    let calls = world.calls_since(mark).into_iter();
    let writes: Vec<_> = calls.filter(|call| call.write).collect();
    ensure!(writes.is_empty(), "written after the restore: {}", tally(&writes));
    agree(&a, &b, &all, 4).await?;
    assert_eq!(world.troubles().await?, [""; 0]);

    // And the mirror goes on, for what is old, for what was found, and for what is new.
    a.agent.edit_comment(&key, &said, "Said before, edited again").await?;
    b.agent.edit(&there, json!({"summary": "Raised since, renamed"})).await?;
    a.agent.comment(&new, Kind::Public, "Five").await?;
    b.customer.raise(&b.project, "Get IT Help", "Raised afterwards", "As ever.").await?;
    world.settle().await?;
    assert_eq!(comment(&b, &copy, "edited again").await?.kind, Kind::Internal);
    assert_eq!(told(&a, &new).await?.0, "Raised since, renamed");
    assert_eq!(thread(&b, &there).await?.len(), 5);
    only(&a, "Raised afterwards").await?;
    assert_eq!((count(&a).await?, count(&b).await?), (3, 3));
    quiet(&mut world).await
}

/// People go on while the server is away: what they do then is mirrored once it is known what stands where.
#[tokio::test]
async fn what_people_did_meanwhile_is_mirrored_once() -> Result<()> {
    let Then { mut world, a, b, backup, pair: (key, copy), said } = then().await?;
    let (new, there) = mirrored(&mut world, &a, &b, "Raised since").await?;
    let two = a.agent.comment(&new, Kind::Public, "Said since").await?;
    let gone = b.agent.comment(&there, Kind::Internal, "Said since, and taken back").await?;
    world.settle().await?;
    comment(&a, &new, "and taken back").await?;
    world.pass(QUARTER_MS).await?;

    world.faults(serde_json::from_value(json!({"webhooks": {"delay": 1.0, "delayMs": 90_000}}))?);
    a.agent.edit_comment(&new, &two, "Said since, edited meanwhile").await?;
    a.agent.delete_comment(&key, &said).await?;
    b.agent.delete_comment(&there, &gone).await?;
    b.agent.comment(&there, Kind::Internal, "Noted meanwhile").await?;
    a.customer.raise(&a.project, "Get IT Help", "Raised meanwhile", "While all was down.").await?;
    world.restore(&backup).await?;
    world.faults(serde_json::from_value(json!({}))?);
    world.pass(26 * HOUR_MS).await?;

    assert_eq!((count(&a).await?, count(&b).await?), (3, 3));
    assert_eq!(thread(&b, &copy).await?.len(), 1, "the deletion went over");
    assert_eq!(thread(&a, &new).await?.len(), 2);
    assert_eq!(thread(&b, &there).await?.len(), 2);
    comment(&b, &there, "edited meanwhile").await?;
    assert_eq!(comment(&a, &new, "Noted meanwhile").await?.kind, Kind::Internal);
    only(&b, "Raised meanwhile").await?;
    assert_eq!(world.troubles().await?, [""; 0]);
    quiet(&mut world).await
}

/// Where the two differ and it can't be known who was last, the policy chooses and what loses is kept; a copy that a
/// person edited is left to him.
#[tokio::test]
async fn what_differs_is_settled_and_kept() -> Result<()> {
    let Then { mut world, a, b, backup, pair: (key, copy), .. } = then().await?;
    a.agent.edit(&key, json!({"summary": "By A since"})).await?;
    world.settle().await?;
    world.pass(QUARTER_MS).await?;
    world.faults(serde_json::from_value(json!({"webhooks": {"drop": 1.0}}))?);
    b.agent.edit(&copy, json!({"summary": "From before"})).await?;
    let theirs = comment(&b, &copy, "Said before").await?.id;
    b.site.person("admin").edit_comment(&copy, &theirs, "Corrected by hand").await?;
    world.restore(&backup).await?;
    world.faults(serde_json::from_value(json!({}))?);
    world.pass(2 * HOUR_MS).await?;

    assert_eq!(told(&a, &key).await?.0, told(&b, &copy).await?.0);
    let conflicts = world.conflicts().await?;
    assert_eq!(conflicts.len(), 1, "{conflicts:?}");
    comment(&b, &copy, "Corrected by hand").await?;
    quiet(&mut world).await
}

/// A server that starts again on its own database compares nothing anew.
#[tokio::test]
async fn a_start_is_no_restore() -> Result<()> {
    let Then { mut world, a, b, pair: (key, _), .. } = then().await?;
    for round in 0..3 {
        a.agent.comment(&key, Kind::Public, &format!("Round {round}")).await?;
        world.settle().await?;
        world.crash().await?;
        world.pass(QUARTER_MS).await?;
    }
    for sync in world.store.syncs.all().await? {
        assert_eq!((sync.rebasing.a, sync.rebasing.b), (false, false));
        assert!(world.store.epochs.to_compare(&sync.tenant, &sync.sync, None).await?.is_empty());
    }
    agree(&a, &b, &["From before"], 5).await
}
