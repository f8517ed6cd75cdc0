//! Rich text on its way to another site: what belongs to one site alone becomes words.
//!
//! Mentions name accounts, media name files and extensions name apps of their site. Everything else is kept; a node
//! that we don't know is not.

use super::{Gather, Loss, LossCode, Way, clean_name, person};
use crate::adf::{Doc, Node, is_safe_url, link, mention_text, normal_block, paragraph, text};
use serde_json::{Map, Value, json};

/// What one top-level block becomes: usually one block, several where a frame around them is dropped.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    pub blocks: Vec<Value>,
    /// Not empty: it can't be brought back from the other side.
    pub losses: Vec<Loss>,
}

/// Top-level block by top-level block, in canonical form.
#[must_use]
pub fn blocks(doc: &Doc, way: &Way<'_>) -> Vec<Block> {
    let carry = |(at, value): (usize, &Value)| {
        let mut out = Gather::default();
        let blocks = node(value, Place::Block, &format!("content[{at}]"), way, &mut out);
        Block { blocks: blocks.iter().filter_map(normal_block).collect(), losses: out.losses }
    };
    doc.blocks().iter().enumerate().map(carry).collect()
}

/// The document in canonical form, within Jira's limit.
pub(super) fn carry(doc: &Doc, way: &Way<'_>, out: &mut Gather) -> Doc {
    let blocks: Vec<Value> = doc
        .blocks()
        .iter()
        .enumerate()
        .flat_map(|(at, value)| node(value, Place::Block, &format!("content[{at}]"), way, out))
        .collect();
    fit(&Doc::of_blocks(blocks).normalise(), doc, out)
}

/// Cut to Jira's limit, which `shown` has passed on its own site.
pub(super) fn fit(doc: &Doc, shown: &Doc, out: &mut Gather) -> Doc {
    let fitted = doc.fit(Doc::limit_after(shown));
    if fitted.cut {
        lose_cut(out);
    }
    fitted.doc.normalise()
}

pub(super) fn lose_cut(out: &mut Gather) {
    if !out.losses.iter().any(|loss| loss.code == LossCode::TextCut) {
        out.lose(LossCode::TextCut, "", "The text is longer than Jira takes, and was cut.".to_owned());
    }
}

/// Nothing but text in paragraphs: as plain text it loses nothing.
pub(super) fn is_plain(doc: &Doc) -> bool {
    let mut plain = true;
    doc.walk(&mut |node| {
        let known = matches!(node.kind(), "doc" | "paragraph" | "text" | "hardBreak");
        plain &= known && node.marks().next().is_none();
    });
    plain
}

/// What a node's place takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Block,
    Inline,
}

impl Place {
    fn below(self, kind: &str) -> Self {
        match kind {
            "paragraph" | "heading" | "codeBlock" | "taskItem" | "decisionItem" | "caption" => Self::Inline,
            _ => self,
        }
    }
}

/// The node as it crosses: itself with its children carried, or what stands for it.
fn node(value: &Value, place: Place, path: &str, way: &Way<'_>, out: &mut Gather) -> Vec<Value> {
    let (Some(map), Some(seen)) = (value.as_object(), Node::of(value)) else { return Vec::new() };
    match seen.kind() {
        "paragraph" | "heading" | "bulletList" | "orderedList" | "listItem" | "taskList" | "taskItem"
        | "blockTaskItem" | "decisionList" | "decisionItem" | "blockquote" | "codeBlock" | "panel"
        | "expand" | "nestedExpand" | "rule" | "table" | "tableRow" | "tableCell" | "tableHeader"
        | "layoutSection" | "layoutColumn" | "text" | "hardBreak" | "emoji" | "status" | "date" => {
            vec![kept(map, place, path, way, out)]
        }
        "inlineCard" | "blockCard" | "embedCard" => card(map, seen, place, path, way, out),
        "mention" => vec![mention(map, seen, path, way, out)],
        "media" | "mediaInline" => at_place(vec![file(seen, "attachment", path, out)], place),
        "mediaSingle" => single(map, place, path, way, out),
        "mediaGroup" => group(seen, place, path, out),
        // The frame belongs to an app of the site, the text in it to the people.
        "bodiedExtension" | "bodiedSyncBlock" => unframed(map, seen, place, path, way, out),
        _ => at_place(vec![unknown(seen, path, out)], place),
    }
}

fn kept(map: &Map<String, Value>, place: Place, path: &str, way: &Way<'_>, out: &mut Gather) -> Value {
    let mut new = map.clone();
    if map.contains_key("marks") {
        new.insert("marks".to_owned(), Value::Array(marks(map, path, out)));
    }
    if map.contains_key("content") {
        let kind = map.get("type").and_then(Value::as_str).unwrap_or_default();
        new.insert("content".to_owned(), Value::Array(content(map, place.below(kind), path, way, out)));
    }
    Value::Object(new)
}

fn content(
    map: &Map<String, Value>,
    place: Place,
    path: &str,
    way: &Way<'_>,
    out: &mut Gather,
) -> Vec<Value> {
    let children = map.get("content").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    children
        .iter()
        .enumerate()
        .flat_map(|(at, child)| node(child, place, &format!("{path}.content[{at}]"), way, out))
        .collect()
}

