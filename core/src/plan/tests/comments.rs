//! Stories of comments: who sees them, and who owns them.

use super::world::World;
use crate::audience::Audience::{Customers, Restricted, Team, Unknown};
use crate::config::Cell;
use crate::id::Side::{A, B};
use crate::link::*;
use crate::plan::*;

#[test]
fn comments_keep_their_audience_and_cost_one_read_and_one_write() {
    let mut world = World::linked();
    let public = world.comment(A, "Hello", Customers);
    world.settle();
    world.echo();
    assert_eq!((world.reads, world.writes), (1, 1));
    world.comment(B, "Internal remark", Team);
    world.settle();
    world.echo();
    assert_eq!((world.reads, world.writes), (2, 2));
    world.edit_comment(A, &public, "Hello there");
    world.settle();
    world.echo();
    assert_eq!((world.reads, world.writes), (3, 3));
    assert_eq!(world.thread(A), ["Customers: Hello there", "Team: Anna (Globex): Internal remark"]);
    assert_eq!(world.thread(B), ["Customers: Anna (Acme): Hello there", "Team: Internal remark"]);
    world.delete_comment(A, &public);
    world.settle();
    world.echo();
    assert_eq!((world.reads, world.writes), (4, 4));
    assert_eq!(world.thread(B), ["Team: Internal remark"]);
}

#[test]
fn a_comment_that_becomes_internal_is_hidden_first_and_made_again() {
    let mut world = World::linked();
    let id = world.comment(A, "Oops", Customers);
    world.settle();
    world.show_comment_to(A, &id, Team);
    world.settle();
    assert_eq!(world.thread(B), ["Team: Anna (Acme): Oops"]);
    world.show_comment_to(A, &id, Restricted);
    world.settle();
    assert_eq!(world.thread(B), Vec::<String>::new());
    world.show_comment_to(A, &id, Customers);
    world.settle();
    assert_eq!(world.thread(B), ["Customers: Anna (Acme): Oops"]);
    world.show_comment_to(A, &id, Unknown);
    world.settle();
    world.echo();
    assert_eq!(world.thread(B), Vec::<String>::new());
}

#[test]
fn an_internal_comment_waits_when_the_target_is_no_request() {
    let mut world = World::linked();
    if let Some(issue) = &mut world.jira.b.issue {
        issue.request_type = None;
    }
    world.hints.b.fields = true;
    world.settle();
    world.comment(A, "Secret", Team);
    world.settle();
    assert_eq!((world.thread(B).len(), world.parked()), (0, vec!["target_not_a_request".to_owned()]));
    if let Some(issue) = &mut world.jira.b.issue {
        issue.request_type = Some("7".into());
    }
    world.retry();
    world.settle();
    assert_eq!(world.thread(B), ["Team: Anna (Acme): Secret"]);
    assert!(world.parked().is_empty());
}

#[test]
fn what_had_no_room_goes_on_by_itself_once_it_is_for_customers() {
    let mut world = World::linked();
    if let Some(issue) = &mut world.jira.b.issue {
        issue.request_type = None;
    }
    world.hints.b.fields = true;
    world.settle();
    let id = world.comment(A, "Secret", Team);
    world.settle();
    assert_eq!(world.parked(), ["target_not_a_request"]);
    world.show_comment_to(A, &id, Customers);
    world.settle();
    assert_eq!(world.thread(B), ["Customers: Anna (Acme): Secret"]);
    assert!(world.parked().is_empty());
}

#[test]
fn a_copy_that_comes_out_public_is_removed_and_parked() {
    let mut world = World::linked();
    world.jira.b.publishes_everything = true;
    world.comment(A, "Secret", Team);
    world.settle();
    assert_eq!((world.thread(B).len(), world.parked()), (0, vec!["audience_mismatch".to_owned()]));
    world.echo();
    assert_eq!(world.thread(B).len(), 0);
}

#[test]
fn a_copy_that_a_person_makes_public_is_removed() {
    let mut world = World::linked();
    world.comment(A, "Secret", Team);
    world.settle();
    let copy = world.jira.b.comments.keys().next().cloned().expect("a copy");
    world.show_comment_to(B, &copy, Customers);
    world.settle();
    assert_eq!((world.thread(B).len(), world.parked()), (0, vec!["audience_mismatch".to_owned()]));
}

