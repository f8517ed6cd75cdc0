//! What drills left on the sites is found and taken away: by this drill, or by the next one after it died.

use super::super::{Setup, SetupError};
use crate::jira::client::{Call, JiraError, Search};
use crate::reach::Reached;
use crate::store::drills::ScratchIssue;
use crate::store::syncs::Sync;
use duplex_core::drill;
use duplex_core::id::{IssueId, Side};
use duplex_core::payload;
use http::Method;
use serde::Serialize;

/// Issues of ours that are looked through for one whose id was not recorded: the newest.
const LOOKED_THROUGH_MAX: u32 = 100;
/// Comments that are taken from a scratch issue that can't be deleted.
const COMMENTS_MAX: usize = 100;

/// A scratch issue that is still there, or may be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/", rename = "DrillLeft"))]
pub struct Left {
    pub side: Side,
    /// `null` where nobody knows whether it was made.
    pub key: Option<String>,
    pub why: String,
}

/// Where a scratch issue is.
enum Found {
    At(IssueId, String),
    /// Jira may still complete its creation.
    NotYet,
    Never,
}

impl Setup {
    /// Takes away what it can. Answers what stays; the next drill tries again.
    pub(super) async fn clean(&self, sync: &Sync) -> Result<Vec<Left>, SetupError> {
        let mut left = Vec::new();
        for row in self.store.drills.left(&sync.tenant, &sync.sync).await? {
            let (side, key) = (row.side, row.made.as_ref().map(|(_, key)| key.clone()));
            match self.take_away(sync, row).await {
                Ok(None) => {}
                Ok(Some(stays)) => left.push(stays),
                Err(SetupError::Store(error)) => return Err(error.into()),
                Err(error) => left.push(Left { side, key, why: error.to_string() }),
            }
        }
        Ok(left)
    }

    async fn take_away(&self, sync: &Sync, row: ScratchIssue) -> Result<Option<Left>, SetupError> {
        let (tenant, id, drills) = (&sync.tenant, &sync.sync, &self.store.drills);
        let reached = self.reached(sync, row.side).await?;
        let found = match row.made.clone() {
            Some((issue, key)) => Found::At(issue, key),
            None => self.find(sync, &row, &reached).await?,
        };
        let (issue, key) = match found {
            Found::At(issue, key) => (issue, key),
            Found::Never => {
                drills.never_made(tenant, id, &row.op).await?;
                return Ok(None);
            }
            Found::NotYet => {
                let why = "It is not known yet whether it was made; the next drill looks again.".to_owned();
                return Ok(Some(Left { side: row.side, key: None, why }));
            }
        };
        if row.made.is_none() {
            let now = self.clock.now();
            drills.made(now, tenant, id, (row.side, &row.op), (&issue, &key)).await?;
        }
        let delete = Call::write(Method::DELETE, format!("/rest/api/3/issue/{issue}"), None);
        match reached.jira.call(&delete).await {
            Ok(_) | Err(JiraError::NotFound(_)) => {
                drills.deleted(tenant, id, &row.op, (&sync.ends[row.side], &issue)).await?;
                Ok(None)
            }
            Err(JiraError::Forbidden(_) | JiraError::Refused { .. }) => {
                self.take_comments(sync, row.side, &issue, &reached).await?;
                let why = "The app’s user may not delete issues there. Delete it by hand, or let it stay: the next \
                           drill uses it again."
                    .to_owned();
                Ok(Some(Left { side: row.side, key: Some(key), why }))
            }
            Err(error) => Err(of_jira(sync, row.side, error)),
        }
    }

    /// By the stamp, among what our account created lately in the project. A write of a moment ago may not be found
    /// yet, and one whose answer was lost may still be completed: until the grace is over, that proves nothing.
    async fn find(&self, sync: &Sync, row: &ScratchIssue, reached: &Reached) -> Result<Found, SetupError> {
        let project = &sync.ends[row.side].project;
        let jql = format!("project = {project} AND creator = currentUser() ORDER BY created DESC");
        let search = Search { jql, page: None, max: LOOKED_THROUGH_MAX, reconcile: Vec::new() };
        let page = reached.jira.search(&search).await;
        let page = page.map_err(|error| of_jira(sync, row.side, error))?;
        let stamps = self.store.keys().stamps();
        let ours = page.issues.into_iter().find(|issue| {
            let stamp = issue.stamp.as_deref().and_then(|opaque| stamps.read(opaque));
            issue.creator.as_ref() == Some(&reached.us) && stamp.is_some_and(|stamp| stamp.op == row.op)
        });
        Ok(match ours {
            Some(issue) => Found::At(issue.id, issue.key),
            None if self.clock.now().since(row.at) <= self.times.grace_ms => Found::NotYet,
            None => Found::Never,
        })
    }

    /// The issue stays, and is empty again: what carries a stamp of a drill goes, in whatever state it was left.
    async fn take_comments(
        &self,
        sync: &Sync,
        side: Side,
        issue: &IssueId,
        reached: &Reached,
    ) -> Result<(), SetupError> {
        let told = |error| of_jira(sync, side, error);
        let (comments, _) = reached.jira.newest_comments(issue, COMMENTS_MAX, None).await.map_err(told)?;
        let stamps = self.store.keys().stamps();
        for comment in comments {
            let stamp = comment.stamp.as_deref().and_then(|opaque| stamps.read(opaque));
            let ours = comment.author.as_ref().is_some_and(|author| author.account == reached.us);
            if !ours || !stamp.is_some_and(|stamp| drill::is_of_drill(&stamp.cluster)) {
                continue;
            }
            let removal = drill::removal(side, issue, &comment.id);
            let Ok(call) = payload::request(&removal, &self.schemas(sync).await?, None) else { continue };
            match reached.jira.call(&call.into()).await {
                Ok(_) | Err(JiraError::NotFound(_)) => {}
                Err(error) => return Err(told(error)),
            }
        }
        Ok(())
    }
}

fn of_jira(sync: &Sync, side: Side, error: JiraError) -> SetupError {
    SetupError::Jira { site: sync.ends[side].site.to_string(), error }
}
