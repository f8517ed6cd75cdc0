//! Events as hints. Nothing of an event is believed but which issue and which elements to look at.

use super::At;
use duplex_core::id::{CommentId, HistoryId, IssueId, Millis, ProjectId};
use duplex_core::plan::Hints;
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// "Look at this issue, at these elements."
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// `None` where the event did not say (a comment's event may come without its issue).
    pub project: Option<ProjectId>,
    pub issue: IssueId,
    /// With the versions that the event names: where they are known already, nothing has to be read.
    pub hints: Hints,
    /// When it happened, on the site's clock.
    pub at: Option<Millis>,
}

/// What an event hints at. Unknown events, and known ones that name no issue, hint at nothing: the sweep finds what
/// they meant.
#[must_use]
pub fn webhook_hints(event: &Json) -> Vec<Hint> {
    let at = At::root(event);
    let hint = match at.get("webhookEvent").value.as_str().unwrap_or_default() {
        "jira:issue_deleted" => issue_event(&at, Hints { fields: true, ..Hints::default() }),
        "jira:issue_updated" if at.get("changelog").some().is_none() && is_about_a_comment(&at) => None,
        "jira:issue_created" | "jira:issue_updated" => issue_event(&at, versions(&at)),
        "comment_created" | "comment_updated" => comment_event(&at, true),
        "comment_deleted" => comment_event(&at, false),
        _ => None,
    };
    hint.into_iter().collect()
}

/// `issue_commented` and its kin repeat what the comment's own event says.
fn is_about_a_comment(at: &At<'_>) -> bool {
    let name = at.get("issue_event_type_name");
    matches!(name.value.as_str(), Some("issue_commented" | "issue_comment_edited" | "issue_comment_deleted"))
}

fn issue_event(at: &At<'_>, hints: Hints) -> Option<Hint> {
    let issue = IssueId(at.get("issue").get("id").id().ok()?);
    Some(Hint { project: project(at), issue, hints, at: at.get("timestamp").millis().ok() })
}

/// The changelog id tells best whether something is new, then the issue's `updated`; without either it has to be
/// read.
fn versions(at: &At<'_>) -> Hints {
    let history = at.get("changelog").get("id").id().ok().map(HistoryId);
    let updated = at.get("issue").get("fields").get("updated").millis().ok();
    match (history, updated) {
        (Some(history), _) => Hints { history: Some(history), ..Hints::default() },
        (None, Some(updated)) => Hints { updated: Some(updated), ..Hints::default() },
        (None, None) => Hints { fields: true, ..Hints::default() },
    }
}

fn comment_event(at: &At<'_>, is_there: bool) -> Option<Hint> {
    let comment = at.get("comment");
    let id = CommentId(comment.get("id").id().ok()?);
    let version = if is_there { comment.get("updated").millis().ok() } else { None };
    Some(Hint {
        project: project(at),
        issue: at.get("issue").get("id").id().ok().map(IssueId).or_else(|| issue_of_self(&comment))?,
        hints: Hints {
            named: version.map(|at| (id.clone(), BTreeSet::from([at]))).into_iter().collect(),
            comments: [(id, version)].into(),
            ..Hints::default()
        },
        at: at.get("timestamp").millis().ok(),
    })
}

fn project(at: &At<'_>) -> Option<ProjectId> {
    at.get("issue").get("fields").get("project").get("id").id().ok().map(ProjectId)
}

