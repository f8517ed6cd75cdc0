//! Beans of the service desk API.

use serde_json::{Value, json};

use super::{Api, View, field_schema, field_value, people};
use crate::clock::{format_time, jira_time};
use crate::model::{
    AccountId, Comment, Field, FieldKind, Issue, Project, RequestType, RequestTypeField, ServiceDesk,
    StatusCategory,
};
use crate::text;

/// A moment in the four forms JSM gives.
#[must_use]
pub fn desk_date(at_ms: i64) -> Value {
    json!({
        "iso8601": format_time(at_ms, "%Y-%m-%dT%H:%M:%S+0000"),
        "jira": jira_time(at_ms),
        "friendly": format_time(at_ms, "%d/%b/%y %-I:%M %p"),
        "epochMillis": at_ms,
    })
}

/// A user as JSM shows it.
#[must_use]
pub fn desk_user(view: View<'_>, account: &AccountId) -> Value {
    let details = super::user_details(view, account);
    let mut bean = json!({
        "accountId": account,
        "displayName": details["displayName"],
        "active": details["active"],
        "timeZone": "Etc/UTC",
        "_links": {"jiraRest": details["self"], "avatarUrls": details["avatarUrls"], "self": details["self"]},
    });
    if view.site.users.get(account).is_some_and(people::shows_email) {
        bean["emailAddress"] = details["emailAddress"].clone();
    }
    bean
}

/// A page of the service desk API: `path` is the listing's address, `all` everything there is.
#[must_use]
pub fn paged(view: View<'_>, path: &str, start: usize, limit: usize, all: Vec<Value>) -> Value {
    let base = &view.site.base_url;
    let total = all.len();
    let values: Vec<Value> = all.into_iter().skip(start).take(limit).collect();
    let last = start + values.len() >= total;
    let joint = if path.contains('?') { '&' } else { '?' };
    let mut links = json!({"self": format!("{base}{path}"), "base": base, "context": ""});
    if !last {
        links["next"] = json!(format!("{base}{path}{joint}limit={limit}&start={}", start + limit));
    }
    if start > 0 {
        links["prev"] =
            json!(format!("{base}{path}{joint}limit={limit}&start={}", start.saturating_sub(limit)));
    }
    json!({
        "_expands": [],
        "size": values.len(),
        "start": start,
        "limit": limit,
        "isLastPage": last,
        "_links": links,
        "values": values,
    })
}

/// A service desk.
#[must_use]
pub fn service_desk_bean(view: View<'_>, project: &Project, desk: &ServiceDesk) -> Value {
    json!({
        "id": desk.id,
        "projectId": project.id,
        "projectName": project.name,
        "projectKey": project.key,
        "projectTypeKey": project.kind.as_str(),
        "_links": {"self": format!("{}/rest/servicedeskapi/servicedesk/{}", view.site.base_url, desk.id)},
    })
}

/// A request type.
#[must_use]
pub fn request_type_bean(view: View<'_>, desk: &ServiceDesk, request_type: &RequestType) -> Value {
    let base = &view.site.base_url;
    let icon = |size: &str| {
        format!("{base}/rest/api/2/universal_avatar/view/type/SD_REQTYPE/avatar/10500?size={size}")
    };
    json!({
        "_expands": [],
        "id": request_type.id,
        "_links": {"self": format!("{base}/rest/servicedeskapi/servicedesk/{}/requesttype/{}", desk.id, request_type.id)},
        "name": request_type.name,
        "description": request_type.description,
        "helpText": request_type.help_text,
        "issueTypeId": request_type.issue_type,
        "serviceDeskId": desk.id,
        "portalId": desk.portal_id,
        "groupIds": request_type.groups,
        "icon": {"id": "10500", "_links": {"iconUrls": {
            "48x48": icon("large"), "24x24": icon("small"), "16x16": icon("xsmall"), "32x32": icon("medium")}}},
        "restrictionStatus": "OPEN",
        "canCreateRequest": true,
    })
}

/// One field of a request type's form.
#[must_use]
pub fn request_type_field(view: View<'_>, on: &RequestTypeField) -> Option<Value> {
    let field = view.site.fields.get(&on.field)?;
    let choice = |value: &str, label: &str| json!({"value": value, "label": label, "children": []});
    let choices: Vec<Value> = if field.kind == FieldKind::Priority {
        view.site.priorities.iter().map(|it| choice(&it.id, &it.name)).collect()
    } else {
        field.options.iter().filter(|it| !it.disabled).map(|it| choice(&it.id, &it.value)).collect()
    };
    Some(json!({
        "fieldId": on.field,
        "name": on.name,
        "description": "",
        "required": on.required,
        "defaultValues": [],
        "validValues": choices,
        "presetValues": [],
        "jiraSchema": field_schema(field),
        "visible": on.visible,
    }))
}

