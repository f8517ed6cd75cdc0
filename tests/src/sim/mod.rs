//! A storm in one process: the whole engine on one thread against twins, with people who do what they like and a world
//! where everything goes wrong that can. Whatever a seed decides happens again the same way.
//!
//! [`Plot`] is what happens, drawn whole from the seed; [`run`] lets it happen and says what must not have: `watch` at
//! every moment, `audit` when the weather has cleared.

mod admins;
mod audit;
mod campaign;
mod end;
mod joined;
mod lost;
mod people;
mod plot;
mod shrink;
mod topology;
mod transition;
mod truth;
mod watch;
mod weather;
mod writer;

pub use campaign::{Campaign, Tally};
pub use plot::Plot;
pub use shrink::shrink;
pub use topology::Topology;
pub use transition::{Transition, Turn};
pub use weather::{Fault, Weather};

use crate::world::{self, Blow, Strike, World};
use anyhow::{Context, Result};
use people::Town;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use watch::Watch;

/// Times of the server that let a day of trouble fit into an hour.
const SETTINGS: [(&str, i64); 10] = [
    ("--http-timeout-ms", 5_000),
    ("--grace-ms", 20_000),
    ("--lease-ms", 15_000),
    ("--sweep-interval-ms", 240_000),
    ("--sweep-overlap-ms", 600_000),
    ("--audit-interval-ms", 900_000),
    ("--retry-first-ms", 1_000),
    ("--retry-max-ms", 60_000),
    ("--schema-cache-ms", 600_000),
    ("--points-per-hour", 1_000_000),
];

/// A storm that was survived.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Survived {
    /// Of all calls, in order and with their times: the same seed, the same number.
    pub trace: u64,
    /// Turns of which something came.
    pub turns: usize,
    pub calls: usize,
    pub writes: usize,
    /// Calls of the app that were refused, lost or failed.
    pub faults: usize,
    /// How long it took on the world's clock, in milliseconds.
    pub world_ms: i64,
}

/// What a storm left wrong.
#[derive(Debug, Clone)]
pub struct Failure {
    pub seed: u64,
    pub wrong: Vec<String>,
    pub turns: Vec<Turn>,
    pub scene: Box<Scene>,
}

/// Where a storm was, for people who look for the reason.
#[derive(Debug, Clone, Default)]
pub struct Scene {
    /// Who mirrors whom, and what went wrong all by itself.
    pub setting: String,
    /// What stood at every place in the end.
    pub sides: Vec<String>,
    /// The last calls, of everybody.
    pub calls: Vec<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "seed {} ({}):", self.seed, self.scene.setting)?;
        self.wrong.iter().take(LINES_MAX).try_for_each(|line| writeln!(f, "  {line}"))?;
        let more = self.wrong.len().saturating_sub(LINES_MAX);
        if more > 0 {
            writeln!(f, "  ({more} more)")?;
        }
        writeln!(f, "after {} turns:", self.turns.len())?;
        let mut turns = self.turns.iter().enumerate();
        turns.try_for_each(|(nth, turn)| {
            writeln!(f, "  {nth:3} {:?}, then {} ms", turn.what, turn.pause_ms)
        })?;
        writeln!(f, "with both sides:")?;
        self.scene.sides.iter().take(SIDES_MAX).try_for_each(|line| writeln!(f, "  {line}"))
    }
}

/// Lines of what is wrong that a failure shows.
const LINES_MAX: usize = 20;
/// Lines of both sides that a failure shows.
const SIDES_MAX: usize = 60;
/// Calls that a failure keeps.
const CALLS_MAX: u64 = 4_000;

/// Lets a plot happen.
///
/// # Errors
/// What is wrong, and with it the turns that led there.
pub async fn run(plot: &Plot) -> Result<Survived, Failure> {
    match play(plot).await {
        Ok(ended) => ended,
        Err(error) => Err(Failure::of(plot, vec![format!("the world stopped: {error:#}")])),
    }
}

