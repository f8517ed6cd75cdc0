//! Invitations: a token that lets an admin of another site join one project with ours, once.

use super::{Place, Sync, Syncs, insert};
use crate::secret::fingerprint;
use crate::store::StoreError;
use crate::store::db::millis;
use duplex_core::id::{AccountId, Millis, ProjectId, Sides, SiteId, SyncId};
use sqlx::Row;
use sqlx::any::AnyRow;

/// An invitation that is open. The token itself is never kept, only its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Who invites, with which project: side A of the sync to be.
    pub from: Place,
    pub name: String,
    pub author: AccountId,
    pub created: Millis,
    pub expires: Millis,
}

/// An invitation as those see it who may withdraw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The token can't be told from it.
    pub id: String,
    pub invitation: Invitation,
}

impl Syncs {
    /// # Errors
    /// [`StoreError::Database`], also when the token was used before.
    pub async fn invite(&self, token: &str, invitation: &Invitation) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO invitations (tenant, token_hash, project, name, author, created, expires)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(invitation.from.site.as_str())
        .bind(fingerprint(token.as_bytes()))
        .bind(invitation.from.project.as_str())
        .bind(&invitation.name)
        .bind(invitation.author.as_str())
        .bind(invitation.created.0)
        .bind(invitation.expires.0)
        .execute(&self.db.pool)
        .await?;
        Ok(())
    }

    /// What the holder of a token is invited to. `None`: unknown, expired, or accepted already.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn invitation(&self, now: Millis, token: &str) -> Result<Option<Invitation>, StoreError> {
        let query =
            sqlx::query("SELECT * FROM invitations WHERE token_hash = $1 AND sync IS NULL AND expires > $2");
        let row = query.bind(fingerprint(token.as_bytes())).bind(now.0).fetch_optional(&self.db.pool).await?;
        row.map(|row| invitation_of(&row)).transpose()
    }

    /// The open invitations of a site, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn invitations_of(&self, now: Millis, site: &SiteId) -> Result<Vec<Listed>, StoreError> {
        let query = sqlx::query(
            "SELECT * FROM invitations WHERE tenant = $1 AND sync IS NULL AND expires > $2
             ORDER BY created, token_hash",
        );
        let rows = query.bind(site.as_str()).bind(now.0).fetch_all(&self.db.pool).await?;
        let listed =
            |row: &AnyRow| Ok(Listed { id: row.try_get("token_hash")?, invitation: invitation_of(row)? });
        rows.iter().map(listed).collect()
    }

    /// Takes an open invitation of a site back. `false`: it is not there, or accepted already.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn withdraw_invitation(&self, site: &SiteId, id: &str) -> Result<bool, StoreError> {
        let query =
            sqlx::query("DELETE FROM invitations WHERE tenant = $1 AND token_hash = $2 AND sync IS NULL");
        let done = query.bind(site.as_str()).bind(id).execute(&self.db.pool).await?;
        Ok(done.rows_affected() > 0)
    }

    /// Uses the invitation up and makes the sync, with `partner` as side B. `None`: unknown, expired, or accepted
    /// already; nothing was made.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn accept_invitation(
        &self,
        now: Millis,
        token: &str,
        sync: &SyncId,
        partner: &Place,
    ) -> Result<Option<Sync>, StoreError> {
        let mut tx = self.db.begin().await?;
        let row = sqlx::query(
            "UPDATE invitations SET sync = $3 WHERE token_hash = $1 AND sync IS NULL AND expires > $2 RETURNING *",
        )
        .bind(fingerprint(token.as_bytes()))
        .bind(now.0)
        .bind(sync.as_str())
        .fetch_optional(&mut *tx)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let invitation = invitation_of(&row)?;
        let ends = Sides::new(invitation.from, partner.clone());
        let made = insert(&mut tx, now, sync, &invitation.name, &ends).await?;
        tx.commit().await?;
        Ok(Some(made))
    }
}

fn invitation_of(row: &AnyRow) -> Result<Invitation, StoreError> {
    Ok(Invitation {
        from: Place { site: SiteId(row.try_get("tenant")?), project: ProjectId(row.try_get("project")?) },
        name: row.try_get("name")?,
        author: AccountId(row.try_get("author")?),
        created: millis(row, "created")?,
        expires: millis(row, "expires")?,
    })
}
