//! What is set on the issues that are created on a side, *Customer Request Type* above all.

use super::{Code, Desk, Place, Tab};
use crate::calendar;
use crate::config::{DefaultRule, DefaultValue};
use crate::id::{IssueTypeId, RequestTypeId, Side};
use crate::schema::{FieldKind, IssueTypeSchema};

/// For the issues created on `side`.
pub(super) fn check(desk: &mut Desk<'_>, side: Side) {
    let created = created_types(desk, side);
    for issue_type in &created {
        check_request_type(desk, side, issue_type);
    }
    let defaults = &desk.side(side).defaults;
    for (row, rule) in defaults.iter().enumerate() {
        let place = Place::on(Tab::DefaultValues, side).row(row).about(rule.field.as_str());
        if defaults.iter().take(row).any(|earlier| earlier.field == rule.field) {
            let name = desk.field_name(side, &rule.field);
            desk.warning(
                Code::DefaultRepeated,
                place.clone(),
                format!("*{name}* has two lists of defaults; the first one that has a value counts."),
                "Keep one of them.",
            );
        }
        let Some(kind) = desk.schema(side).kind(&rule.field) else {
            desk.error(
                Code::DefaultFieldUnknown,
                place,
                format!("{} has no field `{}` (any more).", desk.project(side), rule.field),
                "Remove the default value.",
            );
            continue;
        };
        for (issue_type, value) in values(desk, side, rule, &created, &place) {
            check_value(desk, side, (rule, kind), issue_type, value, &place);
        }
    }
}

/// The issue types that copies get on `side`, each once.
fn created_types<'a>(desk: &Desk<'a>, side: Side) -> Vec<&'a IssueTypeSchema> {
    let mut types: Vec<&IssueTypeSchema> = Vec::new();
    for pair in desk.type_pairs(side.other()) {
        if !types.iter().any(|t| t.id == pair.to.id) {
            types.push(pair.to);
        }
    }
    types
}

/// A copy in a service project is a request only with a request type; without one it is not created.
fn check_request_type(desk: &mut Desk<'_>, side: Side, issue_type: &IssueTypeSchema) {
    let schema = desk.schema(side);
    let (true, Some(field)) = (schema.service, &schema.request_type_field) else { return };
    let place = Place::on(Tab::DefaultValues, side).about(issue_type.id.as_str());
    let (name, here) = (&issue_type.name, desk.project(side));
    if !schema.request_types.iter().any(|t| t.issue_type == issue_type.id) {
        desk.warning(
            Code::NoRequestType,
            place,
            format!("*{name}* has no request type in {here}: no copies of this type are created there."),
            "Add a request type for it in the project's settings, or map to another issue type.",
        );
        return;
    }
    if desk.side(side).defaults.iter().any(|d| &d.field == field && d.value_for(&issue_type.id).is_some()) {
        return;
    }
    let arrives = desk.side(side.other());
    let mapped = desk
        .type_pairs(side.other())
        .into_iter()
        .filter(|pair| pair.to.id == issue_type.id)
        .all(|pair| arrives.fields.iter().any(|r| &r.to == field && pair.takes(r)));
    let remedy = "On *Default Values*, press + and set *Customer Request Type* for this issue type.";
    if mapped {
        let sentence = format!(
            "*{name}* of {here} has no default for *Customer Request Type*: issues without a request type are \
             skipped."
        );
        desk.warning(Code::RequestTypeOnlyMapped, place, sentence, remedy);
    } else {
        let sentence = format!(
            "*{name}* of {here} has neither a default nor a mapping for *Customer Request Type*: no copies \
             of this type are created."
        );
        desk.error(Code::RequestTypeDefaultMissing, place, sentence, remedy);
    }
}

