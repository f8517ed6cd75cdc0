//! What a preview rests on: one issue with what is remembered of it, read as the worker would read it, and handed out
//! without the sync's keys and without what the viewer may not see.

use super::{Setup, SetupError};
use crate::jira::client::{IssueAsk, JiraError};
use crate::reach::{ReachError, Reached};
use crate::store::syncs::Sync;
use duplex_core::config::Config;
use duplex_core::id::{IssueId, Millis, Side, Sides};
use duplex_core::link::Link;
use duplex_core::plan::{CommentSight, People, Read, Sight, View};
use duplex_core::preview::{PreviewFacts, needs};
use std::collections::BTreeSet;

/// Rounds of asking what must be read; each answer can lead to one more question.
const ROUNDS_MAX: usize = 16;
/// Reads of one preview: issues, lists of comments, and people who are looked up.
const READS_MAX: usize = 200;

impl Setup {
    /// Facts about an issue of `side`, by its key or id, for somebody who may see the sides that `shown` names.
    /// `config` is what the preview will be made with.
    ///
    /// # Errors
    /// [`SetupError::Malformed`] for an issue that is not in the project; [`SetupError::Jira`].
    pub async fn preview_facts(
        &self,
        sync: &Sync,
        config: &Config,
        (side, issue): (Side, &str),
        shown: Sides<bool>,
    ) -> Result<PreviewFacts, SetupError> {
        let a = self.reached(sync, Side::A).await?;
        let b = self.reached(sync, Side::B).await?;
        let mut room = Room { setup: self, sync, config, reached: Sides::new(a, b) };
        let issue = room.issue_of(side, issue).await?;
        let link = room.link(side, issue).await?;
        let mut facts = room.before(link).await?;
        let (key, stamps) =
            (self.store.keys().digest_key(&sync.tenant, &sync.sync), self.store.keys().stamps());
        let mut left = READS_MAX;
        for _ in 0..ROUNDS_MAX {
            let open = needs(config, &facts, &key, &stamps);
            let mut read = false;
            for need in open.iter().take(left) {
                read |= room.read(need, &mut facts).await?;
            }
            left = left.saturating_sub(open.len());
            if !read || left == 0 {
                break;
            }
        }
        Ok(facts.for_viewer(config, shown, &key, &stamps))
    }

    pub(super) async fn reached(&self, sync: &Sync, side: Side) -> Result<Reached, SetupError> {
        let place = &sync.ends[side];
        self.reach.project(&place.site, &place.project).await.map_err(|error| trouble(sync, side, error))
    }
}

fn trouble(sync: &Sync, side: Side, error: ReachError) -> SetupError {
    match error {
        ReachError::NotInstalled(_) => SetupError::NotInstalled(side),
        ReachError::Restored(_) => SetupError::Restored(side),
        ReachError::Store(error) => SetupError::Store(error),
        ReachError::Jira(error) => SetupError::Jira { site: sync.ends[side].site.to_string(), error },
    }
}

/// Both sides within reach.
struct Room<'a> {
    setup: &'a Setup,
    sync: &'a Sync,
    config: &'a Config,
    reached: Sides<Reached>,
}

