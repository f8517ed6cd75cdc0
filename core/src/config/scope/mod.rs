//! Scope clauses that can be judged from the issue itself.
//!
//! A brand-new issue is not in the search index yet, so Jira can't be asked whether it matches. Simple clauses
//! (`priority = High AND labels NOT IN (spam)`) are decided here; `None` says that only Jira can tell.

#[cfg(test)]
mod tests;
mod tokens;

use crate::id::FieldId;
use crate::issue::{Issue, Value};
use crate::schema::ProjectSchema;
use tokens::{Token, tokens};

/// Longest JQL that is taken, in characters.
pub const JQL_CHARS_MAX: usize = 4_000;

/// Whether the issue matches; `None` when Jira must be asked. `schema` is that of the issue's own project.
///
/// Judged are `project`, `issuetype`, `priority`, `status`, `labels` and `"Request Type"` with `=`, `!=`, `IN` and
/// `NOT IN`, joined by `AND`. One clause that is false makes all false, whatever the others are.
#[must_use]
pub fn judge(issue: &Issue, schema: &ProjectSchema, jql: &str) -> Option<bool> {
    let mut all = Some(true);
    for clause in clauses(jql)? {
        match clause.judge(issue, schema) {
            Some(true) => {}
            Some(false) => return Some(false),
            None => all = None,
        }
    }
    all
}

/// Whether no issue can match both; `false` when that can't be shown.
#[must_use]
pub fn disjoint(one: &str, other: &str) -> bool {
    let (Some(ones), Some(others)) = (clauses(one), clauses(other)) else { return false };
    ones.iter().any(|x| others.iter().any(|y| x.excludes(y)))
}

/// The JQL without its order, which can't stand within parentheses.
#[must_use]
pub fn unordered(jql: &str) -> &str {
    let lower = jql.to_ascii_lowercase();
    let end = lower.rfind("order by").filter(|at| !lower[*at..].contains(['"', '\'']));
    jql[..end.unwrap_or(jql.len())].trim()
}

/// What is wrong with the text before Jira has seen it, in words.
#[must_use]
pub fn complaint(jql: &str) -> Option<String> {
    if jql.trim().is_empty() {
        return Some("The JQL is empty.".to_owned());
    }
    let chars = jql.chars().count();
    if chars > JQL_CHARS_MAX {
        return Some(format!("The JQL has {chars} characters; {JQL_CHARS_MAX} are allowed."));
    }
    let Some(tokens) = tokens(jql) else { return Some("A quotation mark is not closed.".to_owned()) };
    let mut depth = 0_i64;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Sign('(') => depth += 1,
            Token::Sign(')') => depth -= 1,
            Token::Sign(_) | Token::Quoted(_) => {}
            Token::Word(word) => {
                let by = matches!(tokens.get(at + 1), Some(Token::Word(w)) if w.eq_ignore_ascii_case("by"));
                if by && word.eq_ignore_ascii_case("order") {
                    return Some("`ORDER BY` has no place in a scope.".to_owned());
                }
            }
        }
        if depth < 0 {
            break;
        }
    }
    (depth != 0).then(|| "The parentheses don't match.".to_owned())
}

/// One `field = value`; several values for `IN`.
#[derive(Debug)]
struct Clause {
    field: Field,
    negated: bool,
    values: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Project,
    IssueType,
    Priority,
    Status,
    Labels,
    RequestType,
    /// Well formed, and not for us to judge.
    Unjudged,
}

impl Field {
    fn of(name: &str) -> Self {
        match name.to_lowercase().as_str() {
            "project" => Self::Project,
            "issuetype" | "type" => Self::IssueType,
            "priority" => Self::Priority,
            "status" => Self::Status,
            "labels" => Self::Labels,
            "request type" | "customer request type" => Self::RequestType,
            _ => Self::Unjudged,
        }
    }
}

impl Clause {
    fn judge(&self, issue: &Issue, schema: &ProjectSchema) -> Option<bool> {
        let shown = match self.field {
            Field::Project => vec![issue.project.0.clone(), schema.key.clone(), schema.name.clone()],
            Field::IssueType => {
                let known = schema.issue_type(&issue.issue_type)?;
                vec![known.id.0.clone(), known.name.clone()]
            }
            Field::Priority => choice(issue, "priority")?,
            Field::Status => choice(issue, "status")?,
            Field::RequestType => match &issue.request_type {
                None => Vec::new(),
                Some(id) => vec![id.0.clone(), schema.request_type(id)?.name.clone()],
            },
            Field::Labels => return self.judge_labels(issue),
            Field::Unjudged => return None,
        };
        // A field without a value matches neither `=` nor `!=`.
        Some(!shown.is_empty() && self.names_one_of(&shown) != self.negated)
    }

