//! Floods: who sends too much waits alone.

use crate::scene::{Answer, HOOK, Scene, hs256, post, request};
use anyhow::{Context, Result, ensure};
use axum::body::Body;
use axum::extract::ConnectInfo;
use duplex_tests::scenario::Desk;
use http::{Method, Request, header};
use serde_json::json;
use std::collections::BTreeMap;
use std::net::SocketAddr;

/// The address that events of all sites of Jira Cloud come from.
const JIRA: &str = "13.52.5.96:443";
const ELSEWHERE: &str = "8.8.8.8:443";

impl Scene {
    fn event_of(&self, site: &str) -> Request<Body> {
        let token = self.by_site(site, &self.claims(site, "POST", HOOK));
        post(HOOK, Some(&token), json!({"webhookEvent": "comment_created"}).to_string())
    }

    async fn knock_from(&self, address: &str, mut request: Request<Body>) -> Result<Answer> {
        request.extensions_mut().insert(ConnectInfo(address.parse::<SocketAddr>()?));
        self.knock(request).await
    }

    /// How often what was answered.
    async fn answers(
        &self,
        address: &str,
        times: usize,
        request: impl Fn() -> Request<Body>,
    ) -> Result<BTreeMap<String, usize>> {
        let mut said = BTreeMap::new();
        for _ in 0..times {
            let answer = self.knock_from(address, request()).await?;
            if answer.head.status == 429 {
                let after = answer.head.headers.get(header::RETRY_AFTER).context("no Retry-After")?;
                ensure!((1..=60).contains(&after.to_str()?.parse::<u64>()?), "{after:?}");
                ensure!(answer.text.contains("Send it again after"), "{}", answer.text);
            }
            *said.entry(answer.said()).or_default() += 1;
        }
        Ok(said)
    }
}

fn counts<const N: usize>(of: [(&str, usize); N]) -> BTreeMap<String, usize> {
    of.into_iter().map(|(said, times)| (said.to_owned(), times)).collect()
}

#[tokio::test]
async fn a_site_that_floods_waits_alone() -> Result<()> {
    let scene = Scene::with(&["--events-per-minute", "60", "--page-calls-per-minute", "20"]).await?;
    scene.world.jump(60_000);
    let acme = scene.answers(JIRA, 300, || scene.event_of("acme")).await?;
    ensure!(acme == counts([("204", 60), ("429 too_many", 240)]), "{acme:?}");
    let globex = scene.answers(JIRA, 60, || scene.event_of("globex")).await?;
    ensure!(globex == counts([("204", 60)]), "from the same address: {globex:?}");
    scene.world.jump(10_000);
    let later = scene.answers(JIRA, 30, || scene.event_of("acme")).await?;
    ensure!(later == counts([("204", 10), ("429 too_many", 20)]), "{later:?}");

    let token = scene.page_token("acme", "admin").await?;
    let me = || request(Method::GET, "/api/v1/me", Some(&token), "");
    let pages = scene.answers(ELSEWHERE, 40, me).await?;
    ensure!(
        pages == counts([("200", 20), ("429 too_many", 20)]),
        "pages have a pace of their own: {pages:?}"
    );
    Ok(())
}

#[tokio::test]
async fn strangers_use_up_their_address_and_nobody_elses() -> Result<()> {
    let scene = Scene::with(&["--stranger-calls-per-minute", "30"]).await?;
    scene.world.jump(60_000);
    let claims = scene.claims("acme", "POST", HOOK);
    let forged = || post(HOOK, Some(&hs256(&claims, b"guess")), "{}");
    let flood = scene.answers(ELSEWHERE, 100, forged).await?;
    ensure!(flood == counts([("401 unauthorized", 30), ("429 too_many", 70)]), "{flood:?}");
    for (why, request) in [
        ("a path that is none", request(Method::GET, "/nowhere", None, "")),
        ("the page's files", request(Method::GET, "/connect/assets/x.js", None, "")),
        ("the descriptor", request(Method::GET, "/atlassian-connect.json", None, "")),
    ] {
        ensure!(scene.knock_from(ELSEWHERE, request).await?.said() == "429 too_many", "{why}");
    }
    let mut disguised = forged();
    disguised.headers_mut().insert("x-forwarded-for", "1.2.3.4".parse()?);
    ensure!(
        scene.knock_from(ELSEWHERE, disguised).await?.said() == "429 too_many",
        "another name is not believed"
    );
    ensure!(scene.knock_from("9.9.9.9:1", forged()).await?.said() == "401 unauthorized", "another address");

    // Behind the operator's own proxy, callers are told apart by what it says.
    for (caller, expect) in [("8.8.8.8", "429 too_many"), ("9.9.9.8", "401 unauthorized")] {
        let mut proxied = forged();
        proxied.headers_mut().insert("x-forwarded-for", format!("1.2.3.4, {caller}").parse()?);
        ensure!(scene.knock_from("10.0.0.2:1", proxied).await?.said() == expect, "{caller}");
    }
    Ok(())
}

/// All of Jira's sites share its addresses: a flood of forgeries from there holds up none that was proved there before.
#[tokio::test]
async fn strangers_at_jiras_own_address_hold_up_no_site() -> Result<()> {
    let scene = Scene::with(&["--stranger-calls-per-minute", "30"]).await?;
    scene.world.jump(60_000);
    ensure!(scene.knock_from(JIRA, scene.event_of("acme")).await?.said() == "204");
    let claims = scene.claims("globex", "POST", HOOK);
    let flood = scene.answers(JIRA, 100, || post(HOOK, Some(&hs256(&claims, b"guess")), "{}")).await?;
    ensure!(flood["429 too_many"] == 70, "{flood:?}");
    let acme = scene.answers(JIRA, 100, || scene.event_of("acme")).await?;
    ensure!(acme == counts([("204", 100)]), "{acme:?}");
    Ok(())
}

/// Events that are in order, for issues that nobody has: the flood's work does not go before a neighbour's.
#[tokio::test]
async fn a_neighbours_work_does_not_wait_for_the_floods() -> Result<()> {
    const FLOOD: usize = 400;
    let mut scene = Scene::open().await?;
    let site = scene.site("initech").clone();
    let (c, d) = (Desk::at(&site, "ITC"), Desk::at(&site, "ITD"));
    scene.world.mirror("neighbour", &c, &d, |text| text).await?;
    for n in 0..FLOOD {
        let mut event = scene.event();
        event["issue"]["id"] = json!((1_000_000 + n).to_string());
        let token = scene.by_site("acme", &scene.claims("acme", "POST", HOOK));
        ensure!(scene.knock(post(HOOK, Some(&token), event.to_string())).await?.said() == "204");
    }
    let mark = scene.world.mark();
    c.customer.raise("ITC", "Get IT Help", "From next door", "Now, please.").await?;
    scene.world.settle().await?;
    let calls = scene.world.calls_since(mark);
    let made = calls.iter().position(|call| call.site == "initech" && call.write).context("the copy")?;
    let flood = calls.iter().filter(|call| call.site == "acme").count();
    eprintln!("The neighbour's issue was made after {made} calls; the flood made {flood} in all.");
    ensure!(flood >= FLOOD / 100, "the flood did nothing: {flood}");
    ensure!(made <= 20, "the neighbour waited for {made} calls");
    Ok(())
}
