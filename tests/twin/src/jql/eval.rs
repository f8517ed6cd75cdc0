//! What a query matches, and in which order.

use std::cmp::Ordering;

use serde_json::Value;

use super::ast::{Clause, Direction, Field, Operand, Operator, Query};
use super::{JqlIssue, JqlSite, JqlValue, time};

impl Query {
    /// Whether the issue meets the query. A checked query is assumed; what it cannot judge does not match.
    #[must_use]
    pub fn matches(&self, issue: &dyn JqlIssue, site: &dyn JqlSite) -> bool {
        self.clause.as_ref().is_none_or(|clause| holds(clause, issue, site))
    }

    /// The order the query asks for; equal where it asks for none.
    #[must_use]
    pub fn compare(&self, a: &dyn JqlIssue, b: &dyn JqlIssue) -> Ordering {
        let orders = self.order.iter().map(|key| {
            let ascending = sort_order(&a.value(&key.field), &b.value(&key.field));
            match key.direction {
                Direction::Ascending => ascending,
                Direction::Descending => ascending.reverse(),
            }
        });
        orders.fold(Ordering::Equal, Ordering::then)
    }

    /// The matching issues in the query's order; without an order, newest first as Jira gives them.
    #[must_use]
    pub fn select<'a, I: JqlIssue>(
        &self,
        issues: impl IntoIterator<Item = &'a I>,
        site: &dyn JqlSite,
    ) -> Vec<&'a I> {
        let mut found: Vec<&I> = issues.into_iter().filter(|issue| self.matches(*issue, site)).collect();
        if self.order.is_empty() {
            found.sort_by(|a, b| sort_order(&b.value(&Field::Created), &a.value(&Field::Created)));
        } else {
            found.sort_by(|a, b| self.compare(*a, *b));
        }
        found
    }
}

fn holds(clause: &Clause, issue: &dyn JqlIssue, site: &dyn JqlSite) -> bool {
    match clause {
        Clause::And(all) => all.iter().all(|clause| holds(clause, issue, site)),
        Clause::Or(any) => any.iter().any(|clause| holds(clause, issue, site)),
        Clause::Not(inner) => !holds(inner, issue, site),
        Clause::Test { field, operator, operand } => {
            test_holds(&value_of(field, issue), field, *operator, operand, site)
        }
    }
}

fn value_of(field: &Field, issue: &dyn JqlIssue) -> JqlValue {
    if let Field::Property { key, path } = field {
        return property_value(issue.property(key), path);
    }
    issue.value(field)
}

fn property_value(property: Option<&Value>, path: &[String]) -> JqlValue {
    let found = path.iter().try_fold(property, |at, step| Some(at?.get(step)));
    match found.flatten() {
        None | Some(Value::Null) => JqlValue::Empty,
        Some(Value::Number(number)) => number.as_f64().map_or(JqlValue::Empty, JqlValue::Number),
        Some(Value::Array(items)) => JqlValue::Terms(items.iter().map(|item| vec![word_of(item)]).collect()),
        Some(other) => JqlValue::Terms(vec![vec![word_of(other)]]),
    }
}

fn word_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The one table of operators. An issue without a value meets only `IS EMPTY` and `= EMPTY`: Jira leaves it out of
/// `!=` and `NOT IN` too.
fn test_holds(
    value: &JqlValue,
    field: &Field,
    operator: Operator,
    operand: &Operand,
    site: &dyn JqlSite,
) -> bool {
    let is_empty = is_empty(value);
    if names_empty(field, operand) {
        return is_empty != operator.is_negative();
    }
    if is_empty {
        let lists_empty =
            matches!(operand, Operand::List(all) if all.iter().any(|one| names_empty(field, one)));
        return lists_empty && operator == Operator::In;
    }
    let words = words_of(operand, site);
    let any_equal = || words.iter().any(|word| equals(value, field, word, site));
    match operator {
        Operator::Equal | Operator::In | Operator::Is => any_equal(),
        Operator::NotEqual | Operator::NotIn | Operator::IsNot => !any_equal(),
        Operator::Contains => words.iter().any(|word| contains(value, word)),
        Operator::NotContains => !words.iter().any(|word| contains(value, word)),
        Operator::Greater => ordered(value, field, &words, site).is_some_and(Ordering::is_gt),
        Operator::GreaterOrEqual => ordered(value, field, &words, site).is_some_and(Ordering::is_ge),
        Operator::Less => ordered(value, field, &words, site).is_some_and(Ordering::is_lt),
        Operator::LessOrEqual => ordered(value, field, &words, site).is_some_and(Ordering::is_le),
    }
}

/// `EMPTY`, or the word JQL has for a resolution that is not there.
fn names_empty(field: &Field, operand: &Operand) -> bool {
    match operand {
        Operand::Empty => true,
        Operand::Value(word) => *field == Field::Resolution && word.eq_ignore_ascii_case("Unresolved"),
        Operand::List(_) | Operand::Function(..) => false,
    }
}

