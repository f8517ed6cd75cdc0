//! The Connect descriptor: what an app asks of a site, and what Jira refuses of it.

use std::collections::BTreeSet;

use serde_json::Value;

/// The longest app key, in characters.
const KEY_CHARS_MAX: usize = 80;

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

const TOP_KEYS: &[&str] = &[
    "$schema",
    "apiMigrations",
    "apiVersion",
    "authentication",
    "baseUrl",
    "connectToForgeMigration",
    "cloudAppMigration",
    "description",
    "enableLicensing",
    "key",
    "lifecycle",
    "links",
    "modules",
    "name",
    "regionBaseUrls",
    "scopes",
    "translations",
    "vendor",
];

/// Scopes from the widest to the narrowest; each implies what stands behind it.
const SCOPES: &[&str] = &["ADMIN", "PROJECT_ADMIN", "DELETE", "WRITE", "READ"];

/// Scopes that imply nothing.
const OTHER_SCOPES: &[&str] = &["NONE", "ACT_AS_USER", "ACCESS_EMAIL_ADDRESSES"];

/// A descriptor that Jira takes.
#[derive(Debug, Clone)]
pub struct Descriptor {
    pub key: String,
    pub name: String,
    /// Without a trailing slash.
    pub base_url: String,
    /// In capitals, with what they imply.
    pub scopes: BTreeSet<String>,
    pub lifecycle: Lifecycle,
    pub webhooks: Vec<Webhook>,
    pub pages: Vec<Page>,
    pub enable_licensing: bool,
}

/// Paths of the lifecycle callbacks, relative to the base URL.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lifecycle {
    pub installed: Option<String>,
    pub enabled: Option<String>,
    pub disabled: Option<String>,
    pub uninstalled: Option<String>,
}

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

/// Why a descriptor is refused, told so that its author can mend it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Invalid Atlassian Connect descriptor: {0}")]
pub struct DescriptorError(pub String);

impl Descriptor {
    /// Checks a descriptor that was fetched from `uri`.
    ///
    /// # Errors
    /// [`DescriptorError`] naming the first thing that is wrong.
    pub fn parse(json: &Value, uri: &str) -> Result<Self, DescriptorError> {
        let top = json.as_object().ok_or_else(|| wrong("the descriptor is not a JSON object"))?;
        if let Some(unknown) = top.keys().find(|key| !TOP_KEYS.contains(&key.as_str())) {
            return Err(wrong(format!("unknown property '{unknown}'")));
        }
        let key = key(json)?;
        let base_url = base_url(json, uri)?;
        let lifecycle = lifecycle(json, &base_url)?;
        check_authentication(json, &lifecycle)?;
        let modules = Modules::parse(json, &base_url)?;
        Ok(Self {
            name: text(json, "name").unwrap_or(&key).to_owned(),
            scopes: scopes(json)?,
            enable_licensing: json["enableLicensing"] == Value::Bool(true),
            webhooks: modules.webhooks,
            pages: modules.pages,
            lifecycle,
            base_url,
            key,
        })
    }

    /// The absolute address of one of the app's own addresses.
    #[must_use]
    pub fn address(&self, url: &str) -> String {
        if url.starts_with(&self.base_url) { url.to_owned() } else { format!("{}{url}", self.base_url) }
    }
}

fn wrong(message: impl Into<String>) -> DescriptorError {
    DescriptorError(message.into())
}

fn text<'a>(json: &'a Value, key: &str) -> Option<&'a str> {
    json.get(key).and_then(Value::as_str)
}

fn key(json: &Value) -> Result<String, DescriptorError> {
    let key = text(json, "key").ok_or_else(|| wrong("required property 'key' is missing"))?;
    let fits = !key.is_empty()
        && key.len() <= KEY_CHARS_MAX
        && key.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c));
    if fits {
        Ok(key.to_owned())
    } else {
        Err(wrong(format!("'key' does not match ^[a-zA-Z0-9-._]+$: '{key}'")))
    }
}

