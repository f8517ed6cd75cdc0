//! What the page shows of a sync that runs: progress, the panel beside an issue, what a JQL finds, what a draft does.

use super::api::{between_sites, joined};
use super::stage::{ADMIN_A, ADMIN_B, AGENT_A, Stage, Who};
use serde_json::{Value, json};

const AGENT_B: Who = Who("globex", "agent1");

/// A sync between two sites, published and accepted.
async fn published(stage: &Stage) -> String {
    let sync = joined(stage).await;
    let at = |rest: &str| format!("/syncs/{sync}{rest}");
    let draft = stage.put(ADMIN_A, &at("/file"), json!({"version": 0, "toml": between_sites()})).await.good();
    let publish = json!({"version": draft["version"]});
    let sent = stage.post(ADMIN_A, &at("/draft/publish"), publish).await.good();
    let accept = at(&format!("/sent/{}/accept", sent["id"].as_str().unwrap()));
    stage.post(ADMIN_B, &accept, json!({})).await.good();
    sync
}

async fn running(stage: &Stage) -> String {
    let sync = published(stage).await;
    assert_eq!(stage.post(ADMIN_A, &format!("/syncs/{sync}/start"), json!({})).await.said(), "204");
    sync
}

#[tokio::test]
async fn the_panel_shows_the_twin_to_those_who_see_the_issue() {
    let stage = Stage::new().await;
    let (id, key) = stage.create(AGENT_A, "ITA", "Printer is on fire").await;
    let sync = running(&stage).await;
    stage.settle().await;

    let panel = format!("/panel?issue={id}");
    let rows = stage.get(AGENT_A, &panel).await.good();
    let row = &rows[0];
    assert_eq!(rows.as_array().unwrap().len(), 1);
    assert_eq!((&row["name"], &row["status"]), (&json!("Between"), &json!("mirrored")));
    let twin = row["partner"]["key"].as_str().unwrap();
    assert!(twin.starts_with("ITB-"), "{twin}");
    assert_eq!(row["partner"]["url"], format!("http://127.0.0.1:8102/browse/{twin}"));
    assert!(row["last_sent"].is_i64() && row["last_received"].is_null(), "{row}");
    assert_eq!(row["troubles"], json!([]));
    assert!(!rows.to_string().contains("Printer"), "no text of the issue");

    let theirs = stage.jira(AGENT_B, &format!("/rest/api/3/issue/{twin}"), None).await;
    let their_panel = format!("/panel?issue={}", theirs["id"].as_str().unwrap());
    let back = stage.get(AGENT_B, &their_panel).await.good();
    assert_eq!(back[0]["partner"]["key"], key.as_str());
    assert!(back[0]["last_sent"].is_null() && back[0]["last_received"].is_i64(), "{back}");

    assert_eq!(stage.get(Who("globex", "customer1"), &their_panel).await.said(), "404 not_found");
    assert_eq!(stage.get(AGENT_A, "/panel?issue=424242").await.said(), "404 not_found");
    assert_eq!(stage.get(AGENT_A, "/panel").await.said(), "400 malformed");

    let (other, _) = stage.create(AGENT_A, "ITC", "Not mirrored").await;
    assert_eq!(stage.get(AGENT_A, &format!("/panel?issue={other}")).await.good(), json!([]));
    for (why, issue, sync, said) in [
        ("its own", &id, sync.as_str(), "202"),
        ("no such sync", &id, "none", "404 not_found"),
        ("an issue of another project", &other, sync.as_str(), "404 not_found"),
    ] {
        let answer = stage.post(AGENT_A, &format!("/panel/{sync}/sync-now"), json!({"issue": issue})).await;
        assert_eq!(answer.said(), said, "{why}");
    }
    assert_eq!(stage.get(AGENT_A, &panel).await.good()[0]["status"], "waiting");
    stage.settle().await;
    assert_eq!(stage.get(AGENT_A, &panel).await.good()[0]["status"], "mirrored");

    assert_eq!(stage.post(ADMIN_A, &format!("/syncs/{sync}/stop"), json!({})).await.said(), "204");
    let late = stage.post(AGENT_A, &format!("/panel/{sync}/sync-now"), json!({"issue": id})).await;
    assert_eq!(late.said(), "422 stopped");
}

