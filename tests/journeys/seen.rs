//! "What must then be seen", line by line, in both directions, on two sites and on one.

use crate::tale::{comment, count, kind_of, mirrored, only, quiet, told};
use anyhow::Result;
use duplex_tests::person::{Kind, document};
use duplex_tests::scenario::Desk;
use duplex_tests::world::World;
use serde_json::json;

#[tokio::test]
async fn on_two_sites() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    everything(&mut world, &a, &b).await
}

#[tokio::test]
async fn on_one_site() -> Result<()> {
    let mut world = World::open().await?;
    let (a, b) = (Desk::at(&world.acme, "ITA"), Desk::at(&world.acme, "ITB"));
    world.mirror("within", &a, &b, |text| text).await?;
    everything(&mut world, &a, &b).await
}

async fn everything(world: &mut World, a: &Desk, b: &Desk) -> Result<()> {
    for (from, to) in [(a, b), (b, a)] {
        requests(world, from, to).await?;
        comments(world, from, to).await?;
        edits(world, from, to).await?;
    }
    assert_eq!(count(a).await?, count(b).await?);
    quiet(world).await
}

/// A customer's request appears with the mapped type, the default request type, summary and description.
async fn requests(world: &mut World, from: &Desk, to: &Desk) -> Result<()> {
    for (request_type, issue_type) in
        [("Get IT Help", "IT Help"), ("Purchase request", "Purchase"), ("Request a new account", "Access")]
    {
        let summary = format!("{request_type} from {} {}", from.site.name, from.project);
        let key = from.customer.raise(&from.project, request_type, &summary, "Two lines.\nOf text.").await?;
        world.settle().await?;
        let copy = only(to, &summary).await?;
        assert_eq!(kind_of(to, &copy).await?, (issue_type.to_owned(), request_type.to_owned()));
        assert_eq!(told(to, &copy).await?, told(from, &key).await?);
    }
    Ok(())
}

/// Replies and notes keep their readers and name their author.
async fn comments(world: &mut World, from: &Desk, to: &Desk) -> Result<()> {
    let (key, copy) =
        mirrored(world, from, to, &format!("Comments at {} {}", from.site.name, from.project)).await?;
    let author = to.agent.display_name().await?;
    to.agent.comment(&copy, Kind::Public, "A reply to the customer").await?;
    to.agent.comment(&copy, Kind::Internal, "A note among us").await?;
    from.customer.reply(&key, "An answer in the portal").await?;
    from.agent.comment(&key, Kind::Internal, "A note from here").await?;
    world.settle().await?;

    let reply = comment(from, &key, "A reply to the customer").await?;
    assert_eq!(reply.kind, Kind::Public);
    assert!(reply.text.contains(&author), "{}", reply.text);
    let portal = from.customer.portal(&key).await?.join("\n");
    assert!(portal.contains("A reply to the customer") && portal.contains(&author), "{portal}");
    let note = comment(from, &key, "A note among us").await?;
    assert_eq!(note.kind, Kind::Internal);
    assert!(note.text.contains(&author), "{}", note.text);
    assert!(!portal.contains("A note"), "{portal}");

    assert_eq!(comment(to, &copy, "An answer in the portal").await?.kind, Kind::Public);
    assert_eq!(comment(to, &copy, "A note from here").await?.kind, Kind::Internal);
    assert_eq!(to.agent.comments(&copy).await?.len(), 4);
    assert_eq!(from.agent.comments(&key).await?.len(), 4);
    Ok(())
}

/// Fields are edited on either side; comments where they were written.
async fn edits(world: &mut World, from: &Desk, to: &Desk) -> Result<()> {
    let (key, copy) =
        mirrored(world, from, to, &format!("Edits at {} {}", from.site.name, from.project)).await?;
    from.agent.edit(&key, json!({"summary": "Edited at home"})).await?;
    world.settle().await?;
    to.agent.edit(&copy, json!({"description": document("Edited abroad.\nTwice.")})).await?;
    world.settle().await?;
    let expected = ("Edited at home".to_owned(), "Edited abroad.\nTwice.".to_owned());
    assert_eq!(told(from, &key).await?, expected);
    assert_eq!(told(to, &copy).await?, expected);

    for (home, home_key, away, away_key) in [(from, &key, to, &copy), (to, &copy, from, &key)] {
        let author = home.agent.display_name().await?;
        let id = home.agent.comment(home_key, Kind::Public, "First words").await?;
        world.settle().await?;
        home.agent.edit_comment(home_key, &id, "Second words").await?;
        world.settle().await?;
        let seen = comment(away, away_key, "Second words").await?;
        assert!(seen.text.contains(&author) && !seen.text.contains("First"), "{}", seen.text);
        assert_eq!(seen.kind, Kind::Public);
        home.agent.delete_comment(home_key, &id).await?;
        world.settle().await?;
        assert_eq!(away.agent.comments(away_key).await?, []);
    }
    let summary = format!("Edited at {} {}", from.site.name, from.project);
    from.agent.edit(&key, json!({"summary": summary})).await?;
    world.settle().await
}
