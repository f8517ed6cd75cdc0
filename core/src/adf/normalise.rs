//! The canonical form.
//!
//! Jira rewrites what it is sent: it adds `version` and `localId`s, fills in default attributes, splits and joins
//! text nodes, orders marks and appends empty paragraphs. None of that is a change by people.

use super::Doc;
use crate::ordered::BTreeMap;
use serde_json::{Map, Number, Value};

/// Attributes that name an occurrence and not its content.
const VOLATILE: [&str; 3] = ["localId", "uniqueId", "occurrenceKey"];

impl Doc {
    /// The document in canonical form. Canonical documents are equal when readers would see the same; to make it
    /// twice changes nothing.
    #[must_use]
    pub fn normalise(&self) -> Self {
        let mut blocks: Vec<Value> = self.blocks().iter().filter_map(block).collect();
        while blocks.last().is_some_and(is_empty_paragraph) {
            blocks.pop();
        }
        Self::of_blocks(blocks)
    }
}

/// One top-level block in canonical form; `None` for what is no node.
pub(crate) fn block(value: &Value) -> Option<Value> {
    node(value.as_object()?)
}

fn is_empty_paragraph(value: &Value) -> bool {
    value.get("type").and_then(Value::as_str) == Some("paragraph") && value.get("content").is_none()
}

fn node(map: &Map<String, Value>) -> Option<Value> {
    let kind = map.get("type")?.as_str()?;
    let mut out = Map::new();
    if let Some(attrs) = attrs(kind, map.get("attrs")) {
        out.insert("attrs".to_owned(), attrs);
    }
    if let Some(content) = content(map.get("content")) {
        out.insert("content".to_owned(), content);
    }
    if let Some(marks) = marks(map.get("marks")) {
        out.insert("marks".to_owned(), marks);
    }
    if kind == "text" {
        // A line end is `\n`, whoever wrote it.
        let text = map.get("text").and_then(Value::as_str).unwrap_or_default().replace('\r', "");
        if text.is_empty() {
            return None;
        }
        out.insert("text".to_owned(), Value::String(text));
    }
    out.insert("type".to_owned(), Value::String(kind.to_owned()));
    Some(Value::Object(out))
}

fn content(value: Option<&Value>) -> Option<Value> {
    let mut out: Vec<Value> = Vec::new();
    for child in value?.as_array()?.iter().filter_map(Value::as_object).filter_map(node) {
        match out.last_mut() {
            Some(last) if joins(last, &child) => append(last, &child),
            Some(_) | None => out.push(child),
        }
    }
    (!out.is_empty()).then_some(Value::Array(out))
}

/// Two texts in a row with equal marks are one text.
fn joins(left: &Value, right: &Value) -> bool {
    let is_text = |v: &Value| v.get("type").and_then(Value::as_str) == Some("text");
    is_text(left)
        && is_text(right)
        && left.get("marks") == right.get("marks")
        && left.get("attrs") == right.get("attrs")
}

fn append(left: &mut Value, right: &Value) {
    let more = right.get("text").and_then(Value::as_str).unwrap_or_default();
    if let Some(Value::String(text)) = left.get_mut("text") {
        text.push_str(more);
    }
}

fn marks(value: Option<&Value>) -> Option<Value> {
    let all = value?.as_array()?.iter().filter_map(Value::as_object).filter_map(node);
    let out: BTreeMap<String, Value> = all.map(|mark| (mark.to_string(), mark)).collect();
    (!out.is_empty()).then(|| Value::Array(out.into_values().collect()))
}

fn attrs(kind: &str, value: Option<&Value>) -> Option<Value> {
    let out = object(value?.as_object()?.iter().filter(|(name, value)| {
        !value.is_null() && !VOLATILE.contains(&name.as_str()) && !is_default(kind, name, value)
    }));
    (!out.is_empty()).then_some(Value::Object(out))
}

/// What Jira's editor writes where nothing was said.
fn is_default(kind: &str, name: &str, value: &Value) -> bool {
    match (kind, name) {
        ("tableCell" | "tableHeader", "colspan" | "rowspan") => value.as_f64() == Some(1.0),
        ("orderedList", "order") => value.as_f64() == Some(1.0),
        ("table", "isNumberColumnEnabled") | ("codeBlock", "wrap" | "hideLineNumbers") => {
            value.as_bool() == Some(false)
        }
        ("table", "layout" | "displayMode") => value.as_str() == Some("default"),
        ("hardBreak", "text") => true,
        ("mention", "accessLevel") => true,
        ("mention", "userType") => value.as_str() == Some("DEFAULT"),
        ("status", "style") | ("expand" | "nestedExpand", "title") => value.as_str() == Some(""),
        _ => false,
    }
}

/// Keys in order, nulls dropped, `50.0` as `50`.
fn plain(value: &Value) -> Value {
    match value {
        Value::Object(map) => Value::Object(object(map.iter().filter(|(_, value)| !value.is_null()))),
        Value::Array(items) => Value::Array(items.iter().map(plain).collect()),
        Value::Number(number) => Value::Number(whole(number)),
        Value::Null | Value::Bool(_) | Value::String(_) => value.clone(),
    }
}

/// Whole numbers up to here are exact in a double.
const EXACT: f64 = 9_007_199_254_740_992.0;

#[expect(clippy::cast_possible_truncation, reason = "whole and within the exact range, as just tested")]
fn whole(number: &Number) -> Number {
    match number.as_f64() {
        Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < EXACT => {
            Number::from(float as i64)
        }
        Some(_) | None => number.clone(),
    }
}

/// The entries, each as [`plain`], independent of how a map keeps its keys.
fn object<'a>(entries: impl Iterator<Item = (&'a String, &'a Value)>) -> Map<String, Value> {
    let sorted: BTreeMap<_, _> = entries.collect();
    let mut out = Map::new();
    out.extend(sorted.into_iter().map(|(name, value)| (name.clone(), plain(value))));
    out
}
