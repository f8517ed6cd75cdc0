//! What we remember of a link: its two ends, the base of every element, the comments that belong together, and the
//! writes whose outcome is not known yet. No customer text: hashes, versions and ids.

use crate::audience::Audience;
use crate::id::{
    AccountId, ClusterId, CommentId, FieldId, HistoryId, IssueId, IssueTypeId, LinkId, Millis, OpId, Side,
    Sides, SyncId,
};
use crate::ordered::BTreeMap;
use crate::plan::Element;
use crate::plan::mapping::Mapping;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::fmt;

/// So many former copies of one comment are remembered, to know the echo of their deletion.
pub const PAST_COPIES_MAX: usize = 8;
/// So many versions of a copy are remembered, to tell a person's edit that our next one went over.
pub const VERSIONS_REMEMBERED_MAX: usize = 8;
/// So many creating writes of one comment are remembered, to know a double that Jira completed late.
pub const OPS_REMEMBERED_MAX: usize = 8;

/// One pair of issues that mirror each other, inside one sync. While only one end is there, it is a candidate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct Link {
    pub id: LinkId,
    pub sync: SyncId,
    /// The side whose issue people made.
    pub origin: Side,
    pub cluster: Option<ClusterId>,
    /// The rules that its fields were last brought in line with; `None` before it has two ends.
    pub mapping: Option<Mapping>,
    pub ends: Sides<Option<End>>,
    pub state: LinkState,
    /// Keyed by the pair of fields.
    pub fields: BTreeMap<FieldPair, FieldMemory>,
    /// Comments people made, on either side, with what became of them.
    pub comments: Vec<CommentPair>,
    /// Writes without a known outcome.
    pub intents: Vec<Intent>,
    /// Elements that wait for a person.
    pub parked: Vec<Parked>,
    /// Comments that were removed in a row, without any other write or a person's word in between; see
    /// [`crate::plan::REMOVALS_MAX`].
    pub removals: u32,
    /// The database was restored from a backup since: what the sides last agreed on is not known. See
    /// [`Link::forget`].
    #[serde(default)]
    pub rebase: bool,
}

/// An element that stopped, and when (the server's clock). It is tried again when people ask for it later than that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct Parked {
    pub element: Element,
    /// The code of its [`crate::plan::Trouble`].
    pub code: String,
    pub at: Millis,
}

impl Link {
    /// The link that an issue of `origin` would have: one end, of which nothing has been read yet.
    #[must_use]
    pub fn candidate(sync: &SyncId, origin: Side, issue: IssueId) -> Self {
        let mut ends = Sides::default();
        let id = LinkId::of(sync, origin, &issue);
        ends[origin] = Some(End::unread(issue));
        Self {
            id,
            sync: sync.clone(),
            origin,
            cluster: None,
            mapping: None,
            ends,
            state: LinkState::Live,
            fields: BTreeMap::new(),
            comments: Vec::new(),
            intents: Vec::new(),
            parked: Vec::new(),
            removals: 0,
            rebase: false,
        }
    }

    /// Believes nothing of what a backup says the sides agreed on: they may have agreed on something else since.
    /// Which issues and comments belong together stays, and so does what people decided.
    pub fn forget(&mut self) {
        for memory in self.fields.values_mut() {
            *memory = FieldMemory { rule: memory.rule.take(), ..FieldMemory::default() };
        }
        for pair in &mut self.comments {
            (pair.base, pair.copy_base) = (None, None);
            pair.wrote.clear();
        }
    }

    /// The pair that `id` of `side` belongs to, as origin or as copy.
    #[must_use]
    pub fn comment(&self, side: Side, id: &CommentId) -> Option<&CommentPair> {
        self.comments.iter().find(|p| match p.origin == side {
            true => &p.id == id,
            false => p.copy.as_ref() == Some(id),
        })
    }

