//! Rich text and comments.

#![expect(clippy::needless_pass_by_value, reason = "tables read better with values than with references")]

use super::*;

/// One block of rich text from A to B.
fn crosses(block: serde_json::Value, arrives: serde_json::Value, losses: &[LossCode]) {
    let world = World::new();
    let to = schema(Kind::Rich, &[]);
    let value = Value::Rich(doc(json!([block])));
    let seen = field(&value, &rule(RuleKind::Passthrough), &to, &to, &world.way(Side::A));
    assert_eq!(seen.write, Some(Value::Rich(doc(arrives))));
    assert_eq!(codes(&seen.losses), losses);
}

fn para(content: serde_json::Value) -> serde_json::Value {
    json!({ "type": "paragraph", "content": content })
}

#[test]
fn what_belongs_to_one_site_becomes_words() {
    use LossCode::*;
    let note = |note: &str| json!([paragraph(vec![text(note)])]);
    let mention = json!({ "type": "mention", "attrs": { "id": "anna-a", "text": "@Anna \u{202e}Agent" } });
    crosses(para(json!([text("Ask "), mention])), note("Ask @Anna Agent"), &[MentionNeutralised]);
    let media = |alt: &str| json!({ "type": "media", "attrs": { "type": "file", "id": "m", "collection": "c", "alt": alt } });
    crosses(
        json!({ "type": "mediaSingle", "content": [media("a.png")] }),
        note("[image: a.png]"),
        &[MediaDropped],
    );
    crosses(json!({ "type": "mediaSingle", "content": [media("")] }), note("[image]"), &[MediaDropped]);
    crosses(
        json!({ "type": "mediaSingle", "content": [media(""), { "type": "caption", "content": [text("how")] }] }),
        note("[image] how"),
        &[MediaDropped],
    );
    crosses(
        json!({ "type": "mediaGroup", "content": [media("a.txt"), media("b.txt")] }),
        note("[attachment: a.txt] [attachment: b.txt]"),
        &[MediaDropped, MediaDropped],
    );
    let inline = json!({ "type": "mediaInline", "attrs": { "id": "m", "collection": "c", "type": "file" } });
    crosses(para(json!([inline])), note("[attachment]"), &[MediaDropped]);
    crosses(json!({ "type": "extension", "attrs": { "text": "Chart" } }), note("Chart"), &[ContentDropped]);
    crosses(json!({ "type": "futureBlock" }), note("[futureBlock]"), &[ContentDropped]);
    crosses(
        json!({ "type": "bodiedExtension", "content": [para(json!([text("in")]))] }),
        note("in"),
        &[ContentDropped],
    );
    let framed = |content| json!({ "type": "bodiedExtension", "content": [para(content)] });
    crosses(framed(json!([])), note("[bodiedExtension]"), &[ContentDropped]);
    let bad = json!({ "type": "text", "text": "x", "marks": [{ "type": "link", "attrs": { "href": "javascript:x" } }] });
    crosses(para(json!([bad])), note("x"), &[LinkNeutralised]);
    let card = json!({ "type": "inlineCard", "attrs": { "url": "javascript:x" } });
    crosses(para(json!([card])), note("javascript:x"), &[LinkNeutralised]);
    // A mark that nobody knows may be a link by another name.
    let future = json!({ "type": "text", "text": "x", "marks": [{ "type": "button", "attrs": { "href": "javascript:x" } }] });
    crosses(para(json!([future])), note("x"), &[LinkNeutralised]);
    let bare = json!({ "type": "inlineCard", "attrs": { "url": "https://x.example" } });
    let told = json!({ "type": "inlineCard", "attrs": { "url": "https://x.example", "data": { "name": "Budget" } },
        "marks": [{ "type": "annotation", "attrs": { "id": "1" } }, { "type": "link", "attrs": { "href": "javascript:x" } }] });
    crosses(para(json!([told])), json!([para(json!([bare]))]), &[LinkNeutralised]);
}

