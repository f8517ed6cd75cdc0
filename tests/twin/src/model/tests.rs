//! The books that every change keeps.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    Act, CommentEdit, Edit, EventKind, FieldValue, NewComment, NewIssue, PUBLIC_COMMENT_PROPERTY, Site,
};
use crate::{seed, text};

/// A site with one plain issue of ITA, made at time 0 by an agent.
fn world() -> (Site, u64) {
    let mut site = seed::service_desk(3, 0, "acme", "http://acme.test");
    let project = site.project("ITA").expect("seeded").clone();
    let values = BTreeMap::from([("summary".to_owned(), FieldValue::Text("Plain".to_owned()))]);
    let issue_type = project.issue_types[0].clone();
    let act = at(&site, 0);
    let new = NewIssue { project: project.id, issue_type, values, properties: BTreeMap::new() };
    let id = site.create_issue(&act, new);
    (site, id)
}

fn at(site: &Site, now_ms: i64) -> Act {
    let account = site.user_named("agent1").expect("seeded").account_id.clone();
    Act { account, now_ms, trace: None }
}

fn comment(internal: bool) -> NewComment {
    let flag = (PUBLIC_COMMENT_PROPERTY.to_owned(), json!({"internal": true}));
    NewComment {
        body: text::wiki_to_adf("hello"),
        visibility: None,
        properties: internal.then_some(flag).into_iter().collect(),
    }
}

fn request_type(site: &Site) -> Edit {
    let desk = site.project("ITA").and_then(|project| project.service_desk.as_ref()).expect("seeded");
    let field = site.field_named("Request Type").expect("seeded").id.clone();
    let mut edit = Edit::default();
    edit.values.insert(field, Some(FieldValue::Id(desk.request_types[0].id.clone())));
    edit
}

fn summary(text: &str) -> Edit {
    let mut edit = Edit::default();
    edit.values.insert("summary".to_owned(), Some(FieldValue::Text(text.to_owned())));
    edit
}

fn kinds(site: &Site) -> Vec<&'static str> {
    let name = |kind: &EventKind| match kind {
        EventKind::IssueCreated => "issue created",
        EventKind::IssueUpdated { .. } => "issue updated",
        EventKind::IssueDeleted => "issue deleted",
        EventKind::CommentCreated { .. } => "comment created",
        EventKind::CommentUpdated { .. } => "comment updated",
        EventKind::CommentDeleted { cascade: true, .. } => "comment gone with its issue",
        EventKind::CommentDeleted { cascade: false, .. } => "comment deleted",
        EventKind::PropertySet { .. } => "property set",
        EventKind::PropertyDeleted { .. } => "property deleted",
    };
    site.events.iter().map(|event| name(&event.kind)).collect()
}

#[test]
fn everything_that_happens_is_told_once_and_in_order() {
    let (mut site, id) = world();
    let act = at(&site, 10);
    site.edit_issue(&act, id, summary("Other"));
    site.edit_issue(&act, id, summary("Other"));
    let first = site.add_comment(&act, id, comment(false)).expect("the issue is there");
    let edit = CommentEdit { body: Some(text::wiki_to_adf("bye")), ..CommentEdit::default() };
    site.edit_comment(&act, id, first, edit);
    site.add_comment(&act, id, comment(false));
    site.delete_comment(&act, id, first);
    site.set_issue_property(&act, id, "k", Value::Bool(true));
    site.delete_issue_property(&act, id, "k");
    site.delete_issue_property(&act, id, "k");
    site.delete_issue(&act, id);
    let expected = [
        "issue created",
        "issue updated",
        "comment created",
        "comment updated",
        "comment created",
        "comment deleted",
        "property set",
        "property deleted",
        "issue deleted",
        "comment gone with its issue",
    ];
    assert_eq!(kinds(&site), expected);
    let seqs: Vec<u64> = site.events.iter().map(|event| event.seq).collect();
    assert_eq!(seqs, (1..=10).collect::<Vec<u64>>());
    assert!(site.issue("ITA-1").is_none());
}

#[test]
fn an_event_shows_the_issue_as_it_was_then() {
    let (mut site, id) = world();
    let act = at(&site, 10);
    site.edit_issue(&act, id, summary("Other"));
    let shown: Vec<&Value> = site.events.iter().map(|event| &event.issue_v2["fields"]["summary"]).collect();
    assert_eq!(shown, ["Plain", "Other"]);
}

#[test]
fn who_could_read_a_comment_is_never_forgotten() {
    let (mut site, id) = world();
    let (mut act, set, mut take) = (at(&site, 10), request_type(&site), request_type(&site));
    take.values.values_mut().for_each(|value| *value = None);
    let public = site.add_comment(&act, id, comment(false)).expect("the issue is there");
    let internal = site.add_comment(&act, id, comment(true)).expect("the issue is there");
    act.now_ms = 20;
    site.edit_issue(&act, id, set);
    act.now_ms = 30;
    site.edit_issue(&act, id, take);
    let history = |id: u64| -> Vec<(i64, bool, bool)> {
        let (_, comment) = site.find_comment(id).expect("the comment is there");
        comment.audience.iter().map(|moment| (moment.at_ms, moment.in_portal, moment.jsd_public)).collect()
    };
    assert_eq!(history(public), [(10, false, true), (20, true, true), (30, false, true)]);
    assert_eq!(history(internal), [(10, false, true), (20, false, false), (30, false, true)]);
    act.now_ms = 40;
    site.delete_comment(&act, id, public);
    site.delete_issue(&act, id);
    let ever: Vec<(u64, bool)> = site.comments_ever().map(|(_, it)| (it.id, it.was_ever_public())).collect();
    assert_eq!(ever, [(public, true), (internal, false)], "deleting forgets nothing");
}

#[test]
fn the_index_keeps_what_search_can_still_show() {
    let (mut site, id) = world();
    site.index_lag_ms = 100;
    for step in 1..=20 {
        let act = at(&site, step * 10);
        site.edit_issue(&act, id, summary(&format!("Step {step}")));
    }
    let issue = &site.issues[&id];
    let seen = |now_ms: i64| issue.indexed(now_ms, 100).map(|head| head.summary().to_owned());
    assert_eq!(seen(200), Some("Step 10".to_owned()));
    assert_eq!(seen(300), Some("Step 20".to_owned()));
    assert!(issue.index.len() <= 12, "{}", issue.index.len());
}

#[test]
fn a_comments_property_moves_its_issue_and_not_the_comment() {
    let (mut site, id) = world();
    let act = at(&site, 50);
    let made = site.add_comment(&act, id, comment(false)).expect("the issue is there");
    let later = at(&site, 60);
    site.set_comment_property(&later, id, made, "k", Some(Value::Bool(true)));
    let issue = &site.issues[&id];
    assert_eq!((issue.head.updated_ms, issue.comments[0].updated_ms), (60, 50));
}
