//! Tables of options: do the options exist, and does what comes back agree with what was sent.

use super::{Code, Desk, Place, Tab, listed};
use crate::config::{FieldRule, Otherwise, RuleKind, TableRow};
use crate::id::{FieldId, Side};
use crate::issue::Choice;
use crate::ordered::BTreeMap;
use crate::schema::FieldKind;

pub(super) fn check(desk: &mut Desk<'_>, side: Side) {
    for (row, rule) in desk.side(side).fields.iter().enumerate() {
        let RuleKind::Table { rows, otherwise } = &rule.kind else { continue };
        let place = Place::on(Tab::FieldMappings, side).row(row);
        check_repeated(desk, side, rule, rows, &place);
        let (from, to) = (options(desk, side, &rule.from), options(desk, side.other(), &rule.to));
        if let Some(sources) = &from {
            check_sources(desk, side, rule, (rows, otherwise), sources, &place);
        }
        if let Some(targets) = &to {
            check_targets(desk, side, rule, (rows, otherwise), targets, &place);
        }
        if let (Some(sources), Some(targets)) = (&from, &to) {
            check_way_back(desk, side, rule, (sources, targets), &place);
        }
    }
}

/// What the rows name by id; `None` for a field of texts, and for a missing one, which is reported elsewhere.
fn options(desk: &Desk<'_>, side: Side, field: &FieldId) -> Option<Vec<Choice>> {
    let kind = desk.schema(side).kind(field)?;
    let chosen = matches!(kind, FieldKind::Choice | FieldKind::Choices | FieldKind::RequestType);
    chosen.then(|| desk.schema(side).choices(field))
}

fn has(choices: &[Choice], id: &str) -> bool {
    choices.iter().any(|c| c.id == id)
}

fn check_repeated(desk: &mut Desk<'_>, side: Side, rule: &FieldRule, rows: &[TableRow], place: &Place) {
    for (n, row) in rows.iter().enumerate() {
        if rows.iter().take(n).any(|earlier| earlier.from == row.from) {
            let name = desk.schema(side).choice_words(&rule.from, &row.from);
            desk.warning(
                Code::TableRowRepeated,
                place.clone().about(row.from.as_str()),
                format!("*{name}* stands in the table twice; the first row counts."),
                "Keep one of the rows.",
            );
        }
    }
}

/// Rows from options that are gone, and options without a row. A row from nothing is for the empty field.
fn check_sources(
    desk: &mut Desk<'_>,
    side: Side,
    rule: &FieldRule,
    (rows, otherwise): (&[TableRow], &Otherwise),
    sources: &[Choice],
    place: &Place,
) {
    let name = desk.field_name(side, &rule.from);
    for row in rows.iter().filter(|row| !row.from.is_empty() && !has(sources, &row.from)) {
        desk.warning(
            Code::TableOptionUnknown,
            place.clone().about(row.from.as_str()),
            format!("*{name}* of {} has no option `{}` (any more).", desk.project(side), row.from),
            "Remove the row.",
        );
    }
    let unmapped = sources.iter().filter(|c| !rows.iter().any(|row| row.from == c.id)).count();
    let result = match otherwise {
        Otherwise::Keep => "the other side keeps what it has".to_owned(),
        Otherwise::Clear => "the other side is emptied".to_owned(),
        Otherwise::Use { to } => {
            format!("the other side is set to *{}*", desk.schema(side.other()).choice_words(&rule.to, to))
        }
    };
    if unmapped > 0 {
        desk.info(
            Code::TableOptionsUnmapped,
            place.clone().about(rule.from.as_str()),
            format!("{unmapped} of {} options of *{name}* stand in no row: {result}.", sources.len()),
            "Add rows for them, if that is not what is wanted.",
        );
    }
}

/// Rows to options that are gone.
fn check_targets(
    desk: &mut Desk<'_>,
    side: Side,
    rule: &FieldRule,
    (rows, otherwise): (&[TableRow], &Otherwise),
    targets: &[Choice],
    place: &Place,
) {
    let rest = if let Otherwise::Use { to } = otherwise { Some(to) } else { None };
    for to in rows.iter().map(|row| &row.to).chain(rest).filter(|to| !has(targets, to)) {
        let name = desk.field_name(side.other(), &rule.to);
        desk.error(
            Code::TableOptionUnknown,
            place.clone().about(to.as_str()),
            format!("*{name}* of {} has no option `{to}` (any more).", desk.project(side.other())),
            "Choose an option that the field has, or add this one in Jira.",
        );
    }
}

/// What a two-way mapping makes of its own result. Several sources of one target are settled by keeping a value that
/// already maps back; a value that comes back as something which leads elsewhere would wander.
fn check_way_back(
    desk: &mut Desk<'_>,
    side: Side,
    rule: &FieldRule,
    (sources, targets): (&[Choice], &[Choice]),
    place: &Place,
) {
    let back = |r: &&FieldRule| r.from == rule.to && r.to == rule.from;
    let Some(back) = desk.side(side.other()).fields.iter().find(back) else { return };
    let away = desk.schema(side.other());
    let forward = map(rule, sources, targets);
    let returns = map(back, targets, sources);
    let mut merged: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut lost = Vec::new();
    for choice in sources {
        let Some(target) = forward.get(&choice.id) else { continue };
        merged.entry(target.as_str()).or_default().push(choice.name.as_str());
        let comes_back = returns.get(target);
        if comes_back.is_none_or(|id| id != &choice.id && forward.get(id) != Some(target)) {
            lost.push(choice.name.as_str());
        }
    }
    for (target, names) in merged.into_iter().filter(|(_, names)| names.len() > 1) {
        let sentence = format!("{} all become *{}*.", listed(&names), away.choice_words(&rule.to, target));
        let remedy = "Nothing needs to be done: while the other side agrees, this side keeps the one it has.";
        desk.info(Code::TableManyToOne, place.clone().about(target), sentence, remedy);
    }
    if !lost.is_empty() {
        let name = desk.field_name(side, &rule.from);
        desk.warning(
            Code::TableDoesNotMapBack,
            place.clone().about(rule.from.as_str()),
            format!("{} of *{name}* do not come back as they left.", listed(&lost)),
            "Add the missing rows on the other side, so that each option leads back to where it came from.",
        );
    }
}

/// Option by option, what a rule makes of them; what is not in the map leaves the target alone or empties it.
fn map(rule: &FieldRule, sources: &[Choice], targets: &[Choice]) -> BTreeMap<String, String> {
    let target = |choice: &Choice| match &rule.kind {
        RuleKind::Passthrough => targets
            .iter()
            .find(|t| t.name == choice.name)
            .or_else(|| targets.iter().find(|t| t.name.to_lowercase() == choice.name.to_lowercase()))
            .map(|t| t.id.clone()),
        RuleKind::Table { rows, otherwise } => {
            let row = rows.iter().find(|row| row.from == choice.id).map(|row| row.to.clone());
            row.or_else(|| if let Otherwise::Use { to } = otherwise { Some(to.clone()) } else { None })
        }
        RuleKind::Text { .. } => None,
    };
    sources.iter().filter_map(|c| Some((c.id.clone(), target(c)?))).collect()
}
