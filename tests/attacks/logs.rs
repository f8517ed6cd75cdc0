//! What the server says of an attack: that there was one, in one line, and nothing that the attacker or a site wrote.

use crate::scene::{HOOK, Scene, hs256, post};
use anyhow::{Result, ensure};
use duplex_server::secret::Secret;
use duplex_server::store::customers::TestCustomer;
use duplex_tests::lines::Lines;
use http::Method;
use serde_json::json;
use tracing::Level;

const FORGED: &str = "2026-11-23 INFO forged line";

#[tokio::test]
async fn a_refused_call_leaves_one_line_with_the_reason_and_without_the_token() -> Result<()> {
    let (lines, _guard) = Lines::listen(Level::DEBUG);
    let scene = Scene::open().await?;
    let token = hs256(&scene.claims("acme", "POST", HOOK), b"guess");
    scene.refused("a forgery", post(HOOK, Some(&token), "{}"), "401 unauthorized").await?;
    let said = lines.text();
    let told: Vec<&str> = said.lines().filter(|line| line.contains("Refused a call")).collect();
    ensure!(told.len() == 1, "{told:?}");
    let line = told[0];
    for part in ["WARN", "signature does not hold", &scene.client_key("acme"), HOOK] {
        ensure!(line.contains(part), "{part} is missing: {line}");
    }
    ensure!(!said.contains(&token) && !said.contains("eyJ"), "a token stands in the log");

    for _ in 0..500 {
        scene.knock(post(HOOK, Some(&token), "{}")).await?;
    }
    let flooded = lines.text().lines().filter(|line| line.contains("Refused a call")).count();
    ensure!((60..=61).contains(&flooded), "{flooded} lines of one flood");
    scene.world.jump(60_000);
    scene.knock(post(HOOK, Some(&token), "{}")).await?;
    let said = lines.text();
    let last = said.lines().rfind(|line| line.contains("Refused a call")).unwrap_or_default();
    ensure!(last.contains(&format!("untold={}", 501 - flooded)), "how many had no line: {last}");
    Ok(())
}

/// Webhooks and lifecycle calls alike; what a stranger's page asks for is not worth a line.
#[tokio::test]
async fn every_door_of_jira_tells_of_who_was_refused() -> Result<()> {
    let (lines, _guard) = Lines::listen(Level::DEBUG);
    let scene = Scene::open().await?;
    let doors = ["/connect/installed", "/connect/uninstalled", "/connect/enabled", "/connect/disabled", HOOK];
    for (n, door) in doors.into_iter().enumerate() {
        let token = hs256(&scene.claims("acme", "POST", door), b"guess");
        let body = scene.callback("acme").to_string();
        scene.refused(door, post(door, Some(&token), body), "401 unauthorized").await?;
        let said = lines.text();
        let told: Vec<&str> = said.lines().filter(|line| line.contains("Refused a call")).collect();
        ensure!(told.len() == n + 1 && told[n].contains(door), "{door}: {told:?}");
        ensure!(told[n].contains(&scene.client_key("acme")), "{door}: whose name was used: {}", told[n]);
        ensure!(!said.contains("eyJ") && !said.contains("a-secret-of-the-attacker"), "{door}");
    }
    Ok(())
}

#[tokio::test]
async fn nobody_writes_a_line_of_his_own() -> Result<()> {
    let (lines, _guard) = Lines::listen(Level::DEBUG);
    let scene = Scene::open().await?;
    let injected = format!("x\r\n{FORGED}\u{2028}{FORGED}\u{1b}[2K");
    let mut claims = scene.claims("acme", "POST", HOOK);
    claims["iss"] = json!(injected);
    scene.knock(post(HOOK, Some(&hs256(&claims, b"guess")), "{}")).await?;
    let mut callback = scene.callback("acme");
    callback["clientKey"] = json!(injected);
    scene.knock(post("/connect/disabled", None, callback.to_string())).await?;
    scene.knock(post("/connect/webhooks/x%0d%0a2026-11-23%20INFO%20forged%20line", None, "{}")).await?;
    let token = scene.by_site("acme", &scene.claims("acme", "POST", HOOK));
    let mut event = scene.event();
    event["issue"]["key"] = json!(injected);
    event["webhookEvent"] = json!(injected);
    scene.knock(post(HOOK, Some(&token), event.to_string())).await?;
    let admin = ("acme", "admin");
    for (method, path, body) in [
        (Method::PATCH, "", json!({"name": injected})),
        (Method::POST, "/resync", json!({"jql": injected})),
        (Method::POST, "/scope/verify", json!({"side": "a", "jql": injected})),
        (Method::POST, "/parked/retry", json!({"link": injected, "element": {"element": "issue"}})),
    ] {
        let path = format!("/syncs/{}{path}", scene.sync);
        let answer = scene.knock(scene.page(admin, method, &path, Some(&body)).await?).await?;
        ensure!(answer.head.status.is_client_error(), "{path}: {} {}", answer.head.status, answer.text);
    }
    let said = lines.text();
    let forged = said.lines().find(|line| line.starts_with(FORGED));
    ensure!(forged.is_none(), "{forged:?}");
    ensure!(!said.contains('\u{1b}'), "an escape sequence stands in the log");
    Ok(())
}

#[tokio::test]
async fn nothing_that_is_printed_holds_a_secret() -> Result<()> {
    let (lines, _guard) = Lines::listen(Level::DEBUG);
    let scene = Scene::open().await?;
    let sites = scene.world.store.sites.all().await?;
    let customer = TestCustomer {
        account: scene.site("acme").person("customer1").account().await?.as_str().into(),
        email: "customer1@acme.example".to_owned(),
        token: Secret::new("customer1-token"),
    };
    scene.world.store.customers.put(&sites[0].site, &customer).await?;
    let sync = scene.world.setup.sync(&scene.sync.as_str().into()).await?;
    scene.world.setup.drill(&sync, &"operator".into()).await?;
    let mut printed = format!("{} {sites:#?} {}", scene.world.printed(), lines.text());
    printed.push_str(&scene.world.rows().await?.join("\n"));
    for site in &sites {
        ensure!(!printed.contains(site.secret.expose()), "the secret of {}", site.base_url);
        ensure!(printed.contains(&site.client_key), "{} was not printed at all", site.base_url);
    }
    ensure!(!printed.contains("d29ybGQta2V5"), "the key that seals");
    ensure!(lines.text().contains("Leak drill"), "the drill was not told of");
    // As it is, and as basic auth sends it.
    for token in ["customer1-token", "Y3VzdG9tZXIxQGFjbWUuZXhhbXBsZTpjdXN0b21lcjEtdG9rZW4"] {
        ensure!(!format!("{printed} {customer:?} {}", lines.text()).contains(token), "a customer's token");
    }
    ensure!(printed.matches("[sealed]").count() > sites.len(), "secrets are printed as what they are");
    for text in ["Under attack", "Since this morning", "Nobody's business"] {
        ensure!(!printed.contains(text), "what people wrote lies about: {text}");
    }
    Ok(())
}