/// What the request type field of an issue reads as.
pub(super) fn request_type_field_value(view: View<'_>, issue: &Issue) -> Value {
    let site = view.site;
    let (Some(desk), Some(request_type)) =
        (site.project_of(&issue.head).service_desk.as_ref(), site.request_type(&issue.head))
    else {
        return Value::Null;
    };
    json!({
        "_links": request_links(view, desk, issue),
        "requestType": request_type_bean(view, desk, request_type),
        "currentStatus": current_status(view, issue),
    })
}

fn request_links(view: View<'_>, desk: &ServiceDesk, issue: &Issue) -> Value {
    let (base, head) = (&view.site.base_url, &issue.head);
    let web = format!("{base}/servicedesk/customer/portal/{}/{}", desk.portal_id, head.key);
    json!({
        "jiraRest": format!("{base}/rest/api/2/issue/{}", head.id),
        "web": web,
        "agent": format!("{base}/browse/{}", head.key),
        "self": format!("{base}/rest/servicedeskapi/request/{}", head.id),
    })
}

/// The status as the portal shows it.
#[must_use]
pub fn current_status(view: View<'_>, issue: &Issue) -> Value {
    let status = view.site.statuses.get(&issue.head.status);
    let category = match status.map(|it| it.category) {
        Some(StatusCategory::ToDo) => "NEW",
        Some(StatusCategory::InProgress) => "INDETERMINATE",
        Some(StatusCategory::Done) => "DONE",
        None => "UNDEFINED",
    };
    json!({
        "status": status.map(|it| it.name.as_str()),
        "statusCategory": category,
        "statusDate": desk_date(issue.head.status_changed_ms),
    })
}

/// A request as the portal shows it.
#[must_use]
pub fn request_bean(view: View<'_>, issue: &Issue, expand: &[String]) -> Option<Value> {
    let site = view.site;
    let head = &issue.head;
    let project = site.project_of(head);
    let desk = project.service_desk.as_ref()?;
    let request_type = site.request_type(head)?;
    let reporter = head.user_value("reporter").unwrap_or(&head.creator);
    let values: Vec<Value> = request_type
        .fields
        .iter()
        .filter(|on| on.visible)
        .filter_map(|on| portal_value(view, issue, on))
        .collect();
    let mut bean = json!({
        // Only what is there can be asked for; Jira has more.
        "_expands": ["participant", "requestType", "serviceDesk"],
        "issueId": head.id.to_string(),
        "issueKey": head.key,
        "summary": head.summary(),
        "requestTypeId": request_type.id,
        "serviceDeskId": desk.id,
        "createdDate": desk_date(head.created_ms),
        "reporter": desk_user(view, reporter),
        "requestFieldValues": values,
        "currentStatus": current_status(view, issue),
        "_links": request_links(view, desk, issue),
    });
    let wants = |what: &str| expand.iter().any(|part| part == what);
    let path = format!("/rest/servicedeskapi/request/{}", head.id);
    if wants("requestType") {
        bean["requestType"] = request_type_bean(view, desk, request_type);
    }
    if wants("serviceDesk") {
        bean["serviceDesk"] = service_desk_bean(view, project, desk);
    }
    if wants("participant") {
        let people = site.participants(head).iter().map(|account| desk_user(view, account)).collect();
        bean["participants"] = paged(view, &format!("{path}/participant"), 0, 50, people);
    }
    Some(bean)
}

fn portal_value(view: View<'_>, issue: &Issue, on: &RequestTypeField) -> Option<Value> {
    let field: &Field = view.site.fields.get(&on.field)?;
    // The service desk API speaks wiki markup, as version 2 does.
    let value = field_value(View { api: Api::V2, ..view }, issue, field);
    Some(json!({"fieldId": on.field, "label": on.name, "value": value}))
}

/// A comment as the service desk API shows it: `public` is what the customer's portal goes by; its HTML only when
/// asked for (`expand=renderedBody`).
#[must_use]
pub fn request_comment(view: View<'_>, issue: &Issue, comment: &Comment, expand: &[String]) -> Value {
    let link = format!(
        "{}/rest/servicedeskapi/request/{}/comment/{}",
        view.site.base_url, issue.head.id, comment.id
    );
    let mut bean = json!({
        "_expands": ["renderedBody"],
        "id": comment.id.to_string(),
        "body": text::adf_to_wiki(&comment.body),
        "public": comment.in_portal(view.site.is_request(&issue.head)),
        "author": desk_user(view, &comment.author),
        "created": desk_date(comment.created_ms),
        "_links": {"self": link},
    });
    if expand.iter().any(|part| part == "renderedBody") {
        bean["renderedBody"] = json!({"html": super::issue::html(&comment.body)});
    }
    bean
}
