//! What a site offers in one project: issue types, fields with their options and screens, request types.

use crate::id::{FieldId, IssueTypeId, ProjectId, RequestTypeId};
use crate::issue::Choice;
use serde::{Deserialize, Serialize};

/// What Jira's pages call the field that holds the request type.
pub const REQUEST_TYPE_NAME: &str = "Customer Request Type";

/// One project as its site describes it to our app user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct ProjectSchema {
    pub project: ProjectId,
    pub key: String,
    pub name: String,
    /// A service project: its issues can be requests. In any other project a comment has no internal form.
    pub service: bool,
    pub issue_types: Vec<IssueTypeSchema>,
    /// Empty for a project that is no service project.
    pub request_types: Vec<RequestTypeSchema>,
    /// The site's field that holds the request type (custom type `com.atlassian.servicedesk:vp-origin`).
    pub request_type_field: Option<FieldId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct IssueTypeSchema {
    pub id: IssueTypeId,
    pub name: String,
    pub subtask: bool,
    pub fields: Vec<FieldSchema>,
}

/// A field in one project and issue type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct FieldSchema {
    pub id: FieldId,
    pub name: String,
    pub kind: FieldKind,
    /// Creating fails without it, unless Jira has a default of its own.
    pub required: bool,
    pub has_default: bool,
    /// It is on the create screen.
    pub on_create: bool,
    /// It is on the edit screen.
    pub on_edit: bool,
    /// What may be chosen; empty for kinds without a choice.
    pub options: Vec<Choice>,
}

/// The kinds of field that can be told apart; what is not carried is [`FieldKind::Other`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub enum FieldKind {
    /// One line.
    Text,
    /// Rich text: ADF. Description, environment and multi-line custom fields.
    Rich,
    Number,
    Date,
    DateTime,
    /// One of `options`, written as `{"id"}`: select, priority.
    Choice,
    /// Several of `options`, written as `[{"id"}]`: multi-select, components, versions.
    Choices,
    Labels,
    Person,
    People,
    RequestType,
    Other,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct RequestTypeSchema {
    pub id: RequestTypeId,
    pub name: String,
    pub issue_type: IssueTypeId,
}

impl ProjectSchema {
    #[must_use]
    pub fn issue_type(&self, id: &IssueTypeId) -> Option<&IssueTypeSchema> {
        self.issue_types.iter().find(|t| &t.id == id)
    }

    /// The field as any issue type of the project has it.
    #[must_use]
    pub fn field(&self, id: &FieldId) -> Option<&FieldSchema> {
        self.issue_types.iter().find_map(|t| t.field(id))
    }

    /// The kind of a field, the request-type field included, which no issue type lists.
    #[must_use]
    pub fn kind(&self, id: &FieldId) -> Option<FieldKind> {
        if self.request_type_field.as_ref() == Some(id) {
            return Some(FieldKind::RequestType);
        }
        self.field(id).map(|f| f.kind)
    }

    /// What can be chosen in a field in any issue type, in the site's order; for the request-type field, the request
    /// types.
    #[must_use]
    pub fn choices(&self, id: &FieldId) -> Vec<Choice> {
        if self.kind(id) == Some(FieldKind::RequestType) {
            let choice = |t: &RequestTypeSchema| Choice { id: t.id.0.clone(), name: t.name.clone() };
            return self.request_types.iter().map(choice).collect();
        }
        let mut choices: Vec<Choice> = Vec::new();
        for option in self.issue_types.iter().filter_map(|t| t.field(id)).flat_map(|f| &f.options) {
            if !choices.iter().any(|c| c.id == option.id) {
                choices.push(option.clone());
            }
        }
        choices
    }

    /// The name of an issue type, or its id where the project doesn't have it.
    #[must_use]
    pub fn issue_type_words(&self, id: &IssueTypeId) -> String {
        self.issue_type(id).map_or_else(|| id.0.clone(), |t| t.name.clone())
    }

    /// The name of a field, or its id where the project doesn't have it.
    #[must_use]
    pub fn field_words(&self, id: &FieldId) -> String {
        match (self.field(id), self.kind(id)) {
            (Some(field), _) => field.name.clone(),
            (None, Some(FieldKind::RequestType)) => REQUEST_TYPE_NAME.to_owned(),
            (None, _) => id.0.clone(),
        }
    }

    /// The name of an option, or its id where the field doesn't offer it.
    #[must_use]
    pub fn choice_words(&self, field: &FieldId, id: &str) -> String {
        self.choices(field).into_iter().find(|c| c.id == id).map_or_else(|| id.to_owned(), |c| c.name)
    }

    #[must_use]
    pub fn request_type(&self, id: &RequestTypeId) -> Option<&RequestTypeSchema> {
        self.request_types.iter().find(|t| &t.id == id)
    }
}

impl FieldKind {
    /// As the admin page says it: `a single choice`.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Text => "a line of text",
            Self::Rich => "rich text",
            Self::Number => "a number",
            Self::Date => "a date",
            Self::DateTime => "a date with time",
            Self::Choice => "a single choice",
            Self::Choices => "a multiple choice",
            Self::Labels => "labels",
            Self::Person => "a person",
            Self::People => "several people",
            Self::RequestType => "a request type",
            Self::Other => "a field of a type that is not carried",
        }
    }
}

impl IssueTypeSchema {
    #[must_use]
    pub fn field(&self, id: &FieldId) -> Option<&FieldSchema> {
        self.fields.iter().find(|f| &f.id == id)
    }
}
