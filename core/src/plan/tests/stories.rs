//! One story per case that is easy to get wrong.

use super::fixture::*;
use super::world::World;
use crate::audience::Audience::{Customers, Team};
use crate::config::Wins;
use crate::id::Side::{A, B};
use crate::id::*;
use crate::issue::Value;
use crate::link::*;
use crate::plan::*;

#[test]
fn a_request_is_created_with_one_read_one_write_and_one_read_after() {
    let mut world = World::raised(A);
    world.settle();
    assert_eq!((world.reads, world.writes), (1, 1));
    world.echo();
    assert_eq!((world.reads, world.writes), (2, 1));
    assert_eq!(world.value(B, "summary"), words("Printer"));
    assert_eq!(world.value(B, "description"), rich(&["It smokes."]));
    let sent = world.link.fields.values().any(|m| matches!(m.base.b, Some(Shown::Sent { .. })));
    assert!(!sent, "{:#?}", world.link.fields);
}

#[test]
fn a_field_edit_costs_one_read_and_one_write_and_its_echo_nothing() {
    let mut world = World::linked();
    world.edit(B, "summary", words("Printer on fire"));
    world.settle();
    assert_eq!((world.reads, world.writes), (1, 1));
    world.echo();
    assert_eq!((world.reads, world.writes), (1, 1));
    assert_eq!(world.value(A, "summary"), words("Printer on fire"));
    assert!(world.conflicts().is_empty());
}

#[test]
fn the_newest_change_wins_and_the_lost_one_is_recorded() {
    for (wins, expected, lost) in
        [(Wins::Newest, "from B", "from A"), (Wins::A, "from A", "from B"), (Wins::B, "from B", "from A")]
    {
        let mut world = World::linked();
        let both: FieldId = "summary".into();
        world.config.conflicts = vec![crate::config::ConflictRule { a: both.clone(), b: both, wins }];
        world.edit(A, "summary", words("from A"));
        world.edit(B, "summary", words("from B"));
        world.settle();
        world.echo();
        let values = (world.value(A, "summary"), world.value(B, "summary"));
        assert_eq!(values, (words(expected), words(expected)));
        let conflicts = world.conflicts();
        assert_eq!(conflicts.iter().map(|c| c.lost.clone()).collect::<Vec<_>>(), [words(lost)]);
        assert!(conflicts[0].history.a.is_some() && conflicts[0].history.b.is_some());
    }
}

#[test]
fn a_concurrent_edit_that_our_write_went_over_is_noticed_and_settled() {
    let mut world = World::linked();
    world.edit(A, "summary", words("from A"));
    world.edit(B, "summary", words("from B"));
    // The event of B is late: the write is made without a look.
    let late = std::mem::take(&mut world.hints.b);
    world.settle();
    let lost = |world: &World| world.conflicts().iter().map(|c| c.lost.clone()).collect::<Vec<_>>();
    assert_eq!(lost(&world), [words("from A")]);
    assert_eq!(world.value(A, "summary"), words("from B"));
    assert_eq!(world.value(B, "summary"), words("from B"));
    world.hints.b = late;
    world.settle();
    world.echo();
    assert_eq!(world.conflicts().len(), 1);

    // What we went over is kept where it can't be restored.
    let mut world = World::linked();
    world.edit(A, "summary", words("from A"));
    world.edit(B, "summary", words("from B"));
    world.hints.b = Hints::default();
    world.lose = Some((1, false));
    world.settle();
    assert_eq!(lost(&world), [words("from B"), words("from A")]);
}

#[test]
fn a_field_that_flips_is_frozen_after_three_alternations() {
    let mut world = World::linked();
    let mut side = A;
    world.edit(A, "summary", words("X"));
    world.settle();
    for turn in 0..10 {
        side = side.other();
        let back = if side == B { "Printer" } else { "X" };
        if world.value(side, "summary") != words(back) {
            world.edit(side, "summary", words(back));
            world.settle();
        }
        if !world.parked().is_empty() {
            assert_eq!((turn, world.parked()), (2, vec!["frozen".to_owned()]));
            world.retry();
            world.settle();
            assert!(world.parked().is_empty());
            assert_eq!(world.value(A, "summary"), world.value(B, "summary"));
            return;
        }
    }
    panic!("never frozen");
}

