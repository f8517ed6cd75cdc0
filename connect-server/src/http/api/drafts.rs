//! The draft of a sync: saved, checked, published; and *Draft sent*, which an admin of the other side answers.

use super::Said;
use super::people::names;
use super::who::Admin;
use crate::http::Http;
use crate::http::error::ApiError;
use crate::setup::{Effects, Outcome};
use crate::store::syncs::{Accepted, Draft, Saved, SentDraft, Sync};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use duplex_core::check::{Finding, refuses};
use duplex_core::config::diff::{Change, Widening, diff, widenings};
use duplex_core::config::{CommentRules, Config, Scope, SideConfig, UserRules};
use duplex_core::id::{AccountId, Millis, Side, Sides};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/"))]
pub(crate) struct DraftRow {
    /// To be sent back with the next save; 0 when there is no draft and this is what is published.
    version: i64,
    author: Option<String>,
    /// As the viewer's site calls him.
    author_name: Option<String>,
    at: Option<Millis>,
    pub(super) config: Config,
}

/// `GET /syncs/{sync}/draft`: the draft, else what is published, else an empty configuration.
pub(crate) async fn show(State(http): State<Arc<Http>>, admin: Admin) -> Result<Json<DraftRow>, ApiError> {
    let row = standing(&http, &admin).await?;
    let author = row.author.clone().map(AccountId);
    let names = names(&http, &admin.person.site, author.iter().collect()).await;
    Ok(Json(DraftRow { author_name: author.and_then(|author| names.get(&author).cloned()), ..row }))
}