#[test]
fn what_a_person_does_to_a_copy_detaches_it() {
    for deleted in [false, true] {
        let mut world = World::linked();
        let id = world.comment(A, "Hello", Customers);
        world.settle();
        let copy = world.jira.b.comments.keys().next().cloned().expect("a copy");
        match deleted {
            true => world.delete_comment(B, &copy),
            false => world.edit_comment(B, &copy, "Mine"),
        }
        world.settle();
        let before = world.writes;
        world.edit_comment(A, &id, "Hello again");
        world.settle();
        world.audit();
        assert_eq!(world.writes, before);
        assert_eq!(world.link.comments[0].state, CommentState::Detached);
        assert_eq!(world.thread(A), ["Customers: Hello again"]);
    }
}

#[test]
fn what_a_person_deleted_while_the_link_stood_still_is_not_hidden_once_more() {
    let mut world = World::linked();
    let id = world.comment(A, "Hello", Customers);
    world.settle();
    if let Some(issue) = &mut world.jira.a.issue {
        issue.project = "elsewhere".into();
    }
    let copy = world.jira.b.comments.keys().next().cloned().expect("a copy");
    world.delete_comment(B, &copy);
    world.hints.a.fields = true;
    world.settle();
    assert_eq!((world.parked(), &world.link.comments[0].copy), (vec!["moved".to_owned()], &None));
    let before = world.writes;
    world.show_comment_to(A, &id, Team);
    world.settle();
    assert_eq!(world.writes, before);
}

#[test]
fn a_mapping_may_widen_and_only_it() {
    let mut world = World::linked();
    world.config.sides.a.comments.internal = Cell::Public;
    world.comment(A, "For all", Team);
    world.comment(A, "For a role", Restricted);
    world.settle();
    assert_eq!(world.thread(B), ["Customers: Anna (Acme): For all"]);
}

#[test]
fn removals_in_a_row_wait_for_a_person() {
    let mut world = World::linked();
    let ids: Vec<_> = (0..REMOVALS_MAX + 3).map(|n| world.comment(A, &format!("c{n}"), Customers)).collect();
    world.settle();
    for id in &ids {
        world.delete_comment(A, id);
    }
    world.settle();
    assert_eq!(world.thread(B).len(), 3);
    assert!(world.parked().iter().all(|code| code == "brake"));
    world.retry();
    world.settle();
    assert_eq!((world.thread(B).len(), world.parked().len()), (0, 0));
}

#[test]
fn a_copy_of_another_sync_goes_on_under_its_ceiling() {
    let mut world = World::linked();
    world.comment_of_another_sync(A, "Internal elsewhere, public here", Team);
    if let Some(comment) = world.jira.a.comments.values_mut().next() {
        comment.audience = Customers;
    }
    world.settle();
    assert_eq!(world.jira.b.public(), 0);
    assert_eq!(world.thread(B).len(), 1);
}

/// A whole look shows copy and origin at once; what leaked is taken away and stays away all the same.
#[test]
fn a_copy_that_somebody_published_is_not_made_again_at_once() {
    let mut world = World::linked();
    let origin = world.comment(A, "A secret", Team);
    world.settle();
    let copy = world.link.comment(A, &origin).and_then(|pair| pair.copy.clone()).unwrap();
    world.show_comment_to(B, &copy, Customers);
    for _ in 0..2 {
        world.audit();
        assert_eq!(world.thread(B), Vec::<String>::new());
        assert_eq!(world.parked(), ["audience_mismatch"]);
    }
    world.retry();
    world.settle();
    assert_eq!(world.thread(B), ["Team: Anna (Acme): A secret"]);
}

/// A note stayed at home, may leave since the configuration changed, and the answer to its copy is lost: the copy is
/// known by its stamp, whatever fails next.
#[test]
fn a_copy_of_what_once_stayed_at_home_is_taken_and_not_made_twice() {
    for next in [None, Some((0, false)), Some((0, true))] {
        let mut world = World::linked();
        world.config.sides.a.comments.internal = Cell::Nothing;
        let origin = world.comment(A, "A note", Team);
        world.settle();
        assert_eq!(world.link.comments[0].state, CommentState::Home);
        world.config.sides.a.comments.internal = Cell::Internal;
        world.hint(A, &origin, None);
        world.lose = Some((0, true));
        world.settle();
        // The event of the copy comes first, the look for it would come later.
        let copy = world.jira.b.comments.keys().next().cloned().expect("a copy");
        world.hint(B, &copy, None);
        world.lose = next;
        world.recover();
        world.audit();
        assert_eq!(world.thread(B), ["Team: Anna (Acme): A note"], "{next:?}");
        assert_eq!(world.link.comments[0].copy, Some(copy), "{next:?}");
    }
}

