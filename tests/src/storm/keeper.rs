//! Ends servers without warning, at moments that the seed chose, and starts them again; or lets them stand still, or
//! takes away what they stand on.

use super::outage::{self, Ground, Outage};
use super::script::TURNS;
use crate::chance::Chance;
use crate::postgres::End;
use crate::stage::Stage;
use anyhow::{Context, Result, bail, ensure};
use duplex_server::crash::POINTS;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::time::Instant;

/// How often the server dies in a storm.
const DEATHS: usize = 8;
/// It must have died so often at a named place; fewer, and the run proved nothing about them.
const AT_POINTS_MIN: usize = 2;
/// The beginning of a transaction: a named place that is passed all the time.
const BEGIN: &str = "store.begin";
/// Places that a server never comes by while it mirrors; commands do.
const OF_DRILLS: &str = "drill.";
/// A named place is passed at most so often before the server dies there.
const PASSES_MAX: u64 = 3;
/// The same of the beginning of a transaction: some seconds of a life.
const BEGINS_MAX: u64 = 200;
/// How often a database is taken away in a storm.
const OUTAGES: usize = 3;
/// How often all connections to it are cut.
const CUTS: usize = 8;
/// The server dies at most so long after the change before, in milliseconds.
const DELAY_MS_MAX: u64 = 60;
/// So long a server may take to get to its named place once its turn has come: a slow machine has work left then.
const PATIENCE: Duration = Duration::from_secs(3);
/// The same where it has to get to each.
const PATIENCE_WANTED: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(20);
/// A server that stands still does so for longer than its leases last.
const FROZEN: Duration = Duration::from_millis(super::LEASE_MS + 2_000);

/// What is done to a server.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Strike {
    /// `kill -9` at a moment, and started again.
    Kill {
        delay_ms: u64,
    },
    /// It dies by itself, at the `pass`th time at a named place, and is started again. Where its turn comes first, it is
    /// given [`PATIENCE`], and then killed.
    At {
        point: &'static str,
        pass: u64,
    },
    /// `kill -9`, and not started again for the time being.
    Fell {
        server: usize,
    },
    Raise {
        server: usize,
    },
    Freeze {
        server: usize,
    },
    Thaw {
        server: usize,
    },
    /// What the database stands on goes away, and comes back by itself after a while.
    Outage {
        end: End,
    },
    /// All connections to the database are ended.
    Cut,
}

/// Does to the servers what is due.
#[derive(Debug)]
pub(super) struct Keeper {
    /// Each with the change before which it is done.
    strikes: Vec<(usize, Strike)>,
    env: Vec<(String, String)>,
    done: usize,
    at_points: usize,
    /// The named places where it died, and those where it has to.
    died_at: BTreeSet<&'static str>,
    wanted: BTreeSet<&'static str>,
    ground: Option<Ground>,
    outage: Option<Outage>,
    /// No event gets lost, and nobody sweeps: what was answered 2xx and is not stored is missing in the end.
    pub(super) events_alone: bool,
    /// Jira gave an event up nevertheless.
    pub(super) gave_up: bool,
    frozen: Option<Instant>,
    felled: Option<usize>,
    /// What happened, for the record.
    pub(super) notes: Vec<String>,
}

impl Keeper {
    /// One server dies again and again, every other time at a named place.
    pub(super) fn of_deaths(seed: u64, env: Vec<(String, String)>) -> Self {
        let mut chance = Chance::of(seed ^ 0x6b69_6c6c);
        let strike = |nth: usize, chance: &mut Chance| {
            if nth.is_multiple_of(2) {
                // Between an intent, its call and its outcome; any other time is like any moment.
                let points: Vec<&str> = points().filter(|point| *point != BEGIN).collect();
                let point = points[chance.pick(points.len())];
                return Strike::At { point, pass: 1 + chance.below(PASSES_MAX) };
            }
            Strike::Kill { delay_ms: chance.below(DELAY_MS_MAX) }
        };
        let strikes = (0..DEATHS).map(|nth| strike(nth, &mut chance)).collect();
        Self::new(&mut chance, strikes, env)
    }

    /// One server dies at every named place that there is for it, and at some moment after each.
    pub(super) fn of_points(seed: u64, env: Vec<(String, String)>) -> Self {
        let mut chance = Chance::of(seed ^ 0x706f_696e);
        let mut strikes = Vec::new();
        for point in points() {
            let pass = 1 + if point == BEGIN { chance.below(BEGINS_MAX) } else { 0 };
            strikes.push(Strike::At { point, pass });
            strikes.push(Strike::Kill { delay_ms: chance.below(DELAY_MS_MAX) });
        }
        Self { wanted: points().collect(), ..Self::new(&mut chance, strikes, env) }
    }