impl Failure {
    fn of(plot: &Plot, wrong: Vec<String>) -> Self {
        let setting = format!("{:?}; {:?}", plot.topology, plot.weather.on);
        let scene = Box::new(Scene { setting, ..Scene::default() });
        Self { seed: plot.seed, wrong, turns: plot.turns.clone(), scene }
    }

    fn seen(plot: &Plot, wrong: Vec<String>, world: &World, town: &Town) -> Self {
        let calls = world.twin.ledger_since(world.mark().saturating_sub(CALLS_MAX));
        let calls = calls.iter().map(|it| {
            let who = it.app.as_deref().map_or("person", |_| "app");
            let status = it.status.map_or_else(|| "lost".to_owned(), |status| status.to_string());
            let body = it.body.as_ref().map(ToString::to_string).unwrap_or_default();
            format!("{} {who} {} {} {}?{} {status} {body}", it.at, it.site, it.method, it.path, it.query)
        });
        let mut failure = Self::of(plot, wrong);
        failure.scene.calls = calls.collect();
        failure.scene.sides = audit::sides(&world.twin, town);
        failure
    }
}

async fn play(plot: &Plot) -> Result<Result<Survived, Failure>> {
    let settings = SETTINGS.iter().flat_map(|(flag, ms)| [(*flag).to_owned(), ms.to_string()]).collect();
    let sites = plot.topology.sites().to_vec();
    let mut world = World::of(world::Plot { seed: plot.seed, sites, settings }).await?;
    for (site, skew) in plot.topology.sites().iter().zip(&plot.skews_ms) {
        world.twin.with_site(site, |site| site.clock_skew_ms = *skew);
    }
    let began = world.now_ms();
    let mut town = Town::found(&mut world, plot).await?;
    world.pass(0).await?;
    let mut watch = Watch::default();
    let mut survived = Survived::default();

    world.faults(plot.weather.plan.clone());
    if let Some((percent, ms)) = plot.weather.slow_database {
        world.slow_database(plot.seed, percent, ms);
    }
    for (nth, turn) in plot.turns.iter().enumerate() {
        let done = take(&mut world, &mut town, &turn.what).await;
        survived.turns += usize::from(done.with_context(|| format!("turn {nth}: {:?}", turn.what))?);
        world.pass(turn.pause_ms).await?;
        let wrong = watch.look(&world, &town, plot);
        if !wrong.is_empty() {
            return Ok(Err(Failure::seen(plot, wrong, &world, &town)));
        }
    }
    world.calm();
    world.faults(Default::default());
    let wrong = end::settle(&mut world, &mut town, &mut watch, plot).await?;
    if !wrong.is_empty() {
        return Ok(Err(Failure::seen(plot, wrong, &world, &town)));
    }
    count(&world, &mut survived);
    survived.world_ms = world.now_ms() - began;
    Ok(Ok(survived))
}

async fn take(world: &mut World, town: &mut Town, what: &Transition) -> Result<bool> {
    if let Transition::Die { after } = what {
        world.die_after(*after);
        return Ok(true);
    }
    if let Some(strike) = strike(what) {
        world.net.strike(strike);
        return Ok(true);
    }
    // Faults are for what the server does by itself.
    let plan = world.twin.with(|state| std::mem::take(&mut state.faults));
    let done = town.act(world, what).await;
    world.twin.with(|state| state.faults = plan);
    done
}

fn strike(what: &Transition) -> Option<Strike> {
    if let Transition::DieInCall { skip, after_effect } = *what {
        return Some(Strike { skip, after_effect, blow: Blow::Death, ..Strike::default() });
    }
    let Transition::Sleep { skip, after_effect, ms } = *what else { return None };
    Some(Strike { skip, after_effect, blow: Blow::Sleep { ms }, ..Strike::default() })
}

fn count(world: &World, survived: &mut Survived) {
    let mut hasher = DefaultHasher::new();
    for call in world.calls_since(0) {
        survived.calls += 1;
        survived.writes += usize::from(call.write);
        survived.faults += usize::from(call.status.is_none_or(|status| status == 429 || status >= 500));
        (call.at, call.site, call.method, call.path, call.query, call.status).hash(&mut hasher);
    }
    survived.trace = hasher.finish();
}
