//! Hostile content: what people write is carried as text, and does nothing on its way.

use crate::scene::Scene;
use anyhow::{Context, Result, ensure};
use duplex_tests::person::{Kind, document, plain};
use duplex_tests::scenario::Desk;
use http::Method;
use serde_json::{Value, json};

const SCRIPT: &str = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'`";
const TEMPLATE: &str = "{author} {{author}} {site} ${7*7} #{7*7} <%= 7*7 %> {0} %s %n";
const ADMIN_A: (&str, &str) = ("acme", "admin");

impl Scene {
    fn desks(&self) -> (Desk, Desk) {
        (Desk::at(self.site("acme"), "ITA"), Desk::at(self.site("globex"), "ITB"))
    }

    /// The text of the last comment on the copy.
    async fn last(&self) -> Result<String> {
        let (_, b) = self.desks();
        Ok(b.agent.comments(&self.pair.1).await?.pop().context("a comment")?.text)
    }
}

#[tokio::test]
async fn script_and_templates_arrive_as_the_words_they_are() -> Result<()> {
    let mut scene = Scene::open().await?;
    let (a, b) = scene.desks();
    for words in [SCRIPT, TEMPLATE, "' OR 1=1; DROP TABLE sites; --", "=HYPERLINK(\"https://evil.example\")"]
    {
        // By the API of the platform, which takes the words as they are; the portal reads wiki markup.
        let described = json!({"description": document(words)});
        let key = a.agent.create("ITA", "IT Help", words, described).await?;
        a.agent.comment(&key, Kind::Public, words).await?;
        scene.world.settle().await?;
        let found = b.agent.find("ITB", words).await?;
        ensure!(found.len() == 1, "{words}: {found:?}");
        let copy = b.agent.issue(&found[0]).await?;
        ensure!(plain(&copy["fields"]["description"]) == words, "{words}: {}", copy["fields"]["description"]);
        let thread = b.agent.comments(&found[0]).await?;
        ensure!(thread[0].text.ends_with(&format!("\n{words}")), "{words}: {thread:?}");
        ensure!(thread[0].text.lines().next().is_some_and(|line| line.ends_with("):")), "{thread:?}");
    }
    ensure!(scene.world.rows().await?.iter().any(|row| row.starts_with("sites|")), "the tables stand");
    Ok(())
}

#[tokio::test]
async fn a_hostile_name_stays_a_name_in_one_line() -> Result<()> {
    let mut scene = Scene::open().await?;
    let (a, _) = scene.desks();
    let account = a.agent.account().await?;
    for (name, shown) in [
        ("\u{202e}nimdA\u{202c}", "nimdA"),
        ("Anna\u{200b}\u{2066}\u{feff} Agent", "Anna Agent"),
        ("Anna\nBoss (Globex):\nAll is well", "Anna Boss (Globex): All is well"),
        ("{author}{{site}}", "{author}{{site}}"),
        ("<b>Boss</b>", "<b>Boss</b>"),
        ("\u{0410}nna", "\u{0410}nna"),
        ("\u{202e}\u{200b}", "Someone"),
    ] {
        scene.world.twin.with_site("acme", |site| {
            let user = site.users.values_mut().find(|user| user.account_id == account).expect("the agent");
            user.display_name = name.to_owned();
        });
        a.agent.comment(&scene.pair.0, Kind::Internal, "Said").await?;
        scene.world.settle().await?;
        let text = scene.last().await?;
        let lines: Vec<&str> = text.lines().collect();
        ensure!(lines.len() == 2 && lines[1] == "Said", "{name:?}: {text:?}");
        ensure!(lines[0].starts_with(&format!("{shown} (")), "{name:?}: {text:?}");
    }
    Ok(())
}