/// Marks that name things of the site (inline comments, app data) are dropped without a word; so are links that run
/// code, with one.
fn marks(map: &Map<String, Value>, path: &str, out: &mut Gather) -> Vec<Value> {
    let all = map.get("marks").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let mut kept = Vec::new();
    for mark in all {
        let Some(seen) = Node::of(mark) else { continue };
        match seen.kind() {
            "annotation" | "fragment" | "dataConsumer" | "confluenceInlineComment" => {}
            // Whatever the mark is called: what is no link today may be one tomorrow.
            _ if !is_safe_url(seen.attr_text("href").unwrap_or_default()) => lose_link(path, out),
            _ => kept.push(mark.clone()),
        }
    }
    kept
}

/// A card keeps its address, and nothing else: its data come from the site that shows it.
fn card(
    map: &Map<String, Value>,
    seen: Node<'_>,
    place: Place,
    path: &str,
    way: &Way<'_>,
    out: &mut Gather,
) -> Vec<Value> {
    match seen.attr_text("url") {
        Some(url) if !is_safe_url(url) => {
            lose_link(path, out);
            at_place(vec![text(url)], place)
        }
        Some(url) if seen.attr("datasource").is_some() => at_place(vec![link(url, url)], place),
        Some(_) => {
            let mut new = kept(map, place, path, way, out);
            new.pointer_mut("/attrs").and_then(Value::as_object_mut).map(|attrs| attrs.remove("data"));
            vec![new]
        }
        None => at_place(vec![unknown(seen, path, out)], place),
    }
}

/// A mention of somebody who is mapped stays one; anybody else is called by his name.
fn mention(map: &Map<String, Value>, seen: Node<'_>, path: &str, way: &Way<'_>, out: &mut Gather) -> Value {
    let name = clean_name(&mention_text(seen), "@someone");
    if let Some(account) = seen.attr_text("id").and_then(|id| person::mentioned(id, way)) {
        let mut new = map.clone();
        new.insert("attrs".to_owned(), json!({ "id": account, "text": name }));
        new.remove("marks");
        return Value::Object(new);
    }
    out.lose(LossCode::MentionNeutralised, path, format!("{name} is named, not notified."));
    text(&name)
}

/// A note in place of a file.
fn file(seen: Node<'_>, what: &str, path: &str, out: &mut Gather) -> Value {
    let what = if seen.attr_text("type") == Some("image") { "image" } else { what };
    let note = match seen.attr_text("alt").map(|alt| clean_name(alt, "")) {
        Some(name) if !name.is_empty() => format!("[{what}: {name}]"),
        Some(_) | None => format!("[{what}]"),
    };
    out.lose(LossCode::MediaDropped, path, format!("A note stands for the {what}: {note}"));
    match seen.attr_text("url").filter(|url| is_safe_url(url)) {
        Some(url) => link(&note, url),
        None => text(&note),
    }
}

/// An image on a line of its own, and its caption.
fn single(map: &Map<String, Value>, place: Place, path: &str, way: &Way<'_>, out: &mut Gather) -> Vec<Value> {
    let mut line = Vec::new();
    let children = map.get("content").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    for (at, child) in children.iter().enumerate() {
        let (Some(inner), Some(seen)) = (child.as_object(), Node::of(child)) else { continue };
        let path = format!("{path}.content[{at}]");
        if seen.kind() == "caption" {
            line.push(text(" "));
            line.extend(content(inner, Place::Inline, &path, way, out));
        } else {
            line.push(file(seen, "image", &path, out));
        }
    }
    at_place(line, place)
}

fn group(seen: Node<'_>, place: Place, path: &str, out: &mut Gather) -> Vec<Value> {
    let mut line = Vec::new();
    for (at, child) in seen.children().enumerate() {
        if at > 0 {
            line.push(text(" "));
        }
        line.push(file(child, "attachment", &format!("{path}.content[{at}]"), out));
    }
    at_place(line, place)
}

fn unframed(
    map: &Map<String, Value>,
    seen: Node<'_>,
    place: Place,
    path: &str,
    way: &Way<'_>,
    out: &mut Gather,
) -> Vec<Value> {
    // Canonical, so that what ends in an empty paragraph is the same wherever the text in the frame ends up.
    let inside = Doc::of_blocks(content(map, place, path, way, out)).normalise().blocks().to_vec();
    if inside.is_empty() {
        return at_place(vec![unknown(seen, path, out)], place);
    }
    out.lose(
        LossCode::ContentDropped,
        path,
        "The app that frames this text is not on the other side.".to_owned(),
    );
    inside
}

/// A note in place of what the other side would not understand, with the text that it shows.
fn unknown(seen: Node<'_>, path: &str, out: &mut Gather) -> Value {
    let shown = seen.text().or_else(|| seen.attr_text("text")).map(|shown| clean_name(shown, ""));
    let note = match shown {
        Some(shown) if !shown.is_empty() => shown,
        Some(_) | None => format!("[{}]", clean_name(seen.kind(), "content")),
    };
    out.lose(LossCode::ContentDropped, path, format!("A note stands for what can't be carried: {note}"));
    text(&note)
}

fn at_place(inline: Vec<Value>, place: Place) -> Vec<Value> {
    match place {
        Place::Block if !inline.is_empty() => vec![paragraph(inline)],
        Place::Block | Place::Inline => inline,
    }
}

fn lose_link(path: &str, out: &mut Gather) {
    out.lose(
        LossCode::LinkNeutralised,
        path,
        "The address would run code: the text stays, the link does not.".to_owned(),
    );
}
