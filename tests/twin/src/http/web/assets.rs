//! What pages are made of: our style and script, and what npm brings for the apps.

use std::path::PathBuf;

use axum::body::Body;
use http::{Response, StatusCode};

use crate::Twin;
use crate::http::gate::put;

/// How the face is served.
#[derive(Debug, Clone)]
pub struct Face {
    /// A `node_modules` folder with what `tests/twin/web/package.json` names.
    pub modules: PathBuf,
    /// The origin of a page that may frame the site's pages, as no other may.
    pub framed_by: Option<String>,
}

impl Default for Face {
    fn default() -> Self {
        Self {
            modules: PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/web/node_modules")),
            framed_by: None,
        }
    }
}

/// Where Connect's script for the frames lies, as long ago on every Jira site.
pub(super) const ALL_JS: &str = "/atlassian-connect/all.js";
pub(super) const HOST_JS: &str = "/atlassian-connect/connect-host.js";
pub(super) const JQUERY_JS: &str = "/s/jquery.js";
pub(super) const AJS_JS: &str = "/s/ajs.js";
pub(super) const FRAMES_JS: &str = "/s/frames.js";
pub(super) const STYLE: &str = "/s/face.css";

const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";

const OWN: &[(&str, &str, &str)] = &[
    (STYLE, CSS, include_str!("face.css")),
    (AJS_JS, JS, include_str!("ajs.js")),
    (FRAMES_JS, JS, include_str!("frames.js")),
];

const PACKAGES: &[(&str, &str)] = &[
    (ALL_JS, "atlassian-connect-js/dist/iframe.js"),
    (HOST_JS, "atlassian-connect-js/dist/connect-host.js"),
    (JQUERY_JS, "jquery/dist/jquery.min.js"),
];

/// The file at an address, if it is one of ours.
pub(super) fn find(twin: &Twin, path: &str) -> Option<Response<Body>> {
    if let Some((_, kind, text)) = OWN.iter().find(|(address, ..)| *address == path) {
        return Some(file(kind, Body::from(*text)));
    }
    let (_, name) = PACKAGES.iter().find(|(address, _)| *address == path)?;
    let whole = twin.with(|state| state.face.modules.join(name));
    Some(match std::fs::read(&whole) {
        Ok(bytes) => file(JS, Body::from(bytes)),
        Err(_) => {
            let mut missing = Response::new(Body::from(how_to_install(twin)));
            *missing.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            put(&mut missing, "content-type", "text/plain; charset=utf-8");
            missing
        }
    })
}

/// What is to be done where the packages are not installed; `None` where they are.
pub(super) fn missing(twin: &Twin) -> Option<String> {
    let modules = twin.with(|state| state.face.modules.clone());
    let all = PACKAGES.iter().all(|(_, name)| modules.join(name).is_file());
    (!all).then(|| how_to_install(twin))
}

fn how_to_install(twin: &Twin) -> String {
    let modules = twin.with(|state| state.face.modules.clone());
    format!(
        "Connect's scripts are not in {}. Run `make web`, or name the folder with `--web-modules`.",
        modules.display()
    )
}

fn file(kind: &str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    put(&mut response, "content-type", kind);
    put(&mut response, "cache-control", "max-age=600");
    put(&mut response, "x-content-type-options", "nosniff");
    response
}
