//! What a site offers in one project: issue types, fields with their options and screens, request types.

use crate::id::{FieldId, IssueTypeId, ProjectId, RequestTypeId};
use crate::issue::Choice;
use serde::{Deserialize, Serialize};

/// One project as its site describes it to our app user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
pub struct IssueTypeSchema {
    pub id: IssueTypeId,
    pub name: String,
    pub subtask: bool,
    pub fields: Vec<FieldSchema>,
}

/// A field in one project and issue type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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

    #[must_use]
    pub fn request_type(&self, id: &RequestTypeId) -> Option<&RequestTypeSchema> {
        self.request_types.iter().find(|t| &t.id == id)
    }
}

impl IssueTypeSchema {
    #[must_use]
    pub fn field(&self, id: &FieldId) -> Option<&FieldSchema> {
        self.fields.iter().find(|f| &f.id == id)
    }
}
