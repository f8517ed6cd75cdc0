//! What Jira's answer to a step means: what is remembered, and what must be done at once.

use super::comments::{base, leaks};
use super::{
    Answer, Conflict, Element, FieldAfter, FieldWrite, Given, Note, Op, Plan, Step, Trouble, ends, mapping,
    trouble,
};
use crate::config::Wins;
use crate::id::{FieldId, HistoryId, IssueId, Side, Sides};
use crate::issue::{Change, ChangeItem, Choice, Comment, Issue, Person, Value};
use crate::link::{CommentPair, CommentState, End, FieldPair, Shown, Version};
use crate::merge;
use crate::ordered::{BTreeMap, BTreeSet};
use crate::schema::FieldKind;

/// Takes the answer to `step`, which was sent as `op`. `given` is what the step was planned with; the link in it may
/// be a newer one. The plan that comes back has notes and, where the answer shows trouble, further steps.
#[must_use]
pub fn answer(given: &Given<'_>, step: &Step, op: &crate::id::OpId, answer: &Answer) -> Plan {
    let mut plan = Plan::default();
    let happened = !matches!(answer, Answer::Refused { .. });
    plan.notes.push(Note::Settled { op: op.clone(), happened });
    let taken = Taken { given, step, op };
    match (&step.op, answer) {
        (_, Answer::Refused { trouble, fields }) => taken.refused(&mut plan, trouble, fields),
        (Op::CreateIssue { .. }, Answer::Created { id, key }) => taken.created(&mut plan, id, key),
        (Op::CreateIssue { side, .. }, Answer::NotThere) => {
            plan.notes.push(Note::Park { element: Element::Issue, trouble: trouble::project_gone(*side) });
        }
        (Op::EditIssue { side, .. }, Answer::Edited { issue }) => taken.edited(&mut plan, *side, issue),
        (
            Op::AddComment { side, audience, .. } | Op::EditComment { side, audience, .. },
            Answer::Commented { comment },
        ) => {
            taken.commented(&mut plan, *side, *audience, comment);
        }
        (Op::EditComment { .. }, Answer::NotThere) => taken.copy_was_gone(&mut plan),
        (Op::DeleteComment { .. }, Answer::Deleted | Answer::NotThere) => taken.deleted(&mut plan),
        // The issue itself is not there, or the answer fits no such call: look again.
        (operation, _) => plan.again[operation.side()].fields = true,
    }
    plan
}

struct Taken<'a> {
    given: &'a Given<'a>,
    step: &'a Step,
    op: &'a crate::id::OpId,
}

