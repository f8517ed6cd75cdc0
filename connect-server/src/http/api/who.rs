//! Proof of who calls and of what he may do: whoever holds one of these has been checked.

use crate::http::Http;
use crate::http::error::ApiError;
use crate::jira::auth::{AuthError, CallerKind};
use crate::store::sites::Site;
use crate::store::syncs::Sync;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use duplex_core::id::{AccountId, IssueId, Millis, ProjectId, Side, Sides, SiteId, SyncId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

/// Answers kept; one admin asks about a handful of projects.
const RIGHTS_MAX: usize = 10_000;

/// Jira's own bound for one check of permissions.
const PROJECTS_PER_CHECK_MAX: usize = 1_000;

/// What fits into 63 bits.
const ID_DIGITS_MAX: usize = 18;

/// Somebody who looks at our page on a site.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) site: Site,
    pub(crate) account: AccountId,
}

/// Somebody who may administer every project that the sync has on his site.
#[derive(Debug, Clone)]
pub(crate) struct Admin {
    pub(crate) person: Person,
    pub(crate) sync: Sync,
    /// The sides he speaks for: those on his site. A token proves nothing about another site, so nobody speaks for
    /// both sides of a sync between sites.
    pub(crate) sides: Vec<Side>,
}

/// Somebody who may administer this project of his site.
#[derive(Debug, Clone)]
pub(crate) struct ProjectAdmin {
    pub(crate) person: Person,
    pub(crate) project: ProjectId,
}

/// Somebody who may see this issue of his site, or edit it, as the way he came says.
#[derive(Debug, Clone)]
pub(crate) struct Reader {
    pub(crate) person: Person,
    pub(crate) issue: IssueId,
}

/// What Jira said of people's rights a moment ago.
#[derive(Debug, Default)]
pub(crate) struct Rights(Mutex<BTreeMap<Question, (bool, Millis)>>);

/// May this account of this site administer this project?
type Question = (SiteId, AccountId, ProjectId);

impl FromRequestParts<Arc<Http>> for Person {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, http: &Arc<Http>) -> Result<Self, ApiError> {
        let (caller, site) = http.page_caller(parts).await?;
        match caller.kind {
            CallerKind::Page { account } => Ok(Self { site, account }),
            CallerKind::Server | CallerKind::Installer => Err(AuthError::Kind.into()),
        }
    }
}

impl FromRequestParts<Arc<Http>> for Admin {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, http: &Arc<Http>) -> Result<Self, ApiError> {
        let person = Person::from_request_parts(parts, http).await?;
        let params = RawPathParams::from_request_parts(parts, http).await.map_err(|_| no_sync())?;
        let id = params.iter().find(|(name, _)| *name == "sync").map(|(_, value)| SyncId::from(value));
        let sync = http.setup.store.syncs.get(&id.ok_or_else(no_sync)?).await?.ok_or_else(no_sync)?;
        Self::of(http, person, sync).await
    }
}

impl Admin {
    /// # Errors
    /// The 404 of a sync that is not there, for whoever may not administer it.
    pub(crate) async fn of(http: &Http, person: Person, sync: Sync) -> Result<Self, ApiError> {
        let sides: Vec<Side> = sync.sides_of(&person.site.site).collect();
        if sides.is_empty() {
            return Err(no_sync());
        }
        for side in &sides {
            if !http.administers(&person, &sync.ends[*side].project).await? {
                return Err(no_sync());
            }
        }
        Ok(Self { person, sync, sides })
    }

    pub(crate) fn speaks_for(&self, side: Side) -> bool {
        self.sides.contains(&side)
    }

    pub(crate) fn speaks(&self) -> Sides<bool> {
        Sides::each(|side| self.speaks_for(side))
    }
}

impl Person {
    /// # Errors
    /// 403 with what to ask for.
    pub(crate) async fn admin_of(self, http: &Http, project: ProjectId) -> Result<ProjectAdmin, ApiError> {
        if is_id(project.as_str()) && http.administers(&self, &project).await? {
            return Ok(ProjectAdmin { person: self, project });
        }
        Err(ApiError::forbidden(
            format!("You may not administer project {project} on this site, or it does not exist."),
            "Ask a Jira admin for the project permission *Administer Projects*.",
        ))
    }

