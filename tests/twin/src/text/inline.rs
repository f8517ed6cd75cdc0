//! Wiki markup inside a line: marks, links, mentions, escapes.

use serde_json::{Value, json};

/// The inline nodes of one paragraph's wiki markup; a line end is a hard break.
pub(super) fn inline_nodes(text: &str) -> Vec<Value> {
    let chars: Vec<char> = text.chars().collect();
    let mut run = Run::default();
    parse(&chars, &[], &mut run);
    run.flush(&[]);
    run.nodes
}

/// Nodes found so far, and the text collected since the last one.
#[derive(Default)]
struct Run {
    nodes: Vec<Value>,
    text: String,
}

impl Run {
    fn flush(&mut self, marks: &[Value]) {
        if !self.text.is_empty() {
            let text = std::mem::take(&mut self.text);
            self.nodes.push(text_node(&text, marks));
        }
    }

    fn push(&mut self, node: Value, marks: &[Value]) {
        self.flush(marks);
        self.nodes.push(node);
    }
}

fn text_node(text: &str, marks: &[Value]) -> Value {
    if marks.is_empty() {
        json!({"type": "text", "text": text})
    } else {
        json!({"type": "text", "text": text, "marks": marks})
    }
}

fn parse(chars: &[char], marks: &[Value], run: &mut Run) {
    let mut at = 0;
    while at < chars.len() {
        at += step(chars, at, marks, run);
    }
}

/// Reads one thing at `at` and says how many characters it took.
fn step(chars: &[char], at: usize, marks: &[Value], run: &mut Run) -> usize {
    let rest = &chars[at..];
    match rest[0] {
        '\n' => {
            run.push(json!({"type": "hardBreak"}), marks);
            1
        }
        '\\' => backslash(rest, marks, run),
        '&' => entity(rest, run),
        '[' => link_or_mention(rest, marks, run),
        '{' => brace(rest, marks, run),
        'h' if begins_word(chars, at) => bare_url(rest, marks, run),
        sign => match mark_for(sign) {
            Some(mark) => marked(chars, at, &mark, marks, run),
            None => literal(sign, run),
        },
    }
}

fn literal(c: char, run: &mut Run) -> usize {
    run.text.push(c);
    1
}

/// `\\` breaks the line, `\` before punctuation takes its meaning away.
fn backslash(rest: &[char], marks: &[Value], run: &mut Run) -> usize {
    match rest.get(1) {
        Some('\\') => {
            run.push(json!({"type": "hardBreak"}), marks);
            // The line end behind `\\` belongs to the break.
            if rest.get(2) == Some(&'\n') { 3 } else { 2 }
        }
        Some(c) if c.is_ascii_punctuation() => {
            run.text.push(*c);
            2
        }
        Some(_) | None => literal('\\', run),
    }
}

/// `&#92;` is how a backslash survives in wiki markup.
fn entity(rest: &[char], run: &mut Run) -> usize {
    let digits: String = rest.iter().skip(2).take_while(|c| c.is_ascii_digit()).take(7).collect();
    let closed = rest.get(1) == Some(&'#') && rest.get(2 + digits.len()) == Some(&';');
    match digits.parse().ok().and_then(char::from_u32) {
        Some(c) if closed => {
            run.text.push(c);
            digits.len() + 3
        }
        Some(_) | None => literal('&', run),
    }
}

fn link_or_mention(rest: &[char], marks: &[Value], run: &mut Run) -> usize {
    let Some(inner) = until(&rest[1..], &[']']) else {
        return literal('[', run);
    };
    let taken = inner.chars().count() + 2;
    if let Some(id) = inner.strip_prefix("~accountid:") {
        run.push(json!({"type": "mention", "attrs": {"id": id, "text": format!("@{id}")}}), marks);
        return taken;
    }
    let (label, href) = match inner.split_once('|') {
        Some((label, href)) => (label, href.split('|').next().unwrap_or_default()),
        None => (inner.as_str(), inner.as_str()),
    };
    if !is_href(href) {
        return literal('[', run);
    }
    run.flush(marks);
    let mut linked = marks.to_vec();
    linked.push(json!({"type": "link", "attrs": {"href": href}}));
    if label == href {
        run.nodes.push(text_node(href, &linked));
    } else {
        parse(&label.chars().collect::<Vec<_>>(), &linked, run);
        run.flush(&linked);
    }
    taken
}

fn is_href(href: &str) -> bool {
    let schemes = ["http://", "https://", "mailto:", "ftp://", "/", "#"];
    schemes.iter().any(|scheme| href.starts_with(scheme)) && !href.contains(char::is_whitespace)
}

