//! Issues that go, configurations that change while work waits, and an app that is taken off a site and put on again.

use crate::tale::{
    HOUR_MS, QUARTER_MS, comment, count, field, field_id, mirrored, only, quiet, thread, told,
};
use anyhow::Result;
use duplex_tests::guide;
use duplex_tests::person::Kind;
use duplex_tests::world::{World, host};
use serde_json::json;

#[tokio::test]
async fn a_deleted_issue_keeps_its_twin() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    let (key, copy) = mirrored(&mut world, &a, &b, "Doomed").await?;
    a.agent.comment(&key, Kind::Public, "Last words").await?;
    world.settle().await?;
    a.site.person("admin").delete(&format!("/rest/api/3/issue/{key}")).await?;
    world.settle().await?;
    world.pass(HOUR_MS).await?;
    assert_eq!((count(&a).await?, count(&b).await?), (0, 1));
    assert_eq!(thread(&b, &copy).await?.len(), 1);
    assert_eq!(world.troubles().await?, ["A end_gone"]);
    b.agent.comment(&copy, Kind::Public, "Into the void").await?;
    world.settle().await?;
    assert_eq!(count(&a).await?, 0);
    quiet(&mut world).await
}

#[tokio::test]
async fn a_deletion_that_nobody_told_is_found_by_the_audit() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    let (key, copy) = mirrored(&mut world, &a, &b, "Silently gone").await?;
    let id = a.agent.comment(&key, Kind::Public, "Gone as well").await?;
    let (other, other_copy) = mirrored(&mut world, &a, &b, "Stays").await?;
    let note = a.agent.comment(&other, Kind::Internal, "Deleted unheard").await?;
    world.settle().await?;
    world.faults(serde_json::from_value(json!({"webhooks": {"drop": 1.0}}))?);
    a.agent.delete_comment(&other, &note).await?;
    a.site.person("admin").delete(&format!("/rest/api/3/issue/{key}")).await?;
    world.settle().await?;
    world.faults(Default::default());
    world.pass(25 * HOUR_MS).await?;
    assert_eq!(world.troubles().await?, ["A end_gone"]);
    assert_eq!(
        b.agent.comments(&copy).await?.len(),
        1,
        "{id} went with its issue, and is no deleted comment"
    );
    assert_eq!(b.agent.comments(&other_copy).await?, []);
    quiet(&mut world).await
}

#[tokio::test]
async fn a_stop_is_at_once_and_a_start_leaves_no_hole() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    let (key, copy) = mirrored(&mut world, &a, &b, "Interrupted").await?;
    a.agent.comment(&key, Kind::Public, "Said before the stop").await?;
    let sync = world.store.syncs.all().await?.remove(0);
    world.twin.deliver_due(&world.net).await;
    world.setup.stop(&sync, &"operator".into()).await?;
    a.agent.comment(&key, Kind::Internal, "Said while it stood").await?;
    a.customer.raise("ITA", "Get IT Help", "Raised while it stood", "Now.").await?;
    let mark = world.mark();
    world.settle().await?;
    world.pass(HOUR_MS).await?;
    assert_eq!(world.calls_since(mark).iter().filter(|call| call.write).count(), 0);

    world.start(&sync.sync).await?;
    assert_eq!(comment(&b, &copy, "Said before the stop").await?.kind, Kind::Public);
    assert_eq!(comment(&b, &copy, "Said while it stood").await?.kind, Kind::Internal);
    only(&b, "Raised while it stood").await?;
    quiet(&mut world).await
}

#[tokio::test]
async fn what_is_published_counts_for_work_that_waits() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    let (key, copy) = mirrored(&mut world, &a, &b, "Overtaken").await?;
    a.agent.comment(&key, Kind::Internal, "Not for them any more").await?;
    a.agent.comment(&key, Kind::Public, "Still for them").await?;
    world.twin.deliver_due(&world.net).await;
    let text = guide::config("pair", (host(&a.site), "ITA"), (host(&b.site), "ITB"));
    let narrowed = |part: &str| part.replace("internal = \"internal\"\n", "internal = \"nothing\"\n");
    world.apply(&guide::changed(&text, "a", narrowed)).await?;
    world.settle().await?;
    assert_eq!(b.agent.comments(&copy).await?.len(), 1);
    comment(&b, &copy, "Still for them").await?;
    quiet(&mut world).await
}

#[tokio::test]
async fn a_newly_mapped_field_fills_what_is_empty() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    let (key, copy) = mirrored(&mut world, &a, &b, "Tagged").await?;
    let (here, there) = (field_id(&a, "Asset tag").await?, field_id(&b, "Asset tag").await?);
    a.agent.edit(&key, json!({ &here: "A-1" })).await?;
    world.settle().await?;
    let text = guide::config("pair", (host(&a.site), "ITA"), (host(&b.site), "ITB"));
    let row = "{ from = \"Asset tag\", to = \"Asset tag\" }";
    let text = guide::changed(&text, "a", |part| guide::field(part, row));
    world.apply(&guide::changed(&text, "b", |part| guide::field(part, row))).await?;
    world.retry().await?;
    assert_eq!(field(&b, &copy, &there).await?, "A-1");
    b.agent.edit(&copy, json!({ &there: "B-2" })).await?;
    world.settle().await?;
    assert_eq!(field(&a, &key, &here).await?, "B-2");
    quiet(&mut world).await
}

#[tokio::test]
async fn an_app_that_comes_back_knows_its_links() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    let (key, copy) = mirrored(&mut world, &a, &b, "Remembered").await?;
    b.site.person("admin").uninstall("duplex-mirror").await?;
    a.agent.edit(&key, json!({"summary": "Remembered, edited"})).await?;
    a.agent.comment(&key, Kind::Public, "Said meanwhile").await?;
    world.pass(HOUR_MS).await?;
    assert_eq!(told(&b, &copy).await?.0, "Remembered");
    world.install(&b.site).await?;
    let sync = world.store.syncs.all().await?.remove(0);
    world.start(&sync.sync).await?;
    world.pass(QUARTER_MS).await?;
    assert_eq!(told(&b, &copy).await?.0, "Remembered, edited");
    comment(&b, &copy, "Said meanwhile").await?;
    assert_eq!(count(&b).await?, 1);
    quiet(&mut world).await
}
