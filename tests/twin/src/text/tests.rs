#![expect(
    clippy::needless_pass_by_value,
    reason = "tables read better when a document is written where it is used"
)]

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    TEXT_CHARS_MAX, TextError, accept_adf, accept_wiki, adf_to_wiki, normalise, plain_text, wiki_to_adf,
};

/// Wiki markup, the document it becomes, and the markup that document is shown as.
fn check(wiki: &str, content: Value, shown: &str) {
    let document = wiki_to_adf(wiki);
    assert_eq!(document["content"], content, "{wiki}");
    assert_eq!(super::validate(&document), Ok(()), "{wiki}");
    assert_eq!(adf_to_wiki(&document), shown, "{wiki}");
    assert_eq!(wiki_to_adf(shown), document, "{shown}");
}

fn text(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

fn marked(text: &str, mark: &str) -> Value {
    json!({"type": "text", "text": text, "marks": [{"type": mark}]})
}

fn paragraph(content: Value) -> Value {
    json!({"type": "paragraph", "content": content})
}

#[test]
fn wiki_and_document_say_the_same() {
    check("", json!([]), "");
    check(
        "one\n\ntwo",
        json!([paragraph(json!([text("one")])), paragraph(json!([text("two")]))]),
        "one\n\ntwo",
    );
    check("a\r\nb", json!([paragraph(json!([text("a"), {"type": "hardBreak"}, text("b")]))]), "a\nb");
    check(
        "h2. Title",
        json!([{"type": "heading", "attrs": {"level": 2}, "content": [text("Title")]}]),
        "h2. Title",
    );
    check(
        "*b* _i_",
        json!([paragraph(json!([marked("b", "strong"), text(" "), marked("i", "em")]))]),
        "*b* _i_",
    );
    check(
        "-s- +u+",
        json!([paragraph(json!([marked("s", "strike"), text(" "), marked("u", "underline")]))]),
        "-s- +u+",
    );
    check("{{x*y*}}", json!([paragraph(json!([marked("x*y*", "code")]))]), "{{x*y*}}");
    check("re-read 2*3*4", json!([paragraph(json!([text("re-read 2*3*4")]))]), "re-read 2*3*4");
    check("\\*no\\*", json!([paragraph(json!([text("*no*")]))]), "\\*no*");
    check("a{*}b{*}c", json!([paragraph(json!([text("a"), marked("b", "strong"), text("c")]))]), "a{*}b{*}c");
    check("----", json!([{"type": "rule"}]), "----");
    check(
        "bq. said",
        json!([{"type": "blockquote", "content": [paragraph(json!([text("said")]))]}]),
        "{quote}said{quote}",
    );
    check(
        "{noformat}a *b*{noformat}",
        json!([{"type": "codeBlock", "attrs": {}, "content": [text("a *b*")]}]),
        "{noformat}a *b*{noformat}",
    );
    check(
        "{code:java}\nint x;\n{code}",
        json!([{"type": "codeBlock", "attrs": {"language": "java"}, "content": [text("int x;")]}]),
        "{code:java}\nint x;\n{code}",
    );
    check(
        "hi [~accountid:5b1]",
        json!([paragraph(json!([text("hi "), {"type": "mention", "attrs": {"id": "5b1", "text": "@5b1"}}]))]),
        "hi [~accountid:5b1]",
    );
}

#[test]
fn links_in_their_three_spellings() {
    let link = |text: &str, href: &str| json!({"type": "text", "text": text, "marks": [{"type": "link", "attrs": {"href": href}}]});
    check(
        "[docs|https://x.example/d]",
        json!([paragraph(json!([link("docs", "https://x.example/d")]))]),
        "[docs|https://x.example/d]",
    );
    check(
        "[https://x.example]",
        json!([paragraph(json!([link("https://x.example", "https://x.example")]))]),
        "[https://x.example]",
    );
    check(
        "see https://x.example/a.",
        json!([paragraph(json!([
            text("see "),
            link("https://x.example/a", "https://x.example/a"),
            text(".")
        ]))]),
        "see [https://x.example/a].",
    );
    check("[not a link]", json!([paragraph(json!([text("[not a link]")]))]), "\\[not a link]");
}

#[test]
fn lists_nest_and_tables_hold_cells() {
    let item = |t: &str, nested: Vec<Value>| {
        let mut content = vec![paragraph(json!([text(t)]))];
        content.extend(nested);
        json!({"type": "listItem", "content": content})
    };
    let inner = json!({"type": "orderedList", "attrs": {"order": 1}, "content": [item("b", vec![])]});
    check(
        "* a\n*# b\n* c",
        json!([{"type": "bulletList", "content": [item("a", vec![inner]), item("c", vec![])]}]),
        "* a\n*# b\n* c",
    );
    let cell =
        |kind: &str, t: &str| json!({"type": kind, "attrs": {}, "content": [paragraph(json!([text(t)]))]});
    let row =
        |kind: &str, a: &str, b: &str| json!({"type": "tableRow", "content": [cell(kind, a), cell(kind, b)]});
    let table = json!([{"type": "table", "attrs": {"isNumberColumnEnabled": false, "layout": "default"}, "content": [row("tableHeader", "h1", "h2"), row("tableCell", "a", "b")]}]);
    check("||h1||h2||\n|a|b|", table, "||h1||h2||\n|a|b|");
}

#[test]
fn panels_and_images() {
    let panel = json!([{"type": "panel", "attrs": {"panelType": "warning"}, "content": [paragraph(json!([text("careful")]))]}]);
    check("{warning}careful{warning}", panel, "{panel:bgColor=#fffae6}\ncareful\n{panel}");
    let media = json!({"type": "media", "attrs": {"type": "file", "id": "shot.png", "collection": "", "alt": "shot.png"}});
    check(
        "!shot.png|width=200!",
        json!([{"type": "mediaSingle", "attrs": {"layout": "align-start"}, "content": [media]}]),
        "!shot.png!",
    );
}

#[test]
fn the_limit_is_counted_in_characters() {
    assert!(accept_wiki(&"ä".repeat(TEXT_CHARS_MAX)).is_ok());
    assert_eq!(accept_wiki(&"a".repeat(TEXT_CHARS_MAX + 1)), Err(TextError::TooLong));
    assert_eq!(
        accept_adf(&super::paragraph_document(&"a".repeat(TEXT_CHARS_MAX + 1))),
        Err(TextError::TooLong)
    );
}

#[test]
fn what_is_no_document_is_refused() {
    let refused = |document: Value, why: TextError| assert_eq!(accept_adf(&document), Err(why), "{document}");
    refused(json!("plain"), TextError::NotADocument);
    refused(json!({"type": "doc", "content": []}), TextError::InvalidDocument);
    let doc = |node: Value| json!({"type": "doc", "version": 1, "content": [node]});
    refused(doc(json!({"type": "listItem", "content": [paragraph(json!([]))]})), TextError::InvalidDocument);
    refused(doc(json!({"type": "bulletList", "content": []})), TextError::InvalidDocument);
    refused(doc(json!({"type": "blockquote", "content": [{"type": "rule"}]})), TextError::InvalidDocument);
    refused(doc(paragraph(json!([paragraph(json!([]))]))), TextError::InvalidDocument);
    let bold_code = json!({"type": "text", "text": "x", "marks": [{"type": "code"}, {"type": "strong"}]});
    refused(doc(paragraph(json!([bold_code]))), TextError::InvalidDocument);
    refused(
        json!({"type": "doc", "version": 1, "content": [{"type": "marquee"}]}),
        TextError::InvalidDocument,
    );
    refused(json!({"type": "doc", "version": 1, "content": [text("bare")]}), TextError::InvalidDocument);
    refused(
        json!({"type": "doc", "version": 1, "content": [paragraph(json!([text("")]))]}),
        TextError::InvalidDocument,
    );
    refused(
        json!({"type": "doc", "version": 1, "content": [{"type": "heading", "attrs": {"level": 9}}]}),
        TextError::InvalidDocument,
    );
}

#[test]
fn jira_keeps_less_than_it_is_sent() {
    let sent = json!({"type": "doc", "version": 1, "extra": true, "content": [
        {"type": "paragraph", "content": [text("a"), {"type": "text", "text": "b", "marks": []}]},
        {"type": "paragraph", "content": []},
        {"type": "paragraph"},
    ]});
    assert_eq!(normalise(&sent), super::paragraph_document("ab"));
}

#[test]
fn plain_text_is_what_a_person_reads() {
    let document = wiki_to_adf("h1. Title\n\nhello *you*\nnext\n\n||a||b||\n|1|2|");
    assert_eq!(plain_text(&document), "Title\nhello you\nnext\na\tb\t\n1\t2");
}

proptest! {
    /// Any plain text survives the way through wiki markup, whatever signs it holds.
    #[test]
    fn plain_text_survives_wiki(words in "[a-z*_{}\\[\\]\\\\|!#&;+^~.0-9-]{1,12}( [a-z*_{}\\[\\]\\\\|#&;+^~-]{1,8}){0,3}") {
        let document = super::paragraph_document(&words);
        let back = wiki_to_adf(&adf_to_wiki(&document));
        prop_assert_eq!(plain_text(&normalise(&back)), plain_text(&document), "wiki: {}", adf_to_wiki(&document));
    }

    /// Whatever markup is sent, the document is one that Jira takes.
    #[test]
    fn any_markup_becomes_a_document(lines in proptest::collection::vec(
        "(\\* |# |\\*# |h1\\. |bq\\. |\\|\\||\\||\\{quote\\}|\\{panel\\}|\\{code\\}|----|)[a-c*_{}|!\\[\\]\\\\. -]{0,10}(\\||\\{quote\\}|\\{panel\\}|)", 0..8)) {
        let wiki = lines.join("\n");
        let document = wiki_to_adf(&wiki);
        prop_assert_eq!(super::validate(&document), Ok(()), "{:?}: {}", wiki, document);
    }
}
