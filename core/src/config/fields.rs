//! Fields that leave a side, and which kinds can become which.

use crate::id::{FieldId, IssueTypeId};
use crate::schema::FieldKind;
use serde::{Deserialize, Serialize};

/// A field that leaves this side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct FieldRule {
    /// On this side.
    pub from: FieldId,
    /// On the other.
    pub to: FieldId,
    #[serde(default)]
    pub kind: RuleKind,
    /// Issue types of this side that it is for; `None` is all.
    #[serde(default)]
    pub issue_types: Option<Vec<IssueTypeId>>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "as", rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub enum RuleKind {
    /// The same value; a choice is found by its name on the other side.
    #[default]
    Passthrough,
    /// Option by option, by id (of a text field: by text). The first row of a source value counts.
    Table {
        rows: Vec<TableRow>,
        #[serde(default)]
        otherwise: Otherwise,
    },
    /// Text with `{value}`, `{field}`, `{key}` and `{site}`.
    Text { template: String },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct TableRow {
    pub from: String,
    pub to: String,
}

/// What a value does that stands in no row.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub enum Otherwise {
    /// The other side keeps what it has; a loss that the preview shows.
    #[default]
    Keep,
    Clear,
    Use {
        to: String,
    },
}

impl FieldRule {
    /// Whether it is for issues of this type of its own side.
    #[must_use]
    pub fn is_for(&self, issue_type: &IssueTypeId) -> bool {
        self.issue_types.as_ref().is_none_or(|types| types.contains(issue_type))
    }

    /// Whether two rules of one side are for a common issue type.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        match (&self.issue_types, &other.issue_types) {
            (Some(ours), Some(theirs)) => ours.iter().any(|t| theirs.contains(t)),
            (None, Some(types)) | (Some(types), None) => !types.is_empty(),
            (None, None) => true,
        }
    }
}

impl RuleKind {
    #[must_use]
    pub fn is_passthrough(&self) -> bool {
        matches!(self, Self::Passthrough)
    }

    /// Whether a value of one kind can become one of the other in this way.
    #[must_use]
    pub fn carries(&self, from: FieldKind, to: FieldKind) -> bool {
        targets(self, from).contains(&to)
    }
}

/// The kinds that a field of kind `from` can be mapped to in this way.
#[must_use]
pub(crate) fn targets(kind: &RuleKind, from: FieldKind) -> &'static [FieldKind] {
    use FieldKind::{
        Choice, Choices, Date, DateTime, Labels, Number, Other, People, Person, RequestType, Rich, Text,
    };
    match (kind, from) {
        (_, Other) => &[],
        (RuleKind::Passthrough, Text) => &[Text, Rich, Choice, Choices],
        (RuleKind::Passthrough, Rich) => &[Rich, Text],
        (RuleKind::Passthrough, Number) => &[Number, Text, Rich],
        (RuleKind::Passthrough, Date) => &[Date, Text, Rich],
        (RuleKind::Passthrough, DateTime) => &[DateTime, Text, Rich],
        (RuleKind::Passthrough, Choice | Choices) => &[Choice, Choices, RequestType, Text, Rich],
        (RuleKind::Passthrough, RequestType) => &[RequestType, Choice, Choices, Text, Rich],
        (RuleKind::Passthrough, Labels) => &[Labels, Text, Rich],
        (RuleKind::Passthrough, Person | People) => &[Person, People, Text, Rich],
        (RuleKind::Table { .. }, _) => {
            &[Choice, Choices, RequestType, Labels, Person, People, Number, Date, Text, Rich]
        }
        (RuleKind::Text { .. }, _) => &[Text, Rich],
    }
}
