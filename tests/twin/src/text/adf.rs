//! What holds for a document whatever language it came in: is it ADF, what does Jira keep of it, what does it say.

use serde_json::{Map, Value, json};

use super::model::{is_node, may_hold, needs_content};
use super::{ADF_DEPTH_MAX, TextError};

const MARKS: &[&str] = &[
    "alignment",
    "annotation",
    "backgroundColor",
    "border",
    "breakout",
    "code",
    "dataConsumer",
    "em",
    "fragment",
    "indentation",
    "link",
    "strike",
    "strong",
    "subsup",
    "textColor",
    "underline",
];

/// The document with nothing in it.
#[must_use]
pub fn empty_document() -> Value {
    document(Vec::new())
}

/// A document of one paragraph of plain text; the empty document when there is no text.
#[must_use]
pub fn paragraph_document(text: &str) -> Value {
    if text.is_empty() {
        return empty_document();
    }
    document(vec![json!({"type": "paragraph", "content": [{"type": "text", "text": text}]})])
}

pub(super) fn document(content: Vec<Value>) -> Value {
    json!({"type": "doc", "version": 1, "content": Value::Array(content)})
}

/// Says whether Jira would take this JSON as a document.
///
/// # Errors
/// [`TextError::NotADocument`] when it is no object, [`TextError::InvalidDocument`] when its version, a node or a mark
/// is not known.
pub fn validate(document: &Value) -> Result<(), TextError> {
    let Some(doc) = document.as_object() else {
        return Err(TextError::NotADocument);
    };
    let is_doc = doc.get("type").and_then(Value::as_str) == Some("doc");
    let is_version_1 = doc.get("version").and_then(Value::as_i64) == Some(1);
    if !is_doc || !is_version_1 {
        return Err(TextError::InvalidDocument);
    }
    if !doc.get("content").is_some_and(Value::is_array) || !holds_known_nodes(document, 1) {
        return Err(TextError::InvalidDocument);
    }
    Ok(())
}

/// Whether everything below the node is known and stands where it may.
fn holds_known_nodes(parent: &Value, depth: usize) -> bool {
    let kind = type_of(parent);
    let children = match parent.get("content") {
        None => &[][..],
        Some(Value::Array(children)) => children,
        Some(_) => return false,
    };
    let fits = |child: &Value| {
        may_hold(kind, type_of(child)) && is_known_node(child) && holds_known_nodes(child, depth + 1)
    };
    depth <= ADF_DEPTH_MAX && !(children.is_empty() && needs_content(kind)) && children.iter().all(fits)
}

fn is_known_node(node: &Value) -> bool {
    let kind = type_of(node);
    is_node(kind) && has_known_marks(node) && has_required_parts(node, kind)
}

fn has_known_marks(node: &Value) -> bool {
    let marks: Vec<&str> = match node.get("marks") {
        None => return true,
        Some(Value::Array(marks)) => marks.iter().map(type_of).collect(),
        Some(_) => return false,
    };
    // Code goes with links and annotations alone.
    let suits_code = |mark: &&str| matches!(*mark, "code" | "link" | "annotation");
    marks.iter().all(|mark| MARKS.contains(mark))
        && (!marks.contains(&"code") || marks.iter().all(suits_code))
}

fn has_required_parts(node: &Value, kind: &str) -> bool {
    let attr = |name: &str| node.pointer(&format!("/attrs/{name}"));
    match kind {
        // Jira refuses a text node without characters; editors that leave one behind get INVALID_INPUT.
        "text" => node.get("text").and_then(Value::as_str).is_some_and(|text| !text.is_empty()),
        "heading" => attr("level").and_then(Value::as_i64).is_some_and(|level| (1..=6).contains(&level)),
        "mention" => attr("id").is_some_and(Value::is_string),
        "panel" => attr("panelType").is_some_and(Value::is_string),
        "emoji" => attr("shortName").is_some_and(Value::is_string),
        "media" => attr("type").is_some_and(Value::is_string),
        _ => true,
    }
}

/// The document as Jira keeps it.
///
/// Known habits: unknown top-level keys are dropped, empty paragraphs at the end are dropped, neighbouring text nodes
/// with the same marks become one, a paragraph without `content` gets none, ordered lists get their `order`.
#[must_use]
pub fn normalise(document: &Value) -> Value {
    let mut content: Vec<Value> = children(document).iter().map(normalise_node).collect();
    while content.last().is_some_and(is_empty_paragraph) {
        content.pop();
    }
    self::document(content)
}

fn normalise_node(node: &Value) -> Value {
    let mut kept: Map<String, Value> = match node.as_object() {
        Some(map) => map.clone(),
        None => return node.clone(),
    };
    if kept.get("marks").and_then(Value::as_array).is_some_and(Vec::is_empty) {
        kept.remove("marks");
    }
    if let Some(Value::Array(content)) = kept.get("content") {
        let content = join_texts(content.iter().map(normalise_node).collect());
        kept.insert("content".into(), Value::Array(content));
    }
    if type_of(node) == "orderedList" && node.pointer("/attrs/order").is_none() {
        kept.insert("attrs".into(), json!({"order": 1}));
    }
    Value::Object(kept)
}

fn join_texts(content: Vec<Value>) -> Vec<Value> {
    let mut joined: Vec<Value> = Vec::with_capacity(content.len());
    for node in content {
        match joined.last_mut() {
            Some(last) if same_text_run(last, &node) => {
                let text = format!("{}{}", text_of(last), text_of(&node));
                last["text"] = Value::String(text);
            }
            _ => joined.push(node),
        }
    }
    joined
}

fn same_text_run(a: &Value, b: &Value) -> bool {
    type_of(a) == "text" && type_of(b) == "text" && a.get("marks") == b.get("marks")
}

fn is_empty_paragraph(node: &Value) -> bool {
    type_of(node) == "paragraph" && children(node).is_empty()
}

/// What a person reads in the document: blocks on lines of their own, mentions by their text, no markup.
#[must_use]
pub fn plain_text(document: &Value) -> String {
    let mut out = String::new();
    write_plain(document, &mut out);
    out.trim_end().to_owned()
}

fn write_plain(node: &Value, out: &mut String) {
    match type_of(node) {
        "text" => out.push_str(text_of(node)),
        "hardBreak" => out.push('\n'),
        "mention" | "emoji" | "status" => out.push_str(shown_text(node)),
        "inlineCard" | "blockCard" | "embedCard" => {
            out.push_str(node.pointer("/attrs/url").and_then(Value::as_str).unwrap_or_default());
        }
        kind => {
            children(node).iter().for_each(|child| write_plain(child, out));
            let ends_line = matches!(kind, "paragraph" | "heading" | "codeBlock" | "rule" | "tableRow");
            if ends_line {
                out.push('\n');
            } else if matches!(kind, "tableCell" | "tableHeader") && out.ends_with('\n') {
                out.pop();
                out.push('\t');
            }
        }
    }
}

fn shown_text(node: &Value) -> &str {
    let attr = |name: &str| node.pointer(&format!("/attrs/{name}")).and_then(Value::as_str);
    attr("text").or_else(|| attr("shortName")).or_else(|| attr("id")).unwrap_or_default()
}

pub(super) fn type_of(node: &Value) -> &str {
    node.get("type").and_then(Value::as_str).unwrap_or_default()
}

pub(super) fn text_of(node: &Value) -> &str {
    node.get("text").and_then(Value::as_str).unwrap_or_default()
}

pub(super) fn children(node: &Value) -> &[Value] {
    node.get("content").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
