//! More than two projects: stars and rings of syncs, and syncs that go one way.

use crate::tale::{comment, count, only, quiet};
use anyhow::Result;
use duplex_tests::guide;
use duplex_tests::person::Kind;
use duplex_tests::scenario::Desk;
use duplex_tests::world::World;
use serde_json::json;

fn desks(world: &World) -> [Desk; 4] {
    [
        Desk::at(&world.acme, "ITA"),
        Desk::at(&world.globex, "ITB"),
        Desk::at(&world.acme, "ITC"),
        Desk::at(&world.globex, "ITD"),
    ]
}

async fn join(world: &mut World, pairs: &[(&Desk, &Desk)]) -> Result<()> {
    for (a, b) in pairs {
        world.mirror(&format!("{}-{}", a.project, b.project), a, b, |text| text).await?;
    }
    Ok(())
}

/// At every desk somebody raises, comments, edits; every desk shows each issue once, with each comment once.
async fn everybody_speaks(world: &mut World, desks: &[&Desk]) -> Result<()> {
    for (number, desk) in desks.iter().enumerate() {
        let summary = format!("Raised in {}", desk.project);
        let key = desk.customer.raise(&desk.project, "Get IT Help", &summary, "Everywhere.").await?;
        world.settle().await?;
        desk.agent.comment(&key, Kind::Public, "From the origin").await?;
        let second = desks[(number + 1) % desks.len()];
        let there = only(second, &summary).await?;
        second.agent.comment(&there, Kind::Internal, "From elsewhere").await?;
        world.settle().await?;
        let edited = format!("{summary}, edited");
        second.agent.edit(&there, json!({"summary": edited})).await?;
        world.settle().await?;
        for desk in desks {
            assert_eq!(count(desk).await?, number + 1, "{}", desk.project);
            let key = only(desk, &edited).await?;
            assert_eq!(comment(desk, &key, "From the origin").await?.kind, Kind::Public);
            let elsewhere = comment(desk, &key, "From elsewhere").await?;
            assert_eq!(elsewhere.kind, Kind::Internal);
            let header = elsewhere.text.matches("):").count();
            assert_eq!(header, usize::from(desk.project != second.project), "{}", elsewhere.text);
            assert_eq!(desk.agent.comments(&key).await?.len(), 2);
        }
    }
    Ok(())
}

#[tokio::test]
async fn three_syncs_on_one_project() -> Result<()> {
    let mut world = World::open().await?;
    let [a, b, c, d] = desks(&world);
    join(&mut world, &[(&a, &b), (&a, &c), (&a, &d)]).await?;
    everybody_speaks(&mut world, &[&a, &b, &c, &d]).await?;
    assert_eq!(world.troubles().await?, [""; 0]);
    quiet(&mut world).await
}

#[tokio::test]
async fn a_ring_of_three_syncs() -> Result<()> {
    let mut world = World::open().await?;
    let [a, b, c, _] = desks(&world);
    join(&mut world, &[(&a, &b), (&b, &c), (&c, &a)]).await?;
    everybody_speaks(&mut world, &[&a, &b, &c]).await?;
    quiet(&mut world).await
}

#[tokio::test]
async fn what_goes_one_way_does_not_come_back() -> Result<()> {
    let (mut world, a, b) = World::guide_with(|text| {
        guide::changed(&text, "b", |part| {
            let types = part.find("issue_types = [").unwrap_or(0);
            let defaults = part.find("defaults = [").unwrap_or(0);
            format!("{}{}", &part[..types], &part[defaults..]).replace("enabled = true", "enabled = false")
        })
    })
    .await?;
    let key = a.customer.raise("ITA", "Get IT Help", "Goes over", "And stays.").await?;
    b.customer.raise("ITB", "Get IT Help", "Does not", "Stays.").await?;
    world.settle().await?;
    let copy = only(&b, "Goes over").await?;
    assert_eq!((count(&a).await?, count(&b).await?), (1, 2));

    b.agent.edit(&copy, json!({"summary": "Renamed there"})).await?;
    b.agent.comment(&copy, Kind::Public, "Said there").await?;
    world.settle().await?;
    assert_eq!(a.agent.issue(&key).await?["fields"]["summary"], "Goes over");
    assert_eq!(a.agent.comments(&key).await?.len(), 0);
    a.agent.edit(&key, json!({"summary": "Renamed here"})).await?;
    world.settle().await?;
    assert_eq!(b.agent.issue(&copy).await?["fields"]["summary"], "Renamed here");
    quiet(&mut world).await
}
