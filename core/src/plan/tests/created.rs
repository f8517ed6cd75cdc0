//! How an issue gets its copy, once, whatever becomes of the call.

use super::fixture::*;
use super::world::{GRACE_MS, World};
use crate::audience::Audience::{Customers, Team};
use crate::id::Side::{A, B};
use crate::link::*;
use crate::plan::*;

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
fn an_agents_issue_gets_the_default_request_type_and_says_so() {
    let mut world = World::raised(A);
    world.jira.a.issue.iter_mut().for_each(|i| i.request_type = None);
    world.settle();
    let created = world.jira.b.issue.as_ref().expect("created");
    assert_eq!(created.request_type, Some("7".into()));
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
