//! Sites: one row per installation of the app, with its shared secret sealed.

use super::db::{Db, millis, millis_maybe, word};
use super::{StoreError, Vault};
use crate::secret::{Purpose, Sealed, Secret};
use duplex_core::id::{AccountId, Millis, SiteId};
use sqlx::Row;
use sqlx::any::AnyRow;
use std::str::FromStr;

/// How long webhooks signed with the previous shared secret are still taken, in milliseconds: Jira may deliver an
/// event up to half an hour late.
pub const PREVIOUS_SECRET_MS: i64 = 30 * 60 * 1000;

#[derive(Debug, Clone)]
pub struct Sites {
    pub(super) db: Db,
    pub(super) vault: Vault,
}

/// One installation of the app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    pub site: SiteId,
    /// How Jira names the installation; the issuer of its tokens.
    pub client_key: String,
    pub base_url: String,
    pub state: SiteState,
    pub secret: Secret,
    /// For webhooks alone, until the instant named.
    pub previous: Option<(Secret, Millis)>,
    /// The account that we write as.
    pub app_account: Option<AccountId>,
    /// The site's clock minus ours, in milliseconds.
    pub clock_ahead_ms: i64,
    pub installed: Millis,
}

impl Site {
    /// The secrets that a webhook may be signed with at `now`, newest first.
    pub fn webhook_secrets(&self, now: Millis) -> impl Iterator<Item = &Secret> {
        let previous = self.previous.iter().filter(move |(_, until)| now < *until).map(|(secret, _)| secret);
        std::iter::once(&self.secret).chain(previous)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SiteState {
    /// The secret is there; Jira has not said `enabled` yet.
    Installed,
    Enabled,
    Disabled,
    Uninstalled,
}

impl SiteState {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Installed => "installed",
            Self::Enabled => "enabled",
            Self::Disabled => "disabled",
            Self::Uninstalled => "uninstalled",
        }
    }
}

impl FromStr for SiteState {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Installed, Self::Enabled, Self::Disabled, Self::Uninstalled]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or(())
    }
}

/// What an `installed` callback says, once it is verified.
#[derive(Debug, Clone)]
pub struct Install {
    pub client_key: String,
    pub base_url: String,
    pub secret: Secret,
}

