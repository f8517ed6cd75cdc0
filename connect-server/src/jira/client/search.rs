//! Finding issues by JQL. The index lags behind: what is not found may still be there.

use super::{Call, Cost, Jira, JiraError};
use crate::jira::wire::{At, WireError, person, stamp as stamp_of};
use duplex_core::id::{AccountId, IssueId, Millis, ProjectId};
use duplex_core::stamp;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Jira reconciles no more issues with its index in one search.
const RECONCILE_MAX: usize = 50;

/// Jira gives no more per page.
const PAGE_MAX: u32 = 5_000;

/// A search for issues, one page at a time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    pub jql: String,
    /// From the page before; `None` for the first.
    pub page: Option<String>,
    pub max: u32,
    /// These are looked up past the index, so that a write of a moment ago is seen.
    pub reconcile: Vec<IssueId>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchPage {
    pub issues: Vec<FoundIssue>,
    /// `None` after the last page.
    pub next: Option<String>,
}

/// What a search says of an issue: enough to know which one to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundIssue {
    pub id: IssueId,
    pub key: String,
    pub project: ProjectId,
    /// The site's clock.
    pub created: Millis,
    pub updated: Millis,
    /// The account whose stamp may be believed.
    pub creator: Option<AccountId>,
    /// As found, not verified.
    pub stamp: Option<String>,
}

/// An issue to show to somebody who asked what a JQL finds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/"))]
pub struct Example {
    pub key: String,
    pub summary: String,
}

impl Jira {
    /// Some of the issues that a JQL finds, the newest first.
    ///
    /// # Errors
    /// [`JiraError::Refused`] with Jira's sentence where the JQL is not accepted.
    pub async fn examples(&self, jql: &str, max: u32) -> Result<Vec<Example>, JiraError> {
        let body = json!({
            "jql": format!("{jql} ORDER BY created DESC"),
            "fields": ["summary"],
            "maxResults": max.clamp(1, PAGE_MAX),
        });
        let answer = self.call(&Call::ask("/rest/api/3/search/jql", body, Cost::Objects("/issues"))).await?;
        let example = |at: &At<'_>| -> Result<Example, WireError> {
            let summary = at.get("fields").get("summary").text_or_none()?.unwrap_or_default();
            Ok(Example { key: at.get("key").text()?.to_owned(), summary })
        };
        Ok(At::root(&answer.body).get("issues").list()?.iter().map(example).collect::<Result<_, _>>()?)
    }

    /// # Errors
    /// [`JiraError::Refused`] with Jira's sentence where the JQL is not accepted.
    pub async fn search(&self, search: &Search) -> Result<SearchPage, JiraError> {
        let mut body = json!({
            "jql": search.jql,
            "fields": ["project", "created", "updated", "creator"],
            "properties": [stamp::PROPERTY],
            "maxResults": search.max.clamp(1, PAGE_MAX),
        });
        if let Some(page) = &search.page {
            body["nextPageToken"] = json!(page);
        }
        if !search.reconcile.is_empty() {
            body["reconcileIssues"] = json!(numbers(search.reconcile.iter().take(RECONCILE_MAX)));
        }
        let answer = self.call(&Call::ask("/rest/api/3/search/jql", body, Cost::Objects("/issues"))).await?;
        let at = At::root(&answer.body);
        let issues = at.get("issues").list()?.iter().map(found).collect::<Result<_, _>>()?;
        let last = at.get("isLast").flag()? == Some(true);
        let next = at.get("nextPageToken").text_or_none()?.filter(|_| !last);
        Ok(SearchPage { issues, next })
    }

    /// Which of these issues a JQL matches, judged by the issues and not by the index.
    ///
    /// # Errors
    /// [`JiraError::Refused`] where the JQL is not accepted.
    pub async fn jql_match(&self, ids: &[IssueId], jql: &str) -> Result<BTreeSet<IssueId>, JiraError> {
        let body = json!({"issueIds": numbers(ids.iter()), "jqls": [jql]});
        let answer = self.call(&Call::ask("/rest/api/3/jql/match", body, Cost::Plain)).await?;
        let matches = At::root(&answer.body).get("matches").list()?;
        let Some(first) = matches.first() else { return Ok(BTreeSet::new()) };
        let errors = first.get("errors").some().map(At::list).transpose()?.unwrap_or_default();
        if !errors.is_empty() {
            let messages = errors.iter().filter_map(|e| e.value.as_str().map(str::to_owned)).collect();
            return Err(JiraError::Refused { status: 400, messages, fields: Default::default() });
        }
        Ok(first
            .get("matchedIssues")
            .list()?
            .iter()
            .map(|id| id.id().map(IssueId))
            .collect::<Result<_, _>>()?)
    }

    /// About how many issues a JQL finds.
    ///
    /// # Errors
    /// [`JiraError::Refused`] where the JQL is not accepted.
    pub async fn approximate_count(&self, jql: &str) -> Result<u64, JiraError> {
        let call = Call::ask("/rest/api/3/search/approximate-count", json!({"jql": jql}), Cost::Plain);
        let answer = self.call(&call).await?;
        let count = At::root(&answer.body).get("count");
        count.value.as_u64().map_or_else(|| Ok(count.wrong("a count")?), Ok)
    }
}

fn found(at: &At<'_>) -> Result<FoundIssue, WireError> {
    let fields = at.get("fields");
    Ok(FoundIssue {
        id: IssueId(at.get("id").id()?),
        key: at.get("key").text()?.to_owned(),
        project: ProjectId(fields.get("project").get("id").id()?),
        created: fields.get("created").millis()?,
        updated: fields.get("updated").millis()?,
        creator: fields.get("creator").some().map(|c| person(c).map(|p| p.account)).transpose()?,
        stamp: stamp_of(&at.get("properties").get(stamp::PROPERTY)),
    })
}

fn numbers<'a>(ids: impl Iterator<Item = &'a IssueId>) -> Vec<Value> {
    ids.filter_map(|id| id.as_str().parse::<u64>().ok()).map(Value::from).collect()
}
