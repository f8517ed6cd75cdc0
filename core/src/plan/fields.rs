//! The fields of a linked pair: each is merged, and what goes to one side travels in one edit.

use super::draft::Draft;
use super::{
    ALTERNATIONS_MAX, Conflict, Element, FieldAfter, FieldWrite, Given, Note, Op, Sight, Step, carry, ends,
    trouble,
};
use crate::adf::Doc;
use crate::config::{Config, FieldRule, Wins};
use crate::explain::Outcome;
use crate::id::{FieldId, IssueTypeId, Millis, Side, Sides};
use crate::issue::{Change, Value};
use crate::link::{Digest, FieldMemory, FieldPair, IntentKind, Shown, Version};
use crate::merge::{self, Case, Standing, Verdict, Ways, Why, blocks, sets};
use crate::translate;
use std::collections::{BTreeMap, BTreeSet};

/// Merges every mapped field of which a side was read.
pub(crate) fn plan(draft: &mut Draft<'_>) {
    let mut edits: Sides<Edit> = Sides::default();
    for (pair, rules) in elements(draft.given) {
        let field = Field::of(draft.given, pair, rules);
        field.decide(draft, &mut edits);
    }
    for side in Side::BOTH {
        let edit = std::mem::take(&mut edits[side]);
        if let (false, Some(end)) = (edit.fields.is_empty(), draft.given.end(side)) {
            draft.plan.steps.push(Step {
                op: Op::EditIssue { side, issue: end.issue.clone(), fields: edit.fields },
                why: edit.why.into_iter().collect::<Vec<_>>().join(" "),
                fields: edit.after,
                conflicts: edit.conflicts,
                comment: None,
                removal: false,
            });
        }
    }
}

/// Every field of an issue that is found again counts as merged before: it was created with them. What it was created
/// with is not known any more, so a difference is for the conflict policy to settle.
pub(crate) fn adopted(draft: &mut Draft<'_>) {
    for (pair, rules) in elements(draft.given) {
        let field = Field::of(draft.given, pair, rules);
        if field.memory == FieldMemory::default() {
            let memory = FieldMemory { rule: Some(field.fingerprint()), ..FieldMemory::default() };
            field.note(draft, memory);
        }
    }
}

/// What is collected for one side.
#[derive(Default)]
pub(crate) struct Edit {
    fields: BTreeMap<FieldId, FieldWrite>,
    after: BTreeMap<FieldPair, FieldAfter>,
    conflicts: Vec<Conflict>,
    why: BTreeSet<String>,
}

/// One field element, with all that is known of it.
pub(crate) struct Field<'a> {
    pub(crate) given: &'a Given<'a>,
    pub(crate) pair: FieldPair,
    /// The rule by which it leaves a side.
    pub(crate) rules: Sides<Option<&'a FieldRule>>,
    pub(crate) memory: FieldMemory,
    pub(crate) values: Sides<Option<&'a Value>>,
}

impl<'a> Field<'a> {
    pub(crate) fn of(given: &'a Given<'a>, pair: FieldPair, rules: Sides<Option<&'a FieldRule>>) -> Self {
        let memory = given.link.fields.get(&pair).cloned().unwrap_or_default();
        let values = Sides::each(|side| given.issue(side).and_then(|issue| issue.fields.get(pair.of(side))));
        Self { given, pair, rules, memory, values }
    }

    fn element(&self) -> Element {
        Element::Field { pair: self.pair.clone() }
    }

    fn decide(mut self, draft: &mut Draft<'_>, edits: &mut Sides<Edit>) {
        let element = self.element();
        let resting = draft.resting().any(|(_, what)| match what {
            IntentKind::EditIssue { fields } => fields.contains_key(&self.pair),
            IntentKind::CreateIssue => true,
            IntentKind::AddComment { .. }
            | IntentKind::EditComment { .. }
            | IntentKind::DeleteComment { .. } => false,
        });
        if resting {
            return draft.say(element, Outcome::Waits, "Whether our last edit happened is not known yet.");
        }
        if let Some(parked) = draft.held(&element) {
            let outcome = Outcome::Parked { code: parked.code.clone() };
            return draft.say(element, outcome, "The field waits for a person.");
        }
        let retried = draft.retried(&element);
        if retried {
            self.memory.alternations = 0;
        }
        let before = draft.plan.notes.len();
        match self.as_sets(draft) {
            Some(merged) => self.set_writes(draft, edits, merged),
            None => self.settle(draft, edits, retried),
        }
        let stopped = draft.plan.notes[before..].iter().any(|note| matches!(note, Note::Park { .. }));
        if retried && !stopped {
            draft.unpark(&element);
        }
    }

