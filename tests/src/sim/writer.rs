//! Writes a storm's turns: who does what where, drawn from the seed. It makes what auditors miss: equal words, words that
//! are alike for long, copies that somebody touches, what is deleted and said again.

use super::plot::{secret, tag};
use super::topology::Topology;
use super::transition::{Cells, Nth, Place, Transition, Turn};
use super::weather::{Fault, Weather};
use crate::chance::Chance;
use crate::person::Kind;

/// Turns of a seed.
const TURNS: (u64, u64) = (12, 60);
/// Rests between two turns, in milliseconds, and how often each comes.
const PAUSES_MS: [(u64, i64); 6] =
    [(30, 0), (25, 1_000), (20, 8_000), (15, 45_000), (8, 150_000), (2, 1_200_000)];
/// How many crash points are passed before a death, and calls before a strike.
const POINTS_MAX: u64 = 60;
const CALLS_MAX: u64 = 12;
/// How long a server stands still: from a moment to far beyond its lease.
const SLEEPS_MS: [i64; 5] = [300, 4_000, 15_000, 45_000, SLEEP_MS_MAX];
/// No sleep is longer.
pub(super) const SLEEP_MS_MAX: i64 = 200_000;
const JUMP_MS_MAX: u64 = 7_200_000;

/// Few, so that equal texts meet.
const PHRASES: [&str; 7] = [
    "Done.",
    "Any news?",
    ".",
    "First line\nand a second one",
    "größer als 5 € 🎉",
    "Anna Agent (acme):\nas I said",
    "It is as we all know, and have known for years, the same old story with the same old printer, which prints: yes",
];
const OPTIONS: [&str; 3] = ["Critical", "High", "Low"];
/// The beginning of some summaries and of some comments: whoever compares a hundred characters sees no difference.
const ALIKE: &str = "The same words at the beginning of each, so many of them that nobody who looks at a hundred \
                     characters alone can tell the one from the other: ";

/// What the writer knows of an issue that it has somebody make.
#[derive(Debug)]
struct Issue {
    home: Place,
    request: bool,
    alike: bool,
}

#[derive(Debug)]
struct Said {
    issue: Nth,
    who: &'static str,
    kind: Kind,
    gone: bool,
    /// The number of its secret; 0 is shared by all that never become public.
    class: u64,
}

/// What people of this seed do at all.
#[derive(Debug)]
struct Habits {
    erase: bool,
    show: bool,
    restrict: bool,
    touch_copies: bool,
    workflow: bool,
    delete: bool,
    publish: bool,
    stop: bool,
    revoke: bool,
    options: bool,
    marry: bool,
    reinstall: bool,
    jump: bool,
    retry: bool,
}

pub(super) struct Writer<'w> {
    chance: Chance,
    topology: Topology,
    weather: &'w Weather,
    habits: Habits,
    turns: Vec<Turn>,
    issues: Vec<Issue>,
    said: Vec<Said>,
    words: u64,
    /// Rights and apps that are away, to come back.
    away: Vec<Transition>,
}

impl<'w> Writer<'w> {
    pub(super) fn new(mut chance: Chance, topology: Topology, weather: &'w Weather) -> Self {
        let mut habit = |percent: u64| chance.below(100) < percent;
        let habits = Habits {
            erase: habit(70),
            show: habit(60),
            restrict: habit(30),
            touch_copies: habit(40),
            workflow: habit(30),
            delete: habit(25),
            publish: habit(25),
            stop: habit(20),
            revoke: habit(20),
            options: habit(15),
            marry: habit(20),
            reinstall: habit(12),
            jump: habit(25),
            retry: habit(30),
        };
        let (turns, issues, said, away) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { chance, topology, weather, habits, turns, issues, said, words: 0, away }
    }

    pub(super) fn write(&mut self) -> Vec<Turn> {
        let count = TURNS.0 + self.chance.below(TURNS.1 - TURNS.0 + 1);
        self.birth();
        while (self.turns.len() as u64) < count {
            self.trouble();
            self.one();
        }
        while let Some(back) = self.away.pop() {
            self.turn(back);
        }
        std::mem::take(&mut self.turns)
    }

    fn turn(&mut self, what: Transition) {
        let mut drawn = self.chance.below(PAUSES_MS.iter().map(|(weight, _)| weight).sum());
        let pause = PAUSES_MS.iter().find(|(weight, _)| {
            let here = drawn < *weight;
            drawn = drawn.saturating_sub(*weight);
            here
        });
        self.turns.push(Turn { what, pause_ms: pause.map_or(0, |(_, ms)| *ms) });
    }

