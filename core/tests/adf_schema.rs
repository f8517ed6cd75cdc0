//! What we send is a document by the published schema, whatever was carried, dropped or cut on the way.
//!
//! The schema is not part of the project: it is looked for beside it (`../shared/specs`) or in `DUPLEX_SPECS`, and
//! the tests say so where it is not there.

use duplex_core::adf::{Doc, Length, paragraph};
use duplex_core::config::{CopyStyle, UserRow, UserRules};
use duplex_core::id::{Side, Sides};
use duplex_core::plan::People;
use duplex_core::schema::ProjectSchema;
use duplex_core::translate::{self, Copy, Way};
use jsonschema::Validator;
use std::path::PathBuf;

const EVERYTHING: &str = include_str!("data/everything.json");

fn validator() -> Option<Validator> {
    let beside = || concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/specs").into();
    let folder = PathBuf::from(std::env::var_os("DUPLEX_SPECS").unwrap_or_else(beside));
    let file = folder.join("adf-full.schema.json");
    let Ok(text) = std::fs::read_to_string(&file) else {
        eprintln!("skipped: no published schema of ADF at {}", file.display());
        return None;
    };
    let schema = serde_json::from_str(&text).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is a schema");
    let wrong = Doc::of_blocks(vec![paragraph(vec![paragraph(Vec::new())])]);
    assert!(!validator.is_valid(&wrong.0), "the schema refuses what is wrong");
    Some(validator)
}

fn valid(validator: &Validator, what: &str, doc: &Doc) {
    let sent = doc.to_send();
    let wrong: Vec<String> = validator
        .iter_errors(&sent)
        .map(|error| {
            format!("{}: {}", error.instance_path(), error.to_string().chars().take(300).collect::<String>())
        })
        .collect();
    assert!(wrong.is_empty(), "{what}: {wrong:#?}\n{sent:#}");
}

fn everything() -> Doc {
    Doc::parse(EVERYTHING).expect("a document")
}

fn copy(style: CopyStyle, users: &UserRules) -> Copy {
    let project = |id: &str| ProjectSchema {
        project: id.into(),
        key: id.to_owned(),
        name: id.to_owned(),
        service: true,
        issue_types: Vec::new(),
        request_types: Vec::new(),
        request_type_field: None,
    };
    let schemas = Sides::new(project("A"), project("B"));
    let people = People::default();
    let way = Way { from: Side::A, site: "Acme", key: "A-1", schemas: &schemas, users, people: &people };
    translate::comment(style, Some("Anna Agent"), &everything(), &way)
}

#[test]
fn the_canonical_form_is_valid() {
    let Some(validator) = validator() else { return };
    valid(&validator, "as Jira shows it", &everything());
    valid(&validator, "canonical", &everything().normalise());
}

#[test]
fn what_crosses_is_valid() {
    let Some(validator) = validator() else { return };
    let nobody = UserRules::default();
    valid(&validator, "simple", &copy(CopyStyle::Simple, &nobody).body);
    valid(&validator, "enriched", &copy(CopyStyle::Enriched, &nobody).body);
    let anna = UserRow { from: "712020:anna".into(), to: "b:anna".into() };
    let mapped = UserRules { table: vec![anna], ..UserRules::default() };
    valid(&validator, "mapped", &copy(CopyStyle::Enriched, &mapped).body);
}

#[test]
fn what_is_cut_is_valid_wherever_the_cut_falls() {
    let Some(validator) = validator() else { return };
    let whole = copy(CopyStyle::Enriched, &UserRules::default()).body;
    let length = whole.length();
    for text in (0..length.text).step_by(7).map(|n| n + 10) {
        valid(&validator, "cut by its text", &whole.fit(Length { text, json: usize::MAX }).doc);
    }
    for json in (130..length.json).step_by(29) {
        valid(&validator, "cut by its JSON", &whole.fit(Length { text: usize::MAX, json }).doc);
    }
}

#[test]
fn everything_reads_like_this_on_the_other_side() {
    let copy = copy(CopyStyle::Enriched, &UserRules::default());
    insta::assert_snapshot!(copy.body.plain_text());
    let losses: Vec<String> =
        copy.losses.iter().map(|loss| format!("{}: {}", loss.path, loss.sentence)).collect();
    insta::assert_snapshot!(losses.join("\n"));
}
