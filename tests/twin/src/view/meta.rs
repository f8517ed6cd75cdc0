//! What can be set where: createmeta and editmeta.

use serde_json::{Map, Value, json};

use super::{View, field_schema, issue_type_bean, priority_bean, project_identity};
use crate::model::{Field, FieldKind, Issue, Project, ScreenField, Transition};

/// One field of a create screen.
#[must_use]
pub fn create_meta_field(
    view: View<'_>,
    project: &Project,
    issue_type: &str,
    on: &ScreenField,
) -> Option<Value> {
    let mut bean = meta(view, project, issue_type, on)?;
    bean["fieldId"] = json!(on.field);
    Some(bean)
}

/// The fields of an issue's edit screen.
#[must_use]
pub fn edit_meta(view: View<'_>, issue: &Issue) -> Value {
    let head = &issue.head;
    let project = view.site.project_of(head);
    let screen =
        project.screens.get(&head.issue_type).map(|screen| screen.edit.as_slice()).unwrap_or_default();
    let fields =
        screen.iter().filter_map(|on| Some((on.field.clone(), meta(view, project, &head.issue_type, on)?)));
    let mut fields: Map<String, Value> = fields.collect();
    // Comments can always be added through an edit.
    if let Some(comment) = view.site.fields.get("comment") {
        fields.insert("comment".to_owned(), describe(comment, false));
    }
    json!({"fields": fields})
}

/// The fields of a transition's screen.
#[must_use]
pub fn transition_fields(view: View<'_>, issue: &Issue, transition: &Transition) -> Value {
    let project = view.site.project_of(&issue.head);
    let screen = transition.screen();
    let fields = screen
        .iter()
        .filter_map(|on| Some((on.field.clone(), meta(view, project, &issue.head.issue_type, on)?)));
    Value::Object(fields.collect())
}

fn meta(view: View<'_>, project: &Project, issue_type: &str, on: &ScreenField) -> Option<Value> {
    let field = view.site.fields.get(&on.field)?;
    let mut bean = describe(field, on.required);
    if let Some(allowed) = allowed_values(view, project, issue_type, field) {
        bean["allowedValues"] = allowed;
    }
    if matches!(field.kind, FieldKind::User) {
        bean["autoCompleteUrl"] = json!(view.link("/user/search?query="));
    }
    let medium = view.site.priorities.iter().find(|it| it.name == "Medium");
    if let Some(medium) = medium.filter(|_| field.kind == FieldKind::Priority) {
        bean["hasDefaultValue"] = json!(true);
        bean["defaultValue"] = priority_bean(view, medium);
    }
    Some(bean)
}

fn describe(field: &Field, required: bool) -> Value {
    json!({
        "required": required,
        "schema": field_schema(field),
        "name": field.name,
        "key": field.id,
        "hasDefaultValue": false,
        "operations": operations(field.kind),
    })
}

/// The verbs of `update` that a field takes.
#[must_use]
pub(super) fn operations(kind: FieldKind) -> &'static [&'static str] {
    match kind {
        FieldKind::Labels
        | FieldKind::Components
        | FieldKind::MultiSelect
        | FieldKind::Organizations
        | FieldKind::Participants => &["add", "set", "remove"],
        FieldKind::Comments => &["add", "edit", "remove"],
        FieldKind::Text
        | FieldKind::TextArea
        | FieldKind::Number
        | FieldKind::Date
        | FieldKind::DateTime
        | FieldKind::Select
        | FieldKind::User
        | FieldKind::Priority
        | FieldKind::Resolution
        | FieldKind::RequestType
        | FieldKind::SecurityLevel
        | FieldKind::Project
        | FieldKind::IssueType
        | FieldKind::Status
        | FieldKind::Stamp
        | FieldKind::Creator
        | FieldKind::EmptyList(_) => &["set"],
    }
}

fn allowed_values(view: View<'_>, project: &Project, issue_type: &str, field: &Field) -> Option<Value> {
    let site = view.site;
    match field.kind {
        FieldKind::Project => Some(json!([project_identity(view, project)])),
        FieldKind::IssueType => {
            site.issue_types.get(issue_type).map(|it| Value::Array(vec![issue_type_bean(view, it)]))
        }
        FieldKind::Priority => Some(site.priorities.iter().map(|it| priority_bean(view, it)).collect()),
        FieldKind::Resolution => Some(named(view, "resolution", &site.resolutions)),
        FieldKind::SecurityLevel => Some(named(view, "securitylevel", &site.security_levels)),
        FieldKind::Components => {
            let bean = |it: &crate::model::Component| json!({"self": view.link(&format!("/component/{}", it.id)), "id": it.id, "name": it.name});
            Some(project.components.iter().map(bean).collect())
        }
        FieldKind::Select | FieldKind::MultiSelect => {
            let open = field.options.iter().filter(|it| !it.disabled);
            let bean = |it: &crate::model::FieldOption| json!({"self": view.link(&format!("/customFieldOption/{}", it.id)), "value": it.value, "id": it.id});
            Some(open.map(bean).collect())
        }
        FieldKind::Text
        | FieldKind::TextArea
        | FieldKind::Number
        | FieldKind::Date
        | FieldKind::DateTime
        | FieldKind::User
        | FieldKind::Labels
        | FieldKind::RequestType
        | FieldKind::Organizations
        | FieldKind::Participants
        | FieldKind::Status
        | FieldKind::Stamp
        | FieldKind::Creator
        | FieldKind::Comments
        | FieldKind::EmptyList(_) => None,
    }
}

fn named(view: View<'_>, path: &str, list: &[crate::model::Named]) -> Value {
    list.iter()
        .map(|it| json!({"self": view.link(&format!("/{path}/{}", it.id)), "id": it.id, "name": it.name}))
        .collect()
}
