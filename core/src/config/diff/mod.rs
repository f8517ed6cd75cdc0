//! What is different between two configurations, in words; and what of it lets more leave a side.
//!
//! [`diff`] is for people who publish; [`widenings`] decides whether the other side must accept first.

#[cfg(test)]
mod tests;
mod widen;
mod words;

pub use widen::{Widening, WideningKind, widenings};

use super::{Cell, CommentRules, Config, CopyStyle, Existing, SideConfig, Wins};
use crate::check::Tab;
use crate::id::{Side, Sides};
use crate::schema::ProjectSchema;
use serde::{Deserialize, Serialize};
use words::Words;

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct Change {
    pub tab: Tab,
    /// `None` for what belongs to both.
    pub side: Option<Side>,
    pub kind: ChangeKind,
    pub sentence: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub enum ChangeKind {
    Added,
    Removed,
    Changed,
}

/// A draft beside what is published: what the page shows before it publishes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct Comparison {
    /// Empty before the first publish.
    pub changes: Vec<Change>,
    /// What would newly leave each side.
    pub widens: Sides<Vec<Widening>>,
}

/// Both views of what a draft changes; `old` is what is published, if anything is.
#[must_use]
pub fn compare(old: Option<&Config>, new: &Config, schemas: Option<&Sides<ProjectSchema>>) -> Comparison {
    Comparison {
        changes: old.map_or_else(Vec::new, |old| diff(old, new, schemas)),
        widens: Sides::each(|side| widenings(old, new, side, schemas)),
    }
}

/// All differences, tab by tab; empty exactly when the two are equal. `schemas` give names; without them, ids are
/// written.
#[must_use]
pub fn diff(old: &Config, new: &Config, schemas: Option<&Sides<ProjectSchema>>) -> Vec<Change> {
    let mut list = List { words: Words { schemas }, tab: Tab::Projects, side: None, changes: Vec::new() };
    list.text("The name", &old.name, &new.name);
    for side in Side::BOTH {
        list.side = Some(side);
        list.of_side(side, &old.sides[side], &new.sides[side]);
    }
    list.side = None;
    list.tab = Tab::FieldMappings;
    let words = list.words;
    list.rows(
        "conflict rule",
        (&old.conflicts, &new.conflicts),
        |c| format!("*{}* <> *{}*", words.field(Side::A, &c.a), words.field(Side::B, &c.b)),
        |c| wins(c.wins).to_owned(),
    );
    list.changes
}

struct List<'a> {
    words: Words<'a>,
    tab: Tab,
    side: Option<Side>,
    changes: Vec<Change>,
}

