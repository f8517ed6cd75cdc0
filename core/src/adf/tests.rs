#![expect(
    clippy::needless_pass_by_value,
    reason = "tables read better with `json!(..)` than with `&json!(..)`"
)]

use super::*;
use serde_json::json;

fn doc(blocks: Value) -> Doc {
    Doc(json!({ "type": "doc", "content": blocks }))
}

fn para(content: Value) -> Value {
    json!({ "type": "paragraph", "content": content })
}

fn same(what: &str, sent: Value, made_of_it: Value) {
    assert_eq!(doc(sent).normalise(), doc(made_of_it).normalise(), "{what}");
}

#[test]
fn what_jira_makes_of_a_document_is_the_same_document() {
    let p = json!([para(json!([text("hello")]))]);
    same(
        "localIds",
        p.clone(),
        json!([{ "type": "paragraph", "attrs": { "localId": "x" }, "content": [text("hello")] }]),
    );
    same("an empty paragraph at the end", p.clone(), json!([p[0], { "type": "paragraph", "content": [] }]));
    same("text in pieces", p.clone(), json!([para(json!([text("hel"), text(""), text("lo")]))]));
    same(
        "nulls",
        p,
        json!([{ "type": "paragraph", "attrs": null, "marks": [], "content": [text("hello")] }]),
    );
    same(
        "marks in another order, with nulls",
        json!([para(
            json!([{ "type": "text", "text": "x", "marks": [{ "type": "em" }, { "type": "strong" }] }])
        )]),
        json!([para(json!([{ "type": "text", "text": "x",
            "marks": [{ "type": "strong" }, { "type": "em", "attrs": {} }] }]))]),
    );
    let cell = |attrs: Value| {
        json!([{ "type": "table", "content": [{ "type": "tableRow", "content": [
        { "type": "tableCell", "attrs": attrs, "content": [para(json!([text("x")]))] }] }] }])
    };
    same("cell defaults", cell(json!({})), cell(json!({ "colspan": 1, "rowspan": 1.0, "background": null })));
    same(
        "floats",
        json!([{ "type": "x", "attrs": { "width": 50 } }]),
        json!([{ "type": "x", "attrs": { "width": 50.0 } }]),
    );
}

#[test]
fn what_people_change_is_another_document() {
    let of = |text_: &str| doc(json!([para(json!([text(text_)]))])).normalise();
    assert_ne!(of("a"), of("b"));
    assert_ne!(of("a"), of("a "));
    let strong = doc(json!([para(json!([strong("a")]))])).normalise();
    assert_ne!(of("a"), strong);
}

fn refused(json: &str, sentence: &str) {
    assert_eq!(Doc::parse(json).expect_err("is no document").to_string(), sentence);
}

