//! Raising a request: the form of a request type.

use http::{Method, StatusCode};
use maud::{Markup, html};
use serde_json::{Map, Value, json};

use super::{banner, crumbs, find_desk};
use crate::http::call::Call;
use crate::http::reply::Problem;
use crate::http::web::form::Form;
use crate::http::web::layout::{problem, token};
use crate::http::web::visit::Visit;
use crate::http::web::{Shown, Turned, see};
use crate::model::{Field, FieldKind, Project, RequestType, RequestTypeField, ServiceDesk};

/// `GET /servicedesk/customer/portal/{d}/create/{t}`
pub(in crate::http::web) fn form(visit: &Visit<'_>, params: &[String]) -> Shown {
    shown(visit, params, &Form::default(), None)
}

/// `POST /servicedesk/customer/portal/{d}/create/{t}`
pub(in crate::http::web) fn raise(visit: &Visit<'_>, params: &[String]) -> Shown {
    let form = visit.form()?;
    let body = visit.look(|call| {
        let (_, desk, kind) = find(call, params)?;
        let values: Map<String, Value> = fields(call, kind)
            .into_iter()
            .filter_map(|(on, field)| Some((on.field.clone(), value(field, &form)?)))
            .collect();
        Ok(json!({"serviceDeskId": desk.id, "requestTypeId": kind.id, "requestFieldValues": values}))
    })?;
    match visit.rest(&Method::POST, "/rest/servicedeskapi/request", &body) {
        Ok(request) => {
            let key = request["issueKey"].as_str().unwrap_or_default();
            see(&format!("/servicedesk/customer/portal/{}/{key}", params[0]))
        }
        Err(Turned::Refused(_, words)) => shown(visit, params, &form, Some(&words)),
        Err(other) => Err(other),
    }
}

/// The form with what was typed, and why it was refused.
fn shown(visit: &Visit<'_>, params: &[String], typed: &Form, wrong: Option<&str>) -> Shown {
    let session = visit.session.as_ref().ok_or(Turned::SignIn)?;
    let (title, content) = visit.look(|call| {
        let (project, desk, kind) = find(call, params)?;
        let portal = format!("/servicedesk/customer/portal/{}", desk.portal_id);
        let content = html! {
            (banner(&project.name, "Raise a request"))
            main.portal.narrow #content {
                (crumbs(&[("/servicedesk/customer/portals", "Help Center"), (&portal, &project.name)], &kind.name))
                h1 { (kind.name) }
                p.quiet { (kind.description) }
                @if let Some(wrong) = wrong { (problem(wrong)) }
                form.card method="post" {
                    (token(session))
                    @for (on, field) in fields(call, kind) { (input(on, field, typed)) }
                    div.actions {
                        button.primary type="submit" { "Send" }
                        a href=(portal) { "Cancel" }
                    }
                }
            }
        };
        Ok((kind.name.clone(), content))
    })?;
    let status = if wrong.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    Ok(visit.html(status, &title, &content))
}

fn find<'a>(
    call: &'a Call<'_>,
    params: &[String],
) -> Result<(&'a Project, &'a ServiceDesk, &'a RequestType), Problem> {
    let [portal, id] = params else { return Err(Problem::missing("The request type does not exist.")) };
    let (project, desk) = find_desk(call, portal)?;
    let kind = desk.request_types.iter().find(|it| it.id == *id);
    Ok((project, desk, kind.ok_or_else(|| Problem::missing("The request type does not exist."))?))
}

/// The fields of the form that a customer sees.
fn fields<'a>(call: &'a Call<'_>, kind: &'a RequestType) -> Vec<(&'a RequestTypeField, &'a Field)> {
    let visible = kind.fields.iter().filter(|on| on.visible);
    visible.filter_map(|on| Some((on, call.site.fields.get(&on.field)?))).collect()
}

/// The kinds of fields that take a line, and what a browser calls it.
const LINES: &[(FieldKind, &str)] =
    &[(FieldKind::Text, "text"), (FieldKind::Number, "number"), (FieldKind::Date, "date")];

/// Lines, texts and choices stand on a portal form of the twin's; another kind is left out of it, and of what is sent.
fn input(on: &RequestTypeField, field: &Field, typed: &Form) -> Markup {
    let (name, value) = (&on.field, typed.text(&on.field));
    let label = html! { (on.name) @if on.required { span.required aria-hidden="true" { " *" } } };
    let chosen = |id: &str| typed.all(name).any(|it| it == id);
    let line = LINES.iter().find(|(kind, _)| *kind == field.kind);
    html! {
        @if let Some((_, kind)) = line {
            label { (label) input type=(kind) name=(name) value=(value) required[on.required]; }
        } @else if field.kind == FieldKind::TextArea {
            label { (label) textarea name=(name) rows="5" required[on.required] { (value) } }
        } @else if field.kind == FieldKind::Select {
            label {
                (label)
                select name=(name) required[on.required] {
                    option value="" { "None" }
                    @for option in &field.options {
                        option value=(option.id) selected[chosen(&option.id)] { (option.value) }
                    }
                }
            }
        } @else if field.kind == FieldKind::MultiSelect {
            fieldset.label {
                legend { (label) }
                @for option in &field.options {
                    label.tick {
                        input type="checkbox" name=(name) value=(option.id) checked[chosen(&option.id)];
                        (option.value)
                    }
                }
            }
        }
    }
}

/// A field as the request carries it; one that was left empty is not sent.
fn value(field: &Field, form: &Form) -> Option<Value> {
    let text = form.text(&field.id);
    if field.kind == FieldKind::MultiSelect {
        let all: Vec<Value> = form.all(&field.id).map(|id| json!({"id": id})).collect();
        return (!all.is_empty()).then_some(Value::Array(all));
    }
    if text.trim().is_empty() {
        return None;
    }
    if field.kind == FieldKind::Select {
        return Some(json!({"id": text}));
    }
    if field.kind == FieldKind::Number {
        return Some(text.parse::<f64>().map_or_else(|_| json!(text), |number| json!(number)));
    }
    [FieldKind::Text, FieldKind::TextArea, FieldKind::Date].contains(&field.kind).then(|| json!(text))
}
