//! An issue and a site as JQL sees them.

use serde_json::Value;

use crate::jql::{Field, JqlIssue, JqlSite, JqlValue};
use crate::model::{self, AccountId, Comment, FieldKind, FieldValue, IssueHead, Site, StatusCategory};
use crate::text;

/// One state of an issue, such as the one search has indexed.
#[derive(Debug, Clone, Copy)]
pub struct JqlOf<'a> {
    pub site: &'a Site,
    pub head: &'a IssueHead,
    pub comments: &'a [Comment],
}

/// The site as one caller queries it.
#[derive(Debug, Clone, Copy)]
pub struct JqlSiteOf<'a> {
    pub site: &'a Site,
    pub caller: Option<&'a AccountId>,
    pub now_ms: i64,
}

impl JqlIssue for JqlOf<'_> {
    fn value(&self, field: &Field) -> JqlValue {
        let (site, head) = (self.site, self.head);
        match field {
            Field::Project => {
                let project = site.project_of(head);
                one(vec![project.id.clone(), project.key.clone(), project.name.clone()])
            }
            Field::IssueType => match site.issue_types.get(&head.issue_type) {
                Some(it) => one(vec![it.id.clone(), it.name.clone()]),
                None => JqlValue::Empty,
            },
            Field::Key => JqlValue::Ranked {
                names: vec![head.key.clone(), head.id.to_string()],
                rank: head.key.rsplit('-').next().and_then(|number| number.parse().ok()).unwrap_or_default(),
            },
            Field::Status => match site.statuses.get(&head.status) {
                Some(it) => one(vec![it.id.clone(), it.name.clone()]),
                None => JqlValue::Empty,
            },
            Field::StatusCategory => match site.statuses.get(&head.status) {
                Some(it) => one(category_words(it.category)),
                None => JqlValue::Empty,
            },
            Field::Creator => self.person(&head.creator),
            Field::Created => JqlValue::Instant(head.created_ms),
            Field::Updated => JqlValue::Instant(head.updated_ms),
            Field::Resolved => head.resolved_ms.map_or(JqlValue::Empty, JqlValue::Instant),
            Field::Comment => JqlValue::Text(self.comment_text()),
            Field::Text => {
                let description = match head.values.get("description") {
                    Some(FieldValue::Rich(adf)) => text::plain_text(adf),
                    _ => String::new(),
                };
                JqlValue::Text(format!("{}\n{description}\n{}", head.summary(), self.comment_text()))
            }
            // The evaluator asks for the whole property and walks the path itself.
            Field::Property { .. } => JqlValue::Empty,
            Field::Assignee
            | Field::Reporter
            | Field::Labels
            | Field::Component
            | Field::Priority
            | Field::Summary
            | Field::Description
            | Field::Due
            | Field::Resolution
            | Field::RequestType
            | Field::Custom(_)
            | Field::Named(_) => field_of(site, field).map_or(JqlValue::Empty, |field| self.held(field)),
        }
    }

    fn property(&self, key: &str) -> Option<&Value> {
        self.head.properties.get(key)
    }
}

impl JqlOf<'_> {
    fn held(&self, field: &model::Field) -> JqlValue {
        let Some(value) = self.head.values.get(&field.id) else { return JqlValue::Empty };
        let named = |id: &String| vec![id.clone(), self.site.name_of(field, self.head, id)];
        match value {
            FieldValue::Text(text) => JqlValue::Text(text.clone()),
            FieldValue::Rich(adf) => JqlValue::Text(text::plain_text(adf)),
            FieldValue::Number(number) => JqlValue::Number(*number),
            FieldValue::Date(date) => day_start(date).map_or(JqlValue::Empty, JqlValue::Instant),
            FieldValue::DateTime(at) => JqlValue::Instant(*at),
            FieldValue::User(account) => self.person(account),
            FieldValue::Users(accounts) => {
                JqlValue::Terms(accounts.iter().map(|it| self.words_of(it)).collect())
            }
            // Jira orders priorities from the highest down, so the lowest id ranks first from the top.
            FieldValue::Id(id) if field.kind == FieldKind::Priority => {
                JqlValue::Ranked { names: named(id), rank: -id.parse::<i64>().unwrap_or_default() }
            }
            FieldValue::Id(id) => one(named(id)),
            FieldValue::Ids(ids) => JqlValue::Terms(ids.iter().map(named).collect()),
            FieldValue::Labels(labels) => JqlValue::Terms(labels.iter().map(|it| vec![it.clone()]).collect()),
        }
    }

    fn person(&self, account: &AccountId) -> JqlValue {
        one(self.words_of(account))
    }

    fn words_of(&self, account: &AccountId) -> Vec<String> {
        match self.site.users.get(account) {
            Some(user) => vec![account.clone(), user.display_name.clone(), user.email.clone()],
            None => vec![account.clone()],
        }
    }

    fn comment_text(&self) -> String {
        self.comments.iter().map(|it| text::plain_text(&it.body)).collect::<Vec<_>>().join("\n")
    }
}

