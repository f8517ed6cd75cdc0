//! The two sides, and names that can't be mixed up.
//!
//! Ids are Jira's immutable ids, never keys: a key changes when an issue moves or a project is renamed.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::{Index, IndexMut};

/// One of the two ends of a sync. Code is written for a `Side` and says `side.other()`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub enum Side {
    A,
    B,
}

impl Side {
    pub const BOTH: [Self; 2] = [Self::A, Self::B];

    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }

    /// `"a"` or `"b"`: the form in which a side is stored and sent.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::A => "a",
            Self::B => "b",
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::A => "A",
            Self::B => "B",
        })
    }
}

impl std::str::FromStr for Side {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "a" | "A" => Ok(Self::A),
            "b" | "B" => Ok(Self::B),
            other => Err(format!("`{other}` is no side: write `a` or `b`")),
        }
    }
}

/// One value per side.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct Sides<T> {
    pub a: T,
    pub b: T,
}

impl<T> Sides<T> {
    pub fn new(a: T, b: T) -> Self {
        Self { a, b }
    }

    /// Builds both from one rule.
    pub fn each(mut make: impl FnMut(Side) -> T) -> Self {
        Self { a: make(Side::A), b: make(Side::B) }
    }

    pub fn as_ref(&self) -> Sides<&T> {
        Sides { a: &self.a, b: &self.b }
    }

    pub fn map<U>(self, mut f: impl FnMut(T) -> U) -> Sides<U> {
        Sides { a: f(self.a), b: f(self.b) }
    }

    /// The same pair seen from the other end.
    #[must_use]
    pub fn swapped(self) -> Self {
        Self { a: self.b, b: self.a }
    }
}

impl<T> Index<Side> for Sides<T> {
    type Output = T;

    fn index(&self, side: Side) -> &T {
        match side {
            Side::A => &self.a,
            Side::B => &self.b,
        }
    }
}

impl<T> IndexMut<Side> for Sides<T> {
    fn index_mut(&mut self, side: Side) -> &mut T {
        match side {
            Side::A => &mut self.a,
            Side::B => &mut self.b,
        }
    }
}

/// Milliseconds since 1970 UTC, on the clock that the doc of the field names (a site's own, or the server's).
///
/// Read from floats too: JavaScript has no other numbers, and rounds `i64::MIN` to one just outside.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct Millis(pub i64);

impl<'de> Deserialize<'de> for Millis {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AsMillis)
    }
}

struct AsMillis;

impl serde::de::Visitor<'_> for AsMillis {
    type Value = Millis;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number of milliseconds")
    }

    fn visit_i64<E: serde::de::Error>(self, ms: i64) -> Result<Millis, E> {
        Ok(Millis(ms))
    }

    fn visit_u64<E: serde::de::Error>(self, ms: u64) -> Result<Millis, E> {
        i64::try_from(ms)
            .map(Millis)
            .map_err(|_| E::invalid_value(serde::de::Unexpected::Unsigned(ms), &self))
    }

    fn visit_f64<E: serde::de::Error>(self, ms: f64) -> Result<Millis, E> {
        let whole = ms.fract() == 0.0 && ms.abs() <= -(i64::MIN as f64);
        // Rounds to the nearest end where it lies just outside.
        if whole {
            Ok(Millis(ms as i64))
        } else {
            Err(E::invalid_value(serde::de::Unexpected::Float(ms), &self))
        }
    }
}

impl Millis {
    #[must_use]
    pub fn plus(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// How long `self` lies after `earlier`; negative when it lies before.
    #[must_use]
    pub fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
        pub struct $name(pub String);

        impl $name {
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
    )* };
}

ids! {
    /// One installation of the app: a site of ours, which is also the tenant. Made by us at the first install.
    SiteId
    /// A project's id, digits.
    ProjectId
    /// An issue's id, digits.
    IssueId
    /// A comment's id, digits; unique in its site.
    CommentId
    /// `summary`, `customfield_10010`, ...
    FieldId
    /// An issue type's id, digits.
    IssueTypeId
    /// A request type's id, digits, as a string: that is how Jira takes it.
    RequestTypeId
    /// An Atlassian account id.
    AccountId
    /// An id of the site's changelog; grows with time within one issue.
    HistoryId
    /// One configured pair of projects.
    SyncId
    /// One pair of issues inside a sync. See [`LinkId::of`].
    LinkId
    /// One write of ours, known before it is sent. Also the key under which an unknown outcome is looked for.
    OpId
    /// All issues, over all syncs, that stem from one origin.
    ClusterId
}

impl LinkId {
    /// The link that the issue `origin` of `side` has, or would have, in `sync`. Derived, so that work on an issue
    /// that is not linked yet already has the key it will keep, and two workers can't create two copies of it.
    #[must_use]
    pub fn of(sync: &SyncId, side: Side, origin: &IssueId) -> Self {
        Self(format!("{sync}.{}.{origin}", side.as_str()))
    }
}

impl ClusterId {
    /// Of an issue that people made, and of all its copies.
    #[must_use]
    pub fn of_issue(site: &SiteId, issue: &IssueId) -> Self {
        Self(format!("{site}.{issue}"))
    }

    /// Of a comment that people wrote, and of all its copies.
    #[must_use]
    pub fn of_comment(site: &SiteId, comment: &CommentId) -> Self {
        Self(format!("{site}.c{comment}"))
    }

    /// Whether people made the first of it on this site.
    #[must_use]
    pub fn is_of(&self, site: &SiteId) -> bool {
        self.at(site).is_some()
    }

    /// The comment that people wrote, if they wrote it on this site.
    #[must_use]
    pub fn comment_of(&self, site: &SiteId) -> Option<CommentId> {
        self.at(site)?.strip_prefix('c').map(CommentId::new)
    }

    fn at(&self, site: &SiteId) -> Option<&str> {
        self.0.strip_prefix(site.as_str())?.strip_prefix('.')
    }
}
