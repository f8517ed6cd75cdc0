//! What can go wrong with the database, by what the caller can do about it.

use crate::secret::SecretError;
use duplex_core::id::{IssueId, Side};

/// Anything but a full answer from the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the database address must start with `sqlite:` or `postgres://`")]
    Url,
    #[error(
        "the database is newer than this program (its schema has version {version}): start the newer program, or \
         restore a backup made by this one"
    )]
    Newer { version: i64 },
    #[error("its file can't be opened: see that its folder is there and can be written ({0})")]
    File(sqlx::Error),
    #[error(
        "its server can't be reached: see that it runs, and that user, password and name are right ({0})"
    )]
    Server(sqlx::Error),
    #[error("the database could not be brought up to date")]
    Migrate(#[source] Box<sqlx::migrate::MigrateError>),
    #[error(
        "the database was used with the secret key {id}, which `--secret-key` does not hold, and something \
             still needs it: add it, and run `duplex rotate-key` with both before you take it out"
    )]
    KeyMissing { id: i64 },
    #[error(
        "the secret key {id} is not the one that the database was used with: give the new key another id"
    )]
    KeyChanged { id: i64 },
    /// Not now. Nothing was changed, or it is not known.
    #[error("the database did not answer")]
    Database(#[from] sqlx::Error),
    #[error("a value of the database can't be understood (column `{column}`)")]
    Row {
        column: String,
        #[source]
        error: serde_json::Error,
    },
    #[error("a word of the database can't be understood (column `{column}`)")]
    Word { column: String },
    #[error("a secret of the database can't be opened")]
    Secret(#[from] SecretError),
    /// The events were not written down within the time that an answer may take: have them delivered again.
    #[error("the events could not be written down in time")]
    Unmarked,
    /// Another worker has the link now. Leave it alone.
    #[error("the lease of the link is gone")]
    LeaseLost,
    /// The issue is an end of another link of the sync already. Nothing was recorded, save settled intents.
    #[error("the issue {issue} of side {side} belongs to another link of the sync")]
    EndTaken { side: Side, issue: IssueId },
}
