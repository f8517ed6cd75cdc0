//! The server's way of one link, with Jira's answers assumed: ask the plan, read, write, take the answer, ask again.

use super::assume::{Assumed, named};
use super::losses::{self, Lost};
use super::{Call, Preview, PreviewFacts};
use crate::config::Config;
use crate::explain::{Line, Outcome};
use crate::id::{OpId, Side, Sides};
use crate::link::{DigestKey, Intent, Link};
use crate::ordered::BTreeSet;
use crate::payload;
use crate::plan::{self, Answer, Element, Given, Hints, Op, Plan, Read, Rebasing, Sight, Step, View};
use crate::stamp::{Property, Ring};
use std::collections::VecDeque;

/// Rounds of reading and writing, as many as the server takes in two claims.
const ROUNDS_MAX: usize = 48;
/// Calls that a preview shows. A thread of more comments is shown by its first ones.
const CALLS_MAX: usize = 2_000;

/// One preview while it is made.
pub(super) struct Run<'a> {
    config: &'a Config,
    facts: &'a PreviewFacts,
    key: &'a DigestKey,
    stamps: &'a Ring,
    /// What would be remembered by now.
    link: Link,
    /// What both sites would show by now.
    jira: Sides<Assumed>,
    /// What of it was looked at.
    seen: Sides<View>,
    hints: Sides<Hints>,
    again: Sides<Hints>,
    ops: usize,
    /// What was said about elements that were written or stopped.
    said: Vec<Line>,
    out: Preview,
}

/// Everything that the plan is made with.
pub(super) fn given<'a>(
    config: &'a Config,
    facts: &'a PreviewFacts,
    link: &'a Link,
    hints: &'a Sides<Hints>,
    seen: &'a Sides<View>,
    key: &'a DigestKey,
    stamps: &'a Ring,
) -> Given<'a> {
    Given {
        config,
        schemas: &facts.schemas,
        scope_from: &facts.scope_from,
        link,
        hints,
        seen,
        people: &facts.people,
        sites: &facts.sites,
        cluster_taken: facts.cluster_taken,
        rebasing: Rebasing::Nothing,
        stamps,
        key,
        now: facts.now,
        grace_ms: facts.grace_ms,
    }
}

impl<'a> Run<'a> {
    pub(super) fn new(
        config: &'a Config,
        facts: &'a PreviewFacts,
        key: &'a DigestKey,
        stamps: &'a Ring,
    ) -> Self {
        // Everything is looked at, save what belongs to somebody else.
        let hints = Sides::each(|side| Hints {
            fields: !facts.withheld[side],
            all_comments: !facts.withheld[side],
            ..Hints::default()
        });
        let mut run = Self {
            config,
            facts,
            key,
            stamps,
            link: facts.link.clone(),
            jira: Sides::each(|side| Assumed::of(&facts.seen[side])),
            seen: Sides::default(),
            hints,
            again: Sides::default(),
            ops: 0,
            said: Vec::new(),
            out: Preview::default(),
        };
        run.look_afresh();
        run
    }

    pub(super) fn finish(mut self) -> Preview {
        for _ in 0..ROUNDS_MAX {
            if !self.round() {
                break;
            }
        }
        self.out.losses = self.losses();
        self.out
    }

