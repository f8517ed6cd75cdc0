//! From names to ids. Everything that is not found is said at once, with the path of the key and what is there.

use super::names::{self, Miss, Names, Offer, is_email};
use super::{DefaultForm, DefaultValueForm, FieldForm, FileForm, KindForm, OtherwiseForm, SideForm};
use crate::check::{Code, Finding, Place, Severity, Tab};
use crate::config::{
    Config, ConflictRule, DefaultRow, DefaultRule, DefaultValue, FieldRule, IssueTypeRule, Otherwise,
    RuleKind, Scope, SideConfig, TableRow, UserRow, UserRules, within_bounds,
};
use crate::id::{AccountId, FieldId, IssueTypeId, Side, Sides};
use crate::schema::ProjectSchema;

/// So many names are listed in a remedy.
const NAMES_SHOWN_MAX: usize = 30;

impl FileForm {
    /// The configuration that the file means.
    ///
    /// # Errors
    /// A finding per name that is unknown or has several meanings, and for what is too large.
    pub fn resolve(
        &self,
        schemas: &Sides<ProjectSchema>,
        names: &Sides<Names>,
    ) -> Result<Config, Vec<Finding>> {
        let mut resolver = Resolver { schemas, names, findings: Vec::new() };
        let sides = Sides::each(|side| resolver.side(side, &self.side[side]));
        let conflicts = self.conflicts.iter().enumerate();
        let conflicts = conflicts.map(|(n, form)| {
            let at = |key: &str| At::new(Tab::FieldMappings, None, n, format!("conflicts[{n}].{key}"));
            ConflictRule {
                a: resolver.field(Side::A, &form.a, &at("a")),
                b: resolver.field(Side::B, &form.b, &at("b")),
                wins: form.wins,
            }
        });
        let conflicts = conflicts.collect();
        let config = Config { name: self.name.clone(), sides, conflicts };
        if let Err(error) = within_bounds(&config) {
            resolver.findings.push(Finding {
                severity: Severity::Error,
                place: Place::tab(Tab::Projects).about(error.path.as_str()),
                code: Code::TooLarge,
                sentence: format!("The configuration is too large: {error}."),
                remedy: "Split it over several syncs.".to_owned(),
            });
        }
        if resolver.findings.is_empty() { Ok(config) } else { Err(resolver.findings) }
    }
}

/// Where a name stands.
struct At {
    place: Place,
    /// In the file.
    path: String,
}

impl At {
    fn new(tab: Tab, side: Option<Side>, row: usize, path: String) -> Self {
        Self { place: Place { tab, side, row: Some(row), about: None }, path }
    }
}

struct Resolver<'a> {
    schemas: &'a Sides<ProjectSchema>,
    names: &'a Sides<Names>,
    findings: Vec<Finding>,
}