impl Taken<'_> {
    fn created(&self, plan: &mut Plan, id: &IssueId, key: &str) {
        let Op::CreateIssue { side, issue_type, request_type, mark, .. } = &self.step.op else { return };
        let end = End {
            key: key.to_owned(),
            issue_type: issue_type.clone(),
            is_request: request_type.is_some(),
            us: self.given.seen[*side].us.clone(),
            ..End::unread(id.clone())
        };
        plan.notes.push(Note::Cluster { cluster: mark.cluster.clone() });
        plan.notes.push(Note::End { side: *side, end });
        for (pair, after) in &self.step.fields {
            let mut memory = after.memory.clone();
            memory.base[*side] = Some(Shown::Sent { value: after.sent.clone(), op: self.op.clone() });
            plan.notes.push(Note::Field { pair: pair.clone(), memory });
        }
        plan.notes.push(Note::Mapped { mapping: mapping::of(self.given) });
        plan.notes.push(Note::Unpark { element: Element::Issue });
    }

    fn edited(&self, plan: &mut Plan, side: Side, issue: &Issue) {
        let history = Overwritten::of(self.given, self.step, side, issue);
        let (mut restored, mut stands) = (BTreeMap::new(), Vec::new());
        for (pair, after) in &self.step.fields {
            let rewritten = history.rewritten(pair.of(side));
            let memory = self.memory(side, issue, pair, after, rewritten);
            plan.notes.push(Note::Field { pair: pair.clone(), memory });
            if let Some((change, item)) = history.on(pair.of(side)) {
                let (conflict, value) = self.overwrote(side, pair, after, change, item);
                if conflict.winner == side {
                    // Kept as well: for now it stands nowhere, and restoring it may fail.
                    let gone = Conflict { winner: side.other(), lost: value.clone(), ..conflict.clone() };
                    plan.notes.push(Note::Conflict { conflict: gone.clone() });
                    stands.push(gone);
                    restored.insert(pair.of(side).clone(), FieldWrite::Set { value });
                }
                plan.notes.push(Note::Conflict { conflict });
            }
        }
        plan.notes.extend(self.step.stands.iter().cloned().map(|conflict| Note::Stands { conflict }));
        let rewritten = self.step.fields.keys().any(|pair| history.rewritten(pair.of(side)));
        if let Some(end) = self.given.end(side) {
            let fresh = ends::fresh(self.given, side, end, issue);
            // What is not carried yet must be new for the next plan as well, should this be the last we do now.
            let end = if history.pending || rewritten {
                End { history: end.history.clone(), seen: end.seen, ..fresh }
            } else {
                fresh
            };
            plan.notes.push(Note::End { side, end });
        }
        if !restored.is_empty() {
            plan.steps.push(Step {
                op: Op::EditIssue { side, issue: issue.id.clone(), fields: restored },
                why: format!(
                    "Our write came over a change on side {side} that the policy prefers; it is restored."
                ),
                fields: BTreeMap::new(),
                comment: None,
                removal: false,
                stands,
            });
            plan.again[side].fields = true;
        }
        plan.again[side].fields |= history.elsewhere || rewritten;
        self.no_removal(plan);
    }

    /// The memory of a written field, with what Jira made of the value as the new base.
    fn memory(
        &self,
        side: Side,
        issue: &Issue,
        pair: &FieldPair,
        after: &FieldAfter,
        rewritten: bool,
    ) -> crate::link::FieldMemory {
        let mut memory = after.memory.clone();
        let Some(shown) = issue.fields.get(pair.of(side)) else {
            memory.base[side] = Some(Shown::Sent { value: after.sent.clone(), op: self.op.clone() });
            return memory;
        };
        let newest = issue.history.as_ref().and_then(|h| h.last()).map(|change| change.id.clone());
        let known = newest.or_else(|| self.given.end(side).and_then(|end| end.history.clone()));
        // What somebody wrote over ours since is his change, and no base.
        let value = if rewritten { after.sent.clone() } else { merge::digest(self.given.key, shown) };
        memory.base[side] = Some(Shown::Agreed {
            value,
            version: known.map_or(Version::Updated(issue.updated), Version::History),
        });
        if let Value::Rich(doc) = shown {
            let sent = std::mem::take(&mut memory.blocks[side]);
            memory.blocks[side] = super::carry::blocks(self.given, side, doc, &sent, None);
        }
        memory
    }

    /// Somebody wrote the field after we had last looked, and our write went over it: settled like any conflict.
    fn overwrote(
        &self,
        side: Side,
        pair: &FieldPair,
        after: &FieldAfter,
        change: &Change,
        item: &ChangeItem,
    ) -> (Conflict, Value) {
        let theirs = self.given.on_our_clock(side, change.at);
        let ours = after.changed;
        let value = from_changelog(self.given, side, pair.of(side), item);
        let kept = match self.given.config.wins(&pair.a, &pair.b) {
            Wins::A => side == Side::A,
            Wins::B => side == Side::B,
            Wins::Newest => Some(theirs) > ours || (Some(theirs) == ours && side == Side::A),
        };
        let carried_back =
            self.given.config.sides[side].fields.iter().any(|rule| &rule.from == pair.of(side));
        let restorable = value.is_some() && kept && carried_back;
        let lost_there =
            value.clone().unwrap_or_else(|| Value::Other(item.to_text.clone().unwrap_or_default()));
        let lost_here =
            self.given.issue(side.other()).and_then(|issue| issue.fields.get(pair.of(side.other()))).cloned();
        let mut at = Sides::new(ours, ours);
        at[side] = Some(theirs);
        let mut history = Sides::default();
        history[side] = Some(change.id.clone());
        let conflict = Conflict {
            pair: pair.clone(),
            winner: if restorable { side } else { side.other() },
            lost: if restorable { lost_here.unwrap_or(Value::Empty) } else { lost_there.clone() },
            in_part: false,
            at,
            history,
        };
        (conflict, value.unwrap_or(lost_there))
    }

    fn commented(&self, plan: &mut Plan, side: Side, asked: crate::audience::Audience, comment: &Comment) {
        let Some(pair) = &self.step.comment else { return };
        let mut pair = CommentPair {
            copy: Some(comment.id.clone()),
            copy_base: Some(base(self.given.key, comment, asked)),
            ..pair.clone()
        };
        pair.wrote(comment.updated);
        if matches!(self.step.op, Op::AddComment { .. }) {
            pair.tried(self.op);
        }
        if leaks(asked, comment.audience) {
            pair.state = CommentState::Parked;
            let element = Element::Comment { origin: pair.origin, id: pair.id.clone() };
            plan.notes.push(Note::Park { element, trouble: trouble::audience_mismatch(side) });
            plan.steps.push(self.take_back(side, comment, &pair));
        }
        plan.notes.push(Note::Comment { pair });
        self.no_removal(plan);
    }

    fn take_back(&self, side: Side, comment: &Comment, pair: &CommentPair) -> Step {
        let mut removed = pair.clone();
        removed.removed();
        Step {
            op: Op::DeleteComment {
                side,
                issue: self.given.end(side).map_or_else(|| IssueId::new(""), |end| end.issue.clone()),
                comment: comment.id.clone(),
                origin: pair.id.clone(),
            },
            why: "More people can see the copy than may.".to_owned(),
            fields: BTreeMap::new(),
            comment: Some(removed),
            removal: false,
            stands: Vec::new(),
        }
    }

    fn copy_was_gone(&self, plan: &mut Plan) {
        let Some(pair) = &self.step.comment else { return };
        let element = Element::Comment { origin: pair.origin, id: pair.id.clone() };
        let why = "A person deleted the copy; it is not made again.".to_owned();
        let mut pair = CommentPair { state: CommentState::Detached, ..pair.clone() };
        pair.removed();
        plan.notes.push(Note::Comment { pair });
        plan.notes.push(Note::Skip { element, why });
    }

    fn deleted(&self, plan: &mut Plan) {
        if let Some(pair) = &self.step.comment {
            plan.notes.push(Note::Comment { pair: pair.clone() });
        }
        if self.step.removal {
            plan.notes.push(Note::Removals { count: self.given.link.removals.saturating_add(1) });
        }
    }

    /// Removals are "in a row" only while nothing else is written.
    fn no_removal(&self, plan: &mut Plan) {
        if self.given.link.removals > 0 {
            plan.notes.push(Note::Removals { count: 0 });
        }
    }

    fn refused(&self, plan: &mut Plan, trouble: &Trouble, named: &BTreeMap<FieldId, String>) {
        let mut park = |element, trouble| plan.notes.push(Note::Park { element, trouble });
        match &self.step.op {
            Op::CreateIssue { .. } => park(Element::Issue, trouble.clone()),
            Op::EditIssue { side, .. } => {
                for pair in self.step.fields.keys() {
                    let element = Element::Field { pair: pair.clone() };
                    match named.get(pair.of(*side)) {
                        Some(sentence) => park(element, trouble::refused_field(trouble, sentence)),
                        None if named.is_empty() => park(element, trouble.clone()),
                        None => {}
                    }
                }
            }
            Op::AddComment { .. } | Op::EditComment { .. } | Op::DeleteComment { .. } => {
                if let Some(pair) = &self.step.comment {
                    park(Element::Comment { origin: pair.origin, id: pair.id.clone() }, trouble.clone());
                }
            }
        }
        if let (Op::AddComment { .. }, Some(pair)) = (&self.step.op, &self.step.comment) {
            let pair =
                CommentPair { state: CommentState::Parked, copy: None, copy_base: None, ..pair.clone() };
            plan.notes.push(Note::Comment { pair });
        }
    }
}

