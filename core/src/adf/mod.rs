//! Atlassian Document Format: rich text as a tree of nodes.
//!
//! [`Doc::parse`] is the door: behind it depth and size are bounded, every node has a type and every text node a
//! text. [`Doc::normalise`] makes "what was sent" and "what Jira made of it" comparable.

mod build;
mod fit;
mod links;
mod node;
mod normalise;
mod plain;
#[cfg(test)]
pub(crate) mod props;
mod send;
#[cfg(test)]
mod tests;

pub use build::{link, paragraph, strong, text};
pub use fit::{CUT_NOTE, Cut, LIMIT_UNITS, Length};
pub use links::is_safe_url;
pub use node::Node;
pub(crate) use normalise::block as normal_block;
pub(crate) use plain::mention_text;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use thiserror::Error;

/// JSON levels of a document. serde_json itself stops at 128; Jira's editor does not nest half as deep.
pub const DEPTH_MAX: usize = 100;
/// JSON values in a document. 32,767 characters can't make more sensible nodes.
pub const VALUES_MAX: usize = 200_000;
/// Bytes of a document's JSON text.
pub const JSON_BYTES_MAX: usize = 2 * 1024 * 1024;

/// A document. In a snapshot it is in canonical form: [`Doc::normalise`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(
    feature = "ts",
    derive(ts_rs::TS),
    ts(export_to = "core/generated/", type = "{ type: string; version?: number; content?: Array<unknown> }")
)]
pub struct Doc(pub Value);

/// Why something is no document. `path` is that of the JSON value, `content[2].marks[0]`.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AdfError {
    #[error("not JSON: {0}")]
    Json(String),
    #[error("the document has more than {JSON_BYTES_MAX} bytes")]
    TooLong,
    #[error("the document has more than {VALUES_MAX} values")]
    TooMany,
    #[error("`{path}` lies deeper than {DEPTH_MAX} levels")]
    TooDeep { path: String },
    #[error("`{path}` should be {expected}")]
    Shape { path: String, expected: &'static str },
}

impl Doc {
    /// A document of JSON text. Unknown node types are taken as they are: Jira invents new ones.
    ///
    /// # Errors
    /// [`AdfError`], with the path of the first offence.
    pub fn parse(json: &str) -> Result<Self, AdfError> {
        if json.len() > JSON_BYTES_MAX {
            return Err(AdfError::TooLong);
        }
        Self::from_json(serde_json::from_str(json).map_err(|e| AdfError::Json(e.to_string()))?)
    }

    /// A document of a JSON value, as it stands in the answer to a larger question.
    ///
    /// # Errors
    /// [`AdfError`], with the path of the first offence.
    pub fn from_json(value: Value) -> Result<Self, AdfError> {
        let mut left = VALUES_MAX;
        bounded(&value, &mut Vec::new(), &mut left)?;
        let root = value.as_object().ok_or_else(|| shape(&[], "an object"))?;
        if root.get("type").and_then(Value::as_str) != Some("doc") {
            return Err(shape(&["type".to_owned()], "`doc`"));
        }
        node(root, &mut Vec::new())?;
        Ok(Self(value))
    }

    /// A document of top-level blocks.
    #[must_use]
    pub fn of_blocks(blocks: Vec<Value>) -> Self {
        let mut root = build::parent("doc", blocks);
        root.insert("version".to_owned(), Value::from(1));
        Self(Value::Object(root))
    }

    /// The top-level blocks, in order.
    #[must_use]
    pub fn blocks(&self) -> &[Value] {
        self.0.get("content").and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// Nothing that a reader would see. Jira shows such a field as `null`.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.normalise().blocks().is_empty()
    }

    /// Every node, the document first, parents before children.
    pub fn walk<'a>(&'a self, visit: &mut impl FnMut(Node<'a>)) {
        if let Some(root) = Node::of(&self.0) {
            root.walk(visit);
        }
    }
}

/// Depth and number of all JSON values, so that whatever recurses later is bounded.
fn bounded(value: &Value, path: &mut Vec<String>, left: &mut usize) -> Result<(), AdfError> {
    if path.len() > DEPTH_MAX {
        return Err(AdfError::TooDeep { path: written(path) });
    }
    *left = left.checked_sub(1).ok_or(AdfError::TooMany)?;
    match value {
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                path.push(format!("[{at}]"));
                bounded(item, path, left)?;
                path.pop();
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                path.push(name.clone());
                bounded(field, path, left)?;
                path.pop();
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    Ok(())
}

fn node(map: &Map<String, Value>, path: &mut Vec<String>) -> Result<(), AdfError> {
    let text = typed(map, path)? == "text";
    if text && !map.get("text").is_some_and(Value::is_string) {
        return Err(below(path, "text", "a string"));
    }
    for mark in nodes(map, "marks", path)? {
        let (at, mark) = mark?;
        path.push(format!("marks[{at}]"));
        typed(mark, path)?;
        path.pop();
    }
    for child in nodes(map, "content", path)? {
        let (at, child) = child?;
        path.push(format!("content[{at}]"));
        node(child, path)?;
        path.pop();
    }
    Ok(())
}

/// The type of a node or mark, whose `attrs` are an object where there are any.
fn typed<'a>(map: &'a Map<String, Value>, path: &[String]) -> Result<&'a str, AdfError> {
    if map.get("attrs").is_some_and(|a| !a.is_object() && !a.is_null()) {
        return Err(below(path, "attrs", "an object"));
    }
    map.get("type").and_then(Value::as_str).ok_or_else(|| below(path, "type", "a string"))
}

/// One numbered child of a list, or what is wrong with it.
type Child<'a> = Result<(usize, &'a Map<String, Value>), AdfError>;

fn nodes<'a>(map: &'a Map<String, Value>, name: &str, path: &[String]) -> Result<Vec<Child<'a>>, AdfError> {
    match map.get(name) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(items)) => Ok(items
            .iter()
            .enumerate()
            .map(|(at, item)| {
                let map =
                    item.as_object().ok_or_else(|| below(path, &format!("{name}[{at}]"), "an object"))?;
                Ok((at, map))
            })
            .collect()),
        Some(Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => {
            Err(below(path, name, "a list"))
        }
    }
}

fn below(path: &[String], name: &str, expected: &'static str) -> AdfError {
    let mut path = path.to_vec();
    path.push(name.to_owned());
    shape(&path, expected)
}

fn shape(path: &[String], expected: &'static str) -> AdfError {
    AdfError::Shape { path: written(path), expected }
}

/// `content[2].text`
fn written(path: &[String]) -> String {
    if path.is_empty() {
        return "document".to_owned();
    }
    let mut out = String::new();
    for part in path {
        if !out.is_empty() && !part.starts_with('[') {
            out.push('.');
        }
        out.push_str(part);
    }
    out
}
