//! The way to the sites of a sync: clients, what projects offer, what the app's user lacks there.

use super::{Setup, SetupError};
use crate::jira::SharedSecret;
use crate::jira::access::{ConnectAccess, SiteAccess};
use crate::jira::client::{Jira, JiraError};
use crate::store::sites::{Site, SiteState};
use crate::store::syncs::{Place, Sync};
use duplex_core::id::{Millis, Side, Sides};
use duplex_core::schema::ProjectSchema;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use url::Url;

/// Schemas are some 100 KiB each; more projects than this are not configured at the same time.
const SCHEMAS_MAX: usize = 64;

/// What projects offered a moment ago.
#[derive(Debug, Default)]
pub(crate) struct Schemas(Mutex<BTreeMap<Place, (Arc<ProjectSchema>, Millis)>>);

impl Schemas {
    fn kept(&self, place: &Place, since: Millis) -> Option<Arc<ProjectSchema>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(place).filter(|(_, at)| *at >= since).map(|(schema, _)| Arc::clone(schema))
    }

    fn keep(&self, place: &Place, schema: Arc<ProjectSchema>, at: Millis) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= SCHEMAS_MAX {
            kept.clear();
        }
        kept.insert(place.clone(), (schema, at));
    }
}

impl Setup {
    /// A client of one site; it can call no other.
    ///
    /// # Errors
    /// [`SetupError::Jira`] for an address that is none, which no install lets in.
    pub fn jira(&self, site: &Site) -> Result<Jira, SetupError> {
        let base_url = Url::parse(&site.base_url)
            .map_err(|error| jira_error(site, JiraError::NotSent(error.to_string())))?;
        let access = ConnectAccess {
            site: site.site.clone(),
            base_url,
            app_key: self.app_key.clone(),
            client_key: site.client_key.clone(),
            secret: SharedSecret::new(site.secret.expose()),
        };
        let (transport, clock) = (Arc::clone(&self.transport), Arc::clone(&self.clock));
        Ok(Jira::new(SiteAccess::Connect(access), transport, clock))
    }

    /// The sites of both sides.
    ///
    /// # Errors
    /// [`SetupError::NotInstalled`].
    pub async fn sites(&self, sync: &Sync) -> Result<Sides<Site>, SetupError> {
        let a = self.site(sync, Side::A).await?;
        let b = self.site(sync, Side::B).await?;
        Ok(Sides::new(a, b))
    }

    async fn site(&self, sync: &Sync, side: Side) -> Result<Site, SetupError> {
        match self.store.sites.get(&sync.ends[side].site).await? {
            Some(site) if site.state != SiteState::Uninstalled => Ok(site),
            Some(_) | None => Err(SetupError::NotInstalled(side)),
        }
    }

    /// What both projects offer, as their sites said a moment ago.
    ///
    /// # Errors
    /// [`SetupError::Jira`], [`SetupError::NotInstalled`].
    pub async fn schemas(&self, sync: &Sync) -> Result<Sides<ProjectSchema>, SetupError> {
        let sites = self.sites(sync).await?;
        let a = self.schema(&sites.a, &sync.ends.a).await?;
        let b = self.schema(&sites.b, &sync.ends.b).await?;
        Ok(Sides::new(a.as_ref().clone(), b.as_ref().clone()))
    }

    /// # Errors
    /// [`SetupError::Jira`].
    pub async fn schema(&self, site: &Site, place: &Place) -> Result<Arc<ProjectSchema>, SetupError> {
        let now = self.clock.now();
        if let Some(schema) = self.schemas.kept(place, now.plus(-self.times.schema_cache_ms)) {
            return Ok(schema);
        }
        let schema = self.jira(site)?.project_schema(&place.project).await;
        let schema = Arc::new(schema.map_err(|error| jira_error(site, error))?);
        self.schemas.keep(place, Arc::clone(&schema), now);
        Ok(schema)
    }

    /// The permissions that the app's user lacks in both projects, by Jira's keys.
    pub(super) async fn missing(
        &self,
        sync: &Sync,
        schemas: &Sides<ProjectSchema>,
    ) -> Result<Sides<Vec<String>>, SetupError> {
        let sites = self.sites(sync).await?;
        let mut missing = Sides::new(Vec::new(), Vec::new());
        for side in Side::BOTH {
            let (site, schema) = (&sites[side], &schemas[side]);
            let lacking = self.jira(site)?.missing_permissions(&schema.project, schema.service).await;
            let lacking = lacking.map_err(|error| jira_error(site, error))?;
            missing[side] = lacking.into_iter().map(|permission| permission.key).collect();
        }
        Ok(missing)
    }
}

pub(crate) fn jira_error(site: &Site, error: JiraError) -> SetupError {
    SetupError::Jira { site: site.base_url.clone(), error }
}
