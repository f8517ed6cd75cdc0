//! Wiki markup to ADF, block by block.

use serde_json::{Value, json};

use super::adf::{document, plain_text, type_of};
use super::inline::inline_nodes;
use super::model::may_hold;

/// Turns wiki markup into the document Jira stores for it. Markup it does not know stays text, as in Jira.
#[must_use]
pub fn wiki_to_adf(text: &str) -> Value {
    let text = text.replace("\r\n", "\n");
    let lines: Vec<&str> = text.split('\n').collect();
    document(blocks(&lines))
}

fn blocks(lines: &[&str]) -> Vec<Value> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        at += one_block(&lines[at..], &mut out);
    }
    out
}

/// Reads one block at the start of `lines` and says how many lines it took (at least one).
fn one_block(lines: &[&str], out: &mut Vec<Value>) -> usize {
    let line = lines[0].trim_end();
    if line.trim().is_empty() {
        return 1;
    }
    if let Some((macro_name, parameters)) = opening_macro(line)
        && let Some((body, taken)) = macro_body(lines, macro_name)
    {
        out.extend(macro_block(macro_name, parameters, &body));
        return taken;
    }
    if let Some((level, rest)) = heading(line) {
        out.push(json!({"type": "heading", "attrs": {"level": level}, "content": inline_nodes(rest)}));
        return 1;
    }
    if let Some(rest) = line.strip_prefix("bq. ") {
        out.push(json!({"type": "blockquote", "content": [paragraph(rest)]}));
        return 1;
    }
    if is_rule(line) {
        out.push(json!({"type": "rule"}));
        return 1;
    }
    if list_marker(line).is_some() {
        let taken = lines.iter().take_while(|line| list_marker(line).is_some()).count();
        out.extend(lists(&lines[..taken]));
        return taken;
    }
    if is_table_row(line) {
        let taken = lines.iter().take_while(|line| is_table_row(line.trim_end())).count();
        out.push(table(&lines[..taken]));
        return taken;
    }
    if let Some(url) = lone_image(line) {
        out.push(image(url));
        return 1;
    }
    paragraph_block(lines, out)
}

fn paragraph_block(lines: &[&str], out: &mut Vec<Value>) -> usize {
    let taken = 1 + lines.iter().skip(1).take_while(|line| !starts_block(line)).count();
    let text = lines[..taken].iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n");
    out.push(paragraph(&text));
    taken
}

fn starts_block(line: &str) -> bool {
    let line = line.trim_end();
    line.trim().is_empty()
        || opening_macro(line).is_some()
        || heading(line).is_some()
        || line.starts_with("bq. ")
        || is_rule(line)
        || list_marker(line).is_some()
        || is_table_row(line)
        || lone_image(line).is_some()
}

fn paragraph(text: &str) -> Value {
    json!({"type": "paragraph", "content": inline_nodes(text)})
}

fn heading(line: &str) -> Option<(i64, &str)> {
    let rest = line.strip_prefix('h')?;
    let level = i64::from(rest.chars().next()?.to_digit(10)?);
    let text = rest.get(1..)?.strip_prefix(". ")?;
    (1..=6).contains(&level).then_some((level, text))
}

fn is_rule(line: &str) -> bool {
    line.len() >= 4 && line.len() <= 5 && line.chars().all(|c| c == '-')
}

const MACROS: &[&str] = &["code", "noformat", "quote", "panel", "info", "note", "warning", "tip"];

/// `{name}` or `{name:parameters}` at the start of a line.
fn opening_macro(line: &str) -> Option<(&str, &str)> {
    let inner = line.strip_prefix('{')?;
    let (head, _) = inner.split_once('}')?;
    let (name, parameters) = head.split_once(':').unwrap_or((head, ""));
    MACROS.contains(&name).then_some((name, parameters))
}

