//! What the tests of the room share, and one file per boundary.

mod fields;
mod props;
mod rich;

use super::*;
use crate::adf::{Doc, paragraph, text};
use crate::config::{CopyStyle, Otherwise, TableRow, UserRow};
use crate::id::{AccountId, Millis};
use crate::issue::{Choice, Person};
use crate::schema::{FieldKind as Kind, RequestTypeSchema};
use serde_json::json;

/// What the rows of the tables share: a project per side, and nobody mapped.
pub(super) struct World {
    schemas: Sides<ProjectSchema>,
    pub(super) users: UserRules,
    pub(super) people: People,
}

impl World {
    pub(super) fn new() -> Self {
        let request_types = |ids: &[(&str, &str)]| {
            let types = ids.iter().map(|(id, name)| RequestTypeSchema {
                id: (*id).into(),
                name: (*name).to_owned(),
                issue_type: "1".into(),
            });
            types.collect::<Vec<_>>()
        };
        let project = |id: &str, request_types| ProjectSchema {
            project: id.into(),
            key: id.to_owned(),
            name: format!("Project {id}"),
            service: true,
            issue_types: Vec::new(),
            request_types,
            request_type_field: Some("customfield_10010".into()),
        };
        Self {
            schemas: Sides::new(
                project("A", request_types(&[("1", "Get IT Help")])),
                project("B", request_types(&[("21", "Get IT help"), ("22", "Other")])),
            ),
            users: UserRules::default(),
            people: People::default(),
        }
    }

    pub(super) fn way(&self, from: Side) -> Way<'_> {
        Way {
            from,
            site: "Acme",
            key: "A-1",
            schemas: &self.schemas,
            users: &self.users,
            people: &self.people,
        }
    }
}

fn schema(kind: Kind, options: &[(&str, &str)]) -> FieldSchema {
    FieldSchema {
        id: "f".into(),
        name: "Field".to_owned(),
        kind,
        required: false,
        has_default: false,
        on_create: true,
        on_edit: true,
        options: options.iter().map(|(id, name)| choice(id, name)).collect(),
    }
}

fn rule(kind: RuleKind) -> FieldRule {
    FieldRule { from: "f".into(), to: "f".into(), kind, issue_types: None }
}

fn table(rows: &[(&str, &str)], otherwise: Otherwise) -> RuleKind {
    let rows = rows.iter().map(|(from, to)| TableRow { from: (*from).to_owned(), to: (*to).to_owned() });
    RuleKind::Table { rows: rows.collect(), otherwise }
}

fn template(text: &str) -> RuleKind {
    RuleKind::Text { template: text.to_owned() }
}

fn choice(id: &str, name: &str) -> Choice {
    Choice { id: id.to_owned(), name: name.to_owned() }
}

fn one(id: &str, name: &str) -> Value {
    Value::Choice(choice(id, name))
}

fn some(choices: &[(&str, &str)]) -> Value {
    Value::Choices(choices.iter().map(|(id, name)| choice(id, name)).collect())
}

fn line(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn labels(all: &[&str]) -> Value {
    Value::Labels(all.iter().map(|l| (*l).to_owned()).collect())
}

fn doc(blocks: serde_json::Value) -> Doc {
    let serde_json::Value::Array(blocks) = blocks else { panic!("a list of blocks") };
    Doc::of_blocks(blocks).normalise()
}

fn anna() -> Person {
    Person {
        account: "anna-a".into(),
        name: "Anna Agent".to_owned(),
        email: Some("Anna@Acme.example".to_owned()),
    }
}

fn codes(losses: &[Loss]) -> Vec<LossCode> {
    losses.iter().map(|loss| loss.code).collect()
}
