//! The admin page's calls: the guide on two sites and on one, and what is refused.

use super::stage::{ADMIN_A, ADMIN_B, AGENT_A, Stage, Who};
use http::Method;
use serde_json::{Value, json};

/// The guide's configuration, both sides alike.
pub(super) fn guide(name: &str, a: (&str, &str), b: (&str, &str)) -> String {
    let side = |side: &str, (host, project): (&str, &str)| {
        format!(
            r#"
[side.{side}]
site = "{host}"
project = "{project}"
issue_types = [
  {{ from = "IT Help", to = "IT Help" }},
  {{ from = "Purchase", to = "Purchase" }},
  {{ from = "Access", to = "Access" }},
]
fields = [{{ from = "Summary", to = "Summary" }}, {{ from = "Description", to = "Description" }}]
defaults = [{{ field = "Customer Request Type", per_issue_type = [
  {{ issue_type = "IT Help", value = "Get IT Help" }},
  {{ issue_type = "Purchase", value = "Purchase request" }},
  {{ issue_type = "Access", value = "Request a new account" }},
] }}]
comments = {{ enabled = true, copy = "enriched", public = "public", internal = "internal" }}
"#
        )
    };
    format!("name = \"{name}\"\n{}{}", side("a", a), side("b", b))
}

pub(super) fn between_sites() -> String {
    guide("Between", ("127.0.0.1:8101", "ITA"), ("127.0.0.1:8102", "ITB"))
}

