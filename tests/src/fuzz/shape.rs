//! Changes of JSON that leave it JSON: a byte turned at random mostly makes it no JSON at all, and the fuzzer would
//! learn the parser by heart and see nothing of what lies behind it.

use crate::chance::Chance;
use serde_json::{Value as Json, json};

/// Changes at once.
const CHANGES_MAX: u64 = 3;

/// What Jira's JSON and our cases are made of; a change may put any of them anywhere.
const WORDS: &str = "
    type doc version content attrs marks text paragraph heading bulletList orderedList listItem taskList
    taskItem panel expand table tableRow tableCell mediaSingle mediaGroup media mediaInline mention
    emoji hardBreak inlineCard blockCard codeBlock rule status date extension bodiedExtension
    inlineExtension strong em link href url localId timestamp title shortName alt order javascript:x
    https://acme.example/1 1795392000000 id key fields project issuetype created updated reporter
    creator security accountId displayName emailAddress properties value name child changelog histories
    items field fieldId from fromString to toString requestType labels summary description duedate
    priority body jsdPublic visibility author updateAuthor sd.public.comment internal duplex.stamp stamp
    webhookEvent comment issue self jira:issue_created jira:issue_updated jira:issue_deleted
    comment_created comment_updated comment_deleted issue_event_type_name issue_commented
    2019-02-15T19:11:18.321-0800 2019-02-16T03:11:18.321Z
    https://a.example/rest/api/2/issue/10040/comment/7 true false alg HS256 RS256 none kid iss sub qsh
    exp iat nbf aud context-qsh @ header claims signature method path query site previous strange
    install acme-client-key kind wins base rounds a b newest rich number date_time data
    annotation fragment dataConsumer
";

/// Characters that texts trip over.
const CHARACTERS: &str = "aZ09 \t\n\r\0\u{7f}\"\\/:@-.=&%+_{}[]\u{85}\u{a0}\u{301}ßİ\u{200b}\u{202e}\u{2028}\u{feff}\u{fffd}😄\u{10ffff}";

/// JSON text with a few changes; `None` where `text` is no JSON, or chance would rather have its bytes changed.
#[must_use]
pub fn changed(text: &[u8], seed: u32) -> Option<Vec<u8>> {
    let mut chance = Chance::of(seed.into());
    if chance.below(4) == 0 {
        return None;
    }
    let mut json: Json = serde_json::from_slice(text).ok()?;
    for _ in 0..=chance.below(CHANGES_MAX) {
        let donor = any_node(&mut json, &mut chance).clone();
        change(any_node(&mut json, &mut chance), donor, &mut chance);
    }
    Some(json.to_string().into_bytes())
}

fn change(node: &mut Json, donor: Json, chance: &mut Chance) {
    match (chance.below(10), &mut *node) {
        (0, _) => *node = literal(chance),
        (1, _) => *node = word(chance).into(),
        (2, _) => *node = donor,
        (3, _) => *node = json!([node.take(), donor]),
        (_, Json::Array(items)) => change_list(items, donor, chance),
        (_, Json::Object(fields)) => change_object(fields, donor, chance),
        (_, Json::String(text)) => *text = respelled(text, chance),
        (_, Json::Number(number)) => *node = turned(number, chance),
        (_, Json::Null | Json::Bool(_)) => *node = donor,
    }
}

fn change_list(items: &mut Vec<Json>, donor: Json, chance: &mut Chance) {
    let at = chance.pick(items.len() + 1);
    match chance.below(4) {
        0 if at < items.len() => drop(items.remove(at)),
        1 if at < items.len() => items.insert(at, items[at].clone()),
        2 if !items.is_empty() => {
            let (one, other) = (chance.pick(items.len()), chance.pick(items.len()));
            items.swap(one, other);
        }
        _ => items.insert(at, donor),
    }
}

fn change_object(fields: &mut serde_json::Map<String, Json>, donor: Json, chance: &mut Chance) {
    let at = chance.pick(fields.len());
    let name = fields.keys().nth(at).cloned();
    match (chance.below(4), name) {
        (0, Some(name)) => drop(fields.remove(&name)),
        (1, Some(name)) => {
            let value = fields.remove(&name).unwrap_or_default();
            fields.insert(word(chance).to_owned(), value);
        }
        (2, Some(name)) => drop(fields.insert(name, donor)),
        _ => drop(fields.insert(word(chance).to_owned(), donor)),
    }
}