    fn settle(mut self, draft: &mut Draft<'_>, edits: &mut Sides<Edit>, settle: bool) {
        let Some(case) = self.case(draft, settle || self.lost_its_base()) else { return };
        let element = self.element();
        match merge::settle(&case) {
            Verdict::Keep(why) => draft.say(element, Outcome::Nothing, keep_words(why)),
            Verdict::Look(side) => self.look(draft, side),
            Verdict::Remember => self.remember(draft),
            Verdict::Carry { from, conflict } => {
                let conflict = conflict.then(|| self.conflict(from, self.values[from.other()]));
                self.carry(draft, &mut edits[from.other()], from, conflict);
            }
            Verdict::Ask => {
                let side = self.given.link.origin.other();
                draft.park(element, trouble::newly_mapped(side));
            }
        }
    }

    fn look(&self, draft: &mut Draft<'_>, side: Side) {
        match self.given.seen[side].issue {
            Sight::NotRead => {
                ends::need(draft, side, "The field changed on one side; what the other has is not known.")
            }
            Sight::Seen(_) | Sight::Missing | Sight::Forbidden => {
                draft.say(
                    self.element(),
                    Outcome::Nothing,
                    "The issue on the other side does not have the field.",
                );
            }
        }
    }

    /// `None` when people must be looked up first.
    fn case(&self, draft: &mut Draft<'_>, settle: bool) -> Option<Case> {
        let standing = Sides::each(|side| self.standing(side));
        let means_same = match (self.values.a, self.values.b) {
            (Some(a), Some(b)) => self.means_same(draft, Sides::new(a, b))?,
            _ => false,
        };
        Some(Case {
            standing,
            ways: self.ways(),
            means_same,
            empty: self.values.map(|v| v.is_some_and(merge::is_empty)),
            untouched: self.untouched(),
            preferred: self.preferred(),
            settle,
        })
    }

    fn ways(&self) -> Ways {
        match (self.rules.a, self.rules.b) {
            (Some(_), Some(_)) => Ways::Both,
            (Some(_), None) => Ways::From(Side::A),
            (None, _) => Ways::From(Side::B),
        }
    }

    fn standing(&self, side: Side) -> Standing {
        let expected = self.our_lost_write(side);
        match (&self.memory.base[side], self.values[side]) {
            (None, Some(_)) => Standing::New,
            (None | Some(Shown::Sent { .. }), None) => Standing::Unsure,
            (Some(Shown::Agreed { .. }), None) if expected.is_some() => Standing::Unsure,
            (Some(Shown::Agreed { .. }), None) => Standing::Unread,
            (Some(Shown::Sent { value, .. }), Some(shown)) => {
                // A creation leaves no trace in the changelog: what stands there was written later.
                let touched = self.changes(side).is_none_or(|mut changes| changes.next().is_some());
                if !touched || &self.digest(shown) == value { Standing::Ours } else { Standing::Changed }
            }
            (Some(Shown::Agreed { value, .. }), Some(shown)) => {
                let digest = self.digest(shown);
                if &digest == value {
                    Standing::Same
                } else if expected.is_some_and(|sent| *sent == digest || self.only_our_hand(side)) {
                    Standing::Ours
                } else {
                    Standing::Changed
                }
            }
        }
    }

    /// It was merged before, and what both sides showed then is not known: see [`adopted`].
    fn lost_its_base(&self) -> bool {
        self.memory.rule.is_some() && Side::BOTH.iter().all(|side| self.memory.base[*side].is_none())
    }

