//! What Atlassian's installer proved last of each site. Its tokens are bound to an address and not to what they bring,
//! so one that is shown again must not undo what was told since.

use super::StoreError;
use super::db::Db;
use duplex_core::id::Millis;
use sqlx::Row;

/// Atlassian's own clocks differ by so much, in milliseconds.
const ISSUED_APART_MS: i64 = 3_000;

#[derive(Debug, Clone)]
pub struct Proofs {
    pub(super) db: Db,
}

/// A verified token of the installer, and what came with it.
#[derive(Debug, Clone)]
pub struct Proof {
    pub client_key: String,
    /// When the token was issued, by Atlassian's clock.
    pub issued: Millis,
    /// Hashes of the token and of the whole body.
    pub token_hash: String,
    pub body_hash: String,
}

impl Proofs {
    /// Remembers the proof and answers whether it counts: it is not older than the last one of that site, and a token
    /// brings what it brought before.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn take(&self, proof: &Proof) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        let query = self
            .db
            .sql("SELECT issued, token_hash, body_hash FROM installer_tokens WHERE client_key = $1 {lock}");
        if let Some(last) = sqlx::query(query).bind(&proof.client_key).fetch_optional(&mut *tx).await? {
            let (issued, token, body): (i64, String, String) =
                (last.try_get(0)?, last.try_get(1)?, last.try_get(2)?);
            if token == proof.token_hash {
                return Ok(body == proof.body_hash);
            }
            if proof.issued.plus(ISSUED_APART_MS) < Millis(issued) {
                return Ok(false);
            }
        }
        sqlx::query(
            "INSERT INTO installer_tokens (client_key, issued, token_hash, body_hash) VALUES ($1, $2, $3, $4)
             ON CONFLICT (client_key) DO UPDATE SET issued = excluded.issued, token_hash = excluded.token_hash,
                body_hash = excluded.body_hash",
        )
        .bind(&proof.client_key)
        .bind(proof.issued.0)
        .bind(&proof.token_hash)
        .bind(&proof.body_hash)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(true)
    }
}
