//! The readable form of a sync's whole configuration: read from a file, written to one.

use super::sides::jira_error;
use super::{Setup, SetupError, malformed};
use crate::store::sites::{Site, SiteState};
use crate::store::syncs::{Place, Sync};
use duplex_core::config::Config;
use duplex_core::config::file::{self, FileForm, Names};
use duplex_core::id::{ProjectId, Side, Sides};
use std::collections::BTreeMap;
use url::Url;

/// E-mails of one file that are looked up; each takes a call.
const EMAILS_MAX: usize = 200;

impl Setup {
    /// Reads a file for a sync that is there.
    ///
    /// # Errors
    /// [`SetupError::Malformed`] with the path of the offending key; [`SetupError::Findings`] for names that the
    /// projects don't know.
    pub async fn read_file(&self, sync: &Sync, text: &str) -> Result<Config, SetupError> {
        let form = parse(text)?;
        let sites = self.sites(sync).await?;
        for side in Side::BOTH {
            if host_of(&sites[side].base_url).as_deref() != Some(form.side[side].site.as_str()) {
                let path = format!("side.{}.site", side.as_str());
                return Err(malformed(&path, "it is not the site of this sync"));
            }
        }
        self.resolve(sync, &sites, &form).await
    }

    /// The published configuration as a file, else the draft.
    ///
    /// # Errors
    /// [`SetupError::NotPublished`] where there is neither.
    pub async fn write_file(&self, sync: &Sync) -> Result<String, SetupError> {
        let (tenant, id) = (&sync.tenant, &sync.sync);
        let published = self.store.syncs.published(tenant, id).await?.map(|p| p.config);
        let config = match published {
            Some(config) => config,
            None => self.store.syncs.draft(tenant, id).await?.ok_or(SetupError::NotPublished)?.config,
        };
        let sites = self.sites(sync).await?;
        let schemas = self.schemas(sync).await?;
        let names = Sides::each(|side| names_of(&sites[side]));
        let form = FileForm::from_config(&config, &schemas, &names);
        form.to_toml().map_err(|error| malformed(".", error.to_string()))
    }

    /// Where the sides of a file lie: sites by host, projects by key or id.
    ///
    /// # Errors
    /// [`SetupError::Malformed`], which names the side and what is there.
    pub async fn places(&self, form: &FileForm) -> Result<Sides<Place>, SetupError> {
        let a = self.place(form, Side::A).await?;
        let b = self.place(form, Side::B).await?;
        Ok(Sides::new(a, b))
    }

    async fn place(&self, form: &FileForm, side: Side) -> Result<Place, SetupError> {
        let said = &form.side[side];
        let site = self.site_by_host(&said.site).await?.map_err(|known| {
            let path = format!("side.{}.site", side.as_str());
            malformed(&path, format!("the app is not installed on `{}`; it is on {known}", said.site))
        })?;
        let project = self.jira(&site)?.project(&ProjectId::new(said.project.as_str())).await;
        match project {
            Ok(project) => Ok(Place { site: site.site, project: project.id }),
            Err(crate::jira::JiraError::NotFound(_)) => Err(malformed(
                &format!("side.{}.project", side.as_str()),
                format!("`{}` shows no project `{}` to the app's user", said.site, said.project),
            )),
            Err(error) => Err(jira_error(&site, error)),
        }
    }

    /// The site of a host, or the hosts there are. For operators: a tenant names no other's sites.
    ///
    /// # Errors
    /// [`SetupError::Store`].
    pub async fn site_by_host(&self, host: &str) -> Result<Result<Site, String>, SetupError> {
        let sites = self.store.sites.all().await?;
        let there: Vec<Site> = sites.into_iter().filter(|s| s.state != SiteState::Uninstalled).collect();
        let hosts: Vec<String> = there.iter().filter_map(|s| host_of(&s.base_url)).collect();
        let wanted = host.to_lowercase();
        let known = if hosts.is_empty() { "no site yet".to_owned() } else { hosts.join(", ") };
        let found = there.into_iter().find(|s| host_of(&s.base_url).as_deref() == Some(wanted.as_str()));
        Ok(found.ok_or(known))
    }

    pub(super) async fn resolve(
        &self,
        sync: &Sync,
        sites: &Sides<Site>,
        form: &FileForm,
    ) -> Result<Config, SetupError> {
        let schemas = self.schemas(sync).await?;
        let mut names = Sides::each(|side| names_of(&sites[side]));
        let emails = form.emails();
        for side in Side::BOTH {
            if emails[side].len() > EMAILS_MAX {
                let path = format!("side.{}.users", side.as_str());
                return Err(malformed(&path, format!("more than {EMAILS_MAX} e-mails; use account ids")));
            }
            let jira = self.jira(&sites[side])?;
            for email in &emails[side] {
                let account = jira.find_user_by_email(email).await;
                if let Some(account) = account.map_err(|error| jira_error(&sites[side], error))? {
                    names[side].people.insert(email.clone(), account);
                }
            }
        }
        form.resolve(&schemas, &names).map_err(SetupError::Findings)
    }
}

/// # Errors
/// [`SetupError::Malformed`] with path and line.
pub(super) fn parse(text: &str) -> Result<FileForm, SetupError> {
    file::parse(text).map_err(|error| {
        let line = error.line.map(|line| format!(" (line {line})")).unwrap_or_default();
        SetupError::Malformed { path: error.path, why: format!("{}{line}", error.sentence) }
    })
}

fn names_of(site: &Site) -> Names {
    Names {
        site: site.site.clone(),
        host: host_of(&site.base_url).unwrap_or_default(),
        people: BTreeMap::new(),
    }
}

/// The host of an address, with its port where it is not the usual one.
#[must_use]
pub fn host_of(base_url: &str) -> Option<String> {
    let url = Url::parse(base_url).ok()?;
    let host = url.host_str()?;
    Some(url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_named_by_its_host_and_unusual_port() {
        for (address, host) in [
            ("https://acme.atlassian.net", Some("acme.atlassian.net")),
            ("https://acme.atlassian.net:443/", Some("acme.atlassian.net")),
            ("http://127.0.0.1:8101", Some("127.0.0.1:8101")),
            ("nonsense", None),
        ] {
            assert_eq!(host_of(address).as_deref(), host, "{address}");
        }
    }
}
