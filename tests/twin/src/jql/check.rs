//! What Jira refuses of a query that parses, in its words.

use super::ast::{Clause, Field, Operand, Operator, Query};
use super::{JqlError, JqlSite, time};

impl Query {
    /// Says what this site would refuse of the query.
    ///
    /// # Errors
    /// [`JqlError::Meaning`] in Jira's words for unknown fields, values, functions and operators that do not fit.
    pub fn check(&self, site: &dyn JqlSite) -> Result<(), JqlError> {
        self.clause.iter().try_for_each(|clause| check_clause(clause, site))?;
        self.order.iter().try_for_each(|key| check_field(&key.field, site))
    }

    /// Refuses a query without any restriction, as `search/jql` does.
    ///
    /// # Errors
    /// [`JqlError::Unbounded`].
    pub fn require_bounds(&self) -> Result<(), JqlError> {
        if self.clause.is_none() { Err(JqlError::Unbounded) } else { Ok(()) }
    }
}

fn check_clause(clause: &Clause, site: &dyn JqlSite) -> Result<(), JqlError> {
    match clause {
        Clause::And(all) | Clause::Or(all) => all.iter().try_for_each(|clause| check_clause(clause, site)),
        Clause::Not(inner) => check_clause(inner, site),
        Clause::Test { field, operator, operand } => {
            check_field(field, site)?;
            check_operator(field, *operator)?;
            check_operand(field, operand, site)
        }
    }
}

fn check_field(field: &Field, site: &dyn JqlSite) -> Result<(), JqlError> {
    if site.has_field(field) {
        return Ok(());
    }
    Err(JqlError::Meaning(format!(
        "Field '{}' does not exist or you do not have permission to view it.",
        shown(field)
    )))
}

fn check_operator(field: &Field, operator: Operator) -> Result<(), JqlError> {
    let is_contains = matches!(operator, Operator::Contains | Operator::NotContains);
    let is_known_text = field.is_text();
    let names_a_thing =
        field.is_closed() || matches!(field, Field::Assignee | Field::Reporter | Field::Creator);
    let is_presence = matches!(operator, Operator::Is | Operator::IsNot);
    let has_order = !names_a_thing || matches!(field, Field::Key | Field::Priority);
    let fits = if is_known_text {
        is_contains || is_presence
    } else if is_contains {
        !names_a_thing && !field.is_time() && *field != Field::Labels
    } else {
        !operator.is_ordering() || has_order
    };
    if fits {
        return Ok(());
    }
    Err(JqlError::Meaning(format!(
        "The operator '{}' is not supported by the '{}' field.",
        operator.text(),
        shown(field)
    )))
}

fn check_operand(field: &Field, operand: &Operand, site: &dyn JqlSite) -> Result<(), JqlError> {
    match operand {
        Operand::Empty => Ok(()),
        Operand::List(all) => all.iter().try_for_each(|one| check_operand(field, one, site)),
        Operand::Function(name, arguments) => check_function(name, arguments, site),
        Operand::Value(value) if field.is_time() => match time::instant(value, site.now_ms()) {
            Some(_) => Ok(()),
            None => Err(JqlError::Meaning(format!(
                "Date value '{value}' for field '{}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'.",
                shown(field)
            ))),
        },
        Operand::Value(value) if *field == Field::Key && !site.has_value(field, value) => {
            Err(JqlError::Meaning(format!(
                "An issue with key '{value}' does not exist for field '{}'.",
                shown(field)
            )))
        }
        Operand::Value(value) if field.is_closed() && !site.has_value(field, value) => {
            Err(JqlError::Meaning(format!(
                "The value '{value}' does not exist for the field '{}'.",
                shown(field)
            )))
        }
        Operand::Value(_) => Ok(()),
    }
}

fn check_function(name: &str, arguments: &[String], site: &dyn JqlSite) -> Result<(), JqlError> {
    let message = match (name, arguments) {
        ("currentuser", _) => return Ok(()),
        ("membersof", [group]) if site.members_of(group).is_some() => return Ok(()),
        ("membersof", [group]) => {
            format!(
                "Function 'membersOf' can not generate a list of usernames for group '{group}'; the group does not exist."
            )
        }
        _ if time::function(name, arguments, site.now_ms()).is_some() => return Ok(()),
        _ => format!("Unable to find JQL function '{name}({})'.", arguments.join(", ")),
    };
    Err(JqlError::Meaning(message))
}

/// The field's name as Jira's messages show it.
fn shown(field: &Field) -> String {
    let name = match field {
        Field::Project => "project",
        Field::IssueType => "issuetype",
        Field::Key => "key",
        Field::Status => "status",
        Field::StatusCategory => "statusCategory",
        Field::Assignee => "assignee",
        Field::Reporter => "reporter",
        Field::Creator => "creator",
        Field::Labels => "labels",
        Field::Component => "component",
        Field::Priority => "priority",
        Field::Summary => "summary",
        Field::Description => "description",
        Field::Comment => "comment",
        Field::Text => "text",
        Field::Created => "created",
        Field::Updated => "updated",
        Field::Resolved => "resolved",
        Field::Due => "due",
        Field::Resolution => "resolution",
        Field::RequestType => "Request Type",
        Field::Custom(number) => return format!("cf[{number}]"),
        Field::Property { key, path } => return format!("issue.property[{key}].{}", path.join(".")),
        Field::Named(name) => name,
    };
    name.to_owned()
}
