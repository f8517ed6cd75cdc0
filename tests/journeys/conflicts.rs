//! Both sides change a field, or a text holds what can't be carried.

use crate::tale::{field, field_id, mirrored, quiet, told};
use anyhow::{Context, Result};
use duplex_core::id::Side;
use duplex_core::issue::Value as FieldValue;
use duplex_tests::guide;
use duplex_tests::person::{document, plain};
use duplex_tests::world::World;
use serde_json::{Value, json};

/// Both desks rename the issue within one breath, side A first. Answers what both show and what was lost.
async fn both_rename(wins: &str) -> Result<(String, Vec<FieldValue>)> {
    let (mut world, a, b) = World::guide_with(|text| match wins {
        "newest" => text,
        wins => format!("{text}\n[[conflicts]]\na = \"Summary\"\nb = \"Summary\"\nwins = \"{wins}\"\n"),
    })
    .await?;
    let (key, copy) = mirrored(&mut world, &a, &b, "As raised").await?;
    a.agent.edit(&key, json!({"summary": "By A"})).await?;
    b.agent.edit(&copy, json!({"summary": "By B"})).await?;
    world.settle().await?;
    let (here, there) = (told(&a, &key).await?.0, told(&b, &copy).await?.0);
    assert_eq!(here, there);
    quiet(&mut world).await?;
    Ok((here, world.conflicts().await?.into_iter().map(|conflict| conflict.lost).collect()))
}

#[tokio::test]
async fn the_policy_chooses_and_the_lost_value_is_kept() -> Result<()> {
    let text = |words: &str| vec![FieldValue::Text(words.to_owned())];
    assert_eq!(both_rename("newest").await?, ("By B".to_owned(), text("By A")));
    assert_eq!(both_rename("a").await?, ("By A".to_owned(), text("By B")));
    assert_eq!(both_rename("b").await?, ("By B".to_owned(), text("By A")));
    Ok(())
}

/// The event of the other side's edit is lost: our write goes over it, and its answer shows that it did.
#[tokio::test]
async fn an_overwritten_edit_is_noticed_by_two_calls() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    let (key, copy) = mirrored(&mut world, &a, &b, "As raised").await?;
    a.agent.edit(&key, json!({"summary": "Settled"})).await?;
    world.settle().await?;
    world.faults(serde_json::from_value(json!({"webhooks": {"drop": 1.0}}))?);
    b.agent.edit(&copy, json!({"summary": "Unheard"})).await?;
    world.settle().await?;
    world.faults(Default::default());
    let mark = world.mark();
    a.agent.edit(&key, json!({"summary": "Later"})).await?;
    world.settle().await?;
    assert_eq!(world.calls_since(mark).len(), 2);
    assert_eq!(told(&b, &copy).await?.0, "Later");
    let conflicts = world.conflicts().await?;
    assert_eq!(conflicts.len(), 1);
    assert_eq!((conflicts[0].winner, &conflicts[0].lost), (Side::A, &FieldValue::Text("Unheard".to_owned())));
    quiet(&mut world).await
}

#[tokio::test]
async fn a_field_that_flips_is_frozen() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    let (key, copy) = mirrored(&mut world, &a, &b, "Stubborn").await?;
    // An automation at B insists on its own words.
    b.agent.edit(&copy, json!({"summary": "Robot"})).await?;
    world.settle().await?;
    for _ in 0..6 {
        a.agent.edit(&key, json!({"summary": "Human"})).await?;
        world.settle().await?;
        b.agent.edit(&copy, json!({"summary": "Robot"})).await?;
        world.settle().await?;
    }
    let troubles = world.troubles().await?;
    assert!(troubles.len() == 1 && troubles[0].ends_with("frozen"), "{troubles:?}");
    Ok(())
}