fn is_empty(value: &JqlValue) -> bool {
    match value {
        JqlValue::Empty => true,
        JqlValue::Terms(terms) => terms.is_empty(),
        JqlValue::Text(text) => text.is_empty(),
        JqlValue::Ranked { .. } | JqlValue::Number(_) | JqlValue::Instant(_) => false,
    }
}

/// The words an operand stands for, functions resolved; times become epoch milliseconds.
fn words_of(operand: &Operand, site: &dyn JqlSite) -> Vec<String> {
    match operand {
        Operand::Value(word) => vec![word.clone()],
        Operand::Empty => Vec::new(),
        Operand::List(all) => all.iter().flat_map(|one| words_of(one, site)).collect(),
        Operand::Function(name, arguments) => match name.as_str() {
            "currentuser" => site.current_user().into_iter().collect(),
            "membersof" => arguments.first().and_then(|group| site.members_of(group)).unwrap_or_default(),
            other => {
                time::function(other, arguments, site.now_ms()).map(|ms| ms.to_string()).into_iter().collect()
            }
        },
    }
}

fn equals(value: &JqlValue, field: &Field, word: &str, site: &dyn JqlSite) -> bool {
    let same = |name: &String| name.to_lowercase() == word.to_lowercase();
    match value {
        JqlValue::Empty => false,
        JqlValue::Terms(terms) => terms.iter().any(|names| names.iter().any(same)),
        JqlValue::Ranked { names, .. } => names.iter().any(same),
        JqlValue::Text(text) => text.eq_ignore_ascii_case(word),
        JqlValue::Number(_) | JqlValue::Instant(_) => {
            ordered(value, field, &[word.to_owned()], site).is_some_and(Ordering::is_eq)
        }
    }
}

/// The value against the first word, where both have an order.
fn ordered(value: &JqlValue, field: &Field, words: &[String], site: &dyn JqlSite) -> Option<Ordering> {
    let word = words.first()?;
    match value {
        JqlValue::Instant(at) => Some(at.cmp(&time::instant(word, site.now_ms())?)),
        JqlValue::Number(number) => number.partial_cmp(&word.parse().ok()?),
        JqlValue::Ranked { names, rank } if *field == Field::Key => key_order(names, *rank, word),
        JqlValue::Terms(terms) => Some(terms.first()?.first()?.as_str().cmp(word)),
        JqlValue::Empty | JqlValue::Ranked { .. } | JqlValue::Text(_) => None,
    }
}

/// Keys compare by number within one project only.
fn key_order(names: &[String], rank: i64, word: &str) -> Option<Ordering> {
    let (project, number) = word.rsplit_once('-')?;
    let same_project = names
        .iter()
        .filter_map(|name| name.rsplit_once('-'))
        .any(|(own, _)| own.eq_ignore_ascii_case(project));
    same_project.then_some(rank.cmp(&number.parse().ok()?))
}

/// `~`: every word of the phrase is in the text, in any order; `"\"exact phrase\""` as it stands; `*` ends a stem.
fn contains(value: &JqlValue, phrase: &str) -> bool {
    let text = match value {
        JqlValue::Text(text) => text.to_lowercase(),
        JqlValue::Terms(terms) => terms.concat().join(" ").to_lowercase(),
        JqlValue::Ranked { names, .. } => names.join(" ").to_lowercase(),
        JqlValue::Empty | JqlValue::Number(_) | JqlValue::Instant(_) => return false,
    };
    let phrase = phrase.to_lowercase();
    if let Some(exact) = phrase.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        return text.contains(exact);
    }
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    phrase.split_whitespace().all(|wanted| match wanted.strip_suffix('*') {
        Some(stem) => words.iter().any(|word| word.starts_with(stem)),
        None => parts(wanted).all(|part| words.contains(&part)),
    })
}

fn parts(word: &str) -> impl Iterator<Item = &str> {
    word.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty())
}

/// Issues without a value come last when ascending, as in Jira.
fn sort_order(a: &JqlValue, b: &JqlValue) -> Ordering {
    match (a, b) {
        (JqlValue::Instant(a), JqlValue::Instant(b)) => a.cmp(b),
        (JqlValue::Number(a), JqlValue::Number(b)) => a.total_cmp(b),
        (JqlValue::Text(a), JqlValue::Text(b)) => a.to_lowercase().cmp(&b.to_lowercase()),
        (JqlValue::Ranked { rank: a, names: x }, JqlValue::Ranked { rank: b, names: y }) => {
            project_of(x).cmp(&project_of(y)).then(a.cmp(b))
        }
        (JqlValue::Terms(a), JqlValue::Terms(b)) => sort_name(a).cmp(&sort_name(b)),
        (a, b) => is_empty(a).cmp(&is_empty(b)),
    }
}

/// The project of an issue key among the names; names that are no keys share one order.
fn project_of(names: &[String]) -> Option<&str> {
    names.iter().find_map(|name| {
        let (project, number) = name.rsplit_once('-')?;
        number.chars().all(|c| c.is_ascii_digit()).then_some(project)
    })
}

/// Things are ordered by the last of their words, which is the name a person sees.
fn sort_name(terms: &[Vec<String>]) -> Option<String> {
    terms.first()?.last().map(|name| name.to_lowercase())
}
