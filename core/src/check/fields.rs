//! The fields that leave a side: are they there, can they be written, can their kinds become each other.

use super::{Code, Desk, Place, Severity, Tab, TypePair, listed};
use crate::config::{ConflictRule, FieldRule, RuleKind};
use crate::id::Side;
use crate::schema::FieldKind;

pub(super) fn check(desk: &mut Desk<'_>, side: Side) {
    let rules = &desk.side(side).fields;
    for (row, rule) in rules.iter().enumerate() {
        let place = Place::on(Tab::FieldMappings, side).row(row);
        if check_kinds(desk, side, rule, &place) {
            check_screens(desk, side, rule, &place);
        }
        let twice = |earlier: &FieldRule| earlier.to == rule.to && earlier.meets(rule);
        if rules.iter().take(row).any(twice) {
            let name = desk.field_name(side.other(), &rule.to);
            desk.error(
                Code::FieldMappedTwice,
                place.about(rule.to.as_str()),
                format!("Two mappings write *{name}* of {}.", desk.project(side.other())),
                "Keep one of them, or give them different issue types.",
            );
        }
    }
}

/// Whether both fields are there.
fn check_kinds(desk: &mut Desk<'_>, side: Side, rule: &FieldRule, place: &Place) -> bool {
    let (from, to) = (desk.schema(side).kind(&rule.from), desk.schema(side.other()).kind(&rule.to));
    if from.is_none() {
        desk.error(
            Code::FieldUnknown,
            place.clone().about(rule.from.as_str()),
            format!("{} has no field `{}` (any more).", desk.project(side), rule.from),
            "Remove the mapping, or choose a field that the project has.",
        );
    }
    if to.is_none() {
        desk.error(
            Code::TargetFieldMissing,
            place.clone().about(rule.to.as_str()),
            format!("{} has no field `{}` (any more).", desk.project(side.other()), rule.to),
            "Choose a field of the other project, or add this one to its screens.",
        );
    }
    let (Some(from), Some(to)) = (from, to) else { return false };
    if !rule.kind.carries(from, to) {
        let sentence = format!(
            "*{}* is {} and *{}* is {}: the one can't become the other {}.",
            desk.field_name(side, &rule.from),
            from.words(),
            desk.field_name(side.other(), &rule.to),
            to.words(),
            in_words(&rule.kind),
        );
        let remedy = ways_out(from);
        desk.error(Code::KindNotCarried, place.clone().about(rule.from.as_str()), sentence, &remedy);
    }
    true
}

fn in_words(kind: &RuleKind) -> &'static str {
    match kind {
        RuleKind::Passthrough => "by copying",
        RuleKind::Table { .. } => "by a table",
        RuleKind::Text { .. } => "by a text template",
    }
}

/// What a field of this kind can be mapped to, in words.
fn ways_out(from: FieldKind) -> String {
    let table = RuleKind::Table { rows: Vec::new(), otherwise: crate::config::Otherwise::Keep };
    let text = RuleKind::Text { template: String::new() };
    let ways: Vec<String> = [RuleKind::Passthrough, table, text]
        .iter()
        .filter_map(|kind| {
            let targets: Vec<&str> =
                crate::config::targets(kind, from).iter().map(|target| target.words()).collect();
            (!targets.is_empty()).then(|| format!("{} to {}", in_words(kind), either(&targets)))
        })
        .collect();
    if ways.is_empty() {
        "Remove the mapping.".to_owned()
    } else {
        format!("It can be mapped {}.", ways.join("; "))
    }
}

/// `a date, labels or a number`.
fn either(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    }
}

/// Jira takes a value only for a field on the screen of the operation.
fn check_screens(desk: &mut Desk<'_>, side: Side, rule: &FieldRule, place: &Place) {
    if desk.schema(side.other()).kind(&rule.to) == Some(FieldKind::RequestType) {
        return;
    }
    let pairs: Vec<TypePair<'_>> = desk.type_pairs(side).into_iter().filter(|p| p.takes(rule)).collect();
    let types = |wanted: fn(bool, bool) -> bool| -> Vec<&str> {
        let on = |p: &&TypePair<'_>| p.to.field(&rule.to).is_some_and(|f| wanted(f.on_create, f.on_edit));
        pairs.iter().filter(on).map(|p| p.to.name.as_str()).collect()
    };
    let without: Vec<&str> =
        pairs.iter().filter(|p| p.to.field(&rule.to).is_none()).map(|p| p.to.name.as_str()).collect();
    let cases = [
        (without, Severity::Warning, Code::FieldNotOnType, "does not exist for", "it is left out there"),
        (
            types(|create, edit| !create && !edit),
            Severity::Error,
            Code::FieldNotOnEditScreen,
            "is on neither the create nor the edit screen of",
            "Jira refuses every value",
        ),
        (
            types(|create, edit| create && !edit),
            Severity::Warning,
            Code::FieldNotOnEditScreen,
            "is not on the edit screen of",
            "it is set on creation and never changed",
        ),
        (
            types(|create, edit| !create && edit),
            Severity::Warning,
            Code::FieldNotOnCreateScreen,
            "is not on the create screen of",
            "it is set only when it changes later",
        ),
    ];
    let (name, away) = (desk.field_name(side.other(), &rule.to), desk.project(side.other()));
    for (types, severity, code, how, result) in cases {
        if !types.is_empty() {
            let sentence = format!("*{name}* of {away} {how} {}: {result}.", listed(&types));
            let remedy = "Add the field to that screen in Jira, or limit the mapping to other issue types.";
            desk.say(severity, code, place.clone().about(rule.to.as_str()), sentence, remedy);
        }
    }
}

/// A conflict needs two sides that write.
pub(super) fn check_conflicts(desk: &mut Desk<'_>) {
    let rules = &desk.config.conflicts;
    for (row, rule) in rules.iter().enumerate() {
        let names =
            format!("*{}* and *{}*", desk.field_name(Side::A, &rule.a), desk.field_name(Side::B, &rule.b));
        let place = Place::tab(Tab::FieldMappings).row(row);
        if !is_two_way(desk, rule) {
            desk.warning(
                Code::ConflictRuleUnused,
                place.clone(),
                format!("A conflict rule stands for {names}, which are not mapped both ways."),
                "Remove the rule, or map the fields both ways.",
            );
        }
        if rules.iter().take(row).any(|earlier| earlier.a == rule.a && earlier.b == rule.b) {
            desk.warning(
                Code::ConflictRuleRepeated,
                place,
                format!("Two conflict rules stand for {names}; the first one counts."),
                "Keep one of them.",
            );
        }
    }
}

fn is_two_way(desk: &Desk<'_>, rule: &ConflictRule) -> bool {
    let leaves = desk.side(Side::A).fields.iter().any(|r| r.from == rule.a && r.to == rule.b);
    let returns = desk.side(Side::B).fields.iter().any(|r| r.from == rule.b && r.to == rule.a);
    leaves && returns
}
