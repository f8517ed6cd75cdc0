//! Values on their way over the boundary: in as JSON text, out as objects. Whatever is wrong with one is an `Error`
//! that begins with its path.

use crate::path;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_wasm_bindgen::Serializer;
use std::fmt::Display;
use wasm_bindgen::prelude::{JsError, JsValue};

pub(crate) type Thrown = JsError;

/// A value from JSON text.
pub(crate) fn decode<T: DeserializeOwned>(name: &str, json: &JsValue) -> Result<T, Thrown> {
    let text = word(name, json)?;
    serde_json::from_str(&text).map_err(|error| {
        let path = path::at(&text, error.line(), error.column());
        thrown(&format!("{name}{path}"), &error)
    })
}

pub(crate) fn word(name: &str, value: &JsValue) -> Result<String, Thrown> {
    value.as_string().ok_or_else(|| thrown(name, &"a text is expected"))
}

/// Maps become objects, as JSON has them.
pub(crate) fn encode(value: &impl Serialize) -> Result<JsValue, Thrown> {
    value.serialize(&Serializer::json_compatible()).map_err(|error| thrown("result", &error))
}

fn thrown(path: &str, error: &impl Display) -> Thrown {
    JsError::new(&format!("{path}: {error}"))
}