    /// What the server's database stands on is taken away again and again, and events alone tell of changes.
    pub(super) fn of_outages(seed: u64, ground: Ground, env: Vec<(String, String)>) -> Self {
        let ends = [End::Immediate, End::Fast].into_iter().cycle();
        let strikes = ends.map(|end| Strike::Outage { end }).take(OUTAGES).collect();
        let keeper = Self::new(&mut Chance::of(seed ^ 0x676f_6e65), strikes, env);
        Self { ground: Some(ground), events_alone: true, ..keeper }
    }

    /// The server's connections to its database are cut again and again, and events alone tell of changes.
    pub(super) fn of_cuts(seed: u64, env: Vec<(String, String)>) -> Self {
        let keeper = Self::new(&mut Chance::of(seed ^ 0x6375_7473), vec![Strike::Cut; CUTS], env);
        Self { events_alone: true, ..keeper }
    }

    /// Nothing is done to the servers.
    pub(super) fn idle(env: Vec<(String, String)>) -> Self {
        Self::new(&mut Chance::of(0), Vec::new(), env)
    }

    /// Of several servers one stands still for longer than its leases and goes on; then another one dies, and stays
    /// dead while the rest works on alone.
    pub(super) fn of_several(seed: u64, servers: usize, env: Vec<(String, String)>) -> Self {
        let mut chance = Chance::of(seed ^ 0x7477_6f32);
        let zombie = chance.pick(servers);
        let dead = (zombie + 1) % servers;
        let strikes = [
            Strike::Freeze { server: zombie },
            Strike::Thaw { server: zombie },
            Strike::Fell { server: dead },
            Strike::Raise { server: dead },
            Strike::Freeze { server: dead },
            Strike::Thaw { server: dead },
            Strike::Fell { server: 1 },
        ];
        Self::new(&mut chance, strikes.into(), env)
    }

    fn new(chance: &mut Chance, strikes: Vec<Strike>, env: Vec<(String, String)>) -> Self {
        // Each within so many changes of the one before.
        let spacing = (TURNS / (strikes.len() + 1)) as u64;
        let mut at = 0;
        let strikes = strikes.into_iter().map(|strike| {
            at += spacing / 2 + chance.below(spacing);
            (usize::try_from(at).unwrap_or(TURNS).min(TURNS - 1), strike)
        });
        let strikes = strikes.collect();
        Self {
            strikes,
            env,
            done: 0,
            at_points: 0,
            died_at: BTreeSet::new(),
            wanted: BTreeSet::new(),
            ground: None,
            outage: None,
            events_alone: false,
            gave_up: false,
            frozen: None,
            felled: None,
            notes: Vec::new(),
        }
    }

    /// Whether the whole database goes away. A full tablespace takes in what fits into its pages, events among it.
    pub(super) fn takes_away(&self) -> bool {
        matches!(self.ground, Some(Ground::Postgres(_) | Ground::Disk(_)))
    }

    /// The environment of a life that begins now.
    pub(super) fn env(&self) -> Vec<(String, String)> {
        let mut env = self.env.clone();
        if let Some((_, Strike::At { point, pass })) = self.strikes.get(self.done) {
            env.push(("DUPLEX_CRASH".to_owned(), format!("{point}={pass}")));
        }
        env
    }

    /// Does what is due before a change.
    pub(super) async fn before(&mut self, turn: usize, stage: &mut Stage) -> Result<()> {
        self.mind(turn, stage).await?;
        while let Some((due, strike)) = self.strikes.get(self.done).cloned() {
            if due > turn {
                break;
            }
            self.rest(stage).await?;
            self.strike(&strike, stage).await.with_context(|| format!("{strike:?}"))?;
            self.notes.push(format!("before change {turn}: {strike:?}"));
        }
        Ok(())
    }

    /// Waits until what was taken away is back.
    pub(super) async fn rest(&mut self, stage: &mut Stage) -> Result<()> {
        match (self.ground.as_mut(), self.outage.take()) {
            (Some(ground), Some(outage)) => ground.give_back(outage, stage).await,
            _ => Ok(()),
        }
    }

