//! Fields that pair up, with how each direction is carried.

use super::Suggestion;
use super::alike::{Likeness, likeness, pair_up, same};
use crate::config::{FieldRule, Otherwise, RuleKind, TableRow};
use crate::id::{Side, Sides};
use crate::issue::Choice;
use crate::schema::{FieldKind, FieldSchema, ProjectSchema};
use serde::{Deserialize, Serialize};

/// A pair of fields: the rule that leaves each side. One is missing where the target can't be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct FieldSuggestion {
    pub rules: Sides<Option<FieldRule>>,
}

/// Fields of the same id (Jira's own) or of like name, whose kinds can become each other. Request types are not among
/// them: they are default values. Neither are fields that Jira sets itself.
#[must_use]
pub fn fields(schemas: &Sides<ProjectSchema>) -> Vec<Suggestion<FieldSuggestion>> {
    let (a, b) = (offered(&schemas.a), offered(&schemas.b));
    let pairs = pair_up(&a, &b, alike);
    pairs
        .into_iter()
        .filter_map(|(a, b, like)| {
            let rules = Sides::new(rule(Side::A, a, b, schemas), rule(Side::B, b, a, schemas));
            let reason = told(like.reason, &rules);
            let any = rules.a.is_some() || rules.b.is_some();
            any.then(|| Suggestion::of(FieldSuggestion { rules }, like.score, reason))
        })
        .collect()
}

/// Each field of a project once, in the order of its issue types.
fn offered(schema: &ProjectSchema) -> Vec<FieldSchema> {
    let mut fields: Vec<FieldSchema> = Vec::new();
    for field in schema.issue_types.iter().flat_map(|t| &t.fields) {
        let carried = !matches!(field.kind, FieldKind::Other | FieldKind::RequestType);
        let requested = schema.request_type_field.as_ref() == Some(&field.id);
        let own = ["project", "issuetype", "security"].contains(&field.id.as_str());
        if carried && !requested && !own && !fields.iter().any(|f| f.id == field.id) {
            fields.push(field.clone());
        }
    }
    fields
}

fn alike(a: &FieldSchema, b: &FieldSchema) -> Option<Likeness> {
    let custom = |f: &FieldSchema| f.id.as_str().starts_with("customfield_");
    if !akin(a.kind, b.kind) {
        return None;
    }
    match (custom(a), custom(b)) {
        (false, false) => (a.id == b.id)
            .then(|| Likeness { score: 100, reason: "Jira's own field on both sides".to_owned() }),
        // The id of a custom field means nothing on another site.
        (true, true) => likeness(&a.name, &b.name).map(|like| same_kind(&like, a, b)),
        (true, false) | (false, true) => None,
    }
}

/// Kinds between which a value keeps its meaning both ways; a mapping of others is for people to choose.
fn akin(a: FieldKind, b: FieldKind) -> bool {
    let text = |kind| matches!(kind, FieldKind::Text | FieldKind::Rich);
    a == b || text(a) && text(b)
}

fn same_kind(like: &Likeness, a: &FieldSchema, b: &FieldSchema) -> Likeness {
    if a.kind == b.kind {
        return Likeness { score: like.score, reason: format!("{}, both {}", like.reason, a.kind.words()) };
    }
    let reason = format!("{}, {} and {}", like.reason, a.kind.words(), b.kind.words());
    Likeness { score: like.score.saturating_sub(10), reason }
}

/// The rule for what leaves `from`'s side; `None` where the target is on no screen.
fn rule(
    side: Side,
    from: &FieldSchema,
    to: &FieldSchema,
    schemas: &Sides<ProjectSchema>,
) -> Option<FieldRule> {
    let away = &schemas[side.other()];
    let writable = |f: &FieldSchema| f.on_create || f.on_edit;
    let kind = kind(&schemas[side].choices(&from.id), &away.choices(&to.id));
    let on_a_screen = away.issue_types.iter().filter_map(|t| t.field(&to.id)).any(writable);
    let carried = on_a_screen && kind.carries(from.kind, to.kind);
    carried.then(|| FieldRule { from: from.id.clone(), to: to.id.clone(), kind, issue_types: None })
}

/// Options of the very same names are found by name; where some differ in writing, a table says which is which.
fn kind(from: &[Choice], to: &[Choice]) -> RuleKind {
    let exact = |c: &Choice| to.iter().any(|t| t.name == c.name);
    if from.iter().all(exact) {
        return RuleKind::Passthrough;
    }
    let target = |c: &Choice| {
        to.iter().find(|t| t.name == c.name).or_else(|| to.iter().find(|t| same(&t.name, &c.name)))
    };
    let row = |c: &Choice| Some(TableRow { from: c.id.clone(), to: target(c)?.id.clone() });
    RuleKind::Table { rows: from.iter().filter_map(row).collect(), otherwise: Otherwise::Keep }
}

fn told(reason: String, rules: &Sides<Option<FieldRule>>) -> String {
    let rows = |rule: &Option<FieldRule>| match rule.as_ref().map(|r| &r.kind) {
        Some(RuleKind::Table { rows, .. }) => Some(rows.len()),
        Some(RuleKind::Passthrough | RuleKind::Text { .. }) | None => None,
    };
    match (rows(&rules.a), rows(&rules.b)) {
        (None, None) => reason,
        (Some(n), None) | (None, Some(n)) => format!("{reason}; {n} options match by name"),
        (Some(a), Some(b)) => format!("{reason}; {} options match by name", a.min(b)),
    }
}
