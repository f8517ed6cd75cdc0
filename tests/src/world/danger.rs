//! What goes wrong for the server: faults of the sites, strikes, a slow database, and time that nobody used.

use super::World;
use crate::chance::Chance;
use duplex_server::crash::Passing;
use jira_twin::faults::{By, FaultPlan};

impl World {
    /// What goes wrong from now on: webhooks, and the app's calls. People always get through.
    pub fn faults(&self, mut plan: FaultPlan) {
        plan.rules.iter_mut().for_each(|rule| rule.by = Some(By::Apps));
        self.twin.with(|state| state.faults = plan);
    }

    /// The server dies when it has passed so many of its crash points from now on.
    pub fn die_after(&mut self, points: u64) {
        self.dies_after = Some(points);
    }

    /// Of a hundred transactions of the server, so many wait that long for the database, in milliseconds.
    pub fn slow_database(&mut self, seed: u64, percent: u64, ms: i64) {
        let (mut chance, hands) = (Chance::of(seed), self.hands.clone());
        self.slow_database = Some(Passing::new(move || {
            if chance.below(100) < percent {
                hands.advance(ms);
            }
        }));
    }

    /// No strike waits for the server any more, and its database is quick.
    pub fn calm(&mut self) {
        self.net.calm();
        self.dies_after = None;
        self.slow_database = None;
    }

    /// Time that nobody used: the server stood still, and so did everybody else.
    pub fn jump(&self, ms: i64) {
        self.hands.advance(ms);
    }

    /// Strikes meet the server only while it works by itself, not while people set it up.
    pub(super) fn expose(&mut self, exposed: bool) {
        self.net.expose(exposed);
        let aim = if exposed { self.dies_after.take() } else { None };
        let left = duplex_server::crash::aim(aim);
        let slow = if exposed { self.slow_database.take() } else { None };
        let slow = duplex_server::crash::on_passing(slow);
        if !exposed {
            (self.dies_after, self.slow_database) = (left, slow);
        }
    }
}
