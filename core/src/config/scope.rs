//! Scope clauses that can be judged from the issue itself.
//!
//! A brand-new issue is not in the search index yet, so Jira can't be asked whether it matches. Simple clauses
//! (`priority = High AND labels NOT IN (spam)`) are decided here; `None` says that only Jira can tell.

use crate::id::FieldId;
use crate::issue::{Issue, Value};
use crate::schema::ProjectSchema;

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

#[derive(Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Quoted(String),
    Sign(char),
}

/// `None` when a quotation mark stays open.
fn tokens(jql: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut chars = jql.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            c if c.is_whitespace() => {}
            '"' | '\'' => {
                let mut text = String::new();
                loop {
                    match chars.next()? {
                        '\\' => text.push(chars.next()?),
                        end if end == c => break,
                        other => text.push(other),
                    }
                }
                tokens.push(Token::Quoted(text));
            }
            c if is_sign(c) => tokens.push(Token::Sign(c)),
            c => {
                let mut word = String::from(c);
                while let Some(&next) = chars.peek() {
                    if next.is_whitespace() || is_sign(next) || next == '"' || next == '\'' {
                        break;
                    }
                    word.push(next);
                    chars.next();
                }
                tokens.push(Token::Word(word));
            }
        }
    }
    Some(tokens)
}

fn is_sign(c: char) -> bool {
    matches!(c, '(' | ')' | ',' | '=' | '!' | '<' | '>' | '~' | '&' | '|' | ';' | '{' | '}' | '[' | ']')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Millis;
    use crate::issue::Choice;
    use crate::schema::{IssueTypeSchema, RequestTypeSchema};
    use std::collections::{BTreeMap, BTreeSet};

    fn schema() -> ProjectSchema {
        ProjectSchema {
            project: "10000".into(),
            key: "HELP".to_owned(),
            name: "Help desk".to_owned(),
            service: true,
            issue_types: vec![IssueTypeSchema {
                id: "1".into(),
                name: "IT Help".to_owned(),
                subtask: false,
                fields: Vec::new(),
            }],
            request_types: vec![RequestTypeSchema {
                id: "7".into(),
                name: "Get IT Help".to_owned(),
                issue_type: "1".into(),
            }],
            request_type_field: Some("customfield_1".into()),
        }
    }

    fn issue() -> Issue {
        let priority = Value::Choice(Choice { id: "2".to_owned(), name: "High".to_owned() });
        let labels = Value::Labels(BTreeSet::from(["vip".to_owned(), "vpn".to_owned()]));
        Issue {
            id: "100".into(),
            key: "HELP-1".to_owned(),
            project: "10000".into(),
            issue_type: "1".into(),
            request_type: Some("7".into()),
            security: None,
            created: Millis(0),
            updated: Millis(0),
            reporter: None,
            creator: None,
            fields: BTreeMap::from([("priority".into(), priority), ("labels".into(), labels)]),
            history: None,
            stamp: None,
        }
    }

    #[test]
    fn simple_clauses_are_judged_and_all_else_is_for_jira() {
        let check = |jql: &str, expected: Option<bool>| {
            assert_eq!(judge(&issue(), &schema(), jql), expected, "{jql}");
        };
        check("priority = High", Some(true));
        check("priority=2", Some(true));
        check("Priority != 'high'", Some(false));
        check("priority in (Low, \"High\")", Some(true));
        check("priority NOT IN (Low, Medium)", Some(true));
        check("project = HELP and type = \"IT Help\"", Some(true));
        check("project = OTHER", Some(false));
        check("issuetype = 1", Some(true));
        check("\"Request Type\" = \"Get IT Help\"", Some(true));
        check("\"Request Type\" != 7", Some(false));
        check("labels = vip", Some(true));
        check("labels = spam", Some(false));
        check("labels not in (spam)", Some(true));
        check("labels != vip", None);
        // Not read.
        check("status = Open", None);
        // False is false, whatever the unknown part says.
        check("status = Open AND priority = Low", Some(false));
        check("status = Open AND priority = High", None);
        check("assignee = me AND priority = Low", Some(false));
        for jql in [
            "",
            "priority",
            "priority = High OR project = HELP",
            "NOT priority = High",
            "(priority = High)",
            "priority = EMPTY",
            "priority is EMPTY",
            "reporter = currentUser()",
            "priority in (High",
            "priority = High AND",
            "priority = \"High",
            "priority > Low",
            "priority = High ORDER BY created",
        ] {
            check(jql, None);
        }
    }

    #[test]
    fn a_field_without_a_value_matches_neither_way() {
        let mut issue = issue();
        issue.fields.insert("priority".into(), Value::Empty);
        issue.request_type = None;
        for jql in ["priority = High", "priority != High", "\"Request Type\" != 7"] {
            assert_eq!(judge(&issue, &schema(), jql), Some(false), "{jql}");
        }
    }

    #[test]
    fn scopes_are_disjoint_only_when_that_is_certain() {
        let check = |one: &str, other: &str, expected: bool| {
            assert_eq!(disjoint(one, other), expected, "{one} | {other}");
            assert_eq!(disjoint(other, one), expected, "{other} | {one}");
        };
        check("priority = High", "priority = Low", true);
        check("priority IN (High, Highest)", "priority NOT IN (high, highest, Low)", true);
        check("priority = High AND status = Open", "type = Bug AND priority = Low", true);
        check("priority = High", "priority != Low", false);
        check("priority = High", "status = Open", false);
        // A name and an id may be the same priority.
        check("priority = High", "priority = 2", false);
        // An issue has several labels.
        check("labels = a", "labels = b", false);
        check("priority = High", "priority = Low OR priority = High", false);
    }

    #[test]
    fn complaints_name_what_jira_would_refuse() {
        let long = "x".repeat(JQL_CHARS_MAX + 1);
        for (jql, part) in [
            ("  ", Some("empty")),
            (long.as_str(), Some("4000 are allowed")),
            ("priority = \"High", Some("quotation mark")),
            ("(a = b", Some("parentheses")),
            (") (", Some("parentheses")),
            ("a = b order  by c", Some("ORDER BY")),
            ("\"order by\" = c", None),
            ("a = b OR (c = currentUser())", None),
        ] {
            let complaint = complaint(jql);
            assert_eq!(complaint.is_some(), part.is_some(), "{jql}");
            assert!(complaint.unwrap_or_default().contains(part.unwrap_or_default()), "{jql}");
        }
    }
}