fn base_url(json: &Value, uri: &str) -> Result<String, DescriptorError> {
    let base = text(json, "baseUrl").ok_or_else(|| wrong("required property 'baseUrl' is missing"))?;
    let base = base.trim_end_matches('/');
    let parsed = url::Url::parse(base).map_err(|error| wrong(format!("'baseUrl' is not a URL: {error}")))?;
    if !matches!(parsed.scheme(), "http" | "https") {
        return Err(wrong("'baseUrl' must begin with http:// or https://"));
    }
    // The app's key could otherwise be taken by a descriptor that stands elsewhere.
    let rest = uri.strip_prefix(base).unwrap_or("elsewhere");
    if !rest.is_empty() && !rest.starts_with('/') && !rest.starts_with('?') {
        return Err(wrong(format!(
            "the descriptor's address '{uri}' does not begin with its baseUrl '{base}'"
        )));
    }
    Ok(base.to_owned())
}

fn lifecycle(json: &Value, base_url: &str) -> Result<Lifecycle, DescriptorError> {
    let Some(given) = json.get("lifecycle") else { return Ok(Lifecycle::default()) };
    let given = given.as_object().ok_or_else(|| wrong("'lifecycle' is not an object"))?;
    let known = ["installed", "enabled", "disabled", "uninstalled"];
    if let Some(unknown) = given.keys().find(|key| !known.contains(&key.as_str())) {
        return Err(wrong(format!("unknown lifecycle callback '{unknown}'")));
    }
    let path = |name: &str| match given.get(name) {
        None => Ok(None),
        Some(url) => own_address(url.as_str(), base_url, &format!("lifecycle.{name}")).map(Some),
    };
    Ok(Lifecycle {
        installed: path("installed")?,
        enabled: path("enabled")?,
        disabled: path("disabled")?,
        uninstalled: path("uninstalled")?,
    })
}

/// A path below the base URL, or an absolute address that begins with it; comes back as the path.
fn own_address(url: Option<&str>, base_url: &str, place: &str) -> Result<String, DescriptorError> {
    let url = url.ok_or_else(|| wrong(format!("'{place}' is not a string")))?;
    let path = url.strip_prefix(base_url).unwrap_or(url);
    if path.starts_with('/') && !path.starts_with("//") {
        Ok(path.to_owned())
    } else {
        Err(wrong(format!("'{place}' is not below the baseUrl: '{url}'")))
    }
}

fn check_authentication(json: &Value, lifecycle: &Lifecycle) -> Result<(), DescriptorError> {
    let kind = json.get("authentication").and_then(|auth| text(auth, "type"));
    match kind {
        None => Err(wrong("required property 'authentication.type' is missing")),
        Some("none") => Ok(()),
        Some("jwt") if lifecycle.installed.is_some() => Ok(()),
        Some("jwt") => Err(wrong("authentication type 'jwt' requires the 'installed' lifecycle callback")),
        Some(other) => Err(wrong(format!("unknown authentication type '{other}'"))),
    }
}

fn scopes(json: &Value) -> Result<BTreeSet<String>, DescriptorError> {
    let Some(given) = json.get("scopes") else { return Ok(BTreeSet::new()) };
    let given = given.as_array().ok_or_else(|| wrong("'scopes' is not a list"))?;
    let mut all = BTreeSet::new();
    for scope in given {
        let name = scope.as_str().unwrap_or_default().to_uppercase();
        let implied = SCOPES.iter().skip_while(|known| **known != name);
        let known = SCOPES.contains(&name.as_str()) || OTHER_SCOPES.contains(&name.as_str());
        if !known {
            return Err(wrong(format!("unknown scope {scope}")));
        }
        all.extend(implied.map(|scope| (*scope).to_owned()));
        all.insert(name);
    }
    Ok(all)
}

#[derive(Default)]
struct Modules {
    webhooks: Vec<Webhook>,
    pages: Vec<Page>,
}

