//! The Connect descriptor: what an app asks of a site, and what Jira refuses of it.

mod modules;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde_json::Value;

use modules::Modules;
pub use modules::{Page, WEBHOOK_EVENTS, Webhook};

/// The longest app key, in characters.
const KEY_CHARS_MAX: usize = 80;

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
