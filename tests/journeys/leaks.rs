//! Attempts to get words to customers who must not read them. Each is made by people, with the means that Jira gives
//! them; what any customer could ever read is asked of the twin, which forgets nothing.

use crate::tale::{QUARTER_MS, comment, mirrored, only, request_type_field, thread};
use anyhow::{Result, ensure};
use duplex_tests::guide;
use duplex_tests::person::{Kind, Site, document};
use duplex_tests::scenario::Desk;
use duplex_tests::world::{World, host};
use jira_twin::faults::{FaultPlan, WebhookFaults};
use serde_json::json;

const SECRET: &str = "Between us";

/// No customer of the site could read the words at any moment.
fn never_shown(world: &World, site: &Site, words: &str) -> Result<()> {
    let shown = world.twin.with_site(&site.name, |site| {
        let with_words = site
            .issues
            .values()
            .flat_map(|issue| &issue.comments)
            .filter(|it| it.body.to_string().contains(words));
        with_words.filter(|comment| comment.was_ever_public()).count()
    });
    ensure!(shown == 0, "customers of {} could read \"{words}\"", site.name);
    Ok(())
}

/// No customer of the site can read the words now.
fn not_shown(world: &World, site: &Site, words: &str) -> Result<()> {
    let shown = world.twin.with_site(&site.name, |site| {
        let on = |issue: &jira_twin::model::Issue| site.is_request(&issue.head);
        let all = site.issues.values().flat_map(|issue| issue.comments.iter().map(move |it| (issue, it)));
        all.filter(|(_, it)| it.body.to_string().contains(words))
            .filter(|(issue, it)| it.in_portal(on(issue)))
            .count()
    });
    ensure!(shown == 0, "customers of {} can read \"{words}\"", site.name);
    Ok(())
}

fn no_events(world: &World) {
    let webhooks = WebhookFaults { drop: 1.0, ..WebhookFaults::default() };
    world.faults(FaultPlan { webhooks, ..FaultPlan::default() });
}

#[tokio::test]
async fn by_an_edit_of_a_note() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    let (key, copy) = mirrored(&mut world, &a, &b, "Edited").await?;
    let id = a.agent.comment(&key, Kind::Internal, SECRET).await?;
    world.settle().await?;
    for number in 0..3 {
        a.agent.edit_comment(&key, &id, &format!("{SECRET} {number}")).await?;
        world.settle().await?;
        assert_eq!(comment(&b, &copy, SECRET).await?.kind, Kind::Internal);
    }
    never_shown(&world, &b.site, SECRET)
}

/// Jira tells nobody when a property changes; the sweep finds it.
#[tokio::test]
async fn by_the_property_alone() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    let (key, copy) = mirrored(&mut world, &a, &b, "By property").await?;
    let id = a.agent.comment(&key, Kind::Public, SECRET).await?;
    world.settle().await?;
    let path = format!("/rest/api/3/comment/{id}/properties/sd.public.comment");
    a.agent.put(&path, json!({"internal": true})).await?;
    world.pass(QUARTER_MS).await?;
    assert_eq!(comment(&b, &copy, SECRET).await?.kind, Kind::Internal);
    not_shown(&world, &b.site, SECRET)
}

/// A property of the copy that a person deletes makes it public there.
#[tokio::test]
async fn by_deleting_the_property_of_the_copy() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    let (key, copy) = mirrored(&mut world, &a, &b, "Bared").await?;
    a.agent.comment(&key, Kind::Internal, SECRET).await?;
    world.settle().await?;
    let id = comment(&b, &copy, SECRET).await?.id;
    let admin = b.site.person("admin");
    admin.delete(&format!("/rest/api/3/comment/{id}/properties/sd.public.comment")).await?;
    world.pass(QUARTER_MS).await?;
    assert_eq!(thread(&b, &copy).await?, [""; 0]);
    assert_eq!(world.troubles().await?, ["B audience_mismatch"]);
    not_shown(&world, &b.site, SECRET)
}

#[tokio::test]
async fn by_restricting_what_was_public() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    let (key, copy) = mirrored(&mut world, &a, &b, "Restricted").await?;
    let admin = a.site.person("admin");
    let id = admin.comment(&key, Kind::Public, SECRET).await?;
    world.settle().await?;
    let restricted =
        json!({"body": document(SECRET), "visibility": {"type": "role", "value": "Administrators"}});
    admin.put(&format!("/rest/api/3/issue/{key}/comment/{id}"), restricted).await?;
    world.settle().await?;
    assert_eq!(thread(&b, &copy).await?, [""; 0]);
    not_shown(&world, &b.site, SECRET)
}

