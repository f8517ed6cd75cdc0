//! Properties that an app keeps on the site itself: only the app reads and writes its own.

use http::StatusCode;
use serde_json::{Value, json};

use super::bodies::PROPERTY_VALUE_CHARS_MAX;
use super::call::Call;
use super::reply::{Answer, Problem, Reply};
use super::routes::Params;
use crate::Caller;

/// Longest key of an app property, in characters.
const KEY_CHARS_MAX: usize = 127;
/// Properties one app can keep on a site.
const PROPERTIES_MAX: usize = 100;

/// `GET addons/{a}/properties`
pub(super) fn list(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let app = own(call, &params[0]).map_err(unauthorized)?;
    let base = format!("{}/rest/atlassian-connect/1/addon/{app}/properties", call.site.base_url);
    let kept = call.site.app_properties.get(&app);
    let keys =
        kept.into_iter().flatten().map(|(key, _)| json!({"self": format!("{base}/{key}"), "key": key}));
    Reply::ok(json!({"keys": keys.collect::<Vec<Value>>()}))
}

/// `GET addons/{a}/properties/{k}`
pub(super) fn get(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let app = own(call, &params[0])?;
    let value =
        call.site.app_properties.get(&app).and_then(|kept| kept.get(&params[1])).ok_or_else(missing)?;
    Reply::ok(json!({"key": params[1], "value": value}))
}

/// `PUT addons/{a}/properties/{k}`
pub(super) fn set(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let app = own(call, &params[0]).map_err(unauthorized)?;
    if params[1].chars().count() > KEY_CHARS_MAX {
        return Err(refused(
            StatusCode::BAD_REQUEST,
            format!("The property key cannot be longer than {KEY_CHARS_MAX} characters."),
        ));
    }
    let value: Value = serde_json::from_slice(call.body)
        .map_err(|_| refused(StatusCode::BAD_REQUEST, "The property value is not valid JSON."))?;
    if value.to_string().chars().count() > PROPERTY_VALUE_CHARS_MAX {
        let message =
            format!("The property value cannot be longer than {PROPERTY_VALUE_CHARS_MAX} characters.");
        return Err(refused(StatusCode::BAD_REQUEST, message));
    }
    let kept = call.site.app_properties.entry(app).or_default();
    if kept.len() >= PROPERTIES_MAX && !kept.contains_key(&params[1]) {
        return Err(refused(
            StatusCode::BAD_REQUEST,
            format!("An app can keep at most {PROPERTIES_MAX} properties."),
        ));
    }
    let (status, message) = match kept.insert(params[1].clone(), value) {
        Some(_) => (StatusCode::OK, "Property updated."),
        None => (StatusCode::CREATED, "Property created."),
    };
    Ok(Reply::json(status, json!({"message": message, "statusCode": status.as_u16()})))
}

/// `DELETE addons/{a}/properties/{k}`
pub(super) fn delete(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let app = own(call, &params[0])?;
    let removed = call.site.app_properties.get_mut(&app).and_then(|kept| kept.remove(&params[1]));
    removed.map_or_else(|| Err(missing()), |_| Reply::no_content())
}

/// The app that calls, if it is the one the address names.
fn own(call: &Call<'_>, asked: &str) -> Result<String, Problem> {
    match &call.caller {
        Caller::App { key, .. } if key == asked => Ok(key.clone()),
        Caller::App { .. } => Err(missing()),
        Caller::User(_) | Caller::Anonymous => {
            let message = "Access to this resource must be authenticated as an app.";
            Err(refused(StatusCode::UNAUTHORIZED, message))
        }
    }
}

/// Listing and writing know no 404: another app's place is one the caller has no credentials for.
fn unauthorized(_: Problem) -> Problem {
    refused(
        StatusCode::UNAUTHORIZED,
        "Access to this resource must be authenticated as the app it belongs to.",
    )
}

fn missing() -> Problem {
    refused(StatusCode::NOT_FOUND, "Property with key not found.")
}

fn refused(status: StatusCode, message: impl Into<String>) -> Problem {
    Problem::Operation { status, message: message.into() }
}
