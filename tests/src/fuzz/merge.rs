//! The merge of one field, as the plan does it: whatever the sides agreed on, and whatever people made of it since.

use super::desk::Desks;
use super::json;
use duplex_core::adf::is_safe_url;
use duplex_core::config::Wins;
use duplex_core::id::{Side, Sides};
use duplex_core::issue::Value;
use duplex_core::merge::canonical;
use duplex_core::schema::FieldKind;
use duplex_server::jira::wire;
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// Rounds of changes after the first agreement. More than three alternations freeze a field, which is another story.
const ROUNDS_MAX: usize = 3;

/// Takes JSON: the `kind` of the field, who `wins`, the `base` that both sides agreed on, and `rounds` of what people
/// wrote then on `a` and `b`; a side that is missing there stays as it is. Values are as Jira shows them.
pub fn check(bytes: &[u8]) {
    let Some(case) = json(bytes) else { return };
    let Some(case) = Case::of(&case) else { return };
    case.values().filter_map(|value| case.arrives(value)).for_each(|arrived| names_nothing(&arrived));
    let mut desks = case.agreed(Side::A);
    let mut mirrored = case.agreed(Side::B);
    for round in &case.rounds {
        case.play(&mut desks, round);
        for (side, value) in edits(round) {
            mirrored.write(side.other(), value);
        }
        mirrored.settle();
        for side in Side::BOTH {
            let (here, there) = (desks.value(side), mirrored.value(side.other()));
            assert!(same(here, there), "the merge knows no left and right: {here:?}, {there:?}");
        }
    }
}

/// Nodes and marks that belong to one site.
const FOREIGN: [&str; 9] = [
    "mention",
    "media",
    "mediaInline",
    "extension",
    "inlineExtension",
    "bodiedExtension",
    "annotation",
    "fragment",
    "dataConsumer",
];

type Round = Sides<Option<Value>>;

struct Case {
    kind: FieldKind,
    wins: Wins,
    base: Value,
    rounds: Vec<Round>,
}

impl Case {
    fn of(case: &Json) -> Option<Self> {
        let kind = match case["kind"].as_str()? {
            "text" => FieldKind::Text,
            "rich" => FieldKind::Rich,
            "number" => FieldKind::Number,
            "date" => FieldKind::Date,
            "date_time" => FieldKind::DateTime,
            "labels" => FieldKind::Labels,
            _ => return None,
        };
        let wins = match case["wins"].as_str() {
            Some("a") => Wins::A,
            Some("b") => Wins::B,
            _ => Wins::Newest,
        };
        let side = |round: &Json, name| round.get(name).map(|value| wire::value(value, kind));
        let rounds = case["rounds"].as_array().map(Vec::as_slice).unwrap_or_default().iter();
        let rounds = rounds.take(ROUNDS_MAX).map(|r| Sides::new(side(r, "a"), side(r, "b"))).collect();
        Some(Self { kind, wins, base: wire::value(&case["base"], kind), rounds })
    }

    /// People wrote the base on `origin`, and the other side has what came of it.
    fn agreed(&self, origin: Side) -> Desks {
        let wins = match (self.wins, origin) {
            (Wins::A, Side::B) => Wins::B,
            (Wins::B, Side::B) => Wins::A,
            (wins, _) => wins,
        };
        let mut desks = Desks::new(self.kind, wins, origin);
        desks.write(origin, &self.base);
        desks.settle();
        desks
    }

    fn values(&self) -> impl Iterator<Item = &Value> {
        let written = self.rounds.iter().flat_map(edits).map(|(_, value)| value);
        std::iter::once(&self.base).chain(written)
    }

    /// What arrives on the other side of an empty pair.
    fn arrives(&self, value: &Value) -> Option<Value> {
        let mut desks = Desks::new(self.kind, self.wins, Side::A);
        desks.write(Side::A, value);
        desks.settle();
        (!desks.parked()).then(|| desks.value(Side::B).clone())
    }

    /// Nothing of it is lost on the way, there and back.
    fn is_whole(&self, value: &Value) -> bool {
        self.arrives(value).is_some_and(|there| same(&there, value))
    }

