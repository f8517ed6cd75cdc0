//! A comment, and who could read it when.

use std::collections::BTreeMap;

use serde_json::Value;

use super::user::AccountId;

/// The property by which JSM tells an internal comment.
pub const PUBLIC_COMMENT_PROPERTY: &str = "sd.public.comment";

/// One comment.
#[derive(Debug, Clone)]
pub struct Comment {
    pub id: u64,
    pub author: AccountId,
    pub update_author: AccountId,
    pub created_ms: i64,
    pub updated_ms: i64,
    /// ADF.
    pub body: Value,
    pub properties: BTreeMap<String, Value>,
    pub visibility: Option<Visibility>,
    /// Whether it was created internal. The portal goes by this alone: changing the property afterwards
    /// changes what REST says (`jsdPublic`) and not what the customer sees (JSDCLOUD-6050).
    pub created_internal: bool,
    /// Every change of who could read it, oldest first.
    pub audience: Vec<AudienceAt>,
    /// Every text of it that customers could read in the portal, oldest first.
    pub shown: Vec<ShownAt>,
}

/// A text that customers could read from `at_ms` on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownAt {
    pub at_ms: i64,
    /// Who wrote or bared it.
    pub by: AccountId,
    /// ADF.
    pub body: Value,
}

/// What makes a site show its customers more than its people write for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leak {
    /// Another app, or a rule that an admin made, takes the flag off every internal comment while it is created.
    Flag,
    /// A portal of another vendor lists comments by a query of its own, whatever their flag says.
    Portal,
}

/// A restriction to a role or a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visibility {
    pub kind: VisibilityKind,
    /// Name of the role or group.
    pub value: String,
    /// Role id or group id.
    pub identifier: String,
}

/// `visibility.type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VisibilityKind {
    Role,
    Group,
}

impl VisibilityKind {
    /// The word of the REST API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Role => "role",
            Self::Group => "group",
        }
    }
}

/// What was true of a comment's readers from `at_ms` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AudienceAt {
    pub at_ms: i64,
    /// Customers saw it in the portal.
    pub in_portal: bool,
    /// REST said `jsdPublic: true`.
    pub jsd_public: bool,
    /// It was restricted to a role or group.
    pub restricted: bool,
}

impl Comment {
    /// `jsdPublic` of the API: `true` for every ordinary comment of any project; only an internal comment on a
    /// *request* is `false`.
    #[must_use]
    pub fn jsd_public(&self, on_request: bool) -> bool {
        !(on_request && is_internal(&self.properties))
    }

    /// Whether a customer who may see the request sees this comment in the portal.
    #[must_use]
    pub fn in_portal(&self, on_request: bool) -> bool {
        on_request && !self.created_internal && self.visibility.is_none()
    }

    /// Whether customers could read it at any moment of its life.
    #[must_use]
    pub fn was_ever_public(&self) -> bool {
        self.audience.iter().any(|moment| moment.in_portal)
    }

    /// Notes who can read the comment as it is now, and what customers read.
    pub(crate) fn note_audience(&mut self, at_ms: i64, by: &AccountId, on_request: bool) {
        if self.in_portal(on_request) && self.shown.last().is_none_or(|last| last.body != self.body) {
            self.shown.push(ShownAt { at_ms, by: by.clone(), body: self.body.clone() });
        }
        let moment = AudienceAt {
            at_ms,
            in_portal: self.in_portal(on_request),
            jsd_public: self.jsd_public(on_request),
            restricted: self.visibility.is_some(),
        };
        let same = self.audience.last().is_some_and(|last| AudienceAt { at_ms, ..*last } == moment);
        if !same {
            self.audience.push(moment);
        }
    }
}

/// Whether the properties carry `sd.public.comment {"internal": true}`; the flag is a boolean, a string does not count.
#[must_use]
pub fn is_internal(properties: &BTreeMap<String, Value>) -> bool {
    properties.get(PUBLIC_COMMENT_PROPERTY).and_then(|value| value.get("internal"))
        == Some(&Value::Bool(true))
}
