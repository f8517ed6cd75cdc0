//! The table of everything the twin answers. What is not in it answers as an unknown path.

use http::{Method, StatusCode};
use percent_encoding::percent_decode_str;

use super::call::Call;
use super::reply::{Answer, Problem, Reply};
use super::{
    app_properties, changelog, comments, desk, issues, meta, people, permissions, projects, properties,
    search, transitions,
};
use crate::Caller;
use crate::view::Api;

/// Path parameters, decoded, in the order of the template.
pub(super) type Params<'a> = &'a [String];

type Handler = fn(&mut Call<'_>, Params<'_>) -> Answer;

/// What a Connect app needs for a resource, as the published API states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Needs {
    Nothing,
    Read,
    Write,
    Delete,
    /// Apps cannot call it at all.
    Inaccessible,
}

use Needs::{Delete, Inaccessible, Nothing, Read, Write};

/// One resource and method.
#[derive(Debug)]
struct Route {
    method: &'static str,
    template: &'static str,
    needs: Needs,
    handler: Handler,
}

const fn on(method: &'static str, template: &'static str, needs: Needs, handler: Handler) -> Route {
    Route { method, template, needs, handler }
}

/// Under `/rest/api/2` and `/rest/api/3`. The first that fits answers, so words stand before parameters.
const PLATFORM: &[Route] = &[
    on("GET", "serverInfo", Nothing, people::server_info),
    on("GET", "myself", Read, people::myself),
    on("GET", "user", Read, people::user),
    on("GET", "user/bulk", Read, people::bulk),
    on("GET", "user/search", Read, people::search),
    on("GET", "user/assignable/search", Read, people::assignable),
    on("GET", "users/search", Read, people::all),
    on("GET", "users", Read, people::all),
    on("GET", "group/bulk", Read, people::groups),
    on("GET", "group/member", Read, people::group_members),
    on("GET", "groups/picker", Read, people::group_picker),
    on("GET", "mypermissions", Read, permissions::mine),
    on("POST", "permissions/check", Read, permissions::check),
    on("GET", "project", Read, projects::all),
    on("GET", "project/search", Read, projects::search),
    on("GET", "project/{p}", Read, projects::one),
    on("GET", "project/{p}/statuses", Read, projects::statuses),
    on("GET", "project/{p}/components", Read, projects::components),
    on("GET", "project/{p}/role", Read, projects::roles),
    on("GET", "project/{p}/roledetails", Read, projects::role_details),
    on("GET", "project/{p}/role/{id}", Read, projects::role),
    on("GET", "role", Read, projects::site_roles),
    on("GET", "issuetype", Read, projects::issue_types),
    on("GET", "issuetype/project", Read, projects::issue_types_of_project),
    on("GET", "issuetype/{id}", Read, projects::issue_type),
    on("GET", "status", Read, projects::site_statuses),
    on("GET", "status/{s}", Read, projects::status),
    on("GET", "statuscategory", Read, projects::status_categories),
    on("GET", "priority", Read, projects::priorities),
    on("GET", "priority/search", Read, projects::priority_search),
    on("GET", "priority/{id}", Read, projects::priority),
    on("GET", "resolution", Read, projects::resolutions),
    on("GET", "field", Read, meta::fields),
    on("GET", "field/search", Nothing, meta::field_search),
    on("GET", "issue/createmeta/{p}/issuetypes", Read, meta::create_types),
    on("GET", "issue/createmeta/{p}/issuetypes/{t}", Read, meta::create_fields),
    on("POST", "issue", Write, issues::create),
    on("POST", "issue/bulk", Write, issues::create_bulk),
    on("POST", "issue/bulkfetch", Write, issues::bulk_fetch),
    on("GET", "issue/{i}", Read, issues::get),
    on("PUT", "issue/{i}", Write, issues::edit),
    on("DELETE", "issue/{i}", Delete, issues::delete),
    on("PUT", "issue/{i}/assignee", Write, issues::assign),
    on("GET", "issue/{i}/editmeta", Read, meta::edit),
    on("GET", "issue/{i}/transitions", Read, transitions::list),
    on("POST", "issue/{i}/transitions", Write, transitions::take),
    on("GET", "issue/{i}/changelog", Read, changelog::list),
    on("POST", "issue/{i}/changelog/list", Read, changelog::by_ids),
    on("POST", "changelog/bulkfetch", Inaccessible, changelog::bulk),
    on("GET", "issue/{i}/comment", Read, comments::list),
    on("POST", "issue/{i}/comment", Write, comments::add),
    on("GET", "issue/{i}/comment/{c}", Read, comments::get),
    on("PUT", "issue/{i}/comment/{c}", Write, comments::edit),
    on("DELETE", "issue/{i}/comment/{c}", Delete, comments::delete),
    on("POST", "comment/list", Read, comments::by_ids),
    on("GET", "comment/{c}/properties", Read, properties::of_comment),
    on("GET", "comment/{c}/properties/{k}", Read, properties::get_of_comment),
    on("PUT", "comment/{c}/properties/{k}", Write, properties::set_of_comment),
    on("DELETE", "comment/{c}/properties/{k}", Write, properties::delete_of_comment),
    on("GET", "issue/{i}/properties", Read, properties::of_issue),
    on("GET", "issue/{i}/properties/{k}", Read, properties::get_of_issue),
    on("PUT", "issue/{i}/properties/{k}", Write, properties::set_of_issue),
    on("DELETE", "issue/{i}/properties/{k}", Write, properties::delete_of_issue),
    on("GET", "search/jql", Read, search::by_query),
    on("POST", "search/jql", Read, search::by_body),
    on("POST", "search/approximate-count", Read, search::count),
    on("GET", "search", Nothing, search::removed),
    on("POST", "search", Nothing, search::removed),
    on("POST", "jql/match", Read, search::matching),
];

