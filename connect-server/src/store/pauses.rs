//! Pauses and points: what Jira asked us to wait for, and what we have spent of its hour, seen by all processes.

use super::StoreError;
use super::db::{Db, Tx, millis};
use duplex_core::id::{Millis, SiteId};
use sqlx::Row;
use std::collections::BTreeMap;

/// The scope of a pause that holds for all calls to a site. Work of the site's syncs is not claimed meanwhile.
pub const SITE: &str = "site";
/// The length of a budget's hour, in milliseconds: Jira starts anew at the top of the UTC hour.
pub const HOUR_MS: i64 = 60 * 60 * 1000;
/// Hours of points that are kept.
const HOURS_KEPT: i64 = 48;

#[derive(Debug, Clone)]
pub struct Pauses {
    pub(super) db: Db,
}

/// What one hour has cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spent {
    pub site: i64,
    /// Over all sites.
    pub everywhere: i64,
}

impl Pauses {
    /// Nothing in `scope` ([`SITE`], or a name of the caller's, like an endpoint) goes to the site before `until`. A
    /// longer pause stays.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn pause(&self, site: &SiteId, scope: &str, until: Millis) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        longest(&mut tx, site, scope, until).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The pauses of a site that last, by scope.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn of(&self, now: Millis, site: &SiteId) -> Result<BTreeMap<String, Millis>, StoreError> {
        let query = sqlx::query("SELECT scope, until FROM pauses WHERE site = $1 AND until > $2");
        let rows = query.bind(site.as_str()).bind(now.0).fetch_all(&self.db.pool).await?;
        rows.iter().map(|row| Ok((row.try_get("scope")?, millis(row, "until")?))).collect()
    }

    /// Writes down at once what a process has learnt since it last did: points of the hour of `now`, and sites to be
    /// left alone until then.
    ///
    /// # Errors
    /// [`StoreError::Database`]; nothing is written then.
    pub async fn book(
        &self,
        now: Millis,
        points: &BTreeMap<SiteId, i64>,
        rests: &BTreeMap<SiteId, Millis>,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        for (site, points) in points {
            add(&mut tx, now, site, *points).await?;
        }
        for (site, until) in rests {
            longest(&mut tx, site, SITE, *until).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Adds points to the hour of `now`.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn spend(&self, now: Millis, site: &SiteId, points: i64) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        add(&mut tx, now, site, points).await?;
        tx.commit().await?;
        Ok(())
    }

    /// What the hour of `now` has cost so far.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn spent(&self, now: Millis, site: &SiteId) -> Result<Spent, StoreError> {
        let row = sqlx::query(
            "SELECT CAST(COALESCE(SUM(CASE WHEN site = $1 THEN points ELSE 0 END), 0) AS BIGINT) AS site,
                    CAST(COALESCE(SUM(points), 0) AS BIGINT) AS everywhere
             FROM points WHERE hour = $2",
        )
        .bind(site.as_str())
        .bind(hour(now))
        .fetch_one(&self.db.pool)
        .await?;
        Ok(Spent { site: row.try_get("site")?, everywhere: row.try_get("everywhere")? })
    }

    /// Drops pauses that are over and the points of hours long past.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn prune(&self, now: Millis) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM pauses WHERE until <= $1").bind(now.0).execute(&self.db.pool).await?;
        let oldest = hour(now) - HOURS_KEPT;
        sqlx::query("DELETE FROM points WHERE hour < $1").bind(oldest).execute(&self.db.pool).await?;
        Ok(())
    }
}

async fn longest(tx: &mut Tx, site: &SiteId, scope: &str, until: Millis) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO pauses (site, scope, until) VALUES ($1, $2, $3)
         ON CONFLICT (site, scope) DO UPDATE SET until = excluded.until WHERE pauses.until < excluded.until",
    )
    .bind(site.as_str())
    .bind(scope)
    .bind(until.0)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn add(tx: &mut Tx, now: Millis, site: &SiteId, points: i64) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO points (site, hour, points) VALUES ($1, $2, $3)
         ON CONFLICT (site, hour) DO UPDATE SET points = points.points + excluded.points",
    )
    .bind(site.as_str())
    .bind(hour(now))
    .bind(points)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The how-manieth hour it is; its points are counted together.
#[must_use]
pub fn hour(now: Millis) -> i64 {
    now.0.div_euclid(HOUR_MS)
}

/// When Jira counts anew.
#[must_use]
pub fn next_hour(now: Millis) -> Millis {
    Millis((hour(now) + 1) * HOUR_MS)
}
