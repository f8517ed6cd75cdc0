//! What people choose for a pair: make the issue again that is gone, unlink, have back what lost; and pairs whose
//! mapping changed after they were made.

use crate::tale::{HOUR_MS, QUARTER_MS, comment, count, mirrored, only, quiet, thread, told};
use anyhow::{Context, Result};
use duplex_core::id::{AccountId, LinkId, Side};
use duplex_server::setup::SetupError;
use duplex_server::store::activity::{Filter, Kind as Logged};
use duplex_server::store::syncs::Sync;
use duplex_tests::guide;
use duplex_tests::person::Kind;
use duplex_tests::scenario::Desk;
use duplex_tests::world::{World, host};
use serde_json::json;

fn operator() -> AccountId {
    AccountId::new("operator")
}

async fn the_sync(world: &World) -> Result<Sync> {
    world.store.syncs.all().await?.into_iter().next().context("a sync")
}

/// The pair that waits for a person.
async fn waiting(world: &World, sync: &Sync) -> Result<LinkId> {
    let parked = world.store.parked.list(&sync.tenant, &sync.sync, 10).await?;
    Ok(parked.into_iter().next().context("a parked element")?.link)
}

/// A pair with a comment from either side, of which the issue at `gone` is deleted.
async fn half(gone: Side) -> Result<(World, Desk, Desk, String)> {
    let (mut world, a, b) = World::guide().await?;
    let (key, copy) = mirrored(&mut world, &a, &b, "Half").await?;
    a.agent.comment(&key, Kind::Public, "Said in A").await?;
    b.agent.comment(&copy, Kind::Internal, "Noted in B").await?;
    world.settle().await?;
    let (desk, doomed, left) = match gone {
        Side::A => (&a, &key, copy.clone()),
        Side::B => (&b, &copy, key.clone()),
    };
    desk.site.person("admin").delete(&format!("/rest/api/3/issue/{doomed}")).await?;
    world.settle().await?;
    Ok((world, a, b, left))
}

#[tokio::test]
async fn what_is_gone_is_made_again_from_its_twin() -> Result<()> {
    for (gone, own, from_there) in [(Side::B, "public: ", "Said in A"), (Side::A, "internal: ", "Noted in B")]
    {
        let (mut world, a, b, left) = half(gone).await?;
        let (desk, twin) = if gone == Side::A { (&a, &b) } else { (&b, &a) };
        assert_eq!((count(desk).await?, count(twin).await?), (0, 1));
        let sync = the_sync(&world).await?;
        let link = waiting(&world, &sync).await?;
        assert_eq!(world.setup.recreate(&sync, &link, &operator()).await?, gone);
        world.settle().await?;

        assert_eq!((count(desk).await?, count(twin).await?), (1, 1), "{gone}");
        let again = only(desk, "Half").await?;
        let copies = thread(desk, &again).await?;
        assert!(
            matches!(&copies[..], [one] if one.starts_with(own) && one.contains(from_there)),
            "{copies:?}"
        );
        assert_eq!(thread(twin, &left).await?.len(), 2, "the twin keeps what it has");
        assert_eq!(world.troubles().await?, [""; 0]);

        // From now on the two mirror each other like any pair, both ways.
        twin.agent.edit(&left, json!({"summary": "Whole"})).await?;
        desk.agent.comment(&again, Kind::Public, "Said afterwards").await?;
        world.settle().await?;
        assert_eq!(told(desk, &again).await?.0, "Whole");
        assert_eq!(comment(twin, &left, "Said afterwards").await?.kind, Kind::Public);
        world.pass(25 * HOUR_MS).await?;
        assert_eq!((thread(desk, &again).await?.len(), thread(twin, &left).await?.len()), (2, 3));
        quiet(&mut world).await?;
    }
    Ok(())
}

#[tokio::test]
async fn what_is_not_gone_is_not_made_again_and_what_is_unlinked_stays_apart() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    let (key, copy) = mirrored(&mut world, &a, &b, "Apart").await?;
    let sync = the_sync(&world).await?;
    let link = world.store.links.list(&sync.tenant, &sync.sync, None, 10).await?.remove(0).link;
    let refused = world.setup.recreate(&sync, &link, &operator()).await;
    assert!(matches!(refused, Err(SetupError::NothingGone)), "{refused:?}");
    let unknown = world.setup.unlink(&sync, &"elsewhere.a.1".into(), &operator()).await;
    assert!(matches!(unknown, Err(SetupError::NoPair)), "{unknown:?}");

    world.setup.unlink(&sync, &link, &operator()).await?;
    a.agent.edit(&key, json!({"summary": "Alone"})).await?;
    b.agent.comment(&copy, Kind::Public, "Unheard").await?;
    world.settle().await?;
    world.pass(25 * HOUR_MS).await?;
    assert_eq!(told(&b, &copy).await?.0, "Apart");
    assert_eq!((thread(&a, &key).await?.len(), count(&a).await?, count(&b).await?), (0, 1, 1));
    Ok(())
}

