//! What people choose for one pair: unlink, recreate, restore.

use super::{Setup, SetupError};
use crate::store::syncs::{Sync, SyncState};
use duplex_core::id::{AccountId, LinkId, Side};
use duplex_core::issue::Value;
use duplex_core::link::LinkState;
use duplex_core::plan::Element;

impl Setup {
    /// The two issues are no pair any more: nothing is written, and nothing is created again.
    ///
    /// # Errors
    /// [`SetupError::NoPair`].
    pub async fn unlink(&self, sync: &Sync, link: &LinkId, by: &AccountId) -> Result<(), SetupError> {
        if !self.store.choices.unlink(&sync.tenant, &sync.sync, link).await? {
            return Err(SetupError::NoPair);
        }
        self.log_of(sync, by, Some((link, Element::Issue)), "unlinked the two issues").await
    }

    /// The issue that is gone is made again from its twin. Answers on which side.
    ///
    /// # Errors
    /// [`SetupError::NoPair`], [`SetupError::NothingGone`], [`SetupError::Stopped`].
    pub async fn recreate(&self, sync: &Sync, link: &LinkId, by: &AccountId) -> Result<Side, SetupError> {
        if sync.state != SyncState::Running {
            return Err(SetupError::Stopped);
        }
        if self.store.choices.state(&sync.tenant, &sync.sync, link).await? != Some(LinkState::EndGone) {
            let known = self.store.choices.state(&sync.tenant, &sync.sync, link).await?.is_some();
            return Err(if known { SetupError::NothingGone } else { SetupError::NoPair });
        }
        let parked = self.store.parked.of_link(&sync.tenant, link).await?;
        let gone = parked.iter().find(|parked| parked.element == Element::Issue).map(|it| it.trouble.side);
        let loaded = self.store.links.load(&sync.tenant, link).await?.ok_or(SetupError::NoPair)?;
        let side = gone.ok_or(SetupError::NothingGone)?;
        let now = self.clock.now();
        if !self.store.choices.recreate(now, &sync.tenant, &loaded, side, &sync.ends[side]).await? {
            return Err(SetupError::NothingGone);
        }
        let did = format!("had the issue on side {side} made again");
        self.log_of(sync, by, Some((link, Element::Issue)), &did).await?;
        Ok(side)
    }

    /// The value that lost a conflict is written back, and goes the way of any change. It belongs to the side that
    /// lost: `speaks` are the sides of whoever asks.
    ///
    /// # Errors
    /// [`SetupError::NoConflict`], [`SetupError::NotRestorable`], [`SetupError::OtherSides`],
    /// [`SetupError::Stopped`].
    pub async fn restore(
        &self,
        sync: &Sync,
        id: &str,
        speaks: &[Side],
        by: &AccountId,
    ) -> Result<(), SetupError> {
        if sync.state != SyncState::Running {
            return Err(SetupError::Stopped);
        }
        let kept = self.store.conflicts.get(&sync.tenant, id).await?;
        let kept = kept.filter(|kept| kept.sync == sync.sync).ok_or(SetupError::NoConflict)?;
        let side = kept.conflict.winner.other();
        if !speaks.contains(&side) {
            return Err(SetupError::OtherSides(side));
        }
        if kept.conflict.in_part {
            return Err(SetupError::NotRestorable("the whole text still stands where it was written"));
        }
        if matches!(kept.conflict.lost, Value::Other(_)) {
            return Err(SetupError::NotRestorable("Jira's history tells it in words alone"));
        }
        let link = self.store.links.load(&sync.tenant, &kept.link).await?.ok_or(SetupError::NoPair)?;
        self.store.choices.restore(self.clock.now(), &sync.tenant, &link, side, id).await?;
        let field = Element::Field { pair: kept.conflict.pair };
        self.log_of(sync, by, Some((&kept.link, field)), "wanted the value back that lost").await
    }
}
