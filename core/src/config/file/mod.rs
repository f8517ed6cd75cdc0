//! The readable form of a configuration: one TOML file, by names.
//!
//! `core/examples/guide.toml` is the commented example. [`parse`] reads the text, [`FileForm::resolve`] looks the names
//! up in what the two projects offer; [`FileForm::from_config`] and [`FileForm::to_toml`] go the other way.

mod names;
mod resolve;
#[cfg(test)]
mod tests;
mod write;

pub use names::Names;

use super::{CONFIG_BYTES_MAX, CommentRules, Existing, Wins};
use crate::id::Sides;
use crate::ordered::BTreeSet;
use serde::{Deserialize, Serialize};

/// A file as it is written; nothing is looked up yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileForm {
    pub name: String,
    pub side: Sides<SideForm>,
    #[serde(default)]
    pub conflicts: Vec<ConflictForm>,
}

/// What leaves one side, and what is set on issues created there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SideForm {
    /// The site's host, with its port if it has one: `acme.atlassian.net`.
    pub site: String,
    /// Key or id.
    pub project: String,
    #[serde(default)]
    pub issue_types: Vec<PairForm>,
    #[serde(default)]
    pub fields: Vec<FieldForm>,
    #[serde(default)]
    pub defaults: Vec<DefaultForm>,
    #[serde(default)]
    pub scope: ScopeForm,
    #[serde(default)]
    pub comments: CommentRules,
    #[serde(default)]
    pub users: UserForm,
}

/// `{ from = "...", to = "..." }`: of this side, and of the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PairForm {
    pub from: String,
    pub to: String,
}

/// One field that leaves. Copied where it has neither `table` nor `text`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, try_from = "FieldRow", into = "FieldRow")]
pub struct FieldForm {
    pub from: String,
    pub to: String,
    pub issue_types: Option<Vec<String>>,
    pub kind: KindForm,
}

/// How a field's value is carried.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum KindForm {
    #[default]
    Passthrough,
    Table {
        rows: Vec<PairForm>,
        otherwise: OtherwiseForm,
    },
    Text {
        template: String,
    },
}

/// `"keep"`, `"clear"` or `{ use = "..." }`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OtherwiseForm {
    #[default]
    Keep,
    Clear,
    Use(String),
}

/// A field's row as its keys stand in the file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldRow {
    from: String,
    to: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    issue_types: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    table: Option<Vec<PairForm>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    otherwise: Option<OtherwiseForm>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

impl TryFrom<FieldRow> for FieldForm {
    type Error = &'static str;

    fn try_from(row: FieldRow) -> Result<Self, Self::Error> {
        let kind = match (row.table, row.otherwise, row.text) {
            (None, None, None) => KindForm::Passthrough,
            (None, None, Some(template)) => KindForm::Text { template },
            (Some(rows), otherwise, None) => {
                KindForm::Table { rows, otherwise: otherwise.unwrap_or_default() }
            }
            (Some(_), _, Some(_)) => return Err("a field has `table` or `text`, not both"),
            (None, Some(_), _) => return Err("`otherwise` goes with `table`"),
        };
        Ok(Self { from: row.from, to: row.to, issue_types: row.issue_types, kind })
    }
}

impl From<FieldForm> for FieldRow {
    fn from(form: FieldForm) -> Self {
        let (table, otherwise, text) = match form.kind {
            KindForm::Passthrough => (None, None, None),
            KindForm::Table { rows, otherwise } => (Some(rows), Some(otherwise), None),
            KindForm::Text { template } => (None, None, Some(template)),
        };
        Self { from: form.from, to: form.to, issue_types: form.issue_types, table, otherwise, text }
    }
}