    /// # Errors
    /// 404 for an issue that is not there or not for him: he can't tell which.
    pub(crate) async fn reader_of(self, http: &Http, issue: IssueId) -> Result<Reader, ApiError> {
        if self.may(http, BROWSE, &issue).await? {
            return Ok(Reader { person: self, issue });
        }
        Err(ApiError::not_found("issue"))
    }

    /// # Errors
    /// 404 as of [`Self::reader_of`]; 403 with what to ask for where he may only look.
    pub(crate) async fn editor_of(self, http: &Http, issue: IssueId) -> Result<Reader, ApiError> {
        let reader = self.reader_of(http, issue).await?;
        if reader.person.may(http, EDIT, &reader.issue).await? {
            return Ok(reader);
        }
        Err(ApiError::forbidden(
            "You may not edit this issue.",
            "Ask an admin of the project for the permission *Edit Issues*.",
        ))
    }

    async fn may(&self, http: &Http, permission: &str, issue: &IssueId) -> Result<bool, ApiError> {
        let said = http.setup.jira(&self.site)?.may(&self.account, permission, issue).await;
        said.map_err(|error| ApiError::jira(&self.site.base_url, error))
    }
}

const BROWSE: &str = "BROWSE_PROJECTS";
const EDIT: &str = "EDIT_ISSUES";

impl Http {
    /// Whether Jira says that this person may administer the project; asked again after `admin_cache_ms`.
    pub(crate) async fn administers(&self, person: &Person, project: &ProjectId) -> Result<bool, ApiError> {
        let may = self.administered(person, std::slice::from_ref(project)).await?;
        Ok(may.contains(project))
    }

    /// Those of the projects that this person may administer; what is not known is asked in one call.
    pub(crate) async fn administered(
        &self,
        person: &Person,
        projects: &[ProjectId],
    ) -> Result<BTreeSet<ProjectId>, ApiError> {
        let now = self.setup.clock.now();
        let since = now.plus(-self.times.admin_cache_ms);
        let question = |project: &ProjectId| -> Question {
            (person.site.site.clone(), person.account.clone(), project.clone())
        };
        let unknown = |project: &&ProjectId| self.rights.kept(&question(project), since).is_none();
        let mut answers = BTreeMap::new();
        let unknown: Vec<ProjectId> = projects.iter().filter(unknown).cloned().collect();
        for some in unknown.chunks(PROJECTS_PER_CHECK_MAX) {
            let said = self.setup.jira(&person.site)?.rights(&person.account, some).await;
            let rights = said.map_err(|error| ApiError::jira(&person.site.base_url, error))?;
            for project in some {
                let may = rights.administers(project);
                self.rights.keep(question(project), may, now);
                answers.insert(project.clone(), may);
            }
        }
        let may = |project: &&ProjectId| {
            let fresh = answers.get(*project).copied();
            fresh.or_else(|| self.rights.kept(&question(project), since)).unwrap_or(false)
        };
        Ok(projects.iter().filter(may).cloned().collect())
    }
}

impl Rights {
    fn kept(&self, key: &Question, since: Millis) -> Option<bool> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(key).filter(|(_, at)| *at >= since).map(|(may, _)| *may)
    }

    fn keep(&self, key: Question, may: bool, at: Millis) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= RIGHTS_MAX {
            kept.clear();
        }
        kept.insert(key, (may, at));
    }
}

/// Jira's ids are numbers of a few digits; it is asked for nothing else.
fn is_id(text: &str) -> bool {
    (1..=ID_DIGITS_MAX).contains(&text.len())
        && !text.starts_with('0')
        && text.bytes().all(|b| b.is_ascii_digit())
}

pub(crate) fn no_sync() -> ApiError {
    ApiError::not_found("sync")
}
