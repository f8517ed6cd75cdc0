//! What operators and their tools ask.

use super::stage::{ADMIN_A, Stage};
use super::world::World;
use crate::clock::Clock;
use crate::store::activity::{ACTIVITY_KEPT_MS, Entry, Filter, Kind};
use axum::body::Body;
use duplex_core::id::AccountId;
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use metrics_exporter_prometheus::PrometheusBuilder;
use tower::ServiceExt;

async fn get(world: &World, path: &str) -> (StatusCode, String) {
    let recorder = PrometheusBuilder::new().build_recorder();
    let request = Request::get(path).body(Body::empty()).unwrap();
    let guard = metrics::set_default_local_recorder(&recorder);
    let router = world.app.ops_router(recorder.handle());
    let answer = router.oneshot(request).await.unwrap();
    drop(guard);
    let status = answer.status();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn a_server_says_how_it_does() {
    let world = World::new().await;
    assert_eq!(get(&world, "/healthz").await, (StatusCode::OK, "ok\n".to_owned()));
    assert_eq!(get(&world, "/readyz").await, (StatusCode::OK, "ready\n".to_owned()));
    let (status, text) = get(&world, "/metrics").await;
    assert_eq!(status, StatusCode::OK);
    for name in [
        "duplex_lag_seconds 0",
        "duplex_waiting_links 0",
        "duplex_parked_elements 0",
        "duplex_open_intents 0",
        "duplex_points_spent_this_hour 0",
        "# HELP duplex_lag_seconds How long the oldest waiting work has waited.",
    ] {
        assert!(text.contains(name), "{name} is missing in\n{text}");
    }
}

/// Labels are sites by our ids, endpoints without what varies, and statuses.
#[tokio::test]
async fn metrics_say_neither_a_secret_nor_what_things_are_called() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let _guard = metrics::set_default_local_recorder(&recorder);
    let stage = Stage::new().await;
    let projects = stage.ask(ADMIN_A, Method::GET, "/projects", None).await;
    assert_eq!(projects.status, StatusCode::OK);
    let request = Request::get("/metrics").body(Body::empty()).unwrap();
    let answer = stage.ops(recorder.handle()).oneshot(request).await.unwrap();
    let text = String::from_utf8(answer.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap();
    assert!(text.contains("duplex_jira_calls_total{"), "no call was counted:\n{text}");
    for site in stage.store.sites.all().await.unwrap() {
        let names = [site.secret.expose().to_owned(), site.client_key.clone(), site.base_url.clone()];
        for name in names.iter().map(String::as_str).chain(["eyJ", "IT Support", "ITA"]) {
            assert!(!text.contains(name), "{name} stands in the metrics:\n{text}");
        }
    }
}

#[tokio::test]
async fn what_is_older_than_it_is_kept_is_dropped() {
    let world = World::new().await;
    let (tenant, sync) = ("t".into(), "s".into());
    let entry = Entry {
        link: None,
        kind: Kind::Admin,
        by: Some(AccountId::new("u")),
        side: None,
        element: None,
        sentence: "started it".into(),
    };
    let activity = &world.store.activity;
    activity.append(world.clock.now(), &tenant, &sync, &[entry]).await.unwrap();
    let logged = async || activity.list(&tenant, &sync, &Filter::default(), 10).await.unwrap().len();
    world.clock.advance(ACTIVITY_KEPT_MS);
    world.app.keep_house().await.unwrap();
    assert_eq!(logged().await, 1);
    world.clock.advance(1);
    world.app.keep_house().await.unwrap();
    assert_eq!(logged().await, 0);
}

#[tokio::test]
async fn a_server_without_its_database_is_alive_and_not_ready() {
    let world = World::new().await;
    world.store.close().await;
    assert_eq!(get(&world, "/healthz").await.0, StatusCode::OK);
    let (status, said) = get(&world, "/readyz").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(said, "not ready: the database does not answer\n");
    assert_eq!(get(&world, "/metrics").await.0, StatusCode::OK);
}
