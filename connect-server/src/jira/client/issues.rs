//! Reading and writing issues.

use super::{Call, Cost, Jira, JiraError};
use crate::jira::wire::{At, FieldKinds, WireError, base_fields, issue, issue_at};
use duplex_core::id::{FieldId, IssueId, ProjectId};
use duplex_core::issue::Issue;
use duplex_core::stamp;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Jira fetches no more issues at once.
pub const BULK_MAX: usize = 100;

/// What is wanted of an issue.
#[derive(Debug, Clone, Copy)]
pub struct IssueAsk<'a> {
    pub kinds: &'a FieldKinds,
    /// Beside the base fields, which always come.
    pub fields: &'a BTreeSet<FieldId>,
    /// The newest part of its changelog too.
    pub history: bool,
}

/// Issues by id. What is in neither list was not answered for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fetched {
    pub issues: Vec<Issue>,
    /// Those that Jira says are not there, or not for us.
    pub missing: BTreeSet<IssueId>,
}

impl Jira {
    /// One issue with its stamp.
    ///
    /// # Errors
    /// [`JiraError::NotFound`] where it is gone or not for us.
    pub async fn issue(&self, id: &IssueId, ask: IssueAsk<'_>) -> Result<Issue, JiraError> {
        let mut call = Call::get(format!("/rest/api/3/issue/{id}"), Cost::Object)
            .with("fields", names(ask).join(","))
            .with("properties", stamp::PROPERTY);
        if ask.history {
            call = call.with("expand", "changelog");
        }
        let answer = self.call(&call).await?;
        Ok(issue(&answer.body, ask.kinds, ask.fields)?)
    }

    /// The project that an issue lies in now.
    ///
    /// # Errors
    /// [`JiraError::NotFound`] where it is gone or not for us.
    pub async fn project_of(&self, id: &IssueId) -> Result<ProjectId, JiraError> {
        let call = Call::get(format!("/rest/api/3/issue/{id}"), Cost::Object).with("fields", "project");
        let answer = self.call(&call).await?;
        Ok(ProjectId(At::root(&answer.body).get("fields").get("project").get("id").id()?))
    }

    /// Up to [`BULK_MAX`] issues in one call; more ids than that are not asked for.
    ///
    /// # Errors
    /// [`JiraError`]; an issue that is missing is none.
    pub async fn bulk_fetch(&self, ids: &[IssueId], ask: IssueAsk<'_>) -> Result<Fetched, JiraError> {
        let ids = &ids[..ids.len().min(BULK_MAX)];
        if ids.is_empty() {
            return Ok(Fetched::default());
        }
        let mut body = json!({
            "issueIdsOrKeys": ids,
            "fields": names(ask),
            "properties": [stamp::PROPERTY],
        });
        if ask.history {
            body["expand"] = json!(["changelog"]);
        }
        let call = Call::ask("/rest/api/3/issue/bulkfetch", body, Cost::Objects("/issues"));
        let answer = self.call(&call).await?;
        let at = At::root(&answer.body);
        let issues = at.get("issues").list()?;
        let issues =
            issues.iter().map(|one| issue_at(one, ask.kinds, ask.fields)).collect::<Result<_, _>>()?;
        let errors = at.get("issueErrors").some().map(At::list).transpose()?.unwrap_or_default();
        let missing = errors.iter().filter_map(|e| e.get("id").id().ok().map(IssueId)).collect();
        Ok(Fetched { issues, missing })
    }

    /// Creates an issue by the call that core made; its id and key.
    ///
    /// # Errors
    /// [`JiraError`]. Taken without an id in the answer is [`JiraError::Unknown`]: the stamp will find it.
    pub async fn create_issue(&self, call: impl Into<Call>) -> Result<(IssueId, String), JiraError> {
        let answer = self.call(&call.into()).await?;
        let at = At::root(&answer.body);
        let read = || Ok((IssueId(at.get("id").id()?), at.get("key").text()?.to_owned()));
        read().map_err(|e| taken(&e))
    }

    /// Edits an issue by the call that core made (`returnIssue=true&expand=changelog`): what Jira made of it, and its
    /// changelog. The answer to a write has no properties, so its stamp is not known from it.
    ///
    /// # Errors
    /// [`JiraError`]. Taken without a readable issue is [`JiraError::Unknown`]: observe it.
    pub async fn edit_issue(&self, call: impl Into<Call>, ask: IssueAsk<'_>) -> Result<Issue, JiraError> {
        let answer = self.call(&call.into()).await?;
        issue(&answer.body, ask.kinds, ask.fields).map_err(|e| taken(&e))
    }

    /// A property of an issue; `None` where it has none of this name.
    ///
    /// # Errors
    /// [`JiraError`]
    pub async fn issue_property(&self, id: &IssueId, key: &str) -> Result<Option<Value>, JiraError> {
        let path = format!("/rest/api/3/issue/{id}/properties/{}", super::segment(key));
        match self.call(&Call::get(path, Cost::Object)).await {
            Ok(answer) => Ok(answer.body.get("value").cloned()),
            Err(JiraError::NotFound(_)) => Ok(None),
            Err(other) => Err(other),
        }
    }
}

/// The write was taken, and what came of it can't be read.
pub(super) fn taken(error: &WireError) -> JiraError {
    JiraError::Unknown(format!("taken, and the answer is not as published, at {error}"))
}

fn names(ask: IssueAsk<'_>) -> Vec<String> {
    let mut names = base_fields(ask.kinds);
    names.extend(ask.fields.iter().map(FieldId::to_string));
    names.into_iter().collect()
}
