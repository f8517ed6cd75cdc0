//! The issue bean: which fields, which properties, what else was asked for.

use serde_json::{Map, Value, json};

use super::{View, edit_meta, field_schema, field_value, transition_bean, user_details};
use crate::clock::jira_time;
use crate::model::{Field, FieldValue, History, Issue, Site};
use crate::text;

/// Newest changelog entries that `expand=changelog` brings; the rest has an endpoint of its own.
const EXPANDED_HISTORIES_MAX: usize = 100;

/// Which fields of an issue are asked for: the `fields` parameter.
#[derive(Debug, Clone, Default)]
pub struct FieldChoice {
    all: bool,
    names: Vec<String>,
    without: Vec<String>,
}

impl FieldChoice {
    /// Reads `fields`; `default` stands for a missing one (`*all` for one issue, `id` for search).
    #[must_use]
    pub fn parse(asked: &[String], default: &str) -> Self {
        let mut choice = Self::default();
        let default = [default.to_owned()];
        for name in if asked.is_empty() { &default[..] } else { asked } {
            match (name.as_str(), name.strip_prefix('-')) {
                ("*all" | "*navigable", _) => choice.all = true,
                (_, Some(without)) => choice.without.push(without.to_owned()),
                _ => choice.names.push(name.clone()),
            }
        }
        // A list of exclusions alone means everything else.
        choice.all |= choice.names.is_empty() && !choice.without.is_empty();
        choice
    }

    /// Whether the field of that id is asked for.
    #[must_use]
    pub fn wants(&self, field: &str) -> bool {
        let named = |names: &[String]| names.iter().any(|name| name == field);
        (self.all || named(&self.names)) && !named(&self.without)
    }

    /// Whether everything is asked for.
    #[must_use]
    pub fn is_all(&self) -> bool {
        self.all
    }

    /// Whether nothing but ids is asked for, which is what search gives by itself.
    #[must_use]
    pub fn is_id_only(&self) -> bool {
        !self.all && self.names.iter().all(|name| name == "id")
    }
}

/// What `expand` adds to an issue.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is one word of the expand parameter")]
pub struct IssueExpand {
    pub changelog: bool,
    pub names: bool,
    pub schema: bool,
    pub rendered_fields: bool,
    pub transitions: bool,
    pub editmeta: bool,
}

impl IssueExpand {
    /// Reads the words of `expand`; unknown ones are ignored, as Jira does.
    #[must_use]
    pub fn parse(words: &[String]) -> Self {
        let has = |word: &str| words.iter().any(|it| it == word);
        Self {
            changelog: has("changelog"),
            names: has("names"),
            schema: has("schema"),
            rendered_fields: has("renderedFields"),
            transitions: has("transitions"),
            editmeta: has("editmeta"),
        }
    }
}

/// One issue. `properties` are the keys asked for; `*all` brings every one.
#[must_use]
pub fn issue_bean(
    view: View<'_>,
    issue: &Issue,
    choice: &FieldChoice,
    expand: IssueExpand,
    properties: &[String],
) -> Value {
    let head = &issue.head;
    let fields: Vec<&Field> = view.site.fields.values().filter(|field| choice.wants(&field.id)).collect();
    let mut bean = json!({
        "expand": "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations",
        "id": head.id.to_string(),
        "self": view.link(&format!("/issue/{}", head.id)),
        "key": head.key,
    });
    let object = |of: &dyn Fn(&Field) -> Value| -> Value {
        Value::Object(fields.iter().map(|field| (field.id.clone(), of(field))).collect::<Map<_, _>>())
    };
    if !fields.is_empty() {
        bean["fields"] = object(&|field| field_value(view, issue, field));
    }
    if expand.names {
        bean["names"] = object(&|field| json!(field.name));
    }
    if expand.schema {
        bean["schema"] = object(&|field| field_schema(field));
    }
    if expand.rendered_fields {
        bean["renderedFields"] = object(&|field| rendered(issue, field));
    }
    if expand.changelog {
        bean["changelog"] = expanded_changelog(view, issue);
    }
    if expand.transitions {
        bean["transitions"] = transitions(view, issue);
    }
    if expand.editmeta {
        bean["editmeta"] = edit_meta(view, issue);
    }
    if !properties.is_empty() {
        let asked = |key: &String| properties.iter().any(|it| it == key || it == "*all");
        let kept = head
            .properties
            .iter()
            .filter(|(key, _)| asked(key))
            .map(|(key, value)| (key.clone(), value.clone()));
        bean["properties"] = Value::Object(kept.collect::<Map<_, _>>());
    }
    bean
}

/// The issue as webhooks carry it: version 2, every field but the comments.
#[must_use]
pub fn issue_v2_json(site: &Site, issue: &Issue) -> Value {
    let choice = FieldChoice::parse(&["*all".to_owned(), "-comment".to_owned()], "*all");
    let mut bean = issue_bean(View::for_webhooks(site), issue, &choice, IssueExpand::default(), &[]);
    if let Some(object) = bean.as_object_mut() {
        object.remove("expand");
    }
    bean
}

/// One entry of the changelog.
#[must_use]
pub fn changelog_bean(view: View<'_>, history: &History) -> Value {
    let items: Vec<Value> = history
        .items
        .iter()
        .map(|item| {
            json!({
                "field": item.field,
                "fieldtype": item.fieldtype,
                "fieldId": item.field_id,
                "from": item.from,
                "fromString": item.from_string,
                "to": item.to,
                "toString": item.to_string,
            })
        })
        .collect();
    json!({
        "id": history.id.to_string(),
        "author": user_details(view, &history.author),
        "created": jira_time(history.created_ms),
        "items": items,
    })
}

/// `expand=changelog` gives the newest first.
fn expanded_changelog(view: View<'_>, issue: &Issue) -> Value {
    let newest = issue.changelog.iter().rev().take(EXPANDED_HISTORIES_MAX);
    let histories: Vec<Value> = newest.map(|history| changelog_bean(view, history)).collect();
    json!({
        "startAt": 0,
        "maxResults": histories.len(),
        "total": issue.changelog.len(),
        "histories": histories,
    })
}

fn transitions(view: View<'_>, issue: &Issue) -> Value {
    let workflow = &view.site.project_of(&issue.head).workflow;
    let open =
        workflow.transitions.iter().filter(|it| it.from.is_empty() || it.from.contains(&issue.head.status));
    open.map(|transition| transition_bean(view, transition)).collect()
}

fn rendered(issue: &Issue, field: &Field) -> Value {
    match issue.head.values.get(&field.id) {
        Some(FieldValue::Rich(adf)) => json!(html(adf)),
        _ => Value::Null,
    }
}

/// Rich text as HTML: one paragraph per line of its plain text, which is what readers of `renderedBody` look for.
pub(super) fn html(adf: &Value) -> String {
    let escaped = text::plain_text(adf).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    escaped
        .lines()
        .filter(|line| !line.is_empty())
        .map(|line| format!("<p>{line}</p>"))
        .collect::<Vec<_>>()
        .join("\n")
}
