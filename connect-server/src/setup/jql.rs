//! Whether Jira understands the JQL that people wrote.

use super::sides::jira_error;
use super::{Setup, SetupError};
use crate::jira::client::{Example, JiraError};
use crate::store::sites::Site;
use crate::store::syncs::Sync;
use duplex_core::check::{Code, Finding, Place, Severity, Tab};
use duplex_core::config::Config;
use duplex_core::config::scope::{complaint, unordered};
use duplex_core::id::{ProjectId, Side, Sides};

/// Issues that a verified JQL shows.
const EXAMPLES_MAX: u32 = 10;

impl Setup {
    /// What Jira says against the scopes of these sides. Only somebody who speaks for a side asks its site: an answer
    /// tells which names there are.
    pub(super) async fn scope_findings(
        &self,
        sync: &Sync,
        config: &Config,
        speaks: &[Side],
    ) -> Result<Vec<Finding>, SetupError> {
        let sites = self.sites(sync).await?;
        let mut findings = Vec::new();
        for side in speaks {
            let scope = config.sides[*side].scope.jql.as_deref();
            // What is wrong at first sight is said already.
            let Some(jql) = scope.filter(|jql| complaint(jql).is_none()) else { continue };
            if let Some(why) = self.refusal(&sites[*side], &sync.ends[*side].project, jql).await? {
                findings.push(Finding {
                    severity: Severity::Error,
                    place: Place::on(Tab::Scope, *side),
                    code: Code::ScopeMalformed,
                    sentence: format!("Jira refuses the JQL: {why}"),
                    remedy: "Correct the JQL, or remove it to mirror the whole project.".to_owned(),
                });
            }
        }
        Ok(findings)
    }

    /// # Errors
    /// [`SetupError::Jql`] where one of these sides can't be asked this.
    pub(super) async fn askable(&self, sync: &Sync, jql: &str, sides: &[Side]) -> Result<(), SetupError> {
        if let Some(why) = complaint(unordered(jql)) {
            return Err(SetupError::Jql(why));
        }
        let sites: Sides<Site> = self.sites(sync).await?;
        for side in sides {
            if let Some(why) = self.refusal(&sites[*side], &sync.ends[*side].project, jql).await? {
                return Err(SetupError::Jql(format!("Jira refuses it on side {side}: {why}")));
            }
        }
        Ok(())
    }

    /// What a JQL finds in the project of a side, for somebody who speaks for it: about how many issues, and the
    /// newest [`EXAMPLES_MAX`] of them.
    ///
    /// # Errors
    /// [`SetupError::Jql`] for a JQL that Jira refuses.
    pub(crate) async fn found(
        &self,
        sync: &Sync,
        side: Side,
        jql: Option<&str>,
    ) -> Result<(u64, Vec<Example>), SetupError> {
        if let Some(jql) = jql {
            self.askable(sync, jql, &[side]).await?;
        }
        let site = &self.sites(sync).await?[side];
        let project = format!("project = {}", sync.ends[side].project);
        let narrowed = jql.map_or(project.clone(), |jql| format!("{project} AND ({})", unordered(jql)));
        let jira = self.jira(site)?;
        let asked = async {
            let count = jira.approximate_count(&narrowed).await?;
            Ok((count, jira.examples(&narrowed, EXAMPLES_MAX).await?))
        };
        asked.await.map_err(|error| jira_error(site, error))
    }

    /// Why Jira refuses the JQL; `None` where it takes it.
    async fn refusal(
        &self,
        site: &Site,
        project: &ProjectId,
        jql: &str,
    ) -> Result<Option<String>, SetupError> {
        let narrowed = format!("project = {project} AND ({})", unordered(jql));
        match self.jira(site)?.approximate_count(&narrowed).await {
            Ok(_) => Ok(None),
            Err(JiraError::Refused { messages, fields, .. }) => {
                let said: Vec<String> = messages.into_iter().chain(fields.into_values()).collect();
                Ok(Some(said.join(" ")))
            }
            Err(error) => Err(jira_error(site, error)),
        }
    }
}