/// What stands in the editor, its author not named yet.
pub(super) async fn standing(http: &Http, admin: &Admin) -> Result<DraftRow, ApiError> {
    let syncs = &http.setup.store.syncs;
    let (tenant, sync) = (&admin.sync.tenant, &admin.sync.sync);
    if let Some(draft) = syncs.draft(tenant, sync).await? {
        return Ok(draft.into());
    }
    let published = syncs.published(tenant, sync).await?;
    let config = published.map_or_else(|| empty(&admin.sync), |p| p.config);
    Ok(DraftRow { version: 0, author: None, author_name: None, at: None, config })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/", rename = "PutDraft"))]
pub(crate) struct Put {
    /// The version that the editor saw.
    version: i64,
    config: Config,
}

/// `PUT /syncs/{sync}/draft`: refused with 409 when somebody else saved since.
pub(crate) async fn put(
    State(http): State<Arc<Http>>,
    admin: Admin,
    Said(said): Said<Put>,
) -> Result<Json<DraftRow>, ApiError> {
    save(&http, &admin, said.version, &said.config).await.map(Json)
}

pub(super) async fn save(
    http: &Http,
    admin: &Admin,
    seen: i64,
    config: &Config,
) -> Result<DraftRow, ApiError> {
    http.setup.fits(&admin.sync, config)?;
    let (tenant, sync) = (&admin.sync.tenant, &admin.sync.sync);
    let (now, author) = (http.setup.clock.now(), &admin.person.account);
    match http.setup.store.syncs.put_draft(now, tenant, sync, seen, author, config).await? {
        Saved::Saved { version } => {
            let names = names(http, &admin.person.site, [author].into()).await;
            Ok(DraftRow {
                version,
                author: Some(author.0.clone()),
                author_name: names.get(author).cloned(),
                at: Some(now),
                config: config.clone(),
            })
        }
        Saved::Moved { .. } => Err(moved("The draft was changed by somebody else since you loaded it.")),
    }
}

/// `DELETE /syncs/{sync}/draft`.
pub(crate) async fn discard(State(http): State<Arc<Http>>, admin: Admin) -> Result<StatusCode, ApiError> {
    http.setup.store.syncs.discard_draft(&admin.sync.tenant, &admin.sync.sync).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/"))]
pub(crate) struct Checked {
    findings: Vec<Finding>,
    /// There are errors: it can't be published.
    refused: bool,
    widens: Sides<Vec<Widening>>,
    changes: Vec<Change>,
}

/// `POST /syncs/{sync}/draft/check`.
pub(crate) async fn check(State(http): State<Arc<Http>>, admin: Admin) -> Result<Json<Checked>, ApiError> {
    let draft = saved(&http, &admin).await?;
    let judged = http.setup.judge(&admin.sync, &draft.config, &admin.sides).await?;
    let published = http.setup.store.syncs.published(&admin.sync.tenant, &admin.sync.sync).await?;
    let changes =
        published.map(|p| diff(&p.config, &draft.config, Some(&judged.schemas))).unwrap_or_default();
    Ok(Json(Checked {
        refused: refuses(&judged.findings),
        findings: judged.findings,
        widens: judged.widens,
        changes,
    }))
}

/// `POST /syncs/{sync}/draft/effects`: what publishing it would set in motion.
pub(crate) async fn effects(State(http): State<Arc<Http>>, admin: Admin) -> Result<Json<Effects>, ApiError> {
    let draft = saved(&http, &admin).await?;
    Ok(Json(http.setup.effects(&admin.sync, &draft.config, &admin.sides).await?))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/", rename = "PublishDraft"))]
pub(crate) struct PublishSaid {
    /// The version of the draft that was looked at.
    version: i64,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/"))]
#[serde(tag = "is", rename_all = "snake_case")]
pub(crate) enum PublishRow {
    Published {
        version: i64,
    },
    /// *Draft sent*: an admin of `side` must accept it.
    Sent {
        id: String,
        side: Side,
        widens: Vec<Widening>,
    },
}

/// `POST /syncs/{sync}/draft/publish`: 200 published, 202 sent.
pub(crate) async fn publish(
    State(http): State<Arc<Http>>,
    admin: Admin,
    Said(said): Said<PublishSaid>,
) -> Result<(StatusCode, Json<PublishRow>), ApiError> {
    let draft = saved(&http, &admin).await?;
    if draft.version != said.version {
        return Err(moved("The draft was changed by somebody else since you looked at it."));
    }
    let author = &admin.person.account;
    Ok(match http.setup.publish(&admin.sync, &draft.config, author, &admin.sides).await? {
        Outcome::Published { version } => (StatusCode::OK, Json(PublishRow::Published { version })),
        Outcome::Sent { id, side, widens } => {
            (StatusCode::ACCEPTED, Json(PublishRow::Sent { id, side, widens }))
        }
    })
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/"))]
pub(crate) struct SentRow {
    id: String,
    side: Side,
    author: String,
    /// As the viewer's site calls him; `null` for an admin of the other site.
    author_name: Option<String>,
    at: Millis,
    /// The caller may answer it; otherwise he can only withdraw it.
    received: bool,
    widens: Vec<Widening>,
    config: Config,
}

/// `GET /syncs/{sync}/sent`: *Draft sent* or *Draft received*; `null` when none waits.
pub(crate) async fn sent(
    State(http): State<Arc<Http>>,
    admin: Admin,
) -> Result<Json<Option<SentRow>>, ApiError> {
    let (tenant, sync) = (&admin.sync.tenant, &admin.sync.sync);
    let Some(sent) = http.setup.store.syncs.sent_draft(tenant, sync).await? else { return Ok(Json(None)) };
    let published = http.setup.store.syncs.published(tenant, sync).await?;
    // Where a site does not answer, types and fields are called by their ids.
    let schemas = http.setup.schemas(&admin.sync).await.ok();
    let published = published.as_ref().map(|p| &p.config);
    let widens = widenings(published, &sent.config, sent.side, schemas.as_ref());
    let names = names(&http, &admin.person.site, [&sent.author].into()).await;
    Ok(Json(Some(SentRow {
        id: sent.id,
        side: sent.side,
        author_name: names.get(&sent.author).cloned(),
        author: sent.author.0,
        at: sent.at,
        received: admin.speaks_for(sent.side),
        widens,
        config: sent.config,
    })))
}

#[derive(Debug, Deserialize)]
pub(crate) struct SentPath {
    id: String,
}

/// `POST /syncs/{sync}/sent/{id}/accept`: publishes exactly what was sent, for the side that it widens.
pub(crate) async fn accept(
    State(http): State<Arc<Http>>,
    admin: Admin,
    Path(path): Path<SentPath>,
) -> Result<Json<PublishRow>, ApiError> {
    let sent = waiting(&http, &admin, &path.id).await?;
    if !admin.speaks_for(sent.side) {
        return Err(ApiError::forbidden(
            format!("This draft waits for an admin of side {}.", sent.side),
            "He finds it on his own page as *Draft received*.",
        ));
    }
    match http.setup.accept(&admin.sync, &sent, &admin.person.account).await? {
        Accepted::Published { version } => Ok(Json(PublishRow::Published { version })),
        Accepted::Moved { .. } => {
            Err(moved("Another configuration was published since this draft was sent."))
        }
        Accepted::Gone => Err(no_sent()),
    }
}

/// `POST /syncs/{sync}/sent/{id}/decline`: declined by the side that it widens, or withdrawn by the other.
pub(crate) async fn decline(
    State(http): State<Arc<Http>>,
    admin: Admin,
    Path(path): Path<SentPath>,
) -> Result<StatusCode, ApiError> {
    let (tenant, sync) = (&admin.sync.tenant, &admin.sync.sync);
    if http.setup.store.syncs.decline_draft(tenant, sync, &path.id).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(no_sent())
    }
}

/// What a new sync starts from: the two projects, and nothing that leaves either.
fn empty(sync: &Sync) -> Config {
    let side = |side: Side| SideConfig {
        site: sync.ends[side].site.clone(),
        project: sync.ends[side].project.clone(),
        scope: Scope::default(),
        issue_types: Vec::new(),
        fields: Vec::new(),
        comments: CommentRules::default(),
        users: UserRules::default(),
        defaults: Vec::new(),
    };
    Config { name: sync.name.clone(), sides: Sides::each(side), conflicts: Vec::new() }
}

async fn saved(http: &Http, admin: &Admin) -> Result<Draft, ApiError> {
    let draft = http.setup.store.syncs.draft(&admin.sync.tenant, &admin.sync.sync).await?;
    draft.ok_or_else(|| ApiError::refused("no_draft", "There is no draft.", "Save one first."))
}

async fn waiting(http: &Http, admin: &Admin, id: &str) -> Result<SentDraft, ApiError> {
    let sent = http.setup.store.syncs.sent_draft(&admin.sync.tenant, &admin.sync.sync).await?;
    sent.filter(|sent| sent.id == id).ok_or_else(no_sent)
}

fn no_sent() -> ApiError {
    ApiError::not_found("draft that waits for acceptance")
}

fn moved(why: &'static str) -> ApiError {
    ApiError::conflict("moved", why, "Load it again and repeat your change.")
}

impl From<Draft> for DraftRow {
    fn from(draft: Draft) -> Self {
        Self {
            version: draft.version,
            author: Some(draft.author.0),
            author_name: None,
            at: Some(draft.at),
            config: draft.config,
        }
    }
}
