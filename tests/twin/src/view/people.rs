//! User and group beans.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::View;
use crate::model::{AccountId, AccountType, Group, User};

const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A user inside another bean (`UserDetails`); an account that is gone leaves its id.
#[must_use]
pub fn user_details(view: View<'_>, account: &AccountId) -> Value {
    let Some(user) = view.site.users.get(account) else {
        return json!({"accountId": account, "active": false, "displayName": "Former user", "accountType": "unknown"});
    };
    let mut bean = json!({
        "self": user_link(view, account),
        "accountId": account,
        "accountType": user.account_type.as_str(),
        "active": user.active,
        "avatarUrls": avatars(view, account),
        "displayName": user.display_name,
        "timeZone": "Etc/UTC",
    });
    if shows_email(user) {
        bean["emailAddress"] = json!(user.email);
    }
    bean
}

/// A user as `/user` and `/myself` show it.
#[must_use]
pub fn user_bean(view: View<'_>, user: &User, expand: &[String]) -> Value {
    let mut bean = user_details(view, &user.account_id);
    bean["locale"] = json!("en_US");
    bean["expand"] = json!("groups,applicationRoles");
    let groups: Vec<&Group> =
        view.site.groups.values().filter(|group| group.members.contains(&user.account_id)).collect();
    let wants = |what: &str| expand.iter().any(|part| part == what);
    bean["groups"] = json!({"size": groups.len(), "items": []});
    if wants("groups") {
        bean["groups"]["items"] = groups
            .iter()
            .map(|group| {
                let link = view.link(&format!("/group?groupId={}", group.id));
                json!({"name": group.name, "groupId": group.id, "self": link})
            })
            .collect();
    }
    bean["applicationRoles"] = json!({"size": 0, "items": []});
    bean
}

/// A group as lists show it.
#[must_use]
pub fn group_details(group: &Group) -> Value {
    json!({"name": group.name, "groupId": group.id})
}

fn user_link(view: View<'_>, account: &AccountId) -> String {
    view.link(&format!("/user?accountId={}", utf8_percent_encode(account, UNRESERVED)))
}

pub(super) fn avatars(view: View<'_>, account: &AccountId) -> Value {
    let of = |size: u32| {
        format!(
            "{}/secure/useravatar?size={size}&ownerId={}",
            view.site.base_url,
            utf8_percent_encode(account, UNRESERVED)
        )
    };
    json!({"48x48": of(48), "24x24": of(24), "16x16": of(16), "32x32": of(32)})
}

/// The seed's people let everyone see their address; an app has none.
pub(super) fn shows_email(user: &User) -> bool {
    match user.account_type {
        AccountType::Atlassian | AccountType::Customer => !user.email.is_empty(),
        AccountType::App => false,
    }
}
