//! The words for rules: names where the schemas are at hand, else ids.

use crate::config::{DefaultRule, DefaultValue, FieldRule, Otherwise, RuleKind};
use crate::id::{FieldId, IssueTypeId, Side, Sides};
use crate::schema::ProjectSchema;

/// So many rows of a table are written out.
const ROWS_SHOWN_MAX: usize = 10;

#[derive(Clone, Copy)]
pub(super) struct Words<'a> {
    pub(super) schemas: Option<&'a Sides<ProjectSchema>>,
}

impl Words<'_> {
    pub(super) fn issue_type(self, side: Side, id: &IssueTypeId) -> String {
        self.schemas.map_or_else(|| id.0.clone(), |s| s[side].issue_type_words(id))
    }

    pub(super) fn field(self, side: Side, id: &FieldId) -> String {
        self.schemas.map_or_else(|| id.0.clone(), |s| s[side].field_words(id))
    }

    fn value(self, side: Side, field: &FieldId, id: &str) -> String {
        self.schemas.map_or_else(|| id.to_owned(), |s| s[side].choice_words(field, id))
    }

    /// How a field is carried, and for which issue types.
    pub(super) fn rule(self, side: Side, rule: &FieldRule) -> String {
        let to = |id: &str| self.value(side.other(), &rule.to, id);
        let how = match &rule.kind {
            RuleKind::Passthrough => "copied".to_owned(),
            RuleKind::Text { template } => format!("as the text `{template}`"),
            RuleKind::Table { rows, otherwise } => {
                let row = |r: &crate::config::TableRow| {
                    format!("{} to {}", self.value(side, &rule.from, &r.from), to(&r.to))
                };
                let rest = match otherwise {
                    Otherwise::Keep => "any other is left alone".to_owned(),
                    Otherwise::Clear => "any other empties it".to_owned(),
                    Otherwise::Use { to: id } => format!("any other to {}", to(id)),
                };
                format!("by a table ({}; {rest})", shown(rows.iter().map(row)))
            }
        };
        match &rule.issue_types {
            None => format!("{how}, for all issue types"),
            Some(types) => {
                format!("{how}, for {}", shown(types.iter().map(|t| self.issue_type(side, t))))
            }
        }
    }

    pub(super) fn default(self, side: Side, rule: &DefaultRule) -> String {
        match &rule.value {
            DefaultValue::AllIssueTypes { value } => {
                format!("{} for all issue types", self.value(side, &rule.field, value))
            }
            DefaultValue::PerIssueType { rows } => shown(rows.iter().map(|row| {
                let value = self.value(side, &rule.field, &row.value);
                format!("{value} for {}", self.issue_type(side, &row.issue_type))
            })),
        }
    }
}

fn shown(all: impl ExactSizeIterator<Item = String>) -> String {
    let count = all.len();
    let shown: Vec<String> = all.take(ROWS_SHOWN_MAX).collect();
    match count.saturating_sub(ROWS_SHOWN_MAX) {
        0 if count == 0 => "nothing".to_owned(),
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
