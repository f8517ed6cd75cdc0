//! Making documents: the few nodes that we write ourselves.

use super::Doc;
use serde_json::{Map, Value, json};

/// A text node. `text` must not be empty: Jira refuses an empty one, and [`Doc::normalise`] drops it.
#[must_use]
pub fn text(text: &str) -> Value {
    json!({ "type": "text", "text": text })
}

/// A bold text node.
#[must_use]
pub fn strong(text: &str) -> Value {
    json!({ "type": "text", "text": text, "marks": [{ "type": "strong" }] })
}

/// A text node that links to `href`.
#[must_use]
pub fn link(text: &str, href: &str) -> Value {
    json!({ "type": "text", "text": text, "marks": [{ "type": "link", "attrs": { "href": href } }] })
}

/// A paragraph of inline nodes.
#[must_use]
pub fn paragraph(content: Vec<Value>) -> Value {
    Value::Object(parent("paragraph", content))
}

/// A node of this type with these children.
pub(super) fn parent(kind: &str, content: Vec<Value>) -> Map<String, Value> {
    let mut map = Map::new();
    map.insert("type".to_owned(), Value::String(kind.to_owned()));
    map.insert("content".to_owned(), Value::Array(content));
    map
}

impl Doc {
    /// Plain text: an empty line ends a paragraph, a line end becomes a hard break.
    #[must_use]
    pub fn from_text(plain: &str) -> Self {
        let plain = plain.replace("\r\n", "\n").replace('\r', "\n");
        let blocks = plain.split("\n\n").map(|p| p.trim_matches('\n')).filter(|p| !p.is_empty());
        Self::of_blocks(blocks.map(|block| paragraph(lines(block))).collect())
    }
}

fn lines(block: &str) -> Vec<Value> {
    let mut out = Vec::new();
    for (at, line) in block.split('\n').enumerate() {
        if at > 0 {
            out.push(json!({ "type": "hardBreak" }));
        }
        if !line.is_empty() {
            out.push(text(line));
        }
    }
    out
}
