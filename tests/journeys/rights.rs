//! A project that the app may not see for a while: nothing is taken for deleted, and nothing that happened meanwhile is
//! missed.

use crate::tale::{HOUR_MS, QUARTER_MS, comment, mirrored, only, quiet, thread, told};
use anyhow::Result;
use duplex_core::id::{AccountId, Side};
use duplex_tests::person::Kind;
use duplex_tests::world::World;
use serde_json::json;

/// Longer than from one audit to the next.
const DAYS_MS: i64 = 26 * HOUR_MS;

/// Jira says 404 of what is hidden and of what is deleted alike.
#[tokio::test]
async fn a_hidden_copy_is_not_taken_for_a_deleted_one() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    let (key, copy) = mirrored(&mut world, &a, &b, "Hidden for a while").await?;
    let edited = a.agent.comment(&key, Kind::Internal, "Said before").await?;
    let deleted = a.agent.comment(&key, Kind::Internal, "Taken back").await?;
    world.settle().await?;

    world.rights(&b.site.name, &b.project, false);
    a.agent.edit_comment(&key, &edited, "Said better").await?;
    a.agent.delete_comment(&key, &deleted).await?;
    a.agent.comment(&key, Kind::Public, "Said meanwhile").await?;
    a.agent.edit(&key, json!({"summary": "Renamed meanwhile"})).await?;
    world.settle().await?;
    assert_eq!(world.troubles().await?, ["B end_gone"]);

    // The next sweep shows that both are there.
    world.rights(&b.site.name, &b.project, true);
    a.agent.comment(&key, Kind::Internal, "Said after").await?;
    world.pass(QUARTER_MS).await?;
    assert_eq!(world.troubles().await?, [""; 0]);
    assert_eq!(told(&b, &copy).await?.0, "Renamed meanwhile");
    for (words, kind) in
        [("Said better", Kind::Internal), ("Said meanwhile", Kind::Public), ("Said after", Kind::Internal)]
    {
        assert_eq!(comment(&b, &copy, words).await?.kind, kind, "{words}");
    }
    assert_eq!(thread(&b, &copy).await?.len(), 3);
    quiet(&mut world).await
}

/// Nothing happens on the side that comes back: the audit sees that it is there.
#[tokio::test]
async fn what_waited_for_the_rights_goes_on_by_itself() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    let (key, copy) = mirrored(&mut world, &a, &b, "Hidden for a while").await?;
    world.rights(&b.site.name, &b.project, false);
    a.agent.edit(&key, json!({"summary": "Renamed meanwhile"})).await?;
    a.agent.comment(&key, Kind::Public, "Said meanwhile").await?;
    world.pass(DAYS_MS).await?;
    assert_eq!(world.troubles().await?, ["B end_gone"]);
    // An issue that stays away is asked for with the others, and costs nothing more.
    let mark = world.mark();
    world.pass(DAYS_MS).await?;
    let looked = world.calls_since(mark).into_iter().filter(|call| call.template.ends_with("/issue/{}"));
    assert_eq!(looked.count(), 0);

    world.rights(&b.site.name, &b.project, true);
    world.pass(DAYS_MS).await?;
    assert_eq!(world.troubles().await?, [""; 0]);
    assert_eq!(told(&b, &copy).await?.0, "Renamed meanwhile");
    assert_eq!(comment(&b, &copy, "Said meanwhile").await?.kind, Kind::Public);
    quiet(&mut world).await
}

/// Jira tells an app nothing of a project that it may not see, and refuses to search it.
#[tokio::test]
async fn what_was_raised_in_a_hidden_project_is_found_once_it_is_seen() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    let (_, elsewhere) = mirrored(&mut world, &a, &b, "On the side that is seen").await?;
    world.rights(&a.site.name, &a.project, false);
    world.faults(serde_json::from_value(json!({"webhooks": {"drop": 1.0}}))?);
    a.customer.raise(&a.project, "Get IT Help", "Raised unseen", "By nobody.").await?;
    world.pass(3 * HOUR_MS).await?;
    world.faults(Default::default());
    assert_eq!(b.agent.find(&b.project, "Raised unseen").await?, [""; 0]);

    world.rights(&a.site.name, &a.project, true);
    world.pass(QUARTER_MS).await?;
    only(&b, "Raised unseen").await?;
    assert_eq!(told(&b, &elsewhere).await?.0, "On the side that is seen");
    quiet(&mut world).await
}

/// Nobody can tell when somebody gives the rights back: the hours in between cost a call now and then.
#[tokio::test]
async fn a_hidden_project_is_asked_less_and_less_until_it_is_seen() -> Result<()> {
    // The site's own sweep asks every five minutes, as ever; the other one every quarter of an hour in the end.
    const REFUSALS_PER_DAY_MAX: usize = 288 + 120;
    let (mut world, a, b) = World::guide().await?;
    world.rights(&a.site.name, &a.project, false);
    world.faults(serde_json::from_value(json!({"webhooks": {"drop": 1.0}}))?);
    a.customer.raise(&a.project, "Get IT Help", "Raised unseen", "By nobody.").await?;
    let sync = world.store.syncs.all().await?.remove(0);
    world.setup.resync(&sync, None, &Side::BOTH, &AccountId::new("admin")).await?;
    let mark = world.mark();
    world.pass(24 * HOUR_MS).await?;
    let refused = world.calls_since(mark).into_iter().filter(|call| call.status == Some(400)).count();
    assert!((1..=REFUSALS_PER_DAY_MAX).contains(&refused), "{refused} refusals in a day");

    world.faults(Default::default());
    world.rights(&a.site.name, &a.project, true);
    world.pass(2 * QUARTER_MS).await?;
    only(&b, "Raised unseen").await?;
    quiet(&mut world).await
}
