//! A value in words: what the changelog, JQL and people call it.

use super::{AccountId, Field, FieldKind, FieldValue, IssueHead, Site};
use crate::text;

impl Site {
    /// The id and the words of a field's value, as a changelog item has them.
    #[must_use]
    pub fn in_words(&self, field: &Field, head: &IssueHead) -> (Option<String>, Option<String>) {
        let Some(value) = head.values.get(&field.id) else { return (None, None) };
        match value {
            FieldValue::Text(text) => (None, Some(text.clone())),
            FieldValue::Rich(adf) => (None, Some(text::adf_to_wiki(adf))),
            FieldValue::Number(number) => (None, Some(number.to_string())),
            FieldValue::Date(date) => (Some(date.clone()), Some(date.clone())),
            FieldValue::DateTime(at) => {
                let time = crate::clock::jira_time(*at);
                (Some(time.clone()), Some(time))
            }
            FieldValue::User(account) => (Some(account.clone()), Some(self.display_name(account))),
            FieldValue::Users(accounts) => {
                let names: Vec<String> = accounts.iter().map(|account| self.display_name(account)).collect();
                (Some(listed(accounts)), Some(names.join(", ")))
            }
            FieldValue::Id(id) => (Some(id.clone()), Some(self.name_of(field, head, id))),
            FieldValue::Ids(ids) => {
                let names: Vec<String> = ids.iter().map(|id| self.name_of(field, head, id)).collect();
                (Some(listed(ids)), Some(names.join(", ")))
            }
            FieldValue::Labels(labels) => (None, Some(labels.join(" "))),
        }
    }

    /// The display name of an account, or the id of one that is unknown.
    #[must_use]
    pub fn display_name(&self, account: &AccountId) -> String {
        self.users.get(account).map_or_else(|| account.clone(), |user| user.display_name.clone())
    }

    /// The name behind an id that a field of an issue holds; the id itself when it is unknown.
    #[must_use]
    pub fn name_of(&self, field: &Field, head: &IssueHead, id: &str) -> String {
        let named = |list: &[super::Named]| list.iter().find(|it| it.id == id).map(|it| it.name.clone());
        let name = match field.kind {
            FieldKind::Priority => named(&self.priorities),
            FieldKind::Resolution => named(&self.resolutions),
            FieldKind::SecurityLevel => named(&self.security_levels),
            FieldKind::RequestType => self.request_type(head).map(|it| it.name.clone()),
            FieldKind::Organizations => self.organizations.get(id).map(|it| it.name.clone()),
            FieldKind::Components => {
                self.project_of(head).components.iter().find(|it| it.id == id).map(|it| it.name.clone())
            }
            FieldKind::Text
            | FieldKind::TextArea
            | FieldKind::Number
            | FieldKind::Date
            | FieldKind::DateTime
            | FieldKind::Select
            | FieldKind::MultiSelect
            | FieldKind::User
            | FieldKind::Labels
            | FieldKind::Participants
            | FieldKind::Project
            | FieldKind::IssueType
            | FieldKind::Status
            | FieldKind::Stamp
            | FieldKind::Creator
            | FieldKind::Comments
            | FieldKind::EmptyList(_) => {
                field.options.iter().find(|it| it.id == id).map(|it| it.value.clone())
            }
        };
        name.unwrap_or_else(|| id.to_owned())
    }

    /// The participants of a request.
    #[must_use]
    pub fn participants<'a>(&self, head: &'a IssueHead) -> &'a [AccountId] {
        match self.field_of_kind(FieldKind::Participants).and_then(|field| head.values.get(field)) {
            Some(FieldValue::Users(accounts)) => accounts,
            _ => &[],
        }
    }

    /// The ids of the organizations a request is shared with.
    #[must_use]
    pub fn shared_with<'a>(&self, head: &'a IssueHead) -> &'a [String] {
        match self.field_of_kind(FieldKind::Organizations).and_then(|field| head.values.get(field)) {
            Some(FieldValue::Ids(ids)) => ids,
            _ => &[],
        }
    }
}

fn listed(ids: &[String]) -> String {
    format!("[{}]", ids.join(", "))
}
