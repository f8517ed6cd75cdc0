//! Who will see what of the comments.

use super::{Code, Desk, Place, Tab};
use crate::config::{Cell, CopyStyle};
use crate::id::Side;

pub(super) fn check(desk: &mut Desk<'_>, side: Side) {
    let rules = &desk.side(side).comments;
    if !rules.enabled {
        return;
    }
    let (home, away) = (desk.project(side), desk.project(side.other()));
    let place = || Place::on(Tab::Comments, side);
    if rules.internal == Cell::Public {
        desk.warning(
            Code::AudienceWidened,
            place().about("internal"),
            format!("Internal notes of {home} become public in {away}: customers there will read them."),
            "Choose *Internal* or *Nothing*, unless exactly that is wanted.",
        );
    }
    if rules.public == Cell::Internal && desk.schema(side.other()).service {
        desk.info(
            Code::AudienceNarrowed,
            place().about("public"),
            format!("Public comments of {home} become internal in {away}: customers there don't see them."),
            "Choose *Public* to show them to the customers.",
        );
    }
    if !desk.schema(side.other()).service && [rules.public, rules.internal].contains(&Cell::Internal) {
        desk.warning(
            Code::InternalStaysHome,
            place(),
            format!("{away} is no service project and can't hide a comment: what must be internal there stays home."),
            "Choose *Nothing* for internal comments, or mirror to a service project.",
        );
    }
    if !desk.schema(side).service {
        desk.info(
            Code::SourceHasNoCustomers,
            place(),
            format!("{home} has no customers: all its comments count as internal."),
            "Only the row *Internal* of the visibility map applies.",
        );
    }
    if rules.copy == CopyStyle::Enriched && !desk.side(side.other()).comments.enabled {
        desk.info(
            Code::CommentsOneWay,
            place(),
            format!("Comments leave {home}, but replies in {away} are not carried back."),
            "Enable comments on the other side too, if its team is to answer.",
        );
    }
}
