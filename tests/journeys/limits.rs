//! What Jira's rate limits do to the mirror: whom they stop, for how long, and whom they do not.

use crate::tale::{HOUR_MS, comment, mirrored, quiet, told};
use anyhow::{Result, ensure};
use duplex_core::id::{Millis, SiteId};
use duplex_server::config::Times;
use duplex_tests::person::Kind;
use duplex_tests::world::World;
use jira_twin::faults::FaultPlan;
use serde_json::json;

/// globex refuses the next comment of the app.
fn refuses(reason: &str, retry_after: &str) -> FaultPlan {
    let effect = json!({"status": {"code": 429, "retryAfter": retry_after, "reason": reason}});
    let rule = json!({"site": "globex", "method": "POST", "path": "*/comment", "times": 1, "effect": effect});
    serde_json::from_value(json!({"rules": [rule]})).expect("a fault plan")
}

#[tokio::test]
async fn a_used_up_quota_pauses_the_whole_site() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    let (first, first_copy) = mirrored(&mut world, &a, &b, "The first").await?;
    let (second, second_copy) = mirrored(&mut world, &a, &b, "The second").await?;
    a.agent.comment(&first, Kind::Public, "Words of the first").await?;
    a.agent.comment(&second, Kind::Internal, "Words of the second").await?;
    world.faults(refuses("jira-quota-tenant-based", "600"));
    let mark = world.mark();
    world.pass(20_000).await?;
    // What another process, or this one after its death, knows of it stands in the database.
    world.crash().await?;
    world.settle().await?;

    comment(&b, &first_copy, "Words of the first").await?;
    comment(&b, &second_copy, "Words of the second").await?;
    let calls = world.calls_since(mark);
    let mut at_globex =
        calls.iter().filter(|call| call.site == "globex").skip_while(|c| c.status != Some(429));
    let refused = at_globex.next().expect("a refused call").at;
    let next = at_globex.next().expect("calls after it").at;
    ensure!(next >= refused + 600_000, "called again after {} ms", next - refused);
    quiet(&mut world).await
}

#[tokio::test]
async fn a_burst_rests_its_own_link_alone() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    let (first, first_copy) = mirrored(&mut world, &a, &b, "The first").await?;
    let (second, second_copy) = mirrored(&mut world, &a, &b, "The second").await?;
    a.agent.comment(&first, Kind::Public, "Words of the first").await?;
    world.faults(refuses("jira-burst-based", "200"));
    world.pass(5_000).await?;
    a.agent.comment(&second, Kind::Internal, "Words of the second").await?;
    world.pass(10_000).await?;

    comment(&b, &second_copy, "Words of the second").await?;
    ensure!(comment(&b, &first_copy, "Words of the first").await.is_err(), "it did not rest");
    world.settle().await?;
    comment(&b, &first_copy, "Words of the first").await?;
    quiet(&mut world).await
}

#[tokio::test]
async fn with_the_hours_points_used_up_hiding_alone_goes_on() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    let (first, first_copy) = mirrored(&mut world, &a, &b, "The first").await?;
    let (second, second_copy) = mirrored(&mut world, &a, &b, "The second").await?;
    let id = a.agent.comment(&first, Kind::Public, "Too much said").await?;
    world.settle().await?;
    comment(&b, &first_copy, "Too much said").await?;
    let spent = world.store.pauses.spent(Millis(world.now_ms()), &SiteId::new("")).await?.everywhere;
    ensure!(spent > 0, "nothing was booked");

    let all = Times::default().points_per_hour;
    world.store.pauses.spend(Millis(world.now_ms()), &SiteId::new("elsewhere"), all - spent).await?;
    world.pass(10_000).await?;
    a.agent.edit(&second, json!({"summary": "The second, renamed"})).await?;
    a.agent.delete_comment(&first, &id).await?;
    world.pass(60_000).await?;
    ensure!(comment(&b, &first_copy, "Too much said").await.is_err(), "the copy still shows");
    assert_eq!(told(&b, &second_copy).await?.0, "The second");

    world.pass(HOUR_MS).await?;
    assert_eq!(told(&b, &second_copy).await?.0, "The second, renamed");
    quiet(&mut world).await
}
