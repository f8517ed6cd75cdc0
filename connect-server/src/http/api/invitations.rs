//! Joining a project of another site: one side invites, the other accepts, once.
//!
//! The token is the secret that the two admins share by a way of their own. It is shown once, kept as a hash, and says
//! nothing by itself; it travels in bodies, never in addresses, which end up in logs.

use super::Said;
use super::people::names;
use super::who::Person;
use crate::http::Http;
use crate::http::error::ApiError;
use crate::setup::{host_of, sync_name};
use crate::store::syncs::{Invitation, Listed, Place};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use duplex_core::id::{Millis, ProjectId, SyncId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

/// 256 bits: nobody guesses one.
const TOKEN_BYTES: usize = 32;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/"))]
pub(crate) struct Invite {
    name: String,
    project: ProjectId,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/"))]
pub(crate) struct Invited {
    /// Shown now and never again.
    token: String,
    expires: Millis,
}

/// `POST /invitations`.
pub(crate) async fn create(
    State(http): State<Arc<Http>>,
    person: Person,
    Said(said): Said<Invite>,
) -> Result<(StatusCode, Json<Invited>), ApiError> {
    let name = sync_name(&said.name)?.to_owned();
    let admin = person.admin_of(&http, said.project).await?;
    let from = Place { site: admin.person.site.site.clone(), project: admin.project };
    http.setup.call_by_name(&admin.person.site, &from).await?;
    let token = token(&http);
    let now = http.setup.clock.now();
    let invitation = Invitation {
        from,
        name,
        author: admin.person.account,
        created: now,
        expires: now.plus(http.times.invitation_ms),
    };
    http.setup.store.syncs.invite(&token, &invitation).await?;
    Ok((StatusCode::CREATED, Json(Invited { token, expires: invitation.expires })))
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/"))]
pub(crate) struct InvitationRow {
    /// Names it to whoever withdraws it; the token can't be told from it.
    id: String,
    name: String,
    project: ProjectId,
    author: String,
    /// As this site calls him.
    author_name: Option<String>,
    created: Millis,
    expires: Millis,
}

/// `GET /invitations`: the open ones of this site, for the projects that the caller administers.
pub(crate) async fn list(
    State(http): State<Arc<Http>>,
    person: Person,
) -> Result<Json<Vec<InvitationRow>>, ApiError> {
    let now = http.setup.clock.now();
    let open = http.setup.store.syncs.invitations_of(now, &person.site.site).await?;
    let projects: BTreeSet<ProjectId> =
        open.iter().map(|open| open.invitation.from.project.clone()).collect();
    let may = http.administered(&person, &projects.into_iter().collect::<Vec<_>>()).await?;
    let open: Vec<Listed> =
        open.into_iter().filter(|open| may.contains(&open.invitation.from.project)).collect();
    let names = names(&http, &person.site, open.iter().map(|open| &open.invitation.author).collect()).await;
    let row = |Listed { id, invitation: open }: Listed| InvitationRow {
        id,
        author_name: names.get(&open.author).cloned(),
        name: open.name,
        project: open.from.project,
        author: open.author.0,
        created: open.created,
        expires: open.expires,
    };
    Ok(Json(open.into_iter().map(row).collect()))
}

#[derive(Debug, Deserialize)]
pub(crate) struct InvitationPath {
    invitation: String,
}

/// `DELETE /invitations/{invitation}`: an open one of this site, by whoever administers its project. Anybody else's is
/// not there.
pub(crate) async fn withdraw(
    State(http): State<Arc<Http>>,
    person: Person,
    Path(path): Path<InvitationPath>,
) -> Result<StatusCode, ApiError> {
    let (syncs, site) = (&http.setup.store.syncs, &person.site.site);
    let open = syncs.invitations_of(http.setup.clock.now(), site).await?;
    let open = open.into_iter().find(|open| open.id == path.invitation).ok_or_else(no_invitation)?;
    if !http.administers(&person, &open.invitation.from.project).await? {
        return Err(no_invitation());
    }
    if syncs.withdraw_invitation(site, &open.id).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(no_invitation())
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/", rename = "InvitationToken"))]
pub(crate) struct Token {
    token: String,
}

/// What accepting means, before it is done.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/"))]
pub(crate) struct Inspected {
    name: String,
    /// The site that invites.
    base_url: String,
    /// As people call it.
    host: Option<String>,
    expires: Millis,
    /// What the inviting site learns by it, and what it does not.
    reveals: &'static str,
}

const REVEALS: &str = "Accepting shows the admins of the inviting project your site's address and what your project \
    offers: the names of its issue types, fields, options and request types. No issue, comment or person is shown, and \
    nothing leaves your project until an admin of yours has accepted a configuration that says what.";

/// `POST /invitations/inspect`.
pub(crate) async fn inspect(
    State(http): State<Arc<Http>>,
    _person: Person,
    Said(said): Said<Token>,
) -> Result<Json<Inspected>, ApiError> {
    let open = http.setup.store.syncs.invitation(http.setup.clock.now(), &said.token).await?;
    let open = open.ok_or_else(no_invitation)?;
    let site = http.setup.store.sites.get(&open.from.site).await?.ok_or_else(no_invitation)?;
    Ok(Json(Inspected {
        name: open.name,
        host: host_of(&site.base_url),
        base_url: site.base_url,
        expires: open.expires,
        reveals: REVEALS,
    }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/", rename = "AcceptInvitation"))]
pub(crate) struct Accept {
    token: String,
    /// The caller's project, which becomes side B.
    project: ProjectId,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/"))]
pub(crate) struct AcceptedRow {
    sync: SyncId,
}

/// `POST /invitations/accept`.
pub(crate) async fn accept(
    State(http): State<Arc<Http>>,
    person: Person,
    Said(said): Said<Accept>,
) -> Result<(StatusCode, Json<AcceptedRow>), ApiError> {
    let admin = person.admin_of(&http, said.project).await?;
    let syncs = &http.setup.store.syncs;
    let now = http.setup.clock.now();
    let open = syncs.invitation(now, &said.token).await?.ok_or_else(no_invitation)?;
    let partner = Place { site: admin.person.site.site.clone(), project: admin.project };
    if open.from == partner {
        return Err(ApiError::refused(
            "same_project",
            "The invitation comes from this very project.",
            "Choose another project.",
        ));
    }
    http.setup.call_by_name(&admin.person.site, &partner).await?;
    let id = SyncId(http.setup.chance.id());
    let sync = syncs.accept_invitation(now, &said.token, &id, &partner).await?.ok_or_else(no_invitation)?;
    Ok((StatusCode::CREATED, Json(AcceptedRow { sync: sync.sync })))
}

/// Never there, used, withdrawn and expired look the same.
fn no_invitation() -> ApiError {
    ApiError::not_found("open invitation").with_remedy(
        "An invitation is good once and for some days, and may have been withdrawn: ask the admin who sent it for a \
         new one.",
    )
}

fn token(http: &Http) -> String {
    let mut bytes = [0; TOKEN_BYTES];
    http.setup.chance.fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}
