//! The projects of the caller's site that he may administer, and what a project offers.

use super::who::{Admin, Person};
use crate::http::Http;
use crate::http::error::ApiError;
use crate::jira::client::MissingPermission;
use crate::setup::SetupError;
use crate::store::projects::Called;
use crate::store::syncs::Place;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use duplex_core::check::PERMISSION_REMEDY;
use duplex_core::id::{ProjectId, Side, Sides};
use duplex_core::schema::ProjectSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/"))]
pub(crate) struct ProjectRow {
    id: ProjectId,
    key: String,
    name: String,
    service: bool,
}

/// `GET /projects`.
pub(crate) async fn list(
    State(http): State<Arc<Http>>,
    person: Person,
) -> Result<Json<Vec<ProjectRow>>, ApiError> {
    let projects = http.setup.jira(&person.site)?.projects().await;
    let projects = projects.map_err(|error| ApiError::jira(&person.site.base_url, error))?;
    let ids: Vec<ProjectId> = projects.iter().map(|project| project.id.clone()).collect();
    let may = http.administered(&person, &ids).await?;
    let rows = projects.into_iter().filter(|project| may.contains(&project.id));
    Ok(Json(rows.map(|p| ProjectRow { id: p.id, key: p.key, name: p.name, service: p.service }).collect()))
}

/// `?fresh=true`: what was remembered is forgotten first, because somebody has just changed the project.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Freshness {
    fresh: bool,
}

fn fresh(asked: Result<Query<Freshness>, QueryRejection>) -> Result<bool, ApiError> {
    let Query(asked) = asked.map_err(|error| ApiError::malformed("fresh", error.body_text()))?;
    Ok(asked.fresh)
}

/// `GET /projects/{project}/schema?fresh=true`.
pub(crate) async fn schema(
    State(http): State<Arc<Http>>,
    person: Person,
    Path(project): Path<String>,
    asked: Result<Query<Freshness>, QueryRejection>,
) -> Result<Json<ProjectSchema>, ApiError> {
    let admin = person.admin_of(&http, ProjectId(project)).await?;
    let place = Place { site: admin.person.site.site.clone(), project: admin.project };
    if fresh(asked)? {
        http.setup.forget_schema(&place);
    }
    Ok(Json(http.setup.schema(&admin.person.site, &place).await?.as_ref().clone()))
}

/// `GET /syncs/{sync}/schemas?fresh=true`: of both sides. Who configures a sync sees what both projects offer: names of types,
/// fields and options, and nothing that stands in an issue.
pub(crate) async fn both(
    State(http): State<Arc<Http>>,
    admin: Admin,
    asked: Result<Query<Freshness>, QueryRejection>,
) -> Result<Json<Sides<ProjectSchema>>, ApiError> {
    if fresh(asked)? {
        for side in Side::BOTH {
            http.setup.forget_schema(&admin.sync.ends[side]);
        }
    }
    Ok(Json(http.setup.schemas(&admin.sync).await?))
}

/// A permission that the app's user lacks.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "api/generated/"))]
pub(crate) struct Lacking {
    /// As Jira's API calls it.
    key: String,
    /// As Jira's permission schemes call it.
    name: String,
    /// Where it is lacking; `None` for a project that the app does not see and never saw.
    project_key: Option<String>,
    project_name: Option<String>,
    remedy: &'static str,
}

/// `GET /projects/{project}/permissions`: what the app's user lacks there, of what mirroring may need.
pub(crate) async fn permissions(
    State(http): State<Arc<Http>>,
    person: Person,
    Path(project): Path<String>,
) -> Result<Json<Vec<Lacking>>, ApiError> {
    let admin = person.admin_of(&http, ProjectId(project)).await?;
    let site = &admin.person.site;
    let place = Place { site: site.site.clone(), project: admin.project };
    let (service, called) = match http.setup.schema(site, &place).await {
        Ok(schema) => (schema.service, Some(Called::of(&schema))),
        Err(SetupError::Unseen { called, .. }) => (false, called),
        Err(error) => return Err(error.into()),
    };
    let lacking = http.setup.jira(site)?.missing_permissions(&place.project, service).await;
    let lacking = lacking.map_err(|error| ApiError::jira(&site.base_url, error))?;
    let row = |lacks: MissingPermission| Lacking {
        key: lacks.key,
        name: lacks.name,
        project_key: called.as_ref().map(|called| called.key.clone()),
        project_name: called.as_ref().map(|called| called.name.clone()),
        remedy: PERMISSION_REMEDY,
    };
    Ok(Json(lacking.into_iter().map(row).collect()))
}
