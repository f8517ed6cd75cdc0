//! A decision while it is made: what it still needs, what it says so far, and why.

use super::Sight;
use super::{Element, Given, Note, Plan, Read, Step, Trouble};
use crate::explain::{Line, Outcome};
use crate::id::{CommentId, Millis, Side, Sides};
use crate::issue::Issue;
use crate::link::{End, IntentKind, Parked};
use crate::ordered::BTreeSet;

pub(crate) struct Draft<'a> {
    pub(crate) given: &'a Given<'a>,
    pub(crate) plan: Plan,
    pub(crate) lines: Vec<Line>,
    /// Noted once nothing is left to do: what says "read up to here".
    pub(crate) last: Vec<Note>,
    /// Comments that open intents make us look at.
    pub(crate) forced: Sides<BTreeSet<CommentId>>,
    /// Copies that are hidden before anything else is done.
    pub(crate) hiding: Vec<Step>,
}

impl<'a> Draft<'a> {
    pub(crate) fn new(given: &'a Given<'a>) -> Self {
        Self {
            given,
            plan: Plan::default(),
            lines: Vec::new(),
            last: Vec::new(),
            forced: Sides::default(),
            hiding: Vec::new(),
        }
    }

    /// While something must be read, nothing else is said.
    pub(crate) fn finish(self) -> Plan {
        let Plan { needs, mut notes, steps, again, not_before } = self.plan;
        if !needs.is_empty() {
            return Plan { needs, not_before, ..Plan::default() };
        }
        let steps: Vec<Step> = self.hiding.into_iter().chain(steps).collect();
        if steps.is_empty() && not_before.is_none() {
            notes.extend(self.last);
        }
        Plan { needs, notes, steps, again, not_before }
    }

    pub(crate) fn need(&mut self, element: Element, read: Read, why: &str) {
        self.plan.needs.insert(read);
        self.say(element, Outcome::Reads, why);
    }

    pub(crate) fn note(&mut self, note: Note) {
        self.plan.notes.push(note);
    }

    pub(crate) fn step(&mut self, element: Element, step: Step) {
        self.say(element, Outcome::Writes { to: step.op.side() }, &step.why);
        self.plan.steps.push(step);
    }

    /// Removes a copy that must not be seen any more, before all else.
    pub(crate) fn hide(&mut self, element: Element, step: Step) {
        self.say(element, Outcome::Writes { to: step.op.side() }, &step.why);
        self.hiding.push(step);
    }

    pub(crate) fn say(&mut self, element: Element, outcome: Outcome, why: &str) {
        self.lines.push(Line { element, outcome, why: why.to_owned() });
    }

    /// Stops an element; said once, and again only when people asked for another try.
    pub(crate) fn park(&mut self, element: Element, trouble: Trouble) {
        self.say(element.clone(), Outcome::Parked { code: trouble.code.clone() }, &trouble.sentence);
        let known = self.given.link.parked(&element);
        if known.is_none_or(|p| p.code != trouble.code || self.asked_after(p.at)) {
            self.plan.notes.push(Note::Park { element, trouble });
        }
    }

    /// The element stopped and nobody asked for another try since.
    pub(crate) fn held(&self, element: &Element) -> Option<&'a Parked> {
        self.given.link.parked(element).filter(|p| !self.asked_after(p.at))
    }

    /// People asked for another try of it.
    pub(crate) fn retried(&self, element: &Element) -> bool {
        self.given.link.parked(element).is_some_and(|p| self.asked_after(p.at))
    }

    /// What stopped the element does not any more.
    pub(crate) fn unpark(&mut self, element: &Element) {
        if self.given.link.parked(element).is_some() {
            self.plan.notes.push(Note::Unpark { element: element.clone() });
        }
    }

    pub(crate) fn asked_after(&self, at: Millis) -> bool {
        Side::BOTH.iter().any(|side| self.given.hints[*side].retry.is_some_and(|asked| asked > at))
    }

    /// Nothing about these elements is done before this instant.
    pub(crate) fn wait_until(&mut self, at: Millis) {
        self.plan.not_before = Some(self.plan.not_before.map_or(at, |known| known.max(at)));
    }

    /// The intents whose outcome is unknown still rest.
    pub(crate) fn resting(&self) -> impl Iterator<Item = (Side, &'a IntentKind)> {
        let given = self.given;
        given
            .link
            .intents
            .iter()
            .filter(|i| i.opened.plus(given.grace_ms) > given.now)
            .map(|i| (i.side, &i.what))
    }
}

impl<'a> Given<'a> {
    pub(crate) fn end(&self, side: Side) -> Option<&'a End> {
        self.link.ends[side].as_ref()
    }

    pub(crate) fn issue(&self, side: Side) -> Option<&'a Issue> {
        match &self.seen[side].issue {
            Sight::Seen(issue) => Some(issue),
            Sight::NotRead | Sight::Missing | Sight::Forbidden => None,
        }
    }

    pub(crate) fn retry(&self) -> Option<Millis> {
        self.hints.a.retry.max(self.hints.b.retry)
    }

    /// People asked to have fields translated by the mapping of today.
    pub(crate) fn remap(&self) -> bool {
        Side::BOTH.iter().any(|side| self.hints[*side].remap)
    }

    /// An instant of a site's clock on ours.
    pub(crate) fn on_our_clock(&self, side: Side, at: Millis) -> Millis {
        at.plus(self.seen[side].clock_ahead_ms.saturating_neg())
    }
}