/// A sync between ITA of acme and ITB of globex, by invitation.
pub(super) async fn joined(stage: &Stage) -> String {
    let project = stage.project("acme", "ITA");
    let invited =
        stage.post(ADMIN_A, "/invitations", json!({"name": "Between", "project": project})).await.good();
    let partner = stage.project("globex", "ITB");
    let accept = json!({"token": invited["token"], "project": partner});
    let accepted = stage.post(ADMIN_B, "/invitations/accept", accept).await.good();
    accepted["sync"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_page_learns_who_looks_at_it_and_what_he_administers() {
    let stage = Stage::new().await;
    let me = stage.get(ADMIN_A, "/me").await.good();
    assert_eq!(me["base_url"], "http://127.0.0.1:8101");
    let projects = stage.get(ADMIN_A, "/projects").await.good();
    let keys: Vec<&str> = projects.as_array().unwrap().iter().filter_map(|p| p["key"].as_str()).collect();
    assert_eq!(keys, ["ITA", "ITB", "ITC", "ITD", "SW"]);
    assert_eq!(stage.get(AGENT_A, "/projects").await.good(), json!([]), "an agent administers nothing");
    let project = stage.project("acme", "ITA");
    let schema = stage.get(ADMIN_A, &format!("/projects/{project}/schema")).await.good();
    let types: Vec<&str> =
        schema["issue_types"].as_array().unwrap().iter().filter_map(|t| t["name"].as_str()).collect();
    assert!(types.contains(&"IT Help"), "{types:?}");
    // It is remembered, until somebody who has just changed the project asks anew.
    for (query, asks) in [("", false), ("?fresh=false", false), ("?fresh=true", true), ("", false)] {
        let mark = stage.twin.ledger_mark();
        stage.get(ADMIN_A, &format!("/projects/{project}/schema{query}")).await.good();
        let reads = stage.twin.ledger_since(mark).iter().any(|call| call.path.contains("createmeta"));
        assert_eq!(reads, asks, "{query}");
    }
    for path in ["schema", "permissions"] {
        let refused = stage.get(AGENT_A, &format!("/projects/{project}/{path}")).await;
        assert_eq!(refused.said(), "403 forbidden", "{path}");
    }
    let lacking = stage.get(ADMIN_A, &format!("/projects/{project}/permissions")).await.good();
    assert_eq!(lacking, json!([]), "the app's user has what it needs");
}

#[tokio::test]
async fn what_the_app_may_not_do_in_a_project_is_named_with_a_remedy() {
    let stage = Stage::new().await;
    let project = stage.project("acme", "ITA");
    let schema = format!("/projects/{project}/schema?fresh=true");
    let lacking = async || {
        let rows = stage.get(ADMIN_A, &format!("/projects/{project}/permissions")).await.good();
        let rows = rows.as_array().cloned().unwrap_or_default();
        assert!(
            rows.iter().all(|row| row["remedy"].as_str().unwrap().contains("*Service Desk Team*")),
            "{rows:?}"
        );
        rows.iter().map(|row| format!("{} in {}", row["name"], row["project_key"])).collect::<Vec<_>>()
    };
    stage.twin.with_site("acme", |site| {
        let project = site.projects.values_mut().find(|project| project.key == "ITA").unwrap();
        project.kept_from_apps = ["ADD_COMMENTS", "EDIT_ISSUES"].map(str::to_owned).into();
    });
    assert_eq!(lacking().await, [r#""Edit Issues" in "ITA""#, r#""Add Comments" in "ITA""#]);
    // Jira says nothing more of a project that the app may not see; what it was called when it was seen is remembered.
    stage.twin.with_site("acme", |site| site.apps_take_part("ITA", false));
    assert_eq!(lacking().await, [r#""Browse Projects" in "ITA""#]);
    let refused = stage.get(ADMIN_A, &schema).await;
    assert_eq!(refused.said(), "422 unseen");
    assert!(refused.json.to_string().contains(" in project ITA of "), "{:?}", refused.json);
    assert_eq!(lacking().await, [r#""Browse Projects" in "ITA""#]);
    stage.twin.with_site("acme", |site| site.apps_take_part("ITA", true));
    stage.get(ADMIN_A, &schema).await.good();
    assert_eq!(lacking().await, [r#""Edit Issues" in "ITA""#, r#""Add Comments" in "ITA""#]);
}

#[tokio::test]
async fn two_sites_join_by_invitation_and_each_accepts_what_leaves_it() {
    let stage = Stage::new().await;
    let sync = joined(&stage).await;
    let at = |rest: &str| format!("/syncs/{sync}{rest}");

    let draft = stage.get(ADMIN_A, &at("/draft")).await.good();
    assert_eq!((&draft["version"], &draft["config"]["name"]), (&json!(0), &json!("Between")));
    let import = json!({"version": 0, "toml": between_sites()});
    let draft = stage.put(ADMIN_A, &at("/file"), import.clone()).await.good();
    assert_eq!(stage.put(ADMIN_B, &at("/file"), import).await.said(), "409 moved", "A's admin saved first");

    let checked = stage.post(ADMIN_A, &at("/draft/check"), json!({})).await.good();
    assert_eq!(checked["refused"], false, "{checked:#}");
    let publish = json!({"version": draft["version"]});
    let sent = stage.post(ADMIN_A, &at("/draft/publish"), publish).await.good();
    assert_eq!((&sent["is"], &sent["side"]), (&json!("sent"), &json!("b")));
    assert!(!sent["widens"].as_array().unwrap().is_empty());
    assert_eq!(stage.post(ADMIN_A, &at("/start"), json!({})).await.said(), "422 not_published");

    let accept = at(&format!("/sent/{}/accept", sent["id"].as_str().unwrap()));
    assert_eq!(stage.post(ADMIN_A, &accept, json!({})).await.said(), "403 forbidden", "not his to accept");
    assert_eq!(stage.get(ADMIN_B, &at("/sent")).await.good()["received"], true);
    let published = stage.post(ADMIN_B, &accept, json!({})).await.good();
    assert_eq!(published, json!({"is": "published", "version": 1}));
    assert_eq!(stage.post(ADMIN_B, &accept, json!({})).await.said(), "404 not_found", "once");

    let start = json!({"existing": "only_new"});
    assert_eq!(stage.post(ADMIN_A, &at("/start"), start).await.said(), "204");
    let row = stage.get(ADMIN_B, &at("")).await.good();
    assert_eq!((&row["state"], &row["mine"], &row["version"]), (&json!("running"), &json!(["b"]), &json!(1)));
    let history = stage.get(ADMIN_A, &at("/history")).await.good();
    assert_ne!(history[0]["accepted_by"], Value::Null);

    let exported = stage.get(ADMIN_B, &at("/file")).await.text;
    assert!(exported.contains("[side.b]") && exported.contains("IT Help"), "{exported}");
    assert_eq!(stage.ask(ADMIN_A, Method::DELETE, &at(""), None).await.said(), "409 running");
    assert_eq!(stage.post(ADMIN_B, &at("/stop"), json!({})).await.said(), "204");
    assert_eq!(stage.post(ADMIN_B, &at("/resync"), json!({})).await.said(), "422 stopped");
    assert_eq!(stage.ask(ADMIN_A, Method::DELETE, &at(""), None).await.said(), "204");
    assert_eq!(stage.get(ADMIN_B, &at("")).await.said(), "404 not_found");
}

#[tokio::test]
async fn within_one_site_an_admin_publishes_at_once() {
    let stage = Stage::new().await;
    let new = json!({"name": "Inside", "a": stage.project("acme", "ITA"), "b": stage.project("acme", "ITB")});
    let sync = stage.post(ADMIN_A, "/syncs", new).await.good();
    let at = |rest: &str| format!("/syncs/{}{rest}", sync["id"].as_str().unwrap());
    let toml = guide("Inside", ("127.0.0.1:8101", "ITA"), ("127.0.0.1:8101", "ITB"));
    let draft = stage.put(ADMIN_A, &at("/file"), json!({"version": 0, "toml": toml})).await.good();
    let published =
        stage.post(ADMIN_A, &at("/draft/publish"), json!({"version": draft["version"]})).await.good();
    assert_eq!(published, json!({"is": "published", "version": 1}));
    stage.advance(1);
    assert_eq!(stage.post(ADMIN_A, &at("/start"), json!({})).await.said(), "204");
    let renamed = stage.ask(ADMIN_A, Method::PATCH, &at(""), Some(json!({"name": "Other"}))).await.good();
    assert_eq!((&renamed["name"], &renamed["mine"]), (&json!("Other"), &json!(["a", "b"])));
    assert_eq!(stage.get(ADMIN_A, &at("/parked")).await.good(), json!([]));
    assert_eq!(stage.get(ADMIN_A, &at("/conflicts")).await.good(), json!([]));
    let activity = stage.get(ADMIN_A, &at("/activity?kind=admin")).await.good();
    let did: Vec<&str> =
        activity.as_array().unwrap().iter().filter_map(|line| line["sentence"].as_str()).collect();
    assert_eq!(did, ["started it", "published version 1"]);
    assert_eq!(activity[0]["by_name"], "Ada Admin (Acme)", "{activity}");
    assert_eq!(stage.get(ADMIN_A, &at("/activity?kind=gossip")).await.said(), "400 bad_request");
    assert_eq!(stage.post(ADMIN_A, &at("/resync"), json!({"jql": "priority = High"})).await.said(), "202");
    for (jql, why) in
        [("priority = ", "400 malformed"), ("nobody = 1", "400 malformed"), ("a) OR (b", "400 malformed")]
    {
        assert_eq!(stage.post(ADMIN_A, &at("/resync"), json!({"jql": jql})).await.said(), why, "{jql}");
    }
    let restored = stage.post(ADMIN_A, &at("/history/1/restore"), json!({})).await.good();
    assert_eq!(restored["config"]["name"], "Inside");
}

#[tokio::test]
async fn people_are_looked_up_on_the_site_of_whoever_looks_and_by_those_whom_jira_lets() {
    let stage = Stage::new().await;
    let sync = joined(&stage).await;
    let at = |rest: &str| format!("/syncs/{sync}{rest}");
    let found = stage.get(ADMIN_A, &at("/people/search?side=a&query=anna")).await.good();
    assert_eq!((&found[0]["name"], found.as_array().unwrap().len()), (&json!("Anna Agent (Acme)"), 1));
    for (why, who, query, said) in [
        ("no app", ADMIN_A, "side=a&query=dup", "200"),
        ("another site", ADMIN_A, "side=b&query=gita", "403 forbidden"),
        ("its own", ADMIN_B, "side=b&query=gita", "200"),
        ("everybody", ADMIN_A, "side=a&query=%20", "400 bad_request"),
        ("nothing", ADMIN_A, "side=a", "400 bad_request"),
        ("too much", ADMIN_A, &format!("side=a&query={}", "x".repeat(101)), "400 bad_request"),
    ] {
        let answer = stage.get(who, &at(&format!("/people/search?{query}"))).await;
        assert_eq!(answer.said(), said, "{why}: {}", answer.text);
        assert!(!answer.text.contains("Duplex"), "{why}: {}", answer.text);
    }

    // An admin of a project need not be one whom Jira lets look people up.
    for (who, said) in [(AGENT_A, "200"), (Who("acme", "customer1"), "403 forbidden")] {
        stage.appoint(who, "ITA");
        assert_eq!(stage.get(who, &at("/people/search?side=a&query=anna")).await.said(), said, "{who:?}");
    }

    // Whom the draft names has a name where he is.
    let mut draft = stage.get(ADMIN_A, &at("/draft")).await.good();
    let gita = stage.get(ADMIN_B, &at("/people/search?side=b&query=gita")).await.good()[0]["account"].clone();
    let row = json!({"from": found[0]["account"], "to": gita});
    draft["config"]["sides"]["a"]["users"]["table"] = json!([row]);
    let put = json!({"version": draft["version"], "config": draft["config"]});
    stage.put(ADMIN_A, &at("/draft"), put).await.good();
    for (who, name) in [(ADMIN_A, "Anna Agent (Acme)"), (ADMIN_B, "Gita Agent (Globex)")] {
        let named = stage.get(who, &at("/people")).await.good();
        assert_eq!((&named[0]["name"], named.as_array().unwrap().len()), (&json!(name), 1), "{who:?}");
    }
}

#[tokio::test]
async fn the_list_asks_jira_once_however_long_it_is() {
    let stage = Stage::new().await;
    for (a, b) in [("ITA", "ITB"), ("ITC", "ITD"), ("ITA", "ITD")] {
        let new = json!({"name": a, "a": stage.project("acme", a), "b": stage.project("acme", b)});
        stage.post(ADMIN_A, "/syncs", new).await.good();
        stage.advance(1);
    }
    stage.advance(60_000);
    let before = stage.calls();
    let list = stage.get(ADMIN_A, "/syncs").await.good();
    let called = |side: &str| -> Vec<String> {
        let end = |row: &Value| format!("{} {}", row["sides"][side]["host"], row["sides"][side]["key"]);
        list.as_array().unwrap().iter().map(end).map(|text| text.replace('"', "")).collect()
    };
    assert_eq!(called("a"), ["127.0.0.1:8101 ITA", "127.0.0.1:8101 ITC", "127.0.0.1:8101 ITA"]);
    assert_eq!(called("b"), ["127.0.0.1:8101 ITB", "127.0.0.1:8101 ITD", "127.0.0.1:8101 ITD"]);
    assert_eq!(
        list[0]["health"],
        json!({"state": "stopped", "lag_ms": 0, "waiting": 0, "parked": 0,
        "paused_until": null})
    );
    assert_eq!(stage.calls() - before, 1);
    assert_eq!(stage.get(ADMIN_A, "/syncs").await.good().as_array().unwrap().len(), 3);
    assert_eq!(stage.calls() - before, 1, "nor again at once");
}

#[tokio::test]
async fn an_invitation_is_good_once_and_for_a_while() {
    let stage = Stage::new().await;
    let (ours, theirs) = (stage.project("acme", "ITA"), stage.project("globex", "ITB"));
    let invite = json!({"name": "Between", "project": ours});
    assert_eq!(stage.post(AGENT_A, "/invitations", invite.clone()).await.said(), "403 forbidden");
    let token = stage.post(ADMIN_A, "/invitations", invite.clone()).await.good()["token"].clone();
    assert_eq!(stage.get(ADMIN_A, "/invitations").await.good().as_array().unwrap().len(), 1);
    assert_eq!(stage.get(ADMIN_B, "/invitations").await.good(), json!([]));

    let inspected = stage.post(ADMIN_B, "/invitations/inspect", json!({"token": token})).await.good();
    assert_eq!(inspected["base_url"], "http://127.0.0.1:8101");
    assert!(inspected["reveals"].as_str().unwrap().contains("No issue"));

    let accept = |token: &Value, project: &str| json!({"token": token, "project": project});
    let guessed = stage.post(ADMIN_B, "/invitations/accept", accept(&json!("guess"), &theirs)).await;
    assert_eq!(guessed.said(), "404 not_found");
    let own = stage.post(ADMIN_A, "/invitations/accept", accept(&token, &ours)).await;
    assert_eq!(own.said(), "422 same_project");
    let agent = stage.post(Who("globex", "agent1"), "/invitations/accept", accept(&token, &theirs)).await;
    assert_eq!(agent.said(), "403 forbidden");
    stage.post(ADMIN_B, "/invitations/accept", accept(&token, &theirs)).await.good();
    let again = stage.post(ADMIN_B, "/invitations/accept", accept(&token, &theirs)).await;
    assert_eq!(again.said(), "404 not_found", "used");

    let late = stage.post(ADMIN_A, "/invitations", invite).await.good()["token"].clone();
    stage.advance(8 * 24 * 3_600_000);
    let expired = stage.post(ADMIN_B, "/invitations/accept", accept(&late, &theirs)).await;
    assert_eq!(expired.said(), "404 not_found", "expired");
}

#[tokio::test]
async fn a_configuration_that_does_not_parse_is_refused_with_its_path() {
    let stage = Stage::new().await;
    let sync = joined(&stage).await;
    let draft = stage.get(ADMIN_A, &format!("/syncs/{sync}/draft")).await.good();
    let with = |pointer: &str, value: Value| {
        let mut config = draft["config"].clone();
        *config.pointer_mut(pointer).unwrap() = value;
        json!({"version": 0, "config": config})
    };
    for (why, body, path) in [
        ("no body", json!({}), "."),
        ("an unknown key", json!({"version": 0, "config": draft["config"], "x": 1}), "x"),
        ("a number for a name", with("/name", json!(7)), "config.name"),
        ("another word", with("/sides/a/comments/copy", json!("loud")), "config.sides.a.comments.copy"),
        ("another site", with("/sides/b/site", json!("elsewhere")), "sides.b.site"),
        ("another project", with("/sides/a/project", json!("1")), "sides.a.project"),
    ] {
        let answer = stage.put(ADMIN_A, &format!("/syncs/{sync}/draft"), body).await;
        assert_eq!(answer.said(), "400 malformed", "{why}: {}", answer.text);
        assert_eq!(answer.json["error"]["path"], path, "{why}: {}", answer.text);
    }
    for (why, toml, path) in [
        ("no TOML", "name = ".to_owned(), "."),
        ("an unknown key", between_sites().replacen("fields =", "feilds =", 1), "side.a.feilds"),
        ("another site", between_sites().replacen("127.0.0.1:8102", "evil.example", 1), "side.b.site"),
    ] {
        let body = json!({"version": 0, "toml": toml});
        let answer = stage.put(ADMIN_A, &format!("/syncs/{sync}/file"), body).await;
        assert_eq!(answer.said(), "400 malformed", "{why}: {}", answer.text);
        assert_eq!(answer.json["error"]["path"], path, "{why}: {}", answer.text);
    }
    let unknown = between_sites().replacen("from = \"IT Help\"", "from = \"No Such Type\"", 1);
    let answer =
        stage.put(ADMIN_A, &format!("/syncs/{sync}/file"), json!({"version": 0, "toml": unknown})).await;
    assert_eq!(answer.said(), "422 findings");
    assert_eq!(answer.json["error"]["findings"][0]["code"], "name_unknown", "{}", answer.text);
    assert_eq!(stage.get(ADMIN_A, &format!("/syncs/{sync}/draft")).await.good(), draft, "nothing was saved");
}

#[tokio::test]
async fn a_configuration_with_errors_is_not_published() {
    let stage = Stage::new().await;
    let sync = joined(&stage).await;
    let at = |rest: &str| format!("/syncs/{sync}{rest}");
    let draft = stage.get(ADMIN_A, &at("/draft")).await.good();
    let saved =
        stage.put(ADMIN_A, &at("/draft"), json!({"version": 0, "config": draft["config"]})).await.good();
    let answer = stage.post(ADMIN_A, &at("/draft/publish"), json!({"version": saved["version"]})).await;
    assert_eq!(answer.said(), "422 findings");
    assert_eq!(answer.json["error"]["findings"][0]["code"], "no_issue_types", "{}", answer.text);
    let stale = stage.post(ADMIN_A, &at("/draft/publish"), json!({"version": 0})).await;
    assert_eq!(stale.said(), "409 moved");
    assert_eq!(stage.get(ADMIN_A, &at("/history")).await.good(), json!([]));
}
