//! OpenAPI 3.0 schemas as JSON Schema draft 4.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

/// Words of OpenAPI that say nothing about a value, or that draft 4 does not know.
const SILENT: [&str; 9] = [
    "example",
    "examples",
    "discriminator",
    "xml",
    "nullable",
    "readOnly",
    "writeOnly",
    "deprecated",
    "externalDocs",
];

const REFERENCE: &str = "#/components/schemas/";

/// The named schemas of one document, and the validators made from them.
pub(super) struct Schemas {
    document: Value,
    made: RefCell<BTreeMap<String, Validator>>,
}

impl Schemas {
    pub(super) fn new(document: Value) -> Self {
        Self { document, made: RefCell::default() }
    }

    /// What of a value does not fit a schema of the document: place and reason.
    pub(super) fn complaints(&self, schema: &Value, value: &Value) -> Vec<String> {
        let mut made = self.made.borrow_mut();
        let validator = made.entry(schema.to_string()).or_insert_with(|| self.validator(schema));
        validator
            .iter_errors(value)
            .map(|error| format!("{} {}", error.instance_path(), shortened(&error.to_string())))
            .collect()
    }

    /// Only what a schema refers to goes along: the whole document in each would take minutes.
    fn validator(&self, schema: &Value) -> Validator {
        let mut root = as_draft_4(schema);
        let mut needed = BTreeSet::new();
        let mut open = references(&root);
        let mut named = Map::new();
        while let Some(name) = open.pop() {
            if needed.insert(name.clone()) {
                let schema = as_draft_4(&self.document["components"]["schemas"][&name]);
                open.extend(references(&schema));
                named.insert(name, schema);
            }
        }
        // Beside a reference, draft 4 sees nothing.
        root = json!({"allOf": [root], "components": {"schemas": named}});
        jsonschema::options()
            .with_draft(Draft::Draft4)
            .with_format("date-time", is_time)
            .with_format("uri", |text: &str| text.contains("://") || text.starts_with("ari:"))
            .should_validate_formats(true)
            .build(&root)
            .expect("a published schema")
    }
}

/// Times of the platform API have no colon in the zone, although its documents say `date-time`.
fn is_time(text: &str) -> bool {
    let (stamp, zone) = text.split_at(text.len().min(19));
    let digits =
        |text: &str, at: &[usize]| at.iter().all(|i| text.as_bytes().get(*i).is_some_and(u8::is_ascii_digit));
    digits(stamp, &[0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18])
        && stamp.as_bytes()[10] == b'T'
        && (zone.ends_with('Z') || zone.contains(['+', '-']))
}

fn as_draft_4(schema: &Value) -> Value {
    let Value::Object(words) = schema else { return schema.clone() };
    if let Some(reference) = words.get("$ref") {
        return json!({"$ref": reference});
    }
    let mut plain = Map::new();
    for (word, value) in words.iter().filter(|(word, _)| !SILENT.contains(&word.as_str())) {
        let value = match (word.as_str(), value) {
            // Here the keys are names of properties, whatever they sound like.
            ("properties", Value::Object(all)) => all
                .iter()
                .map(|(name, schema)| (name.clone(), as_draft_4(schema)))
                .collect::<Map<_, _>>()
                .into(),
            ("allOf" | "anyOf" | "oneOf", Value::Array(all)) => all.iter().map(as_draft_4).collect(),
            ("items" | "additionalProperties" | "not", schema) => as_draft_4(schema),
            (_, value) => value.clone(),
        };
        plain.insert(word.clone(), value);
    }
    if words.get("nullable") == Some(&Value::Bool(true)) {
        return json!({"anyOf": [{"type": "null"}, plain]});
    }
    Value::Object(plain)
}

fn references(schema: &Value) -> Vec<String> {
    match schema {
        Value::Object(words) => {
            let own = words.get("$ref").and_then(Value::as_str).and_then(|it| it.strip_prefix(REFERENCE));
            own.map(str::to_owned).into_iter().chain(words.values().flat_map(references)).collect()
        }
        Value::Array(all) => all.iter().flat_map(references).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

/// The value is told first and may be long; the reason stands at the end.
fn shortened(message: &str) -> String {
    let letters: Vec<char> = message.chars().collect();
    if letters.len() <= 240 {
        return message.to_owned();
    }
    let (head, tail) = (
        letters[..100].iter().collect::<String>(),
        letters[letters.len() - 130..].iter().collect::<String>(),
    );
    format!("{head} ... {tail}")
}
