//! What *Configuration* asks: checks, suggestions and differences.

use crate::cross::{Thrown, decode, encode, word};
use duplex_core::check::{Facts, check as findings};
use duplex_core::config::diff::compare;
use duplex_core::config::{Config, CopyStyle};
use duplex_core::id::{Side, Sides};
use duplex_core::preview::sample_comment as sampled;
use duplex_core::schema::ProjectSchema;
use duplex_core::suggest;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

/// What `check` has to say about a configuration: a list of findings, errors first.
///
/// # Errors
/// An argument that is not of its shape.
#[wasm_bindgen]
pub fn check(config: &JsValue, schemas: &JsValue, facts: &JsValue) -> Result<JsValue, Thrown> {
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
pub fn suggest_issue_types(schemas: &JsValue) -> Result<JsValue, Thrown> {
    let schemas: Sides<ProjectSchema> = decode("schemas", schemas)?;
    encode(&suggest::issue_types(&schemas))
}

/// Fields that pair up, each with its reason.
///
/// # Errors
/// An argument that is not of its shape.
#[wasm_bindgen(js_name = suggestFields)]
pub fn suggest_fields(schemas: &JsValue) -> Result<JsValue, Thrown> {
    let schemas: Sides<ProjectSchema> = decode("schemas", schemas)?;
    encode(&suggest::fields(&schemas))
}

/// Default request types for what is created on `side` (`"a"` or `"b"`), each with its reason.
///
/// # Errors
/// An argument that is not of its shape.
#[wasm_bindgen(js_name = suggestDefaults)]
pub fn suggest_defaults(config: &JsValue, schemas: &JsValue, side: &JsValue) -> Result<JsValue, Thrown> {
    let config: Config = decode("config", config)?;
    let schemas: Sides<ProjectSchema> = decode("schemas", schemas)?;
    let side: Side = decode("side", side)?;
    encode(&suggest::defaults(&config, &schemas, side))
}

/// What is different in `draft`, and what would newly leave each side; `published` may be `null`.
///
/// # Errors
/// An argument that is not of its shape.
#[wasm_bindgen]
pub fn diff(published: &JsValue, draft: &JsValue, schemas: &JsValue) -> Result<JsValue, Thrown> {
    let published: Option<Config> = decode("published", published)?;
    let draft: Config = decode("draft", draft)?;
    let schemas: Sides<ProjectSchema> = decode("schemas", schemas)?;
    encode(&compare(published.as_ref(), &draft, Some(&schemas)))
}

/// The copy of a comment that `author` writes at `site`, as a document.
///
/// # Errors
/// An argument that is not of its shape.
#[wasm_bindgen(js_name = sampleComment)]
pub fn sample_comment(
    style: &JsValue,
    site: &JsValue,
    author: &JsValue,
    text: &JsValue,
) -> Result<JsValue, Thrown> {
    let style: CopyStyle = decode("style", style)?;
    encode(&sampled(style, &word("site", site)?, &word("author", author)?, &word("text", text)?))
}
