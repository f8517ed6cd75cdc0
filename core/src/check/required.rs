//! Fields without which Jira refuses to create the copy.

use super::{Code, Desk, Place, Tab, TypePair};
use crate::config::{FieldRule, RuleKind};
use crate::id::Side;
use crate::schema::{FieldKind, FieldSchema};

/// The planner sets these itself.
const ALWAYS_SET: [&str; 2] = ["project", "issuetype"];

/// For the copies that issues of `side` get on the other side.
pub(super) fn check(desk: &mut Desk<'_>, side: Side) {
    for pair in desk.type_pairs(side) {
        for field in pair.to.fields.iter().filter(|f| is_asked_for(f)) {
            check_field(desk, side, pair, field);
        }
    }
}

fn is_asked_for(field: &FieldSchema) -> bool {
    let ours = ALWAYS_SET.contains(&field.id.as_str()) || field.kind == FieldKind::RequestType;
    field.required && !field.has_default && !ours
}

fn check_field(desk: &mut Desk<'_>, side: Side, pair: TypePair<'_>, field: &FieldSchema) {
    let away = side.other();
    let defaults = &desk.side(away).defaults;
    if defaults.iter().any(|d| d.field == field.id && d.value_for(&pair.to.id).is_some()) {
        return;
    }
    let comes_from = |rule: &&FieldRule| rule.to == field.id && pair.takes(rule);
    let rule = desk.side(side).fields.iter().find(comes_from);
    let source = rule.and_then(|rule| pair.from.field(&rule.from));
    let place = Place::on(Tab::DefaultValues, away).about(field.id.as_str());
    let what = format!("*{}* of {} is required for *{}*", field.name, desk.project(away), pair.to.name);
    let remedy = "Add a default value for it, or a field mapping from a field that is never empty.";
    match (rule, source) {
        (Some(FieldRule { kind: RuleKind::Text { .. }, .. }), Some(_)) => {}
        (Some(_), Some(source)) if source.required => {}
        (Some(_), Some(source)) => {
            let sentence = format!(
                "{what}, and *{}* of {} may be empty: such issues are not created there.",
                source.name,
                desk.project(side)
            );
            desk.warning(Code::RequiredFieldMayBeEmpty, place, sentence, remedy);
        }
        (None, _) | (_, None) => {
            let sentence = format!(
                "{what}, but has neither a mapping nor a default: no *{}* of {} can be created there.",
                pair.from.name,
                desk.project(side)
            );
            desk.error(Code::RequiredFieldUnmapped, place, sentence, remedy);
        }
    }
}