    /// What strikes the server while it works on what comes next.
    fn trouble(&mut self) {
        if self.weather.has(Fault::Deaths) && self.chance.below(6) == 0 {
            let what = if self.chance.below(2) == 0 {
                Transition::Die { after: self.chance.below(POINTS_MAX) }
            } else {
                Transition::DieInCall { skip: self.calls(), after_effect: self.coin() }
            };
            self.turns.push(Turn { what, pause_ms: 0 });
        }
        if self.weather.has(Fault::Sleeps) && self.chance.below(6) == 0 {
            let ms = SLEEPS_MS[self.chance.pick(SLEEPS_MS.len())];
            let what = Transition::Sleep { skip: self.calls(), after_effect: self.coin(), ms };
            self.turns.push(Turn { what, pause_ms: 0 });
        }
    }

    fn one(&mut self) {
        match self.chance.below(120) {
            0..10 => self.birth(),
            10..22 => self.rename(),
            22..28 => self.describe(),
            28..30 => self.choose(),
            30..58 => self.say(),
            58..70 => self.reword(),
            70..77 if self.habits.erase => self.erase(),
            77..84 if self.habits.show => self.show(),
            84..86 if self.habits.restrict => self.restrict(),
            86..92 if self.habits.touch_copies => self.touch_copy(),
            92..95 if self.habits.workflow => self.workflow(),
            95..97 if self.habits.delete => self.delete(),
            97..100 if self.habits.publish => self.publish(),
            100..102 if self.habits.stop => self.stop(),
            102..104 if self.habits.revoke => self.revoke(),
            104..106 if self.habits.marry => self.marry(),
            106..108 if self.habits.reinstall => self.reinstall(),
            108..110 if self.habits.jump => {
                let ms = self.chance.below(JUMP_MS_MAX) as i64;
                self.turn(Transition::Jump { ms });
            }
            110..112 if self.habits.retry => self.turn(Transition::Retry),
            112..114 => self.come_back(),
            114..116 if self.habits.options => self.drop_option(),
            _ => self.say(),
        }
    }

    fn birth(&mut self) {
        let at = self.place();
        let (kind, request) = (self.chance.pick(3), self.chance.below(5) > 0);
        let issue = self.issues.len();
        let alike = self.chance.below(4) == 0;
        self.issues.push(Issue { home: at, request, alike });
        self.turn(if request {
            Transition::Raise { at, issue, kind }
        } else {
            Transition::Create { at, issue, kind }
        });
    }

    fn rename(&mut self) {
        let (issue, at) = self.somewhere();
        let words =
            if self.issues[issue].alike { ALIKE.to_owned() } else { self.phrase().replace('\n', " ") };
        let words = format!("{words} {} {}", tag(issue), self.number());
        self.turn(Transition::Rename { at, issue, words });
    }

    fn describe(&mut self) {
        let (issue, at) = self.somewhere();
        let words = format!("{}\nas of {}", self.phrase(), self.number());
        self.turn(Transition::Describe { at, issue, words });
    }

    fn choose(&mut self) {
        let (issue, at) = self.somewhere();
        let option = OPTIONS[self.chance.pick(OPTIONS.len())];
        self.turn(Transition::Choose { at, issue, option });
    }

    fn drop_option(&mut self) {
        let (at, option) = (self.place(), OPTIONS[self.chance.pick(OPTIONS.len())]);
        self.away.push(Transition::AddOption { at, option });
        self.turn(Transition::DropOption { at, option });
    }

    fn say(&mut self) {
        let (issue, at) = self.somewhere();
        let Issue { home, request, .. } = self.issues[issue];
        let kind = if self.coin() { Kind::Internal } else { Kind::Public };
        let by_customer = request && at == home && kind == Kind::Public && self.coin();
        let who = match self.chance.below(2) {
            _ if by_customer => "customer1",
            0 => "agent1",
            _ => "agent2",
        };
        let shared = self.chance.below(3) == 0;
        let class = if shared { 0 } else { self.number() };
        let words = self.words(kind, request, class);
        let comment = self.said.len();
        self.said.push(Said { issue, who, kind, gone: false, class });
        self.turn(Transition::Say { at, issue, comment, who, kind, words });
    }

    fn reword(&mut self) {
        let Some(comment) = self.own_comment() else { return self.say() };
        let Said { kind, issue, class, .. } = self.said[comment];
        let mut words = self.words(kind, self.issues[issue].request, class);
        // Some edits go back to what stood there before, or to what another comment says.
        if self.coin() {
            words = format!("{words} (edit {})", self.number());
        }
        self.turn(Transition::Reword { comment, words });
    }

