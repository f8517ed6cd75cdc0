//! An issue as agents see it: what it says, its comments with their readers, its fields, the panels of apps.

mod change;
mod comments;

use http::StatusCode;
use maud::{Markup, html};
use serde_json::json;

use super::apps::{self, Module};
use super::layout::{avatar, problem, time, token};
use super::queue::status;
use super::text::rich;
use super::visit::Visit;
use super::{Shown, Turned, see};
use crate::http::call::Call;
use crate::http::transitions::open_to;
use crate::model::{Field, FieldKind, FieldValue, Issue, Project, Transition};
use crate::text::adf_to_wiki;

pub(super) use change::{comment, delete_comment, edit, edit_comment, transition};

/// Where panels of apps stand beside an issue.
const PANELS: &[&str] = &["webPanels", "jiraIssueGlances", "jiraIssueContexts", "jiraIssueContents"];

/// `GET /browse/{i}`; a project's key leads to its queue.
pub(super) fn page(visit: &Visit<'_>, params: &[String]) -> Shown {
    let key = params.first().ok_or(Turned::Missing)?;
    let project = visit.look(|call| Ok(call.project(key).ok().map(|project| project.key.clone())))?;
    match project {
        Some(project) => see(&format!("/jira/servicedesk/projects/{project}/queues")),
        None => shown(visit, key, None),
    }
}

/// The issue's page, with what went wrong with a form of it.
fn shown(visit: &Visit<'_>, key: &str, wrong: Option<&str>) -> Shown {
    let (title, context) = visit.look(|call| {
        let issue = call.issue(key)?;
        let project = call.site.project_of(&issue.head);
        let context = json!({"jira": {
            "issue": {"id": issue.head.id.to_string(), "key": issue.head.key,
                "issuetype": {"id": issue.head.issue_type}},
            "project": {"id": project.id, "key": project.key},
        }});
        Ok((format!("[{}] {}", issue.head.key, issue.head.summary()), context))
    })?;
    let panels: Vec<(Module, Markup)> = apps::modules(visit, |kind| PANELS.contains(&kind))
        .into_iter()
        .map(|(_, module)| apps::frame(visit, &module, false, &context).map(|frame| (module, frame)))
        .collect::<Result<_, Turned>>()?;
    let scripts = if panels.is_empty() {
        html! {}
    } else {
        apps::scripts(visit)
    };
    let session = visit.session.as_ref().ok_or(Turned::SignIn)?;
    let content = visit.look(|call| {
        let issue = call.issue(key)?;
        let project = call.site.project_of(&issue.head);
        let form = token(session);
        Ok(html! {
            main.issue #content aria-label=(issue.head.key) {
                p.crumbs {
                    a href="/jira/your-work" { "Projects" } " / "
                    a href=(format!("/jira/servicedesk/projects/{}/queues", project.key)) { (project.name) } " / "
                    (issue.head.key)
                }
                @if let Some(wrong) = wrong { (problem(wrong)) }
                div.columns {
                    div { (says(call, issue, &form)) (comments::section(call, issue, &form)) }
                    aside aria-label="Details" {
                        (standing(call, issue, &form))
                        (details(call, issue, project))
                        @for (module, frame) in &panels {
                            section.card { h2 { (module.name) } (frame) }
                        }
                    }
                }
                (scripts)
            }
        })
    })?;
    let status = if wrong.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    Ok(visit.html(status, &title, &content))
}

/// Summary and description, and the form that edits them.
fn says(call: &Call<'_>, issue: &Issue, form: &Markup) -> Markup {
    let key = &issue.head.key;
    let description = match issue.head.values.get("description") {
        Some(FieldValue::Rich(adf)) => Some(adf),
        _ => None,
    };
    let may_edit = call.may("EDIT_ISSUES", call.site.project_of(&issue.head));
    html! {
        h1 { (issue.head.summary()) }
        @if may_edit {
            details.edit {
                summary.button { "Edit" }
                form method="post" action=(format!("/browse/{key}/edit")) {
                    (form)
                    label { "Summary" input name="summary" value=(issue.head.summary()) required maxlength="255"; }
                    label { "Description" textarea name="description" rows="8" { (description.map(adf_to_wiki).unwrap_or_default()) } }
                    button.primary type="submit" { "Save" }
                }
            }
        }
        section.description aria-labelledby="description" {
            h2 #description { "Description" }
            @match description {
                Some(adf) => div.rich { (rich(adf)) },
                None => p.quiet { "No description." },
            }
        }
    }
}

/// The status, and the ways on from it.
fn standing(call: &Call<'_>, issue: &Issue, form: &Markup) -> Markup {
    let allowed = call.may("TRANSITION_ISSUES", call.site.project_of(&issue.head));
    let ways: Vec<&Transition> = open_to(call.site, issue).filter(|_| allowed).collect();
    html! {
        div.standing {
            (status(call, &issue.head))
            @if !ways.is_empty() {
                details.menu {
                    summary.button { "Change status" }
                    form.drop method="post" action=(format!("/browse/{}/transition", issue.head.key)) {
                        (form)
                        @for way in ways { button type="submit" name="transition" value=(way.id) { (way.name) } }
                    }
                }
            }
        }
    }
}

fn details(call: &Call<'_>, issue: &Issue, project: &Project) -> Markup {
    let head = &issue.head;
    let kind = call.site.issue_types.get(&head.issue_type).map(|it| it.name.clone()).unwrap_or_default();
    let portal = project.service_desk.as_ref().filter(|_| call.site.is_request(head));
    let person = |field: &str| {
        let name = head.user_value(field).map(|account| call.site.display_name(account));
        html! { @match name { Some(name) => span.person-name { (avatar(&name)) (name) }, None => "Unassigned" } }
    };
    html! {
        section.card {
            h2 { "Details" }
            dl {
                dt { "Issue type" } dd { (kind) }
                dt { "Request type" }
                dd { @match call.site.request_type(head) { Some(it) => (it.name), None => span.quiet { "No request type" } } }
                dt { "Reporter" } dd { (person("reporter")) }
                dt { "Assignee" } dd { (person("assignee")) }
                @for (name, words) in further(call, issue) { dt { (name) } dd { (words) } }
                dt { "Created" } dd { (time(head.created_ms)) }
                dt { "Updated" } dd { (time(head.updated_ms)) }
            }
            @if let Some(desk) = portal {
                p.last { a href=(format!("/servicedesk/customer/portal/{}/{}", desk.portal_id, head.key)) { "View request in portal" } }
            }
        }
    }
}

/// The other fields that are filled, by their names.
fn further(call: &Call<'_>, issue: &Issue) -> Vec<(String, String)> {
    let elsewhere = ["summary", "description", "reporter", "assignee"];
    let shown = |field: &&Field| {
        !elsewhere.contains(&field.id.as_str())
            && !matches!(field.kind, FieldKind::RequestType | FieldKind::TextArea)
    };
    let words = |field: &Field| {
        let (_, words) = call.site.in_words(field, &issue.head);
        Some((field.name.clone(), words?))
    };
    call.site.fields.values().filter(shown).filter_map(words).collect()
}
