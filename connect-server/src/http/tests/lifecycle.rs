//! Installed, enabled, disabled, uninstalled: the story, and what is refused.

use super::sign::{self, Installer};
use super::world::{ACME, BASE, World, callback};
use serde_json::{Value, json};

const INSTALLED: &str = "/connect/installed";

#[tokio::test]
async fn a_site_installs_rotates_its_secret_and_leaves() {
    let world = World::new().await;
    assert_eq!(world.install("acme", "secret-1", ACME).await.said(), "204");
    assert_eq!(world.sites().await, format!("acme {ACME} installed secret-1 None"));

    let body = json!({"key": "duplex-mirror", "clientKey": "acme"});
    assert_eq!(world.site_says("/connect/enabled", "acme", "secret-1", &body).await.said(), "204");
    assert_eq!(world.sites().await, format!("acme {ACME} enabled secret-1 None"));
    let id = world.store.sites.all().await.unwrap()[0].site.clone();

    assert_eq!(world.install("acme", "secret-2", ACME).await.said(), "204");
    assert_eq!(world.sites().await, format!("acme {ACME} installed secret-2 Some(\"secret-1\")"));
    assert_eq!(world.store.sites.all().await.unwrap()[0].site, id, "the site keeps its identity");

    assert_eq!(world.site_says("/connect/disabled", "acme", "secret-2", &body).await.said(), "204");
    assert_eq!(world.installer_says("/connect/uninstalled", "acme", &body).await.said(), "204");
    let gone = world.sites().await;
    assert_eq!(gone, format!("acme {ACME} uninstalled secret-2 Some(\"secret-1\")"));

    let late = world.post("/connect/disabled", None, body.to_string()).await;
    assert_eq!(late.said(), "204", "Jira may send it once more, without a token");
    let after = world.site_says("/connect/enabled", "acme", "secret-2", &body).await;
    assert_eq!(after.said(), "401 unauthorized", "an uninstalled site has no say");
    assert_eq!(world.sites().await, gone);
}

/// One install callback that must be refused, against a site that is there already; nothing may change.
async fn refused(world: &World, token: Option<&str>, body: &Value, expect: &str, why: &str) {
    let before = world.sites().await;
    let answer = world.post(INSTALLED, token, body.to_string()).await;
    assert_eq!(answer.said(), expect, "{why}: {}", answer.body);
    assert!(!answer.body.contains("new-secret"), "{why}: the secret is not told back");
    assert_eq!(world.sites().await, before, "{why}: nothing changed");
}

#[tokio::test]
async fn an_install_that_atlassian_did_not_sign_is_refused() {
    let world = World::new().await;
    world.install("acme", "secret-1", ACME).await;
    world.install("globex", "secret-g", "https://globex.atlassian.net").await;
    let body = callback("acme", "new-secret", ACME);
    let good = world.claims("acme", "POST", INSTALLED);
    let with = |key: &str, value: Value| {
        let mut claims = good.clone();
        claims[key] = value;
        world.atlassian.rs256(&claims)
    };
    let without = |key: &str| {
        let mut claims = good.clone();
        claims.as_object_mut().unwrap().remove(key);
        world.atlassian.rs256(&claims)
    };
    let stranger = Installer::new(&world.atlassian.kid);
    let unknown = Installer::new("key-9");
    let sneaky = Installer::new("../key-1");
    let now = world.seconds();
    for (why, token) in [
        ("no key has signed it", sign::none(&good)),
        ("the shared secret has signed it", sign::hs256("secret-1", &good)),
        ("the public key was taken for a secret", sign::hs256(&world.atlassian.pem(), &good)),
        ("another key has signed it", stranger.rs256(&good)),
        ("its key is not known", unknown.rs256(&good)),
        ("its key id is a path", sneaky.rs256(&good)),
        ("it is another site's", with("iss", json!("globex"))),
        ("it is for another app", with("aud", json!(["https://other.example"]))),
        ("it has no audience", without("aud")),
        ("it is for another path", with("qsh", json!(sign::qsh("POST", "/connect/uninstalled")))),
        ("it is a page's", with("qsh", json!("context-qsh"))),
        ("it has no hash", without("qsh")),
        ("it has expired", with("exp", json!(now - 10))),
        ("it never expires", without("exp")),
        ("it lives for years", with("exp", json!(now + 400_000_000))),
        ("it comes from the future", with("iat", json!(now + 600))),
        ("it is no token", "x.y".to_owned()),
        ("it is huge", "x".repeat(1_000_000)),
    ] {
        refused(&world, Some(&token), &body, "401 unauthorized", why).await;
    }
    refused(&world, None, &body, "401 unauthorized", "there is no token").await;
}