/// The text between the opening macro and its closing twin, and the lines both span.
fn macro_body(lines: &[&str], name: &str) -> Option<(String, usize)> {
    let close = format!("{{{name}}}");
    let (_, first) = lines[0].split_once('}')?;
    if let Some((body, _)) = first.split_once(close.as_str()) {
        return Some((body.to_owned(), 1));
    }
    let mut body: Vec<&str> = vec![first];
    for (index, line) in lines.iter().enumerate().skip(1) {
        if let Some((last, _)) = line.split_once(close.as_str()) {
            body.push(last);
            return Some((body.join("\n").trim_matches('\n').to_owned(), index + 1));
        }
        body.push(line);
    }
    None
}

fn macro_block(name: &str, parameters: &str, body: &str) -> Vec<Value> {
    match name {
        "code" => vec![code_block(body, code_language(parameters))],
        "noformat" => vec![code_block(body, None)],
        "quote" => vec![json!({"type": "blockquote", "content": inner_blocks("blockquote", body)})],
        _ => vec![panel(name, parameters, body)],
    }
}

/// The blocks inside a macro. What the document format does not let stand there stays as its text.
fn inner_blocks(parent: &str, body: &str) -> Vec<Value> {
    let mut found = blocks(&body.split('\n').collect::<Vec<_>>());
    for block in &mut found {
        if !may_hold(parent, type_of(block)) {
            *block = plain_paragraph(&plain_text(block));
        }
    }
    if found.is_empty() { vec![paragraph("")] } else { found }
}

fn plain_paragraph(text: &str) -> Value {
    let content = if text.is_empty() { json!([]) } else { json!([{"type": "text", "text": text}]) };
    json!({"type": "paragraph", "content": content})
}

/// `{code:java}` and `{code:title=x|java}` name a language; `{code:title=x}` does not.
fn code_language(parameters: &str) -> Option<&str> {
    let mut named = parameters.split('|').filter_map(|p| p.strip_prefix("language="));
    let bare = parameters.split('|').find(|part| !part.is_empty() && !part.contains('='));
    named.next().or(bare)
}

fn code_block(body: &str, language: Option<&str>) -> Value {
    let attrs = language.map_or_else(|| json!({}), |language| json!({"language": language}));
    let content = if body.is_empty() { json!([]) } else { json!([{"type": "text", "text": body}]) };
    json!({"type": "codeBlock", "attrs": attrs, "content": content})
}

fn panel(name: &str, parameters: &str, body: &str) -> Value {
    let kind = match name {
        "note" => "note",
        "warning" => "warning",
        "tip" => "success",
        _ => panel_type(parameters),
    };
    let title = parameters.split('|').find_map(|p| p.strip_prefix("title="));
    let mut content: Vec<Value> = Vec::new();
    content.extend(title.map(|t| paragraph(&format!("*{t}*"))));
    content.extend(inner_blocks("panel", body));
    json!({"type": "panel", "attrs": {"panelType": kind}, "content": content})
}

/// Jira writes a coloured ADF panel as `{panel:bgColor=...}` and reads it back by that colour.
fn panel_type(parameters: &str) -> &'static str {
    let colour = parameters.split('|').find_map(|p| p.strip_prefix("bgColor=")).unwrap_or_default();
    PANEL_COLOURS.iter().find(|(_, c)| c.eq_ignore_ascii_case(colour)).map_or("info", |(kind, _)| kind)
}

/// Panel types and the colours that stand for them in wiki markup.
pub(super) const PANEL_COLOURS: &[(&str, &str)] = &[
    ("info", "#deebff"),
    ("note", "#eae6ff"),
    ("success", "#e3fcef"),
    ("warning", "#fffae6"),
    ("error", "#ffebe6"),
];

/// `**# text`: the markers and the text behind them.
fn list_marker(line: &str) -> Option<(&str, &str)> {
    let (markers, text) = line.trim_start().split_once(' ')?;
    let is_marker = !markers.is_empty() && markers.chars().all(|c| matches!(c, '*' | '#' | '-'));
    let is_dashes = markers.len() > 1 && markers.chars().all(|c| c == '-');
    (is_marker && !is_dashes).then_some((markers, text))
}

fn lists(lines: &[&str]) -> Vec<Value> {
    let items: Vec<(&str, &str)> = lines.iter().filter_map(|line| list_marker(line)).collect();
    list_level(&items, 0)
}

