use super::*;
use crate::id::Millis;
use crate::issue::Choice;
use crate::schema::{IssueTypeSchema, RequestTypeSchema};
use std::collections::{BTreeMap, BTreeSet};

fn schema() -> ProjectSchema {
    ProjectSchema {
        project: "10000".into(),
        key: "HELP".to_owned(),
        name: "Help desk".to_owned(),
        service: true,
        issue_types: vec![IssueTypeSchema {
            id: "1".into(),
            name: "IT Help".to_owned(),
            subtask: false,
            fields: Vec::new(),
        }],
        request_types: vec![RequestTypeSchema {
            id: "7".into(),
            name: "Get IT Help".to_owned(),
            issue_type: "1".into(),
        }],
        request_type_field: Some("customfield_1".into()),
    }
}

fn issue() -> Issue {
    let priority = Value::Choice(Choice { id: "2".to_owned(), name: "High".to_owned() });
    let labels = Value::Labels(BTreeSet::from(["vip".to_owned(), "vpn".to_owned()]));
    Issue {
        id: "100".into(),
        key: "HELP-1".to_owned(),
        project: "10000".into(),
        issue_type: "1".into(),
        request_type: Some("7".into()),
        security: None,
        created: Millis(0),
        updated: Millis(0),
        reporter: None,
        creator: None,
        fields: BTreeMap::from([("priority".into(), priority), ("labels".into(), labels)]),
        history: None,
        stamp: None,
    }
}

#[test]
fn simple_clauses_are_judged_and_all_else_is_for_jira() {
    let check = |jql: &str, expected: Option<bool>| {
        assert_eq!(judge(&issue(), &schema(), jql), expected, "{jql}");
    };
    check("priority = High", Some(true));
    check("priority=2", Some(true));
    check("Priority != 'high'", Some(false));
    check("priority in (Low, \"High\")", Some(true));
    check("priority NOT IN (Low, Medium)", Some(true));
    check("project = HELP and type = \"IT Help\"", Some(true));
    check("project = OTHER", Some(false));
    check("issuetype = 1", Some(true));
    check("\"Request Type\" = \"Get IT Help\"", Some(true));
    check("\"Request Type\" != 7", Some(false));
    check("labels = vip", Some(true));
    check("labels = spam", Some(false));
    check("labels not in (spam)", Some(true));
    check("labels != vip", None);
    // Not read.
    check("status = Open", None);
    // False is false, whatever the unknown part says.
    check("status = Open AND priority = Low", Some(false));
    check("status = Open AND priority = High", None);
    check("assignee = me AND priority = Low", Some(false));
    for jql in [
        "",
        "priority",
        "priority = High OR project = HELP",
        "NOT priority = High",
        "(priority = High)",
        "priority = EMPTY",
        "priority is EMPTY",
        "reporter = currentUser()",
        "priority in (High",
        "priority = High AND",
        "priority = \"High",
        "priority > Low",
        "priority = High ORDER BY created",
    ] {
        check(jql, None);
    }
}

#[test]
fn a_field_without_a_value_matches_neither_way() {
    let mut issue = issue();
    issue.fields.insert("priority".into(), Value::Empty);
    issue.request_type = None;
    for jql in ["priority = High", "priority != High", "\"Request Type\" != 7"] {
        assert_eq!(judge(&issue, &schema(), jql), Some(false), "{jql}");
    }
}

#[test]
fn scopes_are_disjoint_only_when_that_is_certain() {
    let check = |one: &str, other: &str, expected: bool| {
        assert_eq!(disjoint(one, other), expected, "{one} | {other}");
        assert_eq!(disjoint(other, one), expected, "{other} | {one}");
    };
    check("priority = High", "priority = Low", true);
    check("priority IN (High, Highest)", "priority NOT IN (high, highest, Low)", true);
    check("priority = High AND status = Open", "type = Bug AND priority = Low", true);
    check("priority = High", "priority != Low", false);
    check("priority = High", "status = Open", false);
    // A name and an id may be the same priority.
    check("priority = High", "priority = 2", false);
    // An issue has several labels.
    check("labels = a", "labels = b", false);
    check("priority = High", "priority = Low OR priority = High", false);
}

#[test]
fn complaints_name_what_jira_would_refuse() {
    let long = "x".repeat(JQL_CHARS_MAX + 1);
    for (jql, part) in [
        ("  ", Some("empty")),
        (long.as_str(), Some("4000 are allowed")),
        ("priority = \"High", Some("quotation mark")),
        ("(a = b", Some("parentheses")),
        (") (", Some("parentheses")),
        ("a = b order  by c", Some("ORDER BY")),
        ("\"order by\" = c", None),
        ("a = b OR (c = currentUser())", None),
    ] {
        let complaint = complaint(jql);
        assert_eq!(complaint.is_some(), part.is_some(), "{jql}");
        assert!(complaint.unwrap_or_default().contains(part.unwrap_or_default()), "{jql}");
    }
}

#[test]
fn an_order_is_left_out() {
    for (jql, without) in [
        ("priority = High", "priority = High"),
        ("priority = High ORDER BY created DESC", "priority = High"),
        ("summary ~ \"order by phone\"", "summary ~ \"order by phone\""),
        ("summary ~ \"order by\" order by rank", "summary ~ \"order by\""),
    ] {
        assert_eq!(unordered(jql), without);
    }
}
