//! The leak drill: what it finds, what it leaves, and what a start has to do with it.

use crate::tale::QUARTER_MS;
use anyhow::{Context, Result, bail, ensure};
use duplex_core::drill::{Report, Verdict};
use duplex_core::id::{AccountId, Side};
use duplex_server::crash;
use duplex_server::secret::Secret;
use duplex_server::setup::{Choice, Drilled, SetupError};
use duplex_server::store::customers::TestCustomer;
use duplex_server::store::syncs::Sync;
use duplex_tests::guide;
use duplex_tests::person::Site;
use duplex_tests::scenario::Desk;
use duplex_tests::world::{World, host};
use jira_twin::faults::FaultPlan;
use jira_twin::model::Leak;
use serde_json::json;
use std::future::Future;
use std::task::Poll;

const SCRATCH: &str = "Duplex leak drill";
/// Longer than a drill counts as under way.
const DEAD_MS: i64 = 6 * 60_000;
/// Longer than two drills lie apart.
const REST_MS: i64 = 31_000;

/// The guide's sync, published and stopped, and how it is drilled.
struct Scene {
    world: World,
    a: Desk,
    b: Desk,
    sync: Sync,
}

impl Scene {
    async fn open() -> Result<Self> {
        Self::with(|text| text).await
    }

    async fn with(change: impl FnOnce(String) -> String) -> Result<Self> {
        let (world, a, b) = World::guide_with(change).await?;
        let sync = world.store.syncs.all().await?.remove(0);
        world.setup.stop(&sync, &by()).await?;
        let sync = world.setup.sync(&sync.sync).await?;
        Ok(Self { world, a, b, sync })
    }

    /// The operator names a customer of both sites.
    async fn name_customers(&self, token: &str) -> Result<()> {
        for site in [&self.a.site, &self.b.site] {
            let row = self.world.store.sites.all().await?.into_iter().find(|it| it.base_url == site.base_url);
            let customer = TestCustomer {
                account: AccountId::new(site.person("customer1").account().await?),
                email: format!("customer1@{}.example", site.name),
                token: Secret::new(token),
            };
            self.world.store.customers.put(&row.context("the site")?.site, &customer).await?;
        }
        Ok(())
    }

    async fn drill(&self) -> Result<Drilled> {
        self.world.jump(REST_MS);
        Ok(self.world.setup.drill(&self.sync, &by()).await?)
    }

    /// `Ok`, or the name of the refusal.
    async fn start(&self) -> Result<&'static str> {
        match self.world.setup.start(&self.sync, Choice::Configured, &by()).await {
            Ok(()) => Ok("started"),
            Err(SetupError::DrillFailed) => Ok("failed"),
            Err(SetupError::DrillUnended) => Ok("unended"),
            Err(other) => bail!(other),
        }
    }

    /// Nothing that a drill made is on any site, and no row says that something may be.
    async fn is_clean(&self) -> Result<()> {
        for site in [&self.a.site, &self.b.site] {
            let left = scratch_issues(&self.world, site);
            ensure!(left.is_empty(), "on {}: {left:?}", site.name);
        }
        let rows = self.world.store.drills.left(&self.sync.tenant, &self.sync.sync).await?;
        ensure!(rows.is_empty(), "{rows:?}");
        Ok(())
    }
}

fn by() -> AccountId {
    AccountId::new("operator")
}

/// The keys of all scratch issues of a site, copies of one included.
fn scratch_issues(world: &World, site: &Site) -> Vec<String> {
    world.twin.with_site(&site.name, |site| {
        let all = site.issues.values().map(|issue| &issue.head);
        all.filter(|head| head.summary().contains(SCRATCH)).map(|head| head.key.clone()).collect()
    })
}

fn leak(world: &World, site: &Site, leak: Option<Leak>) {
    world.twin.with_site(&site.name, |site| site.leak = leak);
}

fn sentences(report: &Report) -> String {
    report.lines.iter().map(|line| format!("{}: {}\n", line.side, line.sentence)).collect()
}

