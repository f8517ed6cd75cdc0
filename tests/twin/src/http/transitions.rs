//! Transitions of the platform API.

use http::StatusCode;
use serde_json::{Value, json};

use super::bodies::text_or_number;
use super::call::Call;
use super::issues::add_all;
use super::reply::{Answer, Problem, Reply};
use super::routes::Params;
use super::update::{self, Form};
use crate::model::{Issue, Site, Transition};
use crate::view::{transition_bean, transition_fields};

/// `GET issue/{i}/transitions`: those open to the caller from where the issue stands.
pub(super) fn list(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let issue = call.issue(&params[0])?;
    let allowed = call.may("TRANSITION_ISSUES", call.site.project_of(&issue.head));
    let asked = call.query.filled("transitionId");
    let open = open_to(call.site, issue).filter(|it| allowed && asked.is_none_or(|id| it.id == id));
    let with_fields = call.query.list("expand").iter().any(|word| word == "transitions.fields");
    let bean = |it| {
        let mut bean = transition_bean(call.view(), it);
        if with_fields {
            bean["fields"] = transition_fields(call.view(), issue, it);
        }
        bean
    };
    let beans: Vec<Value> = open.map(bean).collect();
    Reply::ok(json!({"expand": "transitions", "transitions": beans}))
}

/// `POST issue/{i}/transitions`
pub(super) fn take(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let act = call.act()?;
    let issue = call.issue(&params[0])?;
    let id = issue.head.id;
    let body = call.json()?;
    let wanted = body.get("transition").and_then(|it| it.get("id")).and_then(text_or_number);
    let wanted = wanted.ok_or_else(|| Problem::bad("Missing 'transition' identifier"))?;
    let project = call.site.project_of(&issue.head);
    let invalid = || {
        Problem::bad(format!(
            "It seems that you have tried to perform a workflow operation (Transition {wanted}) that is not valid for the current state of this issue."
        ))
    };
    if !call.may("TRANSITION_ISSUES", project) {
        return Err(Problem::message(
            StatusCode::BAD_REQUEST,
            "You do not have permission to transition this issue.",
        ));
    }
    let transition = open_to(call.site, issue).find(|it| it.id == wanted).cloned().ok_or_else(invalid)?;
    let fields = transition.screen();
    let form = Form { project, fields: &fields, head: Some(&issue.head), any_screen: false };
    let (edit, comments) = update::check(call, form, &body)?.into_edit();
    call.site.transition_issue(&act, id, &transition, edit);
    add_all(call, &act, id, comments);
    Reply::no_content()
}

/// The transitions that leave from an issue's status.
pub(super) fn open_to<'a>(site: &'a Site, issue: &Issue) -> impl Iterator<Item = &'a Transition> {
    let status = issue.head.status.clone();
    let workflow = &site.project_of(&issue.head).workflow;
    workflow.transitions.iter().filter(move |it| it.from.is_empty() || it.from.contains(&status))
}
