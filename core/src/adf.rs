//! Atlassian Document Format.

use serde::{Deserialize, Serialize};

/// A document in canonical form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Doc(pub serde_json::Value);