/// One list per run of equal markers at `depth`; longer markers nest in the item before them.
fn list_level(items: &[(&str, &str)], depth: usize) -> Vec<Value> {
    let kind_of = |marker: &str| marker.chars().nth(depth).unwrap_or('*') == '#';
    let mut out: Vec<Value> = Vec::new();
    let mut at = 0;
    while at < items.len() {
        let ordered = kind_of(items[at].0);
        let run = items[at..].iter().take_while(|(marker, _)| kind_of(marker) == ordered).count();
        out.push(one_list(&items[at..at + run], depth, ordered));
        at += run;
    }
    out
}

fn one_list(items: &[(&str, &str)], depth: usize, ordered: bool) -> Value {
    let mut entries: Vec<Value> = Vec::new();
    let mut at = 0;
    while at < items.len() {
        let (marker, text) = items[at];
        let owns_text = marker.len() <= depth + 1;
        let from = if owns_text { at + 1 } else { at };
        let nested = items[from..].iter().take_while(|(m, _)| m.len() > depth + 1).count();
        let mut content = vec![paragraph(if owns_text { text } else { "" })];
        content.extend(list_level(&items[from..from + nested], depth + 1));
        entries.push(json!({"type": "listItem", "content": content}));
        at = from + nested;
    }
    if ordered {
        json!({"type": "orderedList", "attrs": {"order": 1}, "content": entries})
    } else {
        json!({"type": "bulletList", "content": entries})
    }
}

fn is_table_row(line: &str) -> bool {
    line.starts_with('|') && line.len() > 1 && line.ends_with('|')
}

fn table(lines: &[&str]) -> Value {
    let rows: Vec<Value> = lines.iter().map(|line| table_row(line.trim_end())).collect();
    json!({
        "type": "table",
        "attrs": {"isNumberColumnEnabled": false, "layout": "default"},
        "content": rows,
    })
}

fn table_row(line: &str) -> Value {
    let cells: Vec<Value> = cell_texts(line)
        .into_iter()
        .map(|(is_header, text)| {
            let kind = if is_header { "tableHeader" } else { "tableCell" };
            json!({"type": kind, "attrs": {}, "content": [paragraph(text.trim())]})
        })
        .collect();
    json!({"type": "tableRow", "content": cells})
}

/// Splits `||a||b|c|` at the bars that stand outside links and are not escaped.
fn cell_texts(line: &str) -> Vec<(bool, String)> {
    let mut cells = Vec::new();
    let mut chars = line.chars().peekable();
    let mut current: Option<(bool, String)> = None;
    let mut in_link = false;
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                let escaped: String = std::iter::once('\\').chain(chars.next()).collect();
                push_text(&mut current, &escaped);
            }
            '|' if !in_link => {
                cells.extend(current.take());
                let is_header = chars.next_if_eq(&'|').is_some();
                current = Some((is_header, String::new()));
            }
            other => {
                in_link = (in_link || other == '[') && other != ']';
                push_text(&mut current, other.encode_utf8(&mut [0; 4]));
            }
        }
    }
    cells
}

fn push_text(cell: &mut Option<(bool, String)>, text: &str) {
    if let Some((_, cell)) = cell {
        cell.push_str(text);
    }
}

/// `!x!` alone on its line.
fn lone_image(line: &str) -> Option<&str> {
    let inner = line.trim().strip_prefix('!')?.strip_suffix('!')?;
    let name = inner.split('|').next().unwrap_or_default();
    let is_name = !name.is_empty() && !name.contains('!') && !name.starts_with(' ') && name.contains('.');
    is_name.then_some(name)
}

/// An image by address is external media; a name stands for the attachment of that name.
fn image(name: &str) -> Value {
    let media = if name.starts_with("http://") || name.starts_with("https://") {
        json!({"type": "media", "attrs": {"type": "external", "url": name}})
    } else {
        json!({"type": "media", "attrs": {"type": "file", "id": name, "collection": "", "alt": name}})
    };
    json!({"type": "mediaSingle", "attrs": {"layout": "align-start"}, "content": [media]})
}