#[tokio::test]
async fn a_first_start_shows_how_far_it_is() {
    let stage = Stage::new().await;
    for n in 0..3 {
        stage.create(AGENT_A, "ITA", &format!("Existing {n}")).await;
    }
    let sync = published(&stage).await;
    let progress = format!("/syncs/{sync}/progress");
    let idle = json!({"done": 0, "total": null, "rate_per_minute": null, "left_ms": null, "finished": true});
    assert_eq!(stage.get(ADMIN_A, &progress).await.good(), json!({"a": idle, "b": idle}));
    stage.post(ADMIN_A, &format!("/syncs/{sync}/start"), json!({})).await;
    let begun = stage.get(ADMIN_A, &progress).await.good();
    assert_eq!((&begun["a"]["finished"], &begun["a"]["total"]), (&json!(false), &Value::Null));
    stage.settle().await;
    let done = stage.get(ADMIN_B, &progress).await.good();
    assert_eq!((&done["a"]["finished"], &done["b"]["finished"]), (&json!(true), &json!(true)), "{done}");
    assert!(done["a"]["done"].as_i64().unwrap() >= 3, "{done}");
    assert_eq!(done["a"]["done"], done["a"]["total"]);
}

#[tokio::test]
async fn a_jql_is_verified_on_the_viewers_own_side() {
    let stage = Stage::new().await;
    let (_, newest) = stage.create(AGENT_A, "ITA", "Printer is on fire").await;
    stage.create(AGENT_A, "ITC", "Printer of another project").await;
    let sync = joined(&stage).await;
    let verify = format!("/syncs/{sync}/scope/verify");
    let found = stage.post(ADMIN_A, &verify, json!({"side": "a", "jql": "summary ~ printer"})).await.good();
    assert_eq!(found, json!({"count": 1, "examples": [{"key": newest, "summary": "Printer is on fire"}]}));
    let all = stage.post(ADMIN_A, &verify, json!({"side": "a", "jql": " "})).await.good();
    assert!(all["count"].as_u64().unwrap() >= 1 && all["examples"][0]["key"] == newest.as_str(), "{all}");
    for (why, body, said) in [
        ("the partner's side", json!({"side": "b", "jql": "summary ~ printer"}), "403 forbidden"),
        ("not JQL", json!({"side": "a", "jql": "priority = "}), "400 malformed"),
        ("out of the project", json!({"side": "a", "jql": "a) OR (b"}), "400 malformed"),
        ("an unknown key", json!({"side": "a", "jlq": "x"}), "400 malformed"),
    ] {
        assert_eq!(stage.post(ADMIN_A, &verify, body).await.said(), said, "{why}");
    }
}

#[tokio::test]
async fn a_log_names_issues_and_people() {
    let stage = Stage::new().await;
    let (_, key) = stage.create(AGENT_A, "ITA", "Printer is on fire").await;
    stage.create(AGENT_A, "ITA", "Another").await;
    let sync = running(&stage).await;
    stage.settle().await;
    let log = |query: &str| format!("/syncs/{sync}/activity?{query}");
    let of_one = stage.get(ADMIN_A, &log(&format!("issue={key}&kind=wrote"))).await.good();
    let of_one = of_one.as_array().unwrap();
    assert!(
        !of_one.is_empty() && of_one.iter().all(|line| line["issues"]["a"] == key.as_str()),
        "{of_one:?}"
    );
    let twin = of_one[0]["issues"]["b"].as_str().unwrap();
    let by_twin = stage.get(ADMIN_B, &log(&format!("issue={twin}&kind=wrote"))).await.good();
    assert_eq!(by_twin.as_array().unwrap(), of_one, "from either side");
    for (query, count) in [("limit=1", 1), ("issue=ITA-999", 0), ("issue=%25", 0)] {
        let lines = stage.get(ADMIN_A, &log(query)).await.good();
        assert_eq!(lines.as_array().unwrap().len(), count, "{query}");
    }
    let first = stage.get(ADMIN_A, &log("limit=1")).await.good()[0]["id"].as_str().unwrap().to_owned();
    let next = stage.get(ADMIN_A, &log(&format!("limit=1&before={first}"))).await.good();
    assert!(next[0]["id"].as_str().unwrap() < first.as_str());

    let history = stage.get(ADMIN_A, &format!("/syncs/{sync}/history")).await.good();
    assert!(history[0]["author_name"].is_string(), "{history}");
    assert!(history[0]["accepted_by"].is_string(), "{history}");
}

