//! Issues: create, read, edit, delete.

use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::bodies::{Id, text_or_number};
use super::call::Call;
use super::reply::{Answer, Problem, Reply};
use super::routes::Params;
use super::update::{self, Form};
use crate::Caller;
use crate::model::{Act, Edit, FieldValue, Issue, NewComment};
use crate::view::{FieldChoice, IssueExpand, issue_bean};

/// Most issues one `bulkfetch` takes.
const BULK_FETCH_MAX: usize = 100;
/// Most issues one bulk create takes.
const BULK_CREATE_MAX: usize = 50;

/// `POST issue`
pub(super) fn create(call: &mut Call<'_>, _: Params<'_>) -> Answer {
    if call.body.is_empty() {
        return Err(Problem::bad("No Issue Create payload supplied"));
    }
    let act = call.act()?;
    let body = call.json()?;
    Reply::created(create_one(call, &act, &body)?)
}

fn create_one(call: &mut Call<'_>, act: &Act, body: &Value) -> Result<Value, Problem> {
    let (new, comments) = update::new_issue(call, body)?;
    let id = call.site.create_issue(act, new);
    add_all(call, act, id, comments);
    let transition = body.get("transition").and_then(|it| it.get("id")).and_then(text_or_number);
    if let Some(wanted) = transition {
        take_initial(call, act, id, &wanted);
    }
    let issue = call.site.issues.get(&id).ok_or_else(Problem::no_issue)?;
    let link = call.view().link(&format!("/issue/{id}"));
    Ok(json!({"id": id.to_string(), "key": issue.head.key, "self": link}))
}

fn take_initial(call: &mut Call<'_>, act: &Act, id: u64, wanted: &str) {
    let transition = call.site.issues.get(&id).and_then(|issue| {
        let workflow = &call.site.project_of(&issue.head).workflow;
        let open = |from: &[String]| from.is_empty() || from.contains(&issue.head.status);
        workflow.transitions.iter().find(|it| it.id == wanted && open(&it.from)).cloned()
    });
    if let Some(transition) = transition {
        call.site.transition_issue(act, id, &transition, Edit::default());
    }
}

pub(super) fn add_all(call: &mut Call<'_>, act: &Act, id: u64, comments: Vec<NewComment>) {
    for comment in comments {
        call.site.add_comment(act, id, comment);
    }
}

/// `POST issue/bulk`: what can be created is created.
pub(super) fn create_bulk(call: &mut Call<'_>, _: Params<'_>) -> Answer {
    let act = call.act()?;
    let body = call.json()?;
    let updates = body.get("issueUpdates").and_then(Value::as_array).cloned().unwrap_or_default();
    if updates.is_empty() || updates.len() > BULK_CREATE_MAX {
        return Err(Problem::bad(format!(
            "The number of issues to create must be between 1 and {BULK_CREATE_MAX}."
        )));
    }
    let (mut issues, mut errors) = (Vec::new(), Vec::new());
    for (number, update) in updates.iter().enumerate() {
        match create_one(call, &act, update) {
            Ok(created) => issues.push(created),
            Err(problem) => {
                let reply = problem.into_reply(call.path);
                let mut element = reply.body.unwrap_or_default();
                element["status"] = json!(reply.status.as_u16());
                errors.push(json!({
                    "status": reply.status.as_u16(),
                    "elementErrors": element,
                    "failedElementNumber": number,
                }));
            }
        }
    }
    let status = if issues.is_empty() { StatusCode::BAD_REQUEST } else { StatusCode::CREATED };
    Ok(Reply::json(status, json!({"issues": issues, "errors": errors})))
}

/// `GET issue/{i}`
pub(super) fn get(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let issue = call.issue(&params[0])?;
    Reply::ok(shown(call, issue))
}

/// An issue as the query asks for it.
fn shown(call: &Call<'_>, issue: &Issue) -> Value {
    let choice = FieldChoice::parse(&call.query.list("fields"), "*all");
    let expand = IssueExpand::parse(&call.query.list("expand"));
    issue_bean(call.view(), issue, &choice, expand, &call.query.list("properties"))
}

