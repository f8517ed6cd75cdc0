//! ADF to wiki markup: what `/rest/api/2` and webhooks show of a stored document.

use serde_json::Value;

use super::adf::{children, text_of, type_of};
use super::wiki::PANEL_COLOURS;

/// Renders a document as wiki markup. What wiki markup has no word for is rendered as the text a person reads.
#[must_use]
pub fn adf_to_wiki(document: &Value) -> String {
    blocks(children(document))
}

fn blocks(nodes: &[Value]) -> String {
    let rendered: Vec<String> = nodes.iter().map(block).collect();
    rendered.join("\n\n")
}

fn block(node: &Value) -> String {
    let attr = |name: &str| node.pointer(&format!("/attrs/{name}"));
    match type_of(node) {
        "paragraph" => guard_line_starts(&inline(node)),
        "heading" => format!("h{}. {}", attr("level").and_then(Value::as_i64).unwrap_or(1), inline(node)),
        "bulletList" | "orderedList" => list(node, "").join("\n"),
        "blockquote" => format!("{{quote}}{}{{quote}}", blocks(children(node))),
        "codeBlock" => code(node, attr("language").and_then(Value::as_str)),
        "panel" => panel(node, attr("panelType").and_then(Value::as_str).unwrap_or("info")),
        "rule" => "----".to_owned(),
        "table" => children(node).iter().map(table_row).collect::<Vec<_>>().join("\n"),
        "mediaSingle" | "mediaGroup" => children(node).iter().map(media).collect::<Vec<_>>().join("\n"),
        "taskList" | "decisionList" => children(node).iter().map(task).collect::<Vec<_>>().join("\n"),
        "blockCard" | "embedCard" => format!("[{}]", attr("url").and_then(Value::as_str).unwrap_or_default()),
        _ => blocks(children(node)),
    }
}

fn code(node: &Value, language: Option<&str>) -> String {
    let body: String = children(node).iter().map(text_of).collect();
    match language {
        Some(language) => format!("{{code:{language}}}\n{body}\n{{code}}"),
        None => format!("{{noformat}}{body}{{noformat}}"),
    }
}

fn panel(node: &Value, kind: &str) -> String {
    let colour = PANEL_COLOURS.iter().find(|(name, _)| *name == kind).map_or("#deebff", |(_, colour)| colour);
    format!("{{panel:bgColor={colour}}}\n{}\n{{panel}}", blocks(children(node)))
}

fn task(node: &Value) -> String {
    let done = node.pointer("/attrs/state").and_then(Value::as_str) == Some("DONE");
    format!("* {} {}", if done { "(/)" } else { "( )" }, inline(node))
}

fn list(node: &Value, outer: &str) -> Vec<String> {
    let sign = if type_of(node) == "orderedList" { '#' } else { '*' };
    let marker = format!("{outer}{sign}");
    children(node).iter().flat_map(|item| list_item(item, &marker)).collect()
}

fn list_item(item: &Value, marker: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut texts: Vec<String> = Vec::new();
    for child in children(item) {
        match type_of(child) {
            "bulletList" | "orderedList" => lines.extend(list(child, marker)),
            "paragraph" => texts.push(inline(child).replace('\n', "\\\\")),
            _ => texts.push(block(child)),
        }
    }
    lines.insert(0, format!("{marker} {}", texts.join("\\\\")));
    lines
}

fn table_row(row: &Value) -> String {
    let mut line = String::new();
    let mut bar = "|";
    for cell in children(row) {
        bar = if type_of(cell) == "tableHeader" { "||" } else { "|" };
        let text = children(cell).iter().map(block).collect::<Vec<_>>().join("\\\\");
        line.push_str(bar);
        line.push_str(if text.is_empty() { " " } else { &text });
    }
    line.push_str(bar);
    line.replace('\n', "\\\\")
}

fn media(node: &Value) -> String {
    let attr = |name: &str| node.pointer(&format!("/attrs/{name}")).and_then(Value::as_str);
    let name = attr("url").or_else(|| attr("alt")).or_else(|| attr("id")).unwrap_or_default();
    if type_of(node) == "media" { format!("!{name}!") } else { String::new() }
}

fn inline(node: &Value) -> String {
    let nodes = children(node);
    let mut out = String::new();
    for (at, node) in nodes.iter().enumerate() {
        let next = nodes.get(at + 1).and_then(|next| text_of(next).chars().next());
        let piece = inline_node(node, &out, next);
        out.push_str(&piece);
    }
    out
}

