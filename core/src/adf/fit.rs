//! Jira's limit of characters, and how a document is made to fit.
//!
//! Whether Jira counts the text, its wiki markup or the JSON is not established, so all must fit, counted as Java
//! counts: in UTF-16 units. A document that a site shows with more than the limit in one of them proves that the
//! limit is on another.

use super::{Doc, Node, paragraph, text};
use serde_json::{Map, Value};
use std::ops::Add;

/// Description, comment and multi-line custom fields, in UTF-16 units.
pub const LIMIT_UNITS: usize = 32_767;

/// What a cut document ends with.
pub const CUT_NOTE: &str = "[cut]";

/// The length of a document, by what Jira may count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Length {
    /// UTF-16 units of the text that readers see, and of the wiki markup around it; rather too many than too few.
    pub text: usize,
    /// UTF-16 units of the JSON, without blanks.
    pub json: usize,
}

/// A document that fits, and whether something was cut for that.
#[derive(Debug, Clone, PartialEq)]
pub struct Cut {
    pub doc: Doc,
    pub cut: bool,
}

impl Doc {
    #[must_use]
    pub fn length(&self) -> Length {
        Length { text: text_units(&self.0), json: units(&self.0.to_string()) }
    }

    /// What must hold for a document that was made from `shown`, which a site shows and which has passed its limit.
    #[must_use]
    pub fn limit_after(shown: &Self) -> Length {
        let length = shown.length();
        let json = if length.json > LIMIT_UNITS { usize::MAX } else { LIMIT_UNITS };
        Length { text: length.text.max(LIMIT_UNITS), json }
    }

    /// The document within `limit`: whole blocks while they fit, then the start of the first that does not, down to
    /// a part of its text, then [`CUT_NOTE`].
    #[must_use]
    pub fn fit(&self, limit: Length) -> Cut {
        if self.length().within(limit) {
            return Cut { doc: self.clone(), cut: false };
        }
        let note = paragraph(vec![text(CUT_NOTE)]);
        let frame = Self::of_blocks(vec![note.clone()]).length();
        let mut left = limit.minus(frame);
        let mut blocks = part(self.blocks(), &mut left);
        blocks.push(note);
        Cut { doc: Self::of_blocks(blocks), cut: true }
    }
}

/// As many of the nodes as fit into `left`, the last one perhaps in part.
fn part(nodes: &[Value], left: &mut Length) -> Vec<Value> {
    let mut out = Vec::new();
    for value in nodes {
        let cost = cost(value);
        if cost.within(*left) {
            *left = left.minus(cost);
            out.push(value.clone());
            continue;
        }
        out.extend(value.as_object().and_then(|map| start_of(map, *left)));
        break;
    }
    out
}

/// The start of a node that does not fit as a whole; `None` when nothing sensible of it fits.
fn start_of(map: &Map<String, Value>, left: Length) -> Option<Value> {
    let mut shell = map.clone();
    if let Some(Value::String(whole)) = map.get("text") {
        shell.insert("text".to_owned(), Value::String(String::new()));
        let rest = checked_minus(left, cost(&Value::Object(shell.clone())))?;
        let start = start_of_text(whole, rest);
        shell.insert("text".to_owned(), Value::String(start.to_owned()));
        return (!start.is_empty()).then_some(Value::Object(shell));
    }
    let Some(Value::Array(children)) = map.get("content") else { return None };
    shell.insert("content".to_owned(), Value::Array(Vec::new()));
    let mut rest = checked_minus(left, cost(&Value::Object(shell.clone())))?;
    let kept = part(children, &mut rest);
    if kept.is_empty() {
        return None;
    }
    shell.insert("content".to_owned(), Value::Array(kept));
    Some(Value::Object(shell))
}

fn start_of_text(whole: &str, left: Length) -> &str {
    let mut used = Length::default();
    for (at, c) in whole.char_indices() {
        used = used + Length { text: c.len_utf16(), json: json_units(c) };
        if !used.within(left) {
            return &whole[..at];
        }
    }
    whole
}

/// At most what serde_json writes for it inside a string.
fn json_units(c: char) -> usize {
    match c {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        c if c < ' ' => 6,
        c => c.len_utf16(),
    }
}

/// A node's share of its document: never less than what it adds.
fn cost(value: &Value) -> Length {
    Length { text: text_units(value), json: units(&value.to_string()) + 1 }
}

fn text_units(value: &Value) -> usize {
    let mut sum = 0;
    if let Some(node) = Node::of(value) {
        node.walk(&mut |n| sum += own_units(n));
    }
    sum
}

/// The text of the node itself, with the markup around it: `h1. `, `[ ] `, `{panel}`, `*`, a line end.
fn own_units(node: Node<'_>) -> usize {
    if let Some(text) = node.text() {
        return units(text) + node.marks().map(mark_units).sum::<usize>();
    }
    let said = ["text", "shortName", "url", "alt", "title", "language"];
    let said = said.iter().filter_map(|name| node.attr_text(name)).map(units).max().unwrap_or_default();
    match node.kind() {
        "doc" => 0,
        "panel" | "expand" | "nestedExpand" | "codeBlock" | "blockquote" => {
            said + "{panel:title=}\n{panel}\n\n".len()
        }
        "mention" | "date" | "media" | "mediaInline" => {
            said.max("[attachment]".len()) + "[~accountid:]".len()
        }
        _ => said + "h1. \n\n".len(),
    }
}

/// `{color:#ff0000}{color}`, `[|https://example.com]`.
fn mark_units(mark: Node<'_>) -> usize {
    "{color:#ff0000}{color}".len() + mark.attr_text("href").map(units).unwrap_or_default()
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

impl Length {
    #[must_use]
    pub fn within(self, limit: Self) -> bool {
        self.text <= limit.text && self.json <= limit.json
    }

    fn minus(self, other: Self) -> Self {
        Self { text: self.text.saturating_sub(other.text), json: self.json.saturating_sub(other.json) }
    }
}

fn checked_minus(left: Length, cost: Length) -> Option<Length> {
    cost.within(left).then(|| left.minus(cost))
}

impl Add for Length {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { text: self.text + other.text, json: self.json + other.json }
    }
}
