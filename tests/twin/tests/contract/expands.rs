//! What an answer of the service desk API says can be expanded can be.

use serde_json::Value;

use crate::site::{Exchange, Site};

/// Asks every listing and every item of the story again for each part it announces; how many, and what was not given.
pub(crate) fn ask(site: &Site) -> (usize, Vec<String>) {
    let (mut asked, mut missing) = (0, Vec::new());
    let told = |it: &Exchange| it.method == "GET" && it.status == 200 && it.who == "agent1";
    for exchange in site.exchanges().into_iter().filter(told) {
        for part in announced(&exchange.body) {
            let joint = if exchange.path.contains('?') { '&' } else { '?' };
            let path = format!("{}{joint}expand={part}", exchange.path);
            let answer = site.ask(&exchange.who, "GET", &path, &Value::Null);
            asked += 1;
            // A list of what is announced in the singular has its name in the plural.
            let given = |(key, value): (&String, &Value)| key.starts_with(&part) && !value.is_null();
            if !item(&answer.body).as_object().is_some_and(|keys| keys.iter().any(given)) {
                missing.push(format!("{path} has no {part}"));
            }
        }
    }
    (asked, missing)
}

/// The first of a listing, or the answer itself.
fn item(body: &Value) -> &Value {
    body.get("values").and_then(|values| values.get(0)).unwrap_or(body)
}

fn announced(body: &Value) -> Vec<String> {
    let parts = item(body).get("_expands").and_then(Value::as_array);
    parts.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}
