//! The twin's own site and issues as JQL sees them.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Field, JqlIssue, JqlSite, JqlValue};
use crate::model::{
    AccountId, Comment, Field as SiteField, FieldKind, FieldValue, IssueHead, Site, StatusCategory,
};
use crate::text;

/// A site, seen by whoever asks.
#[derive(Debug, Clone, Copy)]
pub struct SiteNames<'a> {
    pub site: &'a Site,
    pub viewer: Option<&'a AccountId>,
    pub now_ms: i64,
}

/// An issue as the index (or, for reconciled ids, the present) shows it.
#[derive(Debug, Clone, Copy)]
pub struct IssueFacts<'a> {
    pub site: &'a Site,
    pub head: &'a IssueHead,
    /// Searched by `comment ~` and `text ~`.
    pub comments: &'a [Comment],
}

impl JqlSite for SiteNames<'_> {
    fn has_field(&self, field: &Field) -> bool {
        if *field == Field::RequestType {
            return self.site.field_of_kind(FieldKind::RequestType).is_some();
        }
        let is_custom = matches!(field, Field::Custom(_) | Field::Named(_));
        !is_custom || site_field(self.site, field).is_some()
    }

    fn has_value(&self, field: &Field, value: &str) -> bool {
        let names = closed_values(self, field, value);
        names.iter().any(|name| name.eq_ignore_ascii_case(value))
    }

    fn current_user(&self) -> Option<String> {
        self.viewer.cloned()
    }

    fn members_of(&self, group: &str) -> Option<Vec<String>> {
        let found =
            self.site.groups.values().find(|it| it.id == group || it.name.eq_ignore_ascii_case(group));
        found.map(|group| group.members.iter().cloned().collect())
    }

    fn now_ms(&self) -> i64 {
        self.now_ms
    }
}

/// The words that name a value of a closed field. A project or issue the viewer cannot see does not exist for him.
fn closed_values(names: &SiteNames<'_>, field: &Field, value: &str) -> BTreeSet<String> {
    let site = names.site;
    let pairs =
        |list: &[crate::model::Named]| list.iter().flat_map(|it| [it.id.clone(), it.name.clone()]).collect();
    match field {
        Field::Project => {
            let seen =
                site.projects.values().filter(|it| site.may(names.viewer, "BROWSE_PROJECTS", Some(it)));
            seen.flat_map(|it| [it.id.clone(), it.key.clone(), it.name.clone()]).collect()
        }
        Field::Key => {
            let seen = site.issue(value).filter(|issue| site.may_see(names.viewer, issue));
            seen.map(|issue| [issue.head.id.to_string(), issue.head.key.clone()])
                .into_iter()
                .flatten()
                .collect()
        }
        Field::IssueType => {
            site.issue_types.values().flat_map(|it| [it.id.clone(), it.name.clone()]).collect()
        }
        Field::Status => site.statuses.values().flat_map(|it| [it.id.clone(), it.name.clone()]).collect(),
        Field::StatusCategory => {
            let all = [StatusCategory::ToDo, StatusCategory::InProgress, StatusCategory::Done];
            all.into_iter().flat_map(category_names).collect()
        }
        Field::Priority => pairs(&site.priorities),
        Field::Resolution => {
            let mut known: BTreeSet<String> = pairs(&site.resolutions);
            known.insert("Unresolved".to_owned());
            known
        }
        Field::RequestType => request_types(site).flat_map(|(_, names)| names).collect(),
        Field::Assignee
        | Field::Reporter
        | Field::Creator
        | Field::Labels
        | Field::Component
        | Field::Summary
        | Field::Description
        | Field::Comment
        | Field::Text
        | Field::Created
        | Field::Updated
        | Field::Resolved
        | Field::Due
        | Field::Custom(_)
        | Field::Property { .. }
        | Field::Named(_) => BTreeSet::from([value.to_owned()]),
    }
}

fn category_names(category: StatusCategory) -> [String; 3] {
    let (id, key, name) = match category {
        StatusCategory::ToDo => ("2", "new", "To Do"),
        StatusCategory::InProgress => ("4", "indeterminate", "In Progress"),
        StatusCategory::Done => ("3", "done", "Done"),
    };
    [id.to_owned(), key.to_owned(), name.to_owned()]
}

/// Every request type with the words JQL knows it by: id, `Name (KEY)` and name.
fn request_types(site: &Site) -> impl Iterator<Item = (&str, Vec<String>)> {
    site.projects.values().flat_map(|project| {
        let types = project.service_desk.iter().flat_map(|desk| &desk.request_types);
        types.map(|it| {
            let scoped = format!("{} ({})", it.name, project.key);
            (it.id.as_str(), vec![it.id.clone(), scoped, it.name.clone()])
        })
    })
}

/// The field behind a custom field's number or name.
fn site_field<'a>(site: &'a Site, field: &Field) -> Option<&'a SiteField> {
    if let Field::Custom(number) = field {
        return site.fields.get(&format!("customfield_{number}"));
    }
    let Field::Named(name) = field else { return None };
    site.fields
        .values()
        .find(|it| it.id == *name || it.clause_names.iter().any(|clause| clause.eq_ignore_ascii_case(name)))
}

