//! Everything that can stop an element, in words: what happened and what a person can do.

use super::Trouble;
use crate::id::{Side, Sides};

fn trouble(code: &str, side: Side, sentence: impl Into<String>, remedy: &str) -> Trouble {
    Trouble { code: code.to_owned(), side, sentence: sentence.into(), remedy: remedy.to_owned() }
}

impl Trouble {
    /// We can't see the issue: it may have been deleted, or hidden from us for a while.
    #[must_use]
    pub fn is_absence(&self) -> bool {
        [END_GONE, FORBIDDEN].contains(&self.code.as_str())
    }
}

pub(crate) const END_GONE: &str = "end_gone";
pub(crate) const FORBIDDEN: &str = "forbidden";
pub(crate) const MOVED: &str = "moved";
pub(crate) const BRAKE: &str = "brake";
pub(crate) const SECURED: &str = "secured";
pub(crate) const NO_ROOM: &str = "target_not_a_request";

pub(crate) fn end_gone(side: Side) -> Trouble {
    trouble(
        END_GONE,
        side,
        format!("The issue on side {side} was deleted, or we may not see it any more. Its twin is kept."),
        "Recreate the issue from its twin, unlink the two, or give us the right to see it and press retry (or wait for \
         the next audit).",
    )
}

pub(crate) fn forbidden(side: Side) -> Trouble {
    trouble(
        FORBIDDEN,
        side,
        format!("Side {side} refuses to show us the issue. Nothing is written on either side."),
        "Give our user the permission Browse Projects in the project, then press retry or wait for the next audit.",
    )
}

pub(crate) fn moved(side: Side) -> Trouble {
    trouble(
        MOVED,
        side,
        format!("The issue on side {side} was moved to a project that this synchronization does not have."),
        "Move it back and press retry, or unlink the two.",
    )
}

pub(crate) fn secured(side: Side) -> Trouble {
    trouble(
        SECURED,
        side,
        format!(
            "The issue on side {side} stands under a security level whose issues do not leave that side."
        ),
        "Map the security level under Scope, or take the issue out of it, then press retry.",
    )
}

pub(crate) fn extra_issue(side: Side, key: &str) -> Trouble {
    trouble(
        "extra_issue",
        side,
        format!("Jira completed a creation twice: {key} on side {side} is a double of the linked issue."),
        "Look at it and delete it by hand. It is not mirrored.",
    )
}

pub(crate) fn frozen(side: Side) -> Trouble {
    trouble(
        "frozen",
        side,
        format!("Something on side {side} sets the field back each time we write it. It is frozen."),
        "Look for an automation that writes this field, stop it on one of the sides, then press retry.",
    )
}

pub(crate) fn newly_mapped(side: Side) -> Trouble {
    trouble(
        "newly_mapped_differs",
        side,
        "The field was mapped after both sides had got a value of their own, and the two differ.",
        "Make them equal by hand, or press retry: then the conflict policy chooses, and what is lost is recorded.",
    )
}

pub(crate) fn target_not_a_request(side: Side) -> Trouble {
    trouble(
        NO_ROOM,
        side,
        format!(
            "The comment is internal, and the issue on side {side} is no request: there it would be seen by all."
        ),
        "Give that issue a request type, then press retry.",
    )
}

pub(crate) fn audience_mismatch(side: Side) -> Trouble {
    trouble(
        "audience_mismatch",
        side,
        format!("The copy on side {side} could be seen by more people than asked for. It is removed."),
        "Check that the project is a service project and that no automation publishes comments, then press retry.",
    )
}

pub(crate) fn brake(side: Side, removals: u32) -> Trouble {
    trouble(
        BRAKE,
        side,
        format!(
            "{removals} copies in a row were removed on side {side}. The next removals wait for a person."
        ),
        "Look whether the comments were really meant to be deleted. Retry lets the removals go on.",
    )
}

pub(crate) fn refused_field(given: &Trouble, sentence: &str) -> Trouble {
    Trouble { code: "field_refused".to_owned(), sentence: sentence.to_owned(), ..given.clone() }
}

pub(crate) fn project_gone(side: Side) -> Trouble {
    trouble(
        "project_gone",
        side,
        format!("The project on side {side} is not there any more, or we may not create issues in it."),
        "Give our user the permission Create Issues in the project, then press retry.",
    )
}

/// Which sides people must look at is of no interest where the trouble lies in one.
pub(crate) fn worse(sides: &Sides<Option<Trouble>>) -> Option<&Trouble> {
    sides.a.as_ref().or(sides.b.as_ref())
}
