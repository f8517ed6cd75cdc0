//! The face that a site shows to people: sign-in, queue, issue, portal, and the pages of apps.
//!
//! Pages are looked up through the viewer's own permissions, and every form is sent on to the REST API in the viewer's
//! name: nobody can do here what he could not do there. Addresses that are not in the table are not this module's.

mod apps;
mod assets;
mod form;
mod home;
mod issue;
mod layout;
mod portal;
mod queue;
mod session;
mod sign_in;
mod text;
mod visit;

use axum::body::Body;
use http::{Response, StatusCode};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::Asked;
use super::gate::put;
use super::reply::Problem;
use crate::Twin;

pub use assets::Face;
pub use session::Sessions;
use visit::Visit;

/// What a page or a form comes to.
type Shown = Result<Response<Body>, Turned>;

type Handler = fn(&Visit<'_>, &[String]) -> Shown;

/// Why somebody does not get what was asked for.
#[derive(Debug)]
enum Turned {
    /// Nobody is signed in.
    SignIn,
    /// It is not there, or not for this viewer's eyes; Jira does not tell which.
    Missing,
    /// The form was not one of ours, or an old one.
    Foreign,
    /// Jira's own words about what was sent.
    Refused(StatusCode, String),
}

impl From<Problem> for Turned {
    fn from(problem: Problem) -> Self {
        if problem == Problem::Unauthorized { Self::SignIn } else { Self::of(&problem.into_reply("")) }
    }
}

const PAGES: &[(&str, &str, Handler)] = &[
    ("GET", "/", home::start),
    ("GET", "/login", sign_in::page),
    ("POST", "/login", sign_in::enter),
    ("POST", "/logout", sign_in::leave),
    ("POST", "/theme", sign_in::theme),
    ("GET", "/jira/your-work", home::page),
    ("GET", "/jira/servicedesk/projects/{p}/queues", queue::page),
    ("GET", "/browse/{i}", issue::page),
    ("POST", "/browse/{i}/edit", issue::edit),
    ("POST", "/browse/{i}/transition", issue::transition),
    ("POST", "/browse/{i}/comment", issue::comment),
    ("POST", "/browse/{i}/comment/{c}/edit", issue::edit_comment),
    ("POST", "/browse/{i}/comment/{c}/delete", issue::delete_comment),
    ("GET", "/servicedesk/customer/portals", portal::portals),
    ("GET", "/servicedesk/customer/user/requests", portal::requests),
    ("GET", "/servicedesk/customer/portal/{d}", portal::desk),
    ("GET", "/servicedesk/customer/portal/{d}/create/{t}", portal::form),
    ("POST", "/servicedesk/customer/portal/{d}/create/{t}", portal::raise),
    ("GET", "/servicedesk/customer/portal/{d}/{i}", portal::request),
    ("POST", "/servicedesk/customer/portal/{d}/{i}/comment", portal::reply),
    ("POST", "/servicedesk/customer/portal/{d}/{i}/transition", portal::transition),
    ("GET", "/plugins/servlet/upm", apps::manage),
    ("GET", "/plugins/servlet/ac/{app}/{module}", apps::page),
    ("GET", "/plugins/servlet/ac/{app}/{module}/token", apps::token),
];

/// Answers what people ask for; `None` for an address that is not one of theirs.
pub(super) fn answer(twin: &Twin, site: &str, asked: &Asked) -> Option<Response<Body>> {
    let path = asked.uri.path();
    if let Some(asset) = assets::find(twin, path) {
        return Some(asset);
    }
    let (handler, params) = PAGES.iter().find_map(|(method, template, handler)| {
        let found = (*method == asked.method.as_str()).then(|| fits(template, path)).flatten();
        found.map(|params| (handler, params))
    })?;
    let visit = Visit::begin(twin, site, asked);
    Some(handler(&visit, &params).unwrap_or_else(|turned| visit.turned(&turned)))
}

/// A browser signs in as one of the people, by the seed's name, and comes to a page of the site.
pub(super) fn sign_in_as(twin: &Twin, site: &str, name: &str, to: &str) -> Option<Response<Body>> {
    let account = twin.with_site(site, |site| site.user_named(name).map(|user| user.account_id.clone()))?;
    let session = twin.with(|state| state.sessions.begin(state.seed, site, &account));
    let response = see(sign_in::local(to)).ok()?;
    Some(visit::with_cookie(response, &session::cookie_name(site), &session.id, true))
}

/// The parameters of a path, decoded, where it has the template's shape.
fn fits(template: &str, path: &str) -> Option<Vec<String>> {
    let (parts, segments) = (template.split('/'), path.split('/'));
    if parts.clone().count() != segments.clone().count() {
        return None;
    }
    let mut params = Vec::new();
    for (part, segment) in parts.zip(segments) {
        if part.starts_with('{') {
            params.push(percent_decode_str(segment).decode_utf8_lossy().into_owned());
        } else if part != segment {
            return None;
        }
    }
    Some(params)
}

/// A text as one part of a path, and no more than one.
fn segment(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// `303`: a form that did its work leads on to a page.
fn see(address: &str) -> Shown {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    put(&mut response, "location", address);
    put(&mut response, "cache-control", "no-store");
    Ok(response)
}
