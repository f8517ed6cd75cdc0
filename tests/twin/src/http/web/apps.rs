//! Jira admin > Apps: what is installed, and the pages of apps in their frames.

use axum::body::Body;
use http::Response;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::assets::{self, AJS_JS, FRAMES_JS, HOST_JS, JQUERY_JS};
use super::layout;
use super::visit::Visit;
use super::{Shown, Turned};
use crate::connect::{InstalledApp, PageError};
use crate::http::gate::put;

/// The module lists whose pages stand in Jira admin.
const ADMIN_PAGES: &str = "adminPages";

/// A page of an app as the site knows it.
#[derive(Debug, Clone)]
pub(super) struct Module {
    pub(super) app: String,
    pub(super) key: String,
    pub(super) name: String,
}

/// `GET /plugins/servlet/upm`
pub(super) fn manage(visit: &Visit<'_>, _: &[String]) -> Shown {
    for_admins(visit)?;
    let apps = visit.twin.with(|state| {
        let apps = state.connect.sites.get(visit.site).map(|apps| apps.apps.values().cloned());
        apps.into_iter().flatten().collect::<Vec<InstalledApp>>()
    });
    let row = |app: &InstalledApp| {
        let state = if app.enabled { ("Enabled", "success") } else { ("Disabled", "") };
        let pages = app.descriptor.pages.iter().filter(|page| page.module == ADMIN_PAGES && app.enabled);
        html! {
            tr {
                th scope="row" { (app.descriptor.name) small { (app.descriptor.key) } }
                td { (layout::lozenge(state.0, state.1)) }
                td {
                    @for page in pages {
                        a.button href=(format!("/plugins/servlet/ac/{}/{}", app.descriptor.key, page.key)) {
                            "Configure" span.hidden { " " (page.name) }
                        }
                    }
                }
            }
        }
    };
    let list = html! {
        @if apps.is_empty() {
            (layout::empty("No apps yet", "Apps are installed over /rest/plugins/1.0/, as an admin or a tool does."))
        } @else {
            div.scroll { table {
                thead { tr { th scope="col" { "App" } th scope="col" { "State" } th scope="col" { "Actions" } } }
                tbody { @for app in &apps { (row(app)) } }
            } }
        }
    };
    visit.page("Manage apps", &settings(visit, None, "Manage apps", &list))
}

/// `GET /plugins/servlet/ac/{app}/{module}`: a page of Jira admin, or a general page.
pub(super) fn page(visit: &Visit<'_>, params: &[String]) -> Shown {
    let [app, module] = params else { return Err(Turned::Missing) };
    let found = modules(visit, |kind| kind == ADMIN_PAGES || kind == "generalPages");
    let (kind, module) =
        found.into_iter().find(|(_, it)| it.app == *app && it.key == *module).ok_or(Turned::Missing)?;
    if kind == ADMIN_PAGES {
        for_admins(visit)?;
    }
    let shown = frame(visit, &module, true, &json!({}))?;
    visit.page(&module.name, &settings(visit, Some(&module), &module.name, &shown))
}

/// `GET /plugins/servlet/ac/{app}/{module}/token`: what `AP.context.getToken` gives, for the person who looks.
pub(super) fn token(visit: &Visit<'_>, params: &[String]) -> Shown {
    let app = params.first().ok_or(Turned::Missing)?;
    let token = visit.twin.context_token(visit.site, app, visit.account()?).map_err(missing)?;
    let mut response = Response::new(Body::from(json!({ "token": token }).to_string()));
    put(&mut response, "content-type", "application/json;charset=UTF-8");
    put(&mut response, "cache-control", "no-store");
    Ok(response)
}

/// A page of an app in its frame. `context` is what `AP.context.getContext` answers.
pub(super) fn frame(
    visit: &Visit<'_>,
    module: &Module,
    full: bool,
    context: &Value,
) -> Result<Markup, Turned> {
    let account = visit.account()?;
    if let Some(remedy) = assets::missing(visit.twin) {
        return Ok(layout::problem(&remedy));
    }
    let Module { app, key, name } = module;
    let url = visit.twin.page_url(visit.site, app, key, account).map_err(missing)?;
    Ok(html! {
        div.app-frame data-ac-app=(app) data-ac-key=(key) data-ac-url=(url) data-ac-title=(name)
            data-ac-token=(format!("/plugins/servlet/ac/{app}/{key}/token")) data-ac-account=(account)
            data-ac-context=(context.to_string()) data-ac-full[full] {}
    })
}

/// The scripts of a page that has frames; the host has to find jQuery, and the frames the host.
pub(super) fn scripts(visit: &Visit<'_>) -> Markup {
    if assets::missing(visit.twin).is_some() {
        return html! {};
    }
    html! { @for script in [JQUERY_JS, AJS_JS, HOST_JS, FRAMES_JS] { script src=(script) defer {} } }
}

/// The modules of the apps that are enabled, each with the list it stands in.
pub(super) fn modules(visit: &Visit<'_>, wanted: impl Fn(&str) -> bool) -> Vec<(String, Module)> {
    visit.twin.with(|state| {
        let apps = state.connect.sites.get(visit.site).map(|apps| apps.apps.values());
        let enabled = apps.into_iter().flatten().filter(|app| app.enabled);
        let pages = enabled.flat_map(|app| app.descriptor.pages.iter().map(move |page| (app, page)));
        let module = |(app, page): (&InstalledApp, &crate::connect::Page)| {
            let (app, key, name) = (app.descriptor.key.clone(), page.key.clone(), page.name.clone());
            (page.module.clone(), Module { app, key, name })
        };
        pages.filter(|(_, page)| wanted(&page.module)).map(module).collect()
    })
}

fn for_admins(visit: &Visit<'_>) -> Result<(), Turned> {
    let admin = visit.look(|call| Ok(call.is_admin()))?;
    if admin { Ok(()) } else { Err(Turned::Missing) }
}

/// The frame of Jira admin: its own navigation beside the page.
fn settings(visit: &Visit<'_>, current: Option<&Module>, title: &str, content: &Markup) -> Markup {
    let pages = modules(visit, |kind| kind == ADMIN_PAGES);
    let is_current = |module: &Module| current.is_some_and(|it| it.app == module.app && it.key == module.key);
    html! {
        div.split {
            nav.side aria-label="Apps" {
                h2 { "Apps" }
                ul {
                    li {
                        a href="/plugins/servlet/upm" aria-current=[current.is_none().then_some("page")] { "Manage apps" }
                    }
                    @for (_, module) in &pages {
                        li {
                            a href=(format!("/plugins/servlet/ac/{}/{}", module.app, module.key))
                                aria-current=[is_current(module).then_some("page")] { (module.name) }
                        }
                    }
                }
            }
            main.wide.framed[current.is_some()] #content aria-label="Jira settings" {
                @if current.is_none() { h1 { (title) } }
                (content)
                @if current.is_some() { (scripts(visit)) }
            }
        }
    }
}

fn missing(_: PageError) -> Turned {
    Turned::Missing
}