    async fn strike(&mut self, strike: &Strike, stage: &mut Stage) -> Result<()> {
        self.done += 1;
        match *strike {
            Strike::Kill { delay_ms } => {
                tokio::time::sleep(Duration::from_millis(delay_ms)).await;
                self.start_again(0, stage).await
            }
            Strike::At { point, .. } => {
                let is_wanted = self.wanted.contains(point);
                let until = Instant::now() + if is_wanted { PATIENCE_WANTED } else { PATIENCE };
                while !stage.servers[0].process.ended() && Instant::now() < until {
                    tokio::time::sleep(POLL).await;
                }
                if stage.servers[0].process.ended() {
                    self.died(point);
                }
                self.start_again(0, stage).await
            }
            Strike::Fell { server } => {
                self.felled = Some(server);
                stage.servers[server].process.kill()
            }
            Strike::Raise { server } => {
                self.felled = None;
                stage.restart(server, None).await
            }
            Strike::Freeze { server } => {
                self.frozen = Some(Instant::now());
                stage.servers[server].process.freeze()
            }
            Strike::Thaw { server } => {
                if let Some(began) = self.frozen.take() {
                    tokio::time::sleep_until(began + FROZEN).await;
                }
                stage.servers[server].process.thaw()
            }
            Strike::Outage { end } => {
                let ground = self.ground.as_mut().context("nothing to take away")?;
                self.outage = Some(ground.take(end, stage).await?);
                Ok(())
            }
            Strike::Cut => {
                let cut = outage::cut(&stage.database_url()).await?;
                self.notes.push(format!("{cut} connections"));
                ensure!(cut > 0, "there was no connection to cut");
                Ok(())
            }
        }
    }

    /// The server starts again with another environment, and somebody says why.
    pub(super) async fn begin_anew(
        &mut self,
        env: Vec<(String, String)>,
        why: String,
        stage: &mut Stage,
    ) -> Result<()> {
        self.rest(stage).await?;
        self.env = env;
        self.notes.push(why);
        self.start_again(0, stage).await
    }

    fn died(&mut self, point: &'static str) {
        self.at_points += 1;
        self.died_at.insert(point);
    }

    /// Starts a server again that died at its named place; any other has no reason to be gone. Gives back what was away
    /// for long enough.
    pub(super) async fn mind(&mut self, turn: usize, stage: &mut Stage) -> Result<()> {
        if self.outage.as_ref().is_some_and(Outage::is_over) {
            self.rest(stage).await?;
        }
        for server in 0..stage.servers.len() {
            if self.felled == Some(server) || !stage.servers[server].process.ended() {
                continue;
            }
            let Some((_, Strike::At { point, pass })) = self.strikes.get(self.done).cloned() else {
                bail!("server {server} ended by itself:\n{}", stage.servers[server].process.printed());
            };
            self.notes.push(format!("before change {turn}: died at {point}, pass {pass}"));
            self.died(point);
            self.done += 1;
            self.start_again(server, stage).await?;
        }
        Ok(())
    }

    /// Where work waits, a server may be at its named place, and abort there, before it has answered once.
    pub(super) async fn start_again(&mut self, server: usize, stage: &mut Stage) -> Result<()> {
        loop {
            let started = stage.restart(server, Some(self.env())).await;
            let planned = self.strikes.get(self.done).map(|(_, strike)| strike.clone());
            match (started, planned) {
                (Err(error), Some(Strike::At { point, pass }))
                    if format!("{error:#}").contains("SIGABRT") =>
                {
                    self.notes.push(format!("at its start: died at {point}, pass {pass}"));
                    self.died(point);
                    self.done += 1;
                }
                (started, _) => return started,
            }
        }
    }

    /// # Errors
    /// When the run was too mild.
    pub(super) fn enough(&self) -> Result<()> {
        ensure!(self.done == self.strikes.len(), "only {} strikes: {:#?}", self.done, self.notes);
        let planned = self.strikes.iter().any(|(_, strike)| matches!(strike, Strike::At { .. }));
        ensure!(
            !planned || self.at_points >= AT_POINTS_MIN,
            "the server died {} times at named places: is `duplex` built with crash points?",
            self.at_points
        );
        let missed: Vec<_> = self.wanted.difference(&self.died_at).collect();
        ensure!(missed.is_empty(), "the server never died at {missed:?}: {:#?}", self.notes);
        Ok(())
    }
}

/// The named places that a server comes by while it mirrors.
fn points() -> impl Iterator<Item = &'static str> {
    POINTS.into_iter().filter(|point| !point.starts_with(OF_DRILLS))
}
