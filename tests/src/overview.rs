//! The demo's own page: both sites side by side, and one click to be somebody there.

use crate::person::Site;
use axum::Router;
use axum::response::Html;
use axum::routing::get;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// One side of the page: a site, and the projects and issues that are worth a look.
#[derive(Debug, Clone)]
pub struct View {
    pub site: Site,
    /// Keys of projects with a queue.
    pub projects: Vec<String>,
    /// Keys of issues that are mirrored.
    pub issues: Vec<String>,
}

/// Where Duplex's admin page lies on a site.
const ADMIN_PAGE: &str = "/plugins/servlet/ac/duplex-mirror/duplex-admin";
const REQUESTS: &str = "/servicedesk/customer/user/requests";

/// Serves the page at `/`.
pub fn router(sides: &[View; 2]) -> Router {
    let page = page(sides).into_string();
    Router::new().route("/", get(|| async move { Html(page) }))
}

fn page(sides: &[View; 2]) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Duplex: both sites side by side" }
                link rel="icon" href="data:,";
                style { (PreEscaped(include_str!("overview.css"))) }
            }
            body {
                header {
                    h1 { "Duplex" }
                    p { "Two Jira sites, mirrored. Choose who you are on each; write on one side and watch the other." }
                }
                main { @for side in sides { (column(side)) } }
            }
        }
    }
}

fn column(side: &View) -> Markup {
    let name = &side.site.name;
    let begin = side.projects.first().map(|key| queue(key)).unwrap_or_default();
    let here = |who: &str, to: &str, words: &str| {
        html! { a href=(sign_in(&side.site, who, to)) target=(name) { (words) } }
    };
    html! {
        section aria-labelledby=(name) {
            h2 id=(name) { (name) " " small { (side.site.base_url) } }
            dl {
                dt { "Admin" }
                dd {
                    // The app's own frame opens below its site alone, so this page cannot hold it.
                    a href=(sign_in(&side.site, "admin", ADMIN_PAGE)) target="_blank" rel="noopener" { "Apps > Duplex" }
                    " (a new tab)"
                }
                dt { "Agent" }
                dd {
                    @for key in &side.projects { (here("agent1", &queue(key), &format!("Queue {key}"))) }
                    @for key in &side.issues { (here("agent1", &format!("/browse/{key}"), key)) }
                }
                dt { "Customer" }
                dd {
                    (here("customer1", REQUESTS, "My requests"))
                    (here("customer1", "/servicedesk/customer/portals", "Portal"))
                }
            }
            iframe name=(name) title=(format!("The site {name}")) src=(sign_in(&side.site, "agent1", &begin)) {}
        }
    }
}

fn queue(project: &str) -> String {
    format!("/jira/servicedesk/projects/{project}/queues")
}

fn sign_in(site: &Site, who: &str, to: &str) -> String {
    format!("{}/_twin/sign-in?as={who}&to={}", site.base_url, utf8_percent_encode(to, NON_ALPHANUMERIC))
}
