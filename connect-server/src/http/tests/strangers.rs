//! Who may not, does not: the routes of the API, all of them, against everybody who has no business there.

use super::sign;
use super::stage::{ADMIN_A, ADMIN_B, AGENT_A, Stage, Who};
use super::world;
use crate::http::api::routes::{Asks, ROUTES, Route};
use duplex_core::id::Sides;
use http::Method;
use serde_json::{Value, json};

/// Administers ITA of acme, and nothing else.
const ADMIN_OF_ONE: Who = Who("acme", "agent2");

/// A sync between two projects of acme, whose admins are people of acme; and what else the routes name.
struct Scene {
    stage: Stage,
    sync: String,
    projects: Sides<String>,
}

impl Scene {
    async fn new() -> Self {
        let stage = Stage::new().await;
        let projects = Sides::new(stage.project("acme", "ITA"), stage.project("acme", "ITB"));
        stage.appoint(ADMIN_OF_ONE, "ITA");
        let new = json!({"name": "Inside", "a": projects.a, "b": projects.b});
        let sync = stage.post(ADMIN_A, "/syncs", new).await.good()["id"].as_str().unwrap().to_owned();
        Self { stage, sync, projects }
    }

    /// The address of a route, with this sync in it.
    fn path(&self, route: &Route, sync: &str) -> String {
        let filled = route.path.replace("{sync}", sync).replace("{project}", &self.projects.b);
        let filled = filled.replace("{version}", "1");
        match filled.split_once('{') {
            Some((before, rest)) => format!("{before}x{}", rest.split_once('}').unwrap().1),
            None => filled,
        }
    }

    /// A body that would do, where one is needed before it is known who may.
    fn body(&self, route: &Route) -> Option<Value> {
        let Sides { a, b } = &self.projects;
        Some(match (route.verb(), route.path) {
            (Method::GET, _) => return None,
            (_, "/syncs") => json!({"name": "x", "a": a, "b": b}),
            (_, "/invitations") => json!({"name": "x", "project": b}),
            (_, "/invitations/accept") => json!({"token": "x", "project": b}),
            (_, "/panel/{sync}/sync-now") => json!({"issue": "1"}),
            _ => json!({}),
        })
    }

    async fn ask(&self, who: Who, route: &Route, sync: &str) -> (String, String) {
        let answer = self.stage.ask(who, route.verb(), &self.path(route, sync), self.body(route)).await;
        (answer.said(), answer.text)
    }
}

fn asking(asks: Asks) -> impl Iterator<Item = &'static Route> {
    ROUTES.iter().filter(move |route| route.asks == asks)
}

#[tokio::test]
async fn a_sync_of_others_answers_as_one_that_is_not_there() {
    let scene = Scene::new().await;
    let strangers = [ADMIN_B, AGENT_A, ADMIN_OF_ONE, Who("acme", "customer1")];
    for route in asking(Asks::Admin) {
        assert!(route.path.contains("{sync}"), "{}", route.path);
        for who in strangers {
            let (said, theirs) = scene.ask(who, route, &scene.sync).await;
            let (_, nobodys) = scene.ask(who, route, "none").await;
            assert_eq!(said, "404 not_found", "{who:?} {} {}", route.verb(), route.path);
            assert_eq!(theirs, nobodys, "{who:?} {} {}", route.verb(), route.path);
        }
    }
    for who in strangers {
        assert_eq!(scene.stage.get(who, "/syncs").await.good(), json!([]), "{who:?}");
    }
    let still = scene.stage.get(ADMIN_A, &format!("/syncs/{}", scene.sync)).await.good();
    assert_eq!((&still["name"], &still["state"]), (&json!("Inside"), &json!("stopped")));
}

#[tokio::test]
async fn a_project_is_for_those_who_administer_it() {
    let scene = Scene::new().await;
    for route in asking(Asks::ProjectAdmin) {
        for who in [AGENT_A, ADMIN_OF_ONE, Who("acme", "customer1")] {
            let (said, _) = scene.ask(who, route, "none").await;
            assert_eq!(said, "403 forbidden", "{who:?} {} {}", route.verb(), route.path);
        }
    }
    let mine = format!("/projects/{}/schema", scene.projects.a);
    assert_eq!(scene.stage.get(ADMIN_OF_ONE, &mine).await.said(), "200", "his own");
}

