//! A place in a JSON document, which knows its path.

use duplex_core::id::Millis;
use jiff::Timestamp;
use serde_json::Value;

static NULL: Value = Value::Null;

/// Jira's ids are 64-bit numbers.
const ID_CHARS_MAX: usize = 19;

/// The answer is not as published.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{path}`: {what}")]
pub struct WireError {
    /// `/issues/3/fields/created`
    pub path: String,
    pub what: String,
}

/// A value and where it stands. What is missing is `null`.
#[derive(Debug, Clone)]
pub(in crate::jira) struct At<'a> {
    pub(in crate::jira) value: &'a Value,
    path: String,
}

impl<'a> At<'a> {
    pub(in crate::jira) fn root(value: &'a Value) -> Self {
        Self { value, path: String::new() }
    }

    pub(in crate::jira) fn get(&self, name: &str) -> Self {
        Self { value: self.value.get(name).unwrap_or(&NULL), path: format!("{}/{name}", self.path) }
    }

    /// The place, unless it is missing or `null`.
    pub(in crate::jira) fn some(&self) -> Option<&Self> {
        (!self.value.is_null()).then_some(self)
    }

    pub(in crate::jira) fn wrong<T>(&self, what: &str) -> Result<T, WireError> {
        let found = match self.value {
            Value::Null => "nothing",
            Value::Bool(_) => "true or false",
            Value::Number(_) => "a number",
            Value::String(_) => "a text",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
        };
        Err(WireError { path: self.path.clone(), what: format!("expected {what}, found {found}") })
    }

    pub(in crate::jira) fn list(&self) -> Result<Vec<Self>, WireError> {
        let Some(items) = self.value.as_array() else { return self.wrong("a list") };
        let place = |(i, value)| Self { value, path: format!("{}/{i}", self.path) };
        Ok(items.iter().enumerate().map(place).collect())
    }

    pub(in crate::jira) fn text(&self) -> Result<&'a str, WireError> {
        self.value.as_str().map_or_else(|| self.wrong("a text"), Ok)
    }

    pub(in crate::jira) fn text_or_none(&self) -> Result<Option<String>, WireError> {
        self.some().map(|at| at.text().map(str::to_owned)).transpose()
    }

    pub(in crate::jira) fn flag(&self) -> Result<Option<bool>, WireError> {
        let Some(at) = self.some() else { return Ok(None) };
        at.value.as_bool().map_or_else(|| at.wrong("true or false"), |flag| Ok(Some(flag)))
    }

    /// An id: digits, as a text or as a number.
    pub(in crate::jira) fn id(&self) -> Result<String, WireError> {
        let text = match self.value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => String::new(),
        };
        let digits = text.bytes().all(|b| b.is_ascii_digit());
        if digits && (1..=ID_CHARS_MAX).contains(&text.len()) { Ok(text) } else { self.wrong("an id") }
    }

    /// Jira's `2019-02-15T19:11:18.321-0800`, RFC 3339, or milliseconds.
    pub(in crate::jira) fn millis(&self) -> Result<Millis, WireError> {
        let at = match self.value {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => instant(text).map(|at| at.as_millisecond()),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        };
        at.map_or_else(|| self.wrong("an instant"), |at| Ok(Millis(at)))
    }
}

fn instant(text: &str) -> Option<Timestamp> {
    let jiras = || {
        let broken = jiff::fmt::strtime::parse("%Y-%m-%dT%H:%M:%S%.f%z", text).ok()?;
        broken.to_timestamp().ok()
    };
    text.parse().ok().or_else(jiras)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn instants_are_read_in_all_their_forms() {
        let check = |value: Value, expected: Option<i64>| {
            assert_eq!(At::root(&value).millis().ok(), expected.map(Millis), "{value}");
        };
        check(json!("2019-02-15T19:11:18.321-0800"), Some(1_550_286_678_321));
        check(json!("2019-02-16T03:11:18.321+0000"), Some(1_550_286_678_321));
        check(json!("2019-02-16T03:11:18.321Z"), Some(1_550_286_678_321));
        check(json!("2019-02-16T03:11:18+00:00"), Some(1_550_286_678_000));
        check(json!(1_550_286_678_321_i64), Some(1_550_286_678_321));
        for bad in [json!(null), json!("yesterday"), json!(""), json!("2019-02-15"), json!(1e300), json!([])]
        {
            check(bad, None);
        }
    }

    #[test]
    fn ids_are_digits() {
        let check = |value: Value, expected: Option<&str>| {
            assert_eq!(At::root(&value).id().ok().as_deref(), expected, "{value}");
        };
        check(json!("10001"), Some("10001"));
        check(json!(10001), Some("10001"));
        for bad in [
            json!(-1),
            json!(1.5),
            json!("TES-1"),
            json!(""),
            json!(null),
            json!(1e30),
            json!("1".repeat(20)),
        ] {
            check(bad, None);
        }
    }

    #[test]
    fn errors_name_the_place() {
        let doc = json!({"issues": [{"fields": {"created": true}}]});
        let created = At::root(&doc).get("issues").list().unwrap()[0].get("fields").get("created");
        assert_eq!(
            created.millis().unwrap_err().to_string(),
            "`/issues/0/fields/created`: expected an instant, found true or false"
        );
    }
}
