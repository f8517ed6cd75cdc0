//! One side of a drill: the scratch issue, its canaries, and what is seen of them.

use super::super::{Setup, SetupError};
use crate::crash::crash_point;
use crate::jira::client::{Call, IssueAsk, JiraError};
use crate::jira::portal::Portal;
use crate::reach::Reached;
use crate::store::StoreError;
use crate::store::customers::TestCustomer;
use crate::store::syncs::Sync;
use duplex_core::audience::Audience;
use duplex_core::config::Config;
use duplex_core::drill::{self, Canaries, Canary, Seen, Sighting};
use duplex_core::id::{CommentId, IssueId, OpId, Side, Sides};
use duplex_core::payload::{self, HttpCall};
use duplex_core::plan::Op;
use duplex_core::schema::ProjectSchema;
use http::Method;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// Comments that are read back of a scratch issue.
const COMMENTS_MAX: usize = 100;

/// Where it takes place.
pub(super) struct Scene<'a> {
    pub(super) setup: &'a Setup,
    pub(super) sync: &'a Sync,
    pub(super) config: &'a Config,
    pub(super) schemas: &'a Sides<ProjectSchema>,
    pub(super) side: Side,
    pub(super) reached: Reached,
    pub(super) number: i64,
}

/// Why there is nothing to see.
enum Halt {
    /// Said in the report.
    Told {
        sentence: String,
        remedy: String,
    },
    Setup(SetupError),
}

impl From<SetupError> for Halt {
    fn from(error: SetupError) -> Self {
        Self::Setup(error)
    }
}

impl From<StoreError> for Halt {
    fn from(error: StoreError) -> Self {
        Self::Setup(error.into())
    }
}

/// A canary as it was written.
struct Posted {
    id: CommentId,
    asked: Audience,
}

