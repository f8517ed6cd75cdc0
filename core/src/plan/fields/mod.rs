//! The fields of a linked pair: each is merged, and what goes to one side travels in one edit.

mod members;
mod restore;
mod standing;
mod write;

use super::Note;
use super::draft::Draft;
use super::{Element, FieldAfter, FieldWrite, Given, Op, Sight, Step, ends, mapping, trouble};
use crate::config::{Config, FieldRule};
use crate::explain::Outcome;
use crate::id::{FieldId, IssueTypeId, Millis, Side, Sides};
use crate::issue::Value;
use crate::link::{Digest, FieldMemory, FieldPair, IntentKind, Version};
use crate::merge::{self, Case, Verdict, Why};
use crate::ordered::{BTreeMap, BTreeSet};

/// Merges every mapped field of which a side was read.
pub(crate) fn plan(draft: &mut Draft<'_>) {
    let mut edits: Sides<Edit> = Sides::default();
    for (pair, rules) in elements(draft.given) {
        let field = Field::of(draft.given, pair, rules);
        field.decide(draft, &mut edits);
    }
    if draft.given.remap() {
        draft.last.push(Note::Mapped { mapping: mapping::of(draft.given) });
    }
    for side in Side::BOTH {
        let edit = std::mem::take(&mut edits[side]);
        if let (false, Some(end)) = (edit.fields.is_empty(), draft.given.end(side)) {
            draft.plan.steps.push(Step {
                op: Op::EditIssue { side, issue: end.issue.clone(), fields: edit.fields },
                why: edit.why.into_iter().collect::<Vec<_>>().join(" "),
                fields: edit.after,
                comment: None,
                removal: false,
                stands: Vec::new(),
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
    draft.note(Note::Mapped { mapping: mapping::of(draft.given) });
}

/// What is collected for one side.
#[derive(Default)]
pub(crate) struct Edit {
    fields: BTreeMap<FieldId, FieldWrite>,
    after: BTreeMap<FieldPair, FieldAfter>,
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
        Side::BOTH.into_iter().for_each(|side| self.went_over(draft, side));
        if let Some(parked) = draft.held(&element) {
            let outcome = Outcome::Parked { code: parked.code.clone() };
            return draft.say(element, outcome, "The field waits for a person.");
        }
        if let Some(side) = self.wanted_back() {
            return self.restore(draft, &mut edits[side], side);
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

    /// It was merged by other rules than those of today, and people asked to have it translated anew.
    pub(super) fn remapped(&self) -> bool {
        self.given.remap() && self.memory.rule.as_ref().is_some_and(|rule| rule != &self.fingerprint())
    }

    /// It was merged before, and what both sides showed then is not known: see [`adopted`].
    fn lost_its_base(&self) -> bool {
        self.memory.rule.is_some() && Side::BOTH.iter().all(|side| self.memory.base[*side].is_none())
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
            remapped: self.remapped(),
        })
    }

    pub(crate) fn digest(&self, value: &Value) -> Digest {
        merge::digest(self.given.key, value)
    }

    pub(crate) fn fingerprint(&self) -> Digest {
        self.given.key.digest(&self.rules.map(|rule| rule.map(|rule| &rule.kind)))
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
                found.entry(pair_of(side, rule)).or_default()[side].get_or_insert(rule);
            }
        }
    }
    found
}

/// The two fields of a rule by which a field leaves `side`.
pub(crate) fn pair_of(side: Side, rule: &FieldRule) -> FieldPair {
    match side {
        Side::A => FieldPair { a: rule.from.clone(), b: rule.to.clone() },
        Side::B => FieldPair { a: rule.to.clone(), b: rule.from.clone() },
    }
}

pub(crate) fn issue_type<'a>(given: &Given<'a>, side: Side) -> Option<&'a IssueTypeId> {
    let read = given.issue(side).map(|issue| &issue.issue_type);
    read.or_else(|| given.end(side).map(|end| &end.issue_type).filter(|id| !id.as_str().is_empty()))
}

pub(crate) fn is_for(rule: &FieldRule, issue_type: Option<&IssueTypeId>) -> bool {
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
