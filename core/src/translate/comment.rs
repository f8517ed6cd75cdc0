//! The copy of a comment.

use super::{Gather, Loss, Way, clean_name, rich};
use crate::adf::{Doc, paragraph, strong, text};
use crate::config::CopyStyle;

/// What a copy says. It is always rebuilt from its origin, so an edit keeps the header.
#[derive(Debug, Clone, PartialEq)]
pub struct Copy {
    pub body: Doc,
    pub losses: Vec<Loss>,
}

/// The copy of `body` that `author` (`None`: deleted or anonymous) wrote at the sending site.
#[must_use]
pub fn comment(style: CopyStyle, author: Option<&str>, body: &Doc, way: &Way<'_>) -> Copy {
    let mut out = Gather::default();
    let carried = rich::carry(body, way, &mut out);
    let whole = match style {
        CopyStyle::Simple => carried,
        CopyStyle::Enriched => {
            let mut blocks = vec![header(author, way)];
            blocks.extend(carried.blocks().iter().cloned());
            Doc::of_blocks(blocks)
        }
    };
    let body = rich::fit(&whole, body, &mut out);
    Copy { body, losses: out.losses }
}

/// **Anna Agent** (Acme):
fn header(author: Option<&str>, way: &Way<'_>) -> serde_json::Value {
    let author = clean_name(author.unwrap_or_default(), "Someone");
    let site = clean_name(way.site, "other site");
    paragraph(vec![strong(&author), text(&format!(" ({site}):"))])
}

/// The text begins with a header that a copy of ours was given.
#[must_use]
pub fn has_header(body: &Doc) -> bool {
    let Some(parts) = body.blocks().first().and_then(|block| block["content"].as_array()) else {
        return false;
    };
    let [author, site] = parts.as_slice() else { return false };
    let is_strong =
        author["marks"].as_array().is_some_and(|marks| marks.iter().any(|m| m["type"] == "strong"));
    let named = site["text"].as_str().is_some_and(|site| site.starts_with(" (") && site.ends_with("):"));
    is_strong && named
}