impl Scene<'_> {
    /// What there is to see.
    ///
    /// # Errors
    /// [`SetupError::Store`].
    pub(super) async fn see(&self) -> Result<Seen, SetupError> {
        if !self.schemas[self.side].service {
            return Ok(Seen::NoPortal);
        }
        match self.canaries().await {
            Ok(canaries) => Ok(Seen::Canaries(canaries)),
            Err(Halt::Told { sentence, remedy }) => Ok(Seen::Broken { sentence, remedy }),
            Err(Halt::Setup(error)) => Err(error),
        }
    }

    async fn canaries(&self) -> Result<Canaries, Halt> {
        let customer = self.setup.store.customers.get(&self.sync.ends[self.side].site).await?;
        let (op, issue) = self.issue().await?;
        if let Some(customer) = &customer {
            self.let_in(customer, &issue).await?;
        }
        let internal = self.post(&issue, &op, Canary::Internal).await?;
        let public = self.post(&issue, &op, Canary::Public).await?;
        let shown = self.shown(&issue).await?;
        let portal = match &customer {
            Some(customer) => Some(self.portal(customer, &issue).await?),
            None => None,
        };
        let sighting = |posted: &Posted| Sighting {
            asked: posted.asked,
            shown: shown.get(&posted.id).copied().unwrap_or(Audience::Unknown),
            customer: portal.as_ref().map(|seen| seen.contains(&posted.id)),
        };
        Ok(Canaries { internal: sighting(&internal), public: sighting(&public) })
    }

    /// A scratch issue: one that could not be deleted before serves again, else it is made. Its reporter is the app
    /// itself, whom Jira mails nothing.
    async fn issue(&self) -> Result<(OpId, IssueId), Halt> {
        let (tenant, sync, drills) = (&self.sync.tenant, &self.sync.sync, &self.setup.store.drills);
        let left = drills.left(tenant, sync).await?.into_iter().filter(|left| left.side == self.side);
        if let Some((op, (issue, _))) = left.filter_map(|left| Some((left.op, left.made?))).next() {
            return Ok((op, issue));
        }
        let op = OpId(self.setup.chance.id());
        let Some(create) = drill::scratch(self.config, self.schemas, self.side, &op) else {
            return Err(Halt::Told {
                sentence: format!("No issue type that arrives on side {} has a request type.", self.side),
                remedy: "Map an issue type that has one, and publish.".to_owned(),
            });
        };
        let call = self.call(&create, &op)?;
        let now = self.setup.clock.now();
        if !drills.intend(now, tenant, sync, self.number, (self.side, &op)).await? {
            return Err(Halt::Told {
                sentence: "The drill took too long, and counts as dead.".to_owned(),
                remedy: "Run it again.".to_owned(),
            });
        }
        crash_point!("drill.intended");
        let until = now.plus(self.setup.times.http_timeout_ms);
        let made = self.reached.jira.create_issue(Call::from(call).until(until)).await;
        crash_point!("drill.created");
        match made {
            Ok((issue, key)) => {
                let now = self.setup.clock.now();
                drills.made(now, tenant, sync, (self.side, &op), (&issue, &key)).await?;
                Ok((op, issue))
            }
            Err(error) => {
                if came_to_nothing(&error) {
                    drills.never_made(tenant, sync, &op).await?;
                }
                Err(self.refused("The scratch issue could not be made", &error))
            }
        }
    }

    /// The test customer takes part in the request, so that he sees it; he is the only one whom Jira may mail.
    async fn let_in(&self, customer: &TestCustomer, issue: &IssueId) -> Result<(), Halt> {
        let path = format!("/rest/servicedeskapi/request/{issue}/participant");
        let call = Call::write(Method::POST, path, Some(json!({"accountIds": [customer.account]})));
        let added = self.reached.jira.call(&call).await;
        added.map(drop).map_err(|error| self.refused("The test customer could not be let in", &error))
    }

    /// Writes a canary. The row of its issue says already that it may be there.
    async fn post(&self, issue: &IssueId, op: &OpId, canary: Canary) -> Result<Posted, Halt> {
        let (comment, asked) = drill::comment(self.config, self.side, issue, op, canary);
        let call = self.call(&comment, op)?;
        let written = self.reached.jira.write_comment(call, Some(true)).await;
        crash_point!("drill.posted");
        let written = written.map_err(|error| self.refused("A canary could not be posted", &error))?;
        Ok(Posted { id: written.id, asked })
    }

    /// Who may read each comment, as Jira shows the app.
    async fn shown(&self, issue: &IssueId) -> Result<BTreeMap<CommentId, Audience>, Halt> {
        let none = BTreeSet::new();
        let ask = IssueAsk { kinds: &self.reached.kinds, fields: &none, history: false };
        let jira = &self.reached.jira;
        let unread = |error: JiraError| self.refused("The scratch issue could not be read", &error);
        let is_request = jira.issue(issue, ask).await.map_err(unread)?.request_type.is_some();
        let (comments, _) =
            jira.newest_comments(issue, COMMENTS_MAX, Some(is_request)).await.map_err(unread)?;
        Ok(comments.into_iter().map(|comment| (comment.id, comment.audience)).collect())
    }

    /// What the customer sees of it.
    async fn portal(&self, customer: &TestCustomer, issue: &IssueId) -> Result<BTreeSet<CommentId>, Halt> {
        let site = self.setup.site(self.sync, self.side).await?;
        let portal: Portal = self.setup.reach.portal(&site, customer);
        portal.comments(issue).await.map_err(|error| Halt::Told {
            sentence: format!("The test customer of side {} could not look: {error}.", self.side),
            remedy: "See whether he is a customer of the project, and whether his token is still good."
                .to_owned(),
        })
    }

    fn call(&self, op: &Op, id: &OpId) -> Result<HttpCall, Halt> {
        let unwritable = |why: String| Halt::Told {
            sentence: format!("Side {}: {why}.", self.side),
            remedy: "Correct the configuration, and publish.".to_owned(),
        };
        let stamp = self.setup.store.keys().stamps().property(&drill::stamp(id));
        let stamp = stamp.map_err(|error| unwritable(error.to_string()))?;
        payload::request(op, self.schemas, Some(&stamp)).map_err(|error| unwritable(error.to_string()))
    }

    fn refused(&self, what: &str, error: &JiraError) -> Halt {
        Halt::Told {
            sentence: format!("{what} on side {}: {error}.", self.side),
            remedy: "See what the app’s user lacks there (*Permissions*), and run the drill again."
                .to_owned(),
        }
    }
}

/// Whether it is certain that a write had no effect.
fn came_to_nothing(error: &JiraError) -> bool {
    match error {
        JiraError::RateLimited { .. }
        | JiraError::Unavailable { .. }
        | JiraError::NotSent(_)
        | JiraError::Unauthorized
        | JiraError::Forbidden(_)
        | JiraError::NotFound(_)
        | JiraError::Refused { .. } => true,
        JiraError::Unknown(_) | JiraError::Garbled { .. } => false,
    }
}
