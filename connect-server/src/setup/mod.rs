//! What people decide about syncs, whichever way they come: the admin page's API and the operator's commands both
//! stand on this room.
//!
//! What leaves a side belongs to that side. So whoever publishes says for which sides he speaks, and a configuration
//! that widens what leaves any other side waits there for an admin ([`Outcome::Sent`]).

mod apply;
mod drill;
mod effects;
mod file;
mod jql;
mod pairs;
mod preview;
mod publish;
mod running;
mod sides;

pub use apply::{Applied, Apply};
pub use drill::{Drilled, Left};
pub use effects::{Effects, Sampled};
pub use file::host_of;
pub use publish::{Judged, Outcome};
pub use running::Choice;

use crate::clock::{Chance, Clock};
use crate::config::Times;
use crate::jira::client::JiraError;
use crate::reach::Reach;
use crate::store::activity::{Entry, Kind};
use crate::store::projects::Called;
use crate::store::syncs::{Place, Sync};
use crate::store::{Store, StoreError};
use duplex_core::check::Finding;
use duplex_core::id::{AccountId, LinkId, Millis, ProjectId, Side, Sides, SyncId};
use duplex_core::plan::Element;
use duplex_core::translate::has_invisible;
use std::sync::Arc;

/// The room, by what it stands on.
#[derive(Debug)]
pub struct Setup {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub chance: Arc<dyn Chance>,
    reach: Reach,
    times: Times,
}

/// Why a decision is not carried out. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{site} did not answer as expected: {error}")]
    Jira { site: String, error: JiraError },
    /// With what people call the project, where it was ever read.
    #[error(
        "the app's user lacks Browse Projects in project {} of {site}, or there is no such project",
        called.as_ref().map_or(project.as_str(), |called| &called.key)
    )]
    Unseen { site: String, project: ProjectId, called: Option<Called> },
    #[error("the app is not installed on the site of side {0}")]
    NotInstalled(Side),
    #[error("the database was restored, and the pairs of side {0} are compared anew; try again")]
    Restored(Side),
    #[error("there is no such sync")]
    NoSync,
    #[error("the configuration has errors")]
    Findings(Vec<Finding>),
    /// Somebody else published meanwhile; the version that counts now.
    #[error("version {version} was published meanwhile")]
    Moved { version: i64 },
    #[error("nothing is published yet")]
    NotPublished,
    #[error("the sync is stopped")]
    Stopped,
    #[error("the sync has no such pair")]
    NoPair,
    #[error("no issue of the pair is gone")]
    NothingGone,
    #[error("no such conflict is kept")]
    NoConflict,
    #[error("the value can't be written back: {0}")]
    NotRestorable(&'static str),
    #[error("the value belongs to side {0}")]
    OtherSides(Side),
    #[error("side {side} ({site}) has not accepted what would leave it")]
    NotAccepted { side: Side, site: String },
    #[error(
        "the last leak drill of what is published failed: `duplex drill` runs another, or with --skip none"
    )]
    DrillFailed,
    #[error(
        "the last leak drill of what is published has not come to its end: run another, or skip it with --skip"
    )]
    DrillUnended,
    #[error("a leak drill of the sync has just begun: wait for half a minute")]
    DrillUnderWay { until: Millis },
    /// The path is `.` where no key can be named.
    #[error("{}{why}", if path == "." { String::new() } else { format!("{path}: ") })]
    Malformed { path: String, why: String },
    /// A JQL that people typed, and what is wrong with it.
    #[error("jql: {0}")]
    Jql(String),
}

/// Stands in the history and the log where an operator decided.
pub const OPERATOR: &str = "operator";

impl Setup {
    #[must_use]
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
        reach: Reach,
        times: Times,
    ) -> Self {
        Self { store, clock, chance, reach, times }
    }

    /// # Errors
    /// [`SetupError::NoSync`].
    pub async fn sync(&self, sync: &SyncId) -> Result<Sync, SetupError> {
        self.store.syncs.get(sync).await?.ok_or(SetupError::NoSync)
    }

    /// A new sync, stopped and without a configuration.
    ///
    /// # Errors
    /// [`SetupError::Malformed`] for a name or pair that can't be; [`SetupError::Store`].
    pub async fn create(&self, name: &str, ends: &Sides<Place>) -> Result<Sync, SetupError> {
        let name = sync_name(name)?;
        if ends.a == ends.b {
            return Err(malformed("sides.b.project", "both sides are the same project"));
        }
        let id = SyncId(self.chance.id());
        Ok(self.store.syncs.create(self.clock.now(), &id, name, ends).await?)
    }

    /// A line of the log: who decided what. The sentence goes on from his name.
    pub(crate) async fn log(&self, sync: &Sync, by: &AccountId, did: &str) -> Result<(), SetupError> {
        self.log_of(sync, by, None, did).await
    }

    /// The same, of one pair and an element of it.
    async fn log_of(
        &self,
        sync: &Sync,
        by: &AccountId,
        about: Option<(&LinkId, Element)>,
        did: &str,
    ) -> Result<(), SetupError> {
        let (link, element) = about.map(|(link, element)| (link.clone(), element)).unzip();
        let (by, sentence) = (Some(by.clone()), did.to_owned());
        let entry = Entry { link, kind: Kind::Admin, by, side: None, element, sentence };
        let now = self.clock.now();
        Ok(self.store.activity.append(now, &sync.tenant, &sync.sync, &[entry]).await?)
    }
}

/// A name that people can tell apart, trimmed.
///
/// # Errors
/// [`SetupError::Malformed`].
pub fn sync_name(name: &str) -> Result<&str, SetupError> {
    let name = name.trim();
    let max = duplex_core::config::NAME_CHARS_MAX;
    match name.chars().count() {
        0 => Err(malformed("name", "it is empty")),
        n if n > max => Err(malformed("name", format!("it has more than {max} characters"))),
        _ if has_invisible(name) => Err(malformed("name", "it has characters that nobody can see")),
        _ => Ok(name),
    }
}

fn malformed(path: &str, why: impl Into<String>) -> SetupError {
    SetupError::Malformed { path: path.to_owned(), why: why.into() }
}
