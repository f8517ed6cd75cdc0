//! When two values of one field are equal.

use crate::issue::Value;
use crate::link::{Digest, DigestKey};
use crate::ordered::BTreeSet;
use serde_json::json;

/// The digest of a value as it is compared: [`canonical`].
#[must_use]
pub fn digest(key: &DigestKey, value: &Value) -> Digest {
    key.digest(&canonical(value))
}

/// A value without what may differ between two looks at the same thing: names of what has an id, marks of the editor.
#[must_use]
pub fn canonical(value: &Value) -> serde_json::Value {
    if is_empty(value) {
        return serde_json::Value::Null;
    }
    match value {
        Value::Empty => serde_json::Value::Null,
        // One field is read as text or as wiki markup, never as both.
        Value::Text(text) | Value::Wiki(text) => json!(text),
        Value::Rich(doc) => doc.normalise().0,
        Value::Number(number) => number.as_f64().map_or_else(|| json!(number), |n| json!(n)),
        Value::Date(date) => json!({ "date": date }),
        Value::DateTime(at) => json!({ "at": at }),
        Value::Choice(choice) => json!({ "choice": choice.id }),
        Value::Choices(choices) => {
            let ids: BTreeSet<_> = choices.iter().map(|c| &c.id).collect();
            json!({ "choices": ids })
        }
        Value::Labels(labels) => json!({ "labels": labels }),
        Value::Person(person) => json!({ "person": person.account }),
        Value::People(people) => {
            let accounts: BTreeSet<_> = people.iter().map(|p| &p.account).collect();
            json!({ "people": accounts })
        }
        Value::Other(raw) => json!({ "other": raw }),
    }
}

/// Nothing that a reader would see.
#[must_use]
pub fn is_empty(value: &Value) -> bool {
    match value {
        Value::Empty => true,
        Value::Text(text) | Value::Wiki(text) => text.is_empty(),
        Value::Rich(doc) => doc.is_empty(),
        Value::Choices(choices) => choices.is_empty(),
        Value::Labels(labels) => labels.is_empty(),
        Value::People(people) => people.is_empty(),
        Value::Number(_)
        | Value::Date(_)
        | Value::DateTime(_)
        | Value::Choice(_)
        | Value::Person(_)
        | Value::Other(_) => false,
    }
}