impl List<'_> {
    fn of_side(&mut self, side: Side, old: &SideConfig, new: &SideConfig) {
        let words = self.words;
        self.tab = Tab::Projects;
        self.text("The site", old.site.as_str(), new.site.as_str());
        self.text("The project", old.project.as_str(), new.project.as_str());
        self.tab = Tab::IssueTypes;
        self.rows(
            "issue type",
            (&old.issue_types, &new.issue_types),
            |r| format!("*{}*", words.issue_type(side, &r.from)),
            |r| format!("to *{}*", words.issue_type(side.other(), &r.to)),
        );
        self.tab = Tab::FieldMappings;
        self.rows(
            "field",
            (&old.fields, &new.fields),
            |r| format!("*{}* to *{}*", words.field(side, &r.from), words.field(side.other(), &r.to)),
            |r| words.rule(side, r),
        );
        self.tab = Tab::DefaultValues;
        self.rows(
            "default value",
            (&old.defaults, &new.defaults),
            |r| format!("*{}*", words.field(side, &r.field)),
            |r| words.default(side, r),
        );
        self.comments(&old.comments, &new.comments);
        self.users(side, old, new);
        self.scope(old, new);
    }

    fn comments(&mut self, old: &CommentRules, new: &CommentRules) {
        self.tab = Tab::Comments;
        self.text("Comments", yes(old.enabled), yes(new.enabled));
        self.text("The copy of a comment", style(old.copy), style(new.copy));
        self.text("A public comment", cell(old.public), cell(new.public));
        self.text("An internal comment", cell(old.internal), cell(new.internal));
    }

    fn users(&mut self, side: Side, old: &SideConfig, new: &SideConfig) {
        self.tab = Tab::Users;
        let (old, new) = (&old.users, &new.users);
        self.rows(
            "person",
            (&old.table, &new.table),
            |r| format!("`{}`", r.from),
            |r| format!("to `{}`", r.to),
        );
        self.text("Matching by account id", yes(old.account_id), yes(new.account_id));
        self.text("Matching by e-mail", yes(old.email), yes(new.email));
        let account = |id: &Option<crate::id::AccountId>| {
            id.as_ref().map_or_else(|| "nobody".to_owned(), |a| format!("`{a}`"))
        };
        let what = format!("The fallback on side {}", side.other());
        self.text(&what, &account(&old.fallback), &account(&new.fallback));
    }

    fn scope(&mut self, old: &SideConfig, new: &SideConfig) {
        self.tab = Tab::Scope;
        let (old, new) = (&old.scope, &new.scope);
        self.text("The scope", &jql_words(old.jql.as_deref()), &jql_words(new.jql.as_deref()));
        self.text("What the start mirrors", existing(old.existing), existing(new.existing));
        let levels = (&old.security_levels, &new.security_levels);
        self.rows("security level", (levels.0, levels.1), |l| format!("`{l}`"), |_| "may leave".to_owned());
    }

    fn text(&mut self, what: &str, old: &str, new: &str) {
        if old != new {
            self.say(ChangeKind::Changed, format!("{what}: was {old}, becomes {new}."));
        }
    }

    /// Rows that came, went, or are for the same thing and say something else.
    fn rows<T: PartialEq>(
        &mut self,
        what: &str,
        (old, new): (&[T], &[T]),
        key: impl Fn(&T) -> String,
        words: impl Fn(&T) -> String,
    ) {
        let mut gone = without(old, new);
        let came = without(new, old);
        if gone.is_empty() && came.is_empty() && old != new {
            self.say(
                ChangeKind::Changed,
                format!("The order of the rows ({what}) is another; the first one counts."),
            );
        }
        for row in came {
            let name = key(row);
            match gone.iter().position(|g| key(g) == name) {
                Some(at) => {
                    let before = words(gone.remove(at));
                    let sentence = format!("The {what} {name}: was {before}, becomes {}.", words(row));
                    self.say(ChangeKind::Changed, sentence);
                }
                None => self.say(ChangeKind::Added, format!("The {what} {name} is added: {}.", words(row))),
            }
        }
        for row in gone {
            self.say(ChangeKind::Removed, format!("The {what} {} is removed.", key(row)));
        }
    }

    fn say(&mut self, kind: ChangeKind, sentence: String) {
        self.changes.push(Change { tab: self.tab, side: self.side, kind, sentence });
    }
}

/// The rows of `these` that `those` doesn't have as often.
fn without<'t, T: PartialEq>(these: &'t [T], those: &[T]) -> Vec<&'t T> {
    let mut left: Vec<&T> = those.iter().collect();
    let mut without = Vec::new();
    for row in these {
        match left.iter().position(|other| *other == row) {
            Some(at) => {
                left.remove(at);
            }
            None => without.push(row),
        }
    }
    without
}

fn jql_words(jql: Option<&str>) -> String {
    jql.map_or_else(|| "the whole project".to_owned(), |jql| format!("`{jql}`"))
}

fn yes(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

fn style(copy: CopyStyle) -> &'static str {
    match copy {
        CopyStyle::Enriched => "enriched, with its author's name",
        CopyStyle::Simple => "simple, the text alone",
    }
}

fn cell(cell: Cell) -> &'static str {
    match cell {
        Cell::Public => "public on the other side",
        Cell::Internal => "internal on the other side",
        Cell::Nothing => "not copied",
    }
}

fn existing(existing: Existing) -> &'static str {
    match existing {
        Existing::All => "all issues in scope",
        Existing::OnlyNew => "only what is created after it",
    }
}

fn wins(wins: Wins) -> &'static str {
    match wins {
        Wins::Newest => "the newest change wins",
        Wins::A => "side A wins",
        Wins::B => "side B wins",
    }
}
