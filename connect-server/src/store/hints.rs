//! Hints as a column: one JSON document per line, so that a further mark appends and never has to read.

use super::StoreError;
use super::db::text;
use duplex_core::plan::Hints;

/// When the lines of one row grow past this, in bytes, they are replaced by the hint that looks at everything.
pub(super) const HINTS_BYTES_MAX: i64 = 16 * 1024;

/// Look at everything.
pub(super) fn everything() -> Hints {
    Hints { fields: true, all_comments: true, ..Hints::default() }
}

/// Empty hints are an empty column.
pub(super) fn line(hints: &Hints) -> Result<String, StoreError> {
    if hints.is_empty() { Ok(String::new()) } else { text(hints) }
}

pub(super) fn parse(lines: &str) -> Result<Hints, StoreError> {
    let mut hints = Hints::default();
    for line in lines.lines() {
        let more = serde_json::from_str(line)
            .map_err(|error| StoreError::Row { column: "hints".to_owned(), error })?;
        hints.widen(more);
    }
    Ok(hints)
}

/// What was added after the first `taken` was read; all of it when the column was replaced meanwhile.
pub(super) fn added<'a>(lines: &'a str, taken: &str) -> &'a str {
    lines.strip_prefix(taken).map_or(lines, |rest| rest.trim_start_matches('\n'))
}

/// The assignment of an upsert that appends to the column `name`. `newline` and `wide` are the parameters that hold
/// a newline and the widest hint.
pub(super) fn append(table: &str, name: &str, newline: &str, wide: &str) -> String {
    format!(
        "{name} = CASE WHEN excluded.{name} = '' THEN {table}.{name}
                       WHEN {table}.{name} = '' THEN excluded.{name}
                       WHEN LENGTH({table}.{name}) > {HINTS_BYTES_MAX} THEN {wide}
                       ELSE {table}.{name} || {newline} || excluded.{name} END"
    )
}
