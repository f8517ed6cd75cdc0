//! Text with `{value}`, `{field}`, `{key}` and `{site}`.

use super::{Gather, Way, clean_name, rich, value};
use crate::adf::Doc;
use crate::issue::Value;
use crate::schema::{FieldKind, FieldSchema};

const VALUE: &str = "{value}";

pub(super) fn fill(
    template: &str,
    value: &Value,
    from: &FieldSchema,
    to: &FieldSchema,
    way: &Way<'_>,
    out: &mut Gather,
) -> Option<Value> {
    if !matches!(to.kind, FieldKind::Text | FieldKind::Rich) {
        return value::not_carried(to, out);
    }
    if *value == Value::Empty {
        return Some(Value::Empty);
    }
    let words = Words { field: &from.name, key: way.key, site: &clean_name(way.site, "the other site") };
    if let (Value::Rich(doc), FieldKind::Rich, Some((before, after))) =
        (value, to.kind, template.split_once(VALUE))
    {
        return Some(around(doc, &words.fill(before, ""), &words.fill(after, ""), way, out));
    }
    let Some(plain) = value::plain(value) else { return value::not_carried(to, out) };
    Some(value::text_for(&words.fill(template, &plain), to.kind, out))
}

/// Rich text keeps its form: what stands before and after it become paragraphs of their own.
fn around(doc: &Doc, before: &str, after: &str, way: &Way<'_>, out: &mut Gather) -> Value {
    let mut blocks = Doc::from_text(before.trim()).blocks().to_vec();
    blocks.extend(rich::carry(doc, way, out).blocks().iter().cloned());
    blocks.extend(Doc::from_text(after.trim()).blocks().iter().cloned());
    Value::Rich(rich::fit(&Doc::of_blocks(blocks), doc, out))
}

struct Words<'a> {
    field: &'a str,
    key: &'a str,
    site: &'a str,
}

impl Words<'_> {
    /// In one pass: what a value contains is never taken for a placeholder.
    fn fill(&self, template: &str, value: &str) -> String {
        let words = [(VALUE, value), ("{field}", self.field), ("{key}", self.key), ("{site}", self.site)];
        let mut out = String::new();
        let mut rest = template;
        while let Some(open) = rest.find('{') {
            let (before, from) = rest.split_at(open);
            out.push_str(before);
            match words.iter().find(|(word, _)| from.starts_with(word)) {
                Some((word, meant)) => {
                    out.push_str(meant);
                    rest = &from[word.len()..];
                }
                None => {
                    out.push('{');
                    rest = &from[1..];
                }
            }
        }
        out.push_str(rest);
        out
    }
}
