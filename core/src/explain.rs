//! Why and why not, per element, in words: the lines that the plan itself was made with.

use crate::id::Side;
use crate::plan::{Element, Given};
use serde::{Deserialize, Serialize};

/// What is to be said about one element.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct Line {
    pub element: Element,
    pub outcome: Outcome,
    /// A sentence for an admin, without a customer's text.
    pub why: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub enum Outcome {
    Writes {
        to: Side,
    },
    Nothing,
    /// Something must be read before it can be decided.
    Reads,
    /// The outcome of an earlier write must be certain first.
    Waits,
    Parked {
        code: String,
    },
}

/// Explains the decision that [`plan`](crate::plan::plan()) makes of the same input.
#[must_use]
pub fn explain(given: &Given<'_>) -> Vec<Line> {
    crate::plan::decide(given).lines
}
