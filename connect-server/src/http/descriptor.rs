//! `GET /atlassian-connect.json`: what Jira installs, from the template in `manifest/`.
//!
//! READ, WRITE and DELETE are the least that mirrors: a copy is deleted when its origin is, or when it was shown to too
//! many. Asking what an account may administer needs no more than READ for an app.

use crate::config::{AppKey, BaseUrl};
use axum::http::header;
use axum::response::{IntoResponse, Response};

const TEMPLATE: &str = include_str!("../../../manifest/atlassian-connect.json");

/// The descriptor of this server, as JSON.
#[must_use]
pub fn descriptor(key: &AppKey, base_url: &BaseUrl) -> String {
    // Neither value can hold a quote or a backslash: an app key has its own alphabet, and a URL encodes them.
    TEMPLATE.replace("{{key}}", key.as_str()).replace("{{baseUrl}}", base_url.as_str())
}

pub(crate) fn answer(descriptor: &str) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], descriptor.to_owned()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use std::path::Path;

    fn sample() -> Value {
        let key = "duplex-mirror".parse().expect("a key");
        let base_url = "https://mirror.example/duplex/".parse().expect("an address");
        serde_json::from_str(&descriptor(&key, &base_url)).expect("JSON")
    }

    #[test]
    fn key_and_address_are_filled_in_and_nothing_is_left_open() {
        let filled = sample();
        assert_eq!(filled["key"], "duplex-mirror");
        assert_eq!(filled["baseUrl"], "https://mirror.example/duplex");
        assert_eq!(filled["links"]["self"], "https://mirror.example/duplex/atlassian-connect.json");
        assert!(!filled.to_string().contains("{{"));
    }

    #[test]
    fn installs_are_signed_and_page_tokens_are_told_apart() {
        let asked = json!({"gdpr": true, "signed-install": true, "context-qsh": true});
        assert_eq!(sample()["apiMigrations"], asked);
    }

    #[test]
    fn it_fits_the_published_schema() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().find_map(|dir| {
            let file = dir.join("shared/specs/connect-descriptor.schema.json");
            file.exists().then_some(file)
        });
        let Some(file) = file else {
            eprintln!("skipped: connect-descriptor.schema.json is not beside the project");
            return;
        };
        let text = std::fs::read_to_string(file).expect("readable");
        let mut schema: Value = serde_json::from_str(&text).expect("JSON");
        // The schema is of 2019 and does not know the migrations of 2021.
        schema["properties"]["apiMigrations"] = json!({"type": "object"});
        // It calls the relative lifecycle addresses "uri"; its own examples are relative.
        let validator =
            jsonschema::options().should_validate_formats(false).build(&schema).expect("a schema");
        let wrong: Vec<_> =
            validator.iter_errors(&sample()).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
        let mut broken = sample();
        broken["scopes"] = json!(["EVERYTHING"]);
        assert!(!validator.is_valid(&broken), "the schema refuses what is wrong");
    }
}