    fn given_with<T>(&self, ask: impl FnOnce(&Given<'_>) -> T) -> T {
        ask(&given(self.config, self.facts, &self.link, &self.hints, &self.seen, self.key, self.stamps))
    }

    /// Of everything that is on its way or was: what the other side does not get.
    fn losses(&self) -> Vec<Lost> {
        let seen = Sides::each(|side| self.jira[side].seen_as(&self.facts.seen[side]));
        let hints = Sides::default();
        losses::of(&given(self.config, self.facts, &self.link, &hints, &seen, self.key, self.stamps))
    }

    /// One turn. `false`: there is no other.
    fn round(&mut self) -> bool {
        let (lines, plan) = self.given_with(|given| {
            let mut draft = plan::decide(given);
            (std::mem::take(&mut draft.lines), draft.finish())
        });
        if !plan.needs.is_empty() {
            return self.read(plan.needs, lines);
        }
        self.conclude(lines);
        self.take(&plan);
        if plan.steps.is_empty() {
            return plan.not_before.is_none() && self.next_claim();
        }
        self.steps(plan.steps)
    }

    /// Looks at what the plan asks for. What can't be looked at ends the preview, unless something else could.
    fn read(&mut self, needs: BTreeSet<Read>, lines: Vec<Line>) -> bool {
        let (there, missing): (Vec<Read>, Vec<Read>) =
            needs.into_iter().partition(|need| self.jira[super::side_of(need)].can_show(need));
        for read in &there {
            let side = super::side_of(read);
            self.jira[side].show(read, &mut self.seen[side]);
        }
        if there.is_empty() {
            self.conclude(lines);
            self.out.unread = missing;
            return false;
        }
        true
    }

    /// Keeps what was said about each element: its writes and stops of any round, else the last word.
    fn conclude(&mut self, lines: Vec<Line>) {
        let (lasting, last): (Vec<Line>, Vec<Line>) =
            lines.into_iter().partition(|line| match line.outcome {
                Outcome::Writes { .. } | Outcome::Parked { .. } => true,
                Outcome::Nothing | Outcome::Reads | Outcome::Waits => false,
            });
        for line in lasting {
            if !self.said.contains(&line) {
                self.said.push(line);
            }
        }
        let mut lines = self.said.clone();
        for line in last {
            let spoken_of = self.said.iter().any(|said| said.element == line.element);
            if (!spoken_of || line.outcome == Outcome::Reads) && !lines.contains(&line) {
                lines.push(line);
            }
        }
        self.out.lines = lines;
    }

    fn take(&mut self, plan: &Plan) {
        for note in &plan.notes {
            self.link.remember(note, self.facts.now);
        }
        for side in Side::BOTH {
            self.again[side].widen(plan.again[side].clone());
        }
    }

    /// What was asked to be looked at again is work of its own, which starts with fresh eyes.
    fn next_claim(&mut self) -> bool {
        self.hints = std::mem::take(&mut self.again);
        self.look_afresh();
        Side::BOTH.iter().any(|side| !self.hints[*side].is_empty())
    }

    fn look_afresh(&mut self) {
        self.seen = Sides::each(|side| {
            let View { us, clock_ahead_ms, in_scope, searched, .. } = self.facts.seen[side].clone();
            View { us, clock_ahead_ms, in_scope, searched, ..View::default() }
        });
    }

    fn steps(&mut self, steps: Vec<Step>) -> bool {
        let mut open: VecDeque<Step> = steps.into();
        while let Some(step) = open.pop_front() {
            if self.out.calls.len() >= CALLS_MAX {
                return false;
            }
            let Some(added) = self.step(&step) else { return false };
            for step in added.into_iter().rev() {
                open.push_front(step);
            }
        }
        true
    }

    /// One step: intent, call, answer, notes. `None`: it has no form as a call.
    fn step(&mut self, step: &Step) -> Option<Vec<Step>> {
        self.ops += 1;
        let op = OpId(format!("preview-{}", self.ops));
        let side = step.op.side();
        let stamp = step.stamp(&self.link, &op);
        let property = stamp.as_ref().map(|_| Property { stamp: STAMP.to_owned(), op: OpId::new(OP) });
        let call = payload::request(&step.op, &self.facts.schemas, property.as_ref()).ok()?;
        self.link.intents.push(Intent {
            op: op.clone(),
            side,
            what: step.intent(),
            opened: self.facts.now,
            config_version: 0,
        });
        let opaque = stamp.and_then(|stamp| self.stamps.sign(&stamp).ok());
        let answer = {
            let (link, hints, seen) = (&self.link, &self.hints, &self.seen);
            let given = given(self.config, self.facts, link, hints, seen, self.key, self.stamps);
            self.jira[side].perform(&given, step, opaque)
        };
        let taken = self.given_with(|given| plan::answer(given, step, &op, &answer));
        let (element, refused) = (element(&step.op), refused(&answer));
        self.out.calls.push(Call { side, element, call: named(call), why: step.why.clone(), refused });
        self.link.intents.retain(|intent| intent.op != op);
        self.take(&taken);
        self.show(step, answer);
        Some(taken.steps)
    }

    /// What was written is seen as the answer shows it.
    fn show(&mut self, step: &Step, answer: Answer) {
        let view = &mut self.seen[step.op.side()];
        match (&step.op, answer) {
            (Op::EditIssue { .. }, Answer::Edited { issue }) => view.issue = Sight::Seen(issue),
            (_, Answer::Commented { comment }) => {
                view.comments.insert(comment.id.clone(), plan::CommentSight::Seen(comment));
            }
            (Op::DeleteComment { comment, .. }, Answer::Deleted | Answer::NotThere) => {
                view.comments.insert(comment.clone(), plan::CommentSight::Absent);
            }
            (_, _) => {}
        }
    }
}

/// Stands for the opaque mark of what is created.
const STAMP: &str = "{{stamp}}";
/// Stands for the id of the operation that creates.
const OP: &str = "{{op}}";

fn element(op: &Op) -> Element {
    match op {
        Op::CreateIssue { .. } | Op::EditIssue { .. } => Element::Issue,
        Op::AddComment { side, origin, .. }
        | Op::EditComment { side, origin, .. }
        | Op::DeleteComment { side, origin, .. } => {
            Element::Comment { origin: side.other(), id: origin.clone() }
        }
    }
}

fn refused(answer: &Answer) -> Option<String> {
    match answer {
        Answer::Refused { trouble, .. } => Some(trouble.sentence.clone()),
        Answer::Created { .. }
        | Answer::Edited { .. }
        | Answer::Commented { .. }
        | Answer::Deleted
        | Answer::NotThere => None,
    }
}
