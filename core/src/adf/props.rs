//! Documents of any shape, for property tests here and in the rooms that carry them.

use super::{Doc, Length};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Any JSON, documents of broken shape among it.
fn any_json() -> impl Strategy<Value = Value> {
    let word = prop_oneof![
        Just("type".to_owned()),
        Just("content".to_owned()),
        Just("text".to_owned()),
        Just("marks".to_owned()),
        Just("attrs".to_owned()),
        Just("doc".to_owned()),
        Just("paragraph".to_owned()),
        ".{0,6}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        word.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 48, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(word.clone(), inner, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn any_text() -> impl Strategy<Value = Value> {
    let mark = prop_oneof![
        Just(json!({ "type": "strong" })),
        Just(json!({ "type": "em", "attrs": {} })),
        Just(json!({ "type": "link", "attrs": { "href": "https://x.example" } })),
        Just(json!({ "type": "link", "attrs": { "href": "javascript:x", "title": null } })),
    ];
    ("[a-c\r\n\"😄 ]{0,4}", prop::collection::vec(mark, 0..3))
        .prop_map(|(text, marks)| json!({ "type": "text", "text": text, "marks": marks }))
}

fn any_inline() -> impl Strategy<Value = Value> {
    prop_oneof![
        5 => any_text(),
        1 => "[a-z0-9:]{1,8}".prop_map(|id| json!({ "type": "mention",
            "attrs": { "id": id, "text": "@Anna", "localId": "1", "accessLevel": "" } })),
        1 => Just(json!({ "type": "hardBreak", "attrs": { "text": "\n" } })),
        1 => Just(json!({ "type": "emoji", "attrs": { "shortName": ":x:", "localId": "1" } })),
        1 => Just(json!({ "type": "inlineCard", "attrs": { "url": "https://x.example/1" } })),
        1 => Just(json!({ "type": "mediaInline", "attrs": { "id": "m", "collection": "c", "alt": "a.png" } })),
        1 => Just(json!({ "type": "inlineExtension", "attrs": { "extensionKey": "k", "extensionType": "t" } })),
    ]
}

fn any_block() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        prop::collection::vec(any_inline(), 0..5)
            .prop_map(|content| json!({ "type": "paragraph", "content": content })),
        Just(json!({ "type": "rule" })),
        Just(json!({ "type": "mediaSingle", "content": [
            { "type": "media", "attrs": { "type": "file", "id": "m", "collection": "c" } },
            { "type": "caption", "content": [{ "type": "mention", "attrs": { "id": "1" } }] }] })),
        Just(json!({ "type": "mediaGroup", "content": [
            { "type": "media", "attrs": { "type": "file", "id": "m", "collection": "c", "alt": "log.txt" } }] })),
        Just(json!({ "type": "extension", "attrs": { "extensionKey": "k", "extensionType": "t" } })),
    ];
    leaf.prop_recursive(3, 16, 3, |inner| {
        let some = prop::collection::vec(inner, 1..4);
        prop_oneof![
            some.clone().prop_map(
                |content| json!({ "type": "panel", "attrs": { "panelType": "info" }, "content": content })
            ),
            some.clone().prop_map(
                |content| json!({ "type": "expand", "attrs": { "title": "" }, "content": content })
            ),
            some.clone().prop_map(|content| json!({ "type": "bulletList",
                "content": [{ "type": "listItem", "content": content }] })),
            some.prop_map(|content| json!({ "type": "bodiedExtension",
                "attrs": { "extensionKey": "k", "extensionType": "t" }, "content": content })),
        ]
    })
}

/// A document such as Jira shows it, with everything in it that can't be carried.
pub(crate) fn any_doc() -> impl Strategy<Value = Doc> {
    prop::collection::vec(any_block(), 0..5)
        .prop_map(|blocks| Doc(json!({ "type": "doc", "version": 1, "content": blocks })))
}

proptest! {
    #[test]
    fn no_input_makes_it_panic(json in any_json(), text in ".{0,40}") {
        let _ = Doc::parse(&text);
        let _ = Doc::from_json(json.clone());
        let _ = Doc::from_json(json!({ "type": "doc", "content": [json] }))
            .map(|doc| (doc.normalise(), doc.plain_text(), doc.fit(Length { text: 3, json: 80 }), doc.to_send()));
    }

    #[test]
    fn normalising_twice_changes_nothing(doc in any_doc()) {
        let once = doc.normalise();
        prop_assert_eq!(once.normalise(), once.clone());
        prop_assert!(Doc::from_json(once.0.clone()).is_ok());
        prop_assert_eq!(Doc(once.to_send()).normalise(), once);
    }

    #[test]
    fn a_fitted_document_fits(doc in any_doc(), text in 20_usize..300, json in 130_usize..900) {
        let limit = Length { text, json };
        let fitted = doc.fit(limit);
        prop_assert!(fitted.doc.length().within(limit), "{:?}", fitted.doc.length());
        prop_assert_eq!(fitted.cut, !doc.length().within(limit));
        prop_assert!(doc.length().text >= doc.plain_text().encode_utf16().count());
    }
}
