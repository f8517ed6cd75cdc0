//! The customer portal: what can be asked for, what was asked, and what was answered. What the service team says among
//! itself is not in any of its pages, whoever looks.

mod raise;
mod request;

use maud::{Markup, html};

use super::layout::{empty, mark, time};
use super::queue::status;
use super::visit::Visit;
use super::{Shown, Turned};
use crate::http::call::Call;
use crate::http::reply::Problem;
use crate::model::{Issue, Project, RequestType, ServiceDesk};

pub(super) use raise::{form, raise};
pub(super) use request::{page as request, reply, transition};

/// Requests of one page; older ones are found by their key.
const REQUESTS_MAX: usize = 100;

/// `GET /servicedesk/customer/portals`
pub(super) fn portals(visit: &Visit<'_>, _: &[String]) -> Shown {
    let content = visit.look(|call| {
        let open = desks(call);
        Ok(html! {
            (banner("How can we help?", &call.site.title))
            main.portal #content {
                h1 { "Portals" }
                @if open.is_empty() { (empty("No portals", "No service project of this site is open to you.")) }
                ul.cards {
                    @for (project, desk) in open {
                        li.card {
                            (mark(&project.key))
                            div {
                                h2 { a href=(format!("/servicedesk/customer/portal/{}", desk.portal_id)) { (project.name) } }
                                p.quiet { (desk.request_types.len()) " kinds of requests" }
                            }
                        }
                    }
                }
                p { a href="/servicedesk/customer/user/requests" { "My requests" } }
            }
        })
    })?;
    visit.page("Portals", &content)
}

/// `GET /servicedesk/customer/portal/{d}`
pub(super) fn desk(visit: &Visit<'_>, params: &[String]) -> Shown {
    let id = params.first().ok_or(Turned::Missing)?;
    let (title, content) = visit.look(|call| {
        let (project, desk) = find_desk(call, id)?;
        let of_group = |group: &str| -> Vec<&RequestType> {
            desk.request_types.iter().filter(|it| it.groups.iter().any(|id| id == group)).collect()
        };
        let content = html! {
            (banner(&project.name, "Welcome! Raise a request from the options below."))
            main.portal #content {
                (crumbs(&[("/servicedesk/customer/portals", "Help Center")], &project.name))
                h1 { "What do you need?" }
                @for group in &desk.groups {
                    section {
                        h2 { (group.name) }
                        ul.choices {
                            @for kind in of_group(&group.id) {
                                li {
                                    a.card href=(format!("/servicedesk/customer/portal/{}/create/{}", desk.portal_id, kind.id)) {
                                        strong { (kind.name) }
                                        span.quiet { (kind.description) }
                                    }
                                }
                            }
                        }
                    }
                }
                p { a href="/servicedesk/customer/user/requests" { "My requests" } }
            }
        };
        Ok((project.name.clone(), content))
    })?;
    visit.page(&title, &content)
}

/// `GET /servicedesk/customer/user/requests`: those of the viewer, and those he takes part in.
pub(super) fn requests(visit: &Visit<'_>, _: &[String]) -> Shown {
    let content = visit.look(|call| {
        let mut mine: Vec<&Issue> =
            call.site.issues.values().filter(|issue| takes_part(call, issue)).collect();
        mine.sort_by_key(|issue| std::cmp::Reverse((issue.head.updated_ms, issue.head.id)));
        mine.truncate(REQUESTS_MAX);
        Ok(html! {
            (banner("Requests", &call.site.title))
            main.portal #content {
                (crumbs(&[("/servicedesk/customer/portals", "Help Center")], "My requests"))
                h1 { "My requests" }
                @if mine.is_empty() {
                    (empty("No requests yet", "What you raise in a portal is listed here."))
                } @else {
                    (table(call, &mine))
                }
            }
        })
    })?;
    visit.page("My requests", &content)
}

fn table(call: &Call<'_>, requests: &[&Issue]) -> Markup {
    let row = |issue: &Issue| {
        let project = call.site.project_of(&issue.head);
        let desk = project.service_desk.as_ref().map_or("", |desk| &desk.portal_id);
        let address = format!("/servicedesk/customer/portal/{desk}/{}", issue.head.key);
        html! {
            tr {
                td.key { a href=(address) { (issue.head.key) } }
                th scope="row" { a href=(address) { (issue.head.summary()) } }
                td { (project.name) }
                td { (status(call, &issue.head)) }
                td.when { (time(issue.head.updated_ms)) }
            }
        }
    };
    html! {
        div.scroll { table {
            thead { tr {
                @for name in ["Reference", "Summary", "Service project", "Status", "Updated"] { th scope="col" { (name) } }
            } }
            tbody { @for issue in requests { (row(issue)) } }
        } }
    }
}

fn takes_part(call: &Call<'_>, issue: &Issue) -> bool {
    let mine = call.account().is_some_and(|account| {
        issue.head.user_value("reporter") == Some(account)
            || call.site.participants(&issue.head).contains(account)
    });
    mine && call.site.may_see_request(call.account(), issue)
}

/// The portals that are open to the viewer.
fn desks<'a>(call: &'a Call<'_>) -> Vec<(&'a Project, &'a ServiceDesk)> {
    let open =
        call.site.projects.values().filter(|project| call.site.is_portal_user(call.account(), project));
    open.filter_map(|project| project.service_desk.as_ref().map(|desk| (project, desk))).collect()
}

fn find_desk<'a>(call: &'a Call<'_>, portal: &str) -> Result<(&'a Project, &'a ServiceDesk), Problem> {
    let found = desks(call).into_iter().find(|(_, desk)| desk.portal_id == portal);
    found.ok_or_else(|| Problem::missing("The portal does not exist."))
}

fn banner(title: &str, words: &str) -> Markup {
    html! { section.banner aria-label="Portal" { p.big { (title) } p { (words) } } }
}

fn crumbs(before: &[(&str, &str)], here: &str) -> Markup {
    html! {
        p.crumbs {
            @for (address, name) in before { a href=(address) { (name) } " / " }
            (here)
        }
    }
}
