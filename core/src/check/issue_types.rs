//! Which issue types leave a side, and what they become.

use super::{Code, Desk, Place, Tab};
use crate::id::Side;

/// At least one issue type leaves a side.
pub(super) fn check_any(desk: &mut Desk<'_>) {
    if Side::BOTH.iter().all(|side| desk.side(*side).issue_types.is_empty()) {
        let sentence = "No issue type is mapped, so nothing is mirrored.".to_owned();
        let remedy = "Press *Suggestions* on the tab Issue Types and map what pairs up.";
        desk.error(Code::NoIssueTypes, Place::tab(Tab::IssueTypes), sentence, remedy);
    }
}

pub(super) fn check(desk: &mut Desk<'_>, side: Side) {
    let rules = &desk.side(side).issue_types;
    for (row, rule) in rules.iter().enumerate() {
        let place = Place::on(Tab::IssueTypes, side).row(row);
        if desk.schema(side).issue_type(&rule.from).is_none() {
            let sentence = format!("{} has no issue type `{}` (any more).", desk.project(side), rule.from);
            desk.error(
                Code::IssueTypeUnknown,
                place.clone().about(rule.from.as_str()),
                sentence,
                "Remove the row, or choose an issue type that the project has.",
            );
        }
        if desk.schema(side.other()).issue_type(&rule.to).is_none() {
            let name = desk.type_name(side, &rule.from);
            let away = desk.project(side.other());
            let sentence = format!("{away} has no issue type `{}` (any more) for *{name}*.", rule.to);
            desk.error(
                Code::TargetTypeMissing,
                place.clone().about(rule.to.as_str()),
                sentence,
                "Choose an issue type of the other project, or add this one to its scheme.",
            );
        }
        if rules.iter().take(row).any(|earlier| earlier.from == rule.from) {
            let name = desk.type_name(side, &rule.from);
            desk.error(
                Code::IssueTypeMappedTwice,
                place.about(rule.from.as_str()),
                format!("*{name}* of {} is mapped twice in the same direction.", desk.project(side)),
                "Keep one of the rows.",
            );
        }
    }
}
