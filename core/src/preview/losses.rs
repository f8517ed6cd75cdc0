//! What the other side does not get of an issue, wherever it was written.

use crate::id::{FieldId, Side};
use crate::issue::Value;
use crate::link::CommentState;
use crate::merge;
use crate::ordered::BTreeSet;
use crate::plan::{CommentSight, Element, Field, Given, carry, elements};
use crate::translate::{self, Loss, LossCode};
use serde::{Deserialize, Serialize};

/// Something of an element that the other side does not get.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct Lost {
    pub element: Element,
    /// The side that has it.
    pub from: Side,
    pub loss: Loss,
}

/// The losses of a pair, `link` being as it is once all is done; nothing for an issue that stays at home.
pub(super) fn of(given: &Given<'_>) -> Vec<Lost> {
    if Side::BOTH.iter().any(|side| given.link.ends[*side].is_none()) {
        return Vec::new();
    }
    let lost: BTreeSet<Lost> = fields(given).chain(comments(given)).collect();
    lost.into_iter().collect()
}

fn fields<'g>(given: &'g Given<'g>) -> impl Iterator<Item = Lost> {
    elements(given).into_iter().flat_map(move |(pair, rules)| {
        let field = Field::of(given, pair, rules);
        let from = written_on(&field);
        let losses = from.map_or_else(Vec::new, |from| of_field(&field, from));
        let element = Element::Field { pair: field.pair };
        losses.into_iter().filter_map(move |loss| Some(Lost { element: element.clone(), from: from?, loss }))
    })
}

/// The side whose words the field holds. What is only an echo of the other side loses nothing.
fn written_on(field: &Field<'_>) -> Option<Side> {
    let (given, origin) = (field.given, field.given.link.origin);
    let sends = |side: Side| field.rules[side].is_some() && field.values[side].is_some();
    let echo = |side: Side| {
        let crossed = sends(side).then(|| across(field, side)).flatten().and_then(|t| t.write);
        let there = field.values[side.other()];
        crossed
            .zip(there)
            .is_some_and(|(ours, theirs)| merge::digest(given.key, &ours) == merge::digest(given.key, theirs))
    };
    match (sends(origin), sends(origin.other())) {
        (true, true) if echo(origin.other()) && !echo(origin) => Some(origin.other()),
        (true, _) => Some(origin),
        (false, true) => Some(origin.other()),
        (false, false) => None,
    }
}

fn across(field: &Field<'_>, from: Side) -> Option<translate::Translated> {
    let (value, rule) = (field.values[from]?, field.rules[from]?);
    let here = carry::schema(field.given, from, &rule.from)?;
    let there = carry::schema(field.given, from.other(), &rule.to)?;
    Some(translate::field(value, rule, here, there, &carry::way(field.given, from)))
}

fn of_field(field: &Field<'_>, from: Side) -> Vec<Loss> {
    let mut losses = across(field, from).map(|t| t.losses).unwrap_or_default();
    let to = from.other();
    let holds = field.values[from].is_some_and(|value| !matches!(value, Value::Empty));
    if holds && !writable(field.given, to, field.pair.of(to)) {
        losses.push(Loss {
            code: LossCode::FieldNotOnScreen,
            sentence: format!(
                "*{}* is on no screen of this issue type in {}.",
                field.given.schemas[to].field_words(field.pair.of(to)),
                field.given.schemas[to].key,
            ),
            path: String::new(),
        });
    }
    losses
}

/// Whether issues of the type that stands there can be written the field.
fn writable(given: &Given<'_>, side: Side, field: &FieldId) -> bool {
    let schema = &given.schemas[side];
    let issue_type = given.issue(side).map(|issue| &issue.issue_type);
    let known = issue_type.and_then(|id| schema.issue_type(id)).and_then(|t| t.field(field));
    schema.request_type_field.as_ref() == Some(field) || known.is_some_and(|f| f.on_create || f.on_edit)
}

fn comments<'g>(given: &'g Given<'g>) -> impl Iterator<Item = Lost> {
    let copied =
        given.link.comments.iter().filter(|pair| pair.copy.is_some() && pair.state == CommentState::Live);
    copied.flat_map(|pair| {
        let losses = match given.seen[pair.origin].comments.get(&pair.id) {
            Some(CommentSight::Seen(comment)) => carry::copy(given, pair.origin, comment).losses,
            Some(CommentSight::Absent) | None => Vec::new(),
        };
        let element = Element::Comment { origin: pair.origin, id: pair.id.clone() };
        losses.into_iter().map(move |loss| Lost { element: element.clone(), from: pair.origin, loss })
    })
}
