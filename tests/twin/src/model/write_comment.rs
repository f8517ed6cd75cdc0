//! Changing comments. A comment is no change of the issue's fields: it moves `updated` and leaves no changelog.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    Act, Comment, Counters, EventKind, Leak, PUBLIC_COMMENT_PROPERTY, Site, Visibility, is_internal,
};
use crate::view;

/// What a new comment starts with. Values are checked already.
#[derive(Debug, Clone)]
pub struct NewComment {
    /// ADF.
    pub body: Value,
    pub visibility: Option<Visibility>,
    pub properties: BTreeMap<String, Value>,
}

/// What an edit of a comment sets; what is `None` stays as it was.
#[derive(Debug, Clone, Default)]
pub struct CommentEdit {
    pub body: Option<Value>,
    /// `Some(None)` lifts the restriction.
    pub visibility: Option<Option<Visibility>>,
    /// Properties to set; others stay.
    pub properties: BTreeMap<String, Value>,
}

impl Site {
    /// Adds a comment and gives its id; `None` when the issue is gone.
    pub fn add_comment(&mut self, act: &Act, issue_id: u64, new: NewComment) -> Option<u64> {
        let on_request = self.is_request(&self.issues.get(&issue_id)?.head);
        let id = Counters::take(&mut self.counters.comment);
        let mut comment = Comment {
            id,
            author: act.account.clone(),
            update_author: act.account.clone(),
            created_ms: act.now_ms,
            updated_ms: act.now_ms,
            body: new.body,
            created_internal: is_internal(&new.properties),
            properties: new.properties,
            visibility: new.visibility,
            audience: Vec::new(),
            shown: Vec::new(),
        };
        match self.leak {
            Some(Leak::Flag) => {
                comment.created_internal = false;
                comment.properties.remove(PUBLIC_COMMENT_PROPERTY);
            }
            Some(Leak::Portal) => comment.created_internal = false,
            None => {}
        }
        comment.note_audience(act.now_ms, &act.account, on_request);
        self.issues.get_mut(&issue_id)?.comments.push(comment);
        self.touch(issue_id, act.now_ms);
        self.emit_comment(act, issue_id, id, |comment_id, comment_v2| EventKind::CommentCreated {
            comment_id,
            comment_v2,
        });
        Some(id)
    }

    /// Edits a comment; `None` when it is gone.
    pub fn edit_comment(&mut self, act: &Act, issue_id: u64, id: u64, edit: CommentEdit) -> Option<()> {
        let on_request = self.is_request(&self.issues.get(&issue_id)?.head);
        let comment = self.issues.get_mut(&issue_id)?.comment_mut(id)?;
        if let Some(body) = edit.body {
            comment.body = body;
        }
        if let Some(visibility) = edit.visibility {
            comment.visibility = visibility;
        }
        comment.properties.extend(edit.properties);
        comment.update_author.clone_from(&act.account);
        comment.updated_ms = act.now_ms;
        comment.note_audience(act.now_ms, &act.account, on_request);
        self.touch(issue_id, act.now_ms);
        self.emit_comment(act, issue_id, id, |comment_id, comment_v2| EventKind::CommentUpdated {
            comment_id,
            comment_v2,
        });
        Some(())
    }

    /// Sets (`Some`) or deletes (`None`) a property of a comment; gives whether one of that key was there before.
    /// The comment's `updated` stays: Jira counts properties as data of apps.
    pub fn set_comment_property(
        &mut self,
        act: &Act,
        issue_id: u64,
        id: u64,
        key: &str,
        value: Option<Value>,
    ) -> Option<bool> {
        let on_request = self.is_request(&self.issues.get(&issue_id)?.head);
        let comment = self.issues.get_mut(&issue_id)?.comment_mut(id)?;
        let old = match value {
            Some(value) => comment.properties.insert(key.to_owned(), value),
            None => comment.properties.remove(key),
        };
        comment.note_audience(act.now_ms, &act.account, on_request);
        self.touch(issue_id, act.now_ms);
        Some(old.is_some())
    }

    /// Deletes a comment; `None` when it is gone.
    pub fn delete_comment(&mut self, act: &Act, issue_id: u64, id: u64) -> Option<()> {
        let issue = self.issues.get(&issue_id)?;
        let comment_v2 = view::comment_v2(self, issue, issue.comment(id)?);
        let comments = &mut self.issues.get_mut(&issue_id)?.comments;
        let place = comments.iter().position(|comment| comment.id == id)?;
        let gone = comments.remove(place);
        self.deleted_comments.push((issue_id, gone));
        self.touch(issue_id, act.now_ms);
        self.emit(act, issue_id, EventKind::CommentDeleted { comment_id: id, comment_v2, cascade: false });
        Some(())
    }

    fn touch(&mut self, issue_id: u64, now_ms: i64) {
        if let Some(issue) = self.issues.get_mut(&issue_id) {
            issue.head.updated_ms = now_ms;
        }
        self.reindex(issue_id, now_ms);
    }

    fn emit_comment(&mut self, act: &Act, issue_id: u64, id: u64, kind: impl Fn(u64, Value) -> EventKind) {
        let Some(issue) = self.issues.get(&issue_id) else { return };
        let Some(comment) = issue.comment(id) else { return };
        let shown = view::comment_v2(self, issue, comment);
        self.emit(act, issue_id, kind(id, shown));
    }
}