impl Room<'_> {
    /// The id of an issue by its key or id, if it lies in the project of the side.
    async fn issue_of(&mut self, side: Side, issue: &str) -> Result<IssueId, SetupError> {
        let unknown = || SetupError::Malformed {
            path: "issue".to_owned(),
            why: format!("there is no issue `{issue}` in the project of side {side}"),
        };
        let plain =
            !issue.is_empty() && issue.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        if !plain {
            return Err(unknown());
        }
        let reached = &self.reached[side];
        let ask = IssueAsk { kinds: &reached.kinds, fields: &BTreeSet::new(), history: false };
        match reached.jira.issue(&IssueId::new(issue), ask).await {
            Ok(found) if found.project == self.sync.ends[side].project => Ok(found.id),
            Ok(_) | Err(JiraError::NotFound(_) | JiraError::Forbidden(_)) => Err(unknown()),
            Err(error) => Err(self.said(side, error)),
        }
    }

    /// The link that the issue is an end of, or the one that it would have.
    async fn link(&self, side: Side, issue: IssueId) -> Result<Link, SetupError> {
        let (store, sync) = (&self.setup.store, self.sync);
        let site = &sync.ends[side].site;
        let ends = store.links.find(site, &issue).await?;
        let known = ends.iter().find(|end| end.sync == sync.sync && end.side == side);
        let loaded = match known {
            Some(end) => store.links.load(&end.tenant, &end.link).await?,
            None => None,
        };
        let mut link = loaded.unwrap_or_else(|| Link::candidate(&sync.sync, side, issue.clone()));
        if link.cluster.is_none() {
            link.cluster = store.links.cluster_of(site, &issue).await?;
        }
        Ok(link)
    }

    /// What is known before anything is read.
    async fn before(&self, link: Link) -> Result<PreviewFacts, SetupError> {
        let to = link.origin.other();
        let cluster_taken = match (&link.cluster, &link.ends[to]) {
            (Some(cluster), None) => {
                self.setup.store.links.cluster_taken(cluster, &self.sync.ends[to], &link.id).await?
            }
            (_, _) => false,
        };
        Ok(PreviewFacts {
            schemas: Sides::each(|side| (*self.reached[side].schema).clone()),
            sites: Sides::each(|side| self.reached[side].name.clone()),
            scope_from: self.sync.scope_from,
            link,
            seen: Sides::each(|side| self.reached[side].view()),
            withheld: Sides::default(),
            people: People::default(),
            cluster_taken,
            now: self.setup.clock.now(),
            grace_ms: self.setup.times.grace_ms,
        })
    }

    /// `false`: it is nothing that a preview reads.
    async fn read(&self, need: &Read, facts: &mut PreviewFacts) -> Result<bool, SetupError> {
        match need {
            Read::Issue { side, fields, history } => {
                let Some(issue) = end(facts, *side) else { return Ok(false) };
                let reached = &self.reached[*side];
                let ask = IssueAsk { kinds: &reached.kinds, fields, history: *history };
                facts.seen[*side].issue = match reached.jira.issue(&issue, ask).await {
                    Ok(issue) => Sight::Seen(Box::new(issue)),
                    Err(JiraError::NotFound(_)) => Sight::Missing,
                    Err(JiraError::Forbidden(_)) => Sight::Forbidden,
                    Err(error) => return Err(self.said(*side, error)),
                };
            }
            Read::AllComments { side } | Read::NewestComments { side } | Read::Comment { side, .. } => {
                let Some(issue) = end(facts, *side) else { return Ok(false) };
                let on_request = on_request(&facts.seen[*side]);
                match self.reached[*side].jira.all_comments(&issue, on_request).await {
                    Ok(comments) => {
                        let sight =
                            |c: duplex_core::issue::Comment| (c.id.clone(), CommentSight::Seen(Box::new(c)));
                        facts.seen[*side].comments = comments.into_iter().map(sight).collect();
                        facts.seen[*side].comments_listed_from = Some(Millis(i64::MIN));
                    }
                    Err(JiraError::NotFound(_)) => facts.seen[*side].issue = Sight::Missing,
                    Err(JiraError::Forbidden(_)) => facts.seen[*side].issue = Sight::Forbidden,
                    Err(error) => return Err(self.said(*side, error)),
                }
            }
            Read::Person { side, email } => {
                let account = self.reached[*side].jira.find_user_by_email(email).await;
                let account = account.map_err(|error| self.said(*side, error))?;
                facts.people.by_email[*side].insert(email.clone(), account);
            }
            Read::InScope { side } => {
                let (Some(issue), Some(jql)) = (end(facts, *side), &self.config.sides[*side].scope.jql)
                else {
                    return Ok(false);
                };
                let inside = self.reached[*side].jira.jql_match(std::slice::from_ref(&issue), jql).await;
                let inside = inside.map_err(|error| self.said(*side, error))?;
                facts.seen[*side].in_scope = Some(inside.contains(&issue));
            }
            // The worker looks, once the write has rested.
            Read::Search { .. } => return Ok(false),
        }
        Ok(true)
    }

    fn said(&self, side: Side, error: JiraError) -> SetupError {
        trouble(self.sync, side, ReachError::Jira(error))
    }
}

fn end(facts: &PreviewFacts, side: Side) -> Option<IssueId> {
    facts.link.ends[side].as_ref().map(|end| end.issue.clone())
}

fn on_request(view: &View) -> Option<bool> {
    match &view.issue {
        Sight::Seen(issue) => Some(issue.request_type.is_some()),
        Sight::NotRead | Sight::Missing | Sight::Forbidden => None,
    }
}
