//! Webhooks: what is stored of them, and what is refused.

use super::sign;
use super::world::{ACME, World};
use duplex_core::config::{CommentRules, Config, Scope, SideConfig, UserRules};
use duplex_core::id::{AccountId, Sides};
use serde_json::{Value, json};

use crate::store::Place;
use crate::store::syncs::Publish;

const CREATED: &str = "/connect/webhooks/comment-created";

/// A site with a running sync between its projects 10001 and 10002.
async fn world() -> World {
    let world = World::new().await;
    world.install("acme", "secret-1", ACME).await;
    run_sync(&world).await;
    world
}

async fn run_sync(world: &World) {
    let site = world.store.sites.all().await.unwrap()[0].site.clone();
    let place = |project: &str| Place { site: site.clone(), project: project.into() };
    let ends = Sides::new(place("10001"), place("10002"));
    let side = |place: &Place| SideConfig {
        site: place.site.clone(),
        project: place.project.clone(),
        scope: Scope::default(),
        issue_types: Vec::new(),
        fields: Vec::new(),
        comments: CommentRules::default(),
        users: UserRules::default(),
        defaults: Vec::new(),
    };
    let config = Config { name: "s".into(), sides: ends.as_ref().map(side), conflicts: Vec::new() };
    let now = duplex_core::id::Millis(1);
    let syncs = &world.store.syncs;
    syncs.create(now, &"s1".into(), "s", &ends).await.unwrap();
    let author = AccountId::new("u");
    let publish = Publish { base_version: 0, config: &config, author: &author, accepted_by: None };
    syncs.publish(now, &site, &"s1".into(), publish).await.unwrap();
    syncs.start(&site, &"s1".into(), Sides::default()).await.unwrap();
}

fn event(project: &str) -> Value {
    json!({
        "timestamp": 1_795_428_000_000_i64, "webhookEvent": "comment_created",
        "comment": {"id": "20001", "body": "hush hush", "updated": "2026-11-23T10:00:00.000+0000", "jsdPublic": true},
        "issue": {"id": "30001", "key": "HELP-1", "fields": {"project": {"id": project, "key": "HELP"}}},
    })
}

/// How many issues wait to be looked at.
async fn waiting(world: &World) -> i64 {
    world.store.work.waiting_everywhere().await.unwrap().links
}

#[tokio::test]
async fn an_event_is_stored_before_it_is_answered() {
    let world = world().await;
    assert_eq!(world.site_says(CREATED, "acme", "secret-1", &event("10001")).await.said(), "204");
    assert_eq!(waiting(&world).await, 1);
    assert_eq!(world.site_says(CREATED, "acme", "secret-1", &event("10001")).await.said(), "204");
    assert_eq!(waiting(&world).await, 1, "a second event widens the first");
}

#[tokio::test]
async fn an_event_that_meets_no_database_is_to_be_sent_again() {
    let world = world().await;
    world.store.close().await;
    let answer = world.site_says(CREATED, "acme", "secret-1", &event("10001")).await;
    assert_eq!(answer.said(), "503 busy", "{}", answer.body);
}

#[tokio::test]
async fn what_no_sync_mirrors_is_dropped() {
    let world = world().await;
    let mut unknown = event("10001");
    unknown["webhookEvent"] = json!("sprint_started");
    let mut foreign = event("10001");
    foreign["issue"]["fields"] = json!({});
    for (why, body) in [
        ("a project of no sync", event("10009")),
        ("an event that we don't know", unknown),
        ("an issue that says no project and is not linked", foreign),
        ("nothing", json!({})),
    ] {
        assert_eq!(world.site_says(CREATED, "acme", "secret-1", &body).await.said(), "204", "{why}");
        assert_eq!(waiting(&world).await, 0, "{why}");
    }
}

#[tokio::test]
async fn an_event_signed_before_the_secret_rotated_is_taken_for_half_an_hour() {
    let world = world().await;
    world.install("acme", "secret-2", ACME).await;
    world.clock.advance(29 * 60_000);
    assert_eq!(world.site_says(CREATED, "acme", "secret-1", &event("10001")).await.said(), "204");
    let lifecycle = json!({"key": "duplex-mirror", "clientKey": "acme"});
    let other = world.site_says("/connect/enabled", "acme", "secret-1", &lifecycle).await;
    assert_eq!(other.said(), "401 unauthorized", "nothing but webhooks");
    world.clock.advance(2 * 60_000);
    let late = world.site_says(CREATED, "acme", "secret-1", &event("10001")).await;
    assert_eq!(late.said(), "401 unauthorized");
}

#[tokio::test]
async fn an_event_that_is_not_the_sites_is_refused() {
    let world = world().await;
    world.install("globex", "secret-g", "https://globex.atlassian.net").await;
    let good = world.claims("acme", "POST", CREATED);
    let now = world.seconds();
    let with = |key: &str, value: Value| {
        let mut claims = good.clone();
        claims[key] = value;
        sign::hs256("secret-1", &claims)
    };
    let page = json!({"iss": "acme", "sub": "u1", "iat": now, "exp": now + 180, "qsh": "context-qsh"});
    for (why, token) in [
        ("wrong signature", sign::hs256("secret-x", &good)),
        ("another site's secret", sign::hs256("secret-g", &good)),
        ("no signature", sign::none(&good)),
        ("wrong qsh", with("qsh", json!(sign::qsh("POST", "/connect/webhooks/issue-created")))),
        ("a page's token", sign::hs256("secret-1", &page)),
        ("expired", with("exp", json!(now - 4))),
        ("unknown tenant", with("iss", json!("nobody"))),
        ("the installer's", world.atlassian.rs256(&good)),
    ] {
        let answer = world.post(CREATED, Some(&token), event("10001").to_string()).await;
        assert_eq!(answer.said(), "401 unauthorized", "{why}: {}", answer.body);
        assert_eq!(waiting(&world).await, 0, "{why}");
    }
    assert_eq!(world.post(CREATED, None, event("10001").to_string()).await.said(), "401 unauthorized");
}

#[tokio::test]
async fn a_bad_body_is_refused_and_changes_nothing() {
    let world = world().await;
    let deep = "[".repeat(100_000);
    let large = format!("{{\"x\":\"{}\"}}", "x".repeat(3 * 1024 * 1024));
    for (why, body, expect) in [
        ("no JSON", "{".to_owned(), "400 malformed"),
        ("nothing at all", String::new(), "400 malformed"),
        ("too deep", deep, "400 malformed"),
        ("no number", "{\"x\": 1e999999}".to_owned(), "400 malformed"),
        ("too large", large, "413 too_large"),
    ] {
        let token = sign::hs256("secret-1", &world.claims("acme", "POST", CREATED));
        let answer = world.post(CREATED, Some(&token), body).await;
        assert_eq!(answer.said(), expect, "{why}");
        assert_eq!(waiting(&world).await, 0, "{why}");
    }
}

#[tokio::test]
async fn a_stranger_can_not_make_us_read_his_body() {
    let world = world().await;
    let answer = world.post(CREATED, None, "x".repeat(8 * 1024 * 1024)).await;
    assert_eq!(answer.said(), "401 unauthorized", "refused by its head");
}