/// The values of one default with the issue types they are for; says what is odd about those.
fn values<'a>(
    desk: &mut Desk<'a>,
    side: Side,
    rule: &'a DefaultRule,
    created: &[&'a IssueTypeSchema],
    place: &Place,
) -> Vec<(&'a IssueTypeSchema, &'a str)> {
    let unused = |desk: &mut Desk<'_>, what: String| {
        let sentence = format!("{what}, but no such issue is created in {}.", desk.project(side));
        desk.info(Code::DefaultUnused, place.clone(), sentence, "Remove it, or map an issue type to it.");
    };
    let name = desk.field_name(side, &rule.field);
    let rows = match &rule.value {
        DefaultValue::AllIssueTypes { value } => {
            if created.is_empty() {
                unused(desk, format!("*{name}* has a default"));
            }
            return created.iter().map(|t| (*t, value.as_str())).collect();
        }
        DefaultValue::PerIssueType { rows } => rows,
    };
    let mut values: Vec<(&IssueTypeSchema, &str)> = Vec::new();
    for row in rows {
        let Some(issue_type) = desk.schema(side).issue_type(&row.issue_type) else {
            unknown_type(desk, side, &row.issue_type, place);
            continue;
        };
        if !created.iter().any(|t| t.id == issue_type.id) {
            unused(desk, format!("*{name}* has a default for *{}*", issue_type.name));
        }
        if values.iter().any(|(t, _)| t.id == issue_type.id) {
            let sentence =
                format!("*{name}* has two defaults for *{}*; the first one counts.", issue_type.name);
            desk.warning(Code::DefaultRepeated, place.clone(), sentence, "Keep one of them.");
        }
        values.push((issue_type, &row.value));
    }
    values
}

fn unknown_type(desk: &mut Desk<'_>, side: Side, id: &IssueTypeId, place: &Place) {
    let sentence = format!("{} has no issue type `{id}` (any more).", desk.project(side));
    let place = place.clone().about(id.as_str());
    desk.error(Code::IssueTypeUnknown, place, sentence, "Remove the row of the default value.");
}

fn check_value(
    desk: &mut Desk<'_>,
    side: Side,
    (rule, kind): (&DefaultRule, FieldKind),
    issue_type: &IssueTypeSchema,
    value: &str,
    place: &Place,
) {
    if kind == FieldKind::RequestType {
        return check_request_type_value(desk, side, issue_type, value, place);
    }
    let name = desk.field_name(side, &rule.field);
    let of = format!("*{name}* of *{}* in {}", issue_type.name, desk.project(side));
    let Some(field) = issue_type.field(&rule.field).filter(|f| f.on_create) else {
        desk.error(
            Code::DefaultFieldNotOnCreateScreen,
            place.clone(),
            format!("{of} is not on the create screen: Jira refuses a default value."),
            "Add it to that screen in Jira, or uncheck *All Issue Types* and leave this issue type out.",
        );
        return;
    };
    let by_option = matches!(kind, FieldKind::Choice | FieldKind::Choices);
    if by_option && !field.options.iter().any(|o| o.id == value) {
        desk.error(
            Code::DefaultOptionUnknown,
            place.clone().about(value),
            format!("{of} has no option `{value}` (any more)."),
            "Choose an option that the field has.",
        );
    } else if let Some(expected) = malformed(kind, value) {
        desk.error(
            Code::DefaultMalformed,
            place.clone(),
            format!("The default of {of} is not {expected}."),
            "Correct the default value, or remove it.",
        );
    }
}

fn check_request_type_value(
    desk: &mut Desk<'_>,
    side: Side,
    issue_type: &IssueTypeSchema,
    value: &str,
    place: &Place,
) {
    let place = place.clone().about(value);
    let here = desk.project(side);
    let Some(request_type) = desk.schema(side).request_type(&RequestTypeId::from(value)) else {
        desk.error(
            Code::RequestTypeUnknown,
            place,
            format!("{here} has no request type `{value}` (any more) for *{}*.", issue_type.name),
            "Choose a request type that the project has.",
        );
        return;
    };
    if request_type.issue_type != issue_type.id {
        let owner = desk.type_name(side, &request_type.issue_type);
        desk.error(
            Code::RequestTypeOfAnotherType,
            place,
            format!(
                "The request type *{}* of {here} belongs to *{owner}*, not to *{}*.",
                request_type.name, issue_type.name
            ),
            "Choose a request type of this issue type.",
        );
    }
}

/// What the value should be, where it is not.
fn malformed(kind: FieldKind, value: &str) -> Option<&'static str> {
    let (fine, expected) = match kind {
        FieldKind::Text => (!value.trim().is_empty() && !value.contains(['\n', '\r']), "one line of text"),
        FieldKind::Rich => (!value.trim().is_empty(), "a text"),
        FieldKind::Number => (value.parse::<serde_json::Number>().is_ok(), "a number"),
        FieldKind::Date => (calendar::is_day(value), "a date like 2026-11-23"),
        FieldKind::Labels => (!value.trim().is_empty(), "labels with blanks between them"),
        FieldKind::Choice | FieldKind::Choices | FieldKind::RequestType => (true, ""),
        FieldKind::DateTime | FieldKind::Person | FieldKind::People | FieldKind::Other => {
            (false, "possible for a field of this type")
        }
    };
    (!fine).then_some(expected)
}