/// `.../rest/api/2/issue/10040/comment/10019`
fn issue_of_self(comment: &At<'_>) -> Option<IssueId> {
    let mut parts = comment.get("self").value.as_str()?.split('/').skip_while(|part| *part != "issue");
    let id = Json::from(parts.nth(1)?);
    At::root(&id).id().ok().map(IssueId)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// `project/issue`, then what to look at.
    fn line(event: &Json) -> Vec<String> {
        let show = |h: &Hint| {
            let comments: Vec<String> = h
                .hints
                .comments
                .iter()
                .map(|(id, v)| format!("{id}@{}", v.map_or("-".into(), |v| v.0.to_string())))
                .collect();
            let mut words = vec![format!("{}/{}", h.project.as_ref().map_or("?", |p| p.as_str()), h.issue)];
            words.extend(h.hints.fields.then(|| "fields".to_owned()));
            words.extend(h.hints.history.iter().map(|id| format!("history>{id}")));
            words.extend(h.hints.updated.iter().map(|at| format!("updated>{}", at.0)));
            words.extend(comments.iter().map(|c| format!("comment {c}")));
            words.join(" ")
        };
        webhook_hints(event).iter().map(show).collect()
    }

    fn check(event: impl Into<Json>, expected: &[&str]) {
        let event = event.into();
        assert_eq!(line(&event), expected, "{event}");
    }

    fn issue() -> Json {
        json!({"id": "10040", "fields": {"project": {"id": "10000"}}})
    }

    #[test]
    fn events_hint_at_elements() {
        let comment = json!({"id": "7", "updated": "1970-01-01T00:00:01.000+0000", "jsdPublic": true,
            "self": "https://a.example/rest/api/2/issue/10040/comment/7"});
        let with = |event: &str, more: Json| {
            let mut all = json!({"webhookEvent": event, "timestamp": 1, "issue": issue()});
            for (name, value) in more.as_object().unwrap() {
                all[name] = value.clone();
            }
            all
        };
        let fields = "10000/10040 fields";
        check(with("jira:issue_created", json!({})), &[fields]);
        check(with("jira:issue_deleted", json!({})), &[fields]);
        check(with("jira:issue_updated", json!({})), &[fields]);
        let updated = json!({"id": 1, "fields": {"updated": "1970-01-01T00:00:02.000+0000"}});
        check(with("jira:issue_updated", json!({"issue": updated})), &["?/1 updated>2000"]);
        check(with("jira:issue_deleted", json!({"issue": updated})), &["?/1 fields"]);
        check(
            with("jira:issue_updated", json!({"changelog": {"id": 10233, "items": []}})),
            &["10000/10040 history>10233"],
        );
        check(with("jira:issue_updated", json!({"issue_event_type_name": "issue_commented"})), &[]);
        check(
            with(
                "jira:issue_updated",
                json!({"issue_event_type_name": "issue_commented", "changelog": {"id": "5"}}),
            ),
            &["10000/10040 history>5"],
        );
        check(with("comment_created", json!({"comment": comment})), &["10000/10040 comment 7@1000"]);
        check(with("comment_deleted", json!({"comment": comment})), &["10000/10040 comment 7@-"]);
        check(
            with("comment_updated", json!({"comment": comment, "issue": null})),
            &["?/10040 comment 7@1000"],
        );
        check(with("comment_created", json!({"comment": {"id": 7}})), &["10000/10040 comment 7@-"]);
        check(with("jira:issue_created", json!({"issue": {"id": 10040}})), &["?/10040 fields"]);
    }

    #[test]
    fn hostile_events_hint_at_nothing() {
        for event in [
            json!(null),
            json!([]),
            json!("jira:issue_created"),
            json!({}),
            json!({"webhookEvent": 7}),
            json!({"webhookEvent": "jira:issue_created"}),
            json!({"webhookEvent": "jira:issue_created", "issue": {"id": -1}}),
            json!({"webhookEvent": "jira:issue_created", "issue": {"id": "TES-1"}}),
            json!({"webhookEvent": "jira:issue_created", "issue": {"id": 1e300}}),
            json!({"webhookEvent": "jira:issue_created", "issue": {"id": "9".repeat(100)}}),
            json!({"webhookEvent": "comment_created", "comment": {"id": "7"}}),
            json!({"webhookEvent": "comment_created", "comment": {"id": "7", "self": "/issue"}}),
            json!({"webhookEvent": "comment_created", "comment": {"id": "7", "self": "/issue/x/"}}),
            json!({"webhookEvent": "comment_created", "issue": issue()}),
            json!({"webhookEvent": "board_created", "issue": issue()}),
            json!({"webhookEvent": "issuelink_created", "issueLink": {"id": 1}}),
        ] {
            check(event, &[]);
        }
    }

    /// Every value of an event, one after the other, replaced by everything that it should not be.
    #[test]
    fn no_event_is_too_strange() {
        let event = json!({
            "timestamp": 1, "webhookEvent": "comment_updated", "issue_event_type_name": "x", "issue": issue(),
            "comment": {"id": "7", "updated": "1970-01-01T00:00:01.000+0000", "self": "/issue/1/comment/7"},
            "changelog": {"id": "5", "items": []},
        });
        let mut places = Vec::new();
        collect(&event, String::new(), &mut places);
        assert!(places.len() > 12);
        let strange = [
            json!(null),
            json!(true),
            json!(-1),
            json!(0),
            json!(1e308),
            json!(u64::MAX),
            json!(i64::MIN),
            json!(""),
            json!("\u{0}\u{202e}𝕏"),
            json!("9".repeat(100_000)),
            json!("-292277022-01-01T00:00:00.000+0000"),
            json!("9999-12-31T23:59:60.999-9999"),
            json!([]),
            json!([[]]),
            json!({}),
            json!({"id": {"id": []}}),
        ];
        for place in places {
            for kind in ["comment_created", "comment_deleted", "jira:issue_updated", "jira:issue_created"] {
                for value in &strange {
                    let mut event = event.clone();
                    event["webhookEvent"] = json!(kind);
                    if let Some(at) = event.pointer_mut(&place) {
                        *at = value.clone();
                    }
                    assert!(webhook_hints(&event).len() <= 1, "{place} {kind} {value:.40}");
                }
            }
        }
    }

    fn collect(json: &Json, path: String, places: &mut Vec<String>) {
        for (name, value) in json.as_object().into_iter().flatten() {
            collect(value, format!("{path}/{name}"), places);
        }
        places.push(path);
    }

    #[test]
    fn recorded_events_are_read() {
        let Some(folder) = crate::jira::specs("webhook-samples") else { return };
        let table = [
            ("cloud-comment-created.json", "10000/10040 comment 10019@1550286678321"),
            ("cloud-comment-created-mention-user.json", ""),
            ("cloud-comment-deleted.json", "10008/10357 comment 10757@-"),
            ("cloud-comment-updated.json", ""),
            ("cloud-issue-created-many-fields.json", ""),
            ("cloud-issue-updated-custom-field.json", ""),
            ("issue-deleted.json", "10004/10303 fields"),
            ("issue-updated-attachments.json", "10000/10040 history>10233"),
            ("server-comment-created.json", "?/10013 comment 10082@1559607317234"),
        ];
        for (name, expected) in table {
            let text = std::fs::read_to_string(folder.join(name)).unwrap();
            let lines = line(&serde_json::from_str(&text).unwrap());
            assert_eq!(lines.len(), 1, "{name}");
            assert!(expected.is_empty() || lines == [expected], "{name}: {lines:?}");
        }
        let link = std::fs::read_to_string(folder.join("issuelink-created.json")).unwrap();
        check(serde_json::from_str::<Json>(&link).unwrap(), &[]);
    }
}