impl JqlSite for JqlSiteOf<'_> {
    fn has_field(&self, field: &Field) -> bool {
        match field {
            Field::Custom(_) | Field::Named(_) | Field::RequestType => field_of(self.site, field).is_some(),
            _ => true,
        }
    }

    fn has_value(&self, field: &Field, value: &str) -> bool {
        let site = self.site;
        let same = |word: &str| word.eq_ignore_ascii_case(value);
        let listed = |list: &[model::Named]| list.iter().any(|it| same(&it.id) || same(&it.name));
        match field {
            // A project that the caller may not see does not exist for him.
            Field::Project => site.projects.values().any(|it| {
                (same(&it.id) || same(&it.key) || same(&it.name))
                    && site.may(self.caller, "BROWSE_PROJECTS", Some(it))
            }),
            Field::IssueType => site.issue_types.values().any(|it| same(&it.id) || same(&it.name)),
            Field::Key => site.issue(value).is_some_and(|issue| site.may_see(self.caller, issue)),
            Field::Status => site.statuses.values().any(|it| same(&it.id) || same(&it.name)),
            Field::StatusCategory => [StatusCategory::ToDo, StatusCategory::InProgress, StatusCategory::Done]
                .into_iter()
                .any(|category| category_words(category).iter().any(|word| same(word))),
            Field::Priority => listed(&site.priorities),
            Field::Resolution => listed(&site.resolutions) || same("Unresolved"),
            Field::RequestType => site
                .projects
                .values()
                .filter_map(|project| project.service_desk.as_ref())
                .flat_map(|desk| &desk.request_types)
                .any(|it| same(&it.id) || same(&it.name)),
            _ => match field_of(site, field) {
                Some(field) if !field.options.is_empty() => {
                    field.options.iter().any(|it| same(&it.id) || same(&it.value))
                }
                _ => true,
            },
        }
    }

    fn current_user(&self) -> Option<String> {
        self.caller.cloned()
    }

    fn members_of(&self, group: &str) -> Option<Vec<String>> {
        self.site.group_named(group).map(|group| group.members.iter().cloned().collect())
    }

    fn now_ms(&self) -> i64 {
        self.now_ms
    }
}

fn one(names: Vec<String>) -> JqlValue {
    JqlValue::Terms(vec![names])
}

fn category_words(category: StatusCategory) -> Vec<String> {
    let words: &[&str] = match category {
        StatusCategory::ToDo => &["To Do", "new", "2"],
        StatusCategory::InProgress => &["In Progress", "indeterminate", "4"],
        StatusCategory::Done => &["Done", "done", "3"],
    };
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// The site's field behind a field of a query.
fn field_of<'a>(site: &'a Site, field: &Field) -> Option<&'a model::Field> {
    let by_id = |id: &str| site.fields.get(id);
    match field {
        Field::Assignee => by_id("assignee"),
        Field::Reporter => by_id("reporter"),
        Field::Labels => by_id("labels"),
        Field::Component => by_id("components"),
        Field::Priority => by_id("priority"),
        Field::Summary => by_id("summary"),
        Field::Description => by_id("description"),
        Field::Due => by_id("duedate"),
        Field::Resolution => by_id("resolution"),
        Field::RequestType => site.field_of_kind(FieldKind::RequestType).and_then(|id| by_id(id)),
        Field::Custom(number) => by_id(&format!("customfield_{number}")),
        Field::Named(name) => site.fields.values().find(|field| {
            field.name.eq_ignore_ascii_case(name)
                || field.clause_names.iter().any(|clause| clause.eq_ignore_ascii_case(name))
        }),
        Field::Project
        | Field::IssueType
        | Field::Key
        | Field::Status
        | Field::StatusCategory
        | Field::Creator
        | Field::Comment
        | Field::Text
        | Field::Created
        | Field::Updated
        | Field::Resolved
        | Field::Property { .. } => None,
    }
}

fn day_start(date: &str) -> Option<i64> {
    let date: jiff::civil::Date = date.parse().ok()?;
    Some(jiff::tz::TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0)).ok()?.as_millisecond())
}
