//! A file, applied: everything is looked at before anything is changed.

use super::{Choice, Outcome, Setup, SetupError, file, host_of};
use crate::store::syncs::{Place, Sync, SyncState};
use duplex_core::check::{self, Finding};
use duplex_core::id::{AccountId, Millis, Side, Sides, SyncId};

/// What an operator asks for.
#[derive(Debug, Clone)]
pub struct Apply<'a> {
    pub text: &'a str,
    /// Hosts of the sites whose admins' consent the operator brings.
    pub accept_as: &'a [String],
    pub start: bool,
    /// Stands in the history.
    pub author: AccountId,
}

/// What became of it.
#[derive(Debug, Clone)]
pub struct Applied {
    pub sync: Sync,
    pub created: bool,
    /// Warnings and remarks.
    pub findings: Vec<Finding>,
    /// `None`: it is published as it stands in the file.
    pub outcome: Option<Outcome>,
}

impl Setup {
    /// Makes or changes the sync that the file describes: the one of this name between these projects. The operator
    /// speaks for side A, which the sync belongs to, and for the sites of `accept_as`.
    ///
    /// # Errors
    /// [`SetupError`]; nothing was changed.
    pub async fn apply(&self, ask: Apply<'_>) -> Result<Applied, SetupError> {
        let form = file::parse(ask.text)?;
        let name = super::sync_name(&form.name)?.to_owned();
        let ends = self.places(&form).await?;
        let known = self.sync_between(&name, &ends).await?;
        let created = known.is_none();
        let sync = known.unwrap_or_else(|| self.unborn(&name, &ends));
        let sites = self.sites(&sync).await?;
        let config = self.resolve(&sync, &sites, &form).await?;
        let hosts = Sides::each(|side| host_of(&sites[side].base_url).unwrap_or_default());
        let speaks: Vec<Side> = Side::BOTH
            .into_iter()
            .filter(|side| hosts[*side] == hosts.a || ask.accept_as.contains(&hosts[*side]))
            .collect();
        let judged = self.judge(&sync, &config, &speaks).await?;
        if check::refuses(&judged.findings) {
            return Err(SetupError::Findings(judged.findings));
        }
        let unheard = |side: &Side| !speaks.contains(side) && !judged.widens[*side].is_empty();
        if let Some(side) = Side::BOTH.into_iter().find(unheard).filter(|_| ask.start) {
            return Err(SetupError::NotAccepted { side, site: hosts[side].clone() });
        }

        if created {
            self.store.syncs.create(self.clock.now(), &sync.sync, &name, &ends).await?;
        }
        let published = self.store.syncs.published(&sync.tenant, &sync.sync).await?;
        let outcome = if published.is_some_and(|p| p.config == config) {
            None
        } else {
            Some(self.publish(&sync, &config, &ask.author, &speaks).await?)
        };
        if ask.start && sync.state != SyncState::Running {
            let sync = self.sync(&sync.sync).await?;
            self.start(&sync, Choice::Configured, &ask.author).await?;
        }
        Ok(Applied { sync: self.sync(&sync.sync).await?, created, findings: judged.findings, outcome })
    }

    async fn sync_between(&self, name: &str, ends: &Sides<Place>) -> Result<Option<Sync>, SetupError> {
        let syncs = self.store.syncs.of_site(&ends.a.site).await?;
        Ok(syncs.into_iter().find(|sync| sync.name == name && &sync.ends == ends))
    }

    /// A sync that is not stored yet, to be looked at as if it were.
    fn unborn(&self, name: &str, ends: &Sides<Place>) -> Sync {
        Sync {
            tenant: ends.a.site.clone(),
            sync: SyncId(self.chance.id()),
            name: name.to_owned(),
            ends: ends.clone(),
            state: SyncState::Stopped,
            version: 0,
            scope_from: Sides::<Option<Millis>>::default(),
            rebasing: Sides::default(),
            created: self.clock.now(),
        }
    }
}