    /// The digest of an edit that may or may not have happened.
    fn our_lost_write(&self, side: Side) -> Option<&'a Digest> {
        self.given.link.intents.iter().filter(|intent| intent.side == side).find_map(|intent| {
            match &intent.what {
                IntentKind::EditIssue { fields } => fields.get(&self.pair),
                IntentKind::CreateIssue
                | IntentKind::AddComment { .. }
                | IntentKind::EditComment { .. }
                | IntentKind::DeleteComment { .. } => None,
            }
        })
    }

    /// The changelog holds one entry since the base, and it is ours.
    fn only_our_hand(&self, side: Side) -> bool {
        let us = self.given.seen[side].us.as_ref();
        self.changes(side).is_some_and(|changes| {
            let authors: Vec<_> = changes.map(|change| change.author.as_ref()).collect();
            us.is_some() && authors == [us]
        })
    }

    /// Entries of the field since the newest id that we knew; `None` when the changelog was not read.
    fn changes(&self, side: Side) -> Option<impl Iterator<Item = &'a Change>> {
        let known = self.given.end(side).and_then(|end| end.history.as_ref());
        let field = self.pair.of(side).clone();
        let history = self.given.issue(side)?.history.as_ref()?;
        Some(
            history
                .iter()
                .filter(move |change| known.is_none_or(|known| change.id.is_after(known)))
                .filter(move |change| change.items.iter().any(|item| item.field == field)),
        )
    }

    /// The side whose issue we created and whose field nobody wrote since.
    fn untouched(&self) -> Option<Side> {
        let side = self.given.link.origin.other();
        let issue = self.given.issue(side)?;
        let ours = issue.creator.is_some() && issue.creator == self.given.seen[side].us;
        let all_read = self.given.end(side).is_some_and(|end| end.history.is_none());
        let nobody = self.changes(side).is_some_and(|mut changes| changes.next().is_none());
        (ours && all_read && nobody).then_some(side)
    }

    fn changed_at(&self, side: Side) -> Option<Millis> {
        let newest = self.changes(side)?.last()?;
        Some(self.given.on_our_clock(side, newest.at))
    }

    fn preferred(&self) -> Side {
        match self.given.config.wins(&self.pair.a, &self.pair.b) {
            Wins::A => Side::A,
            Wins::B => Side::B,
            Wins::Newest if self.changed_at(Side::B) > self.changed_at(Side::A) => Side::B,
            Wins::Newest => Side::A,
        }
    }

    fn means_same(&self, draft: &mut Draft<'_>, values: Sides<&Value>) -> Option<bool> {
        for from in Side::BOTH {
            if let Some(rule) = self.rules[from] {
                let crossed = carry::field(draft, from, rule, values[from])?;
                let there = self.digest(values[from.other()]);
                if crossed.value.as_ref().is_some_and(|v| self.digest(v) == there) {
                    return Some(true);
                }
            }
        }
        Some(false)
    }

    fn carry(&mut self, draft: &mut Draft<'_>, edit: &mut Edit, from: Side, conflict: Option<Conflict>) {
        let (to, element) = (from.other(), self.element());
        let (Some(value), Some(rule)) = (self.values[from], self.rules[from]) else { return };
        if self.values[to].is_none() && self.needs_target(from, rule) {
            return self.look(draft, to);
        }
        let Some(crossed) = carry::field(draft, from, rule, value) else { return };
        if self.alternates(draft, from) {
            return;
        }
        let mut conflicts: Vec<Conflict> = conflict.into_iter().collect();
        let write = match (&crossed.value, value, self.values[to]) {
            (Some(Value::Rich(_)), Value::Rich(source), Some(Value::Rich(target))) if self.holds_more(to) => {
                let woven = self.weave(from, source, target);
                if !woven.withheld.is_empty() {
                    let lost = Value::Rich(Doc::of_blocks(woven.withheld));
                    conflicts.push(Conflict { lost, ..self.conflict(to, None) });
                }
                Some(Value::Rich(woven.doc))
            }
            _ => crossed.value,
        };
        let same = match (&write, self.values[to]) {
            (Some(write), Some(there)) => self.digest(write) == self.digest(there),
            (None, _) => true,
            (Some(_), None) => false,
        };
        match write {
            Some(write) if !same => {
                draft.say(
                    element,
                    Outcome::Writes { to },
                    &words(from, !conflicts.is_empty(), &crossed.losses),
                );
                edit.why.insert(words(from, !conflicts.is_empty(), &crossed.losses));
                edit.after.insert(self.pair.clone(), self.after(from, &write));
                edit.fields.insert(self.pair.of(to).clone(), FieldWrite::Set { value: write });
                edit.conflicts.append(&mut conflicts);
            }
            _ => {
                let why = format!("Nothing of the change can be carried. {}", crossed.losses.join(" "));
                draft.say(element, Outcome::Nothing, why.trim());
                self.remember(draft);
                draft.plan.notes.extend(conflicts.into_iter().map(|conflict| Note::Conflict { conflict }));
            }
        }
    }

    /// A blind write would lose what only the target has.
    fn needs_target(&self, from: Side, rule: &FieldRule) -> bool {
        let many_to_one = matches!(rule.kind, crate::config::RuleKind::Table { .. });
        many_to_one || carry::is_set(self.given, &self.pair) || self.holds_more(from.other())
    }

    /// The side's text had blocks that the other could not have.
    fn holds_more(&self, side: Side) -> bool {
        self.memory.blocks[side].iter().any(|block| !block.carried)
    }

    fn weave(&self, from: Side, source: &Doc, target: &Doc) -> blocks::Woven {
        let across: Vec<_> =
            translate::blocks(source, &carry::way(self.given, from)).into_iter().map(|b| b.blocks).collect();
        let before = (self.memory.blocks[from].as_slice(), self.memory.blocks[from.other()].as_slice());
        let woven = blocks::weave(self.given.key, source, target, before, &across);
        let doc = woven.doc.fit(Doc::limit_after(source)).doc.normalise();
        blocks::Woven { doc, ..woven }
    }

    /// Somebody went back to what he had before we wrote. After a few times in a row we stop.
    fn alternates(&mut self, draft: &mut Draft<'_>, from: Side) -> bool {
        let now = self.values[from].map(|value| self.digest(value));
        if now.is_some() && now == self.memory.before[from] {
            self.memory.alternations += 1;
        } else {
            self.memory.alternations = 0;
        }
        let frozen = self.memory.alternations >= ALTERNATIONS_MAX;
        if frozen {
            draft.note(Note::Field { pair: self.pair.clone(), memory: self.memory.clone() });
            draft.park(self.element(), trouble::frozen(from));
        }
        frozen
    }

    /// What is remembered once `write` stands on the other side.
    fn after(&self, from: Side, write: &Value) -> FieldAfter {
        let to = from.other();
        let mut memory = self.memory.clone();
        memory.before[from] = None;
        memory.before[to] = match (self.values[to], &self.memory.base[to]) {
            (Some(there), _) => Some(self.digest(there)),
            (None, base) => base.as_ref().map(|shown| shown.digest().clone()),
        };
        memory.rule = Some(self.fingerprint());
        self.rebase(&mut memory, from);
        if let Value::Rich(doc) = write {
            memory.blocks[to] = carry::blocks(self.given, to, doc);
        }
        FieldAfter { from, sent: self.digest(write), changed: self.changed_at(from), memory }
    }

    /// The side's base is what was read.
    fn rebase(&self, memory: &mut FieldMemory, side: Side) {
        let Some(value) = self.values[side] else { return };
        let digest = self.digest(value);
        let unchanged = memory.base[side]
            .as_ref()
            .is_some_and(|shown| matches!(shown, Shown::Agreed { value, .. } if value == &digest));
        if !unchanged {
            memory.base[side] = Some(Shown::Agreed { value: digest, version: version(self.given, side) });
        }
        if let Value::Rich(doc) = value {
            memory.blocks[side] = carry::blocks(self.given, side, doc);
        }
    }

    fn remember(&self, draft: &mut Draft<'_>) {
        let mut memory = self.memory.clone();
        memory.rule = Some(self.fingerprint());
        for side in Side::BOTH {
            self.rebase(&mut memory, side);
        }
        self.note(draft, memory);
        draft.say(self.element(), Outcome::Nothing, "Both sides say the same.");
    }

    fn note(&self, draft: &mut Draft<'_>, memory: FieldMemory) {
        if self.given.link.fields.get(&self.pair) != Some(&memory) {
            draft.note(Note::Field { pair: self.pair.clone(), memory });
        }
    }

    fn conflict(&self, winner: Side, lost: Option<&Value>) -> Conflict {
        Conflict {
            pair: self.pair.clone(),
            winner,
            lost: lost.cloned().unwrap_or(Value::Empty),
            at: Sides::each(|side| self.changed_at(side)),
            history: Sides::each(|side| Some(self.changes(side)?.last()?.id.clone())),
        }
    }

    pub(crate) fn digest(&self, value: &Value) -> Digest {
        merge::digest(self.given.key, value)
    }

    pub(crate) fn fingerprint(&self) -> Digest {
        self.given.key.digest(&self.rules)
    }

    /// `Some` when the field is merged member by member, which takes a look at both sides.
    fn as_sets(&self, draft: &mut Draft<'_>) -> Option<sets::Merged> {
        let (Some(a), Some(b)) = (self.values.a, self.values.b) else { return None };
        if !carry::is_set(self.given, &self.pair) {
            return None;
        }
        let draft = std::cell::RefCell::new(draft);
        Some(sets::merge(self.given.key, Sides::new(a, b), &self.memory.members, |from, member| {
            carry::field(&mut draft.borrow_mut(), from, self.rules[from]?, member)?.value
        }))
    }

    fn set_writes(&self, draft: &mut Draft<'_>, edits: &mut Sides<Edit>, merged: sets::Merged) {
        let mut nothing = true;
        for to in Side::BOTH {
            let from = to.other();
            // What is not carried from a side is not removed from its behalf either.
            let Some(change) = merged.changes[to].as_ref().filter(|_| self.rules[from].is_some()) else {
                continue;
            };
            nothing = false;
            let mut memory = self.memory.clone();
            // Side A is written first; with the other write all is done.
            let last = to == Side::B && merged.changes.a.is_some() && self.rules.b.is_some();
            memory.members.clone_from(if last { &merged.members } else { &change.members });
            memory.rule = Some(self.fingerprint());
            self.rebase(&mut memory, from);
            let why = format!("Members of the set were added or removed on side {from}.");
            draft.say(self.element(), Outcome::Writes { to }, &why);
            let sent = self.given.key.digest(&change.write);
            let after = FieldAfter { from, sent, changed: self.changed_at(from), memory };
            edits[to].why.insert(why);
            edits[to].after.insert(self.pair.clone(), after);
            edits[to].fields.insert(self.pair.of(to).clone(), change.write.clone());
        }
        if nothing {
            let mut memory = self.memory.clone();
            memory.members = merged.members;
            memory.rule = Some(self.fingerprint());
            for side in Side::BOTH {
                self.rebase(&mut memory, side);
            }
            self.note(draft, memory);
            draft.say(self.element(), Outcome::Nothing, "Both sides have the same members in common.");
        }
    }
}

