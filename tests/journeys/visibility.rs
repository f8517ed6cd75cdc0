//! Who may read a comment, on its way and when that changes.

use crate::tale::{QUARTER_MS, comment, mirrored, quiet, request_type_field, thread};
use anyhow::{Context, Result};
use duplex_tests::guide;
use duplex_tests::person::{Kind, document};
use duplex_tests::world::World;
use serde_json::{Value, json};

#[tokio::test]
async fn a_reply_that_becomes_a_note_is_hidden_first() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    let (key, copy) = mirrored(&mut world, &a, &b, "Second thoughts").await?;
    let id = a.agent.comment(&key, Kind::Public, "We lost your file").await?;
    world.settle().await?;
    let before = comment(&b, &copy, "We lost your file").await?;
    assert_eq!(before.kind, Kind::Public);

    let mark = world.mark();
    a.agent.show_comment(&key, &id, Kind::Internal).await?;
    world.settle().await?;
    let after = comment(&b, &copy, "We lost your file").await?;
    assert_eq!(after.kind, Kind::Internal);
    assert_ne!(after.id, before.id);
    let portal = b.site.person("admin").portal(&copy).await?.join("\n");
    assert!(!portal.contains("We lost your file"), "{portal}");
    let writes: Vec<_> =
        world.calls_since(mark).into_iter().filter(|call| call.write).map(|c| c.method).collect();
    assert_eq!(writes, ["DELETE", "POST"]);

    a.agent.show_comment(&key, &id, Kind::Public).await?;
    world.settle().await?;
    assert_eq!(comment(&b, &copy, "We lost your file").await?.kind, Kind::Public);
    quiet(&mut world).await
}

#[tokio::test]
async fn what_a_role_may_read_stays_at_home() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    let (key, copy) = mirrored(&mut world, &a, &b, "A matter of trust").await?;
    a.site.person("admin").comment_for_role(&key, "Administrators", "For admins").await?;
    let id = a.site.person("admin").comment(&key, Kind::Internal, "For the team").await?;
    world.settle().await?;
    assert_eq!(thread(&b, &copy).await?.len(), 1);

    let path = format!("/rest/api/3/issue/{key}/comment/{id}");
    let visibility = json!({"type": "role", "value": "Administrators"});
    a.site
        .person("admin")
        .put(&path, json!({"body": document("For the team"), "visibility": visibility}))
        .await?;
    world.settle().await?;
    assert_eq!(thread(&b, &copy).await?, [""; 0]);
    quiet(&mut world).await
}

#[tokio::test]
async fn a_note_waits_until_the_other_issue_is_a_request() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    let (key, copy) = mirrored(&mut world, &a, &b, "Out of the portal").await?;
    let field = request_type_field(&b).await?;
    let was = b.agent.issue(&copy).await?["fields"][&field]["requestType"]["id"].clone();
    b.site.person("admin").edit(&copy, json!({ &field: null })).await?;
    world.settle().await?;
    world.pass(QUARTER_MS).await?;
    a.agent.comment(&key, Kind::Internal, "Only among us").await?;
    world.settle().await?;
    assert_eq!(thread(&b, &copy).await?, [""; 0]);
    assert_eq!(world.troubles().await?, ["B target_not_a_request"]);

    b.site.person("admin").edit(&copy, json!({ &field: was })).await?;
    world.settle().await?;
    world.retry().await?;
    assert_eq!(comment(&b, &copy, "Only among us").await?.kind, Kind::Internal);
    assert_eq!(world.troubles().await?, [""; 0]);
    quiet(&mut world).await
}

#[tokio::test]
async fn the_map_says_what_becomes_of_comments() -> Result<()> {
    let (mut world, a, b) = World::guide_with(|text| {
        guide::changed(&text, "a", |part| {
            part.replace("public = \"public\"", "public = \"internal\"")
                .replace("internal = \"internal\"\n", "internal = \"nothing\"\n")
        })
    })
    .await?;
    let (key, copy) = mirrored(&mut world, &a, &b, "Discreet").await?;
    a.agent.comment(&key, Kind::Public, "A reply").await?;
    a.agent.comment(&key, Kind::Internal, "A note").await?;
    b.agent.comment(&copy, Kind::Internal, "A note from abroad").await?;
    world.settle().await?;
    assert_eq!(comment(&b, &copy, "A reply").await?.kind, Kind::Internal);
    assert_eq!(b.agent.comments(&copy).await?.len(), 2);
    assert_eq!(comment(&a, &key, "A note from abroad").await?.kind, Kind::Internal);
    let portal = b.site.person("admin").portal(&copy).await?;
    assert_eq!(portal, [""; 0]);
    quiet(&mut world).await
}

#[tokio::test]
async fn a_copy_that_a_person_publishes_is_removed() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    let (key, copy) = mirrored(&mut world, &a, &b, "Too open").await?;
    a.agent.comment(&key, Kind::Internal, "Between us").await?;
    world.settle().await?;
    let id = comment(&b, &copy, "Between us").await?.id;
    b.site.person("admin").show_comment(&copy, &id, Kind::Public).await?;
    world.settle().await?;
    assert_eq!(thread(&b, &copy).await?, [""; 0]);
    assert_eq!(world.troubles().await?, ["B audience_mismatch"]);
    assert_eq!(a.agent.comments(&key).await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_copied_stamp_makes_no_copy() -> Result<()> {
    let (mut world, a, b) = World::guide().await?;
    let (key, copy) = mirrored(&mut world, &a, &b, "Forged").await?;
    a.agent.comment(&key, Kind::Internal, "The true one").await?;
    world.settle().await?;
    let seen =
        b.site.person("admin").get(&format!("/rest/api/3/issue/{copy}/comment?expand=properties")).await?;
    let properties = seen["comments"][0]["properties"].clone();
    let stamp = properties.as_array().and_then(|all| all.iter().find(|it| it["key"] == "duplex.stamp"));
    let stamp: Value = stamp.cloned().context("a stamp")?;
    let internal = json!({"key": "sd.public.comment", "value": {"internal": true}});
    let body = json!({"body": document("A person's words"), "properties": [stamp, internal]});
    b.agent.post(&format!("/rest/api/3/issue/{copy}/comment"), body).await?;
    world.settle().await?;
    assert_eq!(comment(&a, &key, "A person's words").await?.kind, Kind::Internal);
    assert_eq!(b.agent.comments(&copy).await?.len(), 2);
    quiet(&mut world).await
}