/// What people write on an issue that no customer sees looks public to the API.
#[tokio::test]
async fn by_an_issue_that_is_no_request() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    let key = a.agent.create(&a.project, "IT Help", "Not from the portal", json!({})).await?;
    a.agent.comment(&key, Kind::Public, SECRET).await?;
    world.settle().await?;
    let copy = only(&b, "Not from the portal").await?;
    a.agent.comment(&key, Kind::Public, &format!("{SECRET}, later")).await?;
    world.settle().await?;
    ensure!(thread(&b, &copy).await?.iter().all(|line| line.starts_with("internal")));
    never_shown(&world, &b.site, SECRET)
}

/// The request leaves the portal, and nobody tells the server.
#[tokio::test]
async fn by_an_issue_that_is_no_request_any_more() -> Result<()> {
    for told in [true, false] {
        let (mut world, a, b) = World::guide().await?;
        let (key, copy) = mirrored(&mut world, &a, &b, "Taken out of the portal").await?;
        world.pass(QUARTER_MS).await?;
        if !told {
            no_events(&world);
        }
        let field = request_type_field(&a).await?;
        a.site.person("admin").edit(&key, json!({ &field: null })).await?;
        world.faults(FaultPlan::default());
        a.agent.comment(&key, Kind::Public, SECRET).await?;
        world.settle().await?;
        world.pass(QUARTER_MS).await?;
        assert_eq!(comment(&b, &copy, SECRET).await?.kind, Kind::Internal, "told: {told}");
        not_shown(&world, &b.site, SECRET)?;
    }
    Ok(())
}

/// The copy leaves the portal and comes back.
#[tokio::test]
async fn by_a_copy_that_is_no_request_for_a_while() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    let (key, copy) = mirrored(&mut world, &a, &b, "Out and in again").await?;
    a.agent.comment(&key, Kind::Internal, SECRET).await?;
    world.settle().await?;
    let admin = b.site.person("admin");
    let field = request_type_field(&b).await?;
    let was = b.agent.issue(&copy).await?["fields"][&field]["requestType"]["id"].clone();
    no_events(&world);
    admin.edit(&copy, json!({ &field: null })).await?;
    world.faults(FaultPlan::default());
    a.agent.comment(&key, Kind::Internal, &format!("{SECRET}, too")).await?;
    world.settle().await?;
    admin.edit(&copy, json!({ &field: was })).await?;
    world.settle().await?;
    world.pass(QUARTER_MS).await?;
    never_shown(&world, &b.site, SECRET)
}

#[tokio::test]
async fn by_another_request_type() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    let (key, copy) = mirrored(&mut world, &a, &b, "Becomes a purchase").await?;
    a.agent.comment(&key, Kind::Internal, SECRET).await?;
    world.settle().await?;
    let field = request_type_field(&b).await?;
    let purchase = b.customer.raise(&b.project, "Purchase request", "A model", "").await?;
    let to = b.agent.issue(&purchase).await?["fields"][&field]["requestType"]["id"].clone();
    let admin = b.site.person("admin");
    admin.edit(&copy, json!({"issuetype": {"name": "Purchase"}, &field: to})).await?;
    a.agent.comment(&key, Kind::Internal, &format!("{SECRET}, again")).await?;
    world.settle().await?;
    world.pass(QUARTER_MS).await?;
    never_shown(&world, &b.site, SECRET)
}

/// An issue under a security level says nothing any more, and still hides.
#[tokio::test]
async fn by_a_security_level() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    let (key, copy) = mirrored(&mut world, &a, &b, "Secured").await?;
    let id = a.agent.comment(&key, Kind::Public, SECRET).await?;
    world.settle().await?;
    let admin = a.site.person("admin");
    admin.edit(&key, json!({"security": {"name": "Confidential"}})).await?;
    world.settle().await?;
    assert_eq!(world.troubles().await?, ["A secured"]);
    admin.comment(&key, Kind::Public, "Said under the level").await?;
    admin.edit(&key, json!({"summary": "Changed under the level"})).await?;
    admin.show_comment(&key, &id, Kind::Internal).await?;
    world.settle().await?;
    world.pass(QUARTER_MS).await?;
    assert_eq!(only(&b, "Secured").await?, copy);
    ensure!(thread(&b, &copy).await?.iter().all(|line| !line.contains("under the level")));
    not_shown(&world, &b.site, SECRET)
}