    #[must_use]
    pub fn parked(&self, element: &Element) -> Option<&Parked> {
        self.parked.iter().find(|p| &p.element == element)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub enum LinkState {
    Live,
    /// An end is gone. The twin is kept; people choose: recreate or unlink.
    EndGone,
    /// People said: this pair is no pair any more. Nothing is done, nothing is created again.
    Unlinked,
}

/// One end of a link, with the facts of the last read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct End {
    pub issue: IssueId,
    /// For people.
    pub key: String,
    pub issue_type: IssueTypeId,
    /// It had a request type when we last read it.
    pub is_request: bool,
    /// It stood under a security level that may not leave.
    pub secured: bool,
    pub created: Millis,
    /// The newest `updated` at which all mapped fields of the issue were read.
    pub seen: Millis,
    /// The newest id of its changelog that we know.
    pub history: Option<HistoryId>,
    /// The account that we write as there.
    pub us: Option<AccountId>,
}

impl End {
    /// An end of which nothing but the id is known.
    #[must_use]
    pub fn unread(issue: IssueId) -> Self {
        Self {
            issue,
            key: String::new(),
            issue_type: IssueTypeId::new(""),
            is_request: false,
            secured: false,
            created: Millis(i64::MIN),
            seen: Millis(i64::MIN),
            history: None,
            us: None,
        }
    }
}

/// The two fields of one element; on one-way rules as well.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/", type = "string"))]
pub struct FieldPair {
    pub a: FieldId,
    pub b: FieldId,
}

impl fmt::Display for FieldPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.a, self.b)
    }
}

impl From<FieldPair> for String {
    fn from(pair: FieldPair) -> Self {
        pair.to_string()
    }
}

impl TryFrom<String> for FieldPair {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let (a, b) = text.split_once('=').ok_or_else(|| format!("`{text}` is no pair of fields"))?;
        Ok(Self { a: a.into(), b: b.into() })
    }
}

impl FieldPair {
    #[must_use]
    pub fn of(&self, side: Side) -> &FieldId {
        match side {
            Side::A => &self.a,
            Side::B => &self.b,
        }
    }
}

/// The base of a field, and what stops it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct FieldMemory {
    pub base: Sides<Option<Shown>>,
    /// The fingerprint of the rules it was merged with; a difference is offered as a resync.
    pub rule: Option<Digest>,
    /// Alternations in a row that other people's automations made; frozen at
    /// [`crate::plan::ALTERNATIONS_MAX`].
    pub alternations: u32,
    /// What each side showed before our last write there. Somebody who goes back to it alternates.
    pub before: Sides<Option<Digest>>,
    /// For rich text, per side: the top-level blocks at the last agreement, in order.
    pub blocks: Sides<Vec<Block>>,
    /// For sets: the members that both sides had at the last agreement, each as either side has it.
    pub members: Vec<Sides<Digest>>,
}

/// One top-level block of a rich text, as it was when the sides agreed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/", rename = "BlockMemory"))]
pub struct Block {
    pub value: Digest,
    /// The other side has all of it. A block that held what can't be carried is never overwritten.
    pub carried: bool,
}

/// What one side showed when the two last agreed, or what we sent and have not seen yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub enum Shown {
    /// Read back.
    Agreed { value: Digest, version: Version },
    /// Only our own request is known: Jira may have made something else of it.
    Sent { value: Digest, op: OpId },
}

impl HistoryId {
    /// Whether `self` was given later than `other`: ids are digits and grow.
    #[must_use]
    pub fn is_after(&self, other: &Self) -> bool {
        (self.0.len(), &self.0) > (other.0.len(), &other.0)
    }
}

impl Shown {
    #[must_use]
    pub fn digest(&self) -> &Digest {
        match self {
            Self::Agreed { value, .. } | Self::Sent { value, .. } => value,
        }
    }
}

/// What tells that an element was written again: a field's newest changelog id, a comment's `updated`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub enum Version {
    History(HistoryId),
    Updated(Millis),
}

