//! The body of create, edit and transition (`fields`, `update`, `properties`), checked field by field.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::bodies::{self, text_or_number};
use super::call::Call;
use super::reply::Problem;
use super::values::{self, Place};
use crate::model::{
    Edit, Field, FieldId, FieldKind, FieldValue, IssueHead, NewComment, NewIssue, Project, Screen,
    ScreenField,
};

/// A body that passed every check.
#[derive(Debug, Default)]
pub(super) struct Checked {
    pub(super) values: BTreeMap<FieldId, Option<FieldValue>>,
    pub(super) issue_type: Option<String>,
    pub(super) properties: BTreeMap<String, Value>,
    /// Comments that `update.comment` adds.
    pub(super) comments: Vec<NewComment>,
}

impl Checked {
    pub(super) fn into_edit(self) -> (Edit, Vec<NewComment>) {
        (
            Edit { values: self.values, issue_type: self.issue_type, properties: self.properties },
            self.comments,
        )
    }
}

/// What a body is checked against.
#[derive(Debug, Clone, Copy)]
pub(super) struct Form<'a> {
    pub(super) project: &'a Project,
    pub(super) fields: &'a [ScreenField],
    /// The issue as it is, for `add` and `remove`; none on create.
    pub(super) head: Option<&'a IssueHead>,
    /// An app that administers Jira may set fields that are on no screen.
    pub(super) any_screen: bool,
}

/// Project and issue type of a create body, then everything else.
pub(super) fn new_issue(call: &Call<'_>, body: &Value) -> Result<(NewIssue, Vec<NewComment>), Problem> {
    let fields = object(body, "fields")?;
    let project = project_of(call, fields.get("project"))?;
    let issue_type = issue_type_of(call, project, fields.get("issuetype"))?;
    let empty = Screen::default();
    let screen = project.screens.get(&issue_type).unwrap_or(&empty);
    let form = Form { project, fields: &screen.create, head: None, any_screen: false };
    let checked = check(call, form, body)?;
    let mut values: BTreeMap<FieldId, FieldValue> =
        checked.values.into_iter().filter_map(|(field, value)| Some((field, value?))).collect();
    let missing: BTreeMap<String, String> = screen
        .create
        .iter()
        .filter(|on| on.required && !["project", "issuetype"].contains(&on.field.as_str()))
        .filter(|on| !values.contains_key(&on.field))
        .filter_map(|on| call.site.fields.get(&on.field))
        .map(|field| (field.id.clone(), values::required(field)))
        .collect();
    if !missing.is_empty() {
        return Err(Problem::fields(missing));
    }
    let account = call.signed_in()?;
    values.entry("reporter".to_owned()).or_insert(FieldValue::User(account));
    if let Some(medium) = call.site.priorities.iter().find(|it| it.name == "Medium") {
        values.entry("priority".to_owned()).or_insert_with(|| FieldValue::Id(medium.id.clone()));
    }
    let new = NewIssue { project: project.id.clone(), issue_type, values, properties: checked.properties };
    Ok((new, checked.comments))
}

/// Everything an edit or a transition sends.
pub(super) fn check(call: &Call<'_>, form: Form<'_>, body: &Value) -> Result<Checked, Problem> {
    let mut checked =
        Checked { properties: bodies::properties(body.get("properties"))?, ..Checked::default() };
    let mut errors = BTreeMap::new();
    let (fields, updates) = (object(body, "fields")?, object(body, "update")?);
    for (name, value) in fields {
        if updates.contains_key(name) {
            let message = format!("Field '{name}' cannot appear in both 'fields' and 'update'");
            errors.insert(name.clone(), message);
            continue;
        }
        note(&mut errors, name, set(call, form, &mut checked, name, value));
    }
    for (name, operations) in updates {
        let result = match name.as_str() {
            "comment" => add_comments(call, form, &mut checked, operations),
            _ => operate(call, form, &mut checked, name, operations),
        };
        note(&mut errors, name, result);
    }
    if errors.is_empty() { Ok(checked) } else { Err(Problem::fields(errors)) }
}

