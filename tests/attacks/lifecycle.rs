//! Installs that nobody made, or that somebody made long ago.

use crate::scene::{HOOK, Scene, post, rs256};
use anyhow::{Context, Result, ensure};
use duplex_server::store::sites::Site;
use http::Method;
use serde_json::{Value, json};

const INSTALLED: &str = "/connect/installed";
const UNINSTALLED: &str = "/connect/uninstalled";

async fn stored(scene: &Scene, site: &str) -> Result<Site> {
    let found = scene.world.store.sites.by_client_key(&scene.client_key(site)).await?;
    found.with_context(|| format!("{site} is not stored"))
}

/// A good callback of acme with another body.
fn with(scene: &Scene, changes: &Value) -> Value {
    let mut body = scene.callback("acme");
    for (name, value) in changes.as_object().expect("changes") {
        body[name] = value.clone();
    }
    body
}

#[tokio::test]
async fn an_install_is_believed_of_nobody_else() -> Result<()> {
    let scene = Scene::open().await?;
    let globex = scene.client_key("globex");
    for (why, body, expect) in [
        ("acme's token for globex", with(&scene, &json!({"clientKey": globex})), "401 unauthorized"),
        ("another app", with(&scene, &json!({"key": "another-app"})), "400 malformed"),
        ("a foreign address", with(&scene, &json!({"baseUrl": "https://evil.example"})), "400 malformed"),
        (
            "an address that only looks like it",
            { with(&scene, &json!({"baseUrl": "https://acme.atlassian.net.evil.example"})) },
            "400 malformed",
        ),
        (
            "an address with a homograph",
            with(&scene, &json!({"baseUrl": "https://аcme.atlassian.net"})),
            "400 malformed",
        ),
        (
            "an address with a password",
            { with(&scene, &json!({"baseUrl": "https://a:b@acme.atlassian.net"})) },
            "400 malformed",
        ),
        (
            "an address without TLS",
            with(&scene, &json!({"baseUrl": "http://acme.atlassian.net"})),
            "400 malformed",
        ),
        ("a file", with(&scene, &json!({"baseUrl": "file:///etc/passwd"})), "400 malformed"),
        ("no secret", with(&scene, &json!({"sharedSecret": ""})), "400 malformed"),
        ("no name", with(&scene, &json!({"clientKey": ""})), "400 malformed"),
        ("a name without end", with(&scene, &json!({"clientKey": "k".repeat(300)})), "400 malformed"),
    ] {
        let token = scene.by_installer("acme", INSTALLED);
        let answer = scene.refused(why, post(INSTALLED, Some(&token), body.to_string()), expect).await?;
        ensure!(!answer.text.contains("a-secret-of-the-attacker"), "{why}: the secret is told back");
    }
    Ok(())
}

/// Where an install wants us to call: what is no site's address is refused before anybody is asked there.
#[tokio::test]
async fn an_install_leads_us_nowhere_else() -> Result<()> {
    let scene = Scene::open().await?;
    for address in [
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://0/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:a9fe:a9fe]/",
        "https://[64:ff9b::a9fe:a9fe]/",
        "https://[fe80::1]/",
        "https://[fd00:ec2::254]/",
        "https://8.8.8.8/",
        "https://localhost/",
        "https://metadata.google.internal/",
        "https://acme.atlassian.net.:443/",
        "https://acme.atlassian.net:8443/",
        "https://acme.atlassian.net@evil.example/",
        "https://evil.example#acme.atlassian.net",
        "https://evil.example/?x=acme.atlassian.net",
        "https://xn--cme-5cd.atlassian.net/",
        "https://a.acme.atlassian.net/",
        "https://acme.atlassian.net/?x=1",
        "gopher://acme.atlassian.net/",
        "//acme.atlassian.net",
        "acme.atlassian.net",
        "",
    ] {
        let token = scene.by_installer("acme", INSTALLED);
        let body = with(&scene, &json!({"baseUrl": address})).to_string();
        scene.refused(address, post(INSTALLED, Some(&token), body), "400 malformed").await?;
    }
    Ok(())
}

