//! What a site offers: its projects, and what one project takes.

use super::{Call, Cost, Jira, JiraError};
use crate::jira::wire::{At, WireError, field, field_kind};
use duplex_core::id::{FieldId, IssueTypeId, ProjectId, RequestTypeId};
use duplex_core::schema::{FieldKind, IssueTypeSchema, ProjectSchema, RequestTypeSchema};
use serde_json::Value;

/// A site with more projects, service desks, types or fields than this many pages hold is shown in part.
const PAGES_MAX: usize = 100;

/// Jira's own bound for these lists.
const PAGE: usize = 50;

/// Every create names them, so they are no fields to be mapped.
const GIVEN: [&str; 2] = ["project", "issuetype"];

/// A project, as the list of projects shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    pub id: ProjectId,
    pub key: String,
    pub name: String,
    /// A service project.
    pub service: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerInfo {
    pub base_url: String,
    /// `Cloud` or `Server`.
    pub deployment: String,
    pub title: String,
}

impl Jira {
    /// # Errors
    /// [`JiraError`]
    pub async fn server_info(&self) -> Result<ServerInfo, JiraError> {
        let answer = self.call(&Call::get("/rest/api/3/serverInfo", Cost::Plain)).await?;
        let at = At::root(&answer.body);
        Ok(ServerInfo {
            base_url: at.get("baseUrl").text()?.to_owned(),
            deployment: at.get("deploymentType").text_or_none()?.unwrap_or_default(),
            title: at.get("serverTitle").text_or_none()?.unwrap_or_default(),
        })
    }

    /// All projects that our account sees, by key.
    ///
    /// # Errors
    /// [`JiraError`]
    pub async fn projects(&self) -> Result<Vec<Project>, JiraError> {
        let call = Call::get("/rest/api/3/project/search", Cost::Objects("/values")).with("orderBy", "key");
        self.pages(call, PLATFORM, &["values"], project).await
    }

    /// # Errors
    /// [`JiraError::NotFound`] where our account does not see it.
    pub async fn project(&self, id: &ProjectId) -> Result<Project, JiraError> {
        let answer = self.call(&Call::get(format!("/rest/api/3/project/{id}"), Cost::Object)).await?;
        Ok(project(&At::root(&answer.body))?)
    }

    /// Everything that a configuration of this project can speak of. Takes a call per issue type and a few more.
    ///
    /// # Errors
    /// [`JiraError`]
    pub async fn project_schema(&self, id: &ProjectId) -> Result<ProjectSchema, JiraError> {
        let project = self.project(id).await?;
        let request_type_field = self.request_type_field().await?;
        let request_types = if project.service { self.request_types(id).await? } else { Vec::new() };
        Ok(ProjectSchema {
            project: project.id,
            key: project.key,
            name: project.name,
            service: project.service,
            issue_types: self.issue_types(id).await?,
            request_types,
            request_type_field,
        })
    }

    async fn issue_types(&self, project: &ProjectId) -> Result<Vec<IssueTypeSchema>, JiraError> {
        let path = format!("/rest/api/3/issue/createmeta/{project}/issuetypes");
        let call = Call::get(&path, Cost::Plain);
        let mut types =
            self.pages(call, PLATFORM, &["issueTypes", "createMetaIssueType"], issue_type).await?;
        for one in &mut types {
            let call = Call::get(format!("{path}/{}", one.id), Cost::Plain);
            one.fields = self.pages(call, PLATFORM, &["fields", "results"], field).await?;
            one.fields.retain(|field| !GIVEN.contains(&field.id.as_str()));
        }
        Ok(types)
    }

    /// The site's field that holds the request type; `None` on a site without Jira Service Management.
    async fn request_type_field(&self) -> Result<Option<FieldId>, JiraError> {
        let answer = self.call(&Call::get("/rest/api/3/field", Cost::Plain)).await?;
        let fields = At::root(&answer.body).list()?;
        let found = fields.iter().find(|f| field_kind(f.get("schema").value) == FieldKind::RequestType);
        Ok(found.map(|f| f.get("id").text().map(FieldId::new)).transpose()?)
    }

    async fn request_types(&self, project: &ProjectId) -> Result<Vec<RequestTypeSchema>, JiraError> {
        let call = Call::get("/rest/servicedeskapi/servicedesk", Cost::Plain);
        let desks = self.pages(call, SERVICE_DESK, &["values"], service_desk).await?;
        let Some((desk, _)) = desks.into_iter().find(|(_, of)| of == project) else { return Ok(Vec::new()) };
        let call = Call::get(format!("/rest/servicedeskapi/servicedesk/{desk}/requesttype"), Cost::Plain);
        self.pages(call, SERVICE_DESK, &["values"], request_type).await
    }

    /// All items of a paged list, whose page calls it by one of `names`.
    async fn pages<T>(
        &self,
        call: Call,
        words: Paging,
        names: &[&str],
        read: fn(&At<'_>) -> Result<T, WireError>,
    ) -> Result<Vec<T>, JiraError> {
        let mut all = Vec::new();
        let mut from = 0;
        for _ in 0..PAGES_MAX {
            let call = call.clone().with(words.start, from.to_string()).with(words.limit, PAGE.to_string());
            let answer = self.call(&call).await?;
            let page = At::root(&answer.body);
            let name = names.iter().find(|name| page.get(name).some().is_some()).unwrap_or(&names[0]);
            let items = page.get(name).list()?;
            from += items.len();
            for item in &items {
                all.push(read(item)?);
            }
            if items.is_empty() || is_last(&answer.body, words, from) {
                break;
            }
        }
        Ok(all)
    }
}

/// The words by which an API pages.
#[derive(Clone, Copy)]
struct Paging {
    start: &'static str,
    limit: &'static str,
    last: &'static str,
}

const PLATFORM: Paging = Paging { start: "startAt", limit: "maxResults", last: "isLast" };
const SERVICE_DESK: Paging = Paging { start: "start", limit: "limit", last: "isLastPage" };

/// A page says that it is the last, or how many items there are in all; one that says neither is the last.
fn is_last(page: &Value, words: Paging, read: usize) -> bool {
    match (page.get(words.last).and_then(Value::as_bool), page.get("total").and_then(Value::as_u64)) {
        (Some(last), _) => last,
        (None, Some(total)) => u64::try_from(read).is_ok_and(|read| read >= total),
        (None, None) => true,
    }
}

fn project(at: &At<'_>) -> Result<Project, WireError> {
    Ok(Project {
        id: ProjectId(at.get("id").id()?),
        key: at.get("key").text()?.to_owned(),
        name: at.get("name").text()?.to_owned(),
        service: at.get("projectTypeKey").value.as_str() == Some("service_desk"),
    })
}

fn issue_type(at: &At<'_>) -> Result<IssueTypeSchema, WireError> {
    Ok(IssueTypeSchema {
        id: IssueTypeId(at.get("id").id()?),
        name: at.get("name").text()?.to_owned(),
        subtask: at.get("subtask").flag()?.unwrap_or(false),
        fields: Vec::new(),
    })
}

fn service_desk(at: &At<'_>) -> Result<(String, ProjectId), WireError> {
    Ok((at.get("id").id()?, ProjectId(at.get("projectId").id()?)))
}

fn request_type(at: &At<'_>) -> Result<RequestTypeSchema, WireError> {
    Ok(RequestTypeSchema {
        id: RequestTypeId(at.get("id").id()?),
        name: at.get("name").text()?.to_owned(),
        issue_type: IssueTypeId(at.get("issueTypeId").id()?),
    })
}
