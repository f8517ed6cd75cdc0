//! What would newly leave a side. In doubt it is a widening: asking once too often is no leak.

use super::words::Words;
use super::{cell, jql_words};
use crate::config::{Cell, CommentRules, Config, CopyStyle, Existing, FieldRule, RuleKind, SideConfig};
use crate::id::{Side, Sides};
use crate::schema::ProjectSchema;
use serde::{Deserialize, Serialize};

/// Something that would leave a side and does not yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct Widening {
    pub kind: WideningKind,
    pub sentence: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub enum WideningKind {
    /// What leaves goes to another project, or comes from another.
    Projects,
    Scope,
    ExistingIssues,
    SecurityLevel,
    IssueType,
    Field,
    Comments,
    AuthorNames,
    Accounts,
    Emails,
}

/// What would newly leave `side`; `old` is what is published and accepted, `None` before the first publish.
#[must_use]
pub fn widenings(
    old: Option<&Config>,
    new: &Config,
    side: Side,
    schemas: Option<&Sides<ProjectSchema>>,
) -> Vec<Widening> {
    let pair = |c: &Config| c.sides.as_ref().map(|s| (s.site.clone(), s.project.clone()));
    let same_pair = old.filter(|old| pair(old) == pair(new));
    let mut list = List { words: Words { schemas }, side, widenings: Vec::new() };
    if old.is_some() && same_pair.is_none() {
        list.say(WideningKind::Projects, "The sync joins other projects than before.".to_owned());
    }
    let (old, new) = (same_pair.map(|old| &old.sides[side]), &new.sides[side]);
    list.scope(old, new);
    list.issue_types(old, new);
    list.fields(old, new);
    list.comments(old.map(|old| &old.comments), &new.comments);
    list.users(old, new);
    list.widenings
}

/// One cell of the visibility map.
type Pick = fn(&CommentRules) -> Cell;

struct List<'a> {
    words: Words<'a>,
    side: Side,
    widenings: Vec<Widening>,
}

impl List<'_> {
    fn say(&mut self, kind: WideningKind, sentence: String) {
        self.widenings.push(Widening { kind, sentence });
    }

    fn scope(&mut self, old: Option<&SideConfig>, new: &SideConfig) {
        let scope = &new.scope;
        if let Some(old) = old {
            if old.scope.jql.is_some() && old.scope.jql != scope.jql {
                let sentence = format!(
                    "Issues of {} leave, not of {}.",
                    jql_words(scope.jql.as_deref()),
                    jql_words(old.scope.jql.as_deref())
                );
                self.say(WideningKind::Scope, sentence);
            }
            if old.scope.existing == Existing::OnlyNew && scope.existing == Existing::All {
                let sentence = "Issues and comments that were there before the start leave too.".to_owned();
                self.say(WideningKind::ExistingIssues, sentence);
            }
        }
        let known = |level| old.is_some_and(|old| old.scope.security_levels.contains(level));
        for level in scope.security_levels.iter().filter(|level| !known(level)) {
            self.say(
                WideningKind::SecurityLevel,
                format!("Issues under the security level `{level}` leave."),
            );
        }
    }

    fn issue_types(&mut self, old: Option<&SideConfig>, new: &SideConfig) {
        let known = |id| old.is_some_and(|old| old.issue_types.iter().any(|r| &r.from == id));
        for rule in new.issue_types.iter().filter(|r| !known(&r.from)) {
            let name = self.words.issue_type(self.side, &rule.from);
            self.say(WideningKind::IssueType, format!("Issues of the type *{name}* leave."));
        }
    }

    fn fields(&mut self, old: Option<&SideConfig>, new: &SideConfig) {
        let known = |rule| old.is_some_and(|old| old.fields.iter().any(|before| covers(before, rule)));
        for rule in new.fields.iter().filter(|rule| !known(rule)) {
            let sentence = format!(
                "The field *{}* leaves to *{}*: {}.",
                self.words.field(self.side, &rule.from),
                self.words.field(self.side.other(), &rule.to),
                self.words.rule(self.side, rule),
            );
            self.say(WideningKind::Field, sentence);
        }
    }

    fn comments(&mut self, old: Option<&CommentRules>, new: &CommentRules) {
        let effective = |rules: Option<&CommentRules>, which: Pick| {
            rules.filter(|r| r.enabled).map_or(Cell::Nothing, which)
        };
        let cells: [(&str, Pick); 2] =
            [("Public comments", |r| r.public), ("Internal comments", |r| r.internal)];
        for (what, which) in cells {
            let (before, now) = (effective(old, which), effective(Some(new), which));
            if width(now) > width(before) {
                self.say(WideningKind::Comments, format!("{what} leave: {}.", cell(now)));
            }
        }
        let names = |rules: &CommentRules| rules.enabled && rules.copy == CopyStyle::Enriched;
        if names(new) && !old.is_some_and(names) {
            let sentence = "The names of the people who comment leave.".to_owned();
            self.say(WideningKind::AuthorNames, sentence);
        }
    }

    fn users(&mut self, old: Option<&SideConfig>, new: &SideConfig) {
        if new.users.account_id && !old.is_some_and(|old| old.users.account_id) {
            let sentence = "People are looked up on the other site by their account id.".to_owned();
            self.say(WideningKind::Accounts, sentence);
        }
        if new.users.email && !old.is_some_and(|old| old.users.email) {
            let sentence = "People are looked up on the other site by their e-mail.".to_owned();
            self.say(WideningKind::Emails, sentence);
        }
    }
}

/// Whether everything that `new` lets out, `old` let out in the same way to the same place.
fn covers(old: &FieldRule, new: &FieldRule) -> bool {
    let types = match (&old.issue_types, &new.issue_types) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(old), Some(new)) => new.iter().all(|t| old.contains(t)),
    };
    types && old.from == new.from && old.to == new.to && same_way(&old.kind, &new.kind)
}

fn same_way(old: &RuleKind, new: &RuleKind) -> bool {
    match (old, new) {
        // A table shows less than the value itself.
        (RuleKind::Passthrough, RuleKind::Passthrough | RuleKind::Table { .. }) => true,
        (RuleKind::Passthrough | RuleKind::Table { .. } | RuleKind::Text { .. }, _) => old == new,
    }
}

fn width(cell: Cell) -> u8 {
    match cell {
        Cell::Nothing => 0,
        Cell::Internal => 1,
        Cell::Public => 2,
    }
}
