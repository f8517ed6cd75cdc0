//! Bodies that are too large, too deep, or not what they say.

use crate::scene::{HOOK, Scene, post};
use anyhow::{Result, ensure};
use axum::body::Body;
use http::Method;
use serde_json::{Value, json};

const ADMIN_A: (&str, &str) = ("acme", "admin");
const MIB: usize = 1024 * 1024;

/// What no JSON reader of ours takes, whatever it is for.
fn broken() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let text = |text: &str| text.as_bytes().to_vec();
    vec![
        ("nothing", Vec::new(), "400 malformed"),
        ("half of it", text("{\"a\":"), "400 malformed"),
        ("two of it", text("{} {}"), "400 malformed"),
        ("60,000 lists in each other", "[".repeat(60_000).into_bytes(), "400 malformed"),
        ("10,000 objects in each other", "{\"a\":".repeat(10_000).into_bytes(), "400 malformed"),
        ("no number", text("{\"x\": NaN}"), "400 malformed"),
        ("a number without end", text("{\"x\": 1e999999}"), "400 malformed"),
        ("no UTF-8", b"{\"x\": \"\xff\xfe\"}".to_vec(), "400 malformed"),
        ("half a character", text("{\"x\": \"\\ud800\"}"), "400 malformed"),
        ("a NUL", b"{\"x\": \"\0\"}".to_vec(), "400 malformed"),
        ("compressed", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab\xae\x05\x00".to_vec(), "400 malformed"),
        ("three megabytes", format!("{{\"x\":\"{}\"}}", "x".repeat(3 * MIB)).into_bytes(), "413 too_large"),
        ("thirty megabytes", vec![b' '; 30 * MIB], "413 too_large"),
    ]
}

#[tokio::test]
async fn a_body_that_is_none_is_refused_at_every_door() -> Result<()> {
    let scene = Scene::open().await?;
    let installed = "/connect/installed";
    for (why, body, expect) in broken() {
        let hook = scene.by_site("acme", &scene.claims("acme", "POST", HOOK));
        scene.refused(why, post(HOOK, Some(&hook), body.clone()), expect).await?;
        let install = scene.by_installer("acme", installed);
        scene.refused(why, post(installed, Some(&install), body.clone()), expect).await?;
        for path in ["/syncs", "/invitations/accept"] {
            let mut request = scene.page(ADMIN_A, Method::POST, path, None).await?;
            *request.body_mut() = Body::from(body.clone());
            scene.refused(why, request, expect).await?;
        }
        let draft = format!("/syncs/{}/draft", scene.sync);
        let mut request = scene.page(ADMIN_A, Method::PUT, &draft, None).await?;
        *request.body_mut() = Body::from(body);
        scene.refused(why, request, expect).await?;
    }
    Ok(())
}

/// What is said to be compressed is not unpacked: there is nothing to blow up.
#[tokio::test]
async fn a_compressed_body_is_taken_for_what_it_is() -> Result<()> {
    let scene = Scene::open().await?;
    let token = scene.by_site("acme", &scene.claims("acme", "POST", HOOK));
    for encoding in ["gzip", "deflate", "br", "zstd", "gzip, gzip"] {
        let mut request = post(HOOK, Some(&token), b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff".to_vec());
        request.headers_mut().insert("content-encoding", encoding.parse()?);
        scene.refused(encoding, request, "400 malformed").await?;
    }
    Ok(())
}

/// An event of the site itself, with ids and times that Jira does not have: it is taken, and nothing is done for it.
#[tokio::test]
async fn odd_ids_and_times_in_an_event_do_nothing() -> Result<()> {
    let mut scene = Scene::open().await?;
    let odd = [
        ("/issue/id", json!(-1)),
        ("/issue/id", json!(9_223_372_036_854_775_808_u64)),
        ("/issue/id", json!("1 OR 1=1")),
        ("/issue/id", json!("../../x")),
        ("/issue/id", json!("1\u{0}")),
        ("/issue/id", json!("9".repeat(10_000))),
        ("/issue/id", json!({"$ne": null})),
        ("/issue/fields/project/id", json!("') OR ('1'='1")),
        ("/issue/fields", json!(null)),
        ("/comment/id", json!("x".repeat(100_000))),
        ("/comment/id", json!([1])),
        ("/comment/updated", json!("1970-01-01T00:00:00.000+0000")),
        ("/comment/updated", json!("2099-01-01T00:00:00.000+0000")),
        ("/comment/updated", json!("yesterday")),
        ("/timestamp", json!(-1)),
        ("/timestamp", json!("2099")),
        ("/webhookEvent", json!("comment_created\u{0}")),
        ("/webhookEvent", json!("sprint_started")),
        ("/webhookEvent", json!(null)),
    ];
    for (place, value) in odd {
        let mut event: Value = scene.event();
        *event.pointer_mut(place).expect("a place") = value.clone();
        let token = scene.by_site("acme", &scene.claims("acme", "POST", HOOK));
        let mark = scene.world.mark();
        let said = scene.knock(post(HOOK, Some(&token), event.to_string())).await?.said();
        ensure!(said == "204", "{place} {value:.40}: {said}");
        scene.world.settle().await?;
        let written: Vec<_> = scene.world.calls_since(mark).into_iter().filter(|call| call.write).collect();
        ensure!(written.is_empty(), "{place} {value:.40}: {written:?}");
    }
    ensure!(scene.world.troubles().await?.is_empty(), "{:?}", scene.world.troubles().await?);
    Ok(())
}

/// What stands twice, or has a name with a NUL, is not read by anybody in two ways.
#[tokio::test]
async fn a_key_twice_or_with_a_nul_is_no_key() -> Result<()> {
    let scene = Scene::open().await?;
    let sync = format!("/syncs/{}", scene.sync);
    let project = scene.project("acme", "ITC");
    for (method, path, body, names) in [
        (Method::PATCH, sync.as_str(), r#"{"name": "One", "name": "Two"}"#.to_owned(), "name"),
        (Method::PATCH, sync.as_str(), "{\"name\": \"One\", \"name\\u0000\": \"Two\"}".to_owned(), "name"),
        (Method::PATCH, sync.as_str(), "{\"name\": \"One\\u0000Two\"}".to_owned(), "name"),
        (
            Method::POST,
            "/invitations",
            format!(r#"{{"name": "x", "project": "{project}", "project": "10000"}}"#),
            "project",
        ),
    ] {
        let mut request = scene.page(ADMIN_A, method, path, None).await?;
        *request.body_mut() = Body::from(body.clone());
        let answer = scene.refused(&body, request, "400 malformed").await?;
        ensure!(answer.text.contains(names), "{body}: `{names}` is not named: {}", answer.text);
    }
    let mut callback = scene.callback("acme").to_string();
    callback.insert_str(1, r#""sharedSecret": "another", "#);
    let token = scene.by_installer("acme", "/connect/installed");
    scene.refused("two secrets", post("/connect/installed", Some(&token), callback), "400 malformed").await?;
    Ok(())
}