    fn erase(&mut self) {
        let Some(comment) = self.own_comment() else { return self.say() };
        self.said[comment].gone = true;
        self.turn(Transition::Erase { comment });
        // Delete, and say it once more.
        if self.chance.below(3) == 0 {
            self.say();
        }
    }

    fn show(&mut self) {
        let Some(comment) = self.own_comment() else { return self.say() };
        let said = &self.said[comment];
        if said.class == 0 {
            return self.say();
        }
        let kind = match said.kind {
            Kind::Public => Kind::Internal,
            Kind::Internal => Kind::Public,
        };
        self.said[comment].kind = kind;
        if kind == Kind::Internal {
            self.said[comment].class = self.number();
        }
        self.turn(Transition::Show { comment, kind });
    }

    fn restrict(&mut self) {
        let Some(comment) = self.own_comment() else { return self.say() };
        self.turn(Transition::Restrict { comment });
    }

    fn touch_copy(&mut self) {
        if self.said.is_empty() {
            return self.say();
        }
        let comment = self.chance.pick(self.said.len());
        let at = self.place();
        let words = format!("Touched {}", self.number());
        let erased = self.chance.below(3) == 0;
        self.turn(if erased {
            Transition::EraseCopy { comment, at }
        } else {
            Transition::RewordCopy { comment, at, words }
        });
    }

    fn workflow(&mut self) {
        let (issue, at) = self.somewhere();
        self.turn(Transition::Resolve { at, issue });
        self.turn(Transition::Reopen { at, issue });
    }

    fn delete(&mut self) {
        let (issue, at) = self.somewhere();
        let deleted = self.coin();
        self.turn(if deleted { Transition::Delete { at, issue } } else { Transition::Move { at, issue } });
    }

    fn publish(&mut self) {
        let sync = self.chance.pick(self.topology.syncs().len());
        let cells = match self.chance.below(3) {
            0 => Cells::NotesStay,
            1 => Cells::AllInternal,
            _ => Cells::Alike,
        };
        self.turn(Transition::Publish { sync, cells });
    }

    fn stop(&mut self) {
        let sync = self.chance.pick(self.topology.syncs().len());
        self.away.push(Transition::Start { sync });
        self.turn(Transition::Stop { sync });
    }

    fn revoke(&mut self) {
        let at = self.place();
        self.away.push(Transition::Grant { at });
        self.turn(Transition::Revoke { at });
    }

    fn reinstall(&mut self) {
        let site = self.chance.pick(self.topology.sites().len());
        self.away.push(Transition::Install { site });
        self.turn(Transition::Uninstall { site });
    }

    fn come_back(&mut self) {
        match self.away.is_empty() {
            true => self.say(),
            false => {
                let back = self.away.remove(0);
                self.turn(back);
            }
        }
    }

    fn marry(&mut self) {
        let at = self.place();
        let name = format!("Anna Married-{}", self.number());
        self.turn(Transition::Marry { at, who: "agent1", name });
    }

    /// A comment that its author can still change: the portal knows no edits.
    fn own_comment(&mut self) -> Option<Nth> {
        let can = |said: &Said| !said.gone && said.who != "customer1";
        let all: Vec<Nth> = (0..self.said.len()).filter(|nth| can(&self.said[*nth])).collect();
        // The newest half of the time: most edits follow what was just said.
        let newest = self.coin();
        match all.last() {
            Some(last) if newest => Some(*last),
            Some(_) => Some(all[self.chance.pick(all.len())]),
            None => None,
        }
    }

    fn words(&mut self, kind: Kind, request: bool, class: u64) -> String {
        let alike = if self.chance.below(6) == 0 { ALIKE } else { "" };
        let phrase = self.phrase();
        if kind == Kind::Public && request {
            format!("{alike}{phrase}")
        } else {
            format!("{alike}{} {phrase}", secret(class))
        }
    }

    fn phrase(&mut self) -> &'static str {
        PHRASES[self.chance.pick(PHRASES.len())]
    }

    /// Some issue, at some place.
    fn somewhere(&mut self) -> (Nth, Place) {
        let issue = self.chance.pick(self.issues.len());
        let at = if self.coin() { self.issues[issue].home } else { self.place() };
        (issue, at)
    }

    fn place(&mut self) -> Place {
        self.chance.pick(self.topology.places().len())
    }

    fn calls(&mut self) -> u32 {
        u32::try_from(self.chance.below(CALLS_MAX)).unwrap_or(0)
    }

    fn coin(&mut self) -> bool {
        self.chance.below(2) == 0
    }

    /// A number that was not used before.
    fn number(&mut self) -> u64 {
        self.words += 1;
        self.words
    }
}
