//! Values on their way over the boundary: in as JSON text, out as objects. Whatever is wrong with one is an `Error`
//! that begins with its path.

use crate::read::{Reader, path_of_failure};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_wasm_bindgen::Serializer;
use std::fmt::Display;
use wasm_bindgen::prelude::{JsError, JsValue};

pub(crate) type Thrown = JsError;

/// A value from JSON text.
pub(crate) fn decode<T: DeserializeOwned>(name: &str, json: &JsValue) -> Result<T, Thrown> {
    let text = word(name, json)?;
    let value: Value = serde_json::from_str(&text).map_err(|error| thrown(name, &error))?;
    T::deserialize(Reader::new(&value))
        .map_err(|error| thrown(&format!("{name}{}", path_of_failure(&value)), &error))
}

pub(crate) fn word(name: &str, value: &JsValue) -> Result<String, Thrown> {
    value.as_string().ok_or_else(|| thrown(name, &"a text is expected"))
}

/// Maps become objects, as JSON has them.
pub(crate) fn encode(value: &impl Serialize) -> Result<JsValue, Thrown> {
    // By way of a JSON value: so there is one writer of JavaScript's objects, and not one for every type.
    let value = serde_json::to_value(value).map_err(|error| thrown("result", &error))?;
    value.serialize(&Serializer::json_compatible()).map_err(|error| thrown("result", &error))
}

fn thrown(path: &str, error: &impl Display) -> Thrown {
    JsError::new(&format!("{path}: {error}"))
}
