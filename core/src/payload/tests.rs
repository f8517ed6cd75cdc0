#![expect(
    clippy::needless_pass_by_value,
    reason = "tables read better with `json!(..)` than with `&json!(..)`"
)]

use super::*;
use crate::id::{Millis, Side};
use crate::issue::{Choice, Person, Value as Field};
use crate::plan::Mark;
use crate::schema::{FieldKind, FieldSchema, IssueTypeSchema};
use crate::stamp::Property;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn schema() -> ProjectSchema {
    let field = |id: &str, kind| FieldSchema {
        id: id.into(),
        name: id.to_owned(),
        kind,
        required: false,
        has_default: false,
        on_create: true,
        on_edit: true,
        options: Vec::new(),
    };
    ProjectSchema {
        project: "10000".into(),
        key: "A".to_owned(),
        name: "Service desk".to_owned(),
        service: true,
        issue_types: vec![IssueTypeSchema {
            id: "1".into(),
            name: "IT Help".to_owned(),
            subtask: false,
            fields: vec![
                field("summary", FieldKind::Text),
                field("description", FieldKind::Rich),
                field("labels", FieldKind::Labels),
                field("assignee", FieldKind::Person),
                field("cf1", FieldKind::Choices),
            ],
        }],
        request_types: Vec::new(),
        request_type_field: Some("customfield_10010".into()),
    }
}

fn sent(op: &Op) -> Result<HttpCall, PayloadError> {
    let stamp = Property { stamp: "opaque".to_owned(), op: "op1".into() };
    request(op, &Sides::new(schema(), schema()), Some(&stamp))
}

/// One line for the head, then the body.
fn check(op: &Op, head: &str, body: Value) {
    let call = sent(op).expect("has a call");
    let query: Vec<String> = call.query.iter().map(|(n, v)| format!("{n}={v}")).collect();
    let seen = format!("{} {} {}", call.method.as_str(), call.path, query.join("&"));
    assert_eq!(seen.trim_end(), head);
    assert_eq!(call.body.unwrap_or_default(), body);
}

fn mark() -> Mark {
    Mark { cluster: "c1".into(), ceiling: Audience::Customers }
}

fn edit(fields: &[(&str, FieldWrite)]) -> Op {
    Op::EditIssue {
        side: Side::A,
        issue: "10001".into(),
        fields: fields.iter().map(|(id, write)| ((*id).into(), write.clone())).collect(),
    }
}

fn set(value: Field) -> FieldWrite {
    FieldWrite::Set { value }
}

fn hello() -> Value {
    json!({ "type": "doc", "version": 1, "content": [
        { "type": "paragraph", "content": [{ "type": "text", "text": "hello" }] }] })
}

#[test]
fn an_issue_is_created_with_its_request_type_and_stamp() {
    let fields = [
        ("summary", Field::Text("Help".to_owned())),
        ("description", Field::Rich(Doc::from_text("hello"))),
        ("labels", Field::Empty),
    ];
    check(
        &Op::CreateIssue {
            side: Side::A,
            project: "10000".into(),
            issue_type: "1".into(),
            request_type: Some("25".into()),
            fields: fields.into_iter().map(|(id, value)| (id.into(), value)).collect(),
            mark: mark(),
        },
        "POST /rest/api/3/issue",
        json!({
            "fields": {
                "project": { "id": "10000" }, "issuetype": { "id": "1" }, "customfield_10010": "25",
                "summary": "Help", "description": hello(),
            },
            "properties": [{ "key": "duplex.stamp", "value": { "stamp": "opaque", "op": "op1" } }],
        }),
    );
}

#[test]
fn fields_are_set_and_sets_are_added_to_and_removed_from() {
    let head = "PUT /rest/api/3/issue/10001 returnIssue=true&expand=changelog";
    let labels = FieldWrite::Labels {
        add: BTreeSet::from(["x".to_owned()]),
        remove: BTreeSet::from(["y".to_owned()]),
    };
    check(
        &edit(&[("summary", set(Field::Text("New".to_owned()))), ("labels", labels)]),
        head,
        json!({ "fields": { "summary": "New" }, "update": { "labels": [{ "add": "x" }, { "remove": "y" }] } }),
    );
    let anna = Person { account: "anna".into(), name: "Anna".to_owned(), email: None };
    let low = Choice { id: "7".to_owned(), name: "Low".to_owned() };
    for (id, value, json) in [
        ("description", Field::Text("hello".to_owned()), hello()),
        ("description", Field::Empty, Value::Null),
        ("description", Field::Rich(Doc::of_blocks(Vec::new())), Value::Null),
        ("labels", Field::Empty, json!([])),
        ("assignee", Field::Person(anna.clone()), json!({ "accountId": "anna" })),
        ("people", Field::People(BTreeSet::from([anna])), json!([{ "accountId": "anna" }])),
        ("priority", Field::Choice(low.clone()), json!({ "id": "7" })),
        ("cf1", Field::Choice(low.clone()), json!([{ "id": "7" }])),
        ("components", Field::Choices(BTreeSet::from([low])), json!([{ "id": "7" }])),
        ("cf2", Field::Number(5.into()), json!(5)),
        ("duedate", Field::Date("2026-11-23".to_owned()), json!("2026-11-23")),
        ("cf3", Field::DateTime(Millis(0)), json!("1970-01-01T00:00:00.000+0000")),
        ("cf3", Field::DateTime(Millis(1_795_392_000_007)), json!("2026-11-23T00:00:00.007+0000")),
    ] {
        check(&edit(&[(id, set(value))]), head, json!({ "fields": { id: json } }));
    }
}

