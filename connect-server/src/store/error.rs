//! What can go wrong with the database, by what the caller can do about it.

/// Anything but a full answer from the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the database address must start with `sqlite:` or `postgres://`")]
    Url,
    #[error(
        "the database is newer than this program (its schema has version {version}): start the newer program, or restore a backup made by this one"
    )]
    Newer { version: i64 },
    #[error("the database could not be brought up to date")]
    Migrate(#[source] Box<sqlx::migrate::MigrateError>),
    /// Not now; nothing was changed, or it is not known.
    #[error("the database did not answer")]
    Database(#[from] sqlx::Error),
    #[error("a row of the database can't be understood (column `{column}`)")]
    Row {
        column: String,
        #[source]
        error: serde_json::Error,
    },
}
