//! Which links the server holds: an issue's comments go from place to place along them.

use super::people::Town;
use super::transition::Nth;
use crate::world::World;
use anyhow::Result;
use duplex_core::id::IssueId;
use std::collections::{BTreeMap, BTreeSet};

/// Links that are read at once; no storm makes more in one sync.
const LINKS_MAX: i64 = 500;

/// By issue, the syncs that have a link of it with both ends.
#[derive(Debug, Default)]
pub(super) struct Joined(BTreeMap<Nth, BTreeSet<usize>>);

impl Joined {
    pub(super) async fn read(world: &World, town: &Town) -> Result<Self> {
        let mut joined = Self::default();
        for (nth, sync) in town.syncs.iter().enumerate() {
            let known = world.setup.sync(sync).await?;
            let links = world.store.links.list(&known.tenant, sync, None, LINKS_MAX).await?;
            let ends = links.into_iter().filter_map(|link| Some((link.ends.a?.issue, link.ends.b?.issue)));
            for (a, _) in ends {
                joined.add(world, town, nth, &a);
            }
        }
        Ok(joined)
    }

    fn add(&mut self, world: &World, town: &Town, sync: usize, issue: &IssueId) {
        let (at, _) = town.topology.syncs()[sync];
        world.twin.with_site(&town.desks[at].site.name, |site| {
            let is_it = |nth: &&Nth| {
                town.find(site, **nth, at).iter().any(|it| it.head.id.to_string() == issue.as_str())
            };
            if let Some(nth) = town.truth.issues.keys().find(is_it) {
                self.0.entry(*nth).or_default().insert(sync);
            }
        });
    }

    /// The syncs that join the places of an issue.
    pub(super) fn of(&self, nth: Nth) -> &BTreeSet<usize> {
        static NONE: BTreeSet<usize> = BTreeSet::new();
        self.0.get(&nth).unwrap_or(&NONE)
    }
}
