//! The Universal Plugin Manager resource, `/rest/plugins/1.0/`, by which a site admin installs an app from its address.
//!
//! Jira works an install off in the background and lets the client poll a task. The twin does the work before it
//! answers, and shows the task as Jira shows it: the first poll finds it done.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{InstalledApp, Outbound, digest};
use crate::{Caller, State, Twin};

/// Where the resource lives.
pub const PATH: &str = "/rest/plugins/1.0";

/// The body of an install has one of these content types; the second is the older one.
const INSTALL_TYPES: &[&str] =
    &["application/vnd.atl.plugins.install.uri+json", "application/vnd.atl.plugins.remote.install+json"];

const PLUGIN_TYPE: &str = "application/vnd.atl.plugins.plugin+json";
const PLUGINS_TYPE: &str = "application/vnd.atl.plugins.installed+json";
const PENDING_TYPE: &str = "application/vnd.atl.plugins.pending-task+json";
const TASK_ERROR_TYPE: &str = "application/vnd.atl.plugins.task.install.err+json";
const ERROR_TYPE: &str = "application/vnd.atl.plugins.error+json";

/// An install that was asked for.
#[derive(Debug, Clone)]
pub(crate) struct Task {
    uri: String,
    at_ms: i64,
    account: String,
    /// The key of the app, or why there is none.
    result: Result<String, String>,
}

/// An answer of this resource.
#[derive(Debug)]
pub(crate) struct UpmReply {
    pub(crate) status: StatusCode,
    pub(crate) content_type: &'static str,
    pub(crate) body: Option<Value>,
    /// Value of the `upm-token` header.
    pub(crate) token: Option<String>,
}

/// A call of this resource.
#[derive(Debug, Clone, Copy)]
pub(crate) struct UpmCall<'a> {
    pub(crate) site: &'a str,
    pub(crate) caller: &'a Caller,
    pub(crate) method: &'a Method,
    /// Behind [`PATH`].
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    pub(crate) content_type: &'a str,
    pub(crate) body: &'a [u8],
}

/// Answers a call. Only site admins are let in.
pub(crate) async fn answer(twin: &Twin, call: UpmCall<'_>) -> UpmReply {
    let account = match call.caller {
        Caller::Anonymous => return refusal(StatusCode::UNAUTHORIZED, "Client must be authenticated."),
        Caller::User(account) | Caller::App { account, .. } => account,
    };
    let is_admin = matches!(call.caller, Caller::User(_))
        && twin.with(|state| state.sites.get(call.site).is_some_and(|site| site.is_site_admin(account)));
    if !is_admin {
        return refusal(StatusCode::FORBIDDEN, "Only site administrators may manage apps.");
    }
    let token = twin.with(|state| digest(&format!("upm/{}/{}/{account}", state.seed, call.site)));
    match (call.method.as_str(), call.path.trim_matches('/').split('/').collect::<Vec<_>>().as_slice()) {
        ("GET" | "HEAD", [""]) => list(twin, call.site, token),
        ("POST", [""]) if query_token(call.query) != Some(token.as_str()) => {
            refusal(StatusCode::FORBIDDEN, "The UPM token is missing or has expired.")
        }
        ("POST", [""]) => install(twin, call, account).await,
        ("GET", ["pending" | "tasks", id]) => task(twin, call.site, id),
        ("GET", [plugin]) => with_app(twin, call.site, plugin, |app| ok(plugin_bean(app), PLUGIN_TYPE)),
        ("PUT", [plugin]) => enable(twin, call, plugin).await,
        ("DELETE", [plugin]) => uninstall(twin, call.site, plugin).await,
        _ => refusal(StatusCode::NOT_FOUND, "No such resource."),
    }
}

fn list(twin: &Twin, site: &str, token: String) -> UpmReply {
    let plugins: Vec<Value> = twin.with(|state| {
        let apps = state.connect.sites.get(site).map(|apps| apps.apps.values().map(plugin_bean).collect());
        apps.unwrap_or_default()
    });
    let links = json!({"self": format!("{PATH}/")});
    let body = json!({"plugins": plugins, "links": links, "hostStatus": {"hostLicense": true}});
    UpmReply { token: Some(token), ..ok(body, PLUGINS_TYPE) }
}

async fn install(twin: &Twin, call: UpmCall<'_>, account: &str) -> UpmReply {
    let is_install = INSTALL_TYPES.iter().any(|kind| call.content_type.starts_with(kind));
    if !is_install {
        return refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Unsupported content type.");
    }
    let body: Value = serde_json::from_slice(call.body).unwrap_or_default();
    let Some(uri) = body["pluginUri"].as_str() else {
        return refusal(StatusCode::BAD_REQUEST, "'pluginUri' is missing.");
    };
    let result = match twin.outbound() {
        Some(outbound) => twin.install(call.site, uri, &*outbound).await.map_err(|error| error.to_string()),
        None => Err("The app host returned nothing when the descriptor was requested".to_owned()),
    };
    twin.with(|state| {
        let task =
            Task { uri: uri.to_owned(), at_ms: state.clock.now_ms(), account: account.to_owned(), result };
        let tasks = &mut state.connect.sites.entry(call.site.to_owned()).or_default().tasks;
        let id = tasks.last_key_value().map_or(1, |(id, _)| id + 1);
        let bean = task_bean(id, &task, false);
        tasks.insert(id, task);
        UpmReply { status: StatusCode::ACCEPTED, ..ok(bean, PENDING_TYPE) }
    })
}