impl Sites {
    /// A new site, or a known one that was installed again: its id stays, the secret rotates, and the one before is
    /// kept for [`PREVIOUS_SECRET_MS`]. The same secret sent again (a retried callback) rotates nothing.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Secret`].
    pub async fn install(&self, now: Millis, install: &Install) -> Result<Site, StoreError> {
        let mut tx = self.db.begin().await?;
        let query = self.db.sql("SELECT * FROM sites WHERE client_key = $1 {lock}");
        let known = sqlx::query(query).bind(&install.client_key).fetch_optional(&mut *tx).await?;
        let known = known.map(|row| self.site(&row)).transpose()?;
        let site = match known {
            None => Site {
                site: SiteId(self.vault.chance.id()),
                client_key: install.client_key.clone(),
                base_url: install.base_url.clone(),
                state: SiteState::Installed,
                secret: install.secret.clone(),
                previous: None,
                app_account: None,
                clock_ahead_ms: 0,
                installed: now,
            },
            Some(old) => {
                let rotated = old.secret != install.secret;
                Site {
                    base_url: install.base_url.clone(),
                    state: SiteState::Installed,
                    secret: install.secret.clone(),
                    previous: if rotated {
                        Some((old.secret, now.plus(PREVIOUS_SECRET_MS)))
                    } else {
                        old.previous
                    },
                    installed: now,
                    ..old
                }
            }
        };
        let seal = |secret: &Secret| {
            self.vault.ring.seal(&*self.vault.chance, &site.site, Purpose::SharedSecret, secret)
        };
        let secret = seal(&site.secret)?;
        let previous = site.previous.as_ref().map(|(secret, _)| seal(secret)).transpose()?;
        sqlx::query(
            "INSERT INTO sites (site, client_key, base_url, state, secret, previous_secret, previous_until,
                                app_account, clock_ahead_ms, installed)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             ON CONFLICT (client_key) DO UPDATE SET
                base_url = excluded.base_url, state = excluded.state, secret = excluded.secret,
                previous_secret = excluded.previous_secret, previous_until = excluded.previous_until,
                installed = excluded.installed",
        )
        .bind(site.site.as_str())
        .bind(&site.client_key)
        .bind(&site.base_url)
        .bind(site.state.as_str())
        .bind(secret.as_str())
        .bind(previous.as_ref().map(Sealed::as_str))
        .bind(site.previous.as_ref().map(|(_, until)| until.0))
        .bind(site.app_account.as_ref().map(AccountId::as_str))
        .bind(site.clock_ahead_ms)
        .bind(site.installed.0)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(site)
    }

    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Secret`].
    pub async fn by_client_key(&self, client_key: &str) -> Result<Option<Site>, StoreError> {
        let query = sqlx::query("SELECT * FROM sites WHERE client_key = $1").bind(client_key);
        query.fetch_optional(&self.db.pool).await?.map(|row| self.site(&row)).transpose()
    }

    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Secret`].
    pub async fn get(&self, site: &SiteId) -> Result<Option<Site>, StoreError> {
        let query = sqlx::query("SELECT * FROM sites WHERE site = $1").bind(site.as_str());
        query.fetch_optional(&self.db.pool).await?.map(|row| self.site(&row)).transpose()
    }

    /// All sites, uninstalled ones included, by id.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Secret`].
    pub async fn all(&self) -> Result<Vec<Site>, StoreError> {
        let rows = sqlx::query("SELECT * FROM sites ORDER BY site").fetch_all(&self.db.pool).await?;
        rows.iter().map(|row| self.site(row)).collect()
    }

    /// # Errors
    /// [`StoreError::Database`].
    pub async fn set_state(&self, site: &SiteId, state: SiteState) -> Result<(), StoreError> {
        let query = sqlx::query("UPDATE sites SET state = $2 WHERE site = $1");
        query.bind(site.as_str()).bind(state.as_str()).execute(&self.db.pool).await?;
        Ok(())
    }

    /// # Errors
    /// [`StoreError::Database`].
    pub async fn set_app_account(&self, site: &SiteId, account: &AccountId) -> Result<(), StoreError> {
        let query = sqlx::query("UPDATE sites SET app_account = $2 WHERE site = $1");
        query.bind(site.as_str()).bind(account.as_str()).execute(&self.db.pool).await?;
        Ok(())
    }

    /// # Errors
    /// [`StoreError::Database`].
    pub async fn set_clock_ahead(&self, site: &SiteId, ms: i64) -> Result<(), StoreError> {
        let query = sqlx::query("UPDATE sites SET clock_ahead_ms = $2 WHERE site = $1");
        query.bind(site.as_str()).bind(ms).execute(&self.db.pool).await?;
        Ok(())
    }

    fn site(&self, row: &AnyRow) -> Result<Site, StoreError> {
        let site = SiteId(row.try_get("site")?);
        let open = |sealed: String| self.vault.ring.open(&site, Purpose::SharedSecret, &Sealed::new(sealed));
        let previous = row.try_get::<Option<String>, _>("previous_secret")?.map(open).transpose()?;
        Ok(Site {
            client_key: row.try_get("client_key")?,
            base_url: row.try_get("base_url")?,
            state: word(row, "state")?,
            secret: open(row.try_get("secret")?)?,
            previous: previous.zip(millis_maybe(row, "previous_until")?),
            app_account: row.try_get::<Option<String>, _>("app_account")?.map(AccountId),
            clock_ahead_ms: row.try_get("clock_ahead_ms")?,
            installed: millis(row, "installed")?,
            site,
        })
    }
}
