//! All that a database holds, as text: to see that something changed nothing.

use anyhow::{Context, Result};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection, Row};
use std::path::Path;

/// Every row of every table of a SQLite file, one line each: `table|column|column`.
///
/// # Errors
/// A file that is none.
pub async fn rows(file: &Path) -> Result<Vec<String>> {
    let options = SqliteConnectOptions::new().filename(file).read_only(true);
    let mut database = SqliteConnection::connect_with(&options).await.context("the database file")?;
    let tables = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name";
    let mut all = Vec::new();
    for table in sqlx::query(tables).fetch_all(&mut database).await? {
        let table: String = table.try_get(0)?;
        let columns = sqlx::query("SELECT name FROM pragma_table_info($1)").bind(&table);
        let columns: Vec<String> = columns
            .fetch_all(&mut database)
            .await?
            .iter()
            .map(|row| row.try_get(0))
            .collect::<Result<_, _>>()?;
        let quoted: Vec<String> = columns.iter().map(|column| format!("quote(\"{column}\")")).collect();
        let select = format!("SELECT {} FROM \"{table}\" ORDER BY 1", quoted.join(" || '|' || "));
        for row in sqlx::query(AssertSqlSafe(select)).fetch_all(&mut database).await? {
            all.push(format!("{table}|{}", row.try_get::<String, _>(0)?));
        }
    }
    database.close().await?;
    Ok(all)
}