/// `{{monospace}}`, `{*}signs in braces{*}` and `{color:red}text{color}`; any other brace is text.
fn brace(rest: &[char], marks: &[Value], run: &mut Run) -> usize {
    if rest.get(1) == Some(&'{')
        && let Some(inner) = until(&rest[2..], &['}', '}']).filter(|inner| !inner.is_empty())
    {
        run.flush(marks);
        // Code takes no other mark than a link.
        let mut code: Vec<Value> = marks.iter().filter(|mark| mark["type"] == "link").cloned().collect();
        code.push(json!({"type": "code"}));
        run.nodes.push(text_node(&inner, &code));
        return inner.chars().count() + 4;
    }
    let found = braced_mark(rest, marks, run).or_else(|| coloured(rest, marks, run));
    found.unwrap_or_else(|| literal('{', run))
}

/// `{*}bold{*}`: signs in braces mark inside a word too.
fn braced_mark(rest: &[char], marks: &[Value], run: &mut Run) -> Option<usize> {
    let sign = [*rest.first()?, *rest.get(1)?, *rest.get(2)?];
    let mark = mark_for(sign[1]).filter(|_| sign[2] == '}')?;
    let inner = until(&rest[sign.len()..], &sign).filter(|inner| !inner.is_empty())?;
    let mut marked = marks.to_vec();
    marked.push(mark);
    run.flush(marks);
    parse(&inner.chars().collect::<Vec<_>>(), &marked, run);
    run.flush(&marked);
    Some(inner.chars().count() + 2 * sign.len())
}

fn coloured(rest: &[char], marks: &[Value], run: &mut Run) -> Option<usize> {
    let head = until(&rest[1..], &['}'])?;
    let colour = head.strip_prefix("color:")?.to_owned();
    let close: Vec<char> = "{color}".chars().collect();
    let from = head.chars().count() + 2;
    let inner = until(&rest[from..], &close)?;
    let mut coloured = marks.to_vec();
    coloured.push(json!({"type": "textColor", "attrs": {"color": colour}}));
    run.flush(marks);
    parse(&inner.chars().collect::<Vec<_>>(), &coloured, run);
    run.flush(&coloured);
    Some(from + inner.chars().count() + close.len())
}

fn bare_url(rest: &[char], marks: &[Value], run: &mut Run) -> usize {
    let word: String = rest.iter().take_while(|c| !c.is_whitespace() && !"|]}<>\"".contains(**c)).collect();
    let url = word.trim_end_matches(['.', ',', ';', ':', '!', '?', ')']);
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    if host.is_none_or(str::is_empty) {
        return literal('h', run);
    }
    run.flush(marks);
    let mut linked = marks.to_vec();
    linked.push(json!({"type": "link", "attrs": {"href": url}}));
    run.nodes.push(text_node(url, &linked));
    url.chars().count()
}

fn mark_for(sign: char) -> Option<Value> {
    let kind = match sign {
        '*' => "strong",
        '_' => "em",
        '-' => "strike",
        '+' => "underline",
        '^' => return Some(json!({"type": "subsup", "attrs": {"type": "sup"}})),
        '~' => return Some(json!({"type": "subsup", "attrs": {"type": "sub"}})),
        _ => return None,
    };
    Some(json!({"type": kind}))
}

/// `*bold*`: the sign opens before a word, closes behind one, on the same line.
fn marked(chars: &[char], at: usize, mark: &Value, marks: &[Value], run: &mut Run) -> usize {
    let sign = chars[at];
    let Some(length) = begins_word(chars, at).then(|| closing(&chars[at + 1..], sign)).flatten() else {
        return literal(sign, run);
    };
    run.flush(marks);
    let mut inner = marks.to_vec();
    inner.push(mark.clone());
    parse(&chars[at + 1..at + 1 + length], &inner, run);
    run.flush(&inner);
    length + 2
}

fn closing(rest: &[char], sign: char) -> Option<usize> {
    if rest.first().is_none_or(|c| c.is_whitespace() || *c == sign) {
        return None;
    }
    let mut at = 0;
    while at < rest.len() {
        match rest[at] {
            '\n' => return None,
            '\\' => at += 1,
            c if c == sign && at > 0 && !rest[at - 1].is_whitespace() && ends_word(rest, at) => {
                return Some(at);
            }
            _ => {}
        }
        at += 1;
    }
    None
}

fn begins_word(chars: &[char], at: usize) -> bool {
    at == 0 || !chars[at - 1].is_alphanumeric()
}

fn ends_word(chars: &[char], at: usize) -> bool {
    chars.get(at + 1).is_none_or(|c| !c.is_alphanumeric())
}

/// The text before `close` on this line, escapes included.
fn until(rest: &[char], close: &[char]) -> Option<String> {
    let at = rest.windows(close.len()).position(|window| window == close)?;
    let inner: String = rest[..at].iter().collect();
    (!inner.contains('\n')).then_some(inner)
}
