//! The query string hash by which a signed call is bound to its address.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::{Digest, Sha256};

/// RFC 3986: everything but unreserved characters is encoded.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The claim of a token that stands for a page's context and not for an address.
pub const CONTEXT_QSH: &str = "context-qsh";

/// The hash of a request: sha256 of [`canonical`], in hex. `path` is relative to the base URL of whoever is called.
#[must_use]
pub fn qsh(method: &str, path: &str, query: &str) -> String {
    hex(&Sha256::digest(canonical(method, path, query)))
}

/// `METHOD&path&query`, the text that is hashed.
#[must_use]
pub fn canonical(method: &str, path: &str, query: &str) -> String {
    format!("{}&{}&{}", method.to_uppercase(), canonical_path(path), canonical_query(query))
}

/// Neither decoded nor encoded again; only `&`, which separates the three parts, is hidden.
fn canonical_path(path: &str) -> String {
    let path = path.trim_end_matches('/').replace('&', "%26");
    if path.starts_with('/') { path } else { format!("/{path}") }
}

fn canonical_query(query: &str) -> String {
    let mut pairs: Vec<(String, String)> = query
        .split('&')
        .filter(|part| !part.is_empty())
        .map(|part| part.split_once('=').unwrap_or((part, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .filter(|(name, _)| name != "jwt")
        .collect();
    // Values of one name are ordered by what they say, names by how they are encoded.
    pairs.sort_by(|a, b| encode(&a.0).cmp(&encode(&b.0)).then_with(|| a.1.cmp(&b.1)));
    let groups = pairs.chunk_by(|a, b| a.0 == b.0).map(|group| {
        let values: Vec<String> = group.iter().map(|(_, value)| encode(value)).collect();
        format!("{}={}", encode(&group[0].0), values.join(","))
    });
    groups.collect::<Vec<_>>().join("&")
}

fn decode(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// Bytes in lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(method: &str, path: &str, query: &str, expected: &str) {
        assert_eq!(canonical(method, path, query), expected);
    }

    #[test]
    fn canonical_requests() {
        check("get", "/test", "param=value", "GET&/test&param=value");
        check("POST", "", "", "POST&/&");
        check("POST", "/", "", "POST&/&");
        check("GET", "path/", "", "GET&/path&");
        check("GET", "/a&b", "", "GET&/a%26b&");
        check("GET", "/t", "b=2&a=1&jwt=x", "GET&/t&a=1&b=2");
        check("GET", "/t", "ids=10&ids=2&ids=1", "GET&/t&ids=1,10,2");
        check("GET", "/t", "q=a+b%20c*", "GET&/t&q=a%20b%20c%2A");
        check("GET", "/t", "name&=v", "GET&/t&=v&name=");
        check("GET", "/t", "q=1,2&q=a%7Eb", "GET&/t&q=1%2C2,a~b");
    }

    #[test]
    fn a_known_hash() {
        let expected = "be16910858a41fd19ea5c1b4e9decca9a784d1024cb00b2158defe2f29dc86dd";
        assert_eq!(qsh("GET", "/test", "param=value"), expected);
    }

    /// The published vectors, where they are at hand: `shared/specs/qsh-vectors.json` beside the project.
    #[test]
    fn published_vectors() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/specs/qsh-vectors.json");
        let Ok(text) = std::fs::read_to_string(path) else { return };
        let file: serde_json::Value = serde_json::from_str(&text).expect("the vectors are JSON");
        let vectors = file["vectors"].as_array().expect("a list of vectors");
        for vector in vectors {
            let say = |key: &str| vector[key].as_str().unwrap_or_default();
            let base = if say("name").contains("Add-on baseUrl") { "/base" } else { "" };
            let address = say("url").trim_start_matches("https://example.com").trim_start_matches(base);
            let (path, query) = address.split_once('?').unwrap_or((address, ""));
            assert_eq!(qsh(say("method"), path, query), say("qsh"), "{}: {}", say("name"), say("canonical"));
        }
    }
}
