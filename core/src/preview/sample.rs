//! The copy of a made-up comment, for the page to show what *Enriched* and *Simple* look like.

use crate::adf::Doc;
use crate::config::{CopyStyle, UserRules};
use crate::id::{Side, Sides};
use crate::plan::People;
use crate::schema::ProjectSchema;
use crate::translate::{self, Way};

/// What becomes of `text` that `author` writes at `site`.
#[must_use]
pub fn sample_comment(style: CopyStyle, site: &str, author: &str, text: &str) -> Doc {
    // A text without mentions or fields asks nothing of the projects.
    let nothing = |_: Side| ProjectSchema {
        project: "".into(),
        key: String::new(),
        name: String::new(),
        service: true,
        issue_types: Vec::new(),
        request_types: Vec::new(),
        request_type_field: None,
    };
    let way = Way {
        from: Side::A,
        site,
        key: "",
        schemas: &Sides::each(nothing),
        users: &UserRules::default(),
        people: &People::default(),
    };
    translate::comment(style, Some(author), &Doc::from_text(text), &way).body
}
