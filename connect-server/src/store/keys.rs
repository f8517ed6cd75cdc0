//! The secret keys that the database was used with: none may be another one, and none may be missing before
//! [`super::rotation`] has made it superfluous.

use super::StoreError;
use super::db::Db;
use super::rotation::{LEFT_BEHIND, is_sealed_with};
use crate::secret::{KeyRing, Purpose, Sealed};
use sqlx::Row;
use std::collections::BTreeMap;

/// Compares the ring with what is known, remembers keys that are new, and takes on what retired ones left behind.
pub(super) async fn check(db: &Db, ring: &mut KeyRing) -> Result<(), StoreError> {
    let given: BTreeMap<i64, String> =
        ring.fingerprints().into_iter().map(|(id, print)| (i64::from(id), print)).collect();
    let mut tx = db.begin().await?;
    let rows = sqlx::query("SELECT id, fingerprint, left_behind FROM secret_keys ORDER BY id");
    for row in rows.fetch_all(&mut *tx).await? {
        let (id, known): (i64, String) = (row.try_get(0)?, row.try_get(1)?);
        match given.get(&id) {
            None => {
                let left = row.try_get::<Option<String>, _>(2)?.ok_or(StoreError::KeyMissing { id })?;
                let id = u32::try_from(id).map_err(|_| StoreError::KeyMissing { id })?;
                if is_sealed_with(&mut tx, id).await? {
                    return Err(StoreError::KeyMissing { id: i64::from(id) });
                }
                let legacy = ring.open(&LEFT_BEHIND.into(), Purpose::Legacy, &Sealed::new(left))?;
                ring.inherit(id, &legacy)?;
            }
            Some(print) if *print != known => return Err(StoreError::KeyChanged { id }),
            Some(_) => {}
        }
    }
    for (id, print) in &given {
        sqlx::query("INSERT INTO secret_keys (id, fingerprint) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING")
            .bind(id)
            .bind(print)
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await?;
    Ok(())
}
