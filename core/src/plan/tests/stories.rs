//! One story per case that is easy to get wrong.

use super::fixture::*;
use super::world::{GRACE_MS, World};
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
fn a_field_that_is_not_on_the_create_screen_is_set_afterwards() {
    let mut world = World::raised(A);
    for field in &mut world.schemas.b.issue_types[0].fields {
        field.on_create = field.id.as_str() != "labels";
    }
    world.edit(A, "labels", labels(&["vpn"]));
    let mut seen = world.views();
    let plan = loop {
        let plan = world.ask(&world.hints, &seen);
        if plan.needs.is_empty() {
            break plan;
        }
        for read in &plan.needs {
            world.read(read, &mut seen);
        }
    };
    let Some(Op::CreateIssue { fields, .. }) = plan.steps.first().map(|step| &step.op) else {
        panic!("no creation: {plan:#?}")
    };
    assert!(!fields.contains_key(&"labels".into()) && fields.contains_key(&"summary".into()));
    world.settle();
    assert_eq!(world.value(B, "labels"), labels(&["vpn"]));
    assert!(world.parked().is_empty());
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

/// Sends a step, loses the answer, and waits until the outcome may be looked for.
fn lose_the_answer(world: &mut World, happens: bool) {
    let hints = std::mem::take(&mut world.hints);
    let mut seen = world.views();
    let plan = loop {
        let plan = world.ask(&hints, &seen);
        if plan.needs.is_empty() {
            break plan;
        }
        for read in &plan.needs {
            world.read(read, &mut seen);
        }
    };
    let step = plan.steps.first().expect("a step");
    let op = world.open(step);
    if happens {
        world.perform(step, &op);
    }
    world.hints = hints;
    let before = world.writes;
    world.settle();
    assert_eq!(world.writes, before, "nothing is sent before the grace is over");
    world.now = world.now.plus(GRACE_MS + 1);
}

/// Storm 1001: the copy is found again by its stamp after people have changed both issues.
#[test]
fn an_issue_found_again_settles_what_both_sides_changed_meanwhile() {
    let mut world = World::raised(A);
    lose_the_answer(&mut world, true);
    world.edit(A, "summary", words("Older, on A"));
    world.edit(B, "summary", words("Newer, on B"));
    world.settle();
    world.echo();
    assert_eq!(
        (world.value(A, "summary"), world.value(B, "summary")),
        (words("Newer, on B"), words("Newer, on B"))
    );
    assert_eq!((world.conflicts().len(), world.parked().len()), (1, 0));
}

#[test]
fn a_lost_answer_makes_no_double() {
    for happens in [true, false] {
        let mut world = World::raised(A);
        lose_the_answer(&mut world, happens);
        world.settle();
        world.echo();
        assert_eq!(world.value(B, "summary"), words("Printer"), "create, {happens}");
        assert!(world.link.intents.is_empty());

        let mut world = World::linked();
        world.comment(A, "Once", Team);
        lose_the_answer(&mut world, happens);
        world.settle();
        world.echo();
        assert_eq!(world.thread(B), ["Team: Anna (Acme): Once"], "comment, {happens}");
        assert!(world.link.intents.is_empty());

        let mut world = World::linked();
        world.edit(A, "summary", words("  blanks  "));
        lose_the_answer(&mut world, happens);
        world.settle();
        world.echo();
        assert_eq!(world.value(B, "summary"), words("blanks"), "edit, {happens}");
        assert!(world.link.intents.is_empty() && world.conflicts().is_empty());

        let mut world = World::linked();
        let id = world.comment(A, "First", Customers);
        world.settle();
        world.edit_comment(A, &id, "Second");
        lose_the_answer(&mut world, happens);
        world.settle();
        world.echo();
        assert_eq!(world.thread(B), ["Customers: Anna (Acme): Second"], "edited comment, {happens}");
        assert!(world.link.intents.is_empty());

        world.delete_comment(A, &id);
        lose_the_answer(&mut world, happens);
        world.settle();
        world.echo();
        assert_eq!(world.thread(B).len(), 0, "deleted comment, {happens}");
        assert!(world.link.intents.is_empty());
    }
}

#[test]
fn a_double_that_jira_completes_late_is_deleted() {
    let mut world = World::linked();
    world.comment(A, "Once", Team);
    lose_the_answer(&mut world, false);
    let late = world.link.intents[0].op.clone();
    world.settle();
    let mut double = world.jira.b.comments.values().next().cloned().expect("a copy");
    let stamp = ring().read(double.stamp.as_deref().expect("stamped")).expect("ours");
    double.stamp = ring().sign(&crate::stamp::Stamp { op: late, ..stamp }).ok();
    double.id = "999".into();
    world.jira.b.comments.insert(double.id.clone(), double.clone());
    world.hint(B, &double.id, Some(double.updated));
    world.settle();
    world.echo();
    assert_eq!(world.thread(B), ["Team: Anna (Acme): Once"]);
    assert_eq!(world.thread(A), ["Team: Once"]);
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
fn a_copy_of_ours_is_never_copied_back() {
    let world = World::linked();
    let copy = world.jira.b.issue.clone();
    let mut other = World::raised(B);
    other.jira.b.issue = copy;
    other.link = Link::candidate(&"sync".into(), B, "200".into());
    other.settle();
    assert_eq!((other.writes, other.link.state), (0, LinkState::Unlinked));
    assert!(other.notes.iter().any(|n| matches!(n, Note::Hand { link, .. } if link == &world.link.id)));
    // An issue is the end of one link: holding it here would keep the link that made it from ever adopting it.
    assert!(!other.notes.iter().any(|n| matches!(n, Note::End { .. })));
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
fn after_a_restore_nothing_is_created_where_it_may_stand() {
    // What is not known yet, the cluster that the issue was copied in, and whether it is created.
    for (rebasing, cluster, created) in [
        (Rebasing::Nothing, Some("site-b.7"), true),
        (Rebasing::Homes, None, true),
        (Rebasing::Homes, Some("site-c.7"), true),
        (Rebasing::Homes, Some("site-b.7"), false),
        (Rebasing::Copies, Some("site-c.7"), false),
        (Rebasing::Copies, None, false),
    ] {
        let mut world = World::raised(A);
        world.rebasing = rebasing;
        if let (Some(cluster), Some(issue)) = (cluster, &mut world.jira.a.issue) {
            let (sync, link, op) = ("other".into(), "other".into(), "x".into());
            let stamp = crate::stamp::Stamp { sync, link, op, cluster: cluster.into(), ceiling: Customers };
            issue.creator = Some(us());
            issue.stamp = ring().sign(&stamp).ok();
        }
        world.settle();
        assert_eq!(world.jira.b.issue.is_some(), created, "{rebasing:?} {cluster:?}");
    }
}

#[test]
fn a_refused_issue_that_is_deleted_needs_nobody_any_more() {
    let mut world = World::raised(A);
    let trouble = Trouble {
        code: "refused".to_owned(),
        side: B,
        sentence: "Jira refuses it".to_owned(),
        remedy: "Look".to_owned(),
    };
    world.refuse = Some(Answer::Refused { trouble, fields: Default::default() });
    world.settle();
    assert_eq!(world.parked(), ["refused"]);
    world.jira.a.issue = None;
    world.hints.a.fields = true;
    world.settle();
    assert_eq!(world.parked(), [""; 0]);
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
fn an_agents_issue_gets_the_default_request_type_and_says_so() {
    let mut world = World::raised(A);
    world.jira.a.issue.iter_mut().for_each(|i| i.request_type = None);
    world.settle();
    let created = world.jira.b.issue.as_ref().expect("created");
    assert_eq!(created.request_type, Some("7".into()));
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
fn an_issue_that_was_handed_over_is_adopted_or_called_an_extra_one() {
    let handed = |world: &World, id: &str| {
        let mut seen = world.views();
        let found = Found::Issue { id: id.into(), key: format!("K-{id}"), cluster: "acme.100".into() };
        seen.b.searched.insert("op1".into(), found);
        world.with(&world.hints, &seen, plan)
    };
    let linked = World::linked();
    assert!(handed(&linked, "200").notes.is_empty());
    let extra = handed(&linked, "201");
    assert!(
        matches!(&extra.notes[..], [Note::Park { trouble, .. }] if trouble.code == "extra_issue"),
        "{extra:#?}"
    );
    let mut candidate = World::raised(A);
    candidate.hints = Default::default();
    let adopted = handed(&candidate, "200");
    let fields = |notes: &[Note]| notes.iter().all(|note| matches!(note, Note::Field { .. }));
    assert!(
        matches!(&adopted.notes[..], [Note::Cluster { .. }, Note::End { side: B, .. }, merged @ .., Note::Mapped { .. }] if !merged.is_empty() && fields(merged)),
        "{adopted:#?}"
    );
    assert!(adopted.again.a.fields && adopted.again.b.fields && adopted.steps.is_empty());
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
