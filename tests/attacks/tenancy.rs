//! One tenant at another's things: every route of the admin API, as its table lists them.

use crate::scene::Scene;
use anyhow::{Result, ensure};
use duplex_server::http::{Asks, ROUTES, Route};
use http::Method;
use serde_json::{Value, json};

const ADMIN_A: (&str, &str) = ("acme", "admin");
const ADMIN_B: (&str, &str) = ("globex", "admin");
/// Administers initech, which has nothing to do with acme's and globex's mirror.
const STRANGER: (&str, &str) = ("initech", "admin");

/// Names of real things that the mirror has, for the places in a route's path.
struct Names {
    sync: String,
    project: String,
    link: String,
    id: String,
}

impl Names {
    fn path(&self, route: &Route) -> String {
        let named = [
            ("{sync}", &self.sync),
            ("{project}", &self.project),
            ("{link}", &self.link),
            ("{id}", &self.id),
            ("{version}", &"1".to_owned()),
        ];
        let path = named.iter().fold(route.path.to_owned(), |path, (name, value)| path.replace(name, value));
        assert!(!path.contains('{'), "{path}: a place that this test does not fill");
        path
    }
}

impl Scene {
    async fn names(&self, sync: &str) -> Result<Names> {
        let found = self.world.store.syncs.get(&sync.into()).await?.expect("a sync");
        let links = self.world.store.links.find(&found.ends.a.site, &self.issue_id().as_str().into()).await?;
        Ok(Names {
            sync: sync.to_owned(),
            project: found.ends.a.project.to_string(),
            link: links[0].link.to_string(),
            id: "1".to_owned(),
        })
    }

    fn issue_id(&self) -> String {
        self.event()["issue"]["id"].as_str().expect("an id").to_owned()
    }

    /// A body that would do, were it sent by whom it may be sent.
    async fn body(&self, route: &Route, names: &Names) -> Result<Option<Value>> {
        let draft =
            async || self.done(ADMIN_A, Method::GET, &format!("/syncs/{}/draft", self.sync), None).await;
        let file = async || {
            let request =
                self.page(ADMIN_A, Method::GET, &format!("/syncs/{}/file", self.sync), None).await?;
            anyhow::Ok(self.knock(request).await?.text)
        };
        Ok(Some(match (route.verb(), route.path) {
            (Method::GET | Method::DELETE, _) => return Ok(None),
            (_, "/syncs") => json!({"name": "x", "a": names.project, "b": names.project}),
            (_, "/syncs/{sync}") => json!({"name": "Taken over"}),
            (_, "/syncs/{sync}/draft") => json!({"version": 0, "config": draft().await?["config"]}),
            (_, "/syncs/{sync}/draft/publish") => json!({"version": 1}),
            (_, "/syncs/{sync}/file") => json!({"version": 0, "toml": file().await?}),
            (_, "/syncs/{sync}/scope/verify") => json!({"side": "a", "jql": "priority = High"}),
            (_, "/syncs/{sync}/resync") => json!({"jql": "priority = High"}),
            (_, "/syncs/{sync}/parked/ignore") => {
                json!({"link": names.link, "element": {"element": "issue"}})
            }
            (_, "/invitations") => json!({"name": "x", "project": names.project}),
            (_, "/invitations/accept") => json!({"token": "x", "project": names.project}),
            (_, "/invitations/inspect") => json!({"token": "x"}),
            (_, "/panel/{sync}/sync-now") => json!({"issue": self.issue_id()}),
            _ => json!({}),
        }))
    }
}

#[tokio::test]
async fn a_stranger_finds_nothing_of_others_and_changes_nothing() -> Result<()> {
    let scene = Scene::open().await?;
    let names = scene.names(&scene.sync).await?;
    let mut tried = 0;
    for route in ROUTES.iter().filter(|route| route.path.contains("{sync}")) {
        let (path, body) = (names.path(route), scene.body(route, &names).await?);
        for who in [STRANGER, ("acme", "agent1"), ("acme", "customer1"), ("globex", "agent1")] {
            // A reader of the issue may look at the panel: on his own site he is no stranger.
            if route.asks == Asks::Reader && who != STRANGER {
                continue;
            }
            let attempt = scene.page(who, route.verb(), &path, body.as_ref()).await?;
            let theirs = scene.refused(&format!("{who:?}"), attempt, "404 not_found").await?;
            let nobodys = Names { sync: "none".to_owned(), ..scene.names(&scene.sync).await? }.path(route);
            let attempt = scene.page(who, route.verb(), &nobodys, body.as_ref()).await?;
            let nobodys = scene.refused(&format!("{who:?}"), attempt, "404 not_found").await?;
            ensure!(theirs.text == nobodys.text, "{who:?} learns from {route:?}: {}", theirs.text);
            tried += 1;
        }
    }
    ensure!(tried > 100, "the table has shrunk to {tried} attempts");
    for (who, path) in [(STRANGER, "/syncs"), (STRANGER, "/invitations"), (("acme", "agent1"), "/syncs")] {
        ensure!(scene.done(who, Method::GET, path, None).await? == json!([]), "{who:?} {path}");
    }
    Ok(())
}

