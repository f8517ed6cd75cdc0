//! What people do in a storm: drawn from a seed, whole, before anything runs.

use crate::chance::Chance;
use crate::person::Kind;
use duplex_core::id::Side;

/// Changes of a run.
pub(super) const TURNS: usize = 200;
/// Issues that exist before anything else happens.
const ISSUES_FIRST: usize = 6;
/// So many changes must lie between an issue's birth and the first change on its copy, so that the wait for the copy
/// does not calm the storm.
const TURNS_TO_CROSS: usize = 50;
/// The longest rest between two changes, in milliseconds.
const PAUSE_MS_MAX: u64 = 90;
/// Edits of a burst.
const BURST_MAX: u64 = 5;

const TYPES: [&str; 3] = ["IT Help", "Purchase", "Access"];
/// Few, so that equal texts meet.
const PHRASES: [&str; 6] = [
    "Done.",
    "Any news?",
    "It works again, thank you!",
    "First line\nand a second one",
    "größer als 5 € 🎉",
    "Same here.",
];

/// An issue or a comment, by the order of its birth.
pub(super) type Nth = usize;

/// One change by one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Deed {
    /// A customer raises a request in the portal.
    Raise {
        side: Side,
        issue: Nth,
        kind: usize,
    },
    /// An agent creates an issue, as a request or without a request type.
    Create {
        side: Side,
        issue: Nth,
        kind: usize,
        request: bool,
    },
    Summary {
        side: Side,
        issue: Nth,
        words: String,
    },
    Description {
        side: Side,
        issue: Nth,
        words: String,
    },
    Say {
        side: Side,
        issue: Nth,
        comment: Nth,
        who: &'static str,
        kind: Kind,
        words: String,
    },
    /// An author edits his comment.
    Reword {
        comment: Nth,
        words: String,
    },
    /// An author deletes his comment.
    Erase {
        comment: Nth,
    },
}

/// A change, and how long people rest after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Turn {
    pub(super) deed: Deed,
    pub(super) pause_ms: u64,
}

/// The name of an issue type of the scripts.
#[must_use]
pub(super) fn type_name(kind: usize) -> &'static str {
    TYPES[kind % TYPES.len()]
}

/// What every summary of an issue begins with: people tell issues apart by it.
#[must_use]
pub(super) fn tag(issue: Nth) -> String {
    format!("#{issue:03}")
}

/// All changes of a seed.
#[must_use]
pub(super) fn script(seed: u64) -> Vec<Turn> {
    let mut writer =
        Writer { chance: Chance::of(seed), turns: Vec::new(), issues: Vec::new(), said: Vec::new() };
    for _ in 0..ISSUES_FIRST {
        writer.birth();
    }
    while writer.turns.len() < TURNS {
        writer.next();
    }
    writer.turns
}

/// The issue that a change of a script is about.
pub(super) fn issue_of(turns: &[Turn], deed: &Deed) -> Option<Nth> {
    match deed {
        Deed::Raise { issue, .. }
        | Deed::Create { issue, .. }
        | Deed::Summary { issue, .. }
        | Deed::Description { issue, .. }
        | Deed::Say { issue, .. } => Some(*issue),
        Deed::Reword { comment: wanted, .. } | Deed::Erase { comment: wanted } => {
            turns.iter().find_map(|turn| {
                if let Deed::Say { comment, issue, .. } = &turn.deed
                    && comment == wanted
                {
                    return Some(*issue);
                }
                None
            })
        }
    }
}

#[derive(Debug)]
struct Issue {
    side: Side,
    /// Raised in the portal: the customer replies there.
    raised: bool,
    request: bool,
    born: usize,
}

#[derive(Debug)]
struct Said {
    issue: Nth,
    who: &'static str,
    kind: Kind,
    gone: bool,
}

struct Writer {
    chance: Chance,
    turns: Vec<Turn>,
    issues: Vec<Issue>,
    said: Vec<Said>,
}

impl Writer {
    fn next(&mut self) {
        match self.chance.below(100) {
            0..8 => self.birth(),
            8..24 => self.summary(),
            24..36 => self.description(),
            36..42 => self.burst(),
            42..76 => self.say(),
            76..90 => self.reword(),
            _ => self.erase(),
        }
    }

    fn turn(&mut self, deed: Deed) {
        let pause_ms = self.chance.below(PAUSE_MS_MAX);
        self.turns.push(Turn { deed, pause_ms });
    }

