//! The preview in the page is the server's work: for generated issues, the calls that the page's WebAssembly shows, run
//! in Node, are compared with the calls that the server then makes of the twins. Method, path, query and body, in
//! order; equal once what exists only at run time has its name.

mod calls;
mod generate;
mod page;

use anyhow::{Context, Result, ensure};
use calls::Made;
use duplex_core::config::Config;
use duplex_core::id::{IssueId, Millis, Side, Sides};
use duplex_core::link::End;
use duplex_core::plan::Hints;
use duplex_core::preview::{PreviewFacts, preview};
use duplex_server::store::syncs::Sync;
use duplex_server::store::{Class, LinkMark};
use duplex_tests::scenario::Desk;
use duplex_tests::world::{Plot, World};
use generate::{Chance, Fields};
use serde_json::Value;
use std::collections::BTreeSet;

const SEED: u64 = 20_261_128;
/// Issues between two sites, and inside one.
const ISSUES: [usize; 2] = [150, 50];
/// At the least so many previews have a loss list, and as many are of issues that were linked before.
const WITH_LOSSES: usize = 30;
const LINKED: usize = 60;

/// One preview, and what became of it.
struct Case {
    name: String,
    config: Config,
    facts: PreviewFacts,
    made: Vec<Made>,
}

/// A sync between two desks, with the ids of their fields.
struct Pair {
    sync: Sync,
    config: Config,
    desks: Sides<Desk>,
    fields: Sides<Fields>,
}

#[tokio::test]
async fn the_page_shows_what_the_server_does() -> Result<()> {
    let mut world = World::of(Plot { seed: SEED, ..Plot::default() }).await?;
    let (acme, globex) = (world.acme.clone(), world.globex.clone());
    let pairs = [
        Sides::new(Desk::at(&acme, "ITA"), Desk::at(&globex, "ITB")),
        Sides::new(Desk::at(&acme, "ITC"), Desk::at(&acme, "ITD")),
    ];
    let mut chance = Chance::new(SEED);
    let mut cases = Vec::new();
    for (desks, issues) in pairs.into_iter().zip(ISSUES) {
        let pair = Pair::mirrored(&mut world, desks).await?;
        for n in 0..issues {
            pair.issue(&mut world, &mut chance, n, &mut cases).await?;
        }
    }

    let shown = page::previews(cases.iter().map(|case| (&case.config, &case.facts)))?;
    let mut wrong = Vec::new();
    for (case, shown) in cases.iter().zip(&shown) {
        let native = serde_json::to_value(preview(&case.config, &case.facts))?;
        if calls::plain(&native) != calls::plain(shown) {
            wrong.push(format!("{}: the browser's core differs from the server's", case.name));
        }
        if let Some(difference) = calls::difference(shown, &case.made) {
            wrong.push(format!("{}: {difference}", case.name));
        }
    }
    let count = |has: fn(&(&Case, &Value)) -> bool| cases.iter().zip(&shown).filter(has).count();
    let losses = count(|(_, shown)| shown["losses"].as_array().is_some_and(|all| !all.is_empty()));
    let linked = count(|(case, _)| case.facts.link.ends.a.is_some() && case.facts.link.ends.b.is_some());
    let calls: usize = cases.iter().map(|case| case.made.len()).sum();
    let codes: BTreeSet<&str> = shown
        .iter()
        .flat_map(|shown| shown["losses"].as_array().into_iter().flatten())
        .filter_map(|lost| lost["loss"]["code"].as_str())
        .collect();
    eprintln!(
        "{} previews ({linked} of linked issues, {losses} with losses: {codes:?}), {calls} calls",
        cases.len()
    );
    ensure!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    ensure!(losses >= WITH_LOSSES, "only {losses} previews have a loss list");
    ensure!(linked >= LINKED, "only {linked} previews are of linked issues");
    Ok(())
}

impl Pair {
    async fn mirrored(world: &mut World, desks: Sides<Desk>) -> Result<Self> {
        let sync = world.mirror("pair", &desks.a, &desks.b, |text| generate::config(&text)).await?;
        let sync = world.store.syncs.get(&sync.sync).await?.context("the sync")?;
        let published = world.store.syncs.published(&sync.tenant, &sync.sync).await?.context("published")?;
        let fields = Sides::new(Fields::of(&desks.a).await?, Fields::of(&desks.b).await?);
        Ok(Self { sync, config: published.config, desks, fields })
    }

