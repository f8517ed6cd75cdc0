//! What a reader sees of a document, as plain text.

use super::{Doc, Node};
use crate::calendar;
use crate::id::Millis;

impl Doc {
    /// The text in reading order, a line per block. Mentions, emoji, cards, statuses and dates as people see them.
    #[must_use]
    pub fn plain_text(&self) -> String {
        let mut out = String::new();
        if let Some(root) = Node::of(&self.0) {
            write(root, &mut out);
        }
        out.truncate(out.trim_end().len());
        out
    }
}

fn write(node: Node<'_>, out: &mut String) {
    if let Some(text) = inline(node) {
        out.push_str(&text);
        return;
    }
    match node.kind() {
        "rule" => out.push_str("---"),
        "blockCard" | "embedCard" => out.push_str(node.attr_text("url").unwrap_or_default()),
        "expand" | "nestedExpand" => line(node.attr_text("title").unwrap_or_default(), out),
        "listItem" => out.push_str("- "),
        "taskItem" if node.attr_text("state") == Some("DONE") => out.push_str("[x] "),
        "taskItem" => out.push_str("[ ] "),
        _ => {}
    }
    for child in node.children() {
        write(child, out);
    }
    match node.kind() {
        "tableCell" | "tableHeader" => {
            out.truncate(out.trim_end_matches('\n').len());
            out.push('\t');
        }
        "tableRow" => {
            out.truncate(out.trim_end_matches('\t').len());
            end_line(out);
        }
        "doc" => {}
        _ => end_line(out),
    }
}

/// The text of an inline node; `None` for a block.
fn inline(node: Node<'_>) -> Option<String> {
    let attr = |name| node.attr_text(name).unwrap_or_default().to_owned();
    Some(match node.kind() {
        "text" => node.text().unwrap_or_default().to_owned(),
        "hardBreak" => "\n".to_owned(),
        "mention" => mention_text(node),
        "emoji" => node.attr_text("text").map_or_else(|| attr("shortName"), str::to_owned),
        "status" | "placeholder" => attr("text"),
        "date" => date(node).unwrap_or_default(),
        "inlineCard" => attr("url"),
        "media" | "mediaInline" => format!("[{}]", node.attr_text("alt").unwrap_or("attachment")),
        _ => return None,
    })
}

/// `@Anna Agent`: what a mention reads like, on every site.
#[must_use]
pub(crate) fn mention_text(node: Node<'_>) -> String {
    let name = node.attr_text("text").unwrap_or_default().trim_start_matches('@').trim();
    format!("@{}", if name.is_empty() { "someone" } else { name })
}

/// A date node holds milliseconds as a text.
fn date(node: Node<'_>) -> Option<String> {
    let ms: i64 = node.attr_text("timestamp")?.parse().ok()?;
    calendar::day(Millis(ms))
}

fn line(text: &str, out: &mut String) {
    if !text.is_empty() {
        out.push_str(text);
        out.push('\n');
    }
}

fn end_line(out: &mut String) {
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
}