#[tokio::test]
async fn a_customer_looks_and_all_is_taken_away() -> Result<()> {
    let scene = Scene::open().await?;
    let (calls, customers) = (scene.world.mark(), ["A", "B"]);
    let blind = scene.drill().await?;
    assert_eq!(blind.report.verdict, Verdict::PortalNotSeen, "{blind:#?}");
    scene.name_customers("customer1-token").await?;
    let seen = scene.drill().await?;
    assert_eq!(seen.report.verdict, Verdict::Passed, "{seen:#?}");
    for side in customers {
        let both = (sentences(&blind.report), sentences(&seen.report));
        ensure!(both.0.contains(&format!("Side {side}: flag verified, portal not seen")), "{both:?}");
        ensure!(both.1.contains(&format!("test customer of side {side} sees the public canary")), "{both:?}");
    }
    assert_eq!((blind.left.len(), seen.left.len()), (0, 0));
    scene.is_clean().await?;
    let posted = scene.world.calls_since(calls);
    let posted = |end: &str| posted.iter().filter(|it| it.method == "POST" && it.path.ends_with(end)).count();
    assert_eq!((posted("/rest/api/3/issue"), posted("/comment"), posted("/participant")), (4, 8, 2));
    let log = scene.world.rows().await?;
    ensure!(
        log.iter().any(|row| row.starts_with("activity|") && row.contains("ran the leak drill: it passed"))
    );
    assert_eq!(scene.start().await?, "started");
    Ok(())
}

#[tokio::test]
async fn what_leaks_is_found_and_bars_the_start() -> Result<()> {
    for (why, leaks, named, verdict, says, starts) in [
        (
            "a rule takes the flag off",
            Leak::Flag,
            true,
            Verdict::Failed,
            "sees the internal canary",
            "failed",
        ),
        ("the same, unseen", Leak::Flag, false, Verdict::Failed, "shows the internal canary", "failed"),
        (
            "a portal that shows all",
            Leak::Portal,
            true,
            Verdict::Failed,
            "sees the internal canary",
            "failed",
        ),
        ("the same, unseen", Leak::Portal, false, Verdict::PortalNotSeen, "portal not seen", "started"),
    ] {
        let scene = Scene::open().await?;
        if named {
            scene.name_customers("customer1-token").await?;
        }
        leak(&scene.world, &scene.b.site, Some(leaks));
        let drilled = scene.drill().await?;
        assert_eq!(drilled.report.verdict, verdict, "{why}: {drilled:#?}");
        ensure!(
            drilled.report.lines.iter().any(|it| it.side == Side::B && it.sentence.contains(says)),
            "{why}"
        );
        scene.is_clean().await?;
        assert_eq!(scene.start().await?, starts, "{why}");
        if starts == "failed" {
            leak(&scene.world, &scene.b.site, None);
            assert_ne!(scene.drill().await?.report.verdict, Verdict::Failed, "{why}, mended");
            assert_eq!(scene.start().await?, "started", "{why}, mended");
        }
    }
    Ok(())
}

/// A map that widens is what an admin wanted; the drill says what comes of it, and he says that it is meant so.
#[tokio::test]
async fn a_widened_map_fails_until_somebody_skips_it() -> Result<()> {
    let widened = |part: &str| part.replace("internal = \"internal\"\n", "internal = \"public\"\n");
    let scene = Scene::with(|text| guide::changed(&text, "a", widened)).await?;
    scene.name_customers("customer1-token").await?;
    assert_eq!(scene.start().await?, "started", "never drilled");
    scene.world.setup.stop(&scene.sync, &by()).await?;
    let drilled = scene.drill().await?;
    assert_eq!(drilled.report.verdict, Verdict::Failed, "{drilled:#?}");
    let said = sentences(&drilled.report);
    ensure!(said.contains("B: Side A maps internal comments to public ones"), "{said}");
    ensure!(said.contains("A: The test customer of side A sees the public canary, and not"), "{said}");
    scene.is_clean().await?;
    assert_eq!(scene.start().await?, "failed");
    let admin = AccountId::new("the admin");
    scene.world.setup.skip_drill(&scene.sync, &admin).await?;
    assert_eq!(scene.start().await?, "started");
    let last =
        scene.world.store.drills.last(&scene.sync.tenant, &scene.sync.sync).await?.context("a drill")?;
    assert_eq!((last.skipped, last.author, last.version), (true, admin, scene.sync.version));
    let log = scene.world.rows().await?;
    ensure!(log.iter().any(|row| row.starts_with("activity|") && row.contains("skipped the leak drill")));
    Ok(())
}

