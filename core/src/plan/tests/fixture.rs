//! The guide's sync, in small: one issue type, three fields, comments both ways.

use super::world::World;
use crate::adf::{Doc, paragraph, text};
use crate::config::*;
use crate::id::*;
use crate::issue::*;
use crate::link::*;
use crate::plan::Rebasing;
use crate::schema::*;
use crate::stamp::Ring;
use std::collections::BTreeMap;

pub(super) fn key() -> DigestKey {
    DigestKey::new(b"a key for tests")
}

pub(super) fn ring() -> Ring {
    Ring::new(BTreeMap::from([(1, b"a stamp key for tests, 32 bytes!".to_vec())]))
}

pub(super) fn us() -> AccountId {
    "duplex".into()
}

pub(super) fn person(name: &str) -> Person {
    Person { account: AccountId::new(name.to_lowercase()), name: name.to_owned(), email: None }
}

pub(super) fn doc(lines: &[&str]) -> Doc {
    Doc::of_blocks(lines.iter().map(|line| paragraph(vec![text(line)])).collect())
}

pub(super) fn rich(lines: &[&str]) -> Value {
    Value::Rich(doc(lines))
}

pub(super) fn words(text: &str) -> Value {
    Value::Text(text.to_owned())
}

pub(super) fn labels(names: &[&str]) -> Value {
    if names.is_empty() {
        Value::Empty
    } else {
        Value::Labels(names.iter().map(|n| (*n).to_owned()).collect())
    }
}

fn rule(id: &str) -> FieldRule {
    FieldRule { from: id.into(), to: id.into(), kind: RuleKind::Passthrough, issue_types: None }
}

fn side_config(name: &str) -> SideConfig {
    SideConfig {
        site: SiteId::new(format!("site-{name}")),
        project: ProjectId::new(format!("project-{name}")),
        scope: Scope::default(),
        issue_types: vec![IssueTypeRule { from: "1".into(), to: "1".into() }],
        fields: vec![rule("summary"), rule("description"), rule("labels")],
        comments: CommentRules { enabled: true, ..CommentRules::default() },
        users: UserRules::default(),
        defaults: vec![DefaultRule {
            field: "cf_request".into(),
            value: DefaultValue::AllIssueTypes { value: "7".to_owned() },
        }],
    }
}

fn schema(name: &str) -> ProjectSchema {
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
        project: ProjectId::new(format!("project-{name}")),
        key: name.to_uppercase(),
        name: name.to_owned(),
        service: true,
        issue_types: vec![IssueTypeSchema {
            id: "1".into(),
            name: "IT Help".to_owned(),
            subtask: false,
            fields: vec![
                field("summary", FieldKind::Text),
                field("description", FieldKind::Rich),
                field("labels", FieldKind::Labels),
                field("extra", FieldKind::Text),
            ],
        }],
        request_types: vec![RequestTypeSchema {
            id: "7".into(),
            name: "Get IT Help".to_owned(),
            issue_type: "1".into(),
        }],
        request_type_field: Some("cf_request".into()),
    }
}

impl World {
    /// An issue on A that is not mirrored yet.
    pub(super) fn raised(side: Side) -> Self {
        let mut world = Self {
            config: Config {
                name: "guide".to_owned(),
                sides: Sides::new(side_config("a"), side_config("b")),
                conflicts: Vec::new(),
            },
            schemas: Sides::new(schema("a"), schema("b")),
            scope_from: Sides::default(),
            jira: Sides::default(),
            link: Link::candidate(&"sync".into(), side, "100".into()),
            hints: Sides::default(),
            echoes: Sides::default(),
            now: Millis(1_000_000),
            notes: Vec::new(),
            reads: 0,
            writes: 0,
            cluster_taken: false,
            rebasing: Rebasing::Nothing,
            refuse: None,
            lose: None,
            crashed: false,
            sites: Sides::new("Acme".to_owned(), "Globex".to_owned()),
            events: Vec::new(),
            next_op: 0,
        };
        let fields =
            [("summary", words("Printer")), ("description", rich(&["It smokes."])), ("labels", Value::Empty)];
        world.jira[side].issue = Some(Issue {
            id: "100".into(),
            key: "K-100".to_owned(),
            project: world.config.sides[side].project.clone(),
            issue_type: "1".into(),
            request_type: Some("7".into()),
            security: None,
            created: world.now,
            updated: world.now,
            reporter: None,
            creator: Some("carla".into()),
            fields: fields
                .into_iter()
                .map(|(id, v)| (id.into(), v))
                .chain([("extra".into(), Value::Empty)])
                .collect(),
            history: None,
            stamp: None,
        });
        world.hints[side].updated = Some(world.now);
        world
    }

    /// A linked pair on which both sides agree, echoes delivered.
    pub(super) fn linked() -> Self {
        let mut world = Self::raised(Side::A);
        world.settle();
        world.echo();
        world.forget_costs();
        world
    }

    pub(super) fn forget_costs(&mut self) {
        (self.reads, self.writes) = (0, 0);
        self.notes.clear();
    }
}
