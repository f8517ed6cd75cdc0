//! People change both sides at will; whatever they do, these hold.

use super::fixture::*;
use super::world::World;
use crate::audience::Audience;
use crate::config::Cell;
use crate::id::{CommentId, Side, Sides};
use crate::issue::Value;
use crate::link::CommentState;
use crate::plan::{Element, Hints, Note};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Something that a person does. Comments are chosen by their place among those that are there.
#[derive(Debug, Clone)]
enum Act {
    Edit(Side, Field, u8),
    Comment(Side, Audience),
    EditComment(Side, u8),
    Show(Side, u8, Audience),
    Delete(Side, u8),
    /// On a copy that we made.
    Meddle(Side, u8, bool),
    Settle,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Field {
    Summary,
    Description,
    Labels,
}

impl Field {
    const ALL: [Self; 3] = [Self::Summary, Self::Description, Self::Labels];

    fn id(self) -> &'static str {
        match self {
            Self::Summary => "summary",
            Self::Description => "description",
            Self::Labels => "labels",
        }
    }

    fn value(self, n: u8) -> Value {
        let text = format!("v{n}");
        match self {
            Self::Summary => words(&text),
            Self::Description => rich(&[&text]),
            Self::Labels => labels(
                &["p", "q", "r"]
                    .into_iter()
                    .enumerate()
                    .filter(|(i, _)| n >> i & 1 == 1)
                    .map(|(_, l)| l)
                    .collect::<Vec<_>>(),
            ),
        }
    }
}

fn side() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::A), Just(Side::B)]
}

fn audience() -> impl Strategy<Value = Audience> {
    prop_oneof![
        4 => Just(Audience::Customers),
        3 => Just(Audience::Team),
        1 => Just(Audience::Restricted),
        1 => Just(Audience::Unknown),
    ]
}

fn field() -> impl Strategy<Value = Field> {
    prop_oneof![Just(Field::Summary), Just(Field::Description), Just(Field::Labels)]
}

/// Changes of which the order of their events must not matter.
fn change() -> BoxedStrategy<Act> {
    prop_oneof![
        4 => (side(), field(), 0..8u8).prop_map(|(s, f, n)| Act::Edit(s, f, n)),
        3 => (side(), audience()).prop_map(|(s, a)| Act::Comment(s, a)),
        2 => (side(), any::<u8>()).prop_map(|(s, n)| Act::EditComment(s, n)),
        2 => (side(), any::<u8>(), audience()).prop_map(|(s, n, a)| Act::Show(s, n, a)),
        1 => (side(), any::<u8>()).prop_map(|(s, n)| Act::Delete(s, n)),
    ]
    .boxed()
}

fn act() -> BoxedStrategy<Act> {
    prop_oneof![
        8 => change(),
        1 => (side(), any::<u8>(), any::<bool>()).prop_map(|(s, n, d)| Act::Meddle(s, n, d)),
        3 => Just(Act::Settle),
    ]
    .boxed()
}

fn cell() -> impl Strategy<Value = Cell> {
    prop_oneof![Just(Cell::Public), Just(Cell::Internal), Just(Cell::Nothing)]
}

/// Comments of people (`copies` false) or of ours, oldest first.
fn comments(world: &World, side: Side, copies: bool) -> Vec<CommentId> {
    let ours = |c: &&crate::issue::Comment| c.author.as_ref().is_some_and(|a| a.account == us());
    let mut all: Vec<_> = world.jira[side].comments.values().filter(|c| ours(c) == copies).collect();
    all.sort_by_key(|c| (c.created, c.id.0.len(), c.id.0.clone()));
    all.into_iter().map(|c| c.id.clone()).collect()
}

fn pick(world: &World, side: Side, copies: bool, n: u8) -> Option<CommentId> {
    let all = comments(world, side, copies);
    (!all.is_empty()).then(|| all[usize::from(n) % all.len()].clone())
}

fn perform(world: &mut World, act: &Act) {
    match act {
        Act::Edit(side, field, n) => {
            if world.value(*side, field.id()) != field.value(*n) {
                world.edit(*side, field.id(), field.value(*n));
            }
        }
        Act::Comment(side, audience) => {
            let line = format!("written at {}", world.now.0);
            world.comment(*side, &line, *audience);
        }
        Act::EditComment(side, n) => {
            if let Some(id) = pick(world, *side, false, *n) {
                let line = format!("edited at {}", world.now.0);
                world.edit_comment(*side, &id, &line);
            }
        }
        Act::Show(side, n, audience) => {
            if let Some(id) = pick(world, *side, false, *n) {
                world.show_comment_to(*side, &id, *audience);
            }
        }
        Act::Delete(side, n) => {
            if let Some(id) = pick(world, *side, false, *n) {
                world.delete_comment(*side, &id);
            }
        }
        Act::Meddle(side, n, delete) => {
            if let Some(id) = pick(world, *side, true, *n) {
                match delete {
                    true => world.delete_comment(*side, &id),
                    false => world.edit_comment(*side, &id, "meddled"),
                }
            }
        }
        Act::Settle => world.settle(),
    }
}