#[tokio::test]
async fn a_drafts_effects_are_counted_on_the_viewers_own_side() {
    let stage = Stage::new().await;
    for n in 0..3 {
        stage.create(AGENT_A, "ITA", &format!("Printer {n}")).await;
    }
    stage.create(AGENT_B, "ITB", "Theirs").await;
    let sync = joined(&stage).await;
    let at = |rest: &str| format!("/syncs/{sync}{rest}");
    assert_eq!(stage.post(ADMIN_A, &at("/draft/effects"), json!({})).await.said(), "422 no_draft");

    let draft = stage.put(ADMIN_A, &at("/file"), json!({"version": 0, "toml": between_sites()})).await.good();
    let first = stage.post(ADMIN_A, &at("/draft/effects"), json!({})).await.good();
    let count = |effects: &Value, what: &str, side: &str| effects[what][side]["count"].clone();
    let (enters, mails) = (count(&first, "enters", "a"), count(&first, "mails", "b"));
    assert!(enters.as_u64().unwrap() >= 3, "{first}");
    assert_eq!(enters, mails, "each would become a request: {first}");
    assert!(first["enters"]["a"]["samples"].as_array().unwrap().len() <= 5, "{first}");
    assert_eq!(count(&first, "overwrites", "a"), json!(0), "nothing is linked: {first}");
    for (what, side) in [("enters", "b"), ("overwrites", "b"), ("mails", "a")] {
        assert_eq!(first[what][side], Value::Null, "the partner's is not told: {what} {first}");
    }

    let publish = json!({"version": draft["version"]});
    let sent = stage.post(ADMIN_A, &at("/draft/publish"), publish).await.good();
    stage
        .post(ADMIN_B, &at(&format!("/sent/{}/accept", sent["id"].as_str().unwrap())), json!({}))
        .await
        .good();
    stage.post(ADMIN_A, &at("/start"), json!({})).await;
    stage.settle().await;

    // The same again does nothing; every linked issue has a summary, which B would now write from its description.
    let mut config = stage.get(ADMIN_A, &at("/draft")).await.good()["config"].clone();
    let saved = stage.put(ADMIN_A, &at("/draft"), json!({"version": 0, "config": config})).await.good();
    let same = stage.post(ADMIN_A, &at("/draft/effects"), json!({})).await.good();
    for (what, side) in [("enters", "a"), ("overwrites", "a"), ("mails", "b")] {
        assert_eq!(same[what][side], json!({"count": 0, "samples": []}), "{what} {same}");
    }
    config["sides"]["b"]["fields"][1]["to"] = json!("summary");
    let body = json!({"version": saved["version"], "config": config});
    stage.put(ADMIN_A, &at("/draft"), body).await.good();
    let mapped = stage.post(ADMIN_A, &at("/draft/effects"), json!({})).await.good();
    assert_eq!(count(&mapped, "enters", "a"), json!(0), "{mapped}");
    assert!(
        count(&mapped, "overwrites", "a").as_u64().unwrap() >= 4,
        "three of A's and one of B's: {mapped}"
    );
    assert!(!mapped["overwrites"]["a"]["samples"].as_array().unwrap().is_empty(), "{mapped}");
}

#[tokio::test]
async fn a_preview_shows_the_texts_of_the_viewers_own_side() {
    let stage = Stage::new().await;
    let (_, key) = stage.create(AGENT_A, "ITA", "Printer is on fire").await;
    let (_, elsewhere) = stage.create(AGENT_A, "ITC", "Elsewhere").await;
    let sync = running(&stage).await;
    let preview = |side: &str, issue: &str| format!("/syncs/{sync}/preview?side={side}&issue={issue}");
    let before = stage.get(ADMIN_A, &preview("a", &key)).await.good();
    assert!(before.to_string().contains("Printer is on fire"), "{before}");
    assert_eq!(before["withheld"], json!({"a": false, "b": true}));

    stage.settle().await;
    assert_eq!(stage.post(ADMIN_A, &format!("/syncs/{sync}/stop"), json!({})).await.said(), "204");
    let line = stage.get(ADMIN_A, &format!("/syncs/{sync}/activity?issue={key}&limit=1")).await.good();
    let twin = line[0]["issues"]["b"].as_str().unwrap().to_owned();
    for (who, issue, text) in [(AGENT_A, &key, "Only on A"), (AGENT_B, &twin, "Only on B")] {
        let paragraph = json!({"type": "paragraph", "content": [{"type": "text", "text": text}]});
        let body = json!({"body": {"type": "doc", "version": 1, "content": [paragraph]}});
        stage.jira(who, &format!("/rest/api/3/issue/{issue}/comment"), Some(body)).await;
    }
    for (who, side, issue, shown, withheld) in
        [(ADMIN_A, "a", &key, "Only on A", "Only on B"), (ADMIN_B, "b", &twin, "Only on B", "Only on A")]
    {
        let facts = stage.get(who, &preview(side, issue)).await.good().to_string();
        assert!(facts.contains(shown) && !facts.contains(withheld), "{who:?}: {facts}");
    }
    for (why, side, issue, said) in [
        ("the partner's side", "b", twin.as_str(), "403 forbidden"),
        ("another project", "a", elsewhere.as_str(), "400 malformed"),
        ("no issue", "a", "ITA-999", "400 malformed"),
        ("no key", "a", "..%2f..%2fmyself", "400 malformed"),
        ("no side", "c", key.as_str(), "400 bad_request"),
    ] {
        assert_eq!(stage.get(ADMIN_A, &preview(side, issue)).await.said(), said, "{why}");
    }
}