#[test]
fn what_every_site_knows_is_kept() {
    let inline = json!([
        { "type": "emoji", "attrs": { "shortName": ":tada:" } },
        { "type": "status", "attrs": { "text": "OK", "color": "green" } },
        { "type": "date", "attrs": { "timestamp": "0" } },
        { "type": "inlineCard", "attrs": { "url": "https://x.example" } },
        crate::adf::link("x", "https://x.example"),
    ]);
    let cell = json!({ "type": "tableCell", "content": [para(inline.clone())] });
    for block in [
        para(inline.clone()),
        json!({ "type": "heading", "attrs": { "level": 2 }, "content": inline }),
        json!({ "type": "panel", "attrs": { "panelType": "info" }, "content": [para(inline.clone())] }),
        json!({ "type": "expand", "attrs": { "title": "More" }, "content": [para(inline)] }),
        json!({ "type": "table", "content": [{ "type": "tableRow", "content": [cell] }] }),
        json!({ "type": "codeBlock", "attrs": { "language": "rust" }, "content": [text("fn x() {}")] }),
        json!({ "type": "rule" }),
    ] {
        crosses(block.clone(), json!([block]), &[]);
    }
}

#[test]
fn a_mention_of_a_mapped_person_stays_and_a_fallback_is_never_mentioned() {
    let mut world = World::new();
    world.users.fallback = Some("bot".into());
    world.users.table.push(UserRow { from: "anna-a".into(), to: "anna-b".into() });
    let mention = |id: &str| json!({ "type": "mention", "attrs": { "id": id, "text": "@Anna" } });
    let body = doc(json!([para(json!([mention("anna-a"), text(" "), mention("carl-a")]))]));
    let copy = comment(CopyStyle::Simple, None, &body, &world.way(Side::A));
    assert_eq!(copy.body, doc(json!([para(json!([mention("anna-b"), text(" @Anna")]))])));
    assert_eq!(codes(&copy.losses), [LossCode::MentionNeutralised]);
    assert_eq!(copy.losses[0].path, "content[0].content[2]");
}

fn header(style: CopyStyle, author: Option<&str>, site: &str, reads: &str) {
    let world = World::new();
    let way = Way { site, ..world.way(Side::A) };
    let copy = comment(style, author, &Doc::from_text("hello"), &way);
    assert_eq!(copy.body.plain_text(), reads);
    assert_eq!(copy.body.normalise(), copy.body);
    assert_eq!(copy.losses, []);
}

#[test]
fn an_enriched_copy_says_who_wrote_it_and_where() {
    header(CopyStyle::Enriched, Some("Anna Agent"), "Acme", "Anna Agent (Acme):\nhello");
    header(CopyStyle::Simple, Some("Anna Agent"), "Acme", "hello");
    header(CopyStyle::Enriched, None, "Acme", "Someone (Acme):\nhello");
    header(
        CopyStyle::Enriched,
        Some("\u{202e}An\u{200b}na\n\u{7}Agent "),
        "\u{2066}",
        "Anna Agent (other site):\nhello",
    );
    let long = "x".repeat(1_000);
    header(CopyStyle::Enriched, Some(&long), "Acme", &format!("{} (Acme):\nhello", "x".repeat(120)));
}

#[test]
fn the_author_is_bold() {
    let world = World::new();
    let copy = comment(CopyStyle::Enriched, Some("Anna"), &Doc::from_text("hello"), &world.way(Side::A));
    let first = &copy.body.blocks()[0];
    assert_eq!(first, &doc(json!([para(json!([crate::adf::strong("Anna"), text(" (Acme):")]))])).blocks()[0]);
    assert!(has_header(&copy.body));
}

#[test]
fn only_a_header_is_taken_for_one() {
    let strong = crate::adf::strong;
    for (blocks, expect) in [
        (json!([para(json!([strong("Anna"), text(" (Acme):")])), para(json!([text("hello")]))]), true),
        (json!([para(json!([text("Anna"), text(" (Acme):")]))]), false),
        (json!([para(json!([strong("Anna"), text(" said:")]))]), false),
        (json!([para(json!([strong("Anna"), text(" (Acme):"), text(" hello")]))]), false),
        (json!([para(json!([text("hello")])), para(json!([strong("Anna"), text(" (Acme):")]))]), false),
        (json!([{"type": "rule"}]), false),
        (json!([]), false),
    ] {
        assert_eq!(has_header(&doc(blocks.clone())), expect, "{blocks}");
    }
}

#[test]
fn a_copy_that_grows_over_the_limit_is_cut() {
    let world = World::new();
    let body = Doc::from_text(&"x".repeat(32_600));
    let copy = comment(CopyStyle::Enriched, Some("Anna"), &body, &world.way(Side::A));
    assert_eq!(codes(&copy.losses), [LossCode::TextCut]);
    assert!(copy.body.plain_text().ends_with("[cut]") && copy.body.length().json <= crate::adf::LIMIT_UNITS);
}