impl Modules {
    fn parse(json: &Value, base_url: &str) -> Result<Self, DescriptorError> {
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const URI: &str = "https://app.example/base/atlassian-connect.json";

    fn good() -> Value {
        json!({
            "key": "com.example.app", "name": "App", "baseUrl": "https://app.example/base/",
            "authentication": {"type": "jwt"}, "scopes": ["project_admin", "ACT_AS_USER"],
            "lifecycle": {"installed": "/installed", "uninstalled": "https://app.example/base/gone"},
            "apiMigrations": {"signed-install": true, "context-qsh": true},
            "modules": {
                "webhooks": [{"event": "comment_created", "url": "/hook", "filter": "project = ITA"}],
                "adminPages": [{"key": "admin", "url": "/admin?x=1", "name": {"value": "Admin"}, "location": "admin"}],
                "jiraIssueContents": [{"key": "panel", "name": {"value": "P"}, "target": {"type": "web_panel", "url": "/panel"}}],
                "jiraEntityProperties": [{"key": "props", "name": {"value": "Props"}, "entityType": "issue",
                    "keyConfigurations": [{"propertyKey": "x", "extractions": [{"objectName": "a.b", "type": "string", "alias": "ab"}]}]}],
            },
        })
    }

    #[test]
    fn a_good_descriptor_is_read() {
        let read = Descriptor::parse(&good(), URI).expect("good");
        assert_eq!(read.base_url, "https://app.example/base");
        let scopes: Vec<&str> = read.scopes.iter().map(String::as_str).collect();
        assert_eq!(scopes, ["ACT_AS_USER", "DELETE", "PROJECT_ADMIN", "READ", "WRITE"]);
        assert_eq!(read.lifecycle.uninstalled.as_deref(), Some("/gone"));
        assert_eq!(read.webhooks[0].filter.as_deref(), Some("project = ITA"));
        let pages: Vec<&str> = read.pages.iter().map(|page| page.url.as_str()).collect();
        assert_eq!(pages, ["/admin?x=1", "/panel"]);
        assert_eq!(read.address("/admin"), "https://app.example/base/admin");
    }

    /// Sets the value at a JSON pointer (removes it for `null`) and expects these words in the refusal.
    fn refused(pointer: &str, value: Value, words: &str) {
        let mut json = good();
        let (parent, last) = pointer.rsplit_once('/').expect("a pointer");
        let parent = json.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object");
        if value.is_null() {
            parent.remove(last)
        } else {
            parent.insert(last.to_owned(), value)
        };
        let error = Descriptor::parse(&json, URI).expect_err(pointer).to_string();
        assert!(error.contains(words), "{pointer}: {error}");
    }

    #[test]
    fn what_jira_refuses() {
        refused("/key", Value::Null, "'key' is missing");
        refused("/key", json!("a b"), "does not match");
        refused("/baseUrl", Value::Null, "'baseUrl' is missing");
        refused("/baseUrl", json!("ftp://app.example/base"), "http:// or https://");
        refused("/baseUrl", json!("https://other.example"), "does not begin with its baseUrl");
        refused("/baseUrl", json!("https://app.example/ba"), "does not begin with its baseUrl");
        refused("/authentication", Value::Null, "'authentication.type' is missing");
        refused("/authentication", json!({"type": "oauth"}), "unknown authentication type");
        refused("/lifecycle", Value::Null, "requires the 'installed'");
        refused("/lifecycle/installed", json!("https://evil.example/x"), "not below the baseUrl");
        refused("/lifecycle/instaled", json!("/x"), "unknown lifecycle callback 'instaled'");
        refused("/scopes", json!(["RULE"]), "unknown scope");
        refused("/shape", json!(1), "unknown property 'shape'");
        refused("/modules/jiraToasters", json!([]), "unknown module type 'jiraToasters'");
        refused(
            "/modules/webhooks",
            json!([{"event": "comment_made", "url": "/x"}]),
            "unknown webhook event",
        );
        refused("/modules/webhooks", json!([{"event": "comment_created"}]), "webhook comment_created url");
        refused(
            "/modules/webhooks",
            json!([{"event": "comment_created", "url": "/x", "filter": "project ="}]),
            "filter",
        );
        refused(
            "/modules/generalPages",
            json!([{"key": "admin", "url": "/x", "name": {"value": "Two"}}]),
            "used twice",
        );
        refused(
            "/modules/generalPages",
            json!([{"key": "a b", "url": "/x", "name": {"value": "Two"}}]),
            "module key",
        );
        refused("/modules/generalPages", json!([{"key": "general", "url": "/x"}]), "name.value");
        refused(
            "/modules/jiraEntityProperties",
            json!([{"key": "p", "name": {"value": "P"}, "entityType": "cat"}]),
            "entityType",
        );
    }
}