/// The copy was taken away for fewer readers, the answer to that is lost, and then the origin is for all once more: it is
/// the copy that shows what became of it. Seed 661063.
#[test]
fn a_copy_that_was_taken_away_unheard_is_made_again_for_whom_it_is_for_now() {
    for (happened, edited) in [(true, false), (false, false), (true, true), (false, true)] {
        let mut world = World::linked();
        let origin = world.comment(A, "For all", Customers);
        world.settle();
        let copy = world.jira.b.comments.keys().next().cloned().expect("a copy");
        if edited {
            world.edit_comment(B, &copy, "Mine");
            world.settle();
        }
        world.show_comment_to(A, &origin, Team);
        world.lose = Some((0, happened));
        world.settle();
        assert_eq!(world.thread(B).len(), usize::from(!happened), "{happened} {edited}");
        world.show_comment_to(A, &origin, Customers);
        world.recover();
        world.audit();
        let after = if edited && !happened { "Customers: Mine" } else { "Customers: Anna (Acme): For all" };
        assert_eq!(world.thread(B), [after], "{happened} {edited}");
    }
}

/// Another sync takes its copy away and makes it anew, for other readers: to us it is the same comment still.
#[test]
fn a_copy_that_people_edited_is_not_doubled_when_its_origin_is_made_anew() {
    for (shown_to, then_to, after) in [
        (Team, Customers, vec!["Team: Mine"]),
        (Team, Team, vec!["Team: Mine"]),
        (Customers, Team, vec!["Team: Duplex (Acme): From afar"]),
    ] {
        let mut world = World::linked();
        let first = world.comment_of_another_sync(A, "From afar", shown_to);
        world.settle();
        let copy = world.jira.b.comments.keys().next().cloned().expect("a copy");
        world.edit_comment(B, &copy, "Mine");
        world.settle();
        world.delete_comment(A, &first);
        world.comment_of_another_sync(A, "From afar", then_to);
        world.settle();
        assert_eq!(world.thread(B), after, "{shown_to:?} {then_to:?}");
        world.audit();
        assert_eq!(world.thread(B), after, "{shown_to:?} {then_to:?}, and later");
    }
}

/// The backup knew nothing of a copy, its origin was deleted meanwhile, and another sync makes that anew: what stood
/// there is known by what it stands for. Seed 678742.
#[test]
fn after_a_restore_a_copy_of_a_copy_that_is_made_anew_is_not_doubled() {
    let mut world = World::linked();
    let first = world.comment_of_another_sync(A, "From afar", Team);
    world.settle();
    world.link.comments.clear();
    world.link.rebase = true;
    world.delete_comment(A, &first);
    world.audit();
    assert_eq!(world.link.comments, []);
    world.comment_of_another_sync(A, "From afar", Team);
    world.settle();
    world.audit();
    assert_eq!(world.thread(B), ["Team: Duplex (Acme): From afar"]);
}

/// The backup was made when a first try to copy it had failed, and nothing more was known of it.
#[test]
fn after_a_restore_a_copy_follows_its_deleted_origin_whatever_was_known_of_it() {
    for known in [None, Some(CommentState::Live), Some(CommentState::Gone)] {
        let mut world = World::linked();
        let origin = world.comment(A, "Hello", Customers);
        world.settle();
        assert_eq!(world.thread(B).len(), 1);
        let tried = |state: &CommentState| {
            let mut pair = CommentPair { state: state.clone(), ..CommentPair::new(A, &origin) };
            pair.tried(&"an older try".into());
            pair
        };
        world.link.comments = known.iter().map(tried).collect();
        world.link.rebase = true;
        world.delete_comment(A, &origin);
        world.audit();
        assert_eq!(world.thread(B), Vec::<String>::new(), "{known:?}");
    }
}