/// The map is narrowed after a note was made public by it; a look at the issue hides it.
#[tokio::test]
async fn by_a_map_that_was_narrowed() -> Result<()> {
    for cell in ["internal", "nothing"] {
        let (mut world, a, b) = World::guide_with(|text| {
            guide::changed(&text, "a", |part| {
                part.replace("internal = \"internal\"", "internal = \"public\"")
            })
        })
        .await?;
        let (key, _) = mirrored(&mut world, &a, &b, "Too open").await?;
        a.agent.comment(&key, Kind::Internal, SECRET).await?;
        world.settle().await?;
        let text = guide::config("pair", (host(&a.site), &a.project), (host(&b.site), &b.project));
        let narrow = |part: &str| part.replace("internal = \"internal\"", &format!("internal = \"{cell}\""));
        world.apply(&guide::changed(&text, "a", narrow)).await?;
        world.retry().await?;
        not_shown(&world, &b.site, SECRET)?;
    }
    Ok(())
}

/// A note of A is a note in B; that B's own notes become public in C is no word of A.
#[tokio::test]
async fn by_the_map_of_a_further_hop() -> Result<()> {
    let mut world = World::open().await?;
    let (a, b, c) =
        (Desk::at(&world.acme, "ITA"), Desk::at(&world.globex, "ITB"), Desk::at(&world.acme, "ITC"));
    world.mirror("first", &a, &b, |text| text).await?;
    let open = |part: &str| part.replace("internal = \"internal\"", "internal = \"public\"");
    world.mirror("second", &b, &c, |text| guide::changed(&text, "a", open)).await?;
    let (key, there) = mirrored(&mut world, &a, &b, "Far away").await?;
    let far = only(&c, "Far away").await?;
    a.agent.comment(&key, Kind::Internal, SECRET).await?;
    b.agent.comment(&there, Kind::Internal, "Of B itself").await?;
    world.settle().await?;
    assert_eq!(comment(&c, &far, "Of B itself").await?.kind, Kind::Public);
    never_shown(&world, &c.site, SECRET)
}

/// One project is side B of one sync and side A of another, on one site.
#[tokio::test]
async fn by_two_roles_on_one_site() -> Result<()> {
    let mut world = World::open().await?;
    let [a, b, c] = ["ITA", "ITB", "ITC"].map(|project| Desk::at(&world.acme, project));
    world.mirror("first", &a, &b, |text| text).await?;
    world.mirror("second", &b, &c, |text| text).await?;
    world.mirror("third", &c, &a, |text| text).await?;
    let (key, there) = mirrored(&mut world, &a, &b, "Round").await?;
    let id = a.agent.comment(&key, Kind::Internal, SECRET).await?;
    b.agent.comment(&there, Kind::Internal, &format!("{SECRET}, from there")).await?;
    world.settle().await?;
    a.agent.edit_comment(&key, &id, &format!("{SECRET}, edited")).await?;
    world.settle().await?;
    for desk in [&a, &b, &c] {
        let key = only(desk, "Round").await?;
        assert_eq!(thread(desk, &key).await?.len(), 2);
    }
    never_shown(&world, &a.site, SECRET)
}

/// In a software project every comment is for all who see the issue.
#[tokio::test]
async fn by_a_software_project() -> Result<()> {
    let mut world = World::open().await?;
    let (a, b) = (Desk::at(&world.acme, "ITA"), Desk::at(&world.globex, "SW"));
    world
        .mirror("out", &a, &b, |text| {
            let text = text.replace("to = \"IT Help\"", "to = \"Task\"");
            let text = text
                .replace("to = \"Purchase\"", "to = \"Task\"")
                .replace("to = \"Access\"", "to = \"Task\"");
            guide::changed(&text, "b", |part| {
                let (head, rest) = part.split_once("issue_types = [").unwrap_or((part, ""));
                let fields = rest.find("fields = [").unwrap_or(0);
                let (fields, after) = rest[fields..].split_once("defaults = [").unwrap_or(("", ""));
                let comments = after.find("[side.b.comments]").unwrap_or(0);
                format!("{head}{fields}{}", &after[comments..])
            })
        })
        .await?;
    let key = a.customer.raise(&a.project, "Get IT Help", "To software", "With words.").await?;
    a.agent.comment(&key, Kind::Internal, SECRET).await?;
    a.agent.comment(&key, Kind::Public, "A reply").await?;
    world.settle().await?;
    let copy = only(&b, "To software").await?;
    let seen = thread(&b, &copy).await?;
    ensure!(seen.len() == 1 && seen[0].contains("A reply"), "{seen:?}");
    assert_eq!(world.troubles().await?, ["B target_not_a_request"]);
    Ok(())
}
