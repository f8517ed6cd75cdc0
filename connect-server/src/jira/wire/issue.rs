//! An issue, its people and its changelog.

use super::value::FieldKinds;
use super::{At, WireError, value};
use duplex_core::id::{FieldId, HistoryId, IssueId, RequestTypeId};
use duplex_core::issue::{Change, ChangeItem, Issue, Person, Value};
use duplex_core::stamp;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

/// The fields that an [`Issue`] is made of, whatever else is asked for.
const BASE: [&str; 7] = ["project", "issuetype", "created", "updated", "reporter", "creator", "security"];

/// The names to ask for, so that [`issue`] can read the answer.
#[must_use]
pub fn base_fields(kinds: &FieldKinds) -> BTreeSet<String> {
    let request_type = kinds.request_type_field().map(FieldId::to_string);
    BASE.iter().map(|&name| name.to_owned()).chain(request_type).collect()
}

/// An issue that was asked for with [`base_fields`] and `fields`, `expand=changelog` where `history` is wanted, and
/// the stamp's property. A field that the issue does not have is not among its `fields`.
///
/// # Errors
/// [`WireError`] where one of the base fields is not of the published shape.
pub fn issue(json: &Json, kinds: &FieldKinds, fields: &BTreeSet<FieldId>) -> Result<Issue, WireError> {
    read(&At::root(json), kinds, fields)
}

pub(in crate::jira) fn read(
    at: &At<'_>,
    kinds: &FieldKinds,
    wanted: &BTreeSet<FieldId>,
) -> Result<Issue, WireError> {
    let fields = at.get("fields");
    let history = at.get("changelog").some().map(changelog).transpose()?;
    Ok(Issue {
        id: IssueId(at.get("id").id()?),
        key: at.get("key").text()?.to_owned(),
        project: fields.get("project").get("id").id()?.as_str().into(),
        issue_type: fields.get("issuetype").get("id").id()?.as_str().into(),
        request_type: request_type(&fields, kinds)?,
        security: fields.get("security").some().map(|s| s.get("id").id()).transpose()?,
        created: fields.get("created").millis()?,
        updated: fields.get("updated").millis()?,
        reporter: fields.get("reporter").some().map(person).transpose()?,
        creator: fields.get("creator").some().map(|c| person(c).map(|p| p.account)).transpose()?,
        fields: wanted.iter().filter_map(|id| Some((id.clone(), shown(&fields, id, kinds)?))).collect(),
        history,
        stamp: stamp(&at.get("properties").get(stamp::PROPERTY)),
    })
}

/// `None` for a field that was asked for and is not in the answer: the issue does not have it, which is not the same
/// as empty.
fn shown(fields: &At<'_>, id: &FieldId, kinds: &FieldKinds) -> Option<Value> {
    fields.value.get(id.as_str()).map(|json| value(json, kinds.kind(id)))
}

/// Any shape of the request type's field but the published one and nothing is refused: whether an issue is a request
/// decides who can read its comments.
fn request_type(fields: &At<'_>, kinds: &FieldKinds) -> Result<Option<RequestTypeId>, WireError> {
    let Some(field) = kinds.request_type_field() else { return Ok(None) };
    let at = fields.get(field.as_str());
    let Some(at) = at.some() else { return Ok(None) };
    match at.get("requestType").some() {
        Some(request_type) => Ok(Some(RequestTypeId(request_type.get("id").id()?))),
        None => at.wrong("a request type"),
    }
}

/// A user, as a site shows him to us.
///
/// # Errors
/// [`WireError`] without an `accountId`.
pub(in crate::jira) fn person(at: &At<'_>) -> Result<Person, WireError> {
    Ok(Person {
        account: at.get("accountId").text()?.into(),
        name: at.get("displayName").text_or_none()?.unwrap_or_default(),
        email: at.get("emailAddress").text_or_none()?.filter(|e| !e.is_empty()),
    })
}

/// The opaque part of a stamp, where there is one.
pub(in crate::jira) fn stamp(property: &At<'_>) -> Option<String> {
    property.get("stamp").value.as_str().map(str::to_owned)
}

/// All groups that the answer holds, oldest first.
fn changelog(at: &At<'_>) -> Result<Vec<Change>, WireError> {
    let mut by_id = BTreeMap::new();
    for group in at.get("histories").list()? {
        let id = group.get("id").id()?;
        let author = group.get("author").some().map(|a| person(a).map(|p| p.account)).transpose()?;
        let items = group.get("items").list()?.iter().map(change_item).collect::<Result<_, _>>()?;
        let change = Change { id: HistoryId(id.clone()), at: group.get("created").millis()?, author, items };
        by_id.insert((id.len(), id), change);
    }
    Ok(by_id.into_values().collect())
}

fn change_item(at: &At<'_>) -> Result<ChangeItem, WireError> {
    let field = match at.get("fieldId").some() {
        Some(id) => id.text()?,
        None => at.get("field").text()?,
    };
    Ok(ChangeItem {
        field: field.into(),
        from: at.get("from").text_or_none()?,
        from_text: at.get("fromString").text_or_none()?,
        to: at.get("to").text_or_none()?,
        to_text: at.get("toString").text_or_none()?,
    })
}
