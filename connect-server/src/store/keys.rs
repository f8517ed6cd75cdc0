//! The secret keys that the database was used with: none of them may be missing, and none may be another one.

use super::StoreError;
use super::db::Db;
use crate::secret::KeyRing;
use sqlx::Row;
use std::collections::BTreeMap;

/// Compares the ring with what is known, and remembers keys that are new.
pub(super) async fn check(db: &Db, ring: &KeyRing) -> Result<(), StoreError> {
    let given: BTreeMap<i64, String> =
        ring.fingerprints().into_iter().map(|(id, print)| (i64::from(id), print)).collect();
    let mut tx = db.begin().await?;
    for row in sqlx::query("SELECT id, fingerprint FROM secret_keys ORDER BY id").fetch_all(&mut *tx).await? {
        let (id, known): (i64, String) = (row.try_get(0)?, row.try_get(1)?);
        match given.get(&id) {
            None => return Err(StoreError::KeyMissing { id }),
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