/// What failed was another configuration.
#[tokio::test]
async fn a_new_configuration_is_not_held_by_the_drill_of_the_old_one() -> Result<()> {
    let scene = Scene::open().await?;
    leak(&scene.world, &scene.a.site, Some(Leak::Flag));
    assert_eq!(scene.drill().await?.report.verdict, Verdict::Failed);
    assert_eq!(scene.start().await?, "failed");
    let text = guide::config("pair", (host(&scene.a.site), "ITA"), (host(&scene.b.site), "ITB"));
    let narrowed = |part: &str| part.replace("internal = \"internal\"\n", "internal = \"nothing\"\n");
    scene.world.apply(&guide::changed(&text, "a", narrowed)).await?;
    Ok(())
}

/// A drill that can't look proves nothing.
#[tokio::test]
async fn who_can_not_look_has_not_passed() -> Result<()> {
    let scene = Scene::open().await?;
    scene.name_customers("a token that was revoked").await?;
    let drilled = scene.drill().await?;
    assert_eq!(drilled.report.verdict, Verdict::Failed, "{drilled:#?}");
    ensure!(sentences(&drilled.report).contains("could not look: the site answered him 401"), "{drilled:#?}");
    scene.is_clean().await?;
    for (method, path, status, says) in [
        ("POST", "/rest/api/3/issue", 400, "could not be made"),
        ("POST", "/rest/api/3/issue", 403, "could not be made"),
        ("POST", "*/participant", 403, "could not be let in"),
        ("POST", "*/comment", 403, "could not be posted"),
        ("GET", "*/comment", 503, "could not be read"),
    ] {
        scene.world.faults(serde_json::from_value(json!({"rules": [
            {"site": "globex", "method": method, "path": path, "effect": {"status": {"code": status}}},
        ]}))?);
        let drilled = scene.drill().await?;
        ensure!(sentences(&drilled.report).contains(says), "{path} {status}: {drilled:#?}");
        assert_eq!(drilled.report.verdict, Verdict::Failed, "{path} {status}");
        assert_eq!(scene.start().await?, "failed", "{path} {status}");
        scene.world.faults(FaultPlan::default());
        scene.is_clean().await?;
    }
    Ok(())
}

/// The answer to a creation is lost: the issue is found by its stamp, once search shows it.
#[tokio::test]
async fn an_issue_whose_answer_was_lost_is_found_by_its_stamp() -> Result<()> {
    for (happened, effect) in [
        (1, json!("timeoutAfter")),
        (0, json!("timeoutBefore")),
        (1, json!("garbled")),
        (0, json!({"status": {"code": 503}})),
    ] {
        let scene = Scene::open().await?;
        scene.world.faults(serde_json::from_value(json!({"rules": [
            {"method": "POST", "path": "/rest/api/3/issue", "times": 1, "effect": effect},
        ]}))?);
        let drilled = scene.drill().await?;
        assert_eq!(drilled.report.verdict, Verdict::Failed, "{effect}: {drilled:#?}");
        assert_eq!(drilled.left.len(), 1, "{effect}: nobody knows: {drilled:#?}");
        assert_eq!(scratch_issues(&scene.world, &scene.a.site).len(), happened, "{effect}");
        scene.world.jump(QUARTER_MS);
        let again = scene.drill().await?;
        assert_eq!((again.report.verdict, again.left.len()), (Verdict::PortalNotSeen, 0), "{effect}");
        scene.is_clean().await?;
    }
    Ok(())
}

/// Runs a drill that dies at the `n`th place where one can. Answers where; `None`: there are not so many.
async fn dies(scene: &Scene, n: u64) -> Result<Option<&'static str>> {
    let operator = by();
    crash::aim(Some(n));
    let mut work = Box::pin(scene.world.setup.drill(&scene.sync, &operator));
    let struck = std::future::poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(done.map(|_| None)),
        // What is struck wakes nobody.
        Poll::Pending => match crash::struck() {
            Some(place) => Poll::Ready(Ok(Some(place))),
            None => Poll::Pending,
        },
    })
    .await;
    crash::aim(None);
    Ok(struck?)
}

