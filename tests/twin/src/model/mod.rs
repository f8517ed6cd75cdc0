//! The state of a Jira: values and the mutations that keep its books (changelog, search index, events).

mod comment;
mod event;
mod field;
mod issue;
mod moving;
mod permission;
mod project;
#[cfg(test)]
mod tests;
mod user;
mod words;
mod write;
mod write_comment;

use std::collections::BTreeMap;

pub use comment::{
    AudienceAt, Comment, Leak, PUBLIC_COMMENT_PROPERTY, ShownAt, Visibility, VisibilityKind, is_internal,
};
pub use event::{Act, DomainEvent, EventKind};
pub use field::{Field, FieldId, FieldKind, FieldOption, FieldValue, ListOf};
pub use issue::{ChangeItem, History, Indexed, Issue, IssueHead};
pub use permission::{
    ADDONS_GROUP, ADDONS_ROLE, ADMIN_GROUP, ADMIN_ROLE, CUSTOMER_ROLE, DEVELOPER_ROLE, PERMISSIONS,
    PermissionInfo, TEAM_ROLE,
};
pub use project::{
    Component, IssueType, Named, Project, ProjectKind, RequestType, RequestTypeField, RequestTypeGroup, Role,
    RoleMembers, Screen, ScreenField, ServiceDesk, Status, StatusCategory, Transition, Workflow,
};
pub use user::{AccountId, AccountType, AppAccount, Group, Organization, User};
pub use write::{Edit, NewIssue};
pub use write_comment::{CommentEdit, NewComment};

/// One Jira site. Ids of any kind differ between sites on purpose.
#[derive(Debug, Clone)]
pub struct Site {
    /// The name of the seed, e.g. `acme`.
    pub name: String,
    /// Without a trailing slash, e.g. `http://127.0.0.1:8101`.
    pub base_url: String,
    pub title: String,
    /// How far this site's clock is ahead of the twin's.
    pub clock_skew_ms: i64,
    /// How long a write takes to show up in search.
    pub index_lag_ms: i64,
    /// Customers see more than they should.
    pub leak: Option<Leak>,
    pub users: BTreeMap<AccountId, User>,
    /// By group id.
    pub groups: BTreeMap<String, Group>,
    /// By organization id.
    pub organizations: BTreeMap<String, Organization>,
    pub roles: BTreeMap<u64, Role>,
    /// By status id.
    pub statuses: BTreeMap<String, Status>,
    pub priorities: Vec<Named>,
    pub resolutions: Vec<Named>,
    pub security_levels: Vec<Named>,
    /// By issue type id.
    pub issue_types: BTreeMap<String, IssueType>,
    pub fields: BTreeMap<FieldId, Field>,
    /// By project id.
    pub projects: BTreeMap<String, Project>,
    pub issues: BTreeMap<u64, Issue>,
    /// Issue id by key.
    pub keys: BTreeMap<String, u64>,
    /// Comments that were deleted, with the id of their issue: what was public once stays known.
    pub deleted_comments: Vec<(u64, Comment)>,
    /// What apps keep on the site, by app key.
    pub app_properties: BTreeMap<String, BTreeMap<String, serde_json::Value>>,
    /// Everything that happened, oldest first.
    pub events: Vec<DomainEvent>,
    pub counters: Counters,
}

/// The numbers Jira hands out next.
#[derive(Debug, Clone)]
pub struct Counters {
    pub issue: u64,
    pub comment: u64,
    pub history: u64,
    pub event: u64,
}

impl Counters {
    pub(crate) fn take(counter: &mut u64) -> u64 {
        let taken = *counter;
        *counter += 1;
        taken
    }
}

impl Site {
    /// An issue by numeric id or key; keys are taken in any case, as Jira does.
    #[must_use]
    pub fn issue(&self, id_or_key: &str) -> Option<&Issue> {
        self.issue_id(id_or_key).and_then(|id| self.issues.get(&id))
    }

    /// The numeric id behind an id or key.
    #[must_use]
    pub fn issue_id(&self, id_or_key: &str) -> Option<u64> {
        match id_or_key.parse::<u64>() {
            Ok(id) => self.issues.contains_key(&id).then_some(id),
            Err(_) => self.keys.get(&id_or_key.to_uppercase()).copied(),
        }
    }

    /// A project by id or key.
    #[must_use]
    pub fn project(&self, id_or_key: &str) -> Option<&Project> {
        self.projects
            .get(id_or_key)
            .or_else(|| self.projects.values().find(|project| project.key.eq_ignore_ascii_case(id_or_key)))
    }

    /// The project an issue lives in.
    ///
    /// # Panics
    /// Never: a project that has issues is not removed.
    #[must_use]
    pub fn project_of(&self, head: &IssueHead) -> &Project {
        self.projects.get(&head.project).expect("an issue's project exists")
    }

    /// A user by the seed's name, e.g. `agent1`.
    #[must_use]
    pub fn user_named(&self, name: &str) -> Option<&User> {
        self.users.values().find(|user| user.name == name)
    }

    /// A field by its id, or by its name in any case.
    #[must_use]
    pub fn field_named(&self, name: &str) -> Option<&Field> {
        self.fields
            .get(name)
            .or_else(|| self.fields.values().find(|field| field.name.eq_ignore_ascii_case(name)))
    }

    /// The id of the first field of a kind, e.g. of the request type field.
    #[must_use]
    pub fn field_of_kind(&self, kind: FieldKind) -> Option<&FieldId> {
        self.fields.values().find(|field| field.kind == kind).map(|field| &field.id)
    }

    /// The request type of an issue, if it is a request.
    #[must_use]
    pub fn request_type(&self, head: &IssueHead) -> Option<&RequestType> {
        let id = head.id_value(self.field_of_kind(FieldKind::RequestType)?)?;
        let desk = self.project_of(head).service_desk.as_ref()?;
        desk.request_types.iter().find(|request_type| request_type.id == id)
    }

    /// Whether customers can meet the issue in the portal.
    #[must_use]
    pub fn is_request(&self, head: &IssueHead) -> bool {
        self.request_type(head).is_some()
    }

    /// The group of that name.
    #[must_use]
    pub fn group_named(&self, name: &str) -> Option<&Group> {
        self.groups.values().find(|group| group.name == name)
    }

    /// The role of that name.
    #[must_use]
    pub fn role_named(&self, name: &str) -> Option<&Role> {
        self.roles.values().find(|role| role.name == name)
    }

    /// Every comment there ever was, deleted ones too, with the id of its issue.
    pub fn comments_ever(&self) -> impl Iterator<Item = (u64, &Comment)> {
        let living =
            self.issues.values().flat_map(|issue| issue.comments.iter().map(|it| (issue.head.id, it)));
        living.chain(self.deleted_comments.iter().map(|(issue, comment)| (*issue, comment)))
    }

    /// A comment of any issue, by id.
    #[must_use]
    pub fn find_comment(&self, id: u64) -> Option<(&Issue, &Comment)> {
        self.issues.values().find_map(|issue| issue.comment(id).map(|comment| (issue, comment)))
    }
}
