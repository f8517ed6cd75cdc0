//! The one way to a site: its client, and what one of its projects offers. Setting up and mirroring both stand on it.

mod budget;

pub use budget::Allowance;

use crate::clock::Clock;
use crate::config::Times;
use crate::egress::Transport;
use crate::jira::SharedSecret;
use crate::jira::access::{ConnectAccess, SiteAccess};
use crate::jira::client::{Jira, JiraError, Tolls};
use crate::jira::portal::Portal;
use crate::jira::wire::FieldKinds;
use crate::store::customers::TestCustomer;
use crate::store::projects::Called;
use crate::store::sites::{Site, SiteState};
use crate::store::{Place, Store, StoreError};
use duplex_core::id::{AccountId, Millis, ProjectId, SiteId};
use duplex_core::plan::View;
use duplex_core::schema::ProjectSchema;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use url::Url;

/// Projects whose schema a process remembers, of some 100 KiB each; all are dropped when there are more.
const SCHEMAS_MAX: usize = 1_000;
/// The app's property on each site that holds its epoch: see [`crate::store::epochs`].
pub const EPOCH_PROPERTY: &str = "duplex.epoch";
/// Sites whose client a process remembers.
const CLIENTS_MAX: usize = 10_000;

/// The way to every site. Clones share what they remember; all of it can be asked again.
#[derive(Debug, Clone)]
pub struct Reach {
    store: Store,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    app_key: String,
    schema_cache_ms: i64,
    /// How long after a write search may not show it.
    grace_ms: i64,
    tolls: Arc<Tolls>,
    memory: Arc<Mutex<Memory>>,
}

#[derive(Debug, Default)]
struct Memory {
    clients: BTreeMap<SiteId, (Site, Arc<Jira>)>,
    schemas: BTreeMap<(SiteId, ProjectId), (Millis, Arc<ProjectSchema>)>,
    spent: budget::Known,
    /// Sites whose epoch this process has compared with what the database knows.
    compared: BTreeSet<SiteId>,
}

/// One project within reach.
#[derive(Debug, Clone)]
pub struct Reached {
    pub jira: Arc<Jira>,
    pub schema: Arc<ProjectSchema>,
    pub kinds: FieldKinds,
    /// How people call the site.
    pub name: String,
    pub us: AccountId,
    pub clock_ahead_ms: i64,
}

/// Why a site can't be worked with now.
#[derive(Debug, thiserror::Error)]
pub enum ReachError {
    #[error("the app is not installed on site {0}, or it is disabled there")]
    NotInstalled(SiteId),
    #[error("site {0} has seen a later state of this database, which was restored from a backup since")]
    Restored(SiteId),
    #[error(transparent)]
    Jira(#[from] JiraError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Reached {
    /// What is known of its side before anything is read.
    #[must_use]
    pub fn view(&self) -> View {
        View { us: Some(self.us.clone()), clock_ahead_ms: self.clock_ahead_ms, ..View::default() }
    }
}

impl Reach {
    #[must_use]
    pub fn new(
        store: Store,
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
        app_key: String,
        times: &Times,
    ) -> Self {
        Self {
            store,
            transport,
            clock,
            app_key,
            schema_cache_ms: times.schema_cache_ms,
            grace_ms: times.grace_ms,
            tolls: Arc::default(),
            memory: Arc::default(),
        }
    }

    /// The client of a site where the app is installed and enabled.
    ///
    /// # Errors
    /// [`ReachError`].
    pub async fn site(&self, id: &SiteId) -> Result<Arc<Jira>, ReachError> {
        Ok(self.installed(id).await?.1)
    }

    /// The client of a site as it was just read from the store; it can call no other.
    ///
    /// # Errors
    /// [`JiraError::NotSent`] for an address that is none, which no install lets in.
    pub fn client(&self, site: &Site) -> Result<Arc<Jira>, JiraError> {
        let mut memory = self.memory();
        if let Some((known, jira)) = memory.clients.get(&site.site)
            && known.secret == site.secret
            && known.base_url == site.base_url
            && known.client_key == site.client_key
        {
            return Ok(jira.clone());
        }
        let base_url = Url::parse(&site.base_url)
            .map_err(|error| JiraError::NotSent(format!("the site's address is none: {error}")))?;
        let access = SiteAccess::Connect(ConnectAccess {
            site: site.site.clone(),
            base_url,
            app_key: self.app_key.clone(),
            client_key: site.client_key.clone(),
            secret: SharedSecret::new(site.secret.expose()),
        });
        let jira = Jira::new(access, self.transport.clone(), self.clock.clone());
        let jira = Arc::new(jira.sharing(self.tolls.clone()));
        if memory.clients.len() >= CLIENTS_MAX {
            memory.clients.clear();
        }
        memory.clients.insert(site.site.clone(), (site.clone(), jira.clone()));
        Ok(jira)
    }

    /// The portal of a site as a customer sees it.
    #[must_use]
    pub fn portal(&self, site: &Site, customer: &TestCustomer) -> Portal {
        Portal::new(&site.base_url, &customer.email, customer.token.clone(), self.transport.clone())
    }

    /// What a project offers, as it was read within the cache's time.
    ///
    /// # Errors
    /// [`ReachError`].
    pub async fn project(&self, site: &SiteId, project: &ProjectId) -> Result<Reached, ReachError> {
        let (row, jira) = self.installed(site).await?;
        let schema = match self.remembered(site, project) {
            Some(schema) => schema,
            None => match self.fresh_schema(&jira, project).await {
                Ok(schema) => schema,
                // What it offered an hour ago is better than no mirror while a site is slow to answer.
                Err(error) if is_trouble(&error) => self.lapsed(site, project).ok_or(error)?,
                Err(error) => return Err(error.into()),
            },
        };
        let us = match row.app_account {
            Some(account) => account,
            None => {
                let me = jira.myself().await?;
                self.store.sites.set_app_account(site, &me.account).await?;
                me.account
            }
        };
        let clock_ahead_ms = jira.clock_ahead_ms().unwrap_or(row.clock_ahead_ms);
        let kinds = FieldKinds::of(&schema);
        Ok(Reached { jira, schema, kinds, name: name(&row.base_url), us, clock_ahead_ms })
    }