#[tokio::test]
async fn an_install_with_a_bad_body_is_refused() {
    let world = World::new().await;
    world.install("acme", "secret-1", ACME).await;
    let token = world.atlassian.rs256(&world.claims("acme", "POST", INSTALLED));
    let with = |key: &str, value: Value| {
        let mut body = callback("acme", "new-secret", ACME);
        body[key] = value;
        body
    };
    for (why, body, expect) in [
        ("a mismatched client key", with("clientKey", json!("globex")), "401 unauthorized"),
        ("no client key", with("clientKey", json!("")), "400 malformed"),
        ("another app", with("key", json!("other")), "400 malformed"),
        ("no secret", with("sharedSecret", json!(null)), "400 malformed"),
        ("an empty secret", with("sharedSecret", json!("")), "400 malformed"),
        ("a secret that is none", with("sharedSecret", json!(7)), "400 malformed"),
        ("no address", with("baseUrl", json!(null)), "400 malformed"),
        ("a foreign address", with("baseUrl", json!("https://evil.example")), "400 malformed"),
        ("an address inside", with("baseUrl", json!("http://169.254.169.254")), "400 malformed"),
        ("an address with a user", with("baseUrl", json!("https://x@acme.atlassian.net")), "400 malformed"),
        ("a list", json!([]), "400 malformed"),
        ("too much", with("description", json!("x".repeat(70_000))), "413 too_large"),
    ] {
        refused(&world, Some(&token), &body, expect, why).await;
    }
}

#[tokio::test]
async fn only_the_site_itself_enables_and_disables() {
    let world = World::new().await;
    world.install("acme", "secret-1", ACME).await;
    world.install("globex", "secret-g", "https://globex.atlassian.net").await;
    let before = world.sites().await;
    let acme = json!({"key": "duplex-mirror", "clientKey": "acme"});
    let now = world.seconds();
    for path in ["/connect/enabled", "/connect/disabled"] {
        let claims = world.claims("acme", "POST", path);
        let page = json!({"iss": "acme", "sub": "u", "exp": now + 180, "qsh": "context-qsh"});
        for (why, token) in [
            ("wrong secret", sign::hs256("secret-g", &claims)),
            ("a page's token", sign::hs256("secret-1", &page)),
            ("another site", sign::hs256("secret-g", &world.claims("globex", "POST", path))),
            ("unknown site", sign::hs256("secret-1", &world.claims("nobody", "POST", path))),
            ("another path", sign::hs256("secret-1", &world.claims("acme", "POST", "/connect/installed"))),
            ("another method", sign::hs256("secret-1", &world.claims("acme", "GET", path))),
        ] {
            let answer = world.post(path, Some(&token), acme.to_string()).await;
            assert_eq!(answer.said(), "401 unauthorized", "{path}: {why}");
        }
        let bare = world.post(path, None, acme.to_string()).await;
        assert_eq!(bare.said(), "401 unauthorized", "{path}: no token, and not uninstalled");
    }
    let secret = world.site_says("/connect/uninstalled", "acme", "secret-1", &acme).await;
    assert_eq!(secret.said(), "401 unauthorized", "the shared secret does not uninstall");
    assert_eq!(world.sites().await, before);
}

#[tokio::test]
async fn the_descriptor_names_this_server() {
    let world = World::new().await;
    let request = http::Request::get("/atlassian-connect.json").body(axum::body::Body::empty()).unwrap();
    let answer = world.send(request).await;
    assert_eq!(answer.json()["baseUrl"], BASE);
}

#[tokio::test]
async fn below_a_path_a_proxy_may_strip_it_or_not() {
    let world = World::at("https://mirror.example/duplex").await;
    for (client_key, path) in [("acme", INSTALLED), ("globex", "/duplex/connect/installed")] {
        let mut claims = world.claims(client_key, "POST", INSTALLED);
        claims["aud"] = json!(["https://mirror.example/duplex"]);
        let body = callback(client_key, "secret-1", ACME).to_string();
        let answer = world.post(path, Some(&world.atlassian.rs256(&claims)), body).await;
        assert_eq!(answer.said(), "204", "{path}: {}", answer.body);
    }
    assert_eq!(world.post("/duplex/nowhere", None, "").await.said(), "404 not_found");
}
