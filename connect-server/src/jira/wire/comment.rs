//! A comment, and who may read it.

use super::issue::{person, stamp};
use super::{At, WireError};
use duplex_core::adf::Doc;
use duplex_core::audience::{Audience, Shown};
use duplex_core::id::CommentId;
use duplex_core::issue::Comment;
use duplex_core::stamp;
use serde_json::Value as Json;

/// The property by which Jira Service Management tells internal comments from public ones.
const PUBLIC: &str = "sd.public.comment";

/// A comment as `/rest/api/3` shows it with `expand=properties`. `on_request`: whether its issue is a request, `None`
/// where nobody looked.
///
/// # Errors
/// [`WireError`] where the id, the body, the times or a flag of its audience are not of the published shape.
pub fn comment(json: &Json, on_request: Option<bool>) -> Result<Comment, WireError> {
    read(&At::root(json), on_request)
}

pub(in crate::jira) fn read(at: &At<'_>, on_request: Option<bool>) -> Result<Comment, WireError> {
    let body = at.get("body");
    let Ok(document) = Doc::from_json(body.value.clone()) else { return body.wrong("a document") };
    let shown = Shown {
        jsd_public: at.get("jsdPublic").flag()?,
        // Said twice, the narrower one counts.
        internal: properties(at, PUBLIC)?.iter().filter_map(internal).max(),
        restricted: at.get("visibility").some().is_some(),
        on_request,
    };
    Ok(Comment {
        id: CommentId(at.get("id").id()?),
        author: at.get("author").some().map(person).transpose()?,
        created: at.get("created").millis()?,
        updated: at.get("updated").millis()?,
        editor: at.get("updateAuthor").some().map(person).transpose()?.map(|person| person.account),
        body: document.normalise(),
        audience: Audience::of(shown),
        stamp: properties(at, stamp::PROPERTY)?.first().and_then(stamp),
    })
}

/// A property that says anything but `"internal": false` counts as internal: older apps wrote a text there.
fn internal(property: &At<'_>) -> Option<bool> {
    let flag = property.get("internal");
    let said = flag.some()?.value;
    Some(said.as_bool().unwrap_or_else(|| said.as_str() != Some("false")))
}

/// The values of a property. Jira has one of each; whatever has more is read all the same.
fn properties<'a>(at: &At<'a>, key: &str) -> Result<Vec<At<'a>>, WireError> {
    let properties = at.get("properties").some().map(At::list).transpose()?.unwrap_or_default();
    let named = properties.into_iter().filter(|p| p.get("key").value.as_str() == Some(key));
    Ok(named.map(|p| p.get("value")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shown(over: &Json) -> Json {
        let mut comment = json!({
            "id": "10019", "author": {"accountId": "5b", "displayName": "Anna"},
            "body": {"type": "doc", "version": 1, "content": []},
            "created": "2019-02-15T19:11:18.321-0800", "updated": "2019-02-15T19:11:19.321-0800",
            "jsdPublic": true,
        });
        for (name, value) in over.as_object().unwrap() {
            comment[name] = value.clone();
        }
        comment
    }

    #[test]
    fn audience_is_read_with_doubt_on_the_narrow_side() {
        let internal = |flag: Json| json!([{"key": "sd.public.comment", "value": {"internal": flag}}]);
        let check = |over: Json, on_request, expected| {
            let read = comment(&shown(&over), on_request).unwrap();
            assert_eq!(read.audience, expected, "{over} {on_request:?}");
        };
        check(json!({}), Some(true), Audience::Customers);
        check(json!({}), Some(false), Audience::Team);
        check(json!({}), None, Audience::Unknown);
        check(json!({"jsdPublic": null}), Some(true), Audience::Unknown);
        check(json!({"jsdPublic": false}), Some(true), Audience::Team);
        check(json!({"properties": internal(json!(false))}), Some(true), Audience::Customers);
        check(json!({"properties": internal(json!(true))}), Some(true), Audience::Team);
        check(json!({"properties": internal(json!("true"))}), Some(true), Audience::Team);
        check(json!({"properties": internal(json!(1))}), Some(true), Audience::Team);
        check(json!({"properties": internal(json!("false"))}), Some(true), Audience::Customers);
        let twice = |one: bool, other: bool| {
            let property = |flag: bool| json!({"key": "sd.public.comment", "value": {"internal": flag}});
            json!({"properties": [property(one), property(other)]})
        };
        check(twice(false, true), Some(true), Audience::Team);
        check(twice(true, false), Some(true), Audience::Team);
        check(twice(false, false), Some(true), Audience::Customers);
        check(json!({"visibility": {"type": "role", "value": "Devs"}}), Some(true), Audience::Restricted);
    }

    #[test]
    fn what_decides_must_be_of_the_published_shape() {
        let check = |over: Json, path: &str| {
            assert_eq!(comment(&shown(&over), Some(true)).unwrap_err().path, path);
        };
        check(json!({"id": "x"}), "/id");
        check(json!({"body": "wiki"}), "/body");
        check(json!({"updated": null}), "/updated");
        check(json!({"jsdPublic": "true"}), "/jsdPublic");
        check(json!({"properties": {}}), "/properties");
        check(json!({"author": {"name": "x"}}), "/author/accountId");
    }

    #[test]
    fn a_stamp_is_found_and_a_deleted_author_is_none() {
        let stamped = json!({"author": null, "properties": [{"key": "duplex.stamp", "value": {"stamp": "s", "op": "o"}}]});
        let read = comment(&shown(&stamped), None).unwrap();
        assert_eq!((read.stamp.as_deref(), read.author), (Some("s"), None));
    }
}
