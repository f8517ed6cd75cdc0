//! Ends servers without warning, at moments that the seed chose, and starts them again; or lets them stand still.

use super::script::TURNS;
use crate::chance::Chance;
use crate::stage::Stage;
use anyhow::{Context, Result, bail, ensure};
use std::time::Duration;
use tokio::time::Instant;

/// How often the server dies in a storm.
const DEATHS: usize = 8;
/// It must have died so often at a named place; fewer, and the run proved nothing about them.
const AT_POINTS_MIN: usize = 2;
/// The places between an intent, its call and its outcome.
const POINTS: [&str; 4] = ["plan.recorded", "intent.opened", "call.answered", "outcome.recorded"];
/// A named place is passed at most so often before the server dies there.
const PASSES_MAX: u64 = 3;
/// The server dies at most so long after the change before, in milliseconds.
const DELAY_MS_MAX: u64 = 60;
/// So long a server may take to get to its named place once its turn has come: a slow machine has work left then.
const PATIENCE: Duration = Duration::from_secs(3);
const POLL: Duration = Duration::from_millis(20);
/// Something done to a server is done within so many changes of what was done before.
const SPACING: u64 = (TURNS / (DEATHS + 1)) as u64;
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
}

/// Does to the servers what is due.
#[derive(Debug)]
pub(super) struct Keeper {
    /// Each with the change before which it is done.
    strikes: Vec<(usize, Strike)>,
    env: Vec<(String, String)>,
    done: usize,
    at_points: usize,
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
                let point = POINTS[chance.pick(POINTS.len())];
                return Strike::At { point, pass: 1 + chance.below(PASSES_MAX) };
            }
            Strike::Kill { delay_ms: chance.below(DELAY_MS_MAX) }
        };
        let strikes = (0..DEATHS).map(|nth| strike(nth, &mut chance)).collect();
        Self::new(&mut chance, strikes, env)
    }

    /// Nothing is done to the servers.
    pub(super) fn idle(env: Vec<(String, String)>) -> Self {
        Self::new(&mut Chance::of(0), Vec::new(), env)
    }

    pub(super) fn is_idle(&self) -> bool {
        self.strikes.is_empty()
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
        let mut at = 0;
        let strikes = strikes.into_iter().map(|strike| {
            at += SPACING / 2 + chance.below(SPACING);
            (usize::try_from(at).unwrap_or(TURNS).min(TURNS - 1), strike)
        });
        let strikes = strikes.collect();
        Self { strikes, env, done: 0, at_points: 0, frozen: None, felled: None, notes: Vec::new() }
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
        let Some((due, strike)) = self.strikes.get(self.done).cloned() else { return Ok(()) };
        if due > turn {
            return Ok(());
        }
        self.strike(&strike, stage).await.with_context(|| format!("{strike:?}"))?;
        self.notes.push(format!("before change {turn}: {strike:?}"));
        Ok(())
    }

    async fn strike(&mut self, strike: &Strike, stage: &mut Stage) -> Result<()> {
        self.done += 1;
        match *strike {
            Strike::Kill { delay_ms } => {
                tokio::time::sleep(Duration::from_millis(delay_ms)).await;
                self.start_again(0, stage).await
            }
            Strike::At { .. } => {
                let until = Instant::now() + PATIENCE;
                while !stage.servers[0].process.ended() && Instant::now() < until {
                    tokio::time::sleep(POLL).await;
                }
                self.at_points += usize::from(stage.servers[0].process.ended());
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
        }
    }

    /// Starts a server again that died at its named place; any other has no reason to be gone.
    pub(super) async fn mind(&mut self, turn: usize, stage: &mut Stage) -> Result<()> {
        for server in 0..stage.servers.len() {
            if self.felled == Some(server) || !stage.servers[server].process.ended() {
                continue;
            }
            let Some((_, Strike::At { point, pass })) = self.strikes.get(self.done).cloned() else {
                bail!("server {server} ended by itself:\n{}", stage.servers[server].process.printed());
            };
            self.notes.push(format!("before change {turn}: died at {point}, pass {pass}"));
            self.at_points += 1;
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
                    self.at_points += 1;
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
        Ok(())
    }
}