    fn judge_labels(&self, issue: &Issue) -> Option<bool> {
        let value = issue.fields.get(&FieldId::from("labels"))?;
        let labels: Vec<String> = if let Value::Labels(set) = value {
            set.iter().cloned().collect()
        } else if *value == Value::Empty {
            Vec::new()
        } else {
            return None;
        };
        let found = self.names_one_of(&labels);
        match (self.negated, found) {
            // Jira's answer for a label among others is not documented.
            (true, true) if labels.len() > 1 => None,
            (negated, found) => Some(!labels.is_empty() && found != negated),
        }
    }

    fn names_one_of(&self, shown: &[String]) -> bool {
        self.values.iter().any(|v| shown.iter().any(|s| same(s, v)))
    }

    /// Only for fields with one value: an issue can have two labels.
    fn excludes(&self, other: &Self) -> bool {
        if self.field != other.field || matches!(self.field, Field::Labels | Field::Unjudged) {
            return false;
        }
        let shared = |v: &String| other.values.iter().any(|w| same(v, w));
        // A name and an id may mean the same thing, so only two names (or two ids) are compared.
        let comparable = |v: &String| other.values.iter().all(|w| is_id(v) == is_id(w));
        match (self.negated, other.negated) {
            (false, false) => self.values.iter().all(|v| comparable(v) && !shared(v)),
            (false, true) => self.values.iter().all(shared),
            (true, false) => other.excludes(self),
            (true, true) => false,
        }
    }
}

fn is_id(value: &str) -> bool {
    value.bytes().all(|b| b.is_ascii_digit())
}

fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

fn choice(issue: &Issue, field: &str) -> Option<Vec<String>> {
    let value = issue.fields.get(&FieldId::from(field))?;
    if let Value::Choice(choice) = value {
        return Some(vec![choice.id.clone(), choice.name.clone()]);
    }
    (*value == Value::Empty).then(Vec::new)
}

/// The clauses of a plain conjunction; `None` for anything else (OR, NOT, grouping, functions).
fn clauses(jql: &str) -> Option<Vec<Clause>> {
    let tokens = tokens(jql)?;
    let mut rest = tokens.as_slice();
    let mut clauses = Vec::new();
    while !rest.is_empty() {
        if !clauses.is_empty() {
            rest = after_word(rest, "and")?;
        }
        clauses.push(clause(&mut rest)?);
    }
    (!clauses.is_empty()).then_some(clauses)
}

fn clause(rest: &mut &[Token]) -> Option<Clause> {
    let field = Field::of(text(rest)?);
    let mut negated = false;
    if let [Token::Sign('!'), Token::Sign('='), ..] | [Token::Sign('='), ..] = rest {
        negated = rest[0] == Token::Sign('!');
        *rest = &rest[if negated { 2 } else { 1 }..];
        let values = vec![value(rest)?];
        return Some(Clause { field, negated, values });
    }
    if let Some(after) = after_word(rest, "not") {
        negated = true;
        *rest = after;
    }
    *rest = after_word(rest, "in")?;
    sign(rest, '(')?;
    let mut values = vec![value(rest)?];
    while sign(rest, ',').is_some() {
        values.push(value(rest)?);
    }
    sign(rest, ')')?;
    Some(Clause { field, negated, values })
}

/// A value; a function (`currentUser()`) and `EMPTY` are none.
fn value(rest: &mut &[Token]) -> Option<String> {
    let quoted = matches!(rest.first(), Some(Token::Quoted(_)));
    let value = text(rest)?.to_owned();
    let special = !quoted && ["empty", "null"].iter().any(|w| value.eq_ignore_ascii_case(w));
    let called = matches!(rest.first(), Some(Token::Sign('(')));
    (!special && !called).then_some(value)
}

fn text<'a>(rest: &mut &'a [Token]) -> Option<&'a str> {
    let (first, after) = rest.split_first()?;
    match first {
        Token::Word(text) | Token::Quoted(text) => {
            *rest = after;
            Some(text)
        }
        Token::Sign(_) => None,
    }
}

fn sign(rest: &mut &[Token], wanted: char) -> Option<()> {
    let (first, after) = rest.split_first()?;
    (*first == Token::Sign(wanted)).then(|| *rest = after)
}

fn after_word<'a>(rest: &'a [Token], wanted: &str) -> Option<&'a [Token]> {
    match rest.split_first()? {
        (Token::Word(word), after) if word.eq_ignore_ascii_case(wanted) => Some(after),
        _ => None,
    }
}
