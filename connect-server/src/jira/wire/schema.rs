//! What kind a field is of, and what it offers.

use super::value::choice;
use super::{At, WireError};
use duplex_core::id::FieldId;
use duplex_core::schema::{FieldKind, FieldSchema};
use serde_json::Value as Json;

const REQUEST_TYPE: &str = "com.atlassian.servicedesk:vp-origin";
const TEXTAREA: &str = ":textarea";

/// The kind of a field from the `schema` that Jira gives of it: `type`, `items`, `system`, `custom`.
#[must_use]
pub fn field_kind(schema: &Json) -> FieldKind {
    let text = |name: &str| schema.get(name).and_then(Json::as_str).unwrap_or_default();
    let (system, custom) = (text("system"), text("custom"));
    if custom == REQUEST_TYPE {
        return FieldKind::RequestType;
    }
    match (text("type"), text("items")) {
        ("string", _) if custom.ends_with(TEXTAREA) => FieldKind::Rich,
        ("string", _) if matches!(system, "description" | "environment") => FieldKind::Rich,
        ("string", _) => FieldKind::Text,
        ("number", _) => FieldKind::Number,
        ("date", _) => FieldKind::Date,
        ("datetime", _) => FieldKind::DateTime,
        ("option" | "priority" | "version", _) => FieldKind::Choice,
        ("array", "option" | "component" | "version") => FieldKind::Choices,
        ("array", "string") if system == "labels" || custom.ends_with(":labels") => FieldKind::Labels,
        ("user", _) => FieldKind::Person,
        ("array", "user") => FieldKind::People,
        ("sd-customerrequesttype", _) => FieldKind::RequestType,
        _ => FieldKind::Other,
    }
}

/// One field of createmeta. What can be set at creation can, as far as this tells, be edited where an operation is
/// named; the screens themselves are for admins alone.
pub(in crate::jira) fn field(at: &At<'_>) -> Result<FieldSchema, WireError> {
    let id = match at.get("fieldId").some() {
        Some(id) => id.text()?,
        None => at.get("key").text()?,
    };
    let operations = at.get("operations").some().map(At::list).transpose()?.unwrap_or_default();
    let allowed = at.get("allowedValues").some().map(At::list).transpose()?.unwrap_or_default();
    Ok(FieldSchema {
        id: FieldId::new(id),
        name: at.get("name").text()?.to_owned(),
        kind: field_kind(at.get("schema").value),
        required: at.get("required").flag()?.unwrap_or(false),
        has_default: at.get("hasDefaultValue").flag()?.unwrap_or(false),
        on_create: true,
        on_edit: !operations.is_empty(),
        options: allowed.iter().filter_map(|option| choice(option.value)).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn kinds_are_told_by_type_and_custom_type() {
        let check = |schema: Json, kind| assert_eq!(field_kind(&schema), kind, "{schema}");
        let custom = |tail: &str| format!("com.atlassian.jira.plugin.system.customfieldtypes:{tail}");
        check(json!({"type": "string", "system": "summary"}), FieldKind::Text);
        check(json!({"type": "string", "system": "description"}), FieldKind::Rich);
        check(json!({"type": "string", "custom": custom("textarea")}), FieldKind::Rich);
        check(json!({"type": "string", "custom": custom("textfield")}), FieldKind::Text);
        check(json!({"type": "number", "custom": custom("float")}), FieldKind::Number);
        check(json!({"type": "date", "system": "duedate"}), FieldKind::Date);
        check(json!({"type": "datetime", "custom": custom("datetime")}), FieldKind::DateTime);
        check(json!({"type": "priority", "system": "priority"}), FieldKind::Choice);
        check(json!({"type": "option", "custom": custom("select")}), FieldKind::Choice);
        check(json!({"type": "option-with-child", "custom": custom("cascadingselect")}), FieldKind::Other);
        check(
            json!({"type": "array", "items": "option", "custom": custom("multiselect")}),
            FieldKind::Choices,
        );
        check(json!({"type": "array", "items": "component", "system": "components"}), FieldKind::Choices);
        check(json!({"type": "array", "items": "string", "system": "labels"}), FieldKind::Labels);
        check(json!({"type": "array", "items": "string", "custom": "x:unknown"}), FieldKind::Other);
        check(json!({"type": "user", "system": "assignee"}), FieldKind::Person);
        check(
            json!({"type": "array", "items": "user", "custom": custom("multiuserpicker")}),
            FieldKind::People,
        );
        check(json!({"type": "sd-customerrequesttype", "custom": REQUEST_TYPE}), FieldKind::RequestType);
        check(json!({"type": "securitylevel", "system": "security"}), FieldKind::Other);
        check(json!(null), FieldKind::Other);
    }
}
