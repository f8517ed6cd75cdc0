//! Projects, and what an admin has configured in them.

use std::collections::{BTreeMap, BTreeSet};

use super::field::FieldId;
use super::user::AccountId;

/// One project.
#[derive(Debug, Clone)]
pub struct Project {
    pub id: String,
    pub key: String,
    pub name: String,
    pub kind: ProjectKind,
    pub lead: AccountId,
    /// Ids of the issue types, in their order.
    pub issue_types: Vec<String>,
    pub workflow: Workflow,
    /// What can be set on create and on edit, per issue type id, in screen order.
    pub screens: BTreeMap<String, Screen>,
    /// Members per role id.
    pub roles: BTreeMap<u64, RoleMembers>,
    /// Permissions that the project's scheme gives to no app, by their keys.
    pub kept_from_apps: BTreeSet<String>,
    pub components: Vec<Component>,
    pub service_desk: Option<ServiceDesk>,
    /// The number the next issue key gets.
    pub next_number: u64,
}

/// `projectTypeKey`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProjectKind {
    ServiceDesk,
    Software,
}

impl ProjectKind {
    /// The word of the REST API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ServiceDesk => "service_desk",
            Self::Software => "software",
        }
    }
}

/// A site-wide issue type.
#[derive(Debug, Clone)]
pub struct IssueType {
    pub id: String,
    pub name: String,
    pub description: String,
    pub subtask: bool,
}

/// A component of a project.
#[derive(Debug, Clone)]
pub struct Component {
    pub id: String,
    pub name: String,
}

/// The fields of the screens of one issue type.
#[derive(Debug, Clone, Default)]
pub struct Screen {
    pub create: Vec<ScreenField>,
    pub edit: Vec<ScreenField>,
}

/// One field on a screen.
#[derive(Debug, Clone)]
pub struct ScreenField {
    pub field: FieldId,
    pub required: bool,
}

/// A project role of the site, by number: `10002` *Administrators*.
#[derive(Debug, Clone)]
pub struct Role {
    pub id: u64,
    pub name: String,
    pub description: String,
}

/// Who has a role in one project.
#[derive(Debug, Clone, Default)]
pub struct RoleMembers {
    pub users: BTreeSet<AccountId>,
    /// Group ids.
    pub groups: BTreeSet<String>,
}

/// A status of the site.
#[derive(Debug, Clone)]
pub struct Status {
    pub id: String,
    pub name: String,
    pub category: StatusCategory,
}

/// The three categories every status belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StatusCategory {
    ToDo,
    InProgress,
    Done,
}

/// The statuses of a project and the ways between them.
#[derive(Debug, Clone)]
pub struct Workflow {
    pub initial: String,
    /// Status ids.
    pub statuses: Vec<String>,
    pub transitions: Vec<Transition>,
}

/// One way to a status.
#[derive(Debug, Clone)]
pub struct Transition {
    pub id: String,
    pub name: String,
    /// Status ids; empty means from everywhere.
    pub from: Vec<String>,
    pub to: String,
    /// Jira sets this resolution (by id) when the transition is taken, and clears it when there is none.
    pub resolution: Option<String>,
    /// Whether a customer is offered the transition in the portal.
    pub customer: bool,
}

impl Transition {
    /// The fields of the transition's screen. Only what resolves has one; on any other transition Jira refuses fields.
    #[must_use]
    pub fn screen(&self) -> Vec<ScreenField> {
        let on = |field: &str| ScreenField { field: field.to_owned(), required: false };
        if self.resolution.is_some() { vec![on("resolution"), on("assignee")] } else { Vec::new() }
    }
}

/// A priority or a resolution.
#[derive(Debug, Clone)]
pub struct Named {
    pub id: String,
    pub name: String,
    pub description: String,
}

/// The portal of a service project.
#[derive(Debug, Clone)]
pub struct ServiceDesk {
    pub id: String,
    pub portal_id: String,
    pub request_types: Vec<RequestType>,
    pub groups: Vec<RequestTypeGroup>,
    pub organizations: BTreeSet<String>,
}

/// What customers can ask for.
#[derive(Debug, Clone)]
pub struct RequestType {
    pub id: String,
    pub name: String,
    pub description: String,
    pub help_text: String,
    pub issue_type: String,
    pub groups: Vec<String>,
    /// The portal form, in its order.
    pub fields: Vec<RequestTypeField>,
}

/// One field of a portal form.
#[derive(Debug, Clone)]
pub struct RequestTypeField {
    pub field: FieldId,
    /// The form's own name for it.
    pub name: String,
    pub required: bool,
    pub visible: bool,
}

/// A heading under which the portal shows request types.
#[derive(Debug, Clone)]
pub struct RequestTypeGroup {
    pub id: String,
    pub name: String,
}
