//! The service desk API: portals, request types, and requests as agents and customers meet them.

mod comments;
mod configuration;
mod create;
mod people;
mod requests;

pub(super) use comments::{add as add_comment, list as comments, one as comment};
pub(super) use configuration::{
    all_request_types, desk, desks, info, request_type, request_type_fields, request_type_groups,
    request_types,
};
pub(super) use create::create_request;
pub(super) use people::{
    add_participants, organization, organization_users, organizations, organizations_of_desk, participants,
    remove_participants,
};
pub(super) use requests::{request, requests, status, take_transition, transitions};

use http::StatusCode;
use serde_json::Value;

use super::call::Call;
use super::reply::Problem;
use crate::model::{Issue, Project, ServiceDesk};
use crate::view::paged;

/// Most items of one page.
const PAGE_MAX: i64 = 100;

/// A request the caller meets in the portal.
fn visible<'a>(call: &'a Call<'_>, id_or_key: &str) -> Result<&'a Issue, Problem> {
    call.signed_in()?;
    let missing = || {
        Problem::desk(
            StatusCode::NOT_FOUND,
            "sd.customerview.error.issue.not.found",
            "The issue no longer exists or you do not have permission to view it.",
        )
    };
    let issue = call.site.issue(id_or_key).ok_or_else(missing)?;
    if call.site.may_see_request(call.account(), issue) { Ok(issue) } else { Err(missing()) }
}

/// A service desk by its id, or by its project's id or key.
fn find_desk<'a>(call: &'a Call<'_>, id: &str) -> Result<(&'a Project, &'a ServiceDesk), Problem> {
    call.signed_in()?;
    let desks =
        || call.site.projects.values().filter_map(|it| it.service_desk.as_ref().map(|desk| (it, desk)));
    desks()
        .find(|(_, desk)| desk.id == id)
        .or_else(|| desks().find(|(project, _)| project.id == id || project.key.eq_ignore_ascii_case(id)))
        .filter(|(project, _)| call.site.is_portal_user(call.account(), project))
        .ok_or_else(|| {
            Problem::desk(
                StatusCode::NOT_FOUND,
                "sd.agent.servicedesk.error.no.servicedesk.for.id",
                format!("No Service Desk with ID {id} found."),
            )
        })
}

fn forbidden(message: &str) -> Problem {
    Problem::desk(StatusCode::FORBIDDEN, "sd.error.forbidden", message)
}

fn bad(message: impl Into<String>) -> Problem {
    Problem::desk(StatusCode::BAD_REQUEST, "sd.validation.error", message)
}

/// The page of a listing that the query asks for.
fn page(call: &Call<'_>, all: Vec<Value>) -> Result<Value, Problem> {
    let start = usize::try_from(call.query.number("start", 0)?.max(0)).unwrap_or(0);
    let limit = usize::try_from(call.query.number("limit", 50)?.clamp(1, PAGE_MAX)).unwrap_or(1);
    let asked = call.query.without(&["start", "limit"]);
    let listing = if asked.is_empty() { call.path.to_owned() } else { format!("{}?{asked}", call.path) };
    Ok(paged(call.view(), &listing, start, limit, all))
}
