//! What both sides of a sync say: their sites, what their projects offer, what the app's user lacks there.

use super::{Setup, SetupError};
use crate::jira::client::{Jira, JiraError};
use crate::store::projects::Called;
use crate::store::sites::{Site, SiteState};
use crate::store::syncs::{Place, Sync};
use duplex_core::id::{Side, Sides};
use duplex_core::schema::ProjectSchema;
use std::sync::Arc;

impl Setup {
    /// A client of one site; it can call no other.
    ///
    /// # Errors
    /// [`SetupError::Jira`] for an address that is none, which no install lets in.
    pub fn jira(&self, site: &Site) -> Result<Arc<Jira>, SetupError> {
        self.reach.client(site).map_err(|error| jira_error(site, error))
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

    pub(super) async fn site(&self, sync: &Sync, side: Side) -> Result<Site, SetupError> {
        match self.store.sites.get(&sync.ends[side].site).await? {
            Some(site) if site.state != SiteState::Uninstalled => Ok(site),
            Some(_) | None => Err(SetupError::NotInstalled(side)),
        }
    }

    /// What both projects offer, as their sites said a moment ago.
    ///
    /// # Errors
    /// [`SetupError::Unseen`], [`SetupError::Jira`], [`SetupError::NotInstalled`].
    pub async fn schemas(&self, sync: &Sync) -> Result<Sides<ProjectSchema>, SetupError> {
        let sites = self.sites(sync).await?;
        let a = self.schema(&sites.a, &sync.ends.a).await?;
        let b = self.schema(&sites.b, &sync.ends.b).await?;
        Ok(Sides::new(a.as_ref().clone(), b.as_ref().clone()))
    }

    /// # Errors
    /// [`SetupError::Unseen`], [`SetupError::Jira`].
    pub async fn schema(&self, site: &Site, place: &Place) -> Result<Arc<ProjectSchema>, SetupError> {
        match self.reach.schema(site, &place.project).await {
            Ok(schema) => Ok(schema),
            Err(JiraError::NotFound(_)) => Err(SetupError::Unseen {
                site: site.base_url.clone(),
                project: place.project.clone(),
                called: self.store.projects.called(place).await?,
            }),
            Err(error) => Err(jira_error(site, error)),
        }
    }

    /// Asks what people call a project, for the list of syncs: it is not worth its whole schema.
    ///
    /// # Errors
    /// [`SetupError::Jira`].
    pub(crate) async fn call_by_name(&self, site: &Site, place: &Place) -> Result<(), SetupError> {
        let project = self.jira(site)?.project(&place.project).await;
        let project = project.map_err(|error| jira_error(site, error))?;
        let called = Called { key: project.key, name: project.name };
        Ok(self.store.projects.remember(self.clock.now(), place, &called).await?)
    }

    /// The next one who asks learns what the project offers now.
    pub(crate) fn forget_schema(&self, place: &Place) {
        self.reach.forget(&place.site, &place.project);
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
