//! Changing issues. Every change keeps the books: changelog, `updated`, search index, events.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    Act, ChangeItem, Counters, DomainEvent, EventKind, Field, FieldId, FieldKind, FieldValue, History, Issue,
    IssueHead, Site, Transition,
};
use crate::view;

/// What a new issue starts with. Values are checked already.
#[derive(Debug, Clone)]
pub struct NewIssue {
    /// Project id.
    pub project: String,
    /// Issue type id.
    pub issue_type: String,
    pub values: BTreeMap<FieldId, FieldValue>,
    pub properties: BTreeMap<String, Value>,
}

/// What an edit sets; `None` clears a field. Values are checked already.
#[derive(Debug, Clone, Default)]
pub struct Edit {
    pub values: BTreeMap<FieldId, Option<FieldValue>>,
    /// A new issue type id.
    pub issue_type: Option<String>,
    pub properties: BTreeMap<String, Value>,
}

impl Site {
    /// Creates an issue and gives its id.
    ///
    /// # Panics
    /// When the project is none of this site; callers have looked it up.
    pub fn create_issue(&mut self, act: &Act, new: NewIssue) -> u64 {
        let id = Counters::take(&mut self.counters.issue);
        let project = self.projects.get_mut(&new.project).expect("the project of a new issue exists");
        let key = format!("{}-{}", project.key, Counters::take(&mut project.next_number));
        let head = IssueHead {
            id,
            key: key.clone(),
            project: new.project,
            issue_type: new.issue_type,
            status: project.workflow.initial.clone(),
            status_changed_ms: act.now_ms,
            creator: act.account.clone(),
            created_ms: act.now_ms,
            updated_ms: act.now_ms,
            resolved_ms: None,
            values: new.values,
            properties: new.properties,
        };
        let issue = Issue { head, comments: Vec::new(), changelog: Vec::new(), index: Vec::new() };
        self.keys.insert(key, id);
        self.issues.insert(id, issue);
        self.reindex(id, act.now_ms);
        self.emit(act, id, EventKind::IssueCreated);
        self.emit_properties(act, id);
        id
    }

    /// Edits an issue; gives the id of the changelog entry, or `None` when nothing changed or the issue is gone.
    pub fn edit_issue(&mut self, act: &Act, id: u64, edit: Edit) -> Option<u64> {
        let before = self.issues.get(&id)?.head.clone();
        let mut after = before.clone();
        for (field, value) in edit.values {
            match value {
                Some(value) => after.values.insert(field, value),
                None => after.values.remove(&field),
            };
        }
        if let Some(issue_type) = edit.issue_type {
            after.issue_type = issue_type;
        }
        let history = self.record_change(act, id, after);
        for (key, value) in edit.properties {
            self.set_issue_property(act, id, &key, value);
        }
        history
    }

    /// Takes a transition, with the values of its screen.
    pub fn transition_issue(
        &mut self,
        act: &Act,
        id: u64,
        transition: &Transition,
        edit: Edit,
    ) -> Option<u64> {
        let mut after = self.issues.get(&id)?.head.clone();
        if after.status != transition.to {
            after.status.clone_from(&transition.to);
            after.status_changed_ms = act.now_ms;
        }
        match &transition.resolution {
            Some(resolution) => {
                after.values.insert("resolution".to_owned(), FieldValue::Id(resolution.clone()));
                after.resolved_ms = Some(act.now_ms);
            }
            None => {
                after.values.remove("resolution");
                after.resolved_ms = None;
            }
        }
        for (field, value) in edit.values {
            match value {
                Some(value) => after.values.insert(field, value),
                None => after.values.remove(&field),
            };
        }
        self.record_change(act, id, after)
    }

    /// Removes an issue and what hangs on it.
    pub fn delete_issue(&mut self, act: &Act, id: u64) {
        let Some(issue) = self.issues.get(&id) else { return };
        let comments: Vec<_> =
            issue.comments.iter().map(|it| (it.id, view::comment_v2(self, issue, it))).collect();
        let last = (issue.head.clone(), view::issue_v2_json(self, issue));
        self.emit_with(act, last.clone(), EventKind::IssueDeleted);
        for (comment_id, comment_v2) in comments {
            let kind = EventKind::CommentDeleted { comment_id, comment_v2, cascade: true };
            self.emit_with(act, last.clone(), kind);
        }
        self.keys.retain(|_, of| *of != id);
        let gone = self.issues.remove(&id).map(|issue| issue.comments).unwrap_or_default();
        self.deleted_comments.extend(gone.into_iter().map(|comment| (id, comment)));
    }