    fn birth(&mut self) {
        let (side, kind) = (self.side(), self.chance.pick(TYPES.len()));
        let (raised, request) = (self.chance.below(3) > 0, self.chance.below(2) > 0);
        let issue = self.issues.len();
        self.issues.push(Issue { side, raised, request: raised || request, born: self.turns.len() });
        self.turn(if raised {
            Deed::Raise { side, issue, kind }
        } else {
            Deed::Create { side, issue, kind, request }
        });
    }

    fn summary(&mut self) {
        let (issue, side) = self.place();
        let words = format!("{} {} {}", tag(issue), self.phrase().replace('\n', " "), self.turns.len());
        self.turn(Deed::Summary { side, issue, words });
    }

    fn description(&mut self) {
        let (issue, side) = self.place();
        let words = format!("{}\nas of {}", self.phrase(), self.turns.len());
        self.turn(Deed::Description { side, issue, words });
    }

    /// Several edits of one field without a rest.
    fn burst(&mut self) {
        let (issue, side) = self.place();
        for _ in 0..=self.chance.below(BURST_MAX) {
            let words = format!("{} Burst {}", tag(issue), self.turns.len());
            self.turns.push(Turn { deed: Deed::Summary { side, issue, words }, pause_ms: 0 });
        }
    }

    fn say(&mut self) {
        let (issue, mut side) = self.place();
        let Issue { side: home, raised, request, .. } = self.issues[issue];
        // Where there is no portal, nothing is internal: such a comment has nowhere to go back to.
        if !request {
            side = home;
        }
        let kind = if request && self.chance.below(2) == 0 { Kind::Internal } else { Kind::Public };
        let by_customer = raised && side == home && kind == Kind::Public && self.chance.below(2) == 0;
        let who = match self.chance.below(2) {
            _ if by_customer => "customer1",
            0 => "agent1",
            _ => "agent2",
        };
        let words = self.words(kind, request);
        let comment = self.said.len();
        self.said.push(Said { issue, who, kind, gone: false });
        self.turn(Deed::Say { side, issue, comment, who, kind, words });
    }

    fn reword(&mut self) {
        let Some(comment) = self.own_comment() else { return self.say() };
        let Said { kind, issue, .. } = self.said[comment];
        let words =
            format!("{} (edited at {})", self.words(kind, self.issues[issue].request), self.turns.len());
        self.turn(Deed::Reword { comment, words });
    }

    fn erase(&mut self) {
        let Some(comment) = self.own_comment() else { return self.say() };
        self.said[comment].gone = true;
        self.turn(Deed::Erase { comment });
    }

    /// A comment that its author can still change: the portal knows no edits.
    fn own_comment(&mut self) -> Option<Nth> {
        let can = |said: &Said| !said.gone && said.who != "customer1";
        let all: Vec<Nth> = (0..self.said.len()).filter(|nth| can(&self.said[*nth])).collect();
        (!all.is_empty()).then(|| all[self.chance.pick(all.len())])
    }

    /// Some issue, at the end where it was made or, when it is old enough, at the other.
    fn place(&mut self) -> (Nth, Side) {
        let nth = self.chance.pick(self.issues.len());
        let issue = &self.issues[nth];
        let (home, old) = (issue.side, issue.born + TURNS_TO_CROSS < self.turns.len());
        let side = if old && self.chance.below(2) == 0 { home.other() } else { home };
        (nth, side)
    }

    /// What is not for customers says so: whoever finds it in a portal knows that it leaked.
    fn words(&mut self, kind: Kind, request: bool) -> String {
        let phrase = self.phrase();
        if kind == Kind::Public && request {
            phrase.to_owned()
        } else {
            format!("{} {phrase}", super::TEAM_ONLY)
        }
    }

    fn phrase(&mut self) -> &'static str {
        PHRASES[self.chance.pick(PHRASES.len())]
    }

    fn side(&mut self) -> Side {
        if self.chance.below(2) == 0 { Side::A } else { Side::B }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_a_script() {
        assert_eq!(script(7), script(7));
        assert_ne!(script(7), script(8));
    }

    #[test]
    fn every_seed_has_all_kinds_of_changes() {
        for seed in 1..50 {
            let turns = script(seed);
            let count = |is: fn(&Deed) -> bool| turns.iter().filter(|turn| is(&turn.deed)).count();
            assert!(turns.len() >= TURNS);
            assert!(count(|deed| matches!(deed, Deed::Raise { .. })) > 2, "seed {seed}");
            assert!(count(|deed| matches!(deed, Deed::Say { kind: Kind::Internal, .. })) > 5, "seed {seed}");
            assert!(count(|deed| matches!(deed, Deed::Erase { .. })) > 3, "seed {seed}");
            assert!(count(|deed| matches!(deed, Deed::Reword { .. })) > 3, "seed {seed}");
        }
    }
}
