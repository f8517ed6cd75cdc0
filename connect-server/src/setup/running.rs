//! Start and stop, and what is looked at again.

use super::{Setup, SetupError};
use crate::store::starts::Begin;
use crate::store::sweeps::{SweepKey, SweepKind};
use crate::store::syncs::{Published, Sync, SyncState};
use duplex_core::config::Existing;
use duplex_core::id::{AccountId, Millis, Side, Sides};
use duplex_core::plan::mapping::Mappings;

/// What a start does with the issues that are there already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Choice {
    /// As the configuration says; on a further start, as the first one did.
    #[default]
    Configured,
    /// Said by somebody who speaks for these sides: other sides can be narrowed by it, not widened.
    Said { existing: Existing, speaks: Sides<bool> },
}

impl Setup {
    /// Runs what is published, and looks at all that is in scope: what is there already, and what changed while it
    /// stood still.
    ///
    /// # Errors
    /// [`SetupError::NotPublished`]; [`SetupError::DrillFailed`] and [`SetupError::DrillUnended`];
    /// [`SetupError::NotInstalled`] where a site is gone.
    pub async fn start(&self, sync: &Sync, choice: Choice, by: &AccountId) -> Result<(), SetupError> {
        let published = self.store.syncs.published(&sync.tenant, &sync.sync).await?;
        let published = published.ok_or(SetupError::NotPublished)?;
        self.drilled(sync, published.version).await?;
        let sites = self.sites(sync).await?;
        let now = self.clock.now();
        let there = Sides::each(|side| now.plus(sites[side].clock_ahead_ms));
        let scope_from = Sides::each(|side| scope_from(sync, &published, choice, side, there[side]));
        let begin = Begin {
            scope_from,
            there,
            fast: now.plus(self.times.sweep_interval_ms),
            audit: now.plus(self.times.audit_interval_ms),
        };
        if !self.store.starts.begin(now, sync, &begin).await? {
            return Err(SetupError::NotPublished);
        }
        tracing::info!(sync = %sync.sync, "Started");
        self.log(sync, by, "started it").await
    }

    /// No write begins after this returns.
    ///
    /// # Errors
    /// [`SetupError::Store`].
    pub async fn stop(&self, sync: &Sync, by: &AccountId) -> Result<(), SetupError> {
        self.store.syncs.stop(&sync.tenant, &sync.sync).await?;
        tracing::info!(sync = %sync.sync, "Stopped");
        self.log(sync, by, "stopped it").await
    }

    /// Looks again at what is in scope; with `jql`, at what it finds on the sides of somebody who speaks for them: he
    /// has no question to ask of another site.
    ///
    /// # Errors
    /// [`SetupError::Stopped`]; [`SetupError::Malformed`] for a JQL that Jira refuses.
    pub async fn resync(
        &self,
        sync: &Sync,
        jql: Option<&str>,
        speaks: &[Side],
        by: &AccountId,
    ) -> Result<(), SetupError> {
        if sync.state != SyncState::Running {
            return Err(SetupError::Stopped);
        }
        if let Some(jql) = jql {
            self.askable(sync, jql, speaks).await?;
        }
        let now = self.clock.now();
        for side in Side::BOTH.into_iter().filter(|side| jql.is_none() || speaks.contains(side)) {
            let key = SweepKey::sync(&sync.tenant, &sync.sync, resync(side));
            self.store.sweeps.begin(&key, jql, now).await?;
        }
        tracing::info!(sync = %sync.sync, narrowed = jql.is_some(), "Resync begins");
        self.log(sync, by, "had it look again").await
    }
}

impl Setup {
    /// How many pairs were last brought in line with other field rules than the published ones. They are left as
    /// they are until somebody asks for [`Setup::remap`].
    ///
    /// # Errors
    /// [`SetupError::Store`].
    pub async fn mapped_otherwise(&self, sync: &Sync) -> Result<i64, SetupError> {
        let Some(published) = self.store.syncs.published(&sync.tenant, &sync.sync).await? else {
            return Ok(0);
        };
        let mappings =
            Mappings::of(&published.config, &self.store.keys().digest_key(&sync.tenant, &sync.sync));
        Ok(self.store.links.count_mapped_otherwise(&sync.tenant, &sync.sync, &mappings).await?)
    }

