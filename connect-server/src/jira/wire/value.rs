//! The value of one field.

use super::At;
use super::issue::person;
use duplex_core::adf::Doc;
use duplex_core::id::FieldId;
use duplex_core::issue::{Choice, Value};
use duplex_core::schema::{FieldKind, ProjectSchema};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

/// What kind each field of a project is of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldKinds(BTreeMap<FieldId, FieldKind>);

impl FieldKinds {
    #[must_use]
    pub fn of(schema: &ProjectSchema) -> Self {
        let fields = schema.issue_types.iter().flat_map(|t| &t.fields);
        let mut kinds: BTreeMap<_, _> = fields.map(|f| (f.id.clone(), f.kind)).collect();
        for (id, kind) in [("summary", FieldKind::Text), ("description", FieldKind::Rich)] {
            kinds.entry(id.into()).or_insert(kind);
        }
        if let Some(id) = &schema.request_type_field {
            kinds.insert(id.clone(), FieldKind::RequestType);
        }
        Self(kinds)
    }

    /// [`FieldKind::Other`] for a field that the project does not have.
    #[must_use]
    pub fn kind(&self, field: &FieldId) -> FieldKind {
        self.0.get(field).copied().unwrap_or(FieldKind::Other)
    }

    pub(super) fn request_type_field(&self) -> Option<&FieldId> {
        self.0.iter().find(|(_, kind)| **kind == FieldKind::RequestType).map(|(id, _)| id)
    }
}

/// The canonical value of a field of `kind`. Empty texts, lists and objects are [`Value::Empty`]; a value that is not
/// of its kind's shape is [`Value::Other`].
#[must_use]
pub fn value(json: &Json, kind: FieldKind) -> Value {
    if is_empty(json) {
        return Value::Empty;
    }
    of_kind(json, kind).unwrap_or_else(|| Value::Other(json.to_string()))
}

fn is_empty(json: &Json) -> bool {
    match json {
        Json::Null => true,
        Json::String(text) => text.is_empty(),
        Json::Array(list) => list.is_empty(),
        Json::Object(object) => object.is_empty(),
        Json::Bool(_) | Json::Number(_) => false,
    }
}

fn of_kind(json: &Json, kind: FieldKind) -> Option<Value> {
    let text = || json.as_str().map(str::to_owned);
    Some(match kind {
        FieldKind::Text => Value::Text(text()?),
        FieldKind::Rich => rich(json)?,
        FieldKind::Number => Value::Number(json.as_number()?.clone()),
        FieldKind::Date => Value::Date(text()?),
        FieldKind::DateTime => Value::DateTime(At::root(json).millis().ok()?),
        FieldKind::Choice => Value::Choice(choice(json)?),
        FieldKind::Choices => Value::Choices(all(json, choice)?),
        FieldKind::Labels => Value::Labels(all(json, |label| label.as_str().map(str::to_owned))?),
        FieldKind::Person => Value::Person(person(&At::root(json)).ok()?),
        FieldKind::People => Value::People(all(json, |one| person(&At::root(one)).ok())?),
        FieldKind::RequestType => Value::Choice(choice(json.get("requestType")?)?),
        FieldKind::Other => return None,
    })
}

/// `/rest/api/3` shows rich text as ADF; wiki markup is what `/rest/api/2` and the changelog show.
fn rich(json: &Json) -> Option<Value> {
    match json {
        Json::Object(_) => Doc::from_json(json.clone()).ok().map(|doc| Value::Rich(doc.normalise())),
        Json::String(wiki) => Some(Value::Wiki(wiki.clone())),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Array(_) => None,
    }
}

fn all<T: Ord>(json: &Json, one: impl Fn(&Json) -> Option<T>) -> Option<BTreeSet<T>> {
    json.as_array()?.iter().map(one).collect()
}

/// An option has a `value`, everything else a `name`. A cascading choice is more than one.
pub(super) fn choice(json: &Json) -> Option<Choice> {
    if json.get("child").is_some() {
        return None;
    }
    let name = json.get("value").or_else(|| json.get("name"))?.as_str()?;
    Some(Choice { id: At::root(json).get("id").id().ok()?, name: name.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use duplex_core::id::Millis;
    use duplex_core::issue::Person;
    use serde_json::json;

    fn check(json: impl Into<Json>, kind: FieldKind, expected: impl Into<Option<Value>>) {
        let json = json.into();
        assert_eq!(Some(value(&json, kind)), expected.into(), "{json} as {kind:?}");
    }

    fn chosen(id: &str, name: &str) -> Choice {
        Choice { id: id.into(), name: name.into() }
    }

    #[test]
    fn every_kind_has_a_canonical_value() {
        let doc = json!({"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text", "text": "x"}]}]});
        let anna = Person { account: "5b".into(), name: "Anna".into(), email: None };
        let user = json!({"accountId": "5b", "displayName": "Anna", "active": true});
        check(json!("one line"), FieldKind::Text, Value::Text("one line".into()));
        check(json!(3.5), FieldKind::Number, Value::Number(serde_json::Number::from_f64(3.5).unwrap()));
        check(json!("2026-11-23"), FieldKind::Date, Value::Date("2026-11-23".into()));
        check(json!("1970-01-01T00:00:01.000+0000"), FieldKind::DateTime, Value::DateTime(Millis(1_000)));
        check(json!({"id": "2", "name": "High"}), FieldKind::Choice, Value::Choice(chosen("2", "High")));
        check(json!({"id": "9", "value": "Red"}), FieldKind::Choice, Value::Choice(chosen("9", "Red")));
        check(
            json!([{"id": "2", "value": "b"}, {"id": "1", "value": "a"}]),
            FieldKind::Choices,
            Value::Choices([chosen("1", "a"), chosen("2", "b")].into()),
        );
        check(json!(["b", "a"]), FieldKind::Labels, Value::Labels(["a".into(), "b".into()].into()));
        check(user.clone(), FieldKind::Person, Value::Person(anna.clone()));
        check(json!([user]), FieldKind::People, Value::People([anna].into()));
        check(
            json!({"requestType": {"id": "7", "name": "Get IT Help"}, "currentStatus": {}}),
            FieldKind::RequestType,
            Value::Choice(chosen("7", "Get IT Help")),
        );
        check(doc.clone(), FieldKind::Rich, Value::Rich(Doc(doc).normalise()));
        check(json!("h1. wiki"), FieldKind::Rich, Value::Wiki("h1. wiki".into()));
    }

    #[test]
    fn nothing_is_empty_and_surprises_are_not() {
        for kind in [FieldKind::Text, FieldKind::Rich, FieldKind::Choices, FieldKind::Other] {
            for nothing in [json!(null), json!(""), json!([]), json!({})] {
                check(nothing, kind, Value::Empty);
            }
        }
        for (surprise, kind) in [
            (json!({"a": 1}), FieldKind::Other),
            (json!(7), FieldKind::Text),
            (json!({"id": "1", "value": "x", "child": {"id": "2"}}), FieldKind::Choice),
            (json!([{"id": "1", "name": "x"}, 3]), FieldKind::Choices),
            (json!({"name": "no account"}), FieldKind::Person),
        ] {
            check(surprise.clone(), kind, Value::Other(surprise.to_string()));
        }
    }
}
