//! Which issues leave a side.

use super::{Code, Desk, Place, Tab};
use crate::config::scope::complaint;
use crate::id::{FieldId, Side};

pub(super) fn check(desk: &mut Desk<'_>, side: Side) {
    let scope = &desk.side(side).scope;
    let place = || Place::on(Tab::Scope, side);
    if let Some(sentence) = scope.jql.as_deref().and_then(complaint) {
        let remedy = "Correct the JQL, or remove it to mirror the whole project.";
        desk.error(Code::ScopeMalformed, place(), sentence, remedy);
    }
    let offered = desk.schema(side).field(&FieldId::from("security")).map(|f| f.options.as_slice());
    for (row, level) in scope.security_levels.iter().enumerate() {
        let offered = offered.unwrap_or_default();
        if !offered.is_empty() && !offered.iter().any(|o| &o.id == level) {
            desk.warning(
                Code::SecurityLevelUnknown,
                place().row(row).about(level.as_str()),
                format!("{} has no security level `{level}` (any more).", desk.project(side)),
                "Remove it from the list.",
            );
        }
    }
    if !scope.security_levels.is_empty() {
        let sentence = format!(
            "Issues of {} under a listed security level leave it; their copies have no security level.",
            desk.project(side),
        );
        let remedy = "List only levels whose issues everybody of the other project may see.";
        desk.warning(Code::SecurityLevelsLeave, place(), sentence, remedy);
    }
}