/// What others wrote since our last look, as the answer's changelog tells it.
struct Overwritten<'a> {
    /// Before our own entry: what our write went over.
    before: Vec<&'a Change>,
    /// After it: what went over our write.
    after: Vec<&'a Change>,
    /// Mapped fields that we did not write were touched since the last look.
    elsewhere: bool,
    /// Changes to such fields wait to be carried, seen by the plan or not: the changelog is not done with.
    pending: bool,
}

impl<'a> Overwritten<'a> {
    fn of(given: &Given<'_>, step: &Step, side: Side, issue: &'a Issue) -> Self {
        let written: BTreeSet<&FieldId> = step.fields.keys().map(|pair| pair.of(side)).collect();
        let mapped = super::fields::mapped_fields(given.config, side);
        let others =
            |c: &&Change| c.items.iter().any(|i| mapped.contains(&i.field) && !written.contains(&i.field));
        let since = |known: Option<&HistoryId>| -> Vec<&'a Change> {
            let new = |c: &&Change| known.is_none_or(|known| c.id.is_after(known));
            issue.history.iter().flatten().filter(new).collect()
        };
        let us = given.seen[side].us.as_ref();
        let ours =
            |c: &&Change| c.author.as_ref() == us && c.items.iter().any(|i| written.contains(&i.field));
        let own = since(None).into_iter().rfind(ours).map(|c| &c.id);
        // A set may have to be written on the other side too.
        let set = |item: &ChangeItem| {
            step.fields.keys().any(|p| p.of(side) == &item.field && super::carry::is_set(given, p))
        };
        let waits = |c: &&Change| others(c) || (Some(&c.id) != own && c.items.iter().any(set));
        let pending = since(given.end(side).and_then(|end| end.history.as_ref())).iter().any(waits);
        let mut before = since(seen_up_to(given, side));
        let elsewhere = before.iter().any(others);
        let after = match before.iter().rposition(ours) {
            Some(own) => before.split_off(own).split_off(1),
            None => Vec::new(),
        };
        Self { before, after, elsewhere, pending }
    }

    fn on(&self, field: &FieldId) -> Option<(&'a Change, &'a ChangeItem)> {
        self.before.iter().rev().find_map(|c| c.items.iter().find(|i| &i.field == field).map(|i| (*c, i)))
    }

    fn rewritten(&self, field: &FieldId) -> bool {
        self.after.iter().flat_map(|c| &c.items).any(|item| &item.field == field)
    }
}

