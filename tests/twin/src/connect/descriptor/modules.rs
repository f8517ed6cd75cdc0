//! The modules of a descriptor that the twin knows: webhooks, pages, entity properties. The names of the others.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{DescriptorError, own_address, text, wrong};

/// A subscription to one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    pub event: String,
    pub url: String,
    /// JQL that the issue must meet.
    pub filter: Option<String>,
    pub exclude_body: bool,
    /// For property events: only these keys. Empty means all.
    pub property_keys: Vec<String>,
}

/// Something the app shows in an iframe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The module list it stands in, e.g. `adminPages`.
    pub module: String,
    pub key: String,
    pub url: String,
    pub name: String,
}

/// What the twin makes use of.
#[derive(Default)]
pub(super) struct Modules {
    pub(super) webhooks: Vec<Webhook>,
    pub(super) pages: Vec<Page>,
}

impl Modules {
    pub(super) fn parse(json: &Value, base_url: &str) -> Result<Self, DescriptorError> {
        let mut found = Self::default();
        let Some(modules) = json.get("modules") else { return Ok(found) };
        let modules = modules.as_object().ok_or_else(|| wrong("'modules' is not an object"))?;
        let mut keys = BTreeSet::new();
        for (name, content) in modules {
            let is_page = PAGE_MODULES.contains(&name.as_str());
            if !is_page && !OTHER_MODULES.contains(&name.as_str()) {
                return Err(wrong(format!("unknown module type '{name}'")));
            }
            for entry in entries(name, content)? {
                check_module_key(name, entry, &mut keys)?;
                if is_page {
                    found.pages.push(page(name, entry, base_url)?);
                } else if name == "webhooks" {
                    found.webhooks.push(webhook(entry, base_url)?);
                } else if name == "jiraEntityProperties" {
                    check_entity_property(entry)?;
                }
            }
        }
        Ok(found)
    }
}

/// `configurePage` and `postInstallPage` are single modules, the others are lists.
fn entries<'a>(name: &str, content: &'a Value) -> Result<Vec<&'a Value>, DescriptorError> {
    match content {
        Value::Array(all) => Ok(all.iter().collect()),
        Value::Object(_) if matches!(name, "configurePage" | "postInstallPage") => Ok(vec![content]),
        Value::Object(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            Err(wrong(format!("module '{name}' is not a list")))
        }
    }
}

fn check_module_key(module: &str, entry: &Value, keys: &mut BTreeSet<String>) -> Result<(), DescriptorError> {
    if module == "webhooks" {
        return Ok(());
    }
    let key = text(entry, "key").ok_or_else(|| wrong(format!("a module in '{module}' has no 'key'")))?;
    let fits = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if !fits {
        return Err(wrong(format!("module key '{key}' does not match ^[a-zA-Z0-9-]+$")));
    }
    if keys.insert(key.to_owned()) { Ok(()) } else { Err(wrong(format!("module key '{key}' is used twice"))) }
}

fn page(module: &str, entry: &Value, base_url: &str) -> Result<Page, DescriptorError> {
    let key = text(entry, "key").unwrap_or_default().to_owned();
    let place = format!("modules.{module}.{key}");
    // Glances and contents keep their address in `target`.
    let url = text(entry, "url").or_else(|| entry.pointer("/target/url").and_then(Value::as_str));
    let name = entry.pointer("/name/value").and_then(Value::as_str);
    let needs_name = module != "dialogs";
    if needs_name && name.is_none() {
        return Err(wrong(format!("'{place}.name.value' is missing")));
    }
    let url = own_address(url, base_url, &format!("{place}.url"))?;
    Ok(Page { module: module.to_owned(), key, url, name: name.unwrap_or_default().to_owned() })
}

fn webhook(entry: &Value, base_url: &str) -> Result<Webhook, DescriptorError> {
    let event = text(entry, "event").ok_or_else(|| wrong("a webhook has no 'event'"))?;
    if !WEBHOOK_EVENTS.contains(&event) {
        return Err(wrong(format!("unknown webhook event '{event}'")));
    }
    let filter = text(entry, "filter").map(str::to_owned);
    if let Some(filter) = &filter {
        crate::jql::parse(filter).map_err(|error| wrong(format!("webhook filter '{filter}': {error}")))?;
    }
    let keys = entry.get("propertyKeys").and_then(Value::as_array);
    Ok(Webhook {
        event: event.to_owned(),
        url: own_address(text(entry, "url"), base_url, &format!("webhook {event} url"))?,
        filter,
        exclude_body: entry.get("excludeBody") == Some(&Value::Bool(true)),
        property_keys: keys.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect(),
    })
}

