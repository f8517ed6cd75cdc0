//! What *Preview* asks.

use crate::cross::{Thrown, decode, encode};
use duplex_core::config::Config;
use duplex_core::preview::{PreviewFacts, preview as previewed};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

/// What would be done with one issue.
///
/// # Errors
/// An argument that is not of its shape.
#[wasm_bindgen]
pub fn preview(config: &JsValue, facts: &JsValue) -> Result<JsValue, Thrown> {
    let config: Config = decode("config", config)?;
    let facts: PreviewFacts = decode("facts", facts)?;
    encode(&previewed(&config, &facts))
}