#[test]
fn an_error_names_the_path() {
    refused("[]", "`document` should be an object");
    refused(r#"{"type":"page"}"#, "`type` should be `doc`");
    refused(r#"{"type":"doc","content":{}}"#, "`content` should be a list");
    refused(r#"{"type":"doc","content":[{"type":"paragraph"},7]}"#, "`content[1]` should be an object");
    refused(
        r#"{"type":"doc","content":[{"type":"paragraph","content":[{"type":"text"}]}]}"#,
        "`content[0].content[0].text` should be a string",
    );
    refused(
        r#"{"type":"doc","content":[{"type":"text","text":"x","marks":[{"attrs":{}}]}]}"#,
        "`content[0].marks[0].type` should be a string",
    );
    refused(
        r#"{"type":"doc","content":[{"type":"x","attrs":[]}]}"#,
        "`content[0].attrs` should be an object",
    );
}

#[test]
fn depth_and_size_are_bounded() {
    let mut deep = json!({ "type": "paragraph" });
    for _ in 0..60 {
        deep = json!({ "type": "panel", "content": [deep] });
    }
    let too_deep = Doc::from_json(json!({ "type": "doc", "content": [deep] })).expect_err("too deep");
    assert!(matches!(too_deep, AdfError::TooDeep { .. }), "{too_deep}");
    assert_eq!(Doc::parse(&" ".repeat(JSON_BYTES_MAX + 1)), Err(AdfError::TooLong));
    let many = json!({ "type": "doc", "content": vec![json!({ "type": "rule" }); VALUES_MAX / 2] });
    assert_eq!(Doc::from_json(many), Err(AdfError::TooMany));
}

#[test]
fn plain_text_reads_as_people_see_it() {
    let seen = doc(json!([
        { "type": "heading", "attrs": { "level": 1 }, "content": [text("Title")] },
        para(json!([text("Ask "), { "type": "mention", "attrs": { "id": "1", "text": "@Anna" } }, { "type": "hardBreak" },
            { "type": "emoji", "attrs": { "shortName": ":smile:", "text": "😄" } }, text(" until "),
            { "type": "date", "attrs": { "timestamp": "1795392000000" } }])),
        { "type": "bulletList", "content": [
            { "type": "listItem", "content": [para(json!([text("one")]))] },
            { "type": "listItem", "content": [para(json!([text("two")]))] }] },
        { "type": "table", "content": [{ "type": "tableRow", "content": [
            { "type": "tableCell", "content": [para(json!([text("a")]))] },
            { "type": "tableCell", "content": [para(json!([text("b")]))] }] }] },
    ]));
    assert_eq!(seen.plain_text(), "Title\nAsk @Anna\n😄 until 2026-11-23\n- one\n- two\na\tb");
}

#[test]
fn plain_text_becomes_paragraphs() {
    let made = Doc::from_text("one\r\ntwo\n\n\n\nthree\n");
    assert_eq!(made.plain_text(), "one\ntwo\nthree");
    assert_eq!(made.blocks().len(), 2);
    assert!(Doc::from_text("\n \n").blocks().len() <= 1);
    assert!(Doc::from_text("").is_empty());
}

#[test]
fn a_long_document_is_cut_and_says_so() {
    let short = Doc::from_text("short");
    let limit = Length { text: 600, json: 900 };
    assert_eq!(short.fit(limit), Cut { doc: short.clone(), cut: false });
    for long in [
        Doc::from_text(&"word ".repeat(1_000)),
        Doc::from_text(&"a \"quoted\" 😄 paragraph\n\n".repeat(100)),
        doc(json!([{ "type": "bulletList", "content":
            vec![json!({ "type": "listItem", "content": [para(json!([text("item")]))] }); 100] }])),
    ] {
        let fitted = long.fit(limit);
        assert!(fitted.cut && fitted.doc.length().within(limit), "{:?}", fitted.doc.length());
        assert!(fitted.doc.plain_text().ends_with(CUT_NOTE));
        let length = fitted.doc.length();
        let used = length.text > limit.text - 100 || length.json > limit.json - 100;
        assert!(used, "cut no more than needed: {length:?}");
    }
}

#[test]
fn a_document_that_a_site_shows_has_passed_its_limit() {
    let marked = doc(json!(vec![para(json!([strong("x")])); 1_000]));
    assert_eq!(Doc::limit_after(&marked).json, usize::MAX);
    assert!(!marked.fit(Doc::limit_after(&marked)).cut);
    assert_eq!(Doc::limit_after(&Doc::from_text("x")), Length { text: LIMIT_UNITS, json: LIMIT_UNITS });
}

#[test]
fn links_that_run_code_are_told_apart() {
    for safe in
        ["https://x.example/javascript:1", "mailto:a@b.example", "/browse/A-1", "tel:1", "#top", "vscode://x"]
    {
        assert!(is_safe_url(safe), "{safe}");
    }
    for bad in [
        "javascript:alert(1)",
        " JavaScript:x",
        "java\nscript:x",
        "\u{1}javascript:x",
        "data:text/html,x",
        "vbscript:x",
    ] {
        assert!(!is_safe_url(bad), "{bad:?}");
    }
}

#[test]
fn tasks_get_the_local_ids_that_jira_insists_on() {
    let task = |state: &str| json!({ "type": "taskItem", "attrs": { "localId": "z", "state": state } });
    let read = doc(
        json!([{ "type": "taskList", "attrs": { "localId": "y" }, "content": [task("TODO"), task("DONE")] }]),
    );
    let sent = read.normalise().to_send();
    assert_eq!(sent.pointer("/content/0/attrs/localId"), Some(&json!("1")));
    assert_eq!(sent.pointer("/content/0/content/1/attrs"), Some(&json!({ "localId": "3", "state": "DONE" })));
    assert_eq!(Doc(sent).normalise(), read.normalise());
}
