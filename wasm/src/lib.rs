//! The core for the browser: decode, call core, encode.
//!
//! No panic reaches JavaScript: what can't be decoded is an `Error` that says where. Values cross as JSON-like objects.

use duplex_core::check::{Facts, check as findings};
use duplex_core::config::Config;
use duplex_core::id::{Side, Sides};
use duplex_core::schema::ProjectSchema;
use duplex_core::suggest;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::{JsError, JsValue, wasm_bindgen};

/// What `check` has to say about a configuration: a list of findings, errors first.
///
/// # Errors
/// An argument that is not of its shape.
#[wasm_bindgen]
pub fn check(config: JsValue, schemas: JsValue, facts: JsValue) -> Result<JsValue, JsError> {
    let config: Config = decode("config", config)?;
    let schemas: Sides<ProjectSchema> = decode("schemas", schemas)?;
    let facts: Facts = decode("facts", facts)?;
    encode(&findings(&config, &schemas, &facts))
}

/// Issue types that pair up, each with its reason.
///
/// # Errors
/// An argument that is not of its shape.
#[wasm_bindgen(js_name = suggestIssueTypes)]
pub fn suggest_issue_types(schemas: JsValue) -> Result<JsValue, JsError> {
    let schemas: Sides<ProjectSchema> = decode("schemas", schemas)?;
    encode(&suggest::issue_types(&schemas))
}

/// Fields that pair up, each with its reason.
///
/// # Errors
/// An argument that is not of its shape.
#[wasm_bindgen(js_name = suggestFields)]
pub fn suggest_fields(schemas: JsValue) -> Result<JsValue, JsError> {
    let schemas: Sides<ProjectSchema> = decode("schemas", schemas)?;
    encode(&suggest::fields(&schemas))
}

/// Default request types for what is created on `side` (`"a"` or `"b"`), each with its reason.
///
/// # Errors
/// An argument that is not of its shape.
#[wasm_bindgen(js_name = suggestDefaults)]
pub fn suggest_defaults(config: JsValue, schemas: JsValue, side: &str) -> Result<JsValue, JsError> {
    let config: Config = decode("config", config)?;
    let schemas: Sides<ProjectSchema> = decode("schemas", schemas)?;
    let side: Side = side.parse().map_err(|error: String| JsError::new(&format!("side: {error}")))?;
    encode(&suggest::defaults(&config, &schemas, side))
}

fn decode<T: DeserializeOwned>(name: &str, value: JsValue) -> Result<T, JsError> {
    serde_wasm_bindgen::from_value(value).map_err(|error| JsError::new(&format!("{name}: {error}")))
}

/// Maps become objects, as JSON has them.
fn encode(value: &impl Serialize) -> Result<JsValue, JsError> {
    value.serialize(&Serializer::json_compatible()).map_err(|error| JsError::new(&error.to_string()))
}
