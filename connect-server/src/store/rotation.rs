//! `duplex rotate-key`: what is sealed with an older secret key is sealed with the newest, slice by slice, until the
//! older ones can be taken out of the setting.
//!
//! Guarantees: a slice is one transaction, and what is sealed says with which key. So it may be interrupted anywhere,
//! run again, run twice at once, and run beside servers that hold both keys.

use super::db::{Db, Tx};
use super::{StoreError, Vault};
use crate::secret::{Purpose, Sealed};
use duplex_core::id::SiteId;
use sqlx::{AssertSqlSafe, Row};

/// Rows that one transaction seals anew.
pub const ROWS_PER_SLICE_MAX: i64 = 100;

/// The tenant of what keys leave behind: nobody.
pub(super) const LEFT_BEHIND: &str = "";

/// Every column that holds something sealed, with its table, the columns of its primary key, and what it is for. The
/// first column of the key is the tenant.
const SEALED: [(&str, [&str; 2], &str, Purpose); 4] = [
    ("sites", ["site", "site"], "secret", Purpose::SharedSecret),
    ("sites", ["site", "site"], "previous_secret", Purpose::SharedSecret),
    ("test_customers", ["site", "site"], "token", Purpose::Token),
    ("conflicts", ["tenant", "id"], "body", Purpose::LostValue),
];

#[derive(Debug, Clone)]
pub struct Rotation {
    pub(super) db: Db,
    pub(super) vault: Vault,
}

impl Rotation {
    /// Seals the next slice anew. `0`: nothing is sealed with an older key any more.
    ///
    /// # Errors
    /// [`StoreError::Secret`] for what can't be opened, [`StoreError::Database`].
    pub async fn slice(&self) -> Result<usize, StoreError> {
        for (table, key, column, purpose) in SEALED {
            let mut tx = self.db.begin().await?;
            let sql = format!(
                "SELECT {}, {}, {column} FROM {table} WHERE {column} IS NOT NULL AND {column} NOT LIKE $1
                 ORDER BY 1, 2 LIMIT {ROWS_PER_SLICE_MAX} {{lock}}",
                key[0], key[1]
            );
            let rows = sqlx::query(self.db.sql(&sql)).bind(self.newest()?).fetch_all(&mut *tx).await?;
            for row in &rows {
                let (tenant, id): (String, String) = (row.try_get(0)?, row.try_get(1)?);
                let sealed = self.anew(&tenant, purpose, &Sealed::new(row.try_get::<String, _>(2)?))?;
                let sql =
                    format!("UPDATE {table} SET {column} = $3 WHERE {} = $1 AND {} = $2", key[0], key[1]);
                let update = sqlx::query(AssertSqlSafe(sql)).bind(tenant).bind(id).bind(sealed.as_str());
                update.execute(&mut *tx).await?;
            }
            tx.commit().await?;
            if !rows.is_empty() {
                return Ok(rows.len());
            }
        }
        Ok(0)
    }

    /// Keeps what the older keys leave behind. Answers the ids of those that can be taken out of the setting: nothing
    /// is sealed with them.
    ///
    /// # Errors
    /// [`StoreError::Secret`], [`StoreError::Database`].
    pub async fn retire(&self) -> Result<Vec<u32>, StoreError> {
        let ring = &self.vault.ring;
        let mut tx = self.db.begin().await?;
        let mut retired = Vec::new();
        for (id, legacy) in ring.legacies() {
            if is_sealed_with(&mut tx, id).await? {
                continue;
            }
            let sealed = ring.seal(&*self.vault.chance, &LEFT_BEHIND.into(), Purpose::Legacy, &legacy)?;
            let update = sqlx::query("UPDATE secret_keys SET left_behind = $2 WHERE id = $1");
            update.bind(i64::from(id)).bind(sealed.as_str()).execute(&mut *tx).await?;
            if ring.holds(id) {
                retired.push(id);
            }
        }
        tx.commit().await?;
        Ok(retired)
    }

    /// What the newest key seals begins so, as a pattern.
    fn newest(&self) -> Result<String, StoreError> {
        Ok(sealed_by(self.vault.ring.newest().ok_or(crate::secret::SecretError::NoKey)?))
    }

    fn anew(&self, tenant: &str, purpose: Purpose, sealed: &Sealed) -> Result<Sealed, StoreError> {
        let (ring, tenant) = (&self.vault.ring, SiteId::from(tenant));
        let open = ring.open(&tenant, purpose, sealed)?;
        Ok(ring.seal(&*self.vault.chance, &tenant, purpose, &open)?)
    }
}

/// Whether this key is still needed to open something.
pub(super) async fn is_sealed_with(tx: &mut Tx, id: u32) -> Result<bool, StoreError> {
    for (table, _, column, _) in SEALED {
        let sql = format!("SELECT 1 FROM {table} WHERE {column} LIKE $1 LIMIT 1");
        let found = sqlx::query(AssertSqlSafe(sql)).bind(sealed_by(id)).fetch_optional(&mut **tx).await?;
        if found.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn sealed_by(id: u32) -> String {
    format!("{id}.%")
}