fn respelled(text: &str, chance: &mut Chance) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let at = chance.pick(letters.len() + 1);
    let letter = CHARACTERS.chars().nth(chance.pick(CHARACTERS.chars().count())).unwrap_or_default();
    match chance.below(6) {
        0 if at < letters.len() => drop(letters.remove(at)),
        1 if at < letters.len() => letters[at] = letter,
        2 => letters.truncate(at),
        3 => letters.extend_from_within(at..),
        4 => letters.splice(at..at, word(chance).chars()).for_each(drop),
        _ => letters.insert(at, letter),
    }
    letters.into_iter().collect()
}

fn turned(number: &serde_json::Number, chance: &mut Chance) -> Json {
    let step = chance.below(5);
    match (number.as_i64(), number.as_f64()) {
        (Some(whole), _) => match step {
            0 => json!(whole.wrapping_neg()),
            1 => json!(whole.wrapping_add(1)),
            2 => json!(whole.wrapping_mul(10)),
            3 => json!(whole.to_string()),
            _ => json!(whole as f64),
        },
        (None, Some(float)) => {
            json!(float * [-1.0, 0.1, 10.0, 1e-9, 1e9][usize::try_from(step).unwrap_or(0)])
        }
        (None, None) => Json::Null,
    }
}

fn literal(chance: &mut Chance) -> Json {
    match chance.below(14) {
        0 => Json::Null,
        1 => json!(true),
        2 => json!(false),
        3 => json!(0),
        4 => json!(-1),
        5 => json!(0.1),
        6 => json!(1e300),
        7 => json!(i64::MIN),
        8 => json!(u64::MAX),
        9 => json!(""),
        10 => json!([]),
        11 => json!({}),
        12 => json!("9".repeat(20)),
        _ => json!({"type": "paragraph", "content": [{"type": "text", "text": "x"}]}),
    }
}

fn word(chance: &mut Chance) -> &'static str {
    WORDS.split_whitespace().nth(chance.pick(WORDS.split_whitespace().count())).unwrap_or_default()
}

/// One node of the tree, each as likely as any other.
fn any_node<'a>(json: &'a mut Json, chance: &mut Chance) -> &'a mut Json {
    let mut left = chance.pick(count(json));
    let mut at = json;
    loop {
        if left == 0 {
            return at;
        }
        left -= 1;
        let Some(next) = child_with(at, &mut left) else {
            unreachable!("a node has as many as were counted")
        };
        at = next;
    }
}

/// The child in which the node is that has `left` others before it, and how many of those lie in that child.
fn child_with<'a>(json: &'a mut Json, left: &mut usize) -> Option<&'a mut Json> {
    let children: Box<dyn Iterator<Item = &mut Json>> = match json {
        Json::Array(items) => Box::new(items.iter_mut()),
        Json::Object(fields) => Box::new(fields.values_mut()),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => return None,
    };
    for child in children {
        let size = count(child);
        if *left < size {
            return Some(child);
        }
        *left -= size;
    }
    None
}

fn count(json: &Json) -> usize {
    1 + match json {
        Json::Array(items) => items.iter().map(count).sum(),
        Json::Object(fields) => fields.values().map(count).sum(),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_leaves_json_and_changes_something() {
        let text = br#"{"a": [1, "two", {"b": null}], "c": {"d": 1.5}}"#;
        let before: Json = serde_json::from_slice(text).expect("JSON");
        let all: Vec<_> = (0..1_000).filter_map(|seed| changed(text, seed)).collect();
        assert!(all.len() > 500, "most are changed: {}", all.len());
        let read = all.iter().map(|text| serde_json::from_slice::<Json>(text).expect("JSON"));
        assert!(read.filter(|after| *after != before).count() > 500);
        assert_eq!(changed(text, 7), changed(text, 7), "a seed is the same change every time");
    }

    #[test]
    fn what_is_no_json_is_left_alone() {
        assert!((0..100).all(|seed| changed(b"{", seed).is_none()));
    }
}