/// `POST issue/bulkfetch`, in ascending order of ids.
pub(super) fn bulk_fetch(call: &mut Call<'_>, _: Params<'_>) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Body {
        issue_ids_or_keys: Vec<Id>,
        #[serde(default)]
        fields: Option<Vec<String>>,
        #[serde(default)]
        expand: Option<Vec<String>>,
        #[serde(default)]
        properties: Option<Vec<String>>,
        #[serde(default, rename = "fieldsByKeys")]
        _fields_by_keys: Option<bool>,
    }
    let body: Body = call.bean()?;
    if body.issue_ids_or_keys.is_empty() || body.issue_ids_or_keys.len() > BULK_FETCH_MAX {
        return Err(Problem::bad(format!(
            "The number of issue IDs or keys must be between 1 and {BULK_FETCH_MAX}."
        )));
    }
    let choice = FieldChoice::parse(&body.fields.unwrap_or_default(), "*navigable");
    let expand = IssueExpand::parse(&body.expand.unwrap_or_default());
    let properties = body.properties.unwrap_or_default();
    let (mut found, mut errors) = (std::collections::BTreeMap::new(), Vec::new());
    for Id(asked) in &body.issue_ids_or_keys {
        match call.issue(asked) {
            Ok(issue) => {
                found.insert(issue.head.id, issue);
            }
            Err(_) => errors.push(json!({"id": asked, "errorMessage": "Issue does not exist or you do not have permission to see it."})),
        }
    }
    let issues: Vec<Value> =
        found.values().map(|issue| issue_bean(call.view(), issue, &choice, expand, &properties)).collect();
    Reply::ok(json!({"issues": issues, "issueErrors": errors}))
}

/// `PUT issue/{i}`: 204, or 200 with the issue when `returnIssue` asks for it.
pub(super) fn edit(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let act = call.act()?;
    let issue = call.issue(&params[0])?;
    let id = issue.head.id;
    let project = call.site.project_of(&issue.head);
    if !call.may("EDIT_ISSUES", project) {
        return Err(Problem::message(
            StatusCode::FORBIDDEN,
            "You do not have permission to edit issues in this project.",
        ));
    }
    let overrides =
        call.query.flag("overrideScreenSecurity", false) || call.query.flag("overrideEditableFlag", false);
    let may_override = matches!(call.caller, Caller::App { .. }) && call.is_admin();
    if overrides && !may_override {
        let message = "Only apps with the Administer Jira permission can override screen security.";
        return Err(Problem::message(StatusCode::FORBIDDEN, message));
    }
    if call.body.is_empty() {
        return Err(Problem::bad("No Issue Update payload supplied"));
    }
    let body = call.json()?;
    let screen = project.screens.get(&issue.head.issue_type).map(|it| it.edit.as_slice()).unwrap_or_default();
    let form = Form { project, fields: screen, head: Some(&issue.head), any_screen: overrides };
    let (edit, comments) = update::check(call, form, &body)?.into_edit();
    call.site.edit_issue(&act, id, edit);
    add_all(call, &act, id, comments);
    if !call.query.flag("returnIssue", false) {
        return Reply::no_content();
    }
    let issue = call.issue(&params[0])?;
    Reply::ok(shown(call, issue))
}

/// `PUT issue/{i}/assignee`
pub(super) fn assign(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    // Nobody may ask here too, and finds nothing: the published API has no 401.
    let issue = call.issue(&params[0])?;
    let act = call.act()?;
    let id = issue.head.id;
    let project = call.site.project_of(&issue.head);
    if !call.may("ASSIGN_ISSUES", project) {
        return Err(Problem::message(StatusCode::FORBIDDEN, "You do not have permission to assign issues."));
    }
    let body = call.json()?;
    let account = match body.get("accountId") {
        None | Some(Value::Null) => None,
        Some(_) => Some(
            super::values::account(call.site, &body)
                .filter(|account| call.site.may(Some(account), "ASSIGNABLE_USER", Some(project)))
                .ok_or_else(|| Problem::field("assignee", "User cannot be assigned issues."))?,
        ),
    };
    let mut edit = Edit::default();
    edit.values.insert("assignee".to_owned(), account.map(FieldValue::User));
    call.site.edit_issue(&act, id, edit);
    Reply::no_content()
}

/// `DELETE issue/{i}`
pub(super) fn delete(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let act = call.act()?;
    let issue = call.issue(&params[0])?;
    let id = issue.head.id;
    if !call.may("DELETE_ISSUES", call.site.project_of(&issue.head)) {
        return Err(Problem::message(
            StatusCode::FORBIDDEN,
            "You do not have permission to delete issues in this project.",
        ));
    }
    call.site.delete_issue(&act, id);
    Reply::no_content()
}
