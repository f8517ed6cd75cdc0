//! From ids to names, and to a text that people like to read: one row per line.

use super::names::{self, Names};
use super::{
    ConflictForm, DefaultForm, DefaultRowForm, DefaultValueForm, FieldForm, FileForm, KindForm,
    OtherwiseForm, PairForm, ScopeForm, SideForm, UserForm,
};
use crate::config::{CommentRules, Config, DefaultRule, DefaultValue, FieldRule, Otherwise, RuleKind};
use crate::id::{FieldId, IssueTypeId, Side, Sides};
use crate::schema::ProjectSchema;
use serde::Serialize;

impl FileForm {
    /// The file that means this configuration: names where they lead back, else ids.
    #[must_use]
    pub fn from_config(config: &Config, schemas: &Sides<ProjectSchema>, names: &Sides<Names>) -> Self {
        let field = |side: Side, id: &FieldId| names::fields(&schemas[side]).name(&id.0);
        let conflict = |c: &crate::config::ConflictRule| ConflictForm {
            a: field(Side::A, &c.a),
            b: field(Side::B, &c.b),
            wins: c.wins,
        };
        Self {
            name: config.name.clone(),
            side: Sides::each(|side| side_form(config, schemas, &names[side], side)),
            conflicts: config.conflicts.iter().map(conflict).collect(),
        }
    }

    /// The text of the file.
    ///
    /// # Errors
    /// Never for what [`super::parse`] or [`FileForm::from_config`] made; the error is TOML's own.
    pub fn to_toml(&self) -> Result<String, toml::ser::Error> {
        let mut text = String::new();
        key(&mut text, "name", &self.name)?;
        for side in Side::BOTH {
            let form = &self.side[side];
            let at = format!("side.{}", side.as_str());
            text.push_str(&format!("\n[{at}]\n"));
            key(&mut text, "site", &form.site)?;
            key(&mut text, "project", &form.project)?;
            rows(&mut text, "issue_types", &form.issue_types)?;
            rows(&mut text, "fields", &form.fields)?;
            defaults(&mut text, &form.defaults)?;
            text.push_str(&format!("\n[{at}.scope]\n"));
            scope(&mut text, &form.scope)?;
            text.push_str(&format!("\n[{at}.comments]\n"));
            comments(&mut text, &form.comments)?;
            text.push_str(&format!("\n[{at}.users]\n"));
            users(&mut text, &form.users)?;
        }
        for conflict in &self.conflicts {
            text.push_str(&format!("\n[[conflicts]]\n{}", toml::to_string(conflict)?));
        }
        Ok(text)
    }
}

fn key(text: &mut String, name: &str, value: &impl Serialize) -> Result<(), toml::ser::Error> {
    text.push_str(&format!("{name} = {}\n", inline(value)?));
    Ok(())
}

fn rows<T: Serialize>(text: &mut String, name: &str, rows: &[T]) -> Result<(), toml::ser::Error> {
    let mut lines = String::new();
    for row in rows {
        lines.push_str(&format!("\n  {},", inline(row)?));
    }
    let end = if rows.is_empty() { "" } else { "\n" };
    text.push_str(&format!("{name} = [{lines}{end}]\n"));
    Ok(())
}

/// Like [`rows`], with a line per issue type.
fn defaults(text: &mut String, forms: &[DefaultForm]) -> Result<(), toml::ser::Error> {
    let mut lines = String::new();
    for form in forms {
        let DefaultValueForm::PerIssueType(rows) = &form.value else {
            lines.push_str(&format!("\n  {},", inline(form)?));
            continue;
        };
        lines.push_str(&format!("\n  {{ field = {}, per_issue_type = [", inline(&form.field)?));
        for row in rows {
            lines.push_str(&format!("\n    {},", inline(row)?));
        }
        lines.push_str("\n  ] },");
    }
    let end = if forms.is_empty() { "" } else { "\n" };
    text.push_str(&format!("defaults = [{lines}{end}]\n"));
    Ok(())
}

fn scope(text: &mut String, scope: &ScopeForm) -> Result<(), toml::ser::Error> {
    if let Some(jql) = &scope.jql {
        key(text, "jql", jql)?;
    }
    key(text, "existing", &scope.existing)?;
    key(text, "security_levels", &scope.security_levels)
}

