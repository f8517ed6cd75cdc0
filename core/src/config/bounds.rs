//! The JSON form of a configuration, and how large one may be.

use super::{Config, DefaultValue, RuleKind, SideConfig};
use crate::id::Side;

/// Longest text of a configuration, in bytes, in either form.
pub const CONFIG_BYTES_MAX: usize = 1_048_576;
/// Most rules in one list of one side (issue types, fields, defaults, security levels) and most conflict rules.
pub const RULES_MAX: usize = 500;
/// Most rows in one table (options, users, defaults per issue type, issue types of one rule).
pub const ROWS_MAX: usize = 2_000;
/// Longest name of a sync, in characters.
pub const NAME_CHARS_MAX: usize = 200;
/// Longest option, default value or template, in characters.
pub const TEXT_CHARS_MAX: usize = 32_767;

/// A configuration that can't be taken, with the path of what is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {sentence}")]
pub struct ConfigError {
    /// Such as `sides.a.fields[3].kind`; `.` is the whole document.
    pub path: String,
    pub sentence: String,
}

impl ConfigError {
    fn new(path: impl Into<String>, sentence: impl Into<String>) -> Self {
        Self { path: path.into(), sentence: sentence.into() }
    }
}

/// Reads the JSON form.
///
/// # Errors
/// The path of what is no JSON, unknown, missing, of another type or too large.
pub fn parse_json(text: &str) -> Result<Config, ConfigError> {
    if text.len() > CONFIG_BYTES_MAX {
        return Err(ConfigError::new(".", too_many(text.len(), CONFIG_BYTES_MAX, "bytes")));
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    let config: Config = serde_path_to_error::deserialize(&mut reader)
        .map_err(|e| ConfigError::new(e.path().to_string(), e.inner().to_string()))?;
    reader.end().map_err(|e| ConfigError::new(".", e.to_string()))?;
    within_bounds(&config)?;
    Ok(config)
}

/// Whether every list and text is of a size that is taken.
///
/// # Errors
/// The path of the first that is not, and the bound.
pub fn within_bounds(config: &Config) -> Result<(), ConfigError> {
    let name = config.name.chars().count();
    if name > NAME_CHARS_MAX {
        return Err(ConfigError::new("name", too_many(name, NAME_CHARS_MAX, "characters")));
    }
    count("conflicts", config.conflicts.len(), RULES_MAX)?;
    Side::BOTH
        .into_iter()
        .try_for_each(|side| side_within(&format!("sides.{}", side.as_str()), &config.sides[side]))
}

fn side_within(at: &str, side: &SideConfig) -> Result<(), ConfigError> {
    count(&format!("{at}.issue_types"), side.issue_types.len(), RULES_MAX)?;
    count(&format!("{at}.fields"), side.fields.len(), RULES_MAX)?;
    count(&format!("{at}.defaults"), side.defaults.len(), RULES_MAX)?;
    count(&format!("{at}.scope.security_levels"), side.scope.security_levels.len(), RULES_MAX)?;
    count(&format!("{at}.users.table"), side.users.table.len(), ROWS_MAX)?;
    for (n, rule) in side.fields.iter().enumerate() {
        let at = format!("{at}.fields[{n}]");
        count(&format!("{at}.issue_types"), rule.issue_types.as_ref().map_or(0, Vec::len), ROWS_MAX)?;
        match &rule.kind {
            RuleKind::Passthrough => {}
            RuleKind::Text { template } => chars(&format!("{at}.kind.template"), template)?,
            RuleKind::Table { rows, .. } => {
                count(&format!("{at}.kind.rows"), rows.len(), ROWS_MAX)?;
                for (n, row) in rows.iter().enumerate() {
                    chars(&format!("{at}.kind.rows[{n}].from"), &row.from)?;
                    chars(&format!("{at}.kind.rows[{n}].to"), &row.to)?;
                }
            }
        }
    }
    for (n, rule) in side.defaults.iter().enumerate() {
        let at = format!("{at}.defaults[{n}].value");
        match &rule.value {
            DefaultValue::AllIssueTypes { value } => chars(&format!("{at}.value"), value)?,
            DefaultValue::PerIssueType { rows } => {
                count(&format!("{at}.rows"), rows.len(), ROWS_MAX)?;
                for (n, row) in rows.iter().enumerate() {
                    chars(&format!("{at}.rows[{n}].value"), &row.value)?;
                }
            }
        }
    }
    Ok(())
}

fn count(path: &str, there: usize, most: usize) -> Result<(), ConfigError> {
    if there <= most { Ok(()) } else { Err(ConfigError::new(path, too_many(there, most, "rows"))) }
}

fn chars(path: &str, text: &str) -> Result<(), ConfigError> {
    let there = text.chars().count();
    if there <= TEXT_CHARS_MAX {
        Ok(())
    } else {
        Err(ConfigError::new(path, too_many(there, TEXT_CHARS_MAX, "characters")))
    }
}

fn too_many(there: usize, most: usize, what: &str) -> String {
    format!("{there} {what}; at most {most} are taken")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::guide;

    #[test]
    fn the_json_form_round_trips() {
        let json = serde_json::to_string(&guide::config()).unwrap();
        assert_eq!(parse_json(&json), Ok(guide::config()));
    }

    #[test]
    fn json_that_is_refused_names_the_path() {
        let check = |change: fn(&mut serde_json::Value), path: &str| {
            let mut json = serde_json::to_value(guide::config()).unwrap();
            change(&mut json);
            let error = parse_json(&json.to_string()).unwrap_err();
            assert_eq!(error.path, path, "{error}");
        };
        check(|j| j["sides"]["a"]["fields"][1]["from"] = 7.into(), "sides.a.fields[1].from");
        check(|j| j["sides"]["b"]["comments"]["public"] = "everybody".into(), "sides.b.comments.public");
        check(|j| j["sides"]["b"]["colour"] = "blue".into(), "sides.b.colour");
        check(|j| j["name"] = "x".repeat(NAME_CHARS_MAX + 1).into(), "name");
        check(
            |j| {
                let rule = j["sides"]["a"]["fields"][0].clone();
                j["sides"]["a"]["fields"] = vec![rule; RULES_MAX + 1].into();
            },
            "sides.a.fields",
        );
        check(
            |j| {
                let row = serde_json::json!({"from": "1", "to": "2"});
                let rows = vec![row; ROWS_MAX + 1];
                j["sides"]["a"]["fields"][0]["kind"] = serde_json::json!({"as": "table", "rows": rows});
            },
            "sides.a.fields[0].kind.rows",
        );
        assert_eq!(parse_json(&" ".repeat(CONFIG_BYTES_MAX + 1)).unwrap_err().path, ".");
        assert_eq!(parse_json("{} {}").unwrap_err().path, ".");
        assert!(parse_json(&"[".repeat(100_000)).is_err());
    }
}
