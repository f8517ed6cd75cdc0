//! The form in which a document is sent.

use super::Doc;
use serde_json::{Map, Value};

/// Jira refuses these without a `localId`, which the canonical form leaves out.
const NEED_LOCAL_ID: [&str; 5] = ["taskList", "taskItem", "blockTaskItem", "decisionList", "decisionItem"];

impl Doc {
    /// The document with the `localId`s that Jira insists on, numbered in reading order.
    #[must_use]
    pub fn to_send(&self) -> Value {
        let mut out = self.0.clone();
        let mut next = 1;
        number(&mut out, &mut next);
        out
    }
}

fn number(value: &mut Value, next: &mut u32) {
    let Value::Object(map) = value else { return };
    if map.get("type").and_then(Value::as_str).is_some_and(|kind| NEED_LOCAL_ID.contains(&kind)) {
        let attrs = map.entry("attrs").or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(attrs) = attrs {
            attrs.entry("localId").or_insert_with(|| Value::String(next.to_string()));
            *next += 1;
        }
    }
    if let Some(Value::Array(children)) = map.get_mut("content") {
        for child in children {
            number(child, next);
        }
    }
}