/// A document that is too deep, too large or of unknown parts stops itself at most; what is said beside it goes on.
#[tokio::test]
async fn a_bomb_of_a_document_stops_nothing_else() -> Result<()> {
    let mut scene = Scene::open().await?;
    let (a, b) = scene.desks();
    let text = |words: &str| json!({"type": "paragraph", "content": [{"type": "text", "text": words}]});
    let doc = |content: Value| json!({"type": "doc", "version": 1, "content": content});
    let mut deep = text("at the bottom");
    for _ in 0..60 {
        deep = json!({"type": "bulletList", "content": [{"type": "listItem", "content": [deep]}]});
    }
    let link = |href: &str| {
        let marks = json!([{"type": "link", "attrs": {"href": href}}]);
        doc(json!([{"type": "paragraph", "content": [{"type": "text", "text": "click", "marks": marks}]}]))
    };
    let path = format!("/rest/api/3/issue/{}/comment", scene.pair.0);
    for (why, body) in [
        ("deep", doc(json!([deep]))),
        ("wide", doc(Value::Array((0..5_000).map(|_| text("x")).collect()))),
        ("unknown", doc(json!([{"type": "evilExtension", "attrs": {"onload": "alert(1)"}}, text("after")]))),
        ("a script for a link", link("javascript:alert(1)")),
        ("data for a link", link("data:text/html,<script>alert(1)</script>")),
        (
            "another site's media",
            doc(json!([{"type": "mediaSingle", "content": [
            {"type": "media", "attrs": {"id": "6e7c7f2c-dd7a-499c-bceb-6f32bfbf30b5", "type": "file", "collection": "x"}}
        ]}, text("after")])),
        ),
        (
            "a mention of everybody",
            doc(json!([{"type": "paragraph", "content": [
                {"type": "mention", "attrs": {"id": "all", "text": "@all", "userType": "SPECIAL"}}
            ]}])),
        ),
    ] {
        // What Jira itself does not take never comes to us.
        let (status, _) = a.agent.try_call(Method::POST, &path, Some(json!({"body": body}))).await?;
        let marker = format!("Said after {why}");
        a.agent.comment(&scene.pair.0, Kind::Internal, &marker).await?;
        scene.world.settle().await?;
        let thread = b.agent.comments(&scene.pair.1).await?;
        ensure!(thread.iter().any(|it| it.text.ends_with(&marker)), "{why} ({status}) stopped the thread");
        let raw = b.agent.get(&format!("/rest/api/3/issue/{}/comment", scene.pair.1)).await?.to_string();
        for evil in ["javascript:", "data:text/html", "evilExtension", "6e7c7f2c"] {
            ensure!(!raw.contains(evil), "{why}: {evil} arrived");
        }
    }
    Ok(())
}

/// Who may edit an issue can write our entity property on it. A stamp that we did not sign is nobody's word.
#[tokio::test]
async fn a_forged_stamp_is_not_believed_and_asks_nothing() -> Result<()> {
    let mut scene = Scene::open().await?;
    let (a, b) = scene.desks();
    let before = (a.agent.issues("ITA").await?.len(), b.agent.issues("ITB").await?.len());
    let stolen = b.agent.get(&format!("/rest/api/3/issue/{}/properties/duplex.stamp", scene.pair.1)).await?;
    for (n, stamp) in [
        json!({"stamp": "AAAA", "op": "x"}),
        json!({"stamp": "x\" OR project is not EMPTY OR \"", "op": "\" OR project is not EMPTY OR \""}),
        json!({"stamp": {"$ne": ""}, "op": ["x"]}),
        json!("x".repeat(30_000)),
        stolen["value"].clone(),
    ]
    .into_iter()
    .enumerate()
    {
        let summary = format!("Stamped {n}");
        let key = a.agent.create("ITA", "IT Help", &summary, json!({})).await?;
        a.agent.put(&format!("/rest/api/3/issue/{key}/properties/duplex.stamp"), stamp.clone()).await?;
        scene.world.settle().await?;
        scene.world.pass(900_000).await?;
        let copies = b.agent.find("ITB", &summary).await?;
        ensure!(copies.len() <= 1, "{stamp:.60}: {copies:?}");
        let pair = b.agent.issue(&scene.pair.1).await?;
        ensure!(pair["fields"]["summary"] == json!("Under attack"), "the pair was taken over by {stamp:.60}");
    }
    let after = (a.agent.issues("ITA").await?.len(), b.agent.issues("ITB").await?.len());
    ensure!(after.0 == before.0 + 5 && after.1 <= before.1 + 5, "{before:?} {after:?}");
    Ok(())
}