fn run(acts: &[Act]) -> World {
    let mut world = World::linked();
    acts.iter().for_each(|act| perform(&mut world, act));
    world.settle();
    world
}

fn frozen(world: &World, field: Field) -> bool {
    world
        .link
        .parked
        .iter()
        .any(|p| matches!(&p.element, Element::Field { pair } if pair.a.as_str() == field.id()))
}

/// Both sides show the same, save what is parked or detached.
fn assert_equal(world: &World) {
    for field in Field::ALL {
        if !frozen(world, field) {
            assert_eq!(world.value(Side::A, field.id()), world.value(Side::B, field.id()), "{field:?}");
        }
    }
    let parked = |id: &CommentId, side| {
        world.link.parked(&Element::Comment { origin: side, id: id.clone() }).is_some()
    };
    for from in Side::BOTH {
        for id in comments(world, from, false) {
            let comment = &world.jira[from].comments[&id];
            let pair = world.link.comment(from, &id).expect("every comment is known");
            if pair.state == CommentState::Detached || parked(&id, from) {
                continue;
            }
            let leaves = comment.audience <= Audience::Team;
            let copy = pair.copy.as_ref().and_then(|copy| world.jira[from.other()].comments.get(copy));
            assert_eq!(copy.is_some(), leaves, "{pair:#?}");
            if let Some(copy) = copy {
                assert!(copy.body.plain_text().ends_with(&comment.body.plain_text()), "{copy:?}");
                assert_eq!(copy.audience, comment.audience);
            }
        }
        let detached = world.link.comments.iter().filter(|p| {
            p.state == CommentState::Detached || p.state == CommentState::Gone || parked(&p.id, p.origin)
        });
        let copies = comments(world, from, true);
        let live = world.link.comments.iter().filter_map(|p| p.copy.as_ref().filter(|_| p.origin != from));
        let known: Vec<_> = live.chain(detached.filter_map(|p| p.copy.as_ref())).collect();
        assert!(copies.iter().all(|id| known.contains(&id)), "a copy that nobody knows");
    }
}

/// What every side shows, without ids and times.
fn picture(world: &World) -> Sides<(Vec<Value>, Vec<String>)> {
    Sides::each(|side| {
        let mut thread = world.thread(side);
        thread.sort();
        (Field::ALL.into_iter().map(|f| world.value(side, f.id())).collect(), thread)
    })
}

