//! The state as the published API shows it. Nothing here changes anything.

mod comment;
mod desk;
mod field;
mod issue;
mod meta;
mod people;
mod project;

use serde_json::Value;

pub use comment::{comment_bean, comment_page, comment_v2};
pub use desk::{
    current_status, desk_date, desk_user, paged, request_bean, request_comment, request_type_bean,
    request_type_field, service_desk_bean,
};
pub use field::{field_details, field_page_item, field_schema, field_value};
pub use issue::{FieldChoice, IssueExpand, changelog_bean, issue_bean, issue_v2_json};
pub use meta::{create_meta_field, edit_meta, transition_fields};
pub use people::{group_details, user_bean, user_details};
pub use project::{
    issue_type_bean, priority_bean, project_bean, project_identity, role_bean, status_bean, transition_bean,
};

use crate::model::{AccountId, Site};
use crate::text;

/// Which version of the platform API speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Api {
    /// Rich text is wiki markup.
    V2,
    /// Rich text is ADF.
    V3,
}

impl Api {
    /// `/rest/api/2` or `/rest/api/3`.
    #[must_use]
    pub fn base(self) -> &'static str {
        match self {
            Self::V2 => "/rest/api/2",
            Self::V3 => "/rest/api/3",
        }
    }
}

/// Through whose eyes, and in which version, a site is shown.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    pub site: &'a Site,
    pub api: Api,
    /// `None` sees no more than what is restricted to nobody.
    pub viewer: Option<&'a AccountId>,
}

impl<'a> View<'a> {
    /// What apps are told by webhooks: version 2, before anyone's eyes.
    #[must_use]
    pub fn for_webhooks(site: &'a Site) -> Self {
        Self { site, api: Api::V2, viewer: None }
    }

    /// An absolute address in this version of the API; `path` starts with `/`.
    #[must_use]
    pub fn link(&self, path: &str) -> String {
        format!("{}{}{path}", self.site.base_url, self.api.base())
    }

    /// Rich text in the form of this version.
    #[must_use]
    pub fn rich(&self, adf: &Value) -> Value {
        match self.api {
            Api::V2 => Value::String(text::adf_to_wiki(adf)),
            Api::V3 => adf.clone(),
        }
    }
}
