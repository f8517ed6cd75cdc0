//! Reading and writing comments.

use super::issues::taken;
use super::{Call, Cost, Jira, JiraError, RETRY_MS_DEFAULT};
use crate::jira::wire::{At, comment, comment_at};
use duplex_core::id::{CommentId, IssueId};
use duplex_core::issue::Comment;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Jira gives no more comments by id at once.
pub const COMMENT_IDS_MAX: usize = 1_000;

/// An issue holds no more comments.
pub const COMMENTS_MAX: usize = 5_000;

/// Comments per page.
const PAGE: usize = 100;

/// So often a list that changes while it is read is begun anew.
const LIST_TRIES_MAX: u32 = 3;

impl Jira {
    /// One comment. `on_request`: whether its issue is a request, `None` where nobody looked.
    ///
    /// # Errors
    /// [`JiraError::NotFound`] where the comment or its issue is gone or not for us; that alone proves no deletion.
    pub async fn comment(
        &self,
        issue: &IssueId,
        id: &CommentId,
        on_request: Option<bool>,
    ) -> Result<Comment, JiraError> {
        let call = Call::get(format!("/rest/api/3/issue/{issue}/comment/{id}"), Cost::Object)
            .with("expand", "properties");
        Ok(comment(&self.call(&call).await?.body, on_request)?)
    }

    /// Up to [`COMMENT_IDS_MAX`] comments of any issues in one call; those that are not in the answer are gone or
    /// not for us. More ids than that are not asked for.
    ///
    /// # Errors
    /// [`JiraError`]
    pub async fn comments_by_ids(
        &self,
        ids: &[CommentId],
        on_request: Option<bool>,
    ) -> Result<BTreeMap<CommentId, Comment>, JiraError> {
        let ids = &ids[..ids.len().min(COMMENT_IDS_MAX)];
        if ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        let numbers: Vec<u64> = ids.iter().filter_map(|id| id.as_str().parse().ok()).collect();
        let call = Call::ask("/rest/api/3/comment/list", json!({"ids": numbers}), Cost::Objects("/values"))
            .with("expand", "properties");
        let answer = self.call(&call).await?;
        let all = read_all(&answer.body, "values", on_request)?;
        Ok(all.into_iter().map(|c| (c.id.clone(), c)).collect())
    }

    /// The newest comments of an issue, newest first, at most `max` (and at most 100). The flag says whether these
    /// are all.
    ///
    /// # Errors
    /// [`JiraError`]
    pub async fn newest_comments(
        &self,
        issue: &IssueId,
        max: usize,
        on_request: Option<bool>,
    ) -> Result<(Vec<Comment>, bool), JiraError> {
        let answer = self.page(issue, "-created", 0, max.clamp(1, PAGE)).await?;
        let comments = read_all(&answer, "comments", on_request)?;
        let whole = total(&answer)? <= comments.len();
        Ok((comments, whole))
    }

    /// All comments of an issue, oldest first; at most [`COMMENTS_MAX`], which is all that an issue can hold.
    ///
    /// Guarantee: a comment that is there all the while is in the list, whatever people do meanwhile; what the list
    /// omits was deleted or is not for us.
    ///
    /// # Errors
    /// [`JiraError`] of any page: half a list is none. [`JiraError::Unavailable`] where the list kept changing.
    pub async fn all_comments(
        &self,
        issue: &IssueId,
        on_request: Option<bool>,
    ) -> Result<Vec<Comment>, JiraError> {
        for _ in 0..LIST_TRIES_MAX {
            if let Some(all) = self.list(issue, on_request).await? {
                return Ok(all);
            }
        }
        Err(JiraError::Unavailable { retry_at: self.clock.now().plus(RETRY_MS_DEFAULT) })
    }

    /// The list as it is while nobody deletes. Each page begins with the last comment of the page before: another one
    /// there shows that the list moved up, and a comment may have slipped through (`None`).
    async fn list(
        &self,
        issue: &IssueId,
        on_request: Option<bool>,
    ) -> Result<Option<Vec<Comment>>, JiraError> {
        let first = self.page(issue, "created", 0, PAGE).await?;
        let mut all = read_all(&first, "comments", on_request)?;
        let mut left = total(&first)?.saturating_sub(all.len());
        while left > 0 && all.len() < COMMENTS_MAX {
            let Some(last) = all.last().map(|c| c.id.clone()) else { break };
            let answer = self.page(issue, "created", all.len() - 1, PAGE).await?;
            let mut page = read_all(&answer, "comments", on_request)?.into_iter();
            if page.next().is_none_or(|c| c.id != last) {
                return Ok(None);
            }
            let before = all.len();
            all.extend(page);
            if all.len() == before {
                break;
            }
            left = total(&answer)?.saturating_sub(all.len());
        }
        Ok(Some(all))
    }

    /// Creates or edits a comment by the call that core made; the comment as Jira shows it then. The answer to a write
    /// has no properties, so its stamp is not known from it.
    ///
    /// # Errors
    /// [`JiraError`]. Taken without a readable comment is [`JiraError::Unknown`].
    pub async fn write_comment(
        &self,
        call: impl Into<Call>,
        on_request: Option<bool>,
    ) -> Result<Comment, JiraError> {
        let answer = self.call(&call.into()).await?;
        comment(&answer.body, on_request).map_err(|e| taken(&e))
    }

    /// Deletes a comment by the call that core made.
    ///
    /// # Errors
    /// [`JiraError::NotFound`] where the comment or its issue is gone or not for us; that alone proves no deletion.
    pub async fn delete_comment(&self, call: impl Into<Call>) -> Result<(), JiraError> {
        self.call(&call.into()).await.map(drop)
    }

    async fn page(&self, issue: &IssueId, order: &str, from: usize, max: usize) -> Result<Value, JiraError> {
        let call = Call::get(format!("/rest/api/3/issue/{issue}/comment"), Cost::Objects("/comments"))
            .with("orderBy", order)
            .with("startAt", from.to_string())
            .with("maxResults", max.to_string())
            .with("expand", "properties");
        Ok(self.call(&call).await?.body)
    }
}

fn read_all(body: &Value, list: &str, on_request: Option<bool>) -> Result<Vec<Comment>, JiraError> {
    let comments = At::root(body).get(list).list()?;
    Ok(comments.iter().map(|one| comment_at(one, on_request)).collect::<Result<_, _>>()?)
}

/// Without it nobody can say that a list is whole.
fn total(page: &Value) -> Result<usize, JiraError> {
    let at = At::root(page).get("total");
    let total = at.value.as_u64().and_then(|total| usize::try_from(total).ok());
    total.map_or_else(|| Ok(at.wrong("a count")?), Ok)
}