impl JqlIssue for IssueFacts<'_> {
    fn value(&self, field: &Field) -> JqlValue {
        let (site, head) = (self.site, self.head);
        match field {
            Field::Project => {
                let project = site.project_of(head);
                term([project.id.clone(), project.key.clone(), project.name.clone()])
            }
            Field::Key => key(head),
            Field::IssueType => term(
                site.issue_types
                    .get(&head.issue_type)
                    .map(|it| [it.id.clone(), it.name.clone()])
                    .into_iter()
                    .flatten(),
            ),
            Field::Status => term(
                site.statuses
                    .get(&head.status)
                    .map(|it| [it.id.clone(), it.name.clone()])
                    .into_iter()
                    .flatten(),
            ),
            Field::StatusCategory => site
                .statuses
                .get(&head.status)
                .map_or(JqlValue::Empty, |it| term(category_names(it.category))),
            Field::Assignee => self.person(head.user_value("assignee")),
            Field::Reporter => self.person(head.user_value("reporter")),
            Field::Creator => self.person(Some(&head.creator)),
            Field::Labels => self.stored("labels"),
            Field::Component => self.stored("components"),
            Field::Priority => self.priority(),
            Field::Summary => JqlValue::Text(head.summary().to_owned()),
            Field::Description => JqlValue::Text(self.description()),
            Field::Comment => JqlValue::Text(self.comment_text()),
            Field::Text => {
                JqlValue::Text([head.summary(), &self.description(), &self.comment_text()].join("\n"))
            }
            Field::Created => JqlValue::Instant(head.created_ms),
            Field::Updated => JqlValue::Instant(head.updated_ms),
            Field::Resolved => head.resolved_ms.map_or(JqlValue::Empty, JqlValue::Instant),
            Field::Due => self.stored("duedate"),
            Field::Resolution => self.stored("resolution"),
            Field::RequestType => self.request_type(),
            Field::Custom(_) | Field::Named(_) => self.custom(field),
            Field::Property { .. } => JqlValue::Empty,
        }
    }

    fn property(&self, key: &str) -> Option<&Value> {
        self.head.properties.get(key)
    }
}

fn term(names: impl IntoIterator<Item = String>) -> JqlValue {
    let names: Vec<String> = names.into_iter().collect();
    if names.is_empty() { JqlValue::Empty } else { JqlValue::Terms(vec![names]) }
}

fn key(head: &IssueHead) -> JqlValue {
    let number = head.key.rsplit_once('-').and_then(|(_, number)| number.parse().ok()).unwrap_or_default();
    JqlValue::Ranked { names: vec![head.id.to_string(), head.key.clone()], rank: number }
}

impl IssueFacts<'_> {
    fn person(&self, account: Option<&AccountId>) -> JqlValue {
        account.map_or(JqlValue::Empty, |id| JqlValue::Terms(vec![self.person_names(id)]))
    }

    fn person_names(&self, id: &AccountId) -> Vec<String> {
        let user = self.site.users.get(id);
        let known = user.map(|user| [user.email.clone(), user.display_name.clone()]);
        let names = std::iter::once(id.clone()).chain(known.into_iter().flatten());
        names.filter(|name| !name.is_empty()).collect()
    }

    /// Priorities are listed from the highest; the order ascends to it.
    fn priority(&self) -> JqlValue {
        let all = &self.site.priorities;
        let held = self.head.id_value("priority");
        let at = all.iter().position(|it| Some(it.id.as_str()) == held);
        at.map_or(JqlValue::Empty, |at| JqlValue::Ranked {
            names: vec![all[at].id.clone(), all[at].name.clone()],
            rank: i64::try_from(all.len() - at).unwrap_or(i64::MAX),
        })
    }

    fn description(&self) -> String {
        match self.head.values.get("description") {
            Some(FieldValue::Rich(document)) => text::plain_text(document),
            Some(FieldValue::Text(text)) => text.clone(),
            _ => String::new(),
        }
    }

    fn comment_text(&self) -> String {
        self.comments.iter().map(|comment| text::plain_text(&comment.body)).collect::<Vec<_>>().join("\n")
    }

    fn request_type(&self) -> JqlValue {
        let held = self.site.request_type(self.head).map(|it| it.id.as_str());
        let names = request_types(self.site).find(|(id, _)| Some(*id) == held).map(|(_, names)| names);
        names.map_or(JqlValue::Empty, |names| JqlValue::Terms(vec![names]))
    }

    fn custom(&self, field: &Field) -> JqlValue {
        match site_field(self.site, field) {
            Some(field) if field.kind == FieldKind::RequestType => self.request_type(),
            Some(field) => self.stored(&field.id),
            None => JqlValue::Empty,
        }
    }

    /// The value as it is kept, under the words it answers to.
    fn stored(&self, id: &str) -> JqlValue {
        let Some((field, value)) = self.site.fields.get(id).zip(self.head.values.get(id)) else {
            return JqlValue::Empty;
        };
        let named = |id: &String| vec![id.clone(), self.site.name_of(field, self.head, id)];
        match value {
            FieldValue::Text(text) => JqlValue::Text(text.clone()),
            FieldValue::Rich(document) => JqlValue::Text(text::plain_text(document)),
            FieldValue::Number(number) => JqlValue::Number(*number),
            FieldValue::Date(day) => super::time::instant(day, 0).map_or(JqlValue::Empty, JqlValue::Instant),
            FieldValue::DateTime(at_ms) => JqlValue::Instant(*at_ms),
            FieldValue::User(id) => self.person(Some(id)),
            FieldValue::Users(all) => JqlValue::Terms(all.iter().map(|id| self.person_names(id)).collect()),
            FieldValue::Id(id) => JqlValue::Terms(vec![named(id)]),
            FieldValue::Ids(all) => JqlValue::Terms(all.iter().map(named).collect()),
            FieldValue::Labels(all) => JqlValue::Terms(all.iter().map(|label| vec![label.clone()]).collect()),
        }
    }
}
