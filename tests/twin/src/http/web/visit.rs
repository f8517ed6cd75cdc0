//! One visit of a browser: who looks, what he may see, and how he is answered.

use axum::body::Body;
use http::{Method, Response, StatusCode};
use maud::Markup;
use serde_json::Value;

use super::form::{Form, TOKEN};
use super::session::{Session, cookie, cookie_name};
use super::{Shown, Turned, layout, see};
use crate::http::call::{Call, Query};
use crate::http::gate::put;
use crate::http::reply::{Problem, Reply};
use crate::http::{Asked, auth, routes};
use crate::model::{AccountId, Site};
use crate::{Caller, State, Twin};

/// The cookie of the colours that a person chose; the same at all sites of one host.
pub(super) const THEME_COOKIE: &str = "twin.theme";

/// A visit that has begun.
#[derive(Debug)]
pub(super) struct Visit<'a> {
    pub(super) twin: &'a Twin,
    pub(super) site: &'a str,
    pub(super) asked: &'a Asked,
    pub(super) session: Option<Session>,
}

impl<'a> Visit<'a> {
    pub(super) fn begin(twin: &'a Twin, site: &'a str, asked: &'a Asked) -> Self {
        let id = cookie(cookies(asked), &cookie_name(site));
        let session = id.and_then(|id| twin.with(|state| state.sessions.find(site, id)));
        Self { twin, site, asked, session }
    }

    /// The account that looks.
    pub(super) fn account(&self) -> Result<&AccountId, Turned> {
        self.session.as_ref().map(|session| &session.account).ok_or(Turned::SignIn)
    }