fn mirrored(act: &Act) -> Act {
    match act.clone() {
        Act::Edit(s, f, n) => Act::Edit(s.other(), f, n),
        Act::Comment(s, a) => Act::Comment(s.other(), a),
        Act::EditComment(s, n) => Act::EditComment(s.other(), n),
        Act::Show(s, n, a) => Act::Show(s.other(), n, a),
        Act::Delete(s, n) => Act::Delete(s.other(), n),
        Act::Meddle(s, n, d) => Act::Meddle(s.other(), n, d),
        Act::Settle => Act::Settle,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn converges_and_then_plans_nothing(acts in prop::collection::vec(act(), 0..25)) {
        let mut world = run(&acts);
        assert_equal(&world);
        world.echo();
        world.forget_costs();
        world.audit();
        prop_assert_eq!(world.writes, 0);
        assert_equal(&world);
    }

    #[test]
    fn lost_answers_make_no_double_and_no_difference(
        acts in prop::collection::vec(act(), 1..20),
        losses in prop::collection::vec((0..20usize, 0..3usize, any::<bool>()), 1..4),
    ) {
        let mut world = World::linked();
        for (at, act) in acts.iter().enumerate() {
            if let Some((_, steps, happens)) = losses.iter().find(|(when, ..)| when % acts.len() == at) {
                world.lose = Some((*steps, *happens));
            }
            match act {
                Act::Settle => world.recover(),
                act => perform(&mut world, act),
            }
        }
        world.recover();
        world.lose = None;
        world.echo();
        world.recover();
        assert_equal(&world);
        prop_assert!(world.link.intents.is_empty());
        world.forget_costs();
        world.audit();
        prop_assert_eq!(world.writes, 0);
    }

    #[test]
    fn an_echo_needs_nothing_and_plans_nothing(acts in prop::collection::vec(act(), 0..25)) {
        let mut world = run(&acts);
        world.forget_costs();
        world.echo();
        prop_assert_eq!((world.reads, world.writes), (0, 0));
    }

    #[test]
    fn the_sides_are_alike(acts in prop::collection::vec(act(), 0..25)) {
        let world = run(&acts);
        let mut mirror = World::raised(Side::B);
        mirror.sites = mirror.sites.swapped();
        mirror.settle();
        mirror.echo();
        mirror.forget_costs();
        acts.iter().for_each(|act| perform(&mut mirror, &mirrored(act)));
        mirror.settle();
        // Times are told in texts, and steps are done side A first.
        let told = |world: &World| (picture(world).a.0, picture(world).b.0, world.jira.a.comments.len(), world.jira.b.comments.len());
        let (a, b, ours, theirs) = told(&world);
        prop_assert_eq!((b, a, theirs, ours), told(&mirror));
    }

    #[test]
    fn the_order_of_events_does_not_matter(
        acts in prop::collection::vec(change(), 0..12),
        order in prop::collection::vec(any::<u8>(), 12),
    ) {
        let mut at_once = World::linked();
        acts.iter().for_each(|act| perform(&mut at_once, act));
        let mut one_by_one = at_once.clone();
        at_once.settle();

        one_by_one.hints = Sides::default();
        let mut events: Vec<(Side, Hints)> = std::mem::take(&mut one_by_one.events);
        for n in order.iter().cycle() {
            if events.is_empty() {
                break;
            }
            let (side, hints) = events.swap_remove(usize::from(*n) % events.len());
            one_by_one.hints[side] = hints;
            one_by_one.settle();
        }
        assert_equal(&one_by_one);
        prop_assert_eq!(picture(&at_once), picture(&one_by_one));
    }

    #[test]
    fn nothing_is_lost(acts in prop::collection::vec(act(), 0..25)) {
        let mut world = World::linked();
        let mut before = picture(&world).map(|p| p.0);
        for act in acts.iter().chain([&Act::Settle]) {
            let said = matches!(act, Act::Settle).then(|| picture(&world).map(|p| p.0));
            perform(&mut world, act);
            let Some(said) = said else { continue };
            let lost: Vec<Value> = world.conflicts().into_iter().map(|c| c.lost).collect();
            for side in Side::BOTH {
                for (at, field) in [Field::Summary, Field::Description].into_iter().enumerate() {
                    let value = &said[side][at];
                    let kept = *value == before[side][at]
                        || *value == world.value(side, field.id())
                        || lost.contains(value)
                        || lost.contains(&as_wiki(value));
                    prop_assert!(kept, "{value:?} of {side} is lost");
                }
            }
            before = picture(&world).map(|p| p.0);
        }
        // Comments that people wrote are only ever changed by people.
        for side in Side::BOTH {
            let mirrored = world.jira[side].comments.values().filter(|c| c.stamp.is_none());
            for comment in mirrored {
                prop_assert!(world.link.comment(side, &comment.id).is_some());
            }
        }
    }

    /// Checked at every single write by the small Jira, and again at rest.
    #[test]
    fn no_path_from_a_non_public_comment_to_a_public_one(
        acts in prop::collection::vec(act(), 0..30),
        cells in (cell(), cell(), cell(), cell()),
        requests in (any::<bool>(), any::<bool>()),
    ) {
        let mut world = World::linked();
        let (a, b) = (&mut world.config.sides.a.comments, &mut world.config.sides.b.comments);
        (a.public, a.internal, b.public, b.internal) = cells;
        let mut kept = BTreeMap::new();
        for (side, request) in [(Side::A, requests.0), (Side::B, requests.1)] {
            if let Some(issue) = world.jira[side].issue.as_mut().filter(|_| !request) {
                issue.request_type = None;
                world.hints[side].fields = true;
            }
            kept.insert(side, request);
        }
        world.settle();
        for act in acts.iter().chain([&Act::Settle]) {
            perform(&mut world, act);
            if !matches!(act, Act::Settle) {
                continue;
            }
            for pair in &world.link.comments {
                let to = pair.origin.other();
                let copy = pair.copy.as_ref().and_then(|id| world.jira[to].comments.get(id));
                let origin = world.jira[pair.origin].comments.get(&pair.id);
                if let (Some(copy), Some(origin)) = (copy, origin) {
                    let fine = !copy.audience.is_public() || world.may_be_public(pair.origin, origin.audience);
                    prop_assert!(fine, "{origin:?} shows in {copy:?}");
                }
            }
        }
        prop_assert_eq!(world.notes.iter().filter(|n| matches!(n, Note::State { .. })).count(), 0);
    }
}

/// A text as the changelog tells it.
fn as_wiki(value: &Value) -> Value {
    match value {
        Value::Rich(doc) => Value::Wiki(doc.plain_text()),
        other => other.clone(),
    }
}
