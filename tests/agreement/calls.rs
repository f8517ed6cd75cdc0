//! Calls as they are compared.

use anyhow::{Context, Result};
use duplex_core::id::{Side, Sides};
use duplex_core::link::End;
use duplex_core::stamp;
use jira_twin::ledger::Entry;
use serde_json::{Value, json};

/// A write that the app really made: side, method, path, query and body, with names for what exists only then.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Made(Value);

impl Made {
    /// `ends` are the issues of the pair; those of `new` were not there when the preview was made.
    pub(crate) fn of(
        entry: &Entry,
        sites: &Sides<&str>,
        ends: &Sides<Option<End>>,
        new: &Sides<Option<End>>,
    ) -> Result<Self> {
        let side = side(entry, sites, ends, new).context("a call to neither side")?;
        let segment = |part: &str| match &new[side] {
            Some(end) if end.issue.as_str() == part => "{{new issue}}".to_owned(),
            _ => part.to_owned(),
        };
        let path = entry.path.split('/').map(segment).collect::<Vec<_>>().join("/");
        let pair = |pair: &str| match pair.split_once('=') {
            Some((name, value)) => json!([name, value]),
            None => json!([pair, ""]),
        };
        let query: Vec<Value> = entry.query.split('&').filter(|pair| !pair.is_empty()).map(pair).collect();
        let mut body = entry.body.clone().unwrap_or(Value::Null);
        for property in body.get_mut("properties").and_then(Value::as_array_mut).into_iter().flatten() {
            if property["key"] == json!(stamp::PROPERTY) {
                property["value"]["stamp"] = json!("{{stamp}}");
                property["value"]["op"] = json!("{{op}}");
            }
        }
        // Its key may stand in a text.
        let body = Side::BOTH
            .into_iter()
            .filter_map(|side| new[side].as_ref())
            .fold(body, |body, end| replaced(body, &end.key, "{{new key}}"));
        Ok(Self(plain(&json!({
            "side": side.as_str(), "method": entry.method, "path": path, "query": query, "body": body,
        }))))
    }
}

/// Both sides may lie on one site: there the issue tells, and what has none yet creates the new one.
fn side(
    entry: &Entry,
    sites: &Sides<&str>,
    ends: &Sides<Option<End>>,
    new: &Sides<Option<End>>,
) -> Option<Side> {
    let id = entry.path.split('/').skip_while(|part| *part != "issue").nth(1);
    let meant = |side: &Side| match id {
        Some(id) => ends[*side].as_ref().is_some_and(|end| end.issue.as_str() == id),
        None => new[*side].is_some(),
    };
    Side::BOTH.into_iter().find(|side| entry.site == sites[*side] && meant(side))
}

/// What is different between the calls of a preview and those that were made.
pub(crate) fn difference(shown: &Value, made: &[Made]) -> Option<String> {
    let calls = shown["calls"].as_array()?;
    let shown: Vec<Value> = calls
        .iter()
        .map(|call| {
            let (side, call) = (&call["side"], &call["call"]);
            plain(&json!({
                "side": side, "method": call["method"], "path": call["path"],
                "query": call["query"], "body": call["body"],
            }))
        })
        .collect();
    let made: Vec<Value> = made.iter().map(|call| call.0.clone()).collect();
    if shown == made {
        return None;
    }
    let at = shown.iter().zip(&made).take_while(|(shown, made)| shown == made).count();
    let words = |calls: &[Value]| calls.get(at).map_or_else(|| "nothing".to_owned(), Value::to_string);
    Some(format!(
        "{} calls shown, {} made; call {at}:\n  shown {}\n  made  {}",
        shown.len(),
        made.len(),
        words(&shown),
        words(&made)
    ))
}

/// A value with other words in its texts.
fn replaced(value: Value, from: &str, to: &str) -> Value {
    match value {
        Value::String(text) => Value::String(text.replace(from, to)),
        Value::Array(items) => Value::Array(items.into_iter().map(|item| replaced(item, from, to)).collect()),
        Value::Object(map) => {
            Value::Object(map.into_iter().map(|(key, value)| (key, replaced(value, from, to))).collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value,
    }
}

/// Numbers as JavaScript has them.
pub(crate) fn plain(value: &Value) -> Value {
    match value {
        Value::Number(number) => json!(number.as_f64()),
        Value::Array(items) => Value::Array(items.iter().map(plain).collect()),
        Value::Object(map) => {
            Value::Object(map.iter().map(|(key, value)| (key.clone(), plain(value))).collect())
        }
        Value::Null | Value::Bool(_) | Value::String(_) => value.clone(),
    }
}
