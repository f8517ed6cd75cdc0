//! Moving an issue into another project. The API has no call for it: people move issues in the browser.

use super::{Act, ChangeItem, Counters, EventKind, History, Site};

impl Site {
    /// Moves an issue: a new key in the new project, and the old key still leads to it. A request type of the old
    /// project means nothing in the new one, so customers don't meet the issue any more. `None` when the issue or the
    /// project is not there.
    pub fn move_issue(&mut self, act: &Act, id: u64, project: &str) -> Option<()> {
        let before = self.issues.get(&id)?.head.clone();
        let (from, to) = (self.project_of(&before).clone(), self.project(project)?.clone());
        let number = Counters::take(&mut self.projects.get_mut(&to.id)?.next_number);
        let key = format!("{}-{number}", to.key);
        let changelog_id = Counters::take(&mut self.counters.history);
        let item = |field: &str, (from, from_string), (to, to_string)| ChangeItem {
            field: field.to_owned(),
            fieldtype: "jira",
            field_id: field.to_lowercase(),
            from: Some(from),
            from_string: Some(from_string),
            to: Some(to),
            to_string: Some(to_string),
        };
        let items = vec![
            item("project", (from.id, from.name), (to.id.clone(), to.name)),
            item("Key", (String::new(), before.key), (String::new(), key.clone())),
        ];
        let author = act.account.clone();
        let history = History { id: changelog_id, author, created_ms: act.now_ms, items: items.clone() };
        self.keys.insert(key.clone(), id);
        let issue = self.issues.get_mut(&id)?;
        issue.head.project = to.id;
        issue.head.key = key;
        issue.head.updated_ms = act.now_ms;
        issue.changelog.push(history);
        let on_request = self.is_request(&self.issues.get(&id)?.head);
        for comment in &mut self.issues.get_mut(&id)?.comments {
            comment.note_audience(act.now_ms, &act.account, on_request);
        }
        self.reindex(id, act.now_ms);
        self.emit(act, id, EventKind::IssueUpdated { changelog_id, items });
        Some(())
    }
}