#[tokio::test]
async fn an_image_outlives_an_edit_abroad() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    let (key, copy) = mirrored(&mut world, &a, &b, "Illustrated").await?;
    let paragraph = |words: &str| document(words)["content"][0].clone();
    let image = json!({"type": "mediaSingle", "attrs": {"layout": "center"}, "content": [
        {"type": "media", "attrs": {"type": "file", "id": "6d3bf0a1-0000-4000-8000-000000000001", "collection": ""}}]});
    let content = json!([paragraph("Above"), image, paragraph("Below")]);
    a.agent.edit(&key, json!({"description": {"type": "doc", "version": 1, "content": content}})).await?;
    world.settle().await?;
    let there = b.agent.issue(&copy).await?["fields"]["description"].clone();
    assert!(plain(&there).starts_with("Above"), "{there}");

    let mut edited: Vec<Value> = there["content"].as_array().context("blocks")?.clone();
    *edited.last_mut().context("a last block")? = paragraph("Below, edited");
    b.agent.edit(&copy, json!({"description": {"type": "doc", "version": 1, "content": edited}})).await?;
    world.settle().await?;
    let here = a.agent.issue(&key).await?["fields"]["description"].clone();
    assert_eq!(here["content"][1]["content"][0]["attrs"]["id"], image["content"][0]["attrs"]["id"], "{here}");
    assert!(plain(&here).ends_with("Below, edited"), "{here}");
    quiet(&mut world).await
}

#[tokio::test]
async fn labels_of_both_sides_are_kept() -> Result<()> {
    let row = "{ from = \"Labels\", to = \"Labels\" }";
    let (mut world, a, b) = World::guide_with(|text| {
        let text = guide::changed(&text, "a", |part| guide::field(part, row));
        guide::changed(&text, "b", |part| guide::field(part, row))
    })
    .await?;
    let (key, copy) = mirrored(&mut world, &a, &b, "Labelled").await?;
    a.agent.edit(&key, json!({"labels": ["one", "two"]})).await?;
    world.settle().await?;
    b.agent
        .put(
            &format!("/rest/api/3/issue/{copy}"),
            json!({"update": {"labels": [{"add": "three"}, {"remove": "one"}]}}),
        )
        .await?;
    a.agent
        .put(&format!("/rest/api/3/issue/{key}"), json!({"update": {"labels": [{"add": "four"}]}}))
        .await?;
    world.settle().await?;
    for (desk, key) in [(&a, &key), (&b, &copy)] {
        let mut labels: Vec<String> = serde_json::from_value(field(desk, key, "labels").await?)?;
        labels.sort();
        assert_eq!(labels, ["four", "three", "two"]);
    }
    assert_eq!(world.conflicts().await?, []);
    quiet(&mut world).await
}

#[tokio::test]
async fn a_table_of_many_to_one_keeps_what_still_fits() -> Result<()> {
    let there = "{ from = \"Urgency\", to = \"Urgency\", table = [{ from = \"Critical\", to = \"High\" }, \
                 { from = \"High\", to = \"High\" }, { from = \"Low\", to = \"Low\" }] }";
    let back = "{ from = \"Urgency\", to = \"Urgency\", table = [{ from = \"High\", to = \"High\" }, \
                { from = \"Low\", to = \"Low\" }] }";
    let (mut world, a, b) = World::guide_with(|text| {
        let text = guide::changed(&text, "a", |part| guide::field(part, there));
        guide::changed(&text, "b", |part| guide::field(part, back))
    })
    .await?;
    let (key, copy) = mirrored(&mut world, &a, &b, "Urgent").await?;
    let (here, abroad) = (field_id(&a, "Urgency").await?, field_id(&b, "Urgency").await?);
    a.agent.edit(&key, json!({ &here: {"value": "Critical"} })).await?;
    world.settle().await?;
    assert_eq!(field(&b, &copy, &abroad).await?["value"], "High");
    assert_eq!(field(&a, &key, &here).await?["value"], "Critical");
    b.agent.edit(&copy, json!({ &abroad: {"value": "Low"} })).await?;
    world.settle().await?;
    assert_eq!(field(&a, &key, &here).await?["value"], "Low");
    quiet(&mut world).await
}

