//! The configuration of one sync, as published: immutable ids, no names.
//!
//! It is kept per *sending* side: what stands under side A is what leaves side A, so that a widening of what leaves a
//! side can be told from the rest and needs that side's consent. A two-way mapping is a rule on either side.

mod bounds;
pub mod diff;
mod fields;
pub mod file;
#[cfg(test)]
pub(crate) mod guide;
pub mod scope;

pub use bounds::{
    CONFIG_BYTES_MAX, ConfigError, NAME_CHARS_MAX, ROWS_MAX, RULES_MAX, TEXT_CHARS_MAX, parse_json,
    within_bounds,
};
pub(crate) use fields::targets;
pub use fields::{FieldRule, Otherwise, RuleKind, TableRow};

use crate::id::{AccountId, FieldId, IssueTypeId, ProjectId, Side, Sides, SiteId};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct Config {
    pub name: String,
    pub sides: Sides<SideConfig>,
    /// Who wins when both sides changed one field; [`Wins::Newest`] where nothing is said.
    #[serde(default)]
    pub conflicts: Vec<ConflictRule>,
}

/// One side: what leaves it and as what it arrives on the other, and what is set on issues created here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct SideConfig {
    pub site: SiteId,
    pub project: ProjectId,
    #[serde(default)]
    pub scope: Scope,
    /// Issue types that leave this side. A type that is not listed stays at home.
    #[serde(default)]
    pub issue_types: Vec<IssueTypeRule>,
    #[serde(default)]
    pub fields: Vec<FieldRule>,
    #[serde(default)]
    pub comments: CommentRules,
    /// How people of this side are found on the other.
    #[serde(default)]
    pub users: UserRules,
    /// Set on issues that are created **on this side**, where no mapping gives a value.
    #[serde(default)]
    pub defaults: Vec<DefaultRule>,
}

/// Which issues leave a side.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct Scope {
    /// Narrows the project; `None` is the whole project.
    #[serde(default)]
    pub jql: Option<String>,
    #[serde(default)]
    pub existing: Existing,
    /// Ids of security levels whose issues may leave. An issue under any other level stays at home.
    #[serde(default)]
    pub security_levels: Vec<String>,
}

/// What the first *Start* does with the issues that are there already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub enum Existing {
    /// All in scope are mirrored, oldest first.
    #[default]
    All,
    /// Only issues and comments created after the start.
    OnlyNew,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct IssueTypeRule {
    pub from: IssueTypeId,
    pub to: IssueTypeId,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct ConflictRule {
    pub a: FieldId,
    pub b: FieldId,
    pub wins: Wins,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub enum Wins {
    /// By each site's own changelog time, corrected by the site's `Date` header; a tie goes to A.
    #[default]
    Newest,
    A,
    B,
}

/// Which comments leave a side, and to whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct CommentRules {
    pub enabled: bool,
    pub copy: CopyStyle,
    /// What becomes of a comment that customers see here.
    pub public: Cell,
    /// What becomes of a comment that the team alone sees here. `Public` here is the one way to widen.
    pub internal: Cell,
}

impl Default for CommentRules {
    /// Nothing leaves.
    fn default() -> Self {
        Self { enabled: false, copy: CopyStyle::Enriched, public: Cell::Public, internal: Cell::Internal }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub enum CopyStyle {
    /// The copy says who wrote it, and where.
    Enriched,
    /// The text alone.
    Simple,
}

/// One cell of the visibility map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub enum Cell {
    Public,
    Internal,
    /// It stays at home.
    Nothing,
}

/// How a person of this side is found on the other; tried in this order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct UserRules {
    #[serde(default)]
    pub table: Vec<UserRow>,
    /// The same account id on both sites (people of one organisation).
    #[serde(default)]
    pub account_id: bool,
    #[serde(default)]
    pub email: bool,
    /// An account of the other side.
    #[serde(default)]
    pub fallback: Option<AccountId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct UserRow {
    pub from: AccountId,
    pub to: AccountId,
}

/// A default value for issues created on this side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct DefaultRule {
    /// The request-type field for *Customer Request Type*.
    pub field: FieldId,
    pub value: DefaultValue,
}

/// An option's or request type's id, or a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "for", rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub enum DefaultValue {
    /// *All Issue Types* is checked.
    AllIssueTypes { value: String },
    /// One row per issue type of this side.
    PerIssueType { rows: Vec<DefaultRow> },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct DefaultRow {
    pub issue_type: IssueTypeId,
    pub value: String,
}

impl Config {
    /// The rule that settles a conflict of the field pair.
    #[must_use]
    pub fn wins(&self, a: &FieldId, b: &FieldId) -> Wins {
        self.conflicts.iter().find(|c| &c.a == a && &c.b == b).map_or(Wins::Newest, |c| c.wins)
    }

    /// The issue type that `from` of `side` becomes on the other side; `None` when it stays at home.
    #[must_use]
    pub fn issue_type(&self, side: Side, from: &IssueTypeId) -> Option<&IssueTypeId> {
        self.sides[side].issue_types.iter().find(|r| &r.from == from).map(|r| &r.to)
    }

    /// The same sync seen from the other end.
    #[must_use]
    pub fn swapped(self) -> Self {
        Self {
            name: self.name,
            sides: self.sides.swapped(),
            conflicts: self
                .conflicts
                .into_iter()
                .map(|c| ConflictRule {
                    a: c.b,
                    b: c.a,
                    wins: match c.wins {
                        Wins::Newest => Wins::Newest,
                        Wins::A => Wins::B,
                        Wins::B => Wins::A,
                    },
                })
                .collect(),
        }
    }
}

impl DefaultRule {
    /// The default for an issue of this type, if it has one.
    #[must_use]
    pub fn value_for(&self, issue_type: &IssueTypeId) -> Option<&str> {
        match &self.value {
            DefaultValue::AllIssueTypes { value } => Some(value),
            DefaultValue::PerIssueType { rows } => {
                rows.iter().find(|r| &r.issue_type == issue_type).map(|r| r.value.as_str())
            }
        }
    }
}
