//! Version 2 against version 3: the same, with text where the other has documents.

use serde_json::Value;

use crate::site::{Exchange, Site};

const V3: &str = "/rest/api/3/";
const V2: &str = "/rest/api/2/";

/// Reads that are sent by POST.
const READS: [&str; 8] = [
    "issue/bulkfetch",
    "comment/list",
    "search/jql",
    "search/approximate-count",
    "jql/match",
    "changelog/bulkfetch",
    "permissions/check",
    "issue/{i}/changelog/list",
];

/// Asks every read of the story once more, under both versions; how many were compared, and what differs.
pub(crate) fn compare(site: &Site) -> (usize, Vec<String>) {
    let reads: Vec<Exchange> = site.exchanges().into_iter().filter(is_read).collect();
    let complaints = reads.iter().flat_map(|read| {
        let ask = |path: &str| site.ask(&read.who, &read.method, path, &read.sent);
        let (three, two) = (ask(&read.path), ask(&read.path.replacen(V3, V2, 1)));
        let mut differences = Vec::new();
        if three.status != two.status {
            differences.push(format!("{} instead of {}", two.status, three.status));
        }
        differ("", &three.body, &two.body, &mut differences);
        differences.into_iter().map(|it| format!("{read}: {it}")).collect::<Vec<_>>()
    });
    let complaints = complaints.collect();
    (reads.len(), complaints)
}

fn is_read(exchange: &Exchange) -> bool {
    let Some(rest) = exchange.template.strip_prefix(V3) else { return false };
    exchange.method == "GET" || READS.contains(&rest)
}

fn differ(place: &str, three: &Value, two: &Value, found: &mut Vec<String>) {
    if place.ends_with("/serverTime") {
        return;
    }
    match (three, two) {
        (Value::Object(document), text) if document.get("type") == Some(&Value::from("doc")) => {
            let Value::String(text) = text else {
                return found.push(format!("{place} is no text: {text}"));
            };
            let has_text = three.to_string().contains(r#""type":"text""#);
            if has_text == text.trim().is_empty() {
                found.push(format!("{place} is {text:?} for {three}"));
            }
        }
        (Value::Object(three), Value::Object(two)) => {
            if !three.keys().eq(two.keys()) {
                found.push(format!("{place} has other keys"));
            }
            three.iter().for_each(|(key, value)| {
                differ(&format!("{place}/{key}"), value, two.get(key).unwrap_or(&Value::Null), found);
            });
        }
        (Value::Array(three), Value::Array(two)) if three.len() == two.len() => {
            three.iter().zip(two).enumerate().for_each(|(number, (three, two))| {
                differ(&format!("{place}/{number}"), three, two, found);
            });
        }
        (Value::String(three), Value::String(two)) if three.replace(V3, V2) == *two => {}
        (three, two) if three == two => {}
        (three, two) => found.push(format!("{place}: {two} instead of {three}")),
    }
}