fn inline_node(node: &Value, before: &str, next: Option<char>) -> String {
    let attr = |name: &str| node.pointer(&format!("/attrs/{name}")).and_then(Value::as_str);
    match type_of(node) {
        "text" => marked_text(node, before, next),
        "hardBreak" => "\n".to_owned(),
        "mention" => format!("[~accountid:{}]", attr("id").unwrap_or_default()),
        "inlineCard" => format!("[{}]", attr("url").unwrap_or_default()),
        "emoji" | "status" => attr("text").or_else(|| attr("shortName")).unwrap_or_default().to_owned(),
        "date" => attr("timestamp").unwrap_or_default().to_owned(),
        "mediaInline" => media(node),
        _ => inline(node),
    }
}

/// Marks in the order they wrap the text, innermost first.
fn marked_text(node: &Value, before: &str, next: Option<char>) -> String {
    let text = text_of(node);
    let marks = node.get("marks").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    if marks.iter().any(|mark| type_of(mark) == "code") {
        return format!("{{{{{text}}}}}");
    }
    let href = marks.iter().find(|mark| type_of(mark) == "link").and_then(|m| m.pointer("/attrs/href"));
    let mut out = match href.and_then(Value::as_str) {
        Some(href) if href == text => format!("[{href}]"),
        Some(href) => format!("[{}|{href}]", escape(text, "").replace('|', "\\|")),
        None => escape(text, before),
    };
    // Inside a word the bare signs would be text; in braces they mark.
    let is_word = |c: char| c.is_alphanumeric();
    let inside_word = before.chars().last().is_some_and(is_word) || next.is_some_and(is_word);
    for mark in marks.iter().rev() {
        out = wrap(mark, &out, inside_word);
    }
    out
}

fn wrap(mark: &Value, text: &str, inside_word: bool) -> String {
    let attr =
        |name: &str| mark.pointer(&format!("/attrs/{name}")).and_then(Value::as_str).unwrap_or_default();
    let sign = match type_of(mark) {
        "strong" => "*",
        "em" => "_",
        "strike" => "-",
        "underline" => "+",
        "subsup" if attr("type") == "sup" => "^",
        "subsup" => "~",
        "textColor" => return format!("{{color:{}}}{text}{{color}}", attr("color")),
        _ => return text.to_owned(),
    };
    // Signs need words at their edges; spaces at the edges stay outside.
    let inner = text.trim();
    if inner.is_empty() {
        return text.to_owned();
    }
    let (lead, _) = text.split_at(text.len() - text.trim_start().len());
    let (_, tail) = text.split_at(text.trim_end().len());
    let sign = if inside_word { format!("{{{sign}}}") } else { sign.to_owned() };
    format!("{lead}{sign}{inner}{sign}{tail}")
}

/// Takes the meaning from characters that would read as markup.
fn escape(text: &str, before: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut previous = before.chars().last();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let opens_word = previous.is_none_or(|p| !p.is_alphanumeric());
        let next_is_solid = chars.peek().is_some_and(|n| !n.is_whitespace());
        match c {
            '\\' => out.push_str("&#92;"),
            '{' | '[' => out.extend(['\\', c]),
            '*' | '_' | '-' | '+' | '^' | '~' if opens_word && next_is_solid => out.extend(['\\', c]),
            '&' if chars.peek() == Some(&'#') => out.push_str("&#38;"),
            _ => out.push(c),
        }
        previous = Some(c);
    }
    out
}

/// A paragraph's line that starts like a block gets its first sign escaped.
fn guard_line_starts(text: &str) -> String {
    let guarded: Vec<String> = text.split('\n').map(guard_line).collect();
    guarded.join("\n")
}

fn guard_line(line: &str) -> String {
    let (lead, line) = line.split_at(line.len() - line.trim_start().len());
    let first_word = line.split(' ').next().unwrap_or_default();
    let looks_like_list =
        line.contains(' ') && !first_word.is_empty() && first_word.chars().all(|c| "*#-".contains(c));
    let looks_like_block = ["|", "#", "!", "----"].iter().any(|sign| line.starts_with(sign));
    if looks_like_list || looks_like_block {
        format!("{lead}\\{line}")
    } else if let Some(rest) = line.strip_prefix("bq. ") {
        format!("{lead}bq\\. {rest}")
    } else if is_heading_start(line) {
        format!("{lead}{}", line.replacen(". ", "\\. ", 1))
    } else {
        format!("{lead}{line}")
    }
}

fn is_heading_start(line: &str) -> bool {
    let mut chars = line.chars();
    chars.next() == Some('h')
        && chars.next().is_some_and(|c| ('1'..='6').contains(&c))
        && chars.as_str().starts_with(". ")
}
