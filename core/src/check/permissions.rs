//! Which project permissions the app's user needs, and which it lacks.

use super::{Code, Desk, Place, Tab};
use crate::config::Config;
use crate::id::Side;
use crate::schema::ProjectSchema;
use serde::Serialize;

/// A project permission: Jira's key, its name in Jira's pages, and what it is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct Permission {
    /// As `mypermissions` names it.
    pub key: &'static str,
    pub name: &'static str,
    pub used_to: &'static str,
}

const BROWSE: Permission =
    Permission { key: "BROWSE_PROJECTS", name: "Browse Projects", used_to: "see the issues" };
const AGENT: Permission =
    Permission { key: "SERVICEDESK_AGENT", name: "Service Project Agent", used_to: "see internal comments" };
const CREATE: Permission =
    Permission { key: "CREATE_ISSUES", name: "Create Issues", used_to: "create the copies" };
const EDIT: Permission =
    Permission { key: "EDIT_ISSUES", name: "Edit Issues", used_to: "keep fields equal and mark the copies" };
const COMMENT: Permission =
    Permission { key: "ADD_COMMENTS", name: "Add Comments", used_to: "add the copies of comments" };
const EDIT_OWN: Permission = Permission {
    key: "EDIT_OWN_COMMENTS",
    name: "Edit Own Comments",
    used_to: "carry edits of comments to their copies",
};
const DELETE_OWN: Permission = Permission {
    key: "DELETE_OWN_COMMENTS",
    name: "Delete Own Comments",
    used_to: "delete the copies of deleted or hidden comments",
};

/// What an admin does about a permission that the app's user lacks.
pub const REMEDY: &str = "Add the app's user to the project's role *Service Desk Team* (or *Administrators*), or give \
    that role the permission in the project's permission scheme.";

/// What the app's user needs in the project of `side`, as the configuration stands.
#[must_use]
pub fn needed(config: &Config, schema: &ProjectSchema, side: Side) -> Vec<Permission> {
    let arrives = &config.sides[side.other()];
    let mut needed = vec![BROWSE];
    if schema.service {
        needed.push(AGENT);
    }
    if !arrives.issue_types.is_empty() {
        needed.push(CREATE);
    }
    if !arrives.issue_types.is_empty() || !arrives.fields.is_empty() {
        needed.push(EDIT);
    }
    if arrives.comments.enabled {
        needed.extend([COMMENT, EDIT_OWN, DELETE_OWN]);
    }
    needed
}

pub(super) fn check(desk: &mut Desk<'_>, side: Side) {
    let needed = needed(desk.config, desk.schema(side), side);
    let lacks = |p: &Permission| desk.facts.missing[side].iter().any(|key| key == p.key);
    let lacking: Vec<Permission> = needed.into_iter().filter(lacks).collect();
    for permission in lacking {
        let sentence = format!(
            "The app's user lacks *{}* in {}; it is needed to {}.",
            permission.name,
            desk.project(side),
            permission.used_to,
        );
        let place = Place::on(Tab::Projects, side).about(permission.key);
        desk.error(Code::PermissionMissing, place, sentence, REMEDY);
    }
}
