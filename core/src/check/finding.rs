//! What `check` says: a stable code, a severity, a place to link to, a sentence and a remedy.

use crate::id::Side;
use serde::{Deserialize, Serialize};

/// Something to be said about a configuration.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct Finding {
    pub severity: Severity,
    pub place: Place,
    pub code: Code,
    /// What is the matter, for an admin.
    pub sentence: String,
    /// What he can do about it.
    pub remedy: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub enum Severity {
    /// Publishing is refused.
    Error,
    /// Something will not be mirrored, or more people will see something.
    Warning,
    Info,
}

/// Where the page can lead the admin to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct Place {
    pub tab: Tab,
    /// The side whose part of the configuration it is; `None` for what belongs to both.
    pub side: Option<Side>,
    /// The index of the rule in that part's list.
    pub row: Option<usize>,
    /// The id of the issue type, field, option, account or permission that it is about.
    pub about: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub enum Tab {
    /// The pair of projects and what the app may do there.
    Projects,
    IssueTypes,
    FieldMappings,
    DefaultValues,
    Comments,
    Users,
    Scope,
}

impl Place {
    #[must_use]
    pub fn tab(tab: Tab) -> Self {
        Self { tab, side: None, row: None, about: None }
    }

    #[must_use]
    pub fn on(tab: Tab, side: Side) -> Self {
        Self { side: Some(side), ..Self::tab(tab) }
    }

    #[must_use]
    pub fn row(self, row: usize) -> Self {
        Self { row: Some(row), ..self }
    }

    #[must_use]
    pub fn about(self, id: impl Into<String>) -> Self {
        Self { about: Some(id.into()), ..self }
    }

    /// The same place when the sides are swapped.
    #[must_use]
    pub fn swapped(self) -> Self {
        Self { side: self.side.map(Side::other), ..self }
    }
}

/// The name of a finding. Stable: pages and scripts tell findings apart by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/", rename = "FindingCode"))]
pub enum Code {
    SameProject,
    OverlappingSync,
    TooLarge,
    PermissionMissing,
    NameUnknown,
    NameAmbiguous,

    NoIssueTypes,
    IssueTypeUnknown,
    IssueTypeMappedTwice,
    TargetTypeMissing,

    FieldUnknown,
    TargetFieldMissing,
    FieldMappedTwice,
    FieldNotOnCreateScreen,
    FieldNotOnEditScreen,
    FieldNotOnType,
    KindNotCarried,
    TableOptionUnknown,
    TableRowRepeated,
    TableOptionsUnmapped,
    TableManyToOne,
    TableDoesNotMapBack,
    RequiredFieldUnmapped,
    RequiredFieldMayBeEmpty,
    ConflictRuleUnused,
    ConflictRuleRepeated,

    RequestTypeDefaultMissing,
    RequestTypeOnlyMapped,
    NoRequestType,
    RequestTypeUnknown,
    RequestTypeOfAnotherType,
    DefaultFieldUnknown,
    DefaultFieldNotOnCreateScreen,
    DefaultOptionUnknown,
    DefaultMalformed,
    DefaultRepeated,
    DefaultUnused,

    AudienceWidened,
    AudienceNarrowed,
    InternalStaysHome,
    SourceHasNoCustomers,
    CommentsOneWay,

    AccountMalformed,
    UserRepeated,
    PeopleNotFound,

    ScopeMalformed,
    SecurityLevelUnknown,
    SecurityLevelsLeave,
}

impl Code {
    /// The name as pages and scripts see it, such as `no_issue_types`.
    #[must_use]
    pub fn as_str(self) -> String {
        // The derived names are the one list.
        serde_json::to_value(self).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
    }
}