fn check_entity_property(entry: &Value) -> Result<(), DescriptorError> {
    let kind = text(entry, "entityType").unwrap_or("issue").to_lowercase();
    if !matches!(kind.as_str(), "issue" | "user" | "project") {
        return Err(wrong(format!("unknown entityType '{kind}'")));
    }
    if entry.pointer("/name/value").is_none() {
        return Err(wrong("an entity property has no 'name.value'"));
    }
    let configurations = entry.get("keyConfigurations").and_then(Value::as_array);
    for configuration in configurations.into_iter().flatten() {
        if text(configuration, "propertyKey").is_none() {
            return Err(wrong("an entity property's key configuration has no 'propertyKey'"));
        }
        let extractions = configuration.get("extractions").and_then(Value::as_array);
        for extraction in extractions.into_iter().flatten() {
            let kind = text(extraction, "type").unwrap_or_default();
            if text(extraction, "objectName").is_none()
                || !matches!(kind, "number" | "text" | "string" | "user" | "date")
            {
                return Err(wrong(
                    "an extraction needs 'objectName' and a 'type' of number, text, string, user or date",
                ));
            }
        }
    }
    Ok(())
}

/// The events a descriptor may subscribe to.
pub const WEBHOOK_EVENTS: &[&str] = &[
    "attachment_created",
    "attachment_deleted",
    "board_configuration_changed",
    "board_created",
    "board_deleted",
    "board_updated",
    "comment_created",
    "comment_deleted",
    "comment_updated",
    "connect_addon_disabled",
    "connect_addon_enabled",
    "filter_created",
    "filter_deleted",
    "filter_updated",
    "issue_property_deleted",
    "issue_property_set",
    "issuelink_created",
    "issuelink_deleted",
    "issuetype_created",
    "issuetype_deleted",
    "issuetype_updated",
    "jira:issue_created",
    "jira:issue_deleted",
    "jira:issue_updated",
    "jira:version_created",
    "jira:version_deleted",
    "jira:version_moved",
    "jira:version_released",
    "jira:version_unreleased",
    "jira:version_updated",
    "jira_expression_evaluation_failed",
    "option_attachments_changed",
    "option_issuelinks_changed",
    "option_subtasks_changed",
    "option_timetracking_changed",
    "option_unassigned_issues_changed",
    "option_voting_changed",
    "option_watching_changed",
    "project_archived",
    "project_created",
    "project_deleted",
    "project_restored_archived",
    "project_restored_deleted",
    "project_soft_deleted",
    "project_updated",
    "sprint_closed",
    "sprint_created",
    "sprint_deleted",
    "sprint_started",
    "sprint_updated",
    "user_created",
    "user_deleted",
    "user_updated",
    "worklog_created",
    "worklog_deleted",
    "worklog_updated",
];

/// The module lists that hold pages, panels and dialogs with a `key`, a `url` and a name.
const PAGE_MODULES: &[&str] = &[
    "adminPages",
    "configurePage",
    "dialogs",
    "generalPages",
    "jiraIssueContents",
    "jiraIssueContexts",
    "jiraIssueGlances",
    "jiraProjectAdminTabPanels",
    "jiraProjectPages",
    "postInstallPage",
    "serviceDeskPortalFooters",
    "serviceDeskPortalHeaders",
    "serviceDeskQueues",
    "webPanels",
];

const OTHER_MODULES: &[&str] = &[
    "jiraBackgroundScripts",
    "jiraDashboardItems",
    "jiraEntityProperties",
    "jiraGlobalPermissions",
    "jiraIssueFields",
    "jiraIssueTabPanels",
    "jiraProjectPermissions",
    "jiraReports",
    "jiraWorkflowConditions",
    "jiraWorkflowPostFunctions",
    "jiraWorkflowValidators",
    "keyboardShortcuts",
    "webItems",
    "webSections",
    "webhooks",
];