#[test]
fn labels_are_merged_member_by_member() {
    let mut world = World::linked();
    world.edit(A, "labels", labels(&["one", "two"]));
    world.settle();
    world.edit(A, "labels", labels(&["two", "three"]));
    world.edit(B, "labels", labels(&["one", "four"]));
    world.settle();
    world.echo();
    assert_eq!(world.value(A, "labels"), labels(&["four", "three"]));
    assert_eq!(world.value(B, "labels"), labels(&["four", "three"]));
    assert!(world.conflicts().is_empty());
}

#[test]
fn an_image_survives_an_edit_on_the_other_side() {
    let image = serde_json::json!({ "type": "mediaSingle", "attrs": { "layout": "center" }, "content": [
        { "type": "media", "attrs": { "id": "m1", "type": "file", "collection": "c" } },
    ]});
    let with_image = |line: &str| {
        let blocks = [doc(&[line]).blocks(), std::slice::from_ref(&image), doc(&["End."]).blocks()].concat();
        Value::Rich(crate::adf::Doc::of_blocks(blocks).normalise())
    };
    let mut world = World::linked();
    world.edit(A, "description", with_image("See:"));
    world.settle();
    let Value::Rich(copied) = world.value(B, "description") else { panic!("rich text") };
    let mut blocks = copied.blocks().to_vec();
    blocks[0] = doc(&["Look here:"]).blocks()[0].clone();
    world.edit(B, "description", Value::Rich(crate::adf::Doc::of_blocks(blocks.clone())));
    world.settle();
    assert_eq!(world.value(A, "description"), with_image("Look here:"));
    assert!(world.conflicts().is_empty());
    // The note that stands for the image is edited: the image stays, and the conflict is recorded.
    blocks[1] = doc(&["No image"]).blocks()[0].clone();
    world.edit(B, "description", Value::Rich(crate::adf::Doc::of_blocks(blocks)));
    world.settle();
    assert_eq!(world.value(A, "description"), with_image("Look here:"));
    assert_eq!(world.conflicts().len(), 1);
}

#[test]
fn a_newly_mapped_field_fills_the_empty_side_or_asks() {
    let map = |world: &mut World| {
        for side in Side::BOTH {
            let rule = crate::config::FieldRule {
                from: "extra".into(),
                to: "extra".into(),
                ..world.config.sides[side].fields[0].clone()
            };
            world.config.sides[side].fields.push(rule);
        }
    };
    let mut world = World::linked();
    world.edit(B, "extra", words("B has it"));
    map(&mut world);
    world.audit();
    assert_eq!(world.value(A, "extra"), words("B has it"));

    let mut world = World::linked();
    world.edit(A, "extra", words("A"));
    world.edit(B, "extra", words("B"));
    world.settle();
    map(&mut world);
    world.audit();
    assert_eq!(world.parked(), ["newly_mapped_differs"]);
    world.retry();
    world.settle();
    assert_eq!(world.value(A, "extra"), world.value(B, "extra"));
    assert_eq!((world.conflicts().len(), world.parked().len()), (1, 0));
}

#[test]
fn a_deleted_issue_keeps_its_twin_and_a_hidden_one_touches_nothing() {
    let mut world = World::linked();
    let gone = world.jira.a.issue.take();
    world.hints.a.fields = true;
    world.settle();
    assert_eq!((world.parked(), world.link.state), (vec!["end_gone".to_owned()], LinkState::EndGone));
    assert!(world.jira.b.issue.is_some() && world.writes == 0);
    world.hints.b.fields = true;
    world.settle();
    assert_eq!((world.parked(), world.writes), (vec!["end_gone".to_owned()], 0));
    // It was hidden and not deleted: the first look at both goes on.
    world.jira.a.issue = gone;
    world.hints.b.fields = true;
    world.settle();
    assert_eq!((world.parked().len(), world.link.state), (0, LinkState::Live));

    world.jira.b.hidden = true;
    world.hints.b.fields = true;
    world.edit(A, "summary", words("New"));
    world.settle();
    assert_eq!((world.parked(), world.writes), (vec!["forbidden".to_owned()], 0));
    world.jira.b.hidden = false;
    world.retry();
    world.settle();
    assert_eq!(world.value(B, "summary"), words("New"));

    // Another try that is asked for on one side looks at what was said meanwhile on the other.
    world.jira.b.hidden = true;
    world.hints.b.fields = true;
    world.comment(A, "Meanwhile", Team);
    world.settle();
    assert_eq!(world.parked(), ["forbidden"]);
    world.jira.b.hidden = false;
    let now = world.tick();
    world.hints.b.retry = Some(now);
    world.hints.b.fields = true;
    world.settle();
    world.settle();
    assert_eq!((world.parked().len(), world.thread(B)), (0, vec!["Team: Anna (Acme): Meanwhile".to_owned()]));
}

