//! A value through the rows of a table, element by element.

use super::{Gather, LossCode, Way, value};
use crate::config::{Otherwise, TableRow};
use crate::id::AccountId;
use crate::issue::{Choice, Person, Value};
use crate::ordered::BTreeSet;
use crate::schema::{FieldKind, FieldSchema};

pub(super) fn through(
    value: &Value,
    rows: &[TableRow],
    otherwise: &Otherwise,
    to: &FieldSchema,
    way: &Way<'_>,
    out: &mut Gather,
) -> Option<Value> {
    let row = |from: &str| rows.iter().find(|row| row.from == from).map(|row| row.to.clone());
    let Some(elements) = elements(value) else { return value::not_carried(to, out) };
    if elements.is_empty() {
        // A row from nothing, where there is one, gives the empty field a value.
        return row("").map_or(Some(Value::Empty), |to_what| write(&[to_what], to, way, out));
    }
    let (mut targets, mut cleared) = (Vec::new(), false);
    for element in elements {
        match (row(&element.key), otherwise) {
            (Some(target), _) => targets.push(target),
            (None, Otherwise::Use { to }) => targets.push(to.clone()),
            (None, Otherwise::Clear) => cleared = true,
            (None, Otherwise::Keep) => {
                let sentence = format!("No row of the table is for \"{}\".", element.name);
                out.lose(LossCode::OptionUnmapped, "", sentence);
            }
        }
    }
    if targets.is_empty() {
        return cleared.then_some(Value::Empty);
    }
    write(&targets, to, way, out)
}

/// One element of a value: what stands in a row, and what people call it.
struct Element {
    key: String,
    name: String,
}

/// `None` for values that are not carried; nothing for an empty one.
fn elements(value: &Value) -> Option<Vec<Element>> {
    let choice = |c: &Choice| Element { key: c.id.clone(), name: c.name.clone() };
    let person =
        |p: &Person| Element { key: p.account.0.clone(), name: super::clean_name(&p.name, "someone") };
    let text = |t: &String| Element { key: t.clone(), name: t.clone() };
    match value {
        Value::Empty => Some(Vec::new()),
        Value::Choice(one) => Some(vec![choice(one)]),
        Value::Choices(some) => Some(some.iter().map(choice).collect()),
        Value::Labels(some) => Some(some.iter().map(text).collect()),
        Value::Person(one) => Some(vec![person(one)]),
        Value::People(some) => Some(some.iter().map(person).collect()),
        Value::Text(_) | Value::Rich(_) | Value::Number(_) | Value::Date(_) | Value::DateTime(_) => {
            value::plain(value).map(|plain| vec![text(&plain)])
        }
        Value::Wiki(_) | Value::Other(_) => None,
    }
}

/// The right-hand sides of the rows that were met, as the field holds them.
fn write(targets: &[String], to: &FieldSchema, way: &Way<'_>, out: &mut Gather) -> Option<Value> {
    match to.kind {
        FieldKind::Choice | FieldKind::Choices | FieldKind::RequestType => {
            let found = options(targets, to, way, out);
            value::chosen(found, false, to, out)
        }
        FieldKind::Labels => Some(Value::Labels(targets.iter().cloned().collect())),
        FieldKind::People => Some(Value::People(targets.iter().map(|t| account(t)).collect())),
        FieldKind::Text | FieldKind::Rich => Some(value::text_for(&targets.join(", "), to.kind, out)),
        FieldKind::Number => match single(targets, to, out)?.parse() {
            Ok(number) => Some(Value::Number(number)),
            Err(_) => value::not_carried(to, out),
        },
        FieldKind::Date => single(targets, to, out).map(Value::Date),
        FieldKind::Person => single(targets, to, out).map(|id| Value::Person(account(&id))),
        FieldKind::DateTime | FieldKind::Other => value::not_carried(to, out),
    }
}

/// The options that the rows name by id. One that is gone is a loss.
fn options(targets: &[String], to: &FieldSchema, way: &Way<'_>, out: &mut Gather) -> BTreeSet<Choice> {
    let options = value::options(to, way);
    let mut found = BTreeSet::new();
    for target in targets {
        match options.iter().find(|option| &option.id == target) {
            Some(choice) => _ = found.insert(choice.clone()),
            None => {
                let sentence = format!("The field {} has no option {target} any more.", to.name);
                out.lose(LossCode::OptionGone, "", sentence);
            }
        }
    }
    found
}

fn single(targets: &[String], to: &FieldSchema, out: &mut Gather) -> Option<String> {
    let distinct: BTreeSet<&String> = targets.iter().collect();
    if distinct.len() > 1 {
        out.lose(LossCode::ValuesDropped, "", format!("The field {} holds one value.", to.name));
        return None;
    }
    distinct.first().map(|one| (*one).clone())
}

fn account(id: &str) -> Person {
    Person { account: AccountId::new(id), name: String::new(), email: None }
}
