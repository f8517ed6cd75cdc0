//! What happens in a storm: drawn from a seed, whole, before anything runs.

use super::topology::Topology;
use super::transition::{Nth, Transition, Turn};
use super::weather::{Fault, Weather};
use super::writer::Writer;
use crate::chance::Chance;

/// Tells the chance of what is drawn apart from the other one.
const APART: u64 = 0x6170_6172_7400;
/// Seeds in which the database is slow, and in which it is restored from a backup.
const SLOW_DATABASE_PERCENT: u64 = 12;
const RESTORED_PERCENT: u64 = 15;
/// Rests after a backup and after it was restored, in milliseconds.
const RESTORED_MS: [i64; 4] = [0, 2_000, 60_000, 600_000];

/// A whole storm.
#[derive(Debug, Clone)]
pub struct Plot {
    pub seed: u64,
    pub topology: Topology,
    /// How far each site's clock is ahead, in milliseconds.
    pub skews_ms: Vec<i64>,
    pub weather: Weather,
    pub turns: Vec<Turn>,
}

/// What is not for customers says so, with a number of its own or one that several share: whoever finds it in a portal
/// knows that it leaked.
#[must_use]
pub(super) fn secret(class: u64) -> String {
    format!("Team only {class}:")
}

/// What every summary of an issue contains: people tell issues apart by it.
#[must_use]
pub(super) fn tag(issue: Nth) -> String {
    format!("#{issue:03};")
}

impl Plot {
    #[must_use]
    pub fn of(seed: u64) -> Self {
        let mut chance = Chance::of(seed);
        let topology = Topology::draw(&mut chance);
        let mut weather = Weather::draw(&mut chance);
        // What came later is drawn apart: the other seeds keep what they were.
        let mut apart = Chance::of(seed ^ APART);
        if apart.below(100) < SLOW_DATABASE_PERCENT {
            weather.slow_database(&mut apart);
        }
        let mut plot = Self::with(seed, topology, weather, chance);
        if apart.below(100) < RESTORED_PERCENT {
            plot.restore(&mut apart);
        }
        plot
    }

    /// The database is backed up at some time, and restored at a later one, once or twice.
    fn restore(&mut self, chance: &mut Chance) {
        let mut at = 0;
        for what in [Transition::Backup, Transition::Restore, Transition::Restore] {
            at += chance.pick(self.turns.len() / 2);
            let pause_ms = RESTORED_MS[chance.pick(RESTORED_MS.len())];
            self.turns.insert(at.min(self.turns.len()), Turn { what, pause_ms });
        }
    }

    /// A pair of projects with one fault alone.
    #[must_use]
    pub fn alone(seed: u64, fault: Fault, percent: u64) -> Self {
        let mut chance = Chance::of(seed);
        let weather = Weather::alone(fault, percent, &mut chance);
        Self::with(seed, Topology::Pair, weather, chance)
    }

    fn with(seed: u64, topology: Topology, weather: Weather, mut chance: Chance) -> Self {
        let skewed = chance.below(3) == 0;
        let skew = |_: &&str| if skewed { chance.below(1_200_000) as i64 - 600_000 } else { 0 };
        let skews_ms = topology.sites().iter().map(skew).collect();
        let mut writer = Writer::new(chance, topology, &weather);
        let turns = writer.write();
        Self { seed, topology, skews_ms, weather, turns }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_a_plot() {
        assert_eq!(Plot::of(7).turns, Plot::of(7).turns);
        assert_ne!(Plot::of(7).turns, Plot::of(8).turns);
    }

    #[test]
    fn everything_happens_somewhere() {
        let mut kinds = std::collections::BTreeSet::new();
        for seed in 0..400 {
            for turn in Plot::of(seed).turns {
                let name = format!("{:?}", turn.what);
                kinds.insert(name.split([' ', '{']).next().unwrap_or_default().to_owned());
            }
        }
        let missing: Vec<_> = [
            "Raise",
            "Create",
            "Rename",
            "Describe",
            "Say",
            "Reword",
            "Erase",
            "Show",
            "Restrict",
            "RewordCopy",
            "EraseCopy",
            "Resolve",
            "Reopen",
            "Delete",
            "Move",
            "Publish",
            "Stop",
            "Start",
            "Revoke",
            "Grant",
            "Marry",
            "Uninstall",
            "Install",
            "Die",
            "DieInCall",
            "Sleep",
            "Jump",
            "Retry",
            "DropOption",
            "AddOption",
            "Backup",
            "Restore",
        ]
        .into_iter()
        .filter(|name| !kinds.contains(*name))
        .collect();
        assert_eq!(missing, [""; 0]);
    }
}