    /// Has those pairs translated anew, in slices. Answers how many there are.
    ///
    /// # Errors
    /// [`SetupError::Stopped`], [`SetupError::Store`].
    pub async fn remap(&self, sync: &Sync, by: &AccountId) -> Result<i64, SetupError> {
        if sync.state != SyncState::Running {
            return Err(SetupError::Stopped);
        }
        let count = self.mapped_otherwise(sync).await?;
        let key = SweepKey::sync(&sync.tenant, &sync.sync, SweepKind::Remap);
        self.store.sweeps.begin(&key, None, self.clock.now()).await?;
        tracing::info!(sync = %sync.sync, count, "Remap begins");
        self.log(sync, by, &format!("had {count} pairs translated by the mapping of today")).await?;
        Ok(count)
    }
}

fn resync(side: Side) -> SweepKind {
    match side {
        Side::A => SweepKind::ResyncA,
        Side::B => SweepKind::ResyncB,
    }
}

/// From when on issues and comments of `side` are mirrored; `now` is on that site's clock.
fn scope_from(sync: &Sync, published: &Published, choice: Choice, side: Side, now: Millis) -> Option<Millis> {
    let configured = published.config.sides[side].scope.existing;
    let existing = match choice {
        // A pause must not cut a hole into what is mirrored.
        Choice::Configured if sync.scope_from[side].is_some() => return sync.scope_from[side],
        Choice::Configured => configured,
        Choice::Said { existing, speaks } if speaks[side] => existing,
        Choice::Said { existing: Existing::OnlyNew, .. } => Existing::OnlyNew,
        Choice::Said { existing: Existing::All, .. } => configured,
    };
    match existing {
        Existing::All => None,
        Existing::OnlyNew => Some(now),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Place;
    use duplex_core::config::{Config, Scope, SideConfig};

    fn side(existing: Existing) -> SideConfig {
        SideConfig {
            site: "s".into(),
            project: "1".into(),
            scope: Scope { existing, ..Scope::default() },
            issue_types: Vec::new(),
            fields: Vec::new(),
            comments: duplex_core::config::CommentRules::default(),
            users: duplex_core::config::UserRules::default(),
            defaults: Vec::new(),
        }
    }

    #[track_caller]
    fn check(configured: Existing, before: Option<i64>, choice: Choice, expect: Option<i64>) {
        let place = Place { site: "s".into(), project: "1".into() };
        let sync = Sync {
            tenant: "s".into(),
            sync: "x".into(),
            name: "x".into(),
            ends: Sides::new(place.clone(), place),
            state: SyncState::Stopped,
            version: 1,
            scope_from: Sides::each(|_| before.map(Millis)),
            rebasing: Sides::default(),
            created: Millis(0),
        };
        let config =
            Config { name: "x".into(), sides: Sides::each(|_| side(configured)), conflicts: Vec::new() };
        let published =
            Published { version: 1, author: AccountId::new("u"), accepted_by: None, at: Millis(0), config };
        let from = scope_from(&sync, &published, choice, Side::B, Millis(9));
        assert_eq!(from, expect.map(Millis), "{configured:?} {before:?} {choice:?}");
    }

    #[test]
    fn what_a_start_takes() {
        use Existing::{All, OnlyNew};
        let said = |existing, b| Choice::Said { existing, speaks: Sides::new(true, b) };
        check(All, None, Choice::Configured, None);
        check(OnlyNew, None, Choice::Configured, Some(9));
        // A further start leaves no hole.
        check(OnlyNew, Some(5), Choice::Configured, Some(5));
        check(All, Some(5), Choice::Configured, Some(5));
        // Who speaks for the side decides.
        check(OnlyNew, Some(5), said(All, true), None);
        check(All, None, said(OnlyNew, true), Some(9));
        // Who does not can only narrow.
        check(OnlyNew, None, said(All, false), Some(9));
        check(All, None, said(OnlyNew, false), Some(9));
    }
}
