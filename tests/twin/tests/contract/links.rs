//! What an answer links to is there: clients follow `self` and the next page without making up addresses. A link to
//! another page asks for what the first page asked for.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::site::{Exchange, Site};

/// Under which keys links stand.
const KEYS: [&str; 5] = ["self", "nextPage", "next", "prev", "jiraRest"];

/// Under which keys links to other pages stand.
const PAGES: [&str; 3] = ["nextPage", "next", "prev"];
/// What another page asks for differently.
const PLACE: [&str; 4] = ["startAt", "maxResults", "start", "limit"];

/// Follows every link of every answer the story got, as who got it; how many, and which lead nowhere.
pub(crate) fn follow(site: &Site) -> (usize, Vec<String>) {
    let home = site.twin.with_site("acme", |it| it.base_url.clone());
    let (mut links, mut lost) = (BTreeSet::new(), Vec::new());
    // A customer is shown addresses of the platform API that only agents may ask.
    let told = |it: &Exchange| it.method == "GET" && it.status == 200 && !it.who.starts_with("customer");
    for exchange in site.exchanges().into_iter().filter(told) {
        // The story went on after most of its answers; what they link to now is what counts.
        let now = site.ask(&exchange.who, "GET", &exchange.path, &Value::Null);
        let found =
            found(&now.body).into_iter().filter_map(|link| link.strip_prefix(&home).map(str::to_owned));
        lost.extend(forgotten(&now));
        links.extend(found.map(|link| (exchange.who.clone(), link)));
    }
    let answered = |who: &str, link: &str| {
        let answer = site.ask(who, "GET", link, &Value::Null);
        // Addresses outside the table (pictures, pages for people) are no business of the API.
        is_in_table(&answer.template).then_some(answer)
    };
    let followed: Vec<_> =
        links.iter().filter_map(|(who, link)| answered(who, link).map(|it| (link, it))).collect();
    let refused = followed.iter().filter(|(_, answer)| answer.status != 200);
    lost.extend(refused.map(|(link, answer)| format!("{link} by {}: {}", answer.who, answer.status)));
    (followed.len(), lost)
}

/// Parameters of a listing that its links to other pages lack.
fn forgotten(listing: &Exchange) -> Vec<String> {
    let pairs = |address: &str| -> BTreeSet<(String, String)> {
        let query = address.split_once('?').map(|(_, query)| query).unwrap_or_default();
        let all = url::form_urlencoded::parse(query.as_bytes()).into_owned();
        all.filter(|(name, _)| !PLACE.contains(&name.as_str())).collect()
    };
    let asked = pairs(&listing.path);
    let links = [&listing.body, &listing.body["_links"]].into_iter();
    let links = links.flat_map(|part| PAGES.iter().filter_map(|key| part.get(*key).and_then(Value::as_str)));
    links
        .filter(|link| pairs(link) != asked)
        .map(|link| format!("{} links to {link}, which asks for something else", listing.path))
        .collect()
}

fn is_in_table(template: &str) -> bool {
    jira_twin::http::operations().any(|(method, known)| method == "GET" && known == template)
}

fn found(body: &Value) -> Vec<String> {
    match body {
        Value::Object(parts) => {
            let own =
                KEYS.iter().filter_map(|key| parts.get(*key).and_then(Value::as_str)).map(str::to_owned);
            own.chain(parts.values().flat_map(found)).collect()
        }
        Value::Array(all) => all.iter().flat_map(found).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}
