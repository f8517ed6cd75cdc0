//! Every address of the API, in one table: the router is built from it, and so are the tests that turn strangers away.

use super::{
    activity, drafts, drills, files, history, invitations, me, pairs, panel, people, preview, progress,
    projects, remap, running, scope, syncs, troubles,
};
use crate::http::Http;
use axum::Router;
use axum::http::Method;
use axum::routing::{MethodFilter, MethodRouter, on};
use std::sync::Arc;

/// Who may call a route. Its handler takes the proof as an argument; see `who.rs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// Whoever looks at our page; he is answered with what is his.
    Person,
    /// Who administers the project that the path or the body names.
    ProjectAdmin,
    /// Who administers the sync's projects on his site. Anybody else learns nothing: 404, as of a sync that is not
    /// there.
    Admin,
    /// Who may see, or edit, the issue that is named on his own site.
    Reader,
}

/// One address and method.
pub struct Route {
    /// One method, and never two.
    pub method: MethodFilter,
    /// Below `/api/v1`, with the names of what varies in braces.
    pub path: &'static str,
    pub asks: Asks,
    handler: fn(MethodFilter) -> MethodRouter<Arc<Http>>,
}

const fn route(
    asks: Asks,
    method: MethodFilter,
    path: &'static str,
    handler: fn(MethodFilter) -> MethodRouter<Arc<Http>>,
) -> Route {
    Route { method, path, asks, handler }
}

use Asks::{Admin, Person, ProjectAdmin, Reader};

const GET: MethodFilter = MethodFilter::GET;
const POST: MethodFilter = MethodFilter::POST;
const PUT: MethodFilter = MethodFilter::PUT;
const PATCH: MethodFilter = MethodFilter::PATCH;
const DELETE: MethodFilter = MethodFilter::DELETE;

/// All of them.
pub const ROUTES: &[Route] = &[
    route(Person, GET, "/me", |m| on(m, me::show)),
    route(Person, GET, "/projects", |m| on(m, projects::list)),
    route(ProjectAdmin, GET, "/projects/{project}/schema", |m| on(m, projects::schema)),
    route(ProjectAdmin, GET, "/projects/{project}/permissions", |m| on(m, projects::permissions)),
    route(Person, GET, "/syncs", |m| on(m, syncs::list)),
    route(ProjectAdmin, POST, "/syncs", |m| on(m, syncs::create)),
    route(Admin, GET, "/syncs/{sync}", |m| on(m, syncs::show)),
    route(Admin, PATCH, "/syncs/{sync}", |m| on(m, syncs::rename)),
    route(Admin, DELETE, "/syncs/{sync}", |m| on(m, syncs::delete)),
    route(Admin, GET, "/syncs/{sync}/schemas", |m| on(m, projects::both)),
    route(Admin, GET, "/syncs/{sync}/draft", |m| on(m, drafts::show)),
    route(Admin, PUT, "/syncs/{sync}/draft", |m| on(m, drafts::put)),
    route(Admin, DELETE, "/syncs/{sync}/draft", |m| on(m, drafts::discard)),
    route(Admin, POST, "/syncs/{sync}/draft/check", |m| on(m, drafts::check)),
    route(Admin, POST, "/syncs/{sync}/draft/effects", |m| on(m, drafts::effects)),
    route(Admin, POST, "/syncs/{sync}/draft/publish", |m| on(m, drafts::publish)),
    route(Admin, GET, "/syncs/{sync}/preview", |m| on(m, preview::facts)),
    route(Admin, GET, "/syncs/{sync}/people", |m| on(m, people::named)),
    route(Admin, GET, "/syncs/{sync}/people/search", |m| on(m, people::search)),
    route(Admin, POST, "/syncs/{sync}/scope/verify", |m| on(m, scope::verify)),
    route(Admin, GET, "/syncs/{sync}/sent", |m| on(m, drafts::sent)),
    route(Admin, POST, "/syncs/{sync}/sent/{id}/accept", |m| on(m, drafts::accept)),
    route(Admin, POST, "/syncs/{sync}/sent/{id}/decline", |m| on(m, drafts::decline)),
    route(Admin, GET, "/syncs/{sync}/history", |m| on(m, history::list)),
    route(Admin, POST, "/syncs/{sync}/history/{version}/restore", |m| on(m, history::restore)),
    route(Admin, GET, "/syncs/{sync}/file", |m| on(m, files::export)),
    route(Admin, PUT, "/syncs/{sync}/file", |m| on(m, files::import)),
    route(Admin, POST, "/syncs/{sync}/start", |m| on(m, running::start)),
    route(Admin, POST, "/syncs/{sync}/stop", |m| on(m, running::stop)),
    route(Admin, POST, "/syncs/{sync}/resync", |m| on(m, running::resync)),
    route(Admin, GET, "/syncs/{sync}/drill", |m| on(m, drills::show)),
    route(Admin, POST, "/syncs/{sync}/drill", |m| on(m, drills::run)),
    route(Admin, POST, "/syncs/{sync}/drill/skip", |m| on(m, drills::skip)),
    route(Admin, GET, "/syncs/{sync}/progress", |m| on(m, progress::show)),
    route(Admin, GET, "/syncs/{sync}/activity", |m| on(m, activity::list)),
    route(Admin, GET, "/syncs/{sync}/parked", |m| on(m, troubles::parked)),
    route(Admin, POST, "/syncs/{sync}/parked/retry", |m| on(m, troubles::retry)),
    route(Admin, POST, "/syncs/{sync}/parked/ignore", |m| on(m, troubles::ignore)),
    route(Admin, GET, "/syncs/{sync}/conflicts", |m| on(m, troubles::conflicts)),
    route(Admin, POST, "/syncs/{sync}/conflicts/{id}/restore", |m| on(m, pairs::restore)),
    route(Admin, POST, "/syncs/{sync}/links/{link}/unlink", |m| on(m, pairs::unlink)),
    route(Admin, POST, "/syncs/{sync}/links/{link}/recreate", |m| on(m, pairs::recreate)),
    route(Admin, GET, "/syncs/{sync}/remap", |m| on(m, remap::show)),
    route(Admin, POST, "/syncs/{sync}/remap", |m| on(m, remap::begin)),
    route(Person, GET, "/invitations", |m| on(m, invitations::list)),
    route(ProjectAdmin, POST, "/invitations", |m| on(m, invitations::create)),
    route(Person, DELETE, "/invitations/{invitation}", |m| on(m, invitations::withdraw)),
    route(Person, POST, "/invitations/inspect", |m| on(m, invitations::inspect)),
    route(ProjectAdmin, POST, "/invitations/accept", |m| on(m, invitations::accept)),
    route(Reader, GET, "/panel", |m| on(m, panel::show)),
    route(Reader, POST, "/panel/{sync}/sync-now", |m| on(m, panel::sync_now)),
];

impl std::fmt::Debug for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} {} for {:?}", self.method, self.path, self.asks)
    }
}

impl Route {
    /// The method by its name.
    #[must_use]
    pub fn verb(&self) -> Method {
        let all = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
        let same = |m: &Method| MethodFilter::try_from(m.clone()).is_ok_and(|filter| filter == self.method);
        all.into_iter().find(same).unwrap_or_default()
    }
}

pub(crate) fn routes() -> Router<Arc<Http>> {
    ROUTES.iter().fold(Router::new(), |router, route| router.route(route.path, (route.handler)(route.method)))
}