    fn play(&self, desks: &mut Desks, round: &Round) {
        let before = Sides::each(|side| desks.value(side).clone());
        desks.forget();
        for (side, value) in edits(round) {
            desks.write(side, value);
        }
        let given = Sides::each(|side| desks.value(side).clone());
        let changed = Sides::each(|side| !same(&given[side], &before[side]));
        desks.settle();
        let after = Sides::each(|side| desks.value(side).clone());

        is_at_rest(desks);
        if changed == Sides::new(false, false) {
            assert!(desks.writes.is_empty(), "nobody changed anything: {:?}", desks.writes);
        }
        let sets = self.kind == FieldKind::Labels;
        for side in Side::BOTH.into_iter().filter(|side| !sets && changed[*side]) {
            let written = !same(&after[side], &given[side]);
            assert!(
                changed[side.other()] || !written,
                "the only change was overwritten: {given:?}, {after:?}"
            );
            assert!(!written || is_kept(desks, side, &given[side]), "lost without a word: {:?}", given[side]);
        }
        let whole = |side: Side| self.is_whole(&given[side]) && self.is_whole(&before[side]);
        if desks.parked() || !whole(Side::A) || !whole(Side::B) {
            return;
        }
        match sets {
            true => assert_eq!(after, merged_labels(&before, &given), "{before:?} {given:?}"),
            false => self.carried(desks, &given, changed, &after),
        }
    }

    /// The laws of a merge, where every value can be carried whole.
    fn carried(&self, desks: &Desks, given: &Sides<Value>, changed: Sides<bool>, after: &Sides<Value>) {
        assert!(same(&after.a, &after.b), "both sides show the same: {after:?}");
        let one = match (changed.a, changed.b) {
            _ if same(&given.a, &given.b) => {
                assert!(desks.writes.is_empty(), "both made the same change: {given:?}");
                Side::A
            }
            (true, false) => Side::A,
            (false, true) => Side::B,
            // Where nobody changed anything and they differ, they differed before: `is_at_rest` would have told.
            (false, false) => panic!("they never agreed: {given:?}"),
            (true, true) => match self.wins {
                Wins::A => Side::A,
                // In a round, B is written after A.
                Wins::B | Wins::Newest => Side::B,
            },
        };
        assert!(same(&after.a, &given[one]), "{one} is carried: {given:?}, {after:?}");
    }
}

fn edits(round: &Round) -> impl Iterator<Item = (Side, &Value)> {
    Side::BOTH.into_iter().filter_map(|side| Some((side, round[side].as_ref()?)))
}

fn same(one: &Value, other: &Value) -> bool {
    canonical(one) == canonical(other)
}

/// Asked again, it does nothing.
fn is_at_rest(desks: &Desks) {
    let mut again = desks.clone();
    again.forget();
    again.settle();
    assert!(again.writes.is_empty() && again.conflicts.is_empty(), "not at rest: {:?}", again.writes);
}

/// What a person wrote and we wrote over is kept as the conflict that it lost.
fn is_kept(desks: &Desks, side: Side, value: &Value) -> bool {
    desks.conflicts.iter().any(|c| c.winner == side.other() && !c.in_part && same(&c.lost, value))
}

/// What both have in common, without what either removed, with what either added.
fn merged_labels(before: &Sides<Value>, given: &Sides<Value>) -> Sides<Value> {
    let set = |value: &Value| if let Value::Labels(set) = value { set.clone() } else { BTreeSet::new() };
    let common: BTreeSet<String> = set(&before.a).intersection(&set(&before.b)).cloned().collect();
    let removed = |label: &String| {
        common.contains(label) && !(set(&given.a).contains(label) && set(&given.b).contains(label))
    };
    let all: BTreeSet<String> = set(&given.a).union(&set(&given.b)).cloned().collect();
    let left: BTreeSet<String> = all.into_iter().filter(|label| !removed(label)).collect();
    Sides::each(|_| if left.is_empty() { Value::Empty } else { Value::Labels(left.clone()) })
}

/// What comes to a side names nobody and nothing of the other one, and no link in it runs code.
fn names_nothing(arrived: &Value) {
    let Value::Rich(doc) = arrived else { return };
    doc.walk(&mut |node| {
        assert!(!FOREIGN.contains(&node.kind()), "a {} went over: {doc:?}", node.kind());
        assert!(
            !node.kind().ends_with("Card") || node.attr("data").is_none(),
            "a card's data went over: {doc:?}"
        );
        for mark in node.marks() {
            assert!(!FOREIGN.contains(&mark.kind()), "a mark went over: {doc:?}");
            assert!(is_safe_url(mark.attr_text("href").unwrap_or_default()), "a link went over: {doc:?}");
        }
    });
}
