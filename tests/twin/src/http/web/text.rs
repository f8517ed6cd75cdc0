//! A document as a browser shows it. What is not known shows what it holds.

use maud::{Markup, html};
use serde_json::Value;

/// An ADF document, or a part of one.
pub(super) fn rich(node: &Value) -> Markup {
    let inner = || html! { @for child in children(node) { (rich(child)) } };
    let attribute = |name: &str| node["attrs"][name].as_str().unwrap_or_default();
    match node["type"].as_str().unwrap_or_default() {
        "text" => {
            marked(node["text"].as_str().unwrap_or_default(), node["marks"].as_array().map_or(&[], |it| it))
        }
        "paragraph" | "caption" => html! { p { (inner()) } },
        "heading" => html! { p.heading { (inner()) } },
        "hardBreak" => html! { br; },
        "rule" => html! { hr; },
        "bulletList" | "taskList" | "decisionList" => html! { ul { (inner()) } },
        "orderedList" => html! { ol { (inner()) } },
        "listItem" | "taskItem" | "decisionItem" => html! { li { (inner()) } },
        "codeBlock" => html! { pre { code { (inner()) } } },
        "blockquote" => html! { blockquote { (inner()) } },
        "panel" | "expand" | "nestedExpand" => html! { div.panel { (inner()) } },
        "table" => html! { div.scroll { table { tbody { (inner()) } } } },
        "tableRow" => html! { tr { (inner()) } },
        "tableHeader" => html! { th { (inner()) } },
        "tableCell" => html! { td { (inner()) } },
        "mention" => html! { span.mention { (attribute("text")) } },
        "emoji" => html! { (node["attrs"]["text"].as_str().unwrap_or_else(|| attribute("shortName"))) },
        "status" => super::layout::lozenge(attribute("text"), ""),
        "inlineCard" | "blockCard" | "embedCard" => link(attribute("url"), &html! { (attribute("url")) }),
        "media" | "mediaInline" => {
            html! { span.quiet { "[" (node["attrs"]["alt"].as_str().unwrap_or("attachment")) "]" } }
        }
        _ => inner(),
    }
}

fn children(node: &Value) -> impl Iterator<Item = &Value> {
    node["content"].as_array().into_iter().flatten()
}

fn marked(text: &str, marks: &[Value]) -> Markup {
    marks.iter().rev().fold(html! { (text) }, |inner, mark| match mark["type"].as_str().unwrap_or_default() {
        "strong" => html! { strong { (inner) } },
        "em" => html! { em { (inner) } },
        "code" => html! { code { (inner) } },
        "strike" => html! { s { (inner) } },
        "underline" => html! { u { (inner) } },
        "link" => link(mark["attrs"]["href"].as_str().unwrap_or_default(), &inner),
        _ => inner,
    })
}

/// A link, where the address is one that a browser may follow.
fn link(url: &str, inner: &Markup) -> Markup {
    let safe = ["https://", "http://", "mailto:"].iter().any(|scheme| url.to_lowercase().starts_with(scheme));
    if safe {
        html! { a href=(url) rel="noopener nofollow" { (inner) } }
    } else {
        html! { (inner) }
    }
}

#[cfg(test)]
mod tests {
    use super::rich;
    use serde_json::json;

    #[test]
    fn documents_are_shown_and_nothing_of_them_is_run() {
        let text =
            |text: &str, marks: serde_json::Value| json!({"type": "text", "text": text, "marks": marks});
        let link = |href: &str| json!([{"type": "link", "attrs": {"href": href}}]);
        let rows = [
            (text("<script>", json!([])), "&lt;script&gt;"),
            (text("b", json!([{"type": "strong"}, {"type": "em"}])), "<strong><em>b</em></strong>"),
            (text("x", link("javascript:alert(1)")), "x"),
            (
                text("x", link("https://a.example/?q=\"")),
                "<a href=\"https://a.example/?q=&quot;\" rel=\"noopener nofollow\">x</a>",
            ),
            (json!({"type": "madeUp", "content": [{"type": "text", "text": "still"}]}), "still"),
            (
                json!({"type": "paragraph", "content": [{"type": "mention", "attrs": {"id": "1", "text": "@Ann<"}}]}),
                "<p><span class=\"mention\">@Ann&lt;</span></p>",
            ),
        ];
        for (node, shown) in rows {
            assert_eq!(rich(&node).into_string(), shown);
        }
    }
}
