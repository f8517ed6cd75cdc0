//! What gets lost, late, double or refused on the way, and a server that dies in the middle.

use crate::tale::{HOUR_MS, QUARTER_MS, comment, count, mirrored, only, quiet, told};
use anyhow::{Result, ensure};
use duplex_core::issue::Value as FieldValue;
use duplex_tests::person::Kind;
use duplex_tests::scenario::Desk;
use duplex_tests::world::{self, Blow, Strike, World};
use http::Method;
use jira_twin::faults::FaultPlan;
use serde_json::{Value, json};

const ADD: &str = "/comment";

fn plan(faults: Value) -> FaultPlan {
    serde_json::from_value(faults).expect("a fault plan")
}

fn rule(method: &str, path: &str, times: u32, effect: &Value) -> FaultPlan {
    plan(json!({"rules": [{"method": method, "path": path, "times": times, "effect": effect}]}))
}

/// Something of everything, both ways; afterwards both desks tell the same.
async fn a_day(world: &mut World, a: &Desk, b: &Desk, wait_ms: i64) -> Result<()> {
    let mut keys = Vec::new();
    for (from, summary) in [(a, "Raised in A"), (b, "Raised in B")] {
        keys.push(from.customer.raise(&from.project, "Purchase request", summary, "Now.").await?);
    }
    world.settle().await?;
    world.pass(wait_ms).await?;
    for (from, to, summary, key) in [(a, b, "Raised in A", &keys[0]), (b, a, "Raised in B", &keys[1])] {
        let copy = only(to, summary).await?;
        let id = from.agent.comment(key, Kind::Public, "To be edited").await?;
        let gone = to.agent.comment(&copy, Kind::Internal, "To be deleted").await?;
        to.agent.comment(&copy, Kind::Internal, "To stay").await?;
        world.settle().await?;
        world.pass(wait_ms).await?;
        from.agent.edit_comment(key, &id, "Was edited").await?;
        to.agent.delete_comment(&copy, &gone).await?;
        to.agent.edit(&copy, json!({"summary": format!("{summary}, edited")})).await?;
        world.settle().await?;
        world.pass(wait_ms).await?;
        same(from, key, to, &copy).await?;
        ensure!(told(to, &copy).await?.0.ends_with("edited"));
        assert_eq!(comment(to, &copy, "Was edited").await?.kind, Kind::Public);
        assert_eq!(comment(from, key, "To stay").await?.kind, Kind::Internal);
        assert_eq!(from.agent.comments(key).await?.len(), 2);
    }
    assert_eq!((count(a).await?, count(b).await?), (2, 2));
    assert_eq!(world.troubles().await?, [""; 0]);
    world.faults(FaultPlan::default());
    quiet(world).await
}

async fn same(from: &Desk, key: &str, to: &Desk, copy: &str) -> Result<()> {
    assert_eq!(told(from, key).await?, told(to, copy).await?);
    assert_eq!(from.agent.comments(key).await?.len(), to.agent.comments(copy).await?.len());
    Ok(())
}

#[tokio::test]
async fn without_any_event_sweeps_do_it() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    world.faults(plan(json!({"webhooks": {"drop": 1.0}})));
    a_day(&mut world, &a, &b, QUARTER_MS).await
}

#[tokio::test]
async fn events_twice_late_and_out_of_order() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    world.faults(plan(json!({"webhooks": {"double": 0.5, "delay": 0.5, "delayMs": 90_000, "reorder": 0.5}})));
    a_day(&mut world, &a, &b, 0).await
}

#[tokio::test]
async fn events_lost_and_late_with_trouble_on_every_call() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    let trouble =
        |chance: f64, effect: Value| json!({"path": "/rest/api/3/*", "chance": chance, "effect": effect});
    world.faults(plan(json!({
        "webhooks": {"drop": 0.2, "double": 0.2, "delay": 0.3, "delayMs": 60_000},
        "rules": [
            trouble(0.1, json!({"status": {"code": 429, "retryAfter": "7"}})),
            trouble(0.1, json!({"status": {"code": 503}})),
            trouble(0.1, json!("timeoutAfter")),
            trouble(0.05, json!("timeoutBefore")),
        ],
    })));
    a_day(&mut world, &a, &b, HOUR_MS).await
}