fn note(errors: &mut BTreeMap<String, String>, name: &str, result: Result<(), String>) {
    if let Err(message) = result {
        errors.insert(name.to_owned(), message);
    }
}

fn object<'a>(body: &'a Value, key: &str) -> Result<&'a Map<String, Value>, Problem> {
    static EMPTY: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
    match body.get(key) {
        None | Some(Value::Null) => Ok(&EMPTY),
        Some(Value::Object(map)) => Ok(map),
        Some(_) => Err(Problem::Unreadable(
            "Invalid request payload. Refer to the REST API documentation and try again.",
        )),
    }
}

fn project_of<'a>(call: &'a Call<'_>, value: Option<&Value>) -> Result<&'a Project, Problem> {
    let invalid = || Problem::field("project", "Specify a valid project ID or key");
    let value = value.ok_or_else(invalid)?;
    let asked = value.get("id").or_else(|| value.get("key")).and_then(text_or_number).ok_or_else(invalid)?;
    let project = call.site.project(&asked).ok_or_else(invalid)?;
    if !call.may("BROWSE_PROJECTS", project) {
        return Err(invalid());
    }
    if !call.may("CREATE_ISSUES", project) {
        return Err(Problem::field(
            "project",
            "You do not have permission to create issues in this project.",
        ));
    }
    Ok(project)
}

fn issue_type_of(call: &Call<'_>, project: &Project, value: Option<&Value>) -> Result<String, Problem> {
    let value = value.ok_or_else(|| Problem::field("issuetype", "Specify an issue type"))?;
    find_issue_type(call, project, value).map_err(|message| Problem::field("issuetype", message))
}

fn find_issue_type(call: &Call<'_>, project: &Project, value: &Value) -> Result<String, String> {
    let of_project = || project.issue_types.iter().filter_map(|id| call.site.issue_types.get(id));
    let id = value.get("id").and_then(text_or_number);
    let name = value.get("name").and_then(Value::as_str);
    let found = match (&id, name) {
        (Some(id), _) => of_project().find(|it| it.id == *id),
        (None, Some(name)) => of_project().find(|it| it.name.eq_ignore_ascii_case(name)),
        (None, None) => None,
    };
    found.map(|it| it.id.clone()).ok_or_else(|| "Specify a valid issue type".to_owned())
}

fn field_on<'a>(call: &'a Call<'_>, form: Form<'_>, name: &str) -> Result<&'a Field, String> {
    let field = call.site.fields.get(name).ok_or_else(|| values::not_on_screen(name))?;
    let on_screen = form.any_screen || form.fields.iter().any(|on| on.field == name);
    let permission = match name {
        "reporter" => Some("MODIFY_REPORTER"),
        "assignee" => Some("ASSIGN_ISSUES"),
        "security" => Some("SET_ISSUE_SECURITY"),
        "duedate" => Some("SCHEDULE_ISSUES"),
        _ => None,
    };
    let allowed = permission.is_none_or(|permission| call.may(permission, form.project));
    if on_screen && allowed { Ok(field) } else { Err(values::not_on_screen(name)) }
}

fn set(
    call: &Call<'_>,
    form: Form<'_>,
    checked: &mut Checked,
    name: &str,
    value: &Value,
) -> Result<(), String> {
    // On create, project and issue type were looked up before anything else.
    if form.head.is_none() && ["project", "issuetype"].contains(&name) {
        return Ok(());
    }
    let field = field_on(call, form, name)?;
    if field.kind == FieldKind::IssueType {
        checked.issue_type = Some(find_issue_type(call, form.project, value)?);
        return Ok(());
    }
    let place = Place { site: call.site, project: form.project, api: call.api };
    checked.values.insert(name.to_owned(), values::read(place, field, value)?);
    Ok(())
}

