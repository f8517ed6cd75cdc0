//! The query string hash: one canonical form per request, and never the same for two that differ.

use duplex_server::jira::qsh::{canonical, qsh};
use percent_encoding::percent_decode_str;
use std::collections::BTreeMap;

/// Takes four lines: method, path, query, and the path of the base URL.
pub fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut lines = text.splitn(4, '\n');
    let mut line = || lines.next().unwrap_or_default();
    let (method, path, query, base) = (line(), line(), line(), line());

    let form = canonical(method, path, query, base);
    let (inside, printed) = path_and_query(&form, method);
    assert!(inside.starts_with('/'), "a path begins with a slash: {form}");
    assert!(printed.bytes().all(is_canonical), "{printed}");
    assert_eq!(read(printed, Some(',')), read_sent(query), "the form says all of `{query}`, and no more");

    let pairs: Vec<&str> = query.split('&').collect();
    let turned = pairs.iter().rev().copied().collect::<Vec<_>>().join("&");
    assert_eq!(canonical(method, path, &turned, base), form, "order does not matter");
    assert_eq!(
        canonical(method, path, &format!("{query}&jwt=x.y.z"), base),
        form,
        "the token does not count"
    );
    assert_eq!(canonical(&method.to_ascii_lowercase(), path, query, base), form, "nor does the case of GET");

    let hash = qsh(method, path, query, base);
    assert!(hash.len() == 64 && hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')), "{hash}");
    assert_ne!(hash, qsh(method, path, &format!("{query}&more=1"), base), "one more parameter, another hash");
}

/// The path and the query of a canonical form. The path has no `&`; a method that no HTTP library lets through may.
fn path_and_query<'a>(form: &'a str, method: &str) -> (&'a str, &'a str) {
    let rest = form.strip_prefix(&method.to_uppercase()).and_then(|rest| rest.strip_prefix('&'));
    rest.and_then(|rest| rest.split_once('&')).expect("method, path and query")
}

fn is_canonical(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~%&=,".contains(&byte)
}

/// Names with their values, sorted, as bytes.
type Parameters = BTreeMap<Vec<u8>, Vec<Vec<u8>>>;

fn read(query: &str, separator: Option<char>) -> Parameters {
    let mut all = Parameters::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, values) = pair.split_once('=').unwrap_or((pair, ""));
        let decode = |text: &str| percent_decode_str(text).collect::<Vec<u8>>();
        let values = values.split(|c| Some(c) == separator).map(decode);
        all.entry(decode(name)).or_default().extend(values);
    }
    all.values_mut().for_each(|values| values.sort());
    all
}

/// As it was sent: `+` is a blank, a comma is part of a value, and the token is left out.
fn read_sent(query: &str) -> Parameters {
    let mut all = read(&query.replace('+', "%20"), None);
    all.remove(b"jwt".as_slice());
    all
}