/// The installer's tokens are bound to an address, not to a body: who gets hold of one must gain nothing by it.
#[tokio::test]
async fn an_install_shown_again_undoes_nothing() -> Result<()> {
    let mut scene = Scene::open().await?;
    let old = scene.by_installer("acme", INSTALLED);
    let first = with(&scene, &json!({"sharedSecret": "first-secret"})).to_string();
    let said = scene.knock(post(INSTALLED, Some(&old), first.clone())).await?.said();
    ensure!(said == "204", "{said}");
    ensure!(
        scene.knock(post(INSTALLED, Some(&old), first.clone())).await?.said() == "204",
        "Jira repeats itself"
    );
    let changed = with(&scene, &json!({"sharedSecret": "stolen"})).to_string();
    scene
        .refused("the same token, another secret", post(INSTALLED, Some(&old), changed), "401 unauthorized")
        .await?;

    scene.world.pass(10_000).await?;
    let new = scene.by_installer("acme", INSTALLED);
    let second = with(&scene, &json!({"sharedSecret": "second-secret"})).to_string();
    ensure!(scene.knock(post(INSTALLED, Some(&new), second)).await?.said() == "204", "a new install");
    scene.refused("the old install", post(INSTALLED, Some(&old), first.clone()), "401 unauthorized").await?;
    ensure!(stored(&scene, "acme").await?.secret.expose() == "second-secret", "the secret that counts");

    scene.world.pass(10_000).await?;
    let gone = scene.by_installer("acme", UNINSTALLED);
    let body = scene.callback("acme").to_string();
    ensure!(scene.knock(post(UNINSTALLED, Some(&gone), body.clone())).await?.said() == "204", "it leaves");
    scene
        .refused("an install from before", post(INSTALLED, Some(&new), first.clone()), "401 unauthorized")
        .await?;

    scene.world.pass(10_000).await?;
    let back = scene.by_installer("acme", INSTALLED);
    ensure!(scene.knock(post(INSTALLED, Some(&back), first)).await?.said() == "204", "it comes back");
    scene.refused("the uninstall again", post(UNINSTALLED, Some(&gone), body), "401 unauthorized").await?;
    Ok(())
}

#[tokio::test]
async fn a_site_that_left_has_no_say() -> Result<()> {
    let scene = Scene::open().await?;
    let page = scene.page_token("acme", "admin").await?;
    let hook = scene.by_site("acme", &scene.claims("acme", "POST", HOOK));
    let enable = scene.by_site("acme", &scene.claims("acme", "POST", "/connect/enabled"));
    scene.site("acme").person("admin").uninstall("duplex-mirror").await?;
    let callback = scene.callback("acme").to_string();
    let event = json!({"webhookEvent": "comment_created"}).to_string();
    scene.refused("an event", post(HOOK, Some(&hook), event), "401 unauthorized").await?;
    scene.refused("enabled", post("/connect/enabled", Some(&enable), callback), "401 unauthorized").await?;
    let me = crate::scene::request(Method::GET, "/api/v1/me", Some(&page), "");
    scene.refused("a page", me, "401 unauthorized").await?;
    Ok(())
}

/// A tenant that gives another's address as its own gets a tenancy of its own, and nothing of the other's.
#[tokio::test]
async fn another_sites_address_brings_nothing_of_that_site() -> Result<()> {
    let scene = Scene::open().await?;
    let acme = stored(&scene, "acme").await?;
    let mut claims = scene.claims("acme", "POST", INSTALLED);
    claims["iss"] = json!("evil-key");
    let body = with(&scene, &json!({"clientKey": "evil-key"}));
    let answer = scene.knock(post(INSTALLED, Some(&rs256(&claims)), body.to_string())).await?;
    ensure!(answer.said() == "204", "{}", answer.text);
    let evil = scene.world.store.sites.by_client_key("evil-key").await?.context("a tenant")?;
    ensure!(evil.site != acme.site, "a tenant of its own");
    ensure!(stored(&scene, "acme").await? == acme, "acme is as it was");
    ensure!(scene.world.store.syncs.of_site(&evil.site).await?.is_empty(), "and has nothing of acme's");
    Ok(())
}

#[tokio::test]
async fn nobody_disables_or_removes_another_site() -> Result<()> {
    let scene = Scene::open().await?;
    let body = scene.callback("acme").to_string();
    scene
        .refused("disabled, and no token", post("/connect/disabled", None, body.clone()), "401 unauthorized")
        .await?;
    for path in ["/connect/enabled", "/connect/disabled"] {
        let token = scene.by_site("globex", &scene.claims("globex", "POST", path));
        scene.refused("globex for acme", post(path, Some(&token), body.clone()), "401 unauthorized").await?;
    }
    let token = scene.by_installer("globex", UNINSTALLED);
    scene.refused("globex removes acme", post(UNINSTALLED, Some(&token), body), "401 unauthorized").await?;
    let mut unknown = scene.callback("acme");
    unknown["clientKey"] = json!("nobody");
    scene
        .refused(
            "a site that never was",
            post("/connect/disabled", None, unknown.to_string()),
            "401 unauthorized",
        )
        .await?;
    Ok(())
}
