//! The leak drill: what a customer sees of two canaries, an internal and a public comment, on a scratch issue.
//!
//! The server makes the issue, writes both as the mirror would write copies there, and reads them back, as the app and
//! as a customer. What that proves is said here, and any doubt is a failure: a drill that could not look has not passed.

mod scratch;
#[cfg(test)]
mod tests;

pub use scratch::{Canary, comment, is_of_drill, removal, scratch, stamp};

use crate::audience::Audience;
use crate::check::Severity;
use crate::id::{Side, Sides};
use serde::{Deserialize, Serialize};

/// What came of a drill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/", rename = "DrillReport"))]
pub struct Report {
    pub verdict: Verdict,
    pub lines: Vec<Line>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/", rename = "DrillVerdict"))]
pub enum Verdict {
    /// A customer was asked wherever there is a portal: he sees what is public, and nothing else.
    Passed,
    /// Jira says of both canaries what it was told; on some side no customer was asked.
    PortalNotSeen,
    /// Something internal was seen, or could be, or nobody could look.
    Failed,
}

/// What is to be said of one side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/", rename = "DrillLine"))]
pub struct Line {
    pub side: Side,
    /// `Error` where the drill failed.
    pub severity: Severity,
    pub sentence: String,
    /// Empty where there is nothing to do.
    pub remedy: String,
}

/// What was seen on one side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// No service project: no customers.
    NoPortal,
    Canaries(Canaries),
    /// It did not come to that.
    Broken {
        sentence: String,
        remedy: String,
    },
}

/// Both canaries of one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Canaries {
    pub internal: Sighting,
    pub public: Sighting,
}

/// One canary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sighting {
    /// As it was written.
    pub asked: Audience,
    /// As Jira shows it to the app.
    pub shown: Audience,
    /// Whether a customer saw it in the portal; `None` where none was asked.
    pub customer: Option<bool>,
}

impl Report {
    /// A drill that did not get to its end.
    #[must_use]
    pub fn broken(side: Side, sentence: String, remedy: String) -> Self {
        let line = Line { side, severity: Severity::Error, sentence, remedy };
        Self { verdict: Verdict::Failed, lines: vec![line] }
    }
}

/// What the sightings of both sides prove.
#[must_use]
pub fn judge(seen: &Sides<Seen>) -> Report {
    let lines: Vec<Line> = Side::BOTH.into_iter().flat_map(|side| of_side(side, &seen[side])).collect();
    let worst = lines.iter().map(|line| line.severity).min_by_key(|severity| match severity {
        Severity::Error => 0,
        Severity::Warning => 1,
        Severity::Info => 2,
    });
    let verdict = match worst {
        Some(Severity::Error) | None => Verdict::Failed,
        Some(Severity::Warning) => Verdict::PortalNotSeen,
        Some(Severity::Info) => Verdict::Passed,
    };
    Report { verdict, lines }
}

fn of_side(side: Side, seen: &Seen) -> Vec<Line> {
    let line = |severity, sentence: String, remedy: &str| Line {
        side,
        severity,
        sentence,
        remedy: remedy.to_owned(),
    };
    let canaries = match seen {
        Seen::NoPortal => {
            let why = format!("Side {side} is no service project: no customer reads there.");
            return vec![line(Severity::Info, why, "")];
        }
        Seen::Broken { sentence, remedy } => return vec![line(Severity::Error, sentence.clone(), remedy)],
        Seen::Canaries(canaries) => canaries,
    };
    let mut lines: Vec<Line> = [internal(side, canaries.internal), public(side, canaries.public)]
        .into_iter()
        .flatten()
        .map(|(sentence, remedy)| line(Severity::Error, sentence, remedy))
        .collect();
    if !lines.is_empty() {
        return lines;
    }
    lines.push(match canaries.internal.customer {
        Some(_) => line(
            Severity::Info,
            format!("The test customer of side {side} sees the public canary, and not the internal one."),
            "",
        ),
        None => line(
            Severity::Warning,
            format!("Side {side}: flag verified, portal not seen."),
            "The operator can name a test customer of this site, with a token of his own: `duplex test-customer`.",
        ),
    });
    lines
}

type Complaint = Option<(String, &'static str)>;

fn internal(side: Side, canary: Sighting) -> Complaint {
    let other = side.other();
    if canary.asked.is_public() {
        return Some((
            format!(
                "Side {other} maps internal comments to public ones: customers of side {side} would read them."
            ),
            "Map internal to internal and publish; if it is meant so, an admin can skip the drill.",
        ));
    }
    if canary.customer == Some(true) {
        return Some((
            format!("The test customer of side {side} sees the internal canary in the portal."),
            "Do not start. Look for an app or automation there that changes the visibility of comments.",
        ));
    }
    match canary.shown {
        Audience::Team => None,
        Audience::Customers => Some((
            format!("Jira shows the internal canary of side {side} as public."),
            "Do not start. Look for an app or automation there that changes the visibility of comments.",
        )),
        Audience::Restricted | Audience::Unknown => Some((
            format!("Jira does not say who may read the internal canary of side {side}."),
            "Run the drill again; if it stays so, see whether the app's user is an agent of the project.",
        )),
    }
}

fn public(side: Side, canary: Sighting) -> Complaint {
    if !canary.shown.is_public() {
        return Some((
            format!(
                "Jira does not show the public canary of side {side} as public: customers would miss comments."
            ),
            "See whether the default request type is one that customers see in the portal.",
        ));
    }
    (canary.customer == Some(false)).then(|| {
        (
            format!(
                "The test customer of side {side} does not see the public canary either, so that he does not see \
                 the internal one proves nothing."
            ),
            "See whether he is a customer of the project, and whether his token is still good.",
        )
    })
}
