//! Start and stop, and what is looked at again.

use super::{Setup, SetupError};
use crate::store::syncs::{Published, Sync};
use duplex_core::config::Existing;
use duplex_core::id::{Millis, Side, Sides};

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
    /// Runs what is published.
    ///
    /// # Errors
    /// [`SetupError::NotPublished`]; [`SetupError::NotInstalled`] where a site is gone.
    pub async fn start(&self, sync: &Sync, choice: Choice) -> Result<(), SetupError> {
        let published = self.store.syncs.published(&sync.tenant, &sync.sync).await?;
        let published = published.ok_or(SetupError::NotPublished)?;
        let sites = self.sites(sync).await?;
        let now = self.clock.now();
        let there = Sides::each(|side| now.plus(sites[side].clock_ahead_ms));
        let from = Sides::each(|side| scope_from(sync, &published, choice, side, there[side]));
        if self.store.syncs.start(&sync.tenant, &sync.sync, from).await? {
            tracing::info!(sync = %sync.sync, "Started");
            Ok(())
        } else {
            Err(SetupError::NotPublished)
        }
    }

    /// No write begins after this returns.
    ///
    /// # Errors
    /// [`SetupError::Store`].
    pub async fn stop(&self, sync: &Sync) -> Result<(), SetupError> {
        self.store.syncs.stop(&sync.tenant, &sync.sync).await?;
        tracing::info!(sync = %sync.sync, "Stopped");
        Ok(())
    }
}

/// From when on issues and comments of `side` are mirrored; `now` is on that site's clock.
fn scope_from(
    sync: &Sync,
    published: &Published,
    choice: Choice,
    side: Side,
    now: Millis,
) -> Option<Millis> {
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