    /// `light`, `dark`, or `auto`: what the browser prefers.
    pub(super) fn theme(&self) -> &'static str {
        match cookie(cookies(self.asked), THEME_COOKIE) {
            Some("light") => "light",
            Some("dark") => "dark",
            _ => "auto",
        }
    }

    /// Looks at the site through the viewer's eyes.
    pub(super) fn look<R>(&self, look: impl FnOnce(&Call<'_>) -> Result<R, Problem>) -> Result<R, Turned> {
        self.account()?;
        let empty: &[u8] = &[];
        Ok(self.with_call(self.asked.uri.path(), empty, |call| look(&call))?)
    }

    /// Asks the REST API in the viewer's name.
    pub(super) fn rest(&self, method: &Method, path: &str, body: &Value) -> Result<Value, Turned> {
        self.account()?;
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let reply = self.with_call(path, body.as_bytes(), |call| routes::dispatch(call, method));
        if reply.status.is_success() { Ok(reply.body.unwrap_or_default()) } else { Err(Turned::of(&reply)) }
    }

    fn with_call<R>(&self, path: &str, body: &[u8], act: impl FnOnce(Call<'_>) -> R) -> R {
        let caller = self.session.as_ref().map_or(Caller::Anonymous, |it| Caller::User(it.account.clone()));
        self.twin.with(|state| {
            let now_ms = state.clock.now_ms();
            let site = site_of(state, self.site);
            let now_ms = now_ms + site.clock_skew_ms;
            let query = Query::parse(self.asked.uri.query().unwrap_or_default());
            act(Call { api: routes::api_of(path), caller, path, query, body, now_ms, trace: None, site })
        })
    }

    /// The form that was posted by the person who looks. One of another site has neither our address nor the token.
    pub(super) fn form(&self) -> Result<Form, Turned> {
        let session = self.session.as_ref().ok_or(Turned::SignIn)?;
        let form = self.open_form()?;
        let token = form.text(TOKEN);
        let same: bool =
            subtle::ConstantTimeEq::ct_eq(token.as_bytes(), session.form_token.as_bytes()).into();
        if same { Ok(form) } else { Err(Turned::Foreign) }
    }

    /// A form of somebody who is not signed in yet: its address must be ours.
    pub(super) fn open_form(&self) -> Result<Form, Turned> {
        let header = |name: &str| self.asked.headers.get(name).and_then(|value| value.to_str().ok());
        let origin = header("origin").and_then(|origin| origin.split_once("://")).map(|(_, host)| host);
        if origin.is_some() && origin != header("host") {
            return Err(Turned::Foreign);
        }
        Ok(Form::parse(&self.asked.body))
    }

    /// Begins a session; the answer is what `then` says, with the cookie.
    pub(super) fn signed_in(&self, account: &AccountId, then: Shown) -> Shown {
        let session = self.twin.with(|state| {
            if let Some(old) = &self.session {
                state.sessions.end(&old.id);
            }
            state.sessions.begin(state.seed, self.site, account)
        });
        then.map(|response| with_cookie(response, &cookie_name(self.site), &session.id, true))
    }

    /// The account with this address and password (its API token).
    pub(super) fn person(&self, email: &str, password: &str) -> Option<AccountId> {
        self.twin.with(|state| auth::person(site_of(state, self.site), email, password))
    }

    /// A page for the person who looks.
    pub(super) fn page(&self, title: &str, content: &Markup) -> Shown {
        Ok(self.html(StatusCode::OK, title, content))
    }

    /// The answer to somebody who does not get what he asked for.
    pub(super) fn turned(&self, turned: &Turned) -> Response<Body> {
        match turned {
            Turned::SignIn => {
                let wanted = self.asked.uri.path_and_query().map_or("/", |it| it.as_str());
                let back = if self.asked.method == Method::GET { wanted } else { "/" };
                let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("dest-url", back).finish();
                see(&format!("/login?{query}")).unwrap_or_default()
            }
            Turned::Missing => self.html(
                StatusCode::NOT_FOUND,
                "Not found",
                &layout::trouble(
                    "We couldn't find that page",
                    "It does not exist, or you don't have permission to view it.",
                ),
            ),
            Turned::Foreign => self.html(
                StatusCode::FORBIDDEN,
                "XSRF check failed",
                &layout::trouble(
                    "XSRF check failed",
                    "This form is out of date or comes from another place. Nothing was done: go back, reload, and send it again.",
                ),
            ),
            Turned::Refused(status, words) => {
                self.html(*status, "That didn't work", &layout::trouble("That didn't work", words))
            }
        }
    }

    /// A page with a status of its own.
    pub(super) fn html(&self, status: StatusCode, title: &str, content: &Markup) -> Response<Body> {
        let whole = self.twin.with(|state| {
            let site = site_of(state, self.site);
            layout::whole(site, self.session.as_ref(), self.theme(), title, content)
        });
        let mut response = Response::new(Body::from(whole.into_string()));
        *response.status_mut() = status;
        put(&mut response, "content-type", "text/html; charset=utf-8");
        put(&mut response, "cache-control", "no-store");
        put(&mut response, "content-security-policy", &self.policy());
        put(&mut response, "x-content-type-options", "nosniff");
        put(&mut response, "referrer-policy", "same-origin");
        response
    }

    /// Scripts and styles are ours, forms go to us, and only the apps that are installed are framed. Connect's host
    /// writes the sizes of frames into the page.
    fn policy(&self) -> String {
        let (apps, above) = self.twin.with(|state| {
            let apps = state.connect.sites.get(self.site).map(|apps| apps.apps.values());
            let apps = apps.into_iter().flatten().filter_map(|app| origin(&app.descriptor.base_url));
            (apps.collect::<Vec<_>>(), state.face.framed_by.clone())
        });
        let above = above.as_deref().unwrap_or("'none'");
        format!(
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
             connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {above}; frame-src 'self' {}",
            apps.join(" ")
        )
    }
}

impl Turned {
    /// What a refusal of the REST API means to a person.
    pub(super) fn of(reply: &Reply) -> Self {
        match reply.status {
            StatusCode::UNAUTHORIZED => Self::SignIn,
            StatusCode::NOT_FOUND => Self::Missing,
            status => Self::Refused(status, words(reply.body.as_ref().unwrap_or(&Value::Null))),
        }
    }
}

/// The sentences of an error, whatever its envelope.
fn words(body: &Value) -> String {
    let texts = |value: &Value| -> Vec<String> {
        let all: Vec<&Value> = match value {
            Value::Array(list) => list.iter().collect(),
            Value::Object(map) => map.values().collect(),
            Value::String(_) => vec![value],
            Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
        };
        all.into_iter().filter_map(|it| it.as_str().map(str::to_owned)).collect()
    };
    let parts = ["errorMessages", "errors", "errorMessage", "message", "detail"];
    parts.iter().flat_map(|part| texts(&body[*part])).collect::<Vec<_>>().join(" ")
}

/// The site of a visit. A router serves a site that was added, and none is ever taken away.
fn site_of<'s>(state: &'s mut State, name: &str) -> &'s mut Site {
    state.sites.get_mut(name).expect("a site that is served was added")
}

fn origin(url: &str) -> Option<String> {
    url::Url::parse(url).ok().map(|url| url.origin().ascii_serialization())
}

fn cookies(asked: &Asked) -> &str {
    asked.headers.get("cookie").and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Sets a cookie that no other site sends along with its forms; an empty value takes it away.
pub(super) fn with_cookie(
    mut response: Response<Body>,
    name: &str,
    value: &str,
    hidden: bool,
) -> Response<Body> {
    let life = if value.is_empty() { "; Max-Age=0" } else { "" };
    let hidden = if hidden { "; HttpOnly" } else { "" };
    put(&mut response, "set-cookie", &format!("{name}={value}; Path=/; SameSite=Lax{hidden}{life}"));
    response
}
