//! What is mirrored at all: what is there at the start, what lies in scope, and what leaves it.

use crate::tale::{QUARTER_MS, comment, count, kind_of, only, quiet, thread};
use anyhow::Result;
use duplex_tests::guide;
use duplex_tests::person::Kind;
use duplex_tests::scenario::Desk;
use duplex_tests::world::World;
use serde_json::json;

fn scoped(text: &str, side: &str, scope: &str) -> String {
    guide::changed(text, side, |part| format!("{part}\n[side.{side}.scope]\n{scope}\n"))
}

async fn with_old_issues() -> Result<(World, Desk, Desk)> {
    let mut world = World::open().await?;
    let (a, b) = (Desk::at(&world.acme, "ITA"), Desk::at(&world.globex, "ITB"));
    for number in 1..=60 {
        let summary = format!("Old {number:02}");
        let key = a.customer.raise("ITA", "Get IT Help", &summary, "From before.").await?;
        if number == 7 {
            a.agent.comment(&key, Kind::Internal, "An old note").await?;
        }
    }
    b.customer.raise("ITB", "Purchase request", "Old in B", "From before.").await?;
    world.pass(QUARTER_MS).await?;
    Ok((world, a, b))
}

#[tokio::test]
async fn a_start_takes_all_oldest_first() -> Result<()> {
    let (mut world, a, b) = with_old_issues().await?;
    world.mirror("all", &a, &b, |text| text).await?;
    world.pass(QUARTER_MS).await?;
    assert_eq!((count(&a).await?, count(&b).await?), (61, 61));
    let order: Vec<_> =
        b.agent.issues("ITB").await?.iter().skip(1).map(|it| it["fields"]["summary"].clone()).collect();
    let expected: Vec<_> = (1..=60).map(|number| json!(format!("Old {number:02}"))).collect();
    assert_eq!(order, expected);
    assert_eq!(thread(&b, &only(&b, "Old 07").await?).await?.len(), 1);
    only(&a, "Old in B").await?;
    quiet(&mut world).await
}

#[tokio::test]
async fn a_start_with_what_is_new_leaves_the_old_alone() -> Result<()> {
    let (mut world, a, b) = with_old_issues().await?;
    world
        .mirror("new", &a, &b, |text| {
            let text = scoped(&text, "a", "existing = \"only_new\"");
            scoped(&text, "b", "existing = \"only_new\"")
        })
        .await?;
    world.pass(QUARTER_MS).await?;
    assert_eq!((count(&a).await?, count(&b).await?), (60, 1));
    let old = only(&a, "Old 03").await?;
    a.agent.comment(&old, Kind::Public, "New on the old").await?;
    a.agent.edit(&old, json!({"summary": "Old, edited"})).await?;
    a.customer.raise("ITA", "Get IT Help", "New", "From now on.").await?;
    world.settle().await?;
    only(&b, "New").await?;
    assert_eq!((count(&a).await?, count(&b).await?), (61, 2));
    quiet(&mut world).await
}

#[tokio::test]
async fn each_side_says_what_leaves_it() -> Result<()> {
    let mut world = World::open().await?;
    let (a, b) = (Desk::at(&world.acme, "ITA"), Desk::at(&world.globex, "ITB"));
    world
        .mirror("scoped", &a, &b, |text| {
            let text = scoped(&text, "a", "jql = \"priority = High OR labels = share\"");
            scoped(&text, "b", "jql = \"summary ~ wanted\"")
        })
        .await?;
    let quiet_one = a.agent.create("ITA", "IT Help", "Low key", json!({})).await?;
    a.agent.create("ITA", "IT Help", "High up", json!({"priority": {"name": "High"}})).await?;
    b.agent.create("ITB", "IT Help", "Not for you", json!({})).await?;
    b.agent.create("ITB", "IT Help", "The wanted one", json!({})).await?;
    world.settle().await?;
    world.pass(QUARTER_MS).await?;
    let copy = only(&b, "High up").await?;
    only(&a, "The wanted one").await?;
    assert_eq!((count(&a).await?, count(&b).await?), (3, 3));

    // It comes into scope later.
    a.agent.edit(&quiet_one, json!({"labels": ["share"]})).await?;
    world.settle().await?;
    world.pass(QUARTER_MS).await?;
    only(&b, "Low key").await?;
    // What is linked stays linked when it leaves the scope.
    let key = only(&a, "High up").await?;
    a.agent.edit(&key, json!({"priority": {"name": "Low"}})).await?;
    world.settle().await?;
    a.agent.comment(&key, Kind::Public, "Still told").await?;
    world.settle().await?;
    comment(&b, &copy, "Still told").await?;
    quiet(&mut world).await
}

#[tokio::test]
async fn an_agents_issue_gets_the_default_request_type() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    let key = a.agent.create("ITA", "Purchase", "By an agent", json!({})).await?;
    assert_eq!(kind_of(&a, &key).await?.1, "");
    world.settle().await?;
    let copy = only(&b, "By an agent").await?;
    assert_eq!(kind_of(&b, &copy).await?.1, "Purchase request");
    a.agent.comment(&key, Kind::Internal, "A note where it is no request").await?;
    b.agent.comment(&copy, Kind::Internal, "A note back").await?;
    world.settle().await?;
    // On an issue that is no request every comment is for the team, and a note back would be seen by all.
    assert_eq!(comment(&b, &copy, "where it is no request").await?.kind, Kind::Internal);
    assert_eq!(world.troubles().await?, ["A target_not_a_request"]);
    quiet(&mut world).await
}

#[tokio::test]
async fn a_default_that_would_be_missing_is_refused_with_its_remedy() -> Result<()> {
    let refused = World::guide_with(|text| {
        guide::changed(&text, "b", |part| {
            part.replace("    { issue_type = \"Purchase\", value = \"Purchase request\" },\n", "")
        })
    });
    let said = refused.await.map(drop).expect_err("refused").to_string();
    assert!(said.contains("Purchase") && said.contains("remedy"), "{said}");
    Ok(())
}
