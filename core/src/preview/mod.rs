//! What would be done with one issue, shown before it is done: the same plan and the same calls as the server's.
//!
//! Ids and marks that only exist once a call is made stand in the calls by name: `{{stamp}}` and `{{op}}` in the
//! property that everything we create carries, `{{new issue}}`, `{{new key}}` and `{{new comment}}` for what Jira
//! will call it.
//!
//! The server gathers [`PreviewFacts`]: it asks [`needs`] what to read until there is nothing left, and hands them
//! out by [`PreviewFacts::for_viewer`]. The page calls [`preview`].

mod assume;
mod losses;
mod rekey;
mod run;
mod sample;
#[cfg(test)]
mod tests;

pub use losses::Lost;
pub use sample::sample_comment;

use crate::config::Config;
use crate::explain::{Line, Outcome};
use crate::id::{Millis, Side, Sides};
use crate::link::{DigestKey, Link};
use crate::ordered::{BTreeMap, BTreeSet};
use crate::payload::HttpCall;
use crate::plan::{Element, People, Read, View};
use crate::schema::ProjectSchema;
use crate::stamp::Ring;
use run::Run;
use serde::{Deserialize, Serialize};

/// The key of a preview's digests and stamps. No secret: what it protects lies open beside it.
const KEY: &[u8] = b"duplex.preview";

/// What a preview rests on beside the configuration: one issue with what is remembered of it, as it is now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct PreviewFacts {
    pub schemas: Sides<ProjectSchema>,
    /// How people call each site.
    pub sites: Sides<String>,
    /// Issues and comments created before it stay out, per side, on the site's clock.
    pub scope_from: Sides<Option<Millis>>,
    pub link: Link,
    pub seen: Sides<View>,
    /// The side belongs to somebody else than who looks: nothing of it is in `seen`.
    pub withheld: Sides<bool>,
    pub people: People,
    /// The other side's project has an issue of this origin by another link.
    pub cluster_taken: bool,
    /// The server's clock.
    pub now: Millis,
    /// How long a write of unknown outcome must rest.
    pub grace_ms: i64,
}

/// What would be done, what would not, and why.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct Preview {
    /// Every call that the server would make until both sides agree, in order.
    pub calls: Vec<Call>,
    /// What the other side does not get.
    pub losses: Vec<Lost>,
    /// Why, and why not, element by element.
    pub lines: Vec<Line>,
    /// What could not be looked at, so that the preview ends here.
    pub unread: Vec<Read>,
}

/// One call to Jira, with its reason.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/", rename = "PreviewCall"))]
pub struct Call {
    /// Where it goes.
    pub side: Side,
    pub element: Element,
    pub call: HttpCall,
    pub why: String,
    /// Jira would refuse it, as its screens are now; the sentence says why.
    pub refused: Option<String>,
}

/// The preview of an issue as facts for the page tell of it.
#[must_use]
pub fn preview(config: &Config, facts: &PreviewFacts) -> Preview {
    let (key, stamps) = own_keys();
    let mut preview = Run::new(config, facts, &key, &stamps).finish();
    if preview.unread.iter().any(|read| facts.withheld[side_of(read)]) {
        for line in preview.lines.iter_mut().filter(|line| line.outcome == Outcome::Reads) {
            "Not shown: it belongs to the partner.".clone_into(&mut line.why);
        }
    }
    preview
}

/// What must be read before the facts are complete. `facts` are as the server has them, with its own keys; nothing of
/// them is withheld yet.
#[must_use]
pub fn needs(config: &Config, facts: &PreviewFacts, key: &DigestKey, stamps: &Ring) -> BTreeSet<Read> {
    Run::new(config, facts, key, stamps).finish().unread.into_iter().collect()
}

fn own_keys() -> (DigestKey, Ring) {
    (DigestKey::new(KEY), Ring::new(BTreeMap::from([(1, KEY.to_vec())])))
}

/// Where it is read.
fn side_of(read: &Read) -> Side {
    match read {
        Read::Issue { side, .. }
        | Read::Comment { side, .. }
        | Read::NewestComments { side }
        | Read::AllComments { side }
        | Read::Search { side, .. }
        | Read::Person { side, .. }
        | Read::InScope { side } => *side,
    }
}