#[test]
fn a_restored_text_is_wiki_markup_and_goes_through_version_2() {
    let wiki = set(Field::Wiki("h1. Old".to_owned()));
    check(
        &edit(&[("description", wiki.clone())]),
        "PUT /rest/api/2/issue/10001 returnIssue=true&expand=changelog",
        json!({ "fields": { "description": "h1. Old" } }),
    );
    let mixed = edit(&[("description", wiki), ("environment", set(Field::Rich(Doc::from_text("x"))))]);
    assert_eq!(sent(&mixed), Err(PayloadError::Mixed("description".into(), "environment".into())));
}

fn add(audience: Audience) -> Op {
    let (issue, origin) = ("10001".into(), "7".into());
    Op::AddComment { side: Side::B, issue, origin, body: Doc::from_text("hello"), audience, mark: mark() }
}

fn change(audience: Audience) -> Op {
    let (issue, comment, origin) = ("10001".into(), "8".into(), "7".into());
    Op::EditComment { side: Side::B, issue, comment, origin, body: Doc::from_text("hello"), audience }
}

#[test]
fn the_audience_travels_in_the_request_that_writes_the_comment() {
    let flag = |internal: bool| json!({ "key": "sd.public.comment", "value": { "internal": internal } });
    let stamp = json!({ "key": "duplex.stamp", "value": { "stamp": "opaque", "op": "op1" } });
    let path = "POST /rest/api/3/issue/10001/comment";
    check(&add(Audience::Team), path, json!({ "body": hello(), "properties": [flag(true), stamp] }));
    check(&add(Audience::Customers), path, json!({ "body": hello(), "properties": [flag(false), stamp] }));
    let path = "PUT /rest/api/3/issue/10001/comment/8";
    check(&change(Audience::Team), path, json!({ "body": hello(), "properties": [flag(true)] }));
    check(&change(Audience::Customers), path, json!({ "body": hello() }));
}

#[test]
fn no_other_audience_has_a_call() {
    for audience in [Audience::Restricted, Audience::Unknown] {
        assert_eq!(sent(&add(audience)), Err(PayloadError::Audience(audience)));
        assert_eq!(sent(&change(audience)), Err(PayloadError::Audience(audience)));
    }
}

#[test]
fn a_comment_is_deleted() {
    let op = Op::DeleteComment { side: Side::A, issue: "1".into(), comment: "2".into(), origin: "3".into() };
    check(&op, "DELETE /rest/api/3/issue/1/comment/2", Value::Null);
}

#[test]
fn an_id_is_no_path() {
    for bad in ["", "1/../2", "1?x", "%2e"] {
        let op =
            Op::DeleteComment { side: Side::A, issue: bad.into(), comment: "2".into(), origin: "3".into() };
        assert_eq!(sent(&op), Err(PayloadError::Id(bad.to_owned())));
    }
}

#[test]
fn what_is_not_carried_is_not_written() {
    let other = edit(&[("cf9", set(Field::Other("x".to_owned())))]);
    assert_eq!(sent(&other), Err(PayloadError::Value("cf9".into())));
    let mut no_desk = schema();
    no_desk.request_type_field = None;
    let op = Op::CreateIssue {
        side: Side::A,
        project: "10000".into(),
        issue_type: "1".into(),
        request_type: Some("25".into()),
        fields: BTreeMap::new(),
        mark: mark(),
    };
    let refused = request(&op, &Sides::new(no_desk.clone(), no_desk), None);
    assert_eq!(refused, Err(PayloadError::NoRequestTypeField("A".to_owned())));
}

fn any_audience() -> impl Strategy<Value = Audience> {
    let all = [Audience::Customers, Audience::Team, Audience::Restricted, Audience::Unknown];
    prop::sample::select(all.to_vec())
}

proptest! {
    /// Whatever the narrower of two audiences becomes in Jira: it is public only if both are, and what is not public
    /// says so in the very request.
    #[test]
    fn no_call_is_wider_than_any_audience_that_had_a_say(one in any_audience(), other in any_audience()) {
        let audience = one.narrower(other);
        let open = json!({ "key": AUDIENCE_PROPERTY, "value": { "internal": false } });
        let shut = json!({ "key": AUDIENCE_PROPERTY, "value": { "internal": true } });
        for op in [add(audience), change(audience)] {
            let Ok(call) = sent(&op) else {
                prop_assert!(!one.is_public() || !other.is_public());
                continue;
            };
            let properties = call.body.as_ref().and_then(|b| b.get("properties")).and_then(Value::as_array);
            let has = |property| properties.is_some_and(|all| all.contains(property));
            prop_assert!(!has(&open) || (one.is_public() && other.is_public()));
            prop_assert_eq!(has(&shut), !audience.is_public());
        }
    }
}
