//! The published API as a judge of exchanges.

mod schema;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::site::Exchange;
use schema::Schemas;

const DOCUMENTS: [&str; 2] = ["jira-platform-v3.openapi.json", "jsm.openapi.json"];

pub(crate) struct Spec {
    /// By method and path with `{}` for what varies.
    operations: BTreeMap<(String, String), Operation>,
    /// Those of each document.
    schemas: Vec<Schemas>,
}

struct Operation {
    /// Which document it stands in.
    document: usize,
    value: Value,
}

/// Names the folder of the API's documents where they do not lie beside the project.
const FOLDER: &str = "JIRA_SPECS";

/// One of the API's documents, where there is one: beside the project, for they are not ours to copy.
pub(crate) fn beside(name: &str) -> Option<Value> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/specs");
    let folder = std::env::var_os(FOLDER).map_or_else(beside, PathBuf::from);
    let file: PathBuf = folder.join(name);
    let Ok(text) = fs::read_to_string(&file) else {
        skipped(&file);
        return None;
    };
    Some(serde_json::from_str(&text).expect("a JSON document"))
}

#[expect(clippy::print_stdout, reason = "a test that proves nothing has to say so")]
fn skipped(file: &Path) {
    println!("skipped: {} is not there, so this test proves nothing", file.display());
}

impl Spec {
    /// The documents, or nothing where one is missing.
    pub(crate) fn load() -> Option<Self> {
        let documents: Vec<Value> = DOCUMENTS.iter().map(|name| beside(name)).collect::<Option<_>>()?;
        let mut operations = BTreeMap::new();
        for (document, value) in documents.iter().enumerate() {
            for (path, methods) in value["paths"].as_object().expect("paths") {
                for (method, value) in methods.as_object().expect("methods") {
                    let operation = Operation { document, value: value.clone() };
                    operations.insert((method.to_uppercase(), anonymous(path)), operation);
                }
            }
        }
        let schemas = documents.into_iter().map(Schemas::new).collect();
        Some(Self { operations, schemas })
    }

    /// What does not agree with the documents; nothing when all does.
    pub(crate) fn complaints(&self, exchange: &Exchange) -> Vec<String> {
        let key = (exchange.method.clone(), anonymous(&exchange.template));
        let Some(operation) = self.operations.get(&key) else {
            return vec!["no such operation is published".to_owned()];
        };
        let mut complaints = self.about_answer(operation, exchange);
        if exchange.status < 300 {
            complaints.extend(self.about_request(operation, exchange));
        }
        complaints
    }

    fn about_answer(&self, operation: &Operation, exchange: &Exchange) -> Vec<String> {
        let Some(response) = operation.value["responses"].get(exchange.status.to_string()) else {
            let mut complaints = vec![format!("undocumented status, {}", exchange.kind())];
            complaints.extend(envelope(exchange));
            return complaints;
        };
        let content = response.get("content").and_then(Value::as_object);
        let described = content.and_then(|kinds| kinds.get(exchange.kind())).and_then(|it| it.get("schema"));
        let promised = content.is_some_and(|kinds| kinds.values().any(|it| !is_anything(&it["schema"])));
        match (described, &exchange.body) {
            // A status without a body has none, whatever a document says.
            (_, Value::Null) if exchange.status == 204 => Vec::new(),
            (_, Value::Null) if promised => vec!["the body is empty".to_owned()],
            (_, Value::Null) => Vec::new(),
            (_, _) if exchange.status == 204 => vec!["204 with a body".to_owned()],
            (Some(schema), body) => self.schemas[operation.document].complaints(schema, body),
            (None, _) if exchange.status >= 400 => envelope(exchange),
            (None, _) => vec![format!("the content type {} is not published", exchange.content_type)],
        }
    }

    /// What the twin takes has to be what Jira would take: else a client that is wrong passes.
    fn about_request(&self, operation: &Operation, exchange: &Exchange) -> Vec<String> {
        let schema = &operation.value["requestBody"]["content"]["application/json"]["schema"];
        if exchange.sent.is_null() || schema.is_null() {
            return Vec::new();
        }
        let complaints = self.schemas[operation.document].complaints(schema, &exchange.sent);
        complaints.into_iter().map(|it| format!("the request was taken: {it}")).collect()
    }
}

/// Refusals without a published schema come in one of two envelopes: Jira's own, and the framework's.
fn envelope(exchange: &Exchange) -> Vec<String> {
    let strings = |value: &Value, empty: bool| match value {
        Value::Null => empty,
        Value::Array(all) => all.iter().all(Value::is_string),
        Value::Object(all) => all.values().all(Value::is_string),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    };
    let has_only = |keys: &[&str]| {
        exchange.body.as_object().is_some_and(|body| body.keys().all(|key| keys.contains(&key.as_str())))
    };
    let body = &exchange.body;
    let fits = match exchange.kind() {
        "application/json" => {
            has_only(&["errorMessages", "errors"])
                && strings(&body["errorMessages"], false)
                && strings(&body["errors"], true)
        }
        "application/problem+json" => {
            has_only(&["type", "title", "status", "detail", "instance"])
                && body["status"] == json!(exchange.status)
                && body["title"].is_string()
        }
        _ => false,
    };
    if fits { Vec::new() } else { vec![format!("an unknown envelope: {} {body}", exchange.content_type)] }
}

fn is_anything(schema: &Value) -> bool {
    schema.as_object().is_none_or(serde_json::Map::is_empty)
}

/// The path with `{}` for what varies, whatever it is called.
fn anonymous(path: &str) -> String {
    let parts = path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part });
    parts.collect::<Vec<_>>().join("/")
}