fn comments(text: &mut String, rules: &CommentRules) -> Result<(), toml::ser::Error> {
    key(text, "enabled", &rules.enabled)?;
    key(text, "copy", &rules.copy)?;
    key(text, "public", &rules.public)?;
    key(text, "internal", &rules.internal)
}

fn users(text: &mut String, users: &UserForm) -> Result<(), toml::ser::Error> {
    rows(text, "table", &users.table)?;
    key(text, "account_id", &users.account_id)?;
    key(text, "email", &users.email)?;
    users.fallback.iter().try_for_each(|account| key(text, "fallback", account))
}

fn inline(value: &impl Serialize) -> Result<String, toml::ser::Error> {
    let mut text = String::new();
    value.serialize(toml::ser::ValueSerializer::new(&mut text))?;
    Ok(text)
}

fn side_form(config: &Config, schemas: &Sides<ProjectSchema>, names: &Names, side: Side) -> SideForm {
    let (rules, home, away) = (&config.sides[side], &schemas[side], &schemas[side.other()]);
    let levels = names::security_levels(home);
    let level = |id: &String| levels.as_ref().map_or_else(|| id.clone(), |offer| offer.name(id));
    let users = &rules.users;
    SideForm {
        site: names.host.clone(),
        project: home.key.clone(),
        issue_types: rules
            .issue_types
            .iter()
            .map(|r| PairForm { from: type_name(home, &r.from), to: type_name(away, &r.to) })
            .collect(),
        fields: rules.fields.iter().map(|rule| field_form(rule, home, away)).collect(),
        defaults: rules.defaults.iter().map(|rule| default_form(rule, home)).collect(),
        scope: ScopeForm {
            jql: rules.scope.jql.clone(),
            existing: rules.scope.existing,
            security_levels: rules.scope.security_levels.iter().map(level).collect(),
        },
        comments: rules.comments.clone(),
        users: UserForm {
            table: users
                .table
                .iter()
                .map(|r| PairForm { from: r.from.0.clone(), to: r.to.0.clone() })
                .collect(),
            account_id: users.account_id,
            email: users.email,
            fallback: users.fallback.as_ref().map(|a| a.0.clone()),
        },
    }
}

fn field_form(rule: &FieldRule, home: &ProjectSchema, away: &ProjectSchema) -> FieldForm {
    let to = |id: &str| option_name(away, &rule.to, None, id);
    let kind = match &rule.kind {
        RuleKind::Passthrough => KindForm::Passthrough,
        RuleKind::Text { template } => KindForm::Text { template: template.clone() },
        RuleKind::Table { rows, otherwise } => KindForm::Table {
            rows: rows
                .iter()
                .map(|row| PairForm { from: option_name(home, &rule.from, None, &row.from), to: to(&row.to) })
                .collect(),
            otherwise: match otherwise {
                Otherwise::Keep => OtherwiseForm::Keep,
                Otherwise::Clear => OtherwiseForm::Clear,
                Otherwise::Use { to: id } => OtherwiseForm::Use(to(id)),
            },
        },
    };
    FieldForm {
        from: names::fields(home).name(&rule.from.0),
        to: names::fields(away).name(&rule.to.0),
        issue_types: rule
            .issue_types
            .as_ref()
            .map(|types| types.iter().map(|t| type_name(home, t)).collect()),
        kind,
    }
}

fn default_form(rule: &DefaultRule, schema: &ProjectSchema) -> DefaultForm {
    let value = match &rule.value {
        DefaultValue::AllIssueTypes { value } => {
            DefaultValueForm::AllIssueTypes(option_name(schema, &rule.field, None, value))
        }
        DefaultValue::PerIssueType { rows } => DefaultValueForm::PerIssueType(
            rows.iter()
                .map(|row| DefaultRowForm {
                    issue_type: type_name(schema, &row.issue_type),
                    value: option_name(schema, &rule.field, Some(&row.issue_type), &row.value),
                })
                .collect(),
        ),
    };
    DefaultForm { field: names::fields(schema).name(&rule.field.0), value }
}

fn type_name(schema: &ProjectSchema, id: &IssueTypeId) -> String {
    names::issue_types(schema).name(&id.0)
}

fn option_name(
    schema: &ProjectSchema,
    field: &FieldId,
    issue_type: Option<&IssueTypeId>,
    id: &str,
) -> String {
    names::options(schema, field, issue_type).map_or_else(|| id.to_owned(), |offer| offer.name(id))
}
