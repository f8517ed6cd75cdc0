//! What a service desk offers.

use http::StatusCode;
use serde_json::{Value, json};

use super::super::call::Call;
use super::super::reply::{Answer, Problem, Reply};
use super::super::routes::Params;
use super::{find_desk, page};
use crate::model::{RequestType, ServiceDesk};
use crate::view::{desk_date, request_type_bean, request_type_field, service_desk_bean};

/// When the twin's release says it was built, in epoch milliseconds.
const BUILT_MS: i64 = 1_795_165_200_000;

/// `GET info`
pub(in crate::http) fn info(call: &mut Call<'_>, _: Params<'_>) -> Answer {
    let link = format!("{}/rest/servicedeskapi/info", call.site.base_url);
    Reply::ok(json!({
        "version": "5.17.0-SNAPSHOT",
        "platformVersion": "1001.0.0-SNAPSHOT",
        "buildDate": desk_date(BUILT_MS),
        "buildChangeSet": "3b1c7e0a5d0c4c1f9a6a8c6d2f1e0b9a7c5d3e1f",
        "isLicensedForUse": true,
        "_links": {"self": link},
    }))
}

/// `GET servicedesk`
pub(in crate::http) fn desks(call: &mut Call<'_>, _: Params<'_>) -> Answer {
    call.signed_in()?;
    let all = call
        .site
        .projects
        .values()
        .filter(|project| call.site.is_portal_user(call.account(), project))
        .filter_map(|project| Some(service_desk_bean(call.view(), project, project.service_desk.as_ref()?)))
        .collect();
    Reply::ok(page(call, all)?)
}

/// `GET servicedesk/{d}`
pub(in crate::http) fn desk(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let (project, desk) = find_desk(call, &params[0])?;
    Reply::ok(service_desk_bean(call.view(), project, desk))
}

/// `GET servicedesk/{d}/requesttype`
pub(in crate::http) fn request_types(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let (_, desk) = find_desk(call, &params[0])?;
    let group = call.query.filled("groupId");
    let text = call.query.filled("searchQuery").map(str::to_lowercase);
    let wanted = |it: &&RequestType| {
        group.is_none_or(|group| it.groups.iter().any(|id| id == group)) && named(it, text.as_deref())
    };
    let all =
        desk.request_types.iter().filter(wanted).map(|it| request_type_bean(call.view(), desk, it)).collect();
    Reply::ok(page(call, all)?)
}

fn named(request_type: &RequestType, text: Option<&str>) -> bool {
    text.is_none_or(|text| {
        request_type.name.to_lowercase().contains(text)
            || request_type.description.to_lowercase().contains(text)
    })
}

/// `GET requesttype`: of every desk the caller meets.
pub(in crate::http) fn all_request_types(call: &mut Call<'_>, _: Params<'_>) -> Answer {
    call.signed_in()?;
    let desks = call.query.list("serviceDeskId");
    let text = call.query.filled("searchQuery").map(str::to_lowercase);
    let open =
        call.site.projects.values().filter(|project| call.site.is_portal_user(call.account(), project));
    let all = open
        .filter_map(|project| project.service_desk.as_ref())
        .filter(|desk| desks.is_empty() || desks.contains(&desk.id))
        .flat_map(|desk| desk.request_types.iter().map(move |it| (desk, it)))
        .filter(|(_, it)| named(it, text.as_deref()))
        .map(|(desk, it)| request_type_bean(call.view(), desk, it))
        .collect();
    Reply::ok(page(call, all)?)
}

/// `GET servicedesk/{d}/requesttype/{t}`
pub(in crate::http) fn request_type(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let (_, desk) = find_desk(call, &params[0])?;
    let request_type = find_type(desk, &params[1])?;
    Reply::ok(request_type_bean(call.view(), desk, request_type))
}

/// `GET servicedesk/{d}/requesttype/{t}/field`; agents may ask for hidden ones.
pub(in crate::http) fn request_type_fields(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let (project, desk) = find_desk(call, &params[0])?;
    let request_type = find_type(desk, &params[1])?;
    let agent = call.site.is_agent(call.account(), project);
    let hidden = agent && call.query.list("expand").iter().any(|word| word == "hiddenFields");
    let shown = request_type.fields.iter().filter(|on| on.visible || hidden);
    let fields: Vec<Value> = shown.filter_map(|on| request_type_field(call.view(), on)).collect();
    Reply::ok(json!({
        "requestTypeFields": fields,
        "canRaiseOnBehalfOf": agent,
        "canAddRequestParticipants": true,
    }))
}

/// `GET servicedesk/{d}/requesttypegroup`
pub(in crate::http) fn request_type_groups(call: &mut Call<'_>, params: Params<'_>) -> Answer {
    let (_, desk) = find_desk(call, &params[0])?;
    let all = desk.groups.iter().map(|group| json!({"id": group.id, "name": group.name})).collect();
    Reply::ok(page(call, all)?)
}

fn find_type<'a>(desk: &'a ServiceDesk, id: &str) -> Result<&'a RequestType, Problem> {
    desk.request_types.iter().find(|it| it.id == id).ok_or_else(|| {
        Problem::desk(
            StatusCode::NOT_FOUND,
            "sd.request.type.error.not.found",
            format!(
                "The request type with ID '{id}' does not exist or you do not have permission to view it."
            ),
        )
    })
}