fn task(twin: &Twin, site: &str, id: &str) -> UpmReply {
    let number = id.parse::<u64>().ok();
    let found = twin.with(|state| {
        let tasks = &state.connect.sites.get(site)?.tasks;
        number.and_then(|id| tasks.get(&id).map(|task| task_bean(id, task, true)))
    });
    found.map_or_else(|| refusal(StatusCode::NOT_FOUND, "No such task."), |bean| ok(bean, PENDING_TYPE))
}

fn task_bean(id: u64, task: &Task, done: bool) -> Value {
    let status = match &task.result {
        _ if !done => json!({"done": false, "statusCode": 200, "source": task.uri,
            "contentType": "application/vnd.atl.plugins.install.installing+json"}),
        Ok(_) => json!({"done": true, "statusCode": 200, "source": task.uri, "contentType": PLUGIN_TYPE}),
        Err(why) => {
            json!({"done": true, "statusCode": 200, "source": task.uri, "contentType": TASK_ERROR_TYPE,
            "subCode": "upm.pluginInstall.error.descriptor.not.accepted", "errorMessage": why})
        }
    };
    let mut bean = json!({
        "type": "INSTALL",
        "pingAfter": 100,
        "status": status,
        "links": {"self": format!("{PATH}/pending/{id}"), "alternate": format!("{PATH}/tasks/{id}")},
        "timestamp": task.at_ms,
        "userKey": task.account,
        "id": id.to_string(),
    });
    if let (true, Ok(key)) = (done, &task.result) {
        bean["links"]["result"] = json!(format!("{PATH}/{key}-key"));
    }
    bean
}

async fn enable(twin: &Twin, call: UpmCall<'_>, plugin: &str) -> UpmReply {
    let body: Value = serde_json::from_slice(call.body).unwrap_or_default();
    let Some(enabled) = body["enabled"].as_bool() else {
        return refusal(StatusCode::BAD_REQUEST, "'enabled' is missing.");
    };
    let Some(outbound) = twin.outbound() else {
        return refusal(StatusCode::SERVICE_UNAVAILABLE, "Apps cannot be reached.");
    };
    match twin.set_app_enabled(call.site, app_key(plugin), enabled, &*outbound).await {
        Ok(()) => with_app(twin, call.site, plugin, |app| ok(plugin_bean(app), PLUGIN_TYPE)),
        Err(error) => refusal(StatusCode::NOT_FOUND, &error.to_string()),
    }
}

async fn uninstall(twin: &Twin, site: &str, plugin: &str) -> UpmReply {
    let Some(outbound) = twin.outbound() else {
        return refusal(StatusCode::SERVICE_UNAVAILABLE, "Apps cannot be reached.");
    };
    match twin.uninstall(site, app_key(plugin), &*outbound).await {
        Ok(()) => {
            UpmReply { status: StatusCode::NO_CONTENT, content_type: PLUGIN_TYPE, body: None, token: None }
        }
        Err(error) => refusal(StatusCode::NOT_FOUND, &error.to_string()),
    }
}

/// Plugins are addressed as `KEY-key`.
fn app_key(plugin: &str) -> &str {
    plugin.strip_suffix("-key").unwrap_or(plugin)
}

fn with_app(twin: &Twin, site: &str, plugin: &str, show: impl FnOnce(&InstalledApp) -> UpmReply) -> UpmReply {
    twin.with(|state: &mut State| {
        let app = state.connect.sites.get(site).and_then(|apps| apps.apps.get(app_key(plugin)));
        app.map_or_else(|| refusal(StatusCode::NOT_FOUND, "The app is not installed."), show)
    })
}

fn plugin_bean(app: &InstalledApp) -> Value {
    let address = format!("{PATH}/{}-key", app.descriptor.key);
    json!({
        "key": app.descriptor.key,
        "name": app.descriptor.name,
        "enabled": app.enabled,
        "userInstalled": true,
        "remotable": true,
        "optional": true,
        "static": false,
        "unloadable": false,
        "version": "1.0.0",
        "links": {"self": address, "modify": address, "delete": address, "descriptor": app.uri},
    })
}

fn query_token(query: &str) -> Option<&str> {
    query.split('&').find_map(|part| part.strip_prefix("token="))
}

fn ok(body: Value, content_type: &'static str) -> UpmReply {
    UpmReply { status: StatusCode::OK, content_type, body: Some(body), token: None }
}

fn refusal(status: StatusCode, message: &str) -> UpmReply {
    let body = json!({"errorMessage": message, "statusCode": status.as_u16()});
    UpmReply { status, content_type: ERROR_TYPE, body: Some(body), token: None }
}

impl Twin {
    pub(crate) fn outbound(&self) -> Option<std::sync::Arc<dyn Outbound>> {
        self.with(|state| state.connect.outbound.clone())
    }
}