    /// What a project of the site offers, as it was read within the cache's time.
    ///
    /// # Errors
    /// [`JiraError`].
    pub async fn schema(&self, site: &Site, project: &ProjectId) -> Result<Arc<ProjectSchema>, JiraError> {
        self.known_schema(&*self.client(site)?, project).await
    }

    /// Forgets what a project offers: Jira refused something that it was said to offer, or somebody has just changed
    /// the project.
    pub fn forget(&self, site: &SiteId, project: &ProjectId) {
        self.memory().schemas.remove(&(site.clone(), project.clone()));
    }

    async fn installed(&self, id: &SiteId) -> Result<(Site, Arc<Jira>), ReachError> {
        let row = self.store.sites.get(id).await?;
        let row = row.filter(|site| matches!(site.state, SiteState::Installed | SiteState::Enabled));
        let Some(row) = row else { return Err(ReachError::NotInstalled(id.clone())) };
        let jira = self.client(&row)?;
        if !self.memory().compared.contains(id) {
            self.compare_epoch(id, &jira).await?;
        }
        Ok((row, jira))
    }

    /// Once per process and site, before anything else is asked there: whether the database is as the site last saw
    /// it. If not, all syncs of the site are to be compared anew, and whoever came here comes again.
    async fn compare_epoch(&self, site: &SiteId, jira: &Jira) -> Result<(), ReachError> {
        let epochs = &self.store.epochs;
        // Another process may raise it meanwhile: the property was read between two looks at the database.
        let before = epochs.of(site).await?;
        let told = jira.app_property(EPOCH_PROPERTY).await?.and_then(|value| value["epoch"].as_i64());
        let after = epochs.of(site).await?;
        let restored = told.filter(|told| *told < before.known || *told > after.next);
        if let Some(told) = restored {
            let now = self.clock.now();
            let epoch = told.max(after.next);
            let syncs = epochs.restored(now, site, epoch, now.plus(self.grace_ms)).await?;
            tracing::warn!(%site, told, known = after.known, syncs, "The database was restored: all pairs are compared anew");
            metrics::counter!("duplex_restored_total").increment(1);
        }
        let mut memory = self.memory();
        if memory.compared.len() >= CLIENTS_MAX {
            memory.compared.clear();
        }
        memory.compared.insert(site.clone());
        match restored {
            Some(_) => Err(ReachError::Restored(site.clone())),
            None => Ok(()),
        }
    }

    async fn known_schema(&self, jira: &Jira, project: &ProjectId) -> Result<Arc<ProjectSchema>, JiraError> {
        match self.remembered(jira.site(), project) {
            Some(schema) => Ok(schema),
            None => self.fresh_schema(jira, project).await,
        }
    }

    /// What a project offered when it was last read, however long ago.
    fn lapsed(&self, site: &SiteId, project: &ProjectId) -> Option<Arc<ProjectSchema>> {
        let memory = self.memory();
        memory.schemas.get(&(site.clone(), project.clone())).map(|(_, schema)| schema.clone())
    }

    fn remembered(&self, site: &SiteId, project: &ProjectId) -> Option<Arc<ProjectSchema>> {
        let memory = self.memory();
        let (read, schema) = memory.schemas.get(&(site.clone(), project.clone()))?;
        (self.clock.now().since(*read) < self.schema_cache_ms).then(|| schema.clone())
    }

    async fn fresh_schema(&self, jira: &Jira, project: &ProjectId) -> Result<Arc<ProjectSchema>, JiraError> {
        let schema = Arc::new(jira.project_schema(project).await?);
        let place = Place { site: jira.site().clone(), project: project.clone() };
        if let Err(error) = self.store.projects.remember(self.clock.now(), &place, &Called::of(&schema)).await
        {
            tracing::warn!(%error, %project, "The project's name could not be remembered");
        }
        let mut memory = self.memory();
        if memory.schemas.len() >= SCHEMAS_MAX {
            memory.schemas.clear();
        }
        memory.schemas.insert((jira.site().clone(), project.clone()), (self.clock.now(), schema.clone()));
        Ok(schema)
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The site could not answer now; it did not say no.
fn is_trouble(error: &JiraError) -> bool {
    match error {
        JiraError::RateLimited { .. }
        | JiraError::Unavailable { .. }
        | JiraError::Unknown(_)
        | JiraError::NotSent(_)
        | JiraError::Garbled { .. } => true,
        JiraError::Unauthorized
        | JiraError::Forbidden(_)
        | JiraError::NotFound(_)
        | JiraError::Refused { .. } => false,
    }
}

/// `acme` of `https://acme.atlassian.net`, the host with its port of anything else.
fn name(base_url: &str) -> String {
    let host = base_url.split_once("://").map_or(base_url, |(_, rest)| rest);
    let host = host.split('/').next().unwrap_or(host);
    host.strip_suffix(".atlassian.net").unwrap_or(host).to_owned()
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn a_site_is_called_as_people_call_it() {
        for (url, called) in [
            ("https://acme.atlassian.net", "acme"),
            ("https://jira.example.com/base", "jira.example.com"),
            ("http://127.0.0.1:8101", "127.0.0.1:8101"),
        ] {
            assert_eq!(name(url), called);
        }
    }
}
