//! A server that can't start ends at once, with one sentence that names the thing and the remedy, and no secret in it.

use anyhow::{Context, Result, ensure};
use duplex_tests::process::{Process, free_port};
use sqlx::AnyPool;
use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;

/// A server that can't start says so within this.
const END_WITHIN: Duration = Duration::from_secs(20);
/// 32 bytes in base64, as a key has them.
const KEY: &str = "c3RhcnQta2V5LXN0YXJ0LWtleS1zdGFydC1rZXktc3Q=";
/// The same, cut off.
const KEY_SHORT: &str = "c3RhcnQta2V5LXN0YXJ0";
/// The password of a database that nobody has.
const PASSWORD: &str = "hunter2-hunter2";

/// Settings of a server in a folder that could start.
fn good(dir: &Path) -> Result<Vec<(String, String)>> {
    let settings = [
        ("DUPLEX_DATABASE_URL", format!("sqlite://{}", dir.join("duplex.db").to_string_lossy())),
        ("DUPLEX_SECRET_KEY", format!("1:{KEY}")),
        ("DUPLEX_LISTEN", format!("127.0.0.1:{}", free_port()?)),
        ("DUPLEX_OPS_LISTEN", format!("127.0.0.1:{}", free_port()?)),
    ];
    Ok(settings.map(|(name, value)| (name.to_owned(), value)).into())
}

/// Starts a server whose settings were changed, and expects it to end with these words.
async fn check(change: &[(&str, String)], words: &[&str]) -> Result<()> {
    let dir = TempDir::new()?;
    check_in(dir.path(), change, words).await
}

async fn check_in(dir: &Path, change: &[(&str, String)], words: &[&str]) -> Result<()> {
    let mut env = good(dir)?;
    env.extend(change.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    let mut server = Process::start("duplex", &["serve".to_owned()], &env, &dir.join("log"))?;
    let succeeded = server.succeeded(END_WITHIN).await?;
    let said = server.printed();
    ensure!(!succeeded, "it ended as if all were well: {said}");
    for word in words {
        ensure!(said.contains(word), "nothing of {word:?} in: {said}");
    }
    for secret in [KEY, KEY_SHORT, PASSWORD] {
        ensure!(!said.contains(secret), "a secret is printed: {said}");
    }
    ensure!(!said.contains("panicked") && !said.contains("RUST_BACKTRACE"), "it panicked: {said}");
    eprintln!("{said}");
    Ok(())
}

#[tokio::test]
async fn no_secret_key() -> Result<()> {
    let words = ["no secret key", "--secret-key", "DUPLEX_SECRET_KEY", "head -c 32 /dev/urandom"];
    check(&[("DUPLEX_SECRET_KEY", String::new())], &words).await
}

#[tokio::test]
async fn a_malformed_secret_key() -> Result<()> {
    for key in [KEY_SHORT.to_owned(), format!("1:{KEY_SHORT}"), format!("one:{KEY}"), "1:###".to_owned()] {
        check(&[("DUPLEX_SECRET_KEY", key)], &["--secret-key", "DUPLEX_SECRET_KEY", "32 bytes"]).await?;
    }
    Ok(())
}

#[tokio::test]
async fn another_key_than_the_database_was_used_with() -> Result<()> {
    let dir = TempDir::new()?;
    migrate(dir.path()).await?;
    let other = "1:b3RoZXIta2V5LW90aGVyLWtleS1vdGhlci1rZXktb3Q=";
    check_in(
        dir.path(),
        &[("DUPLEX_SECRET_KEY", other.to_owned())],
        &["secret key 1", "give the new key another id"],
    )
    .await
}

#[tokio::test]
async fn a_database_that_is_newer() -> Result<()> {
    let dir = TempDir::new()?;
    migrate(dir.path()).await?;
    sqlx::any::install_default_drivers();
    let file = dir.path().join("duplex.db");
    let pool = AnyPool::connect(&format!("sqlite://{}", file.to_string_lossy())).await?;
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'from the future', TRUE, x'00', 0)",
    )
    .execute(&pool)
    .await
    .context("a migration of the future")?;
    pool.close().await;
    check_in(dir.path(), &[], &["newer than this program", "9999", "start the newer program"]).await
}

#[tokio::test]
async fn a_database_that_cannot_be_written() -> Result<()> {
    let dir = TempDir::new()?;
    std::fs::write(dir.path().join("file"), "no folder")?;
    let url = format!("sqlite://{}/file/duplex.db", dir.path().to_string_lossy());
    let words = ["--database-url", "DUPLEX_DATABASE_URL", "can be written"];
    check_in(dir.path(), &[("DUPLEX_DATABASE_URL", url)], &words).await
}

#[tokio::test]
async fn a_database_that_is_not_there() -> Result<()> {
    let url = format!("postgres://duplex:{PASSWORD}@127.0.0.1:{}/duplex", free_port()?);
    check(&[("DUPLEX_DATABASE_URL", url)], &["--database-url", "DUPLEX_DATABASE_URL", "see that it runs"])
        .await
}

#[tokio::test]
async fn a_port_that_is_taken() -> Result<()> {
    for (flag, variable) in [("--listen", "DUPLEX_LISTEN"), ("--ops-listen", "DUPLEX_OPS_LISTEN")] {
        let port = free_port()?;
        let taken = TcpListener::bind(("127.0.0.1", port))?;
        let address = format!("127.0.0.1:{port}");
        check(&[(variable, address.clone())], &[flag, variable, &address, "in use", "choose another"])
            .await?;
        drop(taken);
    }
    Ok(())
}

async fn migrate(dir: &Path) -> Result<()> {
    let mut duplex = Process::start("duplex", &["migrate".to_owned()], &good(dir)?, &dir.join("log"))?;
    ensure!(duplex.succeeded(END_WITHIN).await?, "{}", duplex.printed());
    Ok(())
}