/// The newest changelog id that a read shows, or the time of the read where there is none.
pub(crate) fn version(given: &Given<'_>, side: Side) -> Version {
    let newest =
        given.issue(side).and_then(|issue| issue.history.as_ref()?.last()).map(|change| change.id.clone());
    match newest.or_else(|| given.end(side).and_then(|end| end.history.clone())) {
        Some(id) => Version::History(id),
        None => Version::Updated(given.issue(side).map_or(Millis(i64::MIN), |issue| issue.updated)),
    }
}

/// The fields of a side that take part in any rule.
pub(crate) fn mapped_fields(config: &Config, side: Side) -> BTreeSet<FieldId> {
    let sent = config.sides[side].fields.iter().map(|rule| rule.from.clone());
    let received = config.sides[side.other()].fields.iter().map(|rule| rule.to.clone());
    sent.chain(received).collect()
}

/// The field elements of the link, with the rules that are for issues of these types.
pub(crate) fn elements<'a>(given: &Given<'a>) -> BTreeMap<FieldPair, Sides<Option<&'a FieldRule>>> {
    let mut found: BTreeMap<FieldPair, Sides<Option<&FieldRule>>> = BTreeMap::new();
    for side in Side::BOTH {
        let issue_type = issue_type(given, side);
        for rule in &given.config.sides[side].fields {
            if is_for(rule, issue_type) {
                let pair = match side {
                    Side::A => FieldPair { a: rule.from.clone(), b: rule.to.clone() },
                    Side::B => FieldPair { a: rule.to.clone(), b: rule.from.clone() },
                };
                found.entry(pair).or_default()[side].get_or_insert(rule);
            }
        }
    }
    found
}

fn issue_type<'a>(given: &Given<'a>, side: Side) -> Option<&'a IssueTypeId> {
    let read = given.issue(side).map(|issue| &issue.issue_type);
    read.or_else(|| given.end(side).map(|end| &end.issue_type).filter(|id| !id.as_str().is_empty()))
}

fn is_for(rule: &FieldRule, issue_type: Option<&IssueTypeId>) -> bool {
    match (&rule.issue_types, issue_type) {
        (Some(only), Some(issue_type)) => only.contains(issue_type),
        (None, _) | (_, None) => true,
    }
}

fn keep_words(why: Why) -> &'static str {
    match why {
        Why::NobodyLooked => "Nothing says that it changed.",
        Why::Unchanged => "It is as it was when both sides agreed.",
        Why::OneWay => "It changed on the side that receives, and goes one way only.",
    }
}

fn words(from: Side, conflict: bool, losses: &[String]) -> String {
    let change = if conflict {
        format!("Both sides changed it; the policy prefers side {from}.")
    } else {
        format!("It changed on side {from}.")
    };
    std::iter::once(change).chain(losses.iter().cloned()).collect::<Vec<_>>().join(" ")
}
