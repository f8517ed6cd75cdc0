//! The leak drill: posts an internal and a public canary on a scratch issue of each side, reads back what a customer
//! sees, takes all of it away again, and keeps what came of it.
//!
//! What if we die here? The row of a scratch issue is written before the issue is made and goes after it is gone, and
//! all that a drill writes lies on that issue. So the next drill finds whatever this one left, by its stamp where its
//! id was not recorded (`clean.rs`). A drill that died has not passed: the sync does not start on it.
//!
//! Nothing that a drill makes is mirrored, by any sync: see [`duplex_core::drill::is_of_drill`].

mod clean;
mod side;

pub use clean::Left;

use super::{Setup, SetupError};
use crate::crash::crash_point;
use crate::store::drills::{Beginning, Drill};
use crate::store::syncs::{Published, Sync};
use duplex_core::drill::{Report, Verdict, judge};
use duplex_core::id::{AccountId, Side, Sides};
use side::Scene;

/// A drill that was not heard of for so long is dead, in milliseconds. It makes some twenty calls.
const DRILL_MS_MAX: i64 = 5 * 60_000;
/// Between the begins of two drills of a sync, in milliseconds: each writes to both sites.
const DRILL_REST_MS: i64 = 30_000;

/// What came of a drill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drilled {
    pub report: Report,
    /// What could not be taken away.
    pub left: Vec<Left>,
}

impl Setup {
    /// Runs one, on what is published; the sync may run or not.
    ///
    /// # Errors
    /// [`SetupError::NotPublished`], [`SetupError::DrillUnderWay`]; [`SetupError::Store`], after which the drill counts
    /// as dead. What goes wrong at a site is part of the report.
    pub async fn drill(&self, sync: &Sync, by: &AccountId) -> Result<Drilled, SetupError> {
        let published = self.store.syncs.published(&sync.tenant, &sync.sync).await?;
        let published = published.ok_or(SetupError::NotPublished)?;
        let began = self.clock.now();
        let beginning = Beginning { version: published.version, author: by, until: began.plus(DRILL_MS_MAX) };
        let drills = &self.store.drills;
        let number = drills
            .begin(began, &sync.tenant, &sync.sync, beginning)
            .await?
            .map_err(|until| SetupError::DrillUnderWay { until })?;
        crash_point!("drill.begun");
        self.clean(sync).await?;
        let report = match self.look(sync, &published, number).await {
            Ok(report) => report,
            Err(SetupError::Store(error)) => return Err(error.into()),
            Err(error) => told(sync, &error),
        };
        crash_point!("drill.judged");
        let next = began.plus(DRILL_REST_MS).max(self.clock.now());
        drills.end(self.clock.now(), &sync.tenant, &sync.sync, number, (&report, next)).await?;
        crash_point!("drill.ended");
        let left = self.clean(sync).await?;
        let verdict = match report.verdict {
            Verdict::Passed => "passed",
            Verdict::PortalNotSeen => "found the flags right; no customer was asked",
            Verdict::Failed => "failed",
        };
        tracing::info!(sync = %sync.sync, verdict, left = left.len(), "Leak drill");
        self.log(sync, by, &format!("ran the leak drill: it {verdict}")).await?;
        Ok(Drilled { report, left })
    }

    /// Says that what is published starts without a drill. It is kept who did.
    ///
    /// # Errors
    /// [`SetupError::NotPublished`], [`SetupError::Store`].
    pub async fn skip_drill(&self, sync: &Sync, by: &AccountId) -> Result<(), SetupError> {
        if sync.version == 0 {
            return Err(SetupError::NotPublished);
        }
        let skipped = (sync.version, by);
        self.store.drills.skip(self.clock.now(), &sync.tenant, &sync.sync, skipped).await?;
        tracing::info!(sync = %sync.sync, "Leak drill skipped");
        self.log(sync, by, "skipped the leak drill").await
    }

    /// Whether a configuration may start: its last drill did not fail, or somebody skipped it. One that was never
    /// drilled may.
    ///
    /// # Errors
    /// [`SetupError::DrillFailed`], [`SetupError::DrillUnended`].
    pub(super) async fn drilled(&self, sync: &Sync, version: i64) -> Result<(), SetupError> {
        let last = self.store.drills.last(&sync.tenant, &sync.sync).await?;
        match last.filter(|last| last.version == version && !last.skipped) {
            None => Ok(()),
            Some(Drill { report: None, .. }) => Err(SetupError::DrillUnended),
            Some(Drill { report: Some(report), .. }) if report.verdict == Verdict::Failed => {
                Err(SetupError::DrillFailed)
            }
            Some(_) => Ok(()),
        }
    }

    /// Both sides, one after the other; what was made on a side is taken away before the other one is begun, so that
    /// nothing that leaks stands there longer than it must.
    async fn look(&self, sync: &Sync, published: &Published, number: i64) -> Result<Report, SetupError> {
        let schemas = self.schemas(sync).await?;
        let mut seen = Sides::new(None, None);
        for side in Side::BOTH {
            let reached = self.reached(sync, side).await?;
            let scene = Scene {
                setup: self,
                sync,
                config: &published.config,
                schemas: &schemas,
                side,
                reached,
                number,
            };
            seen[side] = Some(scene.see().await?);
            crash_point!("drill.seen");
            self.clean(sync).await?;
        }
        Ok(match (seen.a, seen.b) {
            (Some(a), Some(b)) => judge(&Sides::new(a, b)),
            _ => Report { verdict: Verdict::Failed, lines: Vec::new() },
        })
    }
}

/// A site could not be worked with at all.
fn told(sync: &Sync, error: &SetupError) -> Report {
    let b = &sync.ends.b.site;
    let of_b = matches!(error, SetupError::NotInstalled(Side::B) | SetupError::Restored(Side::B))
        || matches!(error, SetupError::Jira { site, .. } if site == b.as_str());
    let side = if of_b { Side::B } else { Side::A };
    let sentence = format!("Side {side} could not be looked at: {error}.");
    Report::broken(
        side,
        sentence,
        "Run the drill again; if it stays so, see whether the app is enabled there.".to_owned(),
    )
}
