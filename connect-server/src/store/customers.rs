//! Test customers: one per site, named by the operator, with a token of his own that is sealed.

use super::db::Db;
use super::{StoreError, Vault};
use crate::secret::{Purpose, Sealed, Secret};
use duplex_core::id::{AccountId, SiteId};
use sqlx::Row;

#[derive(Debug, Clone)]
pub struct Customers {
    pub(super) db: Db,
    pub(super) vault: Vault,
}

/// Somebody who sees what customers of a site see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestCustomer {
    pub account: AccountId,
    /// He signs in with it and the token.
    pub email: String,
    pub token: Secret,
}

impl Customers {
    /// In the place of the one before.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Secret`].
    pub async fn put(&self, site: &SiteId, customer: &TestCustomer) -> Result<(), StoreError> {
        let sealed = self.vault.ring.seal(&*self.vault.chance, site, Purpose::Token, &customer.token)?;
        sqlx::query(
            "INSERT INTO test_customers (site, account, email, token) VALUES ($1, $2, $3, $4)
             ON CONFLICT (site) DO UPDATE SET account = excluded.account, email = excluded.email,
                token = excluded.token",
        )
        .bind(site.as_str())
        .bind(customer.account.as_str())
        .bind(&customer.email)
        .bind(sealed.as_str())
        .execute(&self.db.pool)
        .await?;
        Ok(())
    }

    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Secret`].
    pub async fn get(&self, site: &SiteId) -> Result<Option<TestCustomer>, StoreError> {
        let query = sqlx::query("SELECT account, email, token FROM test_customers WHERE site = $1");
        let Some(row) = query.bind(site.as_str()).fetch_optional(&self.db.pool).await? else {
            return Ok(None);
        };
        let sealed = Sealed::new(row.try_get::<String, _>("token")?);
        Ok(Some(TestCustomer {
            account: AccountId(row.try_get("account")?),
            email: row.try_get("email")?,
            token: self.vault.ring.open(site, Purpose::Token, &sealed)?,
        }))
    }

    /// `false`: there was none.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn remove(&self, site: &SiteId) -> Result<bool, StoreError> {
        let query = sqlx::query("DELETE FROM test_customers WHERE site = $1");
        Ok(query.bind(site.as_str()).execute(&self.db.pool).await?.rows_affected() > 0)
    }
}