impl Resolver<'_> {
    fn side(&mut self, side: Side, form: &SideForm) -> SideConfig {
        self.pair(side, form);
        SideConfig {
            site: self.names[side].site.clone(),
            project: self.schemas[side].project.clone(),
            scope: self.scope(side, form),
            issue_types: self.issue_types(side, form),
            fields: form.fields.iter().enumerate().map(|(n, f)| self.field_rule(side, n, f)).collect(),
            comments: form.comments.clone(),
            users: self.users(side, form),
            defaults: form.defaults.iter().enumerate().map(|(n, d)| self.default(side, n, d)).collect(),
        }
    }

    /// The file is for the very projects that it is applied to.
    fn pair(&mut self, side: Side, form: &SideForm) {
        let (host, schema) = (&self.names[side].host, &self.schemas[side]);
        let at = |key: &str| At {
            place: Place::on(Tab::Projects, side),
            path: format!("side.{}.{key}", side.as_str()),
        };
        if !form.site.eq_ignore_ascii_case(host) {
            let sentence = format!("side {side} is on the site `{host}`, not on `{}`", form.site);
            self.miss(Code::NameUnknown, &at("site"), &sentence, format!("Write `{host}`."));
        }
        if form.project != schema.project.0 && !form.project.eq_ignore_ascii_case(&schema.key) {
            let sentence = format!("side {side} is the project {}, not `{}`", schema.key, form.project);
            self.miss(Code::NameUnknown, &at("project"), &sentence, format!("Write `{}`.", schema.key));
        }
    }

    fn issue_types(&mut self, side: Side, form: &SideForm) -> Vec<IssueTypeRule> {
        let mut rules = Vec::new();
        for (n, row) in form.issue_types.iter().enumerate() {
            let at = |key: &str| {
                let path = format!("side.{}.issue_types[{n}].{key}", side.as_str());
                At::new(Tab::IssueTypes, Some(side), n, path)
            };
            rules.push(IssueTypeRule {
                from: self.issue_type(side, &row.from, &at("from")),
                to: self.issue_type(side.other(), &row.to, &at("to")),
            });
        }
        rules
    }

    fn field_rule(&mut self, side: Side, n: usize, form: &FieldForm) -> FieldRule {
        let at = |key: &str| {
            let path = format!("side.{}.fields[{n}].{key}", side.as_str());
            At::new(Tab::FieldMappings, Some(side), n, path)
        };
        let from = self.field(side, &form.from, &at("from"));
        let to = self.field(side.other(), &form.to, &at("to"));
        let kind = match &form.kind {
            KindForm::Passthrough => RuleKind::Passthrough,
            KindForm::Text { template } => RuleKind::Text { template: template.clone() },
            KindForm::Table { rows, otherwise } => {
                let mut resolved = Vec::new();
                for (row, pair) in rows.iter().enumerate() {
                    let from = self.option(side, &from, None, &pair.from, &at(&format!("table[{row}].from")));
                    let to = self.option(side.other(), &to, None, &pair.to, &at(&format!("table[{row}].to")));
                    resolved.push(TableRow { from, to });
                }
                let otherwise = match otherwise {
                    OtherwiseForm::Keep => Otherwise::Keep,
                    OtherwiseForm::Clear => Otherwise::Clear,
                    OtherwiseForm::Use(name) => {
                        let to = self.option(side.other(), &to, None, name, &at("otherwise.use"));
                        Otherwise::Use { to }
                    }
                };
                RuleKind::Table { rows: resolved, otherwise }
            }
        };
        let issue_types = form.issue_types.as_ref().map(|types| {
            let types = types.iter().enumerate();
            types.map(|(t, name)| self.issue_type(side, name, &at(&format!("issue_types[{t}]")))).collect()
        });
        FieldRule { from, to, kind, issue_types }
    }

    fn default(&mut self, side: Side, n: usize, form: &DefaultForm) -> DefaultRule {
        let at = |key: &str| {
            let path = format!("side.{}.defaults[{n}].{key}", side.as_str());
            At::new(Tab::DefaultValues, Some(side), n, path)
        };
        let field = self.field(side, &form.field, &at("field"));
        let value = match &form.value {
            DefaultValueForm::AllIssueTypes(value) => {
                DefaultValue::AllIssueTypes { value: self.option(side, &field, None, value, &at("value")) }
            }
            DefaultValueForm::PerIssueType(rows) => {
                let rows = rows.iter().enumerate().map(|(row, form)| {
                    let at = |key: &str| at(&format!("per_issue_type[{row}].{key}"));
                    let issue_type = self.issue_type(side, &form.issue_type, &at("issue_type"));
                    let value = self.option(side, &field, Some(&issue_type), &form.value, &at("value"));
                    DefaultRow { issue_type, value }
                });
                DefaultValue::PerIssueType { rows: rows.collect() }
            }
        };
        DefaultRule { field, value }
    }

    fn scope(&mut self, side: Side, form: &SideForm) -> Scope {
        let offer = names::security_levels(&self.schemas[side]);
        let levels = form.scope.security_levels.iter().enumerate().map(|(n, name)| {
            let path = format!("side.{}.scope.security_levels[{n}]", side.as_str());
            let at = At::new(Tab::Scope, Some(side), n, path);
            offer
                .as_ref()
                .map_or_else(|| name.clone(), |offer| self.pick(offer, name, "security level", side, &at))
        });
        let security_levels = levels.collect();
        Scope { jql: form.scope.jql.clone(), existing: form.scope.existing, security_levels }
    }

    fn users(&mut self, side: Side, form: &SideForm) -> UserRules {
        let users = &form.users;
        let path = |key: &str| format!("side.{}.users.{key}", side.as_str());
        let mut table = Vec::new();
        for (n, row) in users.table.iter().enumerate() {
            let at = |key: &str| At::new(Tab::Users, Some(side), n, path(&format!("table[{n}].{key}")));
            table.push(UserRow {
                from: self.account(side, &row.from, &at("from")),
                to: self.account(side.other(), &row.to, &at("to")),
            });
        }
        let at = At { place: Place::on(Tab::Users, side), path: path("fallback") };
        let fallback = users.fallback.as_ref().map(|text| self.account(side.other(), text, &at));
        UserRules { table, account_id: users.account_id, email: users.email, fallback }
    }

    fn issue_type(&mut self, side: Side, name: &str, at: &At) -> IssueTypeId {
        IssueTypeId(self.pick(&names::issue_types(&self.schemas[side]), name, "issue type", side, at))
    }

    fn field(&mut self, side: Side, name: &str, at: &At) -> FieldId {
        FieldId(self.pick(&names::fields(&self.schemas[side]), name, "field", side, at))
    }

    /// The id of an option or request type; a text where the field's values are texts. Nothing stands for an empty
    /// field.
    fn option(
        &mut self,
        side: Side,
        field: &FieldId,
        issue_type: Option<&IssueTypeId>,
        name: &str,
        at: &At,
    ) -> String {
        match names::options(&self.schemas[side], field, issue_type) {
            Some(offer) if !name.is_empty() => {
                let what = format!("*{}* named", self.schemas[side].field_words(field));
                self.pick(&offer, name, &what, side, at)
            }
            Some(_) | None => name.to_owned(),
        }
    }

    fn account(&mut self, side: Side, text: &str, at: &At) -> AccountId {
        if !is_email(text) {
            return AccountId::from(text);
        }
        let known = self.names[side].people.get(&text.to_lowercase()).cloned();
        known.unwrap_or_else(|| {
            let sentence = format!("nobody on the site of side {side} is known by the e-mail `{text}`");
            let remedy = "Write the account id: sites may hide e-mails.".to_owned();
            self.miss(Code::NameUnknown, at, &sentence, remedy);
            AccountId::from(text)
        })
    }

    fn pick(&mut self, offer: &Offer, wanted: &str, what: &str, side: Side, at: &At) -> String {
        let project = format!("{} (side {side})", self.schemas[side].key);
        match offer.id(wanted) {
            Ok(id) => return id,
            Err(Miss::Unknown(names)) => {
                let sentence = format!("{project} has no {what} `{wanted}`");
                self.miss(Code::NameUnknown, at, &sentence, allowed(&names));
            }
            Err(Miss::Ambiguous(ids)) => {
                let sentence = format!("{project} has several of {what} `{wanted}`");
                let remedy = format!("Write the id: `{}`.", ids.join("` or `"));
                self.miss(Code::NameAmbiguous, at, &sentence, remedy);
            }
        }
        wanted.to_owned()
    }

    fn miss(&mut self, code: Code, at: &At, sentence: &str, remedy: String) {
        let sentence = format!("`{}`: {sentence}.", at.path);
        self.findings.push(Finding {
            severity: Severity::Error,
            place: at.place.clone(),
            code,
            sentence,
            remedy,
        });
    }
}

fn allowed(names: &[String]) -> String {
    let shown: Vec<&str> = names.iter().take(NAMES_SHOWN_MAX).map(String::as_str).collect();
    match names.len() {
        0 => "There is none to choose from.".to_owned(),
        n if n > NAMES_SHOWN_MAX => {
            format!("Allowed are `{}` and {} more.", shown.join("`, `"), n - shown.len())
        }
        _ => format!("Allowed are `{}`.", shown.join("`, `")),
    }
}