#[tokio::test]
async fn a_call_that_is_put_off_waits_as_told() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    let (key, copy) = mirrored(&mut world, &a, &b, "Patience").await?;
    a.agent.comment(&key, Kind::Public, "Later").await?;
    world.faults(rule("POST", "*/comment", 1, &json!({"status": {"code": 429, "retryAfter": "77"}})));
    let began = world.now_ms();
    world.settle().await?;
    assert_eq!(comment(&b, &copy, "Later").await?.kind, Kind::Public);
    let took = world.now_ms() - began;
    ensure!((77_000..180_000).contains(&took), "{took} ms");
    quiet(&mut world).await
}

#[tokio::test]
async fn an_answer_that_is_lost_makes_no_double() -> Result<()> {
    for effect in ["timeoutAfter", "timeoutBefore"] {
        let (mut world, a, b) = World::guide().await?;
        let (key, copy) = mirrored(&mut world, &a, &b, "Lost answers").await?;
        let id = a.agent.comment(&key, Kind::Internal, "Said once").await?;
        world.faults(rule("POST", "*/comment", 1, &json!(effect)));
        world.settle().await?;
        assert_eq!(comment(&b, &copy, "Said once").await?.kind, Kind::Internal);

        a.agent.edit_comment(&key, &id, "Edited once").await?;
        world.faults(rule("PUT", "*/comment/*", 1, &json!(effect)));
        world.settle().await?;
        comment(&b, &copy, "Edited once").await?;

        a.agent.edit(&key, json!({"summary": "Renamed"})).await?;
        world.faults(rule("PUT", "/rest/api/3/issue/*", 1, &json!(effect)));
        world.settle().await?;
        assert_eq!(told(&b, &copy).await?.0, "Renamed");

        a.agent.delete_comment(&key, &id).await?;
        world.faults(rule("DELETE", "*/comment/*", 1, &json!(effect)));
        world.settle().await?;
        assert_eq!(b.agent.comments(&copy).await?, []);

        a.customer.raise("ITA", "Get IT Help", "Raised once", "Only once.").await?;
        world.faults(rule("POST", "/rest/api/3/issue", 1, &json!(effect)));
        world.settle().await?;
        only(&b, "Raised once").await?;
        assert_eq!(count(&b).await?, 2);
        assert_eq!(world.conflicts().await?, []);
        assert_eq!(world.troubles().await?, [""; 0]);
        quiet(&mut world).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_server_that_dies_in_a_call_goes_on_where_it_was() -> Result<()> {
    for after_effect in [false, true] {
        let (mut world, a, b) = World::guide().await?;
        let (key, copy) = mirrored(&mut world, &a, &b, "Mortality").await?;
        let strike = |method: Method, path_end| Strike {
            method: Some(method),
            path_end,
            after_effect,
            ..Strike::default()
        };

        let id = a.agent.comment(&key, Kind::Public, "Said once").await?;
        struck(&mut world, strike(Method::POST, ADD)).await?;
        assert_eq!(comment(&b, &copy, "Said once").await?.kind, Kind::Public);
        a.agent.edit_comment(&key, &id, "Edited once").await?;
        struck(&mut world, strike(Method::PUT, "")).await?;
        comment(&b, &copy, "Edited once").await?;
        a.agent.edit(&key, json!({"summary": "Renamed"})).await?;
        struck(&mut world, strike(Method::PUT, "")).await?;
        assert_eq!(told(&b, &copy).await?.0, "Renamed");
        a.agent.delete_comment(&key, &id).await?;
        struck(&mut world, strike(Method::DELETE, "")).await?;
        assert_eq!(b.agent.comments(&copy).await?, []);
        a.customer.raise("ITA", "Get IT Help", "Raised once", "Only once.").await?;
        struck(&mut world, strike(Method::POST, "/rest/api/3/issue")).await?;
        only(&b, "Raised once").await?;
        a.agent.comment(&key, Kind::Internal, "Read, and then").await?;
        struck(&mut world, strike(Method::GET, "")).await?;
        comment(&b, &copy, "Read, and then").await?;
        assert_eq!(world.troubles().await?, [""; 0]);
        quiet(&mut world).await?;
    }
    Ok(())
}

/// The copy's audience is told by its issue, which nobody had looked at since it was made.
#[tokio::test]
async fn a_first_comment_whose_answer_is_lost_stays_for_its_readers() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    let key = a.customer.raise(&a.project, "Get IT Help", "Said at once", "Since this morning.").await?;
    a.customer.reply(&key, "From the customer").await?;
    a.agent.comment(&key, Kind::Internal, "Among us").await?;
    world.faults(rule("POST", "*/comment", 1, &json!("timeoutAfter")));
    world.settle().await?;
    let copy = only(&b, "Said at once").await?;
    assert_eq!(comment(&b, &copy, "From the customer").await?.kind, Kind::Public);
    assert_eq!(comment(&b, &copy, "Among us").await?.kind, Kind::Internal);
    assert_eq!(b.agent.comments(&copy).await?.len(), 2);
    assert_eq!(world.troubles().await?, [""; 0]);
    quiet(&mut world).await
}

/// The write that went over the other side's edit has no answer that could tell of it.
#[tokio::test]
async fn what_loses_to_a_write_whose_answer_is_lost_is_kept_once() -> Result<()> {
    for effect in ["timeoutAfter", "timeoutBefore"] {
        let (mut world, a, b) = World::guide().await?;
        let (key, copy) = mirrored(&mut world, &a, &b, "As raised").await?;
        b.agent.edit(&copy, json!({"summary": "By B"})).await?;
        a.agent.edit(&key, json!({"summary": "By A"})).await?;
        world.faults(rule("PUT", "/rest/api/3/issue/*", 1, &json!(effect)));
        world.settle().await?;
        assert_eq!((told(&a, &key).await?.0, told(&b, &copy).await?.0), ("By A".into(), "By A".into()));
        let lost: Vec<_> = world.conflicts().await?.into_iter().map(|conflict| conflict.lost).collect();
        assert_eq!(lost, [FieldValue::Text("By B".to_owned())], "{effect}");
        quiet(&mut world).await?;
    }
    Ok(())
}

/// It stood still between its intent and Jira for longer than anybody waits; meanwhile another process had made the
/// issue. Its token is too old by then.
#[tokio::test]
async fn a_call_that_comes_too_late_is_refused() -> Result<()> {
    let settings = ["--lease-ms", "45000", "--http-timeout-ms", "20000"].map(str::to_owned).to_vec();
    let mut world = World::of(world::Plot { settings, ..world::Plot::default() }).await?;
    let (a, b) = (Desk::at(&world.acme, "ITA"), Desk::at(&world.globex, "ITB"));
    world.mirror("pair", &a, &b, |text| text).await?;
    a.customer.raise(&a.project, "Get IT Help", "Raised once", "Only once.").await?;
    let path_end = "/rest/api/3/issue";
    let blow = Blow::Sleep { ms: 150_000 };
    struck(&mut world, Strike { method: Some(Method::POST), path_end, blow, ..Strike::default() }).await?;
    world.pass(HOUR_MS).await?;
    only(&b, "Raised once").await?;
    assert_eq!(world.troubles().await?, [""; 0]);
    quiet(&mut world).await
}

async fn struck(world: &mut World, strike: Strike) -> Result<()> {
    world.net.strike(strike);
    world.settle().await?;
    ensure!(!world.net.strike_waits(), "nothing was struck");
    Ok(())
}
