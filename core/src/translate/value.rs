//! The same value, in a field of the same or another kind.

use super::{Gather, LossCode, Way, clean_name, person, rich};
use crate::adf::{Doc, LIMIT_UNITS, Length};
use crate::calendar;
use crate::issue::{Choice, Person, Value};
use crate::ordered::BTreeSet;
use crate::schema::{FieldKind, FieldSchema};

/// A one-line field, the summary among them, in UTF-16 units.
const LINE_UNITS_MAX: usize = 255;

pub(super) fn pass(value: &Value, to: &FieldSchema, way: &Way<'_>, out: &mut Gather) -> Option<Value> {
    use FieldKind as Kind;
    match (value, to.kind) {
        (Value::Empty, _) => Some(Value::Empty),
        (Value::Rich(doc), Kind::Rich) => Some(Value::Rich(rich::carry(doc, way, out))),
        (Value::Number(_), Kind::Number)
        | (Value::Date(_), Kind::Date)
        | (Value::DateTime(_), Kind::DateTime)
        | (Value::Labels(_), Kind::Labels) => Some(value.clone()),
        (Value::Choice(one), Kind::Choice | Kind::RequestType | Kind::Choices) => {
            choices(&[one.name.as_str()], to, way, out)
        }
        (Value::Choices(some), Kind::Choice | Kind::RequestType | Kind::Choices) => {
            choices(&names(some), to, way, out)
        }
        (Value::Text(name), Kind::Choice | Kind::Choices) => choices(&[name.as_str()], to, way, out),
        (Value::Person(one), Kind::Person | Kind::People) => person::all(&[one], to.kind, way, out),
        (Value::People(some), Kind::Person | Kind::People) => {
            person::all(&some.iter().collect::<Vec<&Person>>(), to.kind, way, out)
        }
        (_, Kind::Text | Kind::Rich) => as_text(value, to, out),
        _ => not_carried(to, out),
    }
}

/// Nothing is written, and that is said.
pub(super) fn not_carried(to: &FieldSchema, out: &mut Gather) -> Option<Value> {
    let sentence = format!("The field {} can't hold a value of this kind.", to.name);
    out.lose(LossCode::KindNotCarried, "", sentence);
    None
}

/// The value as people read it; `None` for what is not carried at all.
pub(super) fn plain(value: &Value) -> Option<String> {
    let joined = |names: Vec<&str>| Some(names.join(", "));
    match value {
        Value::Empty => Some(String::new()),
        Value::Text(text) | Value::Date(text) => Some(text.clone()),
        Value::Rich(doc) => Some(doc.plain_text()),
        Value::Number(number) => Some(digits(number)),
        Value::DateTime(at) => calendar::instant(*at),
        Value::Choice(one) => Some(one.name.clone()),
        Value::Choices(some) => joined(names(some)),
        Value::Labels(some) => joined(some.iter().map(String::as_str).collect()),
        Value::Person(one) => Some(clean_name(&one.name, "someone")),
        Value::People(some) => {
            Some(some.iter().map(|p| clean_name(&p.name, "someone")).collect::<Vec<_>>().join(", "))
        }
        Value::Wiki(_) | Value::Other(_) => None,
    }
}

/// `text` as a text field of either kind holds it.
pub(super) fn text_for(text: &str, kind: FieldKind, out: &mut Gather) -> Value {
    if kind == FieldKind::Rich {
        let fitted = Doc::from_text(text).fit(Length { text: LIMIT_UNITS, json: LIMIT_UNITS });
        if fitted.cut {
            rich::lose_cut(out);
        }
        return if fitted.doc.is_empty() { Value::Empty } else { Value::Rich(fitted.doc.normalise()) };
    }
    let line = one_line(text, out);
    if line.is_empty() { Value::Empty } else { Value::Text(line) }
}

/// The options of these names; `None` with losses where none is found.
fn choices(wanted: &[&str], to: &FieldSchema, way: &Way<'_>, out: &mut Gather) -> Option<Value> {
    let options = options(to, way);
    let mut found = BTreeSet::new();
    for name in wanted {
        match by_name(name, &options) {
            Some(choice) => _ = found.insert(choice.clone()),
            None => {
                let sentence = format!("The field {} has no option named \"{name}\".", to.name);
                out.lose(LossCode::OptionUnmapped, "", sentence);
            }
        }
    }
    chosen(found, wanted.is_empty(), to, out)
}

/// Choices as the field holds them. None is found although there were some: nothing is written.
pub(super) fn chosen(
    found: BTreeSet<Choice>,
    wanted_none: bool,
    to: &FieldSchema,
    out: &mut Gather,
) -> Option<Value> {
    if found.is_empty() {
        return wanted_none.then_some(Value::Empty);
    }
    if to.kind == FieldKind::Choices {
        return Some(Value::Choices(found));
    }
    if found.len() > 1 {
        let sentence = format!("The field {} holds one value.", to.name);
        out.lose(LossCode::ValuesDropped, "", sentence);
        return None;
    }
    found.into_iter().next().map(Value::Choice)
}

/// What may be chosen in the field; of a request type: the request types of the project.
pub(super) fn options(to: &FieldSchema, way: &Way<'_>) -> Vec<Choice> {
    if to.kind == FieldKind::RequestType {
        let types = way.target().request_types.iter();
        return types.map(|t| Choice { id: t.id.0.clone(), name: t.name.clone() }).collect();
    }
    to.options.clone()
}

/// Exactly, else in other case where only one has it.
pub(super) fn by_name<'a>(name: &str, options: &'a [Choice]) -> Option<&'a Choice> {
    if let Some(exact) = options.iter().find(|o| o.name == name) {
        return Some(exact);
    }
    let folded = name.trim().to_lowercase();
    let mut like = options.iter().filter(|o| o.name.trim().to_lowercase() == folded);
    like.next().filter(|_| like.next().is_none())
}

fn names(some: &BTreeSet<Choice>) -> Vec<&str> {
    some.iter().map(|choice| choice.name.as_str()).collect()
}

fn as_text(value: &Value, to: &FieldSchema, out: &mut Gather) -> Option<Value> {
    let Some(text) = plain(value) else { return not_carried(to, out) };
    if let Value::Rich(doc) = value
        && !rich::is_plain(doc)
    {
        let sentence = format!("The field {} holds plain text: formatting and images are lost.", to.name);
        out.lose(LossCode::FormattingDropped, "", sentence);
    }
    Some(text_for(&text, to.kind, out))
}

/// Line ends become blanks; what is too long ends in `…`.
fn one_line(text: &str, out: &mut Gather) -> String {
    let line: String = text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if line.encode_utf16().count() <= LINE_UNITS_MAX {
        return line;
    }
    out.lose(LossCode::TextCut, "", format!("One line holds at most {LINE_UNITS_MAX} characters."));
    let mut units = 1;
    let kept = line.chars().take_while(|c| {
        units += c.len_utf16();
        units <= LINE_UNITS_MAX
    });
    kept.chain(['…']).collect()
}

/// As people write it: Jira answers 12 as `12.0`, and JavaScript knows no difference.
fn digits(number: &serde_json::Number) -> String {
    match number.as_f64() {
        Some(whole) if whole.fract() == 0.0 && whole.abs() < WHOLE_MAX => (whole as i64).to_string(),
        Some(_) | None => number.to_string(),
    }
}

/// Up to here every whole number is one of its own.
const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;
