//! An event of Jira's as a hint: which issue and which elements to look at, and nothing else.

use super::{is_id, json};
use duplex_core::plan::Hints;
use duplex_server::jira::wire::{self, Hint};
use serde_json::Value as Json;

/// Takes the JSON body of a webhook.
pub fn check(bytes: &[u8]) {
    let Some(event) = json(bytes) else { return };
    let hints = wire::webhook_hints(&event);
    assert!(hints.len() <= 1, "one event, one issue");
    for hint in &hints {
        holds(&event, hint);
    }
}

fn holds(event: &Json, hint: &Hint) {
    assert!(is_id(hint.issue.as_str()), "{:?}", hint.issue);
    assert!(hint.project.iter().all(|id| is_id(id.as_str())), "{:?}", hint.project);
    let hints = &hint.hints;
    assert!(!hints.is_empty(), "it says where to look, and not at what");
    assert!(hints.comments.len() <= 1 && hints.comments.keys().all(|id| is_id(id.as_str())), "{hints:?}");
    assert!(hints.history.iter().all(|id| is_id(id.as_str())), "{hints:?}");
    for (id, versions) in &hints.named {
        let known = hints.comments.get(id).copied().flatten();
        assert!(versions.len() == 1 && versions.first().copied() == known, "{hints:?}");
    }
    // An event can't ask for what only people and sweeps ask for.
    let asked = hints.newest_comments || hints.all_comments || hints.remap;
    assert!(!asked && hints.retry.is_none() && hints.restore.is_empty(), "{hints:?}");

    let printed = serde_json::to_string(hints).expect("hints print");
    assert_eq!(&serde_json::from_str::<Hints>(&printed).expect("hints are read"), hints);
    let mut twice = hints.clone();
    twice.widen(hints.clone());
    assert_eq!(&twice, hints, "an event that comes twice says nothing more");

    // What the event says of texts and people changes nothing.
    let mut bare = event.clone();
    for place in ["/comment/body", "/comment/author", "/issue/fields/summary", "/user", "/changelog/items"] {
        if let Some(value) = bare.pointer_mut(place) {
            *value = Json::Null;
        }
    }
    assert_eq!(wire::webhook_hints(&bare).as_slice(), std::slice::from_ref(hint), "a text decided");
}
