//! Jira: who calls, how we call, and its JSON as core values.
//!
//! Who calls is proven in [`auth`] and ends in a [`auth::Caller`]; the way out begins with a [`access::SiteAccess`]
//! and is taken by [`client::Jira`]. Connect is behind both, and nothing outside of this room knows of it.

pub mod access;
pub mod auth;
pub mod client;
pub mod portal;
pub mod qsh;
pub mod wire;

pub use access::{ConnectAccess, SiteAccess};
pub use auth::{Caller, CallerKind};
pub use client::{Jira, JiraError};

/// The secret that one site and the app share.
pub type SharedSecret = crate::secret::Secret;

/// A published file that tests hold the code against, where a copy lies beside the project
/// (`../shared/specs`, or `DUPLEX_SPECS`).
#[cfg(test)]
fn specs(name: &str) -> Option<std::path::PathBuf> {
    let beside = || concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/specs").into();
    let file = std::path::PathBuf::from(std::env::var_os("DUPLEX_SPECS").unwrap_or_else(beside)).join(name);
    if !file.exists() {
        eprintln!("skipped: no published {name} at {}", file.display());
        return None;
    }
    Some(file)
}