/// The newest changelog id that the plan was made with.
fn seen_up_to<'a>(given: &Given<'a>, side: Side) -> Option<&'a HistoryId> {
    let remembered = given.end(side).and_then(|end| end.history.as_ref());
    let read = given.issue(side).and_then(|issue| issue.history.as_ref()?.last()).map(|change| &change.id);
    match (remembered, read) {
        (Some(one), Some(other)) if other.is_after(one) => Some(other),
        (Some(one), _) => Some(one),
        (None, other) => other,
    }
}

/// A value as the changelog tells it; `None` for kinds whose entries do not tell enough to write it again.
pub(super) fn from_changelog(
    given: &Given<'_>,
    side: Side,
    field: &FieldId,
    item: &ChangeItem,
) -> Option<Value> {
    let kind = given.schemas[side].field(field)?.kind;
    let text = || item.to_text.clone().filter(|t| !t.is_empty());
    if text().is_none() && item.to.as_ref().is_none_or(String::is_empty) {
        return Some(Value::Empty);
    }
    match kind {
        FieldKind::Text => text().map(Value::Text),
        FieldKind::Rich => text().map(Value::Wiki),
        FieldKind::Number => text()?.parse().ok().map(Value::Number),
        FieldKind::Date => item.to.clone().map(Value::Date),
        FieldKind::Choice => {
            Some(Value::Choice(Choice { id: item.to.clone()?, name: text().unwrap_or_default() }))
        }
        FieldKind::Person => {
            let account = crate::id::AccountId(item.to.clone()?);
            Some(Value::Person(Person { account, name: text().unwrap_or_default(), email: None }))
        }
        // Sets are written as additions and removals, which go over nothing.
        FieldKind::Labels | FieldKind::Choices | FieldKind::People => None,
        FieldKind::DateTime | FieldKind::RequestType | FieldKind::Other => None,
    }
}