#[tokio::test]
async fn a_value_that_lost_is_written_back_and_what_it_replaces_is_kept() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    let (key, copy) = mirrored(&mut world, &a, &b, "As raised").await?;
    a.agent.edit(&key, json!({"summary": "By A"})).await?;
    b.agent.edit(&copy, json!({"summary": "By B"})).await?;
    world.settle().await?;
    assert_eq!(told(&a, &key).await?.0, "By B");
    let sync = the_sync(&world).await?;
    let lost = world.store.conflicts.list(&sync.tenant, &sync.sync, 10).await?.remove(0);

    let foreign = world.setup.restore(&sync, &lost.id, &[Side::B], &operator()).await;
    assert!(matches!(foreign, Err(SetupError::OtherSides(Side::A))), "{foreign:?}");
    let unknown = world.setup.restore(&sync, "0", &Side::BOTH, &operator()).await;
    assert!(matches!(unknown, Err(SetupError::NoConflict)), "{unknown:?}");
    world.setup.restore(&sync, &lost.id, &[Side::A], &operator()).await?;
    world.settle().await?;
    assert_eq!((told(&a, &key).await?.0, told(&b, &copy).await?.0), ("By A".to_owned(), "By A".to_owned()));

    // It can be undone the same way.
    let replaced = world.store.conflicts.list(&sync.tenant, &sync.sync, 10).await?.remove(0);
    assert_ne!(replaced.id, lost.id);
    world.setup.restore(&sync, &replaced.id, &Side::BOTH, &operator()).await?;
    world.settle().await?;
    assert_eq!((told(&a, &key).await?.0, told(&b, &copy).await?.0), ("By B".to_owned(), "By B".to_owned()));
    quiet(&mut world).await
}

/// The event of a person's edit of the copy is late; the origin's next edit is written without a look at the copy.
#[tokio::test]
async fn an_edit_of_a_copy_that_is_written_over_is_told() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    let (key, copy) = mirrored(&mut world, &a, &b, "Edited here and there").await?;
    let id = a.agent.comment(&key, Kind::Public, "First words").await?;
    world.settle().await?;
    let theirs = comment(&b, &copy, "First words").await?.id;
    world.faults(serde_json::from_value(json!({"webhooks": {"delay": 1.0, "delayMs": 3_600_000}}))?);
    b.site.person("admin").edit_comment(&copy, &theirs, "Corrected by hand").await?;
    world.twin.deliver_due(&world.net).await;
    world.faults(Default::default());
    a.agent.edit_comment(&key, &id, "Second words").await?;
    let mark = world.mark();
    world.settle().await?;
    assert_eq!(comment(&b, &copy, "Second words").await?.id, theirs);
    assert_eq!(world.calls_since(mark).len(), 2, "still two calls");
    world.pass(HOUR_MS).await?;
    let sync = the_sync(&world).await?;
    let told = Filter { kind: Some(Logged::Conflict), ..Filter::default() };
    let lines = world.store.activity.list(&sync.tenant, &sync.sync, &told, 10).await?;
    assert!(
        matches!(&lines[..], [one] if one.entry.sentence.contains("edited the copy on side B")),
        "{lines:#?}"
    );
    quiet(&mut world).await
}

/// Descriptions leave A with the site's name in front from now on, and none comes back.
fn renamed(text: &str) -> String {
    let row = r#"{ from = "Description", to = "Description" }"#;
    let named = r#"{ from = "Description", to = "Description", text = "[{site}] {value}" }"#;
    let text = guide::changed(text, "a", |part| part.replace(row, named));
    guide::changed(&text, "b", |part| part.replace(&format!("  {row},\n"), ""))
}

#[tokio::test]
async fn a_changed_mapping_is_offered_as_a_counted_resync() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    let mut pairs = Vec::new();
    for number in 1..=3 {
        pairs.push(mirrored(&mut world, &a, &b, &format!("Number {number}")).await?);
    }
    let sync = the_sync(&world).await?;
    assert_eq!(world.setup.mapped_otherwise(&sync).await?, 0);
    let text = guide::config("pair", (host(&a.site), &a.project), (host(&b.site), &b.project));
    world.apply(&renamed(&text)).await?;
    world.settle().await?;
    let sync = the_sync(&world).await?;
    assert_eq!(world.setup.mapped_otherwise(&sync).await?, 3);
    world.pass(QUARTER_MS).await?;
    assert_eq!(told(&b, &pairs[0].1).await?.1, "Since this morning.", "nothing is done by itself");
    let (_, new) = {
        let key = a.customer.raise(&a.project, "Get IT Help", "Number 4", "New.").await?;
        world.settle().await?;
        (key, b.agent.issues(&b.project).await?.len())
    };
    assert_eq!((new, world.setup.mapped_otherwise(&sync).await?), (4, 3), "a new pair is in line");

    assert_eq!(world.setup.remap(&sync, &operator()).await?, 3);
    world.pass(QUARTER_MS).await?;
    for (_, copy) in &pairs {
        let description = told(&b, copy).await?.1;
        assert!(
            description.starts_with('[') && description.ends_with("Since this morning."),
            "{description}"
        );
    }
    assert_eq!(world.setup.mapped_otherwise(&sync).await?, 0);
    assert_eq!(world.troubles().await?, [""; 0]);
    quiet(&mut world).await
}
