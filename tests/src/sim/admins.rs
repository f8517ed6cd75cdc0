//! What admins do: of the app's syncs, and of their sites.

use super::people::{Town, URGENCY};
use super::transition::Place;
use crate::guide;
use crate::world::{World, host};
use anyhow::Result;
use duplex_core::id::{AccountId, Millis};

impl Town {
    /// Everything that is away comes back, and somebody presses retry.
    pub(super) async fn put_in_order(&mut self, world: &mut World) -> Result<()> {
        for site in self.truth.away.clone() {
            self.install(world, site).await?;
        }
        for at in self.truth.revoked.clone() {
            self.rights(world, at, true);
        }
        for (at, option) in self.truth.dropped.clone() {
            self.option(world, at, option, true);
        }
        for sync in self.truth.stopped.clone() {
            self.start(world, sync).await?;
        }
        Ok(())
    }

    /// Somebody presses *Retry all*, and has it look again.
    pub(super) async fn retry(&self, world: &World, sync: usize) -> Result<()> {
        let known = world.setup.sync(&self.syncs[sync]).await?;
        world.store.parked.retry_all(Millis(world.now_ms()), &known.tenant, &known.sync).await?;
        let both = duplex_core::id::Side::BOTH;
        // A sync that is stopped has nothing to retry.
        drop(world.setup.resync(&known, None, &both, &AccountId::new("operator")).await);
        Ok(())
    }

    pub(super) fn configuration(&self, sync: usize) -> String {
        let (a, b) = self.topology.syncs()[sync];
        let end = |at: Place| (host(&self.desks[at].site), self.desks[at].project.as_str());
        let text = guide::config(&format!("sync {sync}"), end(a), end(b));
        let cells = self.truth.cells.get(&sync).copied().unwrap_or_default();
        let row = format!("{{ from = \"{URGENCY}\", to = \"{URGENCY}\" }}");
        let text = guide::changed(&text, "a", |part| cells.written(&guide::field(part, &row)));
        guide::changed(&text, "b", |part| guide::field(part, &row))
    }

    pub(super) async fn publish(&self, world: &World, sync: usize) -> Result<()> {
        world.apply(&self.configuration(sync)).await.map(drop)
    }

    pub(super) async fn start(&mut self, world: &World, sync: usize) -> Result<bool> {
        if !self.truth.stopped.contains(&sync) || !self.truth.away.is_empty() {
            return Ok(false);
        }
        let known = world.setup.sync(&self.syncs[sync]).await?;
        let choice = duplex_server::setup::Choice::Configured;
        let started = world.setup.start(&known, choice, &AccountId::new("operator")).await;
        Ok(started.is_ok() && self.truth.stopped.remove(&sync))
    }

    pub(super) async fn install(&mut self, world: &World, site: usize) -> Result<bool> {
        if !self.truth.away.remove(&site) {
            return Ok(false);
        }
        world.install(&world.sites[site]).await?;
        let places = self.topology.places();
        let here = |at: Place| places[at].0 == site;
        for (nth, (a, b)) in self.topology.syncs().iter().enumerate() {
            if here(*a) || here(*b) {
                self.truth.stopped.insert(nth);
            }
        }
        for sync in self.truth.stopped.clone() {
            self.start(world, sync).await?;
        }
        Ok(true)
    }

    /// The operator puts his backup in the place of the database, and says so.
    pub(super) async fn restore(&mut self, world: &mut World) -> Result<bool> {
        let Some(backup) = self.backup.take() else { return Ok(false) };
        self.conflicts.extend(world.conflicts().await?);
        self.restored = true;
        world.restore(&backup).await?;
        world.say_restored().await?;
        self.backup = Some(backup);
        Ok(true)
    }

    /// Gives the app its role in a project, or takes it away.
    pub(super) fn rights(&mut self, world: &World, at: Place, given: bool) {
        let desk = &self.desks[at];
        world.rights(&desk.site.name, &desk.project, given);
        if given {
            self.truth.revoked.remove(&at);
        } else {
            self.truth.revoked.insert(at);
        }
    }

    /// Lets an option of a place's site be chosen, or not any more.
    pub(super) fn option(&mut self, world: &World, at: Place, option: &'static str, offered: bool) {
        world.twin.with_site(&self.desks[at].site.name, |site| {
            let options = site.fields.values_mut().filter(|field| field.name == URGENCY);
            for known in options.flat_map(|field| &mut field.options).filter(|it| it.value == option) {
                known.disabled = !offered;
            }
        });
        if offered {
            self.truth.dropped.remove(&(at, option));
        } else {
            self.truth.dropped.insert((at, option));
            self.truth.options_changed = true;
        }
    }

    pub(super) fn marry(&mut self, world: &World, at: Place, who: &'static str, name: &str) {
        let desk = &self.desks[at];
        world.twin.with_site(&desk.site.name, |site| {
            for user in site.users.values_mut().filter(|user| user.name == who) {
                name.clone_into(&mut user.display_name);
            }
        });
        let places = self.topology.places();
        for said in self.truth.comments.values_mut() {
            if places[said.home].0 == places[at].0 && said.who == who {
                said.names.insert(name.to_owned());
            }
        }
    }
}
