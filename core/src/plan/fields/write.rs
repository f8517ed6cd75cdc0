//! A value on its way: what is sent, what is kept of the target, and what is remembered.

use super::{Edit, Field, version};
use crate::adf::Doc;
use crate::config::{FieldRule, RuleKind};
use crate::explain::Outcome;
use crate::id::{Side, Sides};
use crate::issue::Value;
use crate::link::{FieldMemory, Shown};
use crate::merge::blocks;
use crate::plan::draft::Draft;
use crate::plan::{ALTERNATIONS_MAX, Conflict, FieldAfter, FieldWrite, Note, carry, trouble};
use crate::translate;

impl Field<'_> {
    pub(super) fn carry(
        &mut self,
        draft: &mut Draft<'_>,
        edit: &mut Edit,
        from: Side,
        conflict: Option<Conflict>,
    ) {
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
                    conflicts.push(Conflict { lost, in_part: true, ..self.conflict(to, None) });
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
            }
            _ => {
                let why = format!("Nothing of the change can be carried. {}", crossed.losses.join(" "));
                draft.say(element, Outcome::Nothing, why.trim());
                self.remember(draft);
            }
        }
        // Before the write: whether it went over the value that loses is not known where its answer is lost.
        draft.plan.notes.extend(conflicts.into_iter().map(|conflict| Note::Conflict { conflict }));
    }

    /// A blind write would lose what only the target has.
    pub(super) fn needs_target(&self, from: Side, rule: &FieldRule) -> bool {
        let many_to_one = matches!(rule.kind, RuleKind::Table { .. });
        many_to_one || carry::is_set(self.given, &self.pair) || self.holds_more(from.other())
    }

    /// The side's text had blocks that the other could not have.
    pub(super) fn holds_more(&self, side: Side) -> bool {
        self.memory.blocks[side].iter().any(|block| !block.carried)
    }

    pub(super) fn weave(&self, from: Side, source: &Doc, target: &Doc) -> blocks::Woven {
        let across: Vec<_> =
            translate::blocks(source, &carry::way(self.given, from)).into_iter().map(|b| b.blocks).collect();
        let before = (self.memory.blocks[from].as_slice(), self.memory.blocks[from.other()].as_slice());
        let woven = blocks::weave(self.given.key, source, target, before, &across);
        let doc = woven.doc.fit(Doc::limit_after(source)).doc.normalise();
        blocks::Woven { doc, ..woven }
    }

    /// Somebody went back to what he had before we wrote. After a few times in a row we stop.
    pub(super) fn alternates(&mut self, draft: &mut Draft<'_>, from: Side) -> bool {
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
    pub(super) fn after(&self, from: Side, write: &Value) -> FieldAfter {
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
            memory.blocks[to] =
                carry::blocks(self.given, to, doc, &self.memory.blocks[to], self.values[from]);
        }
        FieldAfter { from, sent: self.digest(write), changed: self.changed_at(from), memory }
    }

    /// The side's base is what was read.
    pub(super) fn rebase(&self, memory: &mut FieldMemory, side: Side) {
        let Some(value) = self.values[side] else { return };
        let digest = self.digest(value);
        let unchanged = memory.base[side]
            .as_ref()
            .is_some_and(|shown| matches!(shown, Shown::Agreed { value, .. } if value == &digest));
        if !unchanged {
            memory.base[side] = Some(Shown::Agreed { value: digest, version: version(self.given, side) });
        }
        if let Value::Rich(doc) = value {
            let before = &self.memory.blocks[side];
            memory.blocks[side] = carry::blocks(self.given, side, doc, before, self.values[side.other()]);
        }
    }

    pub(super) fn remember(&self, draft: &mut Draft<'_>) {
        let mut memory = self.memory.clone();
        memory.rule = Some(self.fingerprint());
        for side in Side::BOTH {
            self.rebase(&mut memory, side);
        }
        self.note(draft, memory);
        draft.say(self.element(), Outcome::Nothing, "Both sides say the same.");
    }

    pub(super) fn note(&self, draft: &mut Draft<'_>, memory: FieldMemory) {
        if self.given.link.fields.get(&self.pair) != Some(&memory) {
            draft.note(Note::Field { pair: self.pair.clone(), memory });
        }
    }

    pub(super) fn conflict(&self, winner: Side, lost: Option<&Value>) -> Conflict {
        Conflict {
            pair: self.pair.clone(),
            winner,
            lost: lost.cloned().unwrap_or(Value::Empty),
            in_part: false,
            at: Sides::each(|side| self.changed_at(side)),
            history: Sides::each(|side| Some(self.changes(side)?.last()?.id.clone())),
        }
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
