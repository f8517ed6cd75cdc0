//! `duplex sync parked | retry | conflicts | restore | unlink | recreate`: what people choose for single pairs. No line
//! shows a word of an issue.

use super::say;
use super::sync::{lasting, operator};
use crate::setup::Setup;
use crate::store::conflicts::CONFLICTS_PER_PAGE_MAX;
use crate::store::parked::PARKED_PER_PAGE_MAX;
use crate::store::syncs::Sync;
use duplex_core::id::{LinkId, Side};
use duplex_core::plan::Element;

pub(super) async fn parked(setup: &Setup, sync: &Sync) -> anyhow::Result<()> {
    for row in setup.store.parked.list(&sync.tenant, &sync.sync, PARKED_PER_PAGE_MAX).await? {
        let since = lasting(setup.clock.now().since(row.at).max(0));
        let ignored = if row.ignored_by.is_some() { ", ignored" } else { "" };
        say(&format!("{}  {}  {} for {since}{ignored}", row.link, element(&row.element), row.trouble.code))?;
        say(&format!("  {}\n  {}", row.trouble.sentence, row.trouble.remedy))?;
    }
    Ok(())
}

pub(super) async fn retry(setup: &Setup, sync: &Sync) -> anyhow::Result<()> {
    let count = setup.store.parked.retry_all(setup.clock.now(), &sync.tenant, &sync.sync).await?;
    setup.log(sync, &operator(), "had all that waits tried again").await?;
    Ok(say(&format!("A running server tries {count} elements of {} ({}) again.", sync.name, sync.sync))?)
}

pub(super) async fn conflicts(setup: &Setup, sync: &Sync) -> anyhow::Result<()> {
    for kept in setup.store.conflicts.list(&sync.tenant, &sync.sync, CONFLICTS_PER_PAGE_MAX).await? {
        let since = lasting(setup.clock.now().since(kept.at).max(0));
        let (pair, winner) = (&kept.conflict.pair, kept.conflict.winner);
        say(&format!("{}  {}  {pair}  side {winner} won, {since} ago", kept.id, kept.link))?;
    }
    Ok(())
}

pub(super) async fn restore(setup: &Setup, sync: &Sync, conflict: &str) -> anyhow::Result<()> {
    setup.restore(sync, conflict, &Side::BOTH, &operator()).await?;
    Ok(say("A running server writes the lost value back.")?)
}

pub(super) async fn unlink(setup: &Setup, sync: &Sync, pair: &LinkId) -> anyhow::Result<()> {
    setup.unlink(sync, pair, &operator()).await?;
    Ok(say(&format!("{pair} is no pair any more; its issues stay as they are."))?)
}

pub(super) async fn recreate(setup: &Setup, sync: &Sync, pair: &LinkId) -> anyhow::Result<()> {
    let side = setup.recreate(sync, pair, &operator()).await?;
    Ok(say(&format!("A running server makes the issue of {pair} on side {side} again."))?)
}

fn element(element: &Element) -> String {
    match element {
        Element::Issue => "issue".to_owned(),
        Element::Field { pair } => format!("field {pair}"),
        Element::Comment { origin, id } => format!("comment {id} of side {origin}"),
    }
}