/// The right sync in the path, and somebody else's pair, conflict or draft behind it.
#[tokio::test]
async fn what_belongs_to_another_sync_is_not_reached_through_ones_own() -> Result<()> {
    let scene = Scene::open().await?;
    let theirs = scene.names(&scene.sync).await?;
    for (who, site) in [(STRANGER, "initech"), (ADMIN_A, "acme")] {
        let new = json!({"name": "Own", "a": scene.project(site, "ITC"), "b": scene.project(site, "ITD")});
        let own = scene.done(who, Method::POST, "/syncs", Some(&new)).await?;
        let own =
            Names { sync: own["id"].as_str().expect("an id").to_owned(), ..scene.names(&scene.sync).await? };
        for route in ROUTES.iter().filter(|it| it.path.contains("{link}") || it.path.contains("{id}")) {
            let attempt = scene.page(who, route.verb(), &own.path(route), Some(&json!({}))).await?;
            let nobodys = Names {
                link: "none".to_owned(),
                id: "none".to_owned(),
                sync: own.sync.clone(),
                project: own.project.clone(),
            };
            let nobodys = scene.page(who, route.verb(), &nobodys.path(route), Some(&json!({}))).await?;
            let nobodys = scene.knock(nobodys).await?;
            let said = nobodys.said();
            ensure!(said == "404 not_found" || said == "422 stopped", "{route:?}: {said}");
            let theirs = scene.refused("another's pair", attempt, &said).await?;
            ensure!(theirs.text == nobodys.text, "{route:?} tells: {}", theirs.text);
        }
        for path in ["retry", "ignore"] {
            let path = format!("/syncs/{}/parked/{path}", own.sync);
            for element in
                [json!({"element": "issue"}), json!({"element": "comment", "origin": "a", "id": "1"})]
            {
                let body = json!({"link": theirs.link, "element": element});
                let attempt = scene.page(who, Method::POST, &path, Some(&body)).await?;
                let said = scene.knock(attempt).await?.said();
                ensure!(said == "404 not_found", "{path} {body}: {said}");
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_project_is_for_its_admins_whatever_the_route() -> Result<()> {
    let scene = Scene::open().await?;
    scene.appoint(("acme", "agent2"), "ITC").await?;
    let names = scene.names(&scene.sync).await?;
    let odd = ["10001 OR 1=1", "10001) OR (1=1", "-1", "0", "99999999999999999999", "ITA'--", "", "ITA,ITB"];
    for route in ROUTES.iter().filter(|route| route.asks == Asks::ProjectAdmin) {
        let (path, body) = (names.path(route), scene.body(route, &names).await?);
        for who in [("acme", "agent2"), ("acme", "agent1"), ("acme", "customer1")] {
            let attempt = scene.page(who, route.verb(), &path, body.as_ref()).await?;
            scene.refused(&format!("{who:?}"), attempt, "403 forbidden").await?;
        }
        let Some(body) = body else { continue };
        for project in odd {
            let mut body = body.clone();
            for name in ["a", "b", "project"] {
                if body.get(name).is_some() {
                    body[name] = json!(project);
                }
            }
            let attempt = scene.page(ADMIN_A, route.verb(), &path, Some(&body)).await?;
            let (rows, mark) = (scene.world.rows().await?, scene.world.mark());
            let said = scene.knock(attempt).await?.said();
            ensure!(said.starts_with('4'), "{route:?} {body}: {said}");
            scene.unchanged(&format!("{route:?} {body}"), &rows, mark).await?;
        }
    }
    Ok(())
}

/// What a body may not say about itself: whose it is.
#[tokio::test]
async fn no_body_names_its_tenant() -> Result<()> {
    let scene = Scene::open().await?;
    let names = scene.names(&scene.sync).await?;
    let mut tried = 0;
    for route in ROUTES {
        let Some(body) = scene.body(route, &names).await? else { continue };
        for name in [
            "tenant",
            "site",
            "sync",
            "author",
            "account",
            "a_site",
            "state",
            "accepted_by",
            "mine",
            "__proto__",
        ] {
            let mut body = body.clone();
            body[name] = json!("another");
            let (rows, mark) = (scene.world.rows().await?, scene.world.mark());
            let answer = scene
                .knock(scene.page(ADMIN_A, route.verb(), &names.path(route), Some(&body)).await?)
                .await?;
            if takes_no_body(route) {
                continue;
            }
            ensure!(
                answer.said() == "400 malformed",
                "{route:?} with `{name}`: {} {}",
                answer.said(),
                answer.text
            );
            ensure!(answer.text.contains(name), "{route:?}: `{name}` is not named: {}", answer.text);
            scene.unchanged(&format!("{route:?} with `{name}`"), &rows, mark).await?;
            tried += 1;
        }
    }
    ensure!(tried > 100, "only {tried} bodies were tried");
    Ok(())
}

/// Routes that do one thing, and read nothing of what is sent along.
fn takes_no_body(route: &Route) -> bool {
    let ends = [
        "/check",
        "/drill",
        "/skip",
        "/effects",
        "/accept",
        "/decline",
        "/restore",
        "/unlink",
        "/recreate",
        "/stop",
        "/remap",
    ];
    ends.iter().any(|end| route.path.ends_with(end)) && route.path != "/invitations/accept"
}

/// A file names sites by their hosts; those that have not installed the app are not looked up, let alone called.
#[tokio::test]
async fn a_file_leads_us_to_no_other_host() -> Result<()> {
    let scene = Scene::open().await?;
    let file = scene.page(ADMIN_A, Method::GET, &format!("/syncs/{}/file", scene.sync), None).await?;
    let file = scene.knock(file).await?.text;
    for host in [
        "127.0.0.1:8101",
        "169.254.169.254",
        "[::1]",
        "2130706433",
        "evil.example",
        "initech.atlassian.net",
        "globex.atlassian.net@evil.example",
        "../acme",
    ] {
        let changed = file.replace("globex.atlassian.net", host);
        ensure!(changed != file, "the file names its sites");
        let body = json!({"version": 0, "toml": changed});
        let path = format!("/syncs/{}/file", scene.sync);
        let attempt = scene.page(ADMIN_A, Method::PUT, &path, Some(&body)).await?;
        let (rows, mark) = (scene.world.rows().await?, scene.world.mark());
        let said = scene.knock(attempt).await?.said();
        ensure!(said.starts_with('4'), "{host}: {said}");
        scene.unchanged(host, &rows, mark).await?;
    }
    Ok(())
}

/// An admin of one side decides and sees what is his side's, and no more.
#[tokio::test]
async fn a_partner_speaks_for_his_own_side() -> Result<()> {
    let scene = Scene::open().await?;
    let sync = &scene.sync;
    for (who, other) in [(ADMIN_A, "b"), (ADMIN_B, "a")] {
        let verify = json!({"side": other, "jql": "summary ~ secret"});
        let path = format!("/syncs/{sync}/scope/verify");
        let attempt = scene.page(who, Method::POST, &path, Some(&verify)).await?;
        scene.refused("the other's JQL", attempt, "403 forbidden").await?;
        let path = format!("/syncs/{sync}/preview?side={other}&issue=1");
        let attempt = scene.page(who, Method::GET, &path, None).await?;
        scene.refused("the other's issue", attempt, "403 forbidden").await?;
    }
    // What was sent by B's admin to widen what leaves A is not accepted by himself.
    let draft = scene.done(ADMIN_B, Method::GET, &format!("/syncs/{sync}/draft"), None).await?;
    let mut config = draft["config"].clone();
    config["sides"]["a"]["comments"]["internal"] = json!("public");
    config["sides"]["a"]["scope"]["jql"] = json!(null);
    let saved = json!({"version": draft["version"], "config": config});
    let saved = scene.done(ADMIN_B, Method::PUT, &format!("/syncs/{sync}/draft"), Some(&saved)).await?;
    let publish = json!({"version": saved["version"]});
    let sent =
        scene.done(ADMIN_B, Method::POST, &format!("/syncs/{sync}/draft/publish"), Some(&publish)).await?;
    ensure!((&sent["is"], &sent["side"]) == (&json!("sent"), &json!("a")), "{sent}");
    let path = format!("/syncs/{sync}/sent/{}/accept", sent["id"].as_str().expect("an id"));
    let attempt = scene.page(ADMIN_B, Method::POST, &path, Some(&json!({}))).await?;
    scene.refused("his own wish", attempt, "403 forbidden").await?;
    Ok(())
}
