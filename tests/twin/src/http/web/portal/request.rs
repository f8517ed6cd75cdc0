//! One request in the portal. Comments are those that customers see, for agents who look here as well.

use http::{Method, StatusCode};
use maud::{Markup, html};
use serde_json::{Value, json};

use super::{banner, crumbs};
use crate::http::call::Call;
use crate::http::reply::Problem;
use crate::http::transitions::open_to;
use crate::http::web::form::Form;
use crate::http::web::layout::{avatar, problem, time, token};
use crate::http::web::queue::status;
use crate::http::web::text::rich;
use crate::http::web::visit::Visit;
use crate::http::web::{Shown, Turned, see, segment};
use crate::model::{Comment, FieldValue, Issue, Transition};

/// `GET /servicedesk/customer/portal/{d}/{i}`
pub(in crate::http::web) fn page(visit: &Visit<'_>, params: &[String]) -> Shown {
    shown(visit, params, "", None)
}

/// `POST /servicedesk/customer/portal/{d}/{i}/comment`: what is written here is public.
pub(in crate::http::web) fn reply(visit: &Visit<'_>, params: &[String]) -> Shown {
    sent(visit, params, "comment", |form| json!({"body": form.text("body"), "public": true}))
}

/// `POST /servicedesk/customer/portal/{d}/{i}/transition`
pub(in crate::http::web) fn transition(visit: &Visit<'_>, params: &[String]) -> Shown {
    sent(visit, params, "transition", |form| json!({"id": form.text("transition")}))
}

fn sent(visit: &Visit<'_>, params: &[String], what: &str, body: impl Fn(&Form) -> Value) -> Shown {
    let [portal, key] = params else { return Err(Turned::Missing) };
    let form = visit.form()?;
    let path = format!("/rest/servicedeskapi/request/{}/{what}", segment(key));
    match visit.rest(&Method::POST, &path, &body(&form)) {
        Ok(_) => see(&format!("/servicedesk/customer/portal/{}/{}", segment(portal), segment(key))),
        Err(Turned::Refused(_, words)) => shown(visit, params, &form.text("body"), Some(&words)),
        Err(other) => Err(other),
    }
}

fn shown(visit: &Visit<'_>, params: &[String], typed: &str, wrong: Option<&str>) -> Shown {
    let session = visit.session.as_ref().ok_or(Turned::SignIn)?;
    let (title, content) = visit.look(|call| {
        let issue = find(call, params)?;
        let project = call.site.project_of(&issue.head);
        let portal = format!("/servicedesk/customer/portal/{}", params[0]);
        let content = html! {
            (banner(&project.name, &issue.head.key))
            main.portal #content {
                (crumbs(&[("/servicedesk/customer/portals", "Help Center"), (&portal, &project.name)], &issue.head.key))
                div.columns {
                    div {
                        h1 { (issue.head.summary()) }
                        @if let Some(wrong) = wrong { (problem(wrong)) }
                        (asked(call, issue))
                        (activity(call, issue, typed, &token(session)))
                    }
                    (standing(call, issue, &portal, &token(session)))
                }
            }
        };
        Ok((format!("{} {}", issue.head.key, issue.head.summary()), content))
    })?;
    let status = if wrong.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    Ok(visit.html(status, &title, &content))
}

fn find<'a>(call: &'a Call<'_>, params: &[String]) -> Result<&'a Issue, Problem> {
    let [portal, key] = params else { return Err(Problem::no_issue()) };
    let issue = call.site.issue(key).ok_or_else(Problem::no_issue)?;
    let desk = call.site.project_of(&issue.head).service_desk.as_ref();
    let here = desk.is_some_and(|desk| desk.portal_id == *portal);
    if here && call.site.may_see_request(call.account(), issue) {
        Ok(issue)
    } else {
        Err(Problem::no_issue())
    }
}

/// What was asked, in the words of the form.
fn asked(call: &Call<'_>, issue: &Issue) -> Markup {
    let reporter = issue.head.user_value("reporter").map(|account| call.site.display_name(account));
    let fields = call.site.request_type(&issue.head).map_or(&[][..], |kind| &kind.fields);
    let answered = fields.iter().filter(|on| on.visible && on.field != "summary").filter_map(|on| {
        let field = call.site.fields.get(&on.field)?;
        let shown = if let FieldValue::Rich(adf) = issue.head.values.get(&on.field)? {
            html! { div.rich { (rich(adf)) } }
        } else {
            html! { (call.site.in_words(field, &issue.head).1.unwrap_or_default()) }
        };
        Some((on.name.as_str(), shown))
    });
    html! {
        section.card aria-label="Request" {
            p.person-name {
                @if let Some(name) = reporter { (avatar(&name)) strong { (name) } }
                span.quiet { " raised this on " (time(issue.head.created_ms)) }
            }
            dl.stacked { @for (name, shown) in answered { dt { (name) } dd { (shown) } } }
        }
    }
}

fn activity(call: &Call<'_>, issue: &Issue, typed: &str, form: &Markup) -> Markup {
    let request = call.site.is_request(&issue.head);
    let comments: Vec<&Comment> = issue.comments.iter().filter(|it| it.in_portal(request)).collect();
    html! {
        section.comments aria-labelledby="activity" {
            h2 #activity { "Activity" }
            @for comment in comments {
                @let author = call.site.display_name(&comment.author);
                article.comment {
                    header { (avatar(&author)) strong { (author) } span.quiet { (time(comment.created_ms)) } }
                    div.rich { (rich(&comment.body)) }
                }
            }
            form.composer method="post" action=(format!("{}/comment", address(call, issue))) {
                (form)
                label { "Add a comment" textarea name="body" rows="4" required { (typed) } }
                button.primary type="submit" { "Add" }
            }
        }
    }
}

fn standing(call: &Call<'_>, issue: &Issue, portal: &str, form: &Markup) -> Markup {
    let ways: Vec<&Transition> = open_to(call.site, issue).filter(|way| way.customer).collect();
    let agent = call.site.may_see(call.account(), issue);
    html! {
        aside.card aria-label="Status" {
            h2 { "Status" }
            p { (status(call, &issue.head)) }
            @if let Some(kind) = call.site.request_type(&issue.head) { h2 { "Request type" } p { (kind.name) } }
            @if !ways.is_empty() {
                form.actions method="post" action=(format!("{portal}/{}/transition", issue.head.key)) {
                    (form)
                    @for way in ways { button type="submit" name="transition" value=(way.id) { (way.name) } }
                }
            }
            @if agent { p.last { a href=(format!("/browse/{}", issue.head.key)) { "View issue as agent" } } }
        }
    }
}

fn address(call: &Call<'_>, issue: &Issue) -> String {
    let desk = call.site.project_of(&issue.head).service_desk.as_ref().map_or("", |desk| &desk.portal_id);
    format!("/servicedesk/customer/portal/{desk}/{}", issue.head.key)
}