/// Under `/rest/servicedeskapi`.
const DESK: &[Route] = &[
    on("GET", "info", Read, desk::info),
    on("GET", "servicedesk", Read, desk::desks),
    on("GET", "servicedesk/{d}", Read, desk::desk),
    on("GET", "servicedesk/{d}/requesttype", Read, desk::request_types),
    on("GET", "servicedesk/{d}/requesttype/{t}", Read, desk::request_type),
    on("GET", "servicedesk/{d}/requesttype/{t}/field", Read, desk::request_type_fields),
    on("GET", "servicedesk/{d}/requesttypegroup", Read, desk::request_type_groups),
    on("GET", "servicedesk/{d}/organization", Read, desk::organizations_of_desk),
    on("GET", "requesttype", Read, desk::all_request_types),
    on("GET", "organization", Read, desk::organizations),
    on("GET", "organization/{o}", Read, desk::organization),
    on("GET", "organization/{o}/user", Read, desk::organization_users),
    on("GET", "request", Read, desk::requests),
    on("POST", "request", Write, desk::create_request),
    on("GET", "request/{i}", Read, desk::request),
    on("GET", "request/{i}/comment", Read, desk::comments),
    on("POST", "request/{i}/comment", Write, desk::add_comment),
    on("GET", "request/{i}/comment/{c}", Read, desk::comment),
    on("GET", "request/{i}/status", Read, desk::status),
    on("GET", "request/{i}/participant", Read, desk::participants),
    on("POST", "request/{i}/participant", Write, desk::add_participants),
    on("DELETE", "request/{i}/participant", Write, desk::remove_participants),
    on("GET", "request/{i}/transition", Read, desk::transitions),
    on("POST", "request/{i}/transition", Write, desk::take_transition),
];

/// Under `/rest/atlassian-connect/1`.
const CONNECT: &[Route] = &[
    on("GET", "addons/{a}/properties", Nothing, app_properties::list),
    on("GET", "addons/{a}/properties/{k}", Nothing, app_properties::get),
    on("PUT", "addons/{a}/properties/{k}", Nothing, app_properties::set),
    on("DELETE", "addons/{a}/properties/{k}", Nothing, app_properties::delete),
];

const BASES: [(&str, &[Route]); 5] = [
    ("/rest/api/2/", PLATFORM),
    ("/rest/api/3/", PLATFORM),
    // `latest` is version 2 on Cloud, and clients use it.
    ("/rest/api/latest/", PLATFORM),
    ("/rest/servicedeskapi/", DESK),
    ("/rest/atlassian-connect/1/", CONNECT),
];

/// Every method and path template the twin answers, in the order in which they are tried.
pub fn operations() -> impl Iterator<Item = (&'static str, String)> {
    let all = |(base, routes): (&'static str, &'static [Route])| {
        routes.iter().map(move |route| (route.method, format!("{base}{}", route.template)))
    };
    BASES.into_iter().flat_map(all)
}

/// The version a path speaks; the service desk API speaks wiki markup, as version 2 does.
pub(super) fn api_of(path: &str) -> Api {
    if path.starts_with("/rest/api/3/") { Api::V3 } else { Api::V2 }
}

/// The template of a call's path, e.g. `/rest/api/3/issue/{i}/comment`, for whoever counts calls per resource.
pub(super) fn template_of(method: &Method, path: &str) -> Option<String> {
    let (base, _) = BASES.iter().find(|(base, _)| path.starts_with(base))?;
    find(method, path).map(|(route, _)| format!("{base}{}", route.template))
}

/// Answers a call.
pub(super) fn dispatch(mut call: Call<'_>, method: &Method) -> Reply {
    let path = call.path;
    let answer = match find(method, path) {
        Some((route, params)) => {
            allowed(&call, route.needs).and_then(|()| (route.handler)(&mut call, &params))
        }
        None => Err(Problem::NoEndpoint(method.clone())),
    };
    answer.unwrap_or_else(|problem| problem.into_reply(path))
}

fn find(method: &Method, path: &str) -> Option<(&'static Route, Vec<String>)> {
    let (base, routes) = BASES.iter().find(|(base, _)| path.starts_with(base))?;
    let segments: Vec<&str> = path[base.len()..].trim_end_matches('/').split('/').collect();
    routes
        .iter()
        .filter(|route| route.method == method.as_str())
        .find_map(|route| fits(route.template, &segments).map(|params| (route, params)))
}

fn fits(template: &str, segments: &[&str]) -> Option<Vec<String>> {
    let parts: Vec<&str> = template.split('/').collect();
    if parts.len() != segments.len() {
        return None;
    }
    let mut params = Vec::new();
    for (part, segment) in parts.iter().zip(segments) {
        if part.starts_with('{') {
            params.push(percent_decode_str(segment).decode_utf8_lossy().into_owned());
        } else if part != segment {
            return None;
        }
    }
    Some(params)
}

/// An app without the scope gets 403, whatever its account's roles are.
fn allowed(call: &Call<'_>, needs: Needs) -> Result<(), Problem> {
    let Caller::App { account, .. } = &call.caller else { return Ok(()) };
    let scopes = call.site.users.get(account).and_then(|user| user.app.as_ref()).map(|app| &app.scopes);
    let has = |scope: &str| scopes.is_some_and(|scopes| scopes.contains(scope));
    let fine = match needs {
        Nothing => true,
        Read => has("READ"),
        Write => has("WRITE"),
        Delete => has("DELETE"),
        Inaccessible => false,
    };
    let refusal =
        || Problem::message(StatusCode::FORBIDDEN, "The app does not have the scope for this resource.");
    fine.then_some(()).ok_or_else(refusal)
}
