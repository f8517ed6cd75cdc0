//! The doors from outside: requests as Jira and browsers send them, against the whole router and a real database.

mod api;
mod apply;
mod lifecycle;
mod mirrored;
mod ops;
mod page;
mod sign;
mod stage;
mod strangers;
mod webhook;
mod world;

use crate::clock::Chance;
use crate::store::{Options, Store};
use std::path::Path;
use std::sync::Arc;

/// 32 bytes of 7.
const KEY: &str = "1:BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";

async fn open(dir: &Path, chance: Arc<dyn Chance>) -> Store {
    let options = Options { ring: KEY.parse().unwrap(), chance, synced: false };
    Store::open(&format!("sqlite://{}", dir.join("duplex.db").display()), options).await.unwrap()
}