    /// One issue that people write on either side: as it is new, and most often once more when they have changed it.
    async fn issue(
        &self,
        world: &mut World,
        chance: &mut Chance,
        n: usize,
        cases: &mut Vec<Case>,
    ) -> Result<()> {
        let origin = if chance.one_in(2) { Side::A } else { Side::B };
        let key = generate::issue(world, chance, &self.desks[origin], &self.fields[origin], n).await?;
        let name = format!("{} {key}", self.desks[origin].site.name);
        let case = self.case(world, (origin, &key), format!("{name}, new")).await?;
        let linked = case.facts.link.clone();
        cases.push(case);
        if chance.one_in(3) {
            return Ok(());
        }
        let Some(copy) =
            self.copy(world, origin, &linked.ends[origin].clone().context("an end")?.issue).await?
        else {
            return Ok(());
        };
        let mut keys = Sides::new(key.clone(), key.clone());
        keys[origin.other()] = copy;
        generate::changes(world, chance, &self.desks, &self.fields, &keys).await?;
        let side = if chance.one_in(2) { Side::A } else { Side::B };
        cases.push(self.case(world, (side, &keys[side]), format!("{name}, changed")).await?);
        Ok(())
    }

    /// Takes the facts, and lets the server work.
    async fn case(&self, world: &mut World, (side, key): (Side, &str), name: String) -> Result<Case> {
        let both = Sides::new(true, true);
        let facts = world.setup.preview_facts(&self.sync, &self.config, (side, key), both).await?;
        // All that people did has arrived before the server looks.
        while let Some(due) = world.twin.next_delivery_ms() {
            world.jump((due - world.now_ms()).max(0));
            world.twin.deliver_due(&world.net).await;
        }
        self.sync_now(world, &facts).await?;
        let mark = world.mark();
        world.settle().await?;
        let ends = self.ends(world, &facts).await?;
        let new = Sides::each(|side| ends[side].clone().filter(|_| facts.link.ends[side].is_none()));
        let sites = Sides::new(&self.desks.a, &self.desks.b).map(|desk| desk.site.name.as_str());
        let made = world.calls_since(mark).into_iter().filter(|entry| entry.write);
        let made = made.map(|entry| Made::of(&entry, &sites, &ends, &new)).collect::<Result<_>>()?;
        Ok(Case { name, config: self.config.clone(), facts, made })
    }

    /// A preview looks at everything, so the server does.
    async fn sync_now(&self, world: &World, facts: &PreviewFacts) -> Result<()> {
        let everything = Hints { fields: true, all_comments: true, ..Hints::default() };
        let mark = |side: Side| LinkMark {
            tenant: self.sync.tenant.clone(),
            sync: self.sync.sync.clone(),
            link: facts.link.id.clone(),
            side,
            hints: everything.clone(),
            class: Class::People,
            at: Millis(world.now_ms()),
        };
        let there = Side::BOTH.into_iter().filter(|side| facts.link.ends[*side].is_some());
        Ok(world.store.work.mark_links(there.map(mark).collect()).await?)
    }

    /// The issues of the pair as they are now.
    async fn ends(&self, world: &World, facts: &PreviewFacts) -> Result<Sides<Option<End>>> {
        let link = world.store.links.load(&self.sync.tenant, &facts.link.id).await?;
        Ok(link.map_or_else(Sides::default, |link| link.ends))
    }

    /// The key of what was made of an issue.
    async fn copy(&self, world: &World, origin: Side, issue: &IssueId) -> Result<Option<String>> {
        let id = duplex_core::id::LinkId::of(&self.sync.sync, origin, issue);
        let link = world.store.links.load(&self.sync.tenant, &id).await?;
        let copy = link.and_then(|link| link.ends[origin.other()].clone());
        let Some(copy) = copy else { return Ok(None) };
        let shown = self.desks[origin.other()].agent.issue(copy.issue.as_str()).await?;
        Ok(shown["key"].as_str().map(str::to_owned))
    }
}