#[tokio::test]
async fn a_drill_that_dies_anywhere_leaves_nothing_that_the_next_one_does_not_find() -> Result<()> {
    let mut scene = Scene::open().await?;
    scene.name_customers("customer1-token").await?;
    let mut places = Vec::new();
    for n in 0.. {
        scene.world.jump(DEAD_MS);
        let Some(place) = dies(&scene, n).await? else { break };
        places.push(place);
        scene.world.crash().await?;
        let ended = scene.world.store.drills.last(&scene.sync.tenant, &scene.sync.sync).await?;
        // Only what was judged and recorded has passed.
        let expect = match ended {
            Some(last) if last.report.is_some() => "started",
            Some(_) => "unended",
            None => "started",
        };
        assert_eq!(scene.start().await?, expect, "{n}: {place}");
        scene.world.setup.stop(&scene.sync, &by()).await?;
        scene.world.jump(DEAD_MS);
        let next = scene.world.setup.drill(&scene.sync, &by()).await?;
        assert_eq!((next.report.verdict, next.left.len()), (Verdict::Passed, 0), "{n}: {place}: {next:#?}");
        scene.is_clean().await.with_context(|| format!("{n}: {place}"))?;
    }
    for place in
        ["drill.begun", "drill.intended", "drill.created", "drill.posted", "drill.seen", "drill.judged"]
    {
        ensure!(places.contains(&place), "no drill died at {place}: {places:?}");
    }
    Ok(())
}

#[tokio::test]
async fn two_drills_at_once_are_one() -> Result<()> {
    let scene = Scene::open().await?;
    scene.world.jump(REST_MS);
    let (operator, admin) = (by(), AccountId::new("admin"));
    let (one, two) = tokio::join!(
        scene.world.setup.drill(&scene.sync, &operator),
        scene.world.setup.drill(&scene.sync, &admin)
    );
    let refused = [one.err(), two.err()].into_iter().flatten().collect::<Vec<_>>();
    ensure!(matches!(refused[..], [SetupError::DrillUnderWay { .. }]), "{refused:?}");
    let soon = scene.world.setup.drill(&scene.sync, &admin).await;
    ensure!(matches!(soon, Err(SetupError::DrillUnderWay { .. })), "at once after another: {soon:?}");
    scene.is_clean().await
}

/// The app may not delete issues: the scratch issue stays, empty, and serves again. No sync takes it for people's.
#[tokio::test]
async fn a_scratch_issue_that_stays_is_never_mirrored() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    let c = Desk::at(&world.globex, "ITC");
    world.mirror("next", &b, &c, |text| text).await?;
    let sync = world.store.syncs.all().await?.into_iter().find(|sync| sync.name == "pair").context("pair")?;
    let mut scene = Scene { world, a, b, sync };
    let no_deletion: FaultPlan = serde_json::from_value(json!({"rules": [
        {"method": "DELETE", "path": "*/comment/*", "effect": {"slow": {"ms": 0}}},
        {"method": "DELETE", "path": "/rest/api/3/issue/*", "effect": {"status": {"code": 403}}},
    ]}))?;
    scene.world.faults(no_deletion.clone());
    let mut kept = Vec::new();
    for round in 0..3 {
        let drilled = scene.drill().await?;
        assert_eq!(drilled.report.verdict, Verdict::PortalNotSeen, "{round}: {drilled:#?}");
        assert_eq!(drilled.left.len(), 2, "{round}: {drilled:#?}");
        scene.world.faults(FaultPlan::default());
        scene.world.settle().await?;
        scene.world.pass(QUARTER_MS).await?;
        scene.world.faults(no_deletion.clone());
        let now = [scratch_issues(&scene.world, &scene.a.site), scratch_issues(&scene.world, &scene.b.site)];
        ensure!(now.iter().all(|keys| keys.len() == 1), "{round}: {now:?}");
        for (desk, keys) in [(&scene.a, &now[0]), (&scene.b, &now[1])] {
            ensure!(desk.agent.comments(&keys[0]).await?.is_empty(), "{round}: {} has comments", keys[0]);
        }
        kept.push(now);
    }
    ensure!(kept.windows(2).all(|two| two[0] == two[1]), "another one each time: {kept:?}");
    ensure!(scene.world.troubles().await?.is_empty());
    scene.world.faults(FaultPlan::default());
    let drilled = scene.drill().await?;
    assert_eq!(drilled.left, [], "may delete them now");
    scene.world.settle().await?;
    let rows = scene.world.rows().await?;
    let known: Vec<_> =
        rows.iter().filter(|row| row.starts_with("links|") || row.starts_with("ends|")).collect();
    ensure!(known.is_empty(), "still remembered as issues of people: {known:?}");
    scene.is_clean().await
}