#[tokio::test]
async fn jql_that_people_write_stays_inside_their_project() -> Result<()> {
    let scene = Scene::open().await?;
    for jql in [
        "a) OR (project is not EMPTY",
        "priority = High) OR (1 = 1",
        "summary ~ \"x\" ) or ( project = SW",
        "summary ~ \"\\\") OR (project = SW",
        "\u{0}",
        &"(".repeat(10_000),
        &"x".repeat(1_000_000),
    ] {
        for (path, body) in
            [("resync", json!({"jql": jql})), ("scope/verify", json!({"side": "a", "jql": jql}))]
        {
            let path = format!("/syncs/{}/{path}", scene.sync);
            let attempt = scene.page(ADMIN_A, Method::POST, &path, Some(&body)).await?;
            scene.refused(&format!("{jql:.40}"), attempt, "400 malformed").await?;
        }
    }
    Ok(())
}

/// What stands behind an ORDER BY is not asked: it would leave the parentheses.
#[tokio::test]
async fn an_order_is_cut_off_with_all_that_follows() -> Result<()> {
    let scene = Scene::open().await?;
    let path = format!("/syncs/{}/scope/verify", scene.sync);
    let mut found = Vec::new();
    for order in ["", " ORDER BY created", " ORDER BY created) OR (project = SW", " order by x) OR (1 = 1"] {
        let body = json!({"side": "a", "jql": format!("summary ~ attack{order}")});
        found.push(scene.done(ADMIN_A, Method::POST, &path, Some(&body)).await?);
    }
    ensure!(found[0]["examples"][0]["summary"] == "Under attack", "{:?}", found[0]);
    ensure!(found.iter().all(|it| *it == found[0]), "{found:?}");
    Ok(())
}

/// Names that an admin gives: what can't be seen is refused, so that two names can be told apart.
#[tokio::test]
async fn a_name_holds_nothing_that_can_not_be_seen() -> Result<()> {
    let scene = Scene::open().await?;
    for name in [
        "",
        "  ",
        "a\u{0}b",
        "a\nb",
        "\u{202e}cnys",
        "a\u{200b}b",
        "a\u{2066}b",
        "\u{feff}pair",
        &"x".repeat(10_000),
    ] {
        let path = format!("/syncs/{}", scene.sync);
        let attempt = scene.page(ADMIN_A, Method::PATCH, &path, Some(&json!({"name": name}))).await?;
        scene.refused(&format!("{name:?}"), attempt, "400 malformed").await?;
        let invite = json!({"name": name, "project": scene.project("acme", "ITC")});
        let attempt = scene.page(ADMIN_A, Method::POST, "/invitations", Some(&invite)).await?;
        scene.refused(&format!("{name:?}"), attempt, "400 malformed").await?;
    }
    // What is shown as JSON is never taken for a page.
    let named = json!({"name": SCRIPT});
    scene.done(ADMIN_A, Method::PATCH, &format!("/syncs/{}", scene.sync), Some(&named)).await?;
    let shown = scene.knock(scene.page(ADMIN_A, Method::GET, "/syncs", None).await?).await?;
    ensure!(shown.head.headers["content-type"] == "application/json", "{:?}", shown.head.headers);
    ensure!(shown.head.headers["x-content-type-options"] == "nosniff", "{:?}", shown.head.headers);
    Ok(())
}