#[tokio::test]
async fn an_invitation_is_withdrawn_by_those_who_could_have_made_it() {
    let scene = Scene::new().await;
    let project = scene.stage.project("acme", "ITB");
    let invite = json!({"name": "Open", "project": project});
    let token = scene.stage.post(ADMIN_A, "/invitations", invite).await.good()["token"].clone();
    let open = scene.stage.get(ADMIN_A, "/invitations").await.good();
    let path = format!("/invitations/{}", open[0]["id"].as_str().unwrap());
    for (who, said) in [
        (ADMIN_B, "404 not_found"),
        (AGENT_A, "404 not_found"),
        (ADMIN_OF_ONE, "404 not_found"),
        (Who("acme", "customer1"), "404 not_found"),
        (ADMIN_A, "204"),
        (ADMIN_A, "404 not_found"),
    ] {
        let answer = scene.stage.ask(who, Method::DELETE, &path, None).await;
        assert_eq!(answer.said(), said, "{who:?}");
    }
    assert_eq!(scene.stage.get(ADMIN_A, "/invitations").await.good(), json!([]));
    let late = scene.stage.post(ADMIN_B, "/invitations/inspect", json!({"token": token})).await;
    assert_eq!(late.said(), "404 not_found", "its token opens nothing any more");
}

#[tokio::test]
async fn an_issue_is_for_those_who_see_it() {
    let scene = Scene::new().await;
    for route in asking(Asks::Reader) {
        let path = scene.path(route, &scene.sync);
        for issue in ["10001", "999999", "ITA-1", "-1", "1 OR 1"] {
            let query = issue.replace(' ', "%20");
            let (path, body) = match route.verb() {
                Method::GET => (format!("{path}?issue={query}"), None),
                _ => (path.clone(), Some(json!({"issue": issue}))),
            };
            let answer = scene.stage.ask(Who("globex", "customer1"), route.verb(), &path, body).await;
            assert_eq!(answer.said(), "404 not_found", "{issue} {} {}", route.verb(), route.path);
        }
    }
}

#[tokio::test]
async fn only_a_pages_own_token_opens_the_api() {
    let scene = Scene::new().await;
    let site = scene.stage.store.sites.all().await.unwrap().remove(0);
    let now = scene.stage.seconds();
    for route in ROUTES {
        let (method, path) = (route.verb(), format!("/api/v1{}", scene.path(route, &scene.sync)));
        let bound = json!({
            "iss": site.client_key, "sub": "712020:me", "iat": now, "exp": now + 180,
            "qsh": sign::qsh(method.as_str(), &path),
        });
        let page = |more: Value| {
            let mut claims = json!({
                "iss": site.client_key, "sub": "712020:me", "iat": now, "exp": now + 180, "qsh": "context-qsh",
            });
            claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            claims
        };
        let secret = site.secret.expose();
        for (why, token) in [
            ("no token", None),
            ("a token of the server, for this very request", Some(sign::hs256(secret, &bound))),
            ("nobody's", Some(sign::none(&page(json!({}))))),
            ("another secret", Some(sign::hs256("guess", &page(json!({}))))),
            ("no person", Some(sign::hs256(secret, &page(json!({"sub": ""}))))),
            ("long ago", Some(sign::hs256(secret, &page(json!({"iat": now - 7200, "exp": now - 3600}))))),
        ] {
            let body = scene.body(route);
            let answer = scene.stage.send(method.clone(), &path, token.as_deref(), body).await;
            assert_eq!(answer.said(), "401 unauthorized", "{why}: {method} {path}");
        }
    }
}

#[tokio::test]
async fn a_pages_token_opens_nothing_else() {
    let stage = Stage::new().await;
    let token = stage.page_token(ADMIN_A);
    let site = stage.store.sites.all().await.unwrap().remove(0);
    let callback = world::callback(&site.client_key, "secret", &site.base_url);
    for (method, path) in [
        (Method::POST, "/connect/installed"),
        (Method::POST, "/connect/enabled"),
        (Method::POST, "/connect/disabled"),
        (Method::POST, "/connect/uninstalled"),
        (Method::GET, "/connect/admin"),
        (Method::GET, "/connect/panel"),
        (Method::POST, "/connect/webhooks/issue-updated"),
    ] {
        let answer = stage.send(method, path, Some(&token), Some(callback.clone())).await;
        assert_eq!(answer.said(), "401 unauthorized", "{path}");
    }
    assert_eq!(stage.get(ADMIN_A, "/me").await.said(), "200", "nor did it do anything");
}
