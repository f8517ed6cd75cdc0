//! The queue of a service project: what is open there, as search knows it.

use maud::{Markup, html};

use super::layout::{avatar, empty, lozenge, mark, time};
use super::visit::Visit;
use super::{Shown, Turned};
use crate::http::call::Call;
use crate::http::reply::Problem;
use crate::model::{IssueHead, Project, StatusCategory};

/// Rows of one page.
const ROWS_MAX: usize = 50;

/// `GET /jira/servicedesk/projects/{p}/queues?show=all&startAt=`
pub(super) fn page(visit: &Visit<'_>, params: &[String]) -> Shown {
    let key = params.first().ok_or(Turned::Missing)?;
    let (title, content) = visit.look(|call| {
        let project = call.project(key)?;
        Ok((project.name.clone(), queue(call, project)?))
    })?;
    visit.page(&title, &content)
}

fn queue(call: &Call<'_>, project: &Project) -> Result<Markup, Problem> {
    let all = call.query.get("show") == Some("all");
    let start = usize::try_from(call.query.number("startAt", 0)?.max(0)).unwrap_or(0);
    let heads = heads(call, project, all);
    let address = |all: bool, start: usize| {
        format!(
            "/jira/servicedesk/projects/{}/queues?show={}&startAt={start}",
            project.key,
            if all { "all" } else { "open" }
        )
    };
    let portal =
        project.service_desk.as_ref().map(|desk| format!("/servicedesk/customer/portal/{}", desk.portal_id));
    let title = if all { "All requests" } else { "All open requests" };
    let tab = |shown: bool, words: &str| {
        html! { a href=(address(shown, 0)) aria-current=[(all == shown).then_some("page")] { (words) } }
    };
    Ok(html! {
        div.split {
            nav.side aria-label=(project.name) {
                p.project { (mark(&project.key)) strong { (project.name) } }
                h2 { "Queues" }
                ul {
                    li { (tab(false, "All open requests")) }
                    li { (tab(true, "All requests")) }
                }
                @if let Some(portal) = &portal { ul { li { a href=(portal) { "Customer portal" } } } }
            }
            main.wide #content {
                p.crumbs { a href="/jira/your-work" { "Projects" } " / " (project.name) }
                h1 { (title) }
                @if heads.is_empty() {
                    (empty("Nothing here", "New requests show up in this queue as soon as they are raised."))
                } @else {
                    (table(call, &heads[start.min(heads.len())..heads.len().min(start + ROWS_MAX)]))
                    nav.pages aria-label="Pages" {
                        span.quiet { (heads.len()) " in this queue" }
                        @if start > 0 { a href=(address(all, start.saturating_sub(ROWS_MAX))) { "Newer" } }
                        @if start + ROWS_MAX < heads.len() { a href=(address(all, start + ROWS_MAX)) { "Older" } }
                    }
                }
            }
        }
    })
}

/// The project's issues, the newest first.
fn heads<'a>(call: &'a Call<'_>, project: &Project, all: bool) -> Vec<&'a IssueHead> {
    let lag_ms = call.site.index_lag_ms;
    let seen = call.site.issues.values().filter(|issue| call.site.may_see(call.account(), issue));
    let indexed = seen.filter_map(|issue| issue.indexed(call.now_ms, lag_ms));
    let open = |head: &IssueHead| {
        call.site.statuses.get(&head.status).is_none_or(|status| status.category != StatusCategory::Done)
    };
    let mut heads: Vec<&IssueHead> =
        indexed.filter(|head| head.project == project.id && (all || open(head))).collect();
    heads.sort_by_key(|head| std::cmp::Reverse((head.created_ms, head.id)));
    heads
}

fn table(call: &Call<'_>, heads: &[&IssueHead]) -> Markup {
    html! {
        div.scroll { table.queue {
            thead { tr {
                @for name in ["Key", "Summary", "Request type", "Reporter", "Assignee", "Status", "Updated"] {
                    th scope="col" { (name) }
                }
            } }
            tbody { @for head in heads { (row(call, head)) } }
        } }
    }
}

fn row(call: &Call<'_>, head: &IssueHead) -> Markup {
    let address = format!("/browse/{}", head.key);
    let kind = call.site.issue_types.get(&head.issue_type).map(|it| it.name.clone()).unwrap_or_default();
    let request_type = call.site.request_type(head).map(|it| it.name.clone());
    let person = |field: &str| {
        let name = head.user_value(field).map(|account| call.site.display_name(account));
        html! {
            @match name {
                Some(name) => span.person-name { (avatar(&name)) (name) },
                None => span.quiet { "Unassigned" },
            }
        }
    };
    html! {
        tr {
            td.key { a href=(address) { (head.key) } }
            th scope="row" { a href=(address) { (head.summary()) } }
            td { @match request_type { Some(name) => (name), None => span.quiet { (kind) } } }
            td { (person("reporter")) }
            td { (person("assignee")) }
            td { (status(call, head)) }
            td.when { (time(head.updated_ms)) }
        }
    }
}

/// The status of an issue, coloured by its category.
pub(super) fn status(call: &Call<'_>, head: &IssueHead) -> Markup {
    let Some(status) = call.site.statuses.get(&head.status) else { return html! {} };
    let kind = match status.category {
        StatusCategory::ToDo => "",
        StatusCategory::InProgress => "progress",
        StatusCategory::Done => "success",
    };
    lozenge(&status.name, kind)
}