/// A comment that people made on `origin`, and its copy on the other side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct CommentPair {
    pub origin: Side,
    pub id: CommentId,
    /// The comment that people wrote, where the origin is itself a copy, made by another sync.
    #[serde(default)]
    pub cluster: Option<ClusterId>,
    /// The origin as it was when it was last dealt with.
    pub base: Option<CommentBase>,
    pub copy: Option<CommentId>,
    /// The copy as it was when we last wrote or read it; its audience is the one that we asked for.
    pub copy_base: Option<CommentBase>,
    pub state: CommentState,
    /// The writes that may have created a copy, newest last; at most [`OPS_REMEMBERED_MAX`].
    #[serde(default)]
    pub ops: Vec<OpId>,
    /// Copies that we removed ourselves, newest last; at most [`PAST_COPIES_MAX`].
    #[serde(default)]
    pub past: Vec<CommentId>,
    /// The versions that our own writes gave the copy, newest last; at most [`VERSIONS_REMEMBERED_MAX`]. Another one
    /// between them was a person's.
    #[serde(default)]
    pub wrote: Vec<Millis>,
}

impl CommentPair {
    /// A comment that nothing has been done about.
    #[must_use]
    pub fn new(origin: Side, id: &CommentId) -> Self {
        Self {
            origin,
            id: id.clone(),
            cluster: None,
            base: None,
            copy: None,
            copy_base: None,
            state: CommentState::Live,
            ops: Vec::new(),
            past: Vec::new(),
            wrote: Vec::new(),
        }
    }

    /// Remembers the version that a write of ours gave the copy.
    pub fn wrote(&mut self, version: Millis) {
        if !self.wrote.contains(&version) {
            self.wrote.push(version);
            let surplus = self.wrote.len().saturating_sub(VERSIONS_REMEMBERED_MAX);
            self.wrote.drain(..surplus);
        }
    }

    /// Remembers a write that may have created a copy.
    pub fn tried(&mut self, op: &OpId) {
        if !self.ops.contains(op) {
            self.ops.push(op.clone());
            let surplus = self.ops.len().saturating_sub(OPS_REMEMBERED_MAX);
            self.ops.drain(..surplus);
        }
    }

    /// The copy was removed by us.
    pub fn removed(&mut self) {
        self.copy_base = None;
        self.wrote.clear();
        if let Some(copy) = self.copy.take() {
            self.past.push(copy);
            let surplus = self.past.len().saturating_sub(PAST_COPIES_MAX);
            self.past.drain(..surplus);
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct CommentBase {
    pub value: Digest,
    pub updated: Millis,
    pub audience: Audience,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub enum CommentState {
    /// The copy follows the origin.
    Live,
    /// A person edited or deleted the copy: recorded, shown, neither carried back nor healed.
    Detached,
    /// The origin was deleted, and its copy with it.
    Gone,
    /// It is not for the other side, as the rules and its audience are now.
    Home,
    /// Stopped with a reason; the row of the parked work has the remedy.
    Parked,
}

/// A write that was announced and whose outcome is not recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct Intent {
    pub op: OpId,
    pub side: Side,
    pub what: IntentKind,
    /// The server's clock.
    pub opened: Millis,
    /// The configuration that it was planned with.
    pub config_version: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub enum IntentKind {
    CreateIssue,
    /// With the digest of what was sent.
    EditIssue {
        fields: BTreeMap<FieldPair, Digest>,
    },
    AddComment {
        origin: CommentId,
    },
    EditComment {
        origin: CommentId,
    },
    DeleteComment {
        origin: CommentId,
        comment: CommentId,
    },
}

/// A keyed hash of a canonical value: equal values have equal digests, and nobody without the key can guess the text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct Digest(pub String);

/// The key of one sync's digests.
#[derive(Clone)]
pub struct DigestKey(Vec<u8>);

impl fmt::Debug for DigestKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[sealed]")
    }
}

impl DigestKey {
    #[must_use]
    pub fn new(key: &[u8]) -> Self {
        Self(key.to_vec())
    }

    /// The digest of a canonical value: HMAC-SHA-256 over its JSON, 128 bits in hex.
    ///
    /// # Panics
    /// Never: canonical values have string keys, and HMAC takes a key of any length.
    #[must_use]
    pub fn digest(&self, value: &impl Serialize) -> Digest {
        let json = serde_json::to_vec(value).expect("a canonical value is JSON");
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("any length is a key");
        mac.update(&json);
        let bytes = mac.finalize().into_bytes();
        Digest(bytes.iter().take(16).map(|b| format!("{b:02x}")).collect())
    }
}