/// A default value: `value` for all issue types, or `per_issue_type`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, try_from = "DefaultKeys", into = "DefaultKeys")]
pub struct DefaultForm {
    pub field: String,
    pub value: DefaultValueForm,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DefaultValueForm {
    AllIssueTypes(String),
    PerIssueType(Vec<DefaultRowForm>),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefaultRowForm {
    pub issue_type: String,
    pub value: String,
}

/// A default value as its keys stand in the file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DefaultKeys {
    field: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    per_issue_type: Option<Vec<DefaultRowForm>>,
}

impl TryFrom<DefaultKeys> for DefaultForm {
    type Error = &'static str;

    fn try_from(keys: DefaultKeys) -> Result<Self, Self::Error> {
        let value = match (keys.value, keys.per_issue_type) {
            (Some(value), None) => DefaultValueForm::AllIssueTypes(value),
            (None, Some(rows)) => DefaultValueForm::PerIssueType(rows),
            (None, None) | (Some(_), Some(_)) => {
                return Err("a default has either `value` or `per_issue_type`");
            }
        };
        Ok(Self { field: keys.field, value })
    }
}

impl From<DefaultForm> for DefaultKeys {
    fn from(form: DefaultForm) -> Self {
        let (value, per_issue_type) = match form.value {
            DefaultValueForm::AllIssueTypes(value) => (Some(value), None),
            DefaultValueForm::PerIssueType(rows) => (None, Some(rows)),
        };
        Self { field: form.field, value, per_issue_type }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ScopeForm {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jql: Option<String>,
    pub existing: Existing,
    pub security_levels: Vec<String>,
}

/// People by account id or e-mail.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UserForm {
    pub table: Vec<PairForm>,
    pub account_id: bool,
    pub email: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallback: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConflictForm {
    pub a: String,
    pub b: String,
    pub wins: Wins,
}

/// A text that is no configuration file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}`{path}`: {sentence}", line.map(|l| format!("line {l}, ")).unwrap_or_default())]
pub struct FileError {
    /// The offending key, such as `side.a.fields[1].from`; `.` where the text is no TOML there.
    pub path: String,
    /// From 1.
    pub line: Option<usize>,
    /// What is wrong, and what is allowed.
    pub sentence: String,
}

/// Reads a file.
///
/// # Errors
/// The path and line of the first key that is unknown, doubled, missing or of another type.
pub fn parse(text: &str) -> Result<FileForm, FileError> {
    if text.len() > CONFIG_BYTES_MAX {
        let sentence = format!("the file has {} bytes; at most {CONFIG_BYTES_MAX} are taken", text.len());
        return Err(FileError { path: ".".to_owned(), line: None, sentence });
    }
    let reader = toml::Deserializer::parse(text).map_err(|e| error(text, doubled_key(text, &e), &e))?;
    serde_path_to_error::deserialize(reader).map_err(|e| error(text, e.path().to_string(), e.inner()))
}

fn error(text: &str, path: String, cause: &toml::de::Error) -> FileError {
    let line =
        cause.span().and_then(|span| text.get(..span.start)).map(|before| before.matches('\n').count() + 1);
    FileError { path, line, sentence: cause.message().to_owned() }
}

/// TOML's own errors have no path; a doubled key is at least named.
fn doubled_key(text: &str, cause: &toml::de::Error) -> String {
    let key = cause.span().and_then(|span| text.get(span)).map(str::trim).unwrap_or_default();
    let is_key =
        !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '"'));
    if is_key { key.to_owned() } else { ".".to_owned() }
}

impl FileForm {
    /// The e-mails, in lower case, whose accounts [`Names::people`] must hold, per side on which they are looked up.
    #[must_use]
    pub fn emails(&self) -> Sides<BTreeSet<String>> {
        Sides::each(|side| {
            let (home, away) = (&self.side[side], &self.side[side.other()]);
            let ours = home.users.table.iter().map(|row| &row.from);
            let theirs = away.users.table.iter().map(|row| &row.to).chain(&away.users.fallback);
            let all = ours.chain(theirs);
            all.filter(|text| names::is_email(text)).map(|text| text.to_lowercase()).collect()
        })
    }
}
