//! What must hold for input that nobody thought of.
//!
//! Each target is a function that takes any bytes and panics where something does not hold. `make fuzz` has LLVM's
//! fuzzer make the bytes up (`tests/fuzz/`); the ones worth keeping lie in `tests/fuzz/corpus/`, a folder per target,
//! and `tests/corpus.rs` replays them with every `make test`. What was found wrong once lies there as well.

pub mod adf;
pub mod comment;
pub mod config;
mod desk;
pub mod issue;
pub mod merge;
pub mod qsh;
pub mod shape;
pub mod token;
pub mod webhook;

use duplex_core::schema::{FieldKind, FieldSchema, IssueTypeSchema, ProjectSchema};
use serde_json::Value as Json;

/// The check of a target; its name is that of its folder in the corpus and of its binary.
pub type Check = fn(&[u8]);

pub const TARGETS: [(&str, Check); 8] = [
    ("adf", adf::check),
    ("comment", comment::check),
    ("config", config::check),
    ("issue", issue::check),
    ("merge", merge::check),
    ("qsh", qsh::check),
    ("token", token::check),
    ("webhook", webhook::check),
];

/// JSON as Jira's client takes it: whatever is none was refused before.
fn json(bytes: &[u8]) -> Option<Json> {
    serde_json::from_slice(bytes).ok()
}

/// Jira's ids are 64-bit numbers.
const ID_CHARS_MAX: usize = 19;

fn is_id(id: &str) -> bool {
    (1..=ID_CHARS_MAX).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_digit())
}

/// A service project with one issue type, `1`, that has these fields, by their ids.
fn project(key: &str, fields: &[(&str, FieldKind)]) -> ProjectSchema {
    let field = |(id, kind): &(&str, FieldKind)| FieldSchema {
        id: (*id).into(),
        name: (*id).to_owned(),
        kind: *kind,
        required: false,
        has_default: false,
        on_create: true,
        on_edit: true,
        options: Vec::new(),
    };
    ProjectSchema {
        project: "10000".into(),
        key: key.to_owned(),
        name: key.to_owned(),
        service: true,
        issue_types: vec![IssueTypeSchema {
            id: "1".into(),
            name: "IT Help".to_owned(),
            subtask: false,
            fields: fields.iter().map(field).collect(),
        }],
        request_types: Vec::new(),
        request_type_field: None,
    }
}