#[test]
fn a_copy_of_another_sync_goes_on_under_its_ceiling() {
    let mut world = World::linked();
    let id = world.comment(A, "Internal elsewhere, public here", Customers);
    let ceiling = crate::stamp::Stamp {
        sync: "other".into(),
        link: "other".into(),
        op: "x".into(),
        cluster: "c".into(),
        ceiling: Team,
    };
    if let Some(comment) = world.jira.a.comments.get_mut(&id) {
        comment.author = Some(crate::issue::Person { account: us(), ..person("Duplex") });
        comment.stamp = ring().sign(&ceiling).ok();
    }
    world.settle();
    assert_eq!(world.jira.b.public(), 0);
    assert_eq!(world.thread(B).len(), 1);
}

#[test]
fn a_refused_field_stops_only_itself() {
    let mut world = World::linked();
    world.edit(A, "summary", words("New"));
    world.edit(A, "labels", labels(&["x"]));
    let trouble = Trouble {
        code: "refused".to_owned(),
        side: B,
        sentence: "No.".to_owned(),
        remedy: "Fix.".to_owned(),
    };
    let fields = [("labels".into(), "It is not on the screen.".to_owned())].into_iter().collect();
    world.refuse = Some(Answer::Refused { trouble, fields });
    world.settle();
    assert_eq!(world.value(B, "summary"), words("New"));
    assert_eq!((world.value(B, "labels"), world.parked()), (Value::Empty, vec!["field_refused".to_owned()]));
    world.retry();
    world.settle();
    assert_eq!((world.value(B, "labels"), world.parked().len()), (labels(&["x"]), 0));
}

#[test]
fn what_stays_at_home_says_why() {
    type Set = fn(&mut World);
    let rows: [(Set, &str); 6] = [
        (|w| w.config.sides.a.issue_types.clear(), "Its issue type is not mapped."),
        (|w| w.cluster_taken = true, "The other project has an issue of the same origin already."),
        (
            |w| w.scope_from.a = Some(w.now.plus(1)),
            "It is older than the start, and only new issues are mirrored.",
        ),
        (
            |w| w.config.sides.b.defaults.clear(),
            "Side B has no default request type for this issue type, so nobody would see it in the portal.",
        ),
        (
            |w| w.jira.a.issue.iter_mut().for_each(|i| i.security = Some("9".to_owned())),
            "It stands under a security level whose issues do not leave this side.",
        ),
        (
            |w| w.config.sides.a.scope.jql = Some("issuetype = 2".to_owned()),
            "It lies outside the scope of its side.",
        ),
    ];
    for (set, expected) in rows {
        let mut world = World::raised(A);
        set(&mut world);
        world.settle();
        let said = world.notes.iter().any(|n| matches!(n, Note::Skip { why, .. } if why == expected));
        assert!(said && world.writes == 0, "{expected}: {:?}", world.notes);
    }
}

#[test]
fn explain_tells_what_the_plan_does() {
    let mut world = World::linked();
    world.edit(A, "summary", words("New"));
    let hints = world.hints.clone();
    let mut seen = world.views();
    let read = Read::Issue { side: A, fields: Default::default(), history: true };
    world.read(&read, &mut seen);
    let lines = world.with(&hints, &seen, crate::explain::explain);
    let told: Vec<String> = lines.iter().map(|l| format!("{:?} {}", l.outcome, l.why)).collect();
    assert!(told.contains(&"Writes { to: B } It changed on side A.".to_owned()), "{told:#?}");
    assert!(told.contains(&"Nothing It is as it was when both sides agreed.".to_owned()), "{told:#?}");
}

#[test]
fn the_same_question_has_the_same_answer() {
    let mut world = World::linked();
    for line in ["one", "two", "three"] {
        world.comment(A, line, Customers);
        world.comment(B, line, Team);
    }
    world.edit(A, "summary", words("New"));
    let mut seen = world.views();
    for read in world.ask(&world.hints.clone(), &seen).needs {
        world.read(&read, &mut seen);
    }
    let once = world.ask(&world.hints, &seen);
    assert!(once.needs.is_empty() && once.steps.len() == 7);
    let printed = serde_json::to_string(&once).expect("a plan is JSON");
    assert_eq!(printed, serde_json::to_string(&world.ask(&world.hints, &seen)).expect("a plan is JSON"));
    let read_back: Plan = serde_json::from_str(&printed).expect("and comes back");
    assert_eq!(read_back, once);
}