#[tokio::test]
async fn people_are_found_by_table_and_named_where_not() -> Result<()> {
    let row = "{ from = \"Approver\", to = \"Approver\" }";
    let table = "\n[side.a.users]\ntable = [{ from = \"agent1@acme.example\", to = \"agent2@globex.example\" }]\n\
                 fallback = \"admin@globex.example\"\n";
    let (mut world, a, b) = World::guide_with(|text| {
        guide::changed(&text, "a", |part| format!("{}{table}", guide::field(part, row)))
    })
    .await?;
    let (key, copy) = mirrored(&mut world, &a, &b, "Approved").await?;
    let (here, abroad) = (field_id(&a, "Approver").await?, field_id(&b, "Approver").await?);
    for (name, expected) in [("agent1", "agent2"), ("agent2", "admin")] {
        let account = a.site.person(name).account().await?;
        a.agent.edit(&key, json!({ &here: {"accountId": account} })).await?;
        world.settle().await?;
        let shown = field(&b, &copy, &abroad).await?["accountId"].clone();
        assert_eq!(shown, json!(b.site.person(expected).account().await?), "{name}");
    }
    // A mention in a text becomes the mapped person's, or a plain name.
    for (name, mapped) in [("agent1", Some("agent2")), ("agent2", None)] {
        let person = a.site.person(name);
        let called = person.display_name().await?;
        let body = json!({"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [
            {"type": "text", "text": "Ask "},
            {"type": "mention", "attrs": {"id": person.account().await?, "text": format!("@{called}")}}]}]});
        a.agent.edit(&key, json!({"description": body})).await?;
        world.settle().await?;
        let shown = field(&b, &copy, "description").await?;
        let nodes = &shown["content"][0]["content"];
        match mapped {
            Some(mapped) => {
                let account = b.site.person(mapped).account().await?;
                assert_eq!(nodes[1]["attrs"]["id"], json!(account), "{shown}");
            }
            None => {
                assert!(!shown.to_string().contains("mention"), "{shown}");
                assert!(plain(&shown).contains(&called), "{shown}");
            }
        }
    }
    quiet(&mut world).await
}

/// People who have one e-mail address on both sites are found by it; who is asked for once is not asked for again and
/// again.
#[tokio::test]
async fn people_are_found_by_their_email_address() -> Result<()> {
    let row = "{ from = \"Approver\", to = \"Approver\" }";
    let (mut world, a, b) = World::guide_with(|text| {
        guide::changed(&text, "a", |part| {
            format!("{}\n[side.a.users]\nemail = true\n", guide::field(part, row))
        })
    })
    .await?;
    let (known, twin) = (a.site.person("agent1"), b.site.person("agent2").account().await?);
    world.twin.with(|state| {
        let users = &mut state.sites.get_mut(&b.site.name).expect("globex").users;
        users.get_mut(&twin).expect("agent2").email = "Agent1@acme.example".to_owned();
    });
    let (key, copy) = mirrored(&mut world, &a, &b, "Approved by mail").await?;
    let (here, abroad) = (field_id(&a, "Approver").await?, field_id(&b, "Approver").await?);
    a.agent.edit(&key, json!({ &here: {"accountId": known.account().await?} })).await?;
    world.settle().await?;
    assert_eq!(field(&b, &copy, &abroad).await?["accountId"], json!(twin));

    // Nobody there has this address: the other side keeps what it has, and the log says why.
    let stranger = a.site.person("agent2").account().await?;
    a.agent.edit(&key, json!({ &here: {"accountId": stranger} })).await?;
    world.settle().await?;
    assert_eq!(field(&b, &copy, &abroad).await?["accountId"], json!(twin));
    assert_eq!(world.troubles().await?, [""; 0]);
    quiet(&mut world).await
}
