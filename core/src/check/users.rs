//! How people of a side are found on the other.

use super::{Code, Desk, Place, Tab};
use crate::id::{AccountId, Side};
use crate::schema::FieldKind;

/// Longest account id that Jira's documents allow, in characters.
const ACCOUNT_CHARS_MAX: usize = 128;

pub(super) fn check(desk: &mut Desk<'_>, side: Side) {
    let users = &desk.side(side).users;
    for (row, pair) in users.table.iter().enumerate() {
        let place = Place::on(Tab::Users, side).row(row);
        for account in [&pair.from, &pair.to] {
            check_account(desk, account, place.clone());
        }
        if users.table.iter().take(row).any(|earlier| earlier.from == pair.from) {
            desk.warning(
                Code::UserRepeated,
                place.about(pair.from.as_str()),
                format!("The account `{}` stands in the table twice; the first row counts.", pair.from),
                "Keep one of the rows.",
            );
        }
    }
    if let Some(fallback) = &users.fallback {
        check_account(desk, fallback, Place::on(Tab::Users, side));
    }
    check_any_way(desk, side);
}

fn check_account(desk: &mut Desk<'_>, account: &AccountId, place: Place) {
    let text = account.as_str();
    let odd = |c: char| c.is_whitespace() || c.is_control() || c == '@' || c == '/';
    if text.is_empty() || text.chars().count() > ACCOUNT_CHARS_MAX || text.contains(odd) {
        desk.error(
            Code::AccountMalformed,
            place.about(text),
            format!("`{text}` is no account id."),
            "Choose the person from the list; an account id looks like `5b10ac8d82e05b22cc7d4ef5`.",
        );
    }
}

/// A field of people is carried, and nothing says who they are on the other side.
fn check_any_way(desk: &mut Desk<'_>, side: Side) {
    let users = &desk.side(side).users;
    if users.account_id || users.email || users.fallback.is_some() || !users.table.is_empty() {
        return;
    }
    let of_people = |id| {
        let field = desk.schema(side).field(id);
        field.is_some_and(|f| matches!(f.kind, FieldKind::Person | FieldKind::People))
    };
    let fields: Vec<String> = desk
        .side(side)
        .fields
        .iter()
        .filter(|r| of_people(&r.from) && r.kind.is_passthrough())
        .map(|r| desk.field_name(side, &r.from))
        .collect();
    if !fields.is_empty() {
        let sentence = format!(
            "{} of {} hold people, and nothing says who they are on the other side.",
            super::listed(&fields),
            desk.project(side),
        );
        let remedy = "On the tab Users, match by account id or e-mail, fill the table, or name a fallback.";
        desk.warning(Code::PeopleNotFound, Place::on(Tab::Users, side), sentence, remedy);
    }
}
