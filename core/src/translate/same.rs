//! When two values mean the same.

use crate::issue::{Choice, Person, Value};

/// Whether people would call the two equal: rich text in canonical form, options by id, people by account.
#[must_use]
pub fn same(left: &Value, right: &Value) -> bool {
    bare(left) == bare(right)
}

/// The value with nothing in it that may change without anybody changing the field: no names of options, no names
/// and addresses of people, no traces of Jira's editor. What digests are made of.
#[must_use]
pub fn bare(value: &Value) -> Value {
    match value {
        Value::Rich(doc) if doc.is_empty() => Value::Empty,
        Value::Rich(doc) => Value::Rich(doc.normalise()),
        Value::Text(text) if text.is_empty() => Value::Empty,
        Value::Choice(one) => Value::Choice(choice(one)),
        Value::Choices(some) if some.is_empty() => Value::Empty,
        Value::Choices(some) => Value::Choices(some.iter().map(choice).collect()),
        Value::Labels(some) if some.is_empty() => Value::Empty,
        Value::Person(one) => Value::Person(person(one)),
        Value::People(some) if some.is_empty() => Value::Empty,
        Value::People(some) => Value::People(some.iter().map(person).collect()),
        Value::Number(number) => Value::Number(whole(number)),
        Value::Empty
        | Value::Text(_)
        | Value::Wiki(_)
        | Value::Date(_)
        | Value::DateTime(_)
        | Value::Labels(_)
        | Value::Other(_) => value.clone(),
    }
}

fn choice(one: &Choice) -> Choice {
    Choice { id: one.id.clone(), name: String::new() }
}

fn person(one: &Person) -> Person {
    Person { account: one.account.clone(), name: String::new(), email: None }
}

/// Jira answers 5.0 to 5.
fn whole(number: &serde_json::Number) -> serde_json::Number {
    crate::adf::whole(number)
}
