//! Ends the server without warning, at moments that the seed chose, and starts it again.

use super::chance::Chance;
use super::script::TURNS;
use crate::stage::Stage;
use anyhow::{Result, bail};
use std::time::Duration;

/// How often the server dies in a run.
const DEATHS: usize = 8;
/// The server must have died so often at a named place; fewer, and the run proved nothing about them.
const AT_POINTS_MIN: usize = 2;
/// The places between an intent, its call and its outcome.
const POINTS: [&str; 4] = ["plan.recorded", "intent.opened", "call.answered", "outcome.recorded"];
/// A named place is passed at most so often before the server dies there.
const PASSES_MAX: u64 = 5;
/// The server dies at most so long after the change before, in milliseconds.
const DELAY_MS_MAX: u64 = 60;

/// How a life of the server ends.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Death {
    /// `kill -9` at a moment.
    Killed { delay_ms: u64 },
    /// By itself, at the `pass`th time at a named place.
    At { point: &'static str, pass: u64 },
}

#[derive(Debug)]
pub(super) struct Keeper {
    /// Each with the change before which it has happened at the latest.
    deaths: Vec<(usize, Death)>,
    env: Vec<(String, String)>,
    /// How many are over.
    done: usize,
    at_points: usize,
    /// What happened, for the record.
    pub(super) notes: Vec<String>,
}

impl Keeper {
    pub(super) fn of(seed: u64, env: Vec<(String, String)>) -> Self {
        let mut chance = Chance::of(seed ^ 0x6b69_6c6c);
        let room = (TURNS / (DEATHS + 1)) as u64;
        let mut at = 0;
        let mut deaths = Vec::new();
        for nth in 0..DEATHS {
            at += room / 2 + chance.below(room);
            let death = if nth % 2 == 0 {
                Death::At { point: POINTS[chance.below(POINTS.len() as u64) as usize], pass: 1 + chance.below(PASSES_MAX) }
            } else {
                Death::Killed { delay_ms: chance.below(DELAY_MS_MAX) }
            };
            deaths.push((usize::try_from(at).unwrap_or(TURNS).min(TURNS - 1), death));
        }
        Self { deaths, env, done: 0, at_points: 0, notes: Vec::new() }
    }

    /// The environment of the life that begins now.
    pub(super) fn env(&self) -> Vec<(String, String)> {
        let mut env = self.env.clone();
        if let Some((_, Death::At { point, pass })) = self.deaths.get(self.done) {
            env.push(("DUPLEX_CRASH".to_owned(), format!("{point}={pass}")));
        }
        env
    }

    /// What is due before a change.
    pub(super) async fn before(&mut self, turn: usize, stage: &mut Stage) -> Result<()> {
        self.mind(turn, stage).await?;
        let Some((due, death)) = self.deaths.get(self.done).cloned() else { return Ok(()) };
        if due > turn {
            return Ok(());
        }
        if let Death::Killed { delay_ms } = death {
            tokio::time::sleep(Duration::from_millis(delay_ms)).await;
        }
        self.notes.push(format!("before change {turn}: kill -9 ({death:?})"));
        self.begin_again(stage).await
    }

    /// Starts a server again that died at its named place.
    pub(super) async fn mind(&mut self, turn: usize, stage: &mut Stage) -> Result<()> {
        if !stage.servers[0].process.ended() {
            return Ok(());
        }
        match self.deaths.get(self.done).cloned() {
            Some((_, Death::At { point, pass })) => {
                self.notes.push(format!("before change {turn}: died at {point}, pass {pass}"));
                self.at_points += 1;
                self.begin_again(stage).await
            }
            Some((_, Death::Killed { .. })) | None => {
                bail!("the server ended by itself:\n{}", stage.servers[0].process.printed())
            }
        }
    }

    /// # Errors
    /// When the run was too mild.
    pub(super) fn enough(&self) -> Result<()> {
        if self.done < DEATHS || self.at_points < AT_POINTS_MIN {
            bail!(
                "the server died {} times, {} of them at named places: is `duplex` built with crash points?",
                self.done,
                self.at_points
            );
        }
        Ok(())
    }

    async fn begin_again(&mut self, stage: &mut Stage) -> Result<()> {
        self.done += 1;
        stage.restart(0, Some(self.env())).await
    }
}