    /// Sets an entity property; `true` when it is new.
    pub fn set_issue_property(&mut self, act: &Act, id: u64, key: &str, value: Value) -> bool {
        let Some(issue) = self.issues.get_mut(&id) else { return false };
        let old = issue.head.properties.insert(key.to_owned(), value.clone());
        issue.head.updated_ms = act.now_ms;
        self.reindex(id, act.now_ms);
        self.emit(act, id, EventKind::PropertySet { key: key.to_owned(), value });
        old.is_none()
    }

    /// Deletes an entity property; `false` when there was none.
    pub fn delete_issue_property(&mut self, act: &Act, id: u64, key: &str) -> bool {
        let Some(issue) = self.issues.get_mut(&id) else { return false };
        if issue.head.properties.remove(key).is_none() {
            return false;
        }
        issue.head.updated_ms = act.now_ms;
        self.reindex(id, act.now_ms);
        self.emit(act, id, EventKind::PropertyDeleted { key: key.to_owned() });
        true
    }

    fn record_change(&mut self, act: &Act, id: u64, mut after: IssueHead) -> Option<u64> {
        let before = self.issues.get(&id)?.head.clone();
        let items = self.differences(&before, &after);
        if items.is_empty() {
            return None;
        }
        after.updated_ms = act.now_ms;
        let changelog_id = Counters::take(&mut self.counters.history);
        let history = History {
            id: changelog_id,
            author: act.account.clone(),
            created_ms: act.now_ms,
            items: items.clone(),
        };
        let on_request = self.is_request(&after);
        let issue = self.issues.get_mut(&id)?;
        issue.head = after;
        issue.changelog.push(history);
        // A request type given or taken away decides who can read the comments.
        for comment in &mut issue.comments {
            comment.note_audience(act.now_ms, &act.account, on_request);
        }
        self.reindex(id, act.now_ms);
        self.emit(act, id, EventKind::IssueUpdated { changelog_id, items });
        Some(changelog_id)
    }

    fn differences(&self, before: &IssueHead, after: &IssueHead) -> Vec<ChangeItem> {
        let fields =
            self.fields.values().filter(|field| before.values.get(&field.id) != after.values.get(&field.id));
        let mut items: Vec<ChangeItem> = fields.map(|field| self.change_of(field, before, after)).collect();
        if before.issue_type != after.issue_type {
            items.push(named_change("issuetype", &before.issue_type, &after.issue_type, |id| {
                self.issue_types.get(id).map(|it| it.name.clone())
            }));
        }
        if before.status != after.status {
            items.push(named_change("status", &before.status, &after.status, |id| {
                self.statuses.get(id).map(|it| it.name.clone())
            }));
        }
        items
    }

    fn change_of(&self, field: &Field, before: &IssueHead, after: &IssueHead) -> ChangeItem {
        let (from, from_string) = self.in_words(field, before);
        let (to, to_string) = self.in_words(field, after);
        let custom = field.custom_number().is_some();
        let name = if field.kind == FieldKind::Components {
            "Component".to_owned()
        } else if custom {
            field.name.clone()
        } else {
            field.id.clone()
        };
        let fieldtype = if custom { "custom" } else { "jira" };
        ChangeItem { field: name, fieldtype, field_id: field.id.clone(), from, from_string, to, to_string }
    }

    /// Hands the issue's present state to the search index.
    pub(crate) fn reindex(&mut self, id: u64, now_ms: i64) {
        let lag = self.index_lag_ms;
        if let Some(issue) = self.issues.get_mut(&id) {
            issue.reindex(now_ms, lag);
        }
    }

    /// Records an event with the issue as it is now.
    pub(crate) fn emit(&mut self, act: &Act, id: u64, kind: EventKind) {
        let Some(issue) = self.issues.get(&id) else { return };
        let shown = (issue.head.clone(), view::issue_v2_json(self, issue));
        self.emit_with(act, shown, kind);
    }

    fn emit_with(&mut self, act: &Act, (head, issue_v2): (IssueHead, Value), kind: EventKind) {
        let seq = Counters::take(&mut self.counters.event);
        let (actor, trace) = (act.account.clone(), act.trace.clone());
        self.events.push(DomainEvent { seq, at_ms: act.now_ms, actor, trace, head, issue_v2, kind });
    }

    fn emit_properties(&mut self, act: &Act, id: u64) {
        let Some(issue) = self.issues.get(&id) else { return };
        for (key, value) in issue.head.properties.clone() {
            self.emit(act, id, EventKind::PropertySet { key, value });
        }
    }
}

fn named_change(field: &str, from: &str, to: &str, name: impl Fn(&str) -> Option<String>) -> ChangeItem {
    ChangeItem {
        field: field.to_owned(),
        fieldtype: "jira",
        field_id: field.to_owned(),
        from: Some(from.to_owned()),
        from_string: name(from),
        to: Some(to.to_owned()),
        to_string: name(to),
    }
}
