//! The query string hash of Connect: what binds a token to one request.
//!
//! SHA-256, in hex, of `METHOD&path&query` in the canonical form that Atlassian's libraries agree on. The path is
//! taken as it was sent (only `&` is escaped); the query is decoded, sorted and encoded anew by RFC 3986.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, utf8_percent_encode};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;

/// The `qsh` of a page's own token, which is bound to no request.
pub const CONTEXT: &str = "context-qsh";

/// RFC 3986: everything but the unreserved characters is encoded.
const ENCODED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The hash of a request. `path` is the path as sent, `base` the path of the address that the app is known under
/// (empty for a plain host), `query` what follows `?`, as sent.
#[must_use]
pub fn qsh(method: &str, path: &str, query: &str, base: &str) -> String {
    let digest = Sha256::digest(canonical(method, path, query, base).as_bytes());
    digest.iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// What is hashed.
#[must_use]
pub fn canonical(method: &str, path: &str, query: &str, base: &str) -> String {
    format!("{}&{}&{}", method.to_uppercase(), canonical_path(path, base), canonical_query(query))
}

fn canonical_path(path: &str, base: &str) -> String {
    let base = base.trim_end_matches('/');
    let inside = match path.strip_prefix(base) {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => rest,
        _ => path,
    };
    let inside = inside.trim_end_matches('/').replace('&', "%26");
    if inside.starts_with('/') { inside } else { format!("/{inside}") }
}

fn canonical_query(query: &str) -> String {
    let mut values: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = decode(name);
        if name != b"jwt" {
            values.entry(encode(&name)).or_default().push(decode(value));
        }
    }
    let pairs = values.into_iter().map(|(name, mut values)| {
        values.sort();
        let values: Vec<String> = values.iter().map(|value| encode(value)).collect();
        format!("{name}={}", values.join(","))
    });
    pairs.collect::<Vec<_>>().join("&")
}

fn decode(text: &str) -> Vec<u8> {
    percent_decode(text.replace('+', " ").as_bytes()).collect()
}

fn encode(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => utf8_percent_encode(text, &ENCODED).to_string(),
        Err(_) => percent_encoding::percent_encode(bytes, &ENCODED).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(method: &str, url: &str, base: &str, expected: &str) {
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        assert_eq!(canonical(method, path, query, base), expected, "{method} {url} under `{base}`");
    }

    #[test]
    fn requests_have_one_canonical_form() {
        check("get", "", "", "GET&/&");
        check("GET", "/", "", "GET&/&");
        check("GET", "/a/", "", "GET&/a&");
        check("GET", "/a&b/%2F'x", "", "GET&/a%26b/%2F'x&");
        check("POST", "/a?z=1&y=2", "", "POST&/a&y=2&z=1");
        check("GET", "/a?x=b&x=a&x=", "", "GET&/a&x=,a,b");
        check("GET", "/a?x=a,b", "", "GET&/a&x=a%2Cb");
        check("GET", "/a?x=a+b%20c", "", "GET&/a&x=a%20b%20c");
        check("GET", "/a?x=%2520*~!'", "", "GET&/a&x=%2520%2A~%21%27");
        check("GET", "/a?x&y=", "", "GET&/a&x=&y=");
        check("GET", "/a?jwt=t&x=1&&", "", "GET&/a&x=1");
        check("GET", "/a?x=%ff", "", "GET&/a&x=%FF");
        check("GET", "/base/a", "/base", "GET&/a&");
        check("GET", "/base", "/base/", "GET&/&");
        check("GET", "/based/a", "/base", "GET&/based/a&");
    }

    #[test]
    fn the_hash_is_of_the_canonical_form() {
        assert_eq!(
            qsh("GET", "/test", "param=value", ""),
            "be16910858a41fd19ea5c1b4e9decca9a784d1024cb00b2158defe2f29dc86dd"
        );
    }

    /// The vectors of Atlassian's own libraries, where a copy of them lies beside the project.
    #[test]
    fn published_vectors_hold() {
        let Some(file) = crate::jira::specs("qsh-vectors.json") else { return };
        let text = std::fs::read_to_string(file).unwrap();
        let file: serde_json::Value = serde_json::from_str(&text).unwrap();
        let vectors = file["vectors"].as_array().unwrap();
        for vector in vectors {
            let text = |key: &str| vector[key].as_str().unwrap();
            let address = text("url").strip_prefix("https://example.com").unwrap();
            let (path, query) = address.split_once('?').unwrap_or((address, ""));
            let base = if text("name").contains("Add-on baseUrl") { "/base" } else { "" };
            assert_eq!(canonical(text("method"), path, query, base), text("canonical"), "{}", text("name"));
            assert_eq!(qsh(text("method"), path, query, base), text("qsh"), "{}", text("name"));
        }
        assert_eq!(vectors.len(), 79);
    }
}
