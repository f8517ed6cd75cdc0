//! The mark that everything we create carries, in the creating request itself.

use crate::audience::Audience;
use crate::id::{ClusterId, LinkId, OpId, SyncId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// The entity property that carries the stamp, on issues and comments.
pub const PROPERTY: &str = "duplex.stamp";

/// What a stamp says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    pub sync: SyncId,
    pub link: LinkId,
    pub op: OpId,
    pub cluster: ClusterId,
    /// The origin's audience: a ceiling for every further hop. `Customers` on issues.
    pub ceiling: Audience,
}

/// The keys to verify stamps with, by key id; the newest one signs. Old ones are kept for ever.
#[derive(Clone, Default)]
pub struct Ring {
    keys: BTreeMap<u32, Vec<u8>>,
}

impl fmt::Debug for Ring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ring({} keys, [sealed])", self.keys.len())
    }
}

impl Ring {
    #[must_use]
    pub fn new(keys: BTreeMap<u32, Vec<u8>>) -> Self {
        Self { keys }
    }
}