/// `update: {"labels": [{"add": "x"}, {"remove": "y"}]}`, verb by verb in their order.
fn operate(
    call: &Call<'_>,
    form: Form<'_>,
    checked: &mut Checked,
    name: &str,
    operations: &Value,
) -> Result<(), String> {
    let operations = operations.as_array().ok_or_else(|| "Update operations must be a list.".to_owned())?;
    for operation in operations {
        let (verb, value) = operation
            .as_object()
            .and_then(|object| object.iter().next())
            .ok_or_else(|| "An update operation must be an object with one verb.".to_owned())?;
        match verb.as_str() {
            "set" => set(call, form, checked, name, value)?,
            "add" | "remove" => amend(call, form, checked, name, verb == "add", value)?,
            _ => return Err(format!("Field '{name}' does not support the operation '{verb}'.")),
        }
    }
    Ok(())
}

fn amend(
    call: &Call<'_>,
    form: Form<'_>,
    checked: &mut Checked,
    name: &str,
    add: bool,
    value: &Value,
) -> Result<(), String> {
    let field = field_on(call, form, name)?;
    let place = Place { site: call.site, project: form.project, api: call.api };
    // Only lists have `add` and `remove`, so the one value is read as a list of one.
    let one = values::read(place, field, &Value::Array(vec![value.clone()]))?;
    let now = match checked.values.get(name) {
        Some(value) => value.clone(),
        None => form.head.and_then(|head| head.values.get(name).cloned()),
    };
    let after = match (one, now) {
        (Some(FieldValue::Labels(one)), now) => {
            let mut labels = joined(labels_of(now), one, add);
            labels.sort();
            (!labels.is_empty()).then_some(FieldValue::Labels(labels))
        }
        (Some(FieldValue::Ids(one)), now) => {
            let ids = joined(ids_of(now), one, add);
            (!ids.is_empty()).then_some(FieldValue::Ids(ids))
        }
        (Some(FieldValue::Users(one)), now) => {
            let users = joined(users_of(now), one, add);
            (!users.is_empty()).then_some(FieldValue::Users(users))
        }
        (None, now) => now,
        _ => {
            return Err(format!(
                "Field '{name}' does not support the operation '{}'.",
                if add { "add" } else { "remove" }
            ));
        }
    };
    checked.values.insert(name.to_owned(), after);
    Ok(())
}

fn joined(mut list: Vec<String>, one: Vec<String>, add: bool) -> Vec<String> {
    list.retain(|item| !one.contains(item));
    if add {
        list.extend(one);
    }
    list
}

fn labels_of(value: Option<FieldValue>) -> Vec<String> {
    match value {
        Some(FieldValue::Labels(labels)) => labels,
        _ => Vec::new(),
    }
}

fn ids_of(value: Option<FieldValue>) -> Vec<String> {
    match value {
        Some(FieldValue::Ids(ids)) => ids,
        _ => Vec::new(),
    }
}

fn users_of(value: Option<FieldValue>) -> Vec<String> {
    match value {
        Some(FieldValue::Users(users)) => users,
        _ => Vec::new(),
    }
}

/// `update: {"comment": [{"add": {"body": ...}}]}`
fn add_comments(
    call: &Call<'_>,
    form: Form<'_>,
    checked: &mut Checked,
    operations: &Value,
) -> Result<(), String> {
    let operations = operations.as_array().ok_or_else(|| "Update operations must be a list.".to_owned())?;
    if !call.may("ADD_COMMENTS", form.project) {
        return Err("You do not have the permission to comment on this issue.".to_owned());
    }
    for operation in operations {
        let add =
            operation.get("add").ok_or_else(|| "Only 'add' is supported for comments here.".to_owned())?;
        let body = bodies::rich(call.api, add.get("body").unwrap_or(&Value::Null))?;
        if bodies::is_blank(&body) {
            return Err("Comment body can not be empty!".to_owned());
        }
        let visibility = add.get("visibility").map(|value| bodies::visibility(call.site, value)).transpose();
        let visibility =
            visibility.map_err(|_| "The visibility of the comment is invalid.".to_owned())?.flatten();
        let properties = bodies::properties(add.get("properties"));
        let properties = properties.map_err(|_| "The properties of the comment are invalid.".to_owned())?;
        checked.comments.push(NewComment { body, visibility, properties });
    }
    Ok(())
}
