//! Issues that leave: moved into a project that the sync does not have, or put under a security level.

use crate::tale::{HOUR_MS, comment, count, mirrored, only, quiet, thread, told};
use anyhow::Result;
use duplex_core::id::Side;
use duplex_tests::guide;
use duplex_tests::person::Kind;
use duplex_tests::scenario::Desk;
use duplex_tests::world::{World, host};
use serde_json::json;

/// A project of either site that no sync has.
const ELSEWHERE: &str = "ITD";

/// People go on where the issue was moved to: nothing of it leaves, nothing comes in, and its twin is kept.
#[tokio::test]
async fn a_moved_issue_waits_and_catches_up_when_it_is_back() -> Result<()> {
    for at in Side::BOTH {
        let (mut world, a, b) = World::guide().await?;
        let (key, copy) = mirrored(&mut world, &a, &b, "On the move").await?;
        let ((desk, mine), (twin, theirs)) = match at {
            Side::A => ((&a, &key), (&b, &copy)),
            Side::B => ((&b, &copy), (&a, &key)),
        };
        world.relocate(&desk.site.name, mine, ELSEWHERE)?;
        world.settle().await?;
        assert_eq!(world.troubles().await?, [format!("{at} moved")]);

        desk.agent.comment(mine, Kind::Internal, "Said elsewhere").await?;
        desk.agent.edit(mine, json!({"summary": "Renamed elsewhere"})).await?;
        twin.agent.comment(theirs, Kind::Public, "Said at home").await?;
        world.settle().await?;
        world.pass(25 * HOUR_MS).await?;
        assert_eq!(told(twin, theirs).await?.0, "On the move");
        assert_eq!(thread(twin, theirs).await?, ["public: Said at home"]);
        assert_eq!(thread(desk, mine).await?.len(), 1);
        assert_eq!((count(desk).await?, count(twin).await?), (0, 1));

        world.relocate(&desk.site.name, mine, &desk.project)?;
        world.settle().await?;
        assert_eq!(world.troubles().await?, [""; 0]);
        let back = only(desk, "Renamed elsewhere").await?;
        assert_eq!(told(twin, theirs).await?.0, "Renamed elsewhere");
        assert_eq!(comment(desk, &back, "Said at home").await?.kind, Kind::Public);
        assert_eq!(comment(twin, theirs, "Said elsewhere").await?.kind, Kind::Internal);
        quiet(&mut world).await?;
    }
    Ok(())
}

/// Jira never tells of the move. The next event names the project that the issue lies in now.
#[tokio::test]
async fn a_move_that_nobody_told_is_seen_by_the_next_event() -> Result<()> {
    for to in [ELSEWHERE, "ITC"] {
        let (mut world, a, b) = World::guide().await?;
        let (c, d) = (Desk::at(&a.site, "ITC"), Desk::at(&b.site, "ITC"));
        world.mirror("theirs", &c, &d, |text| text).await?;
        let (key, copy) = mirrored(&mut world, &a, &b, "Quietly moved").await?;
        world.faults(serde_json::from_value(json!({"webhooks": {"drop": 1.0}}))?);
        world.relocate(&a.site.name, &key, to)?;
        world.pass(1_000).await?;
        world.faults(serde_json::from_value(json!({}))?);
        a.agent.comment(&key, Kind::Public, "Said elsewhere").await?;
        world.settle().await?;
        assert_eq!(world.troubles().await?, ["A moved"], "{to}");
        assert_eq!(thread(&b, &copy).await?, [""; 0], "{to}");
        assert_eq!(count(&b).await?, 1, "{to}");
    }
    Ok(())
}

/// What stands under a security level from the start does not leave; once it is taken out of it, it is mirrored like
/// any other. A level that is mapped under Scope may leave.
#[tokio::test]
async fn what_is_secured_stays_until_the_level_is_lifted_or_mapped() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    let admin = a.site.person("admin");
    world.faults(serde_json::from_value(json!({"webhooks": {"delay": 1.0, "delayMs": 5_000}}))?);
    let key = a.customer.raise(&a.project, "Get IT Help", "Personnel", "For few.").await?;
    admin.edit(&key, json!({"security": {"name": "Confidential"}})).await?;
    world.settle().await?;
    world.pass(HOUR_MS).await?;
    assert_eq!(count(&b).await?, 0);

    admin.edit(&key, json!({"security": null})).await?;
    admin.comment(&key, Kind::Internal, "No more a secret").await?;
    world.settle().await?;
    world.pass(HOUR_MS).await?;
    let copy = only(&b, "Personnel").await?;
    assert_eq!(thread(&b, &copy).await?.len(), 1);
    assert_eq!(world.troubles().await?, [""; 0]);

    admin.edit(&key, json!({"security": {"name": "Confidential"}})).await?;
    world.settle().await?;
    assert_eq!(world.troubles().await?, ["A secured"]);
    admin.edit(&key, json!({"summary": "Personnel, again"})).await?;
    let text = guide::config("pair", (host(&a.site), &a.project), (host(&b.site), &b.project));
    let mapped = "[side.a.scope]\nsecurity_levels = [\"Confidential\"]\n";
    world.apply(&guide::changed(&text, "a", |part| format!("{part}\n{mapped}"))).await?;
    world.retry().await?;
    assert_eq!(world.troubles().await?, [""; 0]);
    assert_eq!(told(&b, &copy).await?.0, "Personnel, again");
    Ok(())
}
