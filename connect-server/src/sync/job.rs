//! One claimed link, from its hints to "both sides agree".

use super::execute::{self, Stop};
use super::{Room, observe, trouble};
use crate::crash::crash_point;
use crate::reach::{ReachError, Reached};
use crate::store::activity::Entry;
use crate::store::syncs::{Published, Sync, SyncState};
use crate::store::{Claimed, Class, LinkMark, Place, Slot, StoreError, Working};
use duplex_core::id::{ClusterId, FieldId, IssueId, Millis, Side, Sides};
use duplex_core::issue::Value;
use duplex_core::link::{DigestKey, FieldPair, Link};
use duplex_core::mutant;
use duplex_core::plan::{self, Given, Hints, Note, Op, People, Rebasing, Sight, Step, View};
use duplex_core::schema::ProjectSchema;
use std::collections::{BTreeMap, BTreeSet};
use tracing::{Instrument, info, info_span, warn};

/// Rounds of reading and writing that one claim may take; then the link waits for its turn again.
const ROUNDS_MAX: usize = 24;

/// What is known while a link is worked on.
#[derive(Debug)]
pub(super) struct Job<'r> {
    pub(super) room: &'r Room,
    pub(super) claim: &'r Claimed,
    pub(super) sync: Sync,
    pub(super) published: Published,
    pub(super) reached: Sides<Reached>,
    pub(super) schemas: Sides<ProjectSchema>,
    pub(super) link: Link,
    pub(super) seen: Sides<View>,
    pub(super) people: People,
    /// How people call each site.
    sites: Sides<String>,
    key: DigestKey,
    cluster_taken: bool,
    /// As it was at the begin.
    rebasing: Rebasing,
}

/// How a claim ends.
enum End {
    Done,
    /// To be looked at again then, with the same hints.
    Later(Millis, &'static str),
    /// Somebody else has the link now.
    Lost,
}

/// Works a claim off and gives it back. Jira's trouble ends here, as a time to try again or as parked elements.
pub(super) async fn work_off(room: &Room, claim: &Claimed) -> Result<(), StoreError> {
    let span = info_span!("link", link.id = %claim.lease.link, sync.id = %claim.sync);
    async {
        match run(room, claim).await? {
            End::Done => room.store.work.finish(claim).await.map(drop),
            End::Later(at, why) => {
                info!(why, "rests until {}", at.0);
                room.store.work.retry(&claim.lease, at, why).await.map(drop)
            }
            End::Lost => {
                info!("the lease was lost; another worker has the link");
                Ok(())
            }
        }
    }
    .instrument(span)
    .await
}

async fn run(room: &Room, claim: &Claimed) -> Result<End, StoreError> {
    let mut job = match Job::open(room, claim).await? {
        Ok(job) => job,
        Err(end) => return Ok(end),
    };
    for _ in 0..ROUNDS_MAX {
        let plan = plan::plan(&job.given());
        if !plan.needs.is_empty() {
            if let Err(error) = observe::read(&mut job, &plan.needs).await {
                return rest(room, claim, error);
            }
            continue;
        }
        if !job.record(&plan.notes, &[], &plan.again).await? {
            return Ok(End::Lost);
        }
        crash_point!("plan.recorded");
        if plan.steps.is_empty() {
            return Ok(plan.not_before.map_or(End::Done, |at| End::Later(at, "outcome unknown")));
        }
        match execute::steps(&mut job, plan.steps).await? {
            Ok(()) => Side::BOTH.into_iter().for_each(|side| job.seen[side].wanted_back.clear()),
            Err(Stop::Again) => {}
            Err(Stop::Lost) => return Ok(End::Lost),
            Err(Stop::Later(at, why)) => return Ok(End::Later(at, why)),
        }
    }
    warn!("after {ROUNDS_MAX} rounds the sides still differ");
    Ok(End::Later(room.clock.now().plus(room.times.retry_first_ms), "too many rounds"))
}

/// Trouble with Jira is a time to try again; trouble with the database goes up.
fn rest(room: &Room, claim: &Claimed, error: ReachError) -> Result<End, StoreError> {
    match error {
        ReachError::Store(error) => Err(error),
        error @ (ReachError::NotInstalled(_) | ReachError::Restored(_) | ReachError::Jira(_)) => {
            let (at, why) = trouble::rest(room, claim.attempts, &error);
            Ok(End::Later(at, why))
        }
    }
}

impl<'r> Job<'r> {
    /// Reads what is remembered. `Err` when there is nothing to do, or not now.
    async fn open(room: &'r Room, claim: &'r Claimed) -> Result<Result<Self, End>, StoreError> {
        let tenant = &claim.lease.tenant;
        let Some(sync) = room.store.syncs.get(&claim.sync).await? else { return Ok(Err(End::Done)) };
        let Some(published) = room.store.syncs.published(tenant, &claim.sync).await? else {
            return Ok(Err(End::Done));
        };
        if sync.state != SyncState::Running || &sync.tenant != tenant {
            return Ok(Err(End::Done));
        }
        let (a, b) = match reach(room, &published).await {
            Ok(both) => both,
            Err(error) => return Ok(Err(rest(room, claim, error)?)),
        };
        let link = load(room, claim, &sync).await?;
        let to = link.origin.other();
        let rebasing = match link.ends[to] {
            Some(_) => Rebasing::Nothing,
            None => room.store.epochs.rebasing(&sync.ends[to]).await?,
        };
        let handed = room.store.links.handed(tenant, &claim.lease.link).await?;
        let back = wanted_back(room, claim).await?;
        let mut job = Self {
            room,
            claim,
            published,
            seen: Sides::new(
                View { searched: handed.a, wanted_back: back.a, ..a.view() },
                View { searched: handed.b, wanted_back: back.b, ..b.view() },
            ),
            sites: Sides::new(a.name.clone(), b.name.clone()),
            schemas: Sides::new((*a.schema).clone(), (*b.schema).clone()),
            reached: Sides::new(a, b),
            key: room.keys.digest_key(tenant, &claim.sync),
            sync,
            link,
            people: People::default(),
            cluster_taken: false,
            rebasing,
        };
        job.ask_cluster().await?;
        Ok(Ok(job))
    }

    pub(super) fn given(&self) -> Given<'_> {
        Given {
            config: &self.published.config,
            schemas: &self.schemas,
            scope_from: &self.sync.scope_from,
            link: &self.link,
            hints: &self.claim.hints,
            seen: &self.seen,
            people: &self.people,
            sites: &self.sites,
            cluster_taken: self.cluster_taken,
            rebasing: self.rebasing,
            stamps: &self.room.stamps,
            key: &self.key,
            now: self.room.clock.now(),
            grace_ms: self.room.times.grace_ms,
        }
    }

    /// Writes down what the core said to remember. `false`: the lease is lost.
    pub(super) async fn record(
        &mut self,
        notes: &[Note],
        log: &[Entry],
        again: &Sides<Hints>,
    ) -> Result<bool, StoreError> {
        let marks = self.marks(again);
        if !marks.is_empty() {
            // Before the notes: one look too many does no harm, one too few would.
            self.room.store.work.mark_links(marks).await?;
        }
        if notes.is_empty() && log.is_empty() {
            return Ok(true);
        }
        let now = self.room.clock.now();
        match self.room.store.memory.record(now, self.working(), notes, log).await {
            Ok(()) => {}
            Err(StoreError::LeaseLost) => return Ok(false),
            Err(StoreError::EndTaken { side, .. }) => {
                // The outcome is recorded; the lease lapses, and the link is looked at afresh.
                warn!(side = %side, "the issue is the end of another link of this sync");
                return Ok(false);
            }
            Err(other) => return Err(other),
        }
        // As the rows are now; to read all of a long thread again after every step would take its length squared.
        for note in notes {
            self.link.remember(note, now);
        }
        self.ask_cluster().await?;
        Ok(true)
    }

    pub(super) fn working(&self) -> Working<'_> {
        Working { lease: &self.claim.lease, sync: &self.claim.sync, origin: self.link.origin }
    }

    /// The issue at this end, if it is known.
    pub(super) fn issue(&self, side: Side) -> Option<IssueId> {
        self.link.ends[side].as_ref().map(|end| end.issue.clone())
    }

    /// Whether the issue at this end is a request: as just read, or as last read. `None` where nobody looked.
    pub(super) fn on_request(&self, side: Side) -> Option<bool> {
        match &self.seen[side].issue {
            Sight::Seen(issue) => Some(issue.request_type.is_some()),
            Sight::NotRead | Sight::Missing | Sight::Forbidden => {
                let end = self.link.ends[side].as_ref()?;
                (end.seen > Millis(i64::MIN)).then_some(end.is_request)
            }
        }
    }

    /// The fields of a side that any rule reads or writes.
    pub(super) fn mapped_fields(&self, side: Side) -> BTreeSet<FieldId> {
        let config = &self.published.config;
        let leaving = config.sides[side].fields.iter().map(|rule| rule.from.clone());
        let arriving = config.sides[side.other()].fields.iter().map(|rule| rule.to.clone());
        leaving.chain(arriving).collect()
    }

    /// The place in its cluster that a creating step takes.
    pub(super) fn slot(&self, step: &Step) -> Option<Slot> {
        let place = |side: Side| {
            let end = &self.published.config.sides[side];
            Place { site: end.site.clone(), project: end.project.clone() }
        };
        match &step.op {
            Op::CreateIssue { side, mark, .. } => {
                let (home, issue) = (place(side.other()), self.issue(side.other()));
                let first = issue.is_none_or(|id| ClusterId::of_issue(&home.site, &id) == mark.cluster);
                Some(Slot::issue(&mark.cluster, Some(&home).filter(|_| first), &place(*side)))
            }
            Op::AddComment { side, issue, origin, mark, .. } => {
                let (home, target) = (place(side.other()), place(*side));
                let twin = self.issue(side.other())?;
                let first = ClusterId::of_comment(&home.site, origin) == mark.cluster;
                let home = Some((&home.site, &twin)).filter(|_| first);
                Some(Slot::comment(&mark.cluster, home, (&target.site, issue)))
            }
            Op::EditIssue { .. } | Op::EditComment { .. } | Op::DeleteComment { .. } => None,
        }
    }

    /// The issue belongs to this cluster, as its stamp says. Answers whether the other project has one of it already.
    pub(super) async fn belongs_to(&mut self, cluster: &ClusterId) -> Result<bool, StoreError> {
        self.link.cluster = Some(cluster.clone());
        self.ask_cluster().await?;
        Ok(self.cluster_taken)
    }

    /// Asks whether the other project has an issue of this cluster by another link.
    async fn ask_cluster(&mut self) -> Result<(), StoreError> {
        if mutant!(ClusterIgnored) {
            return Ok(());
        }
        self.cluster_taken = match (&self.link.cluster, &self.link.ends[self.link.origin.other()]) {
            (Some(cluster), None) => {
                let end = &self.published.config.sides[self.link.origin.other()];
                let place = Place { site: end.site.clone(), project: end.project.clone() };
                self.room.store.links.cluster_taken(cluster, &place, &self.link.id).await?
            }
            _ => false,
        };
        Ok(())
    }

    /// This link's own sides, where they are to be looked at again.
    fn marks(&self, again: &Sides<Hints>) -> Vec<LinkMark> {
        let mark = |side: Side| LinkMark {
            tenant: self.claim.lease.tenant.clone(),
            sync: self.claim.sync.clone(),
            link: self.link.id.clone(),
            side,
            hints: again[side].clone(),
            class: Class::People,
            at: self.room.clock.now(),
        };
        Side::BOTH.into_iter().filter(|side| !again[*side].is_empty()).map(mark).collect()
    }
}

async fn reach(room: &Room, published: &Published) -> Result<(Reached, Reached), ReachError> {
    let sides = &published.config.sides;
    let a = room.reach.project(&sides.a.site, &sides.a.project).await?;
    let b = room.reach.project(&sides.b.site, &sides.b.project).await?;
    Ok((a, b))
}

/// The lost values that people asked for, as they are kept.
async fn wanted_back(room: &Room, claim: &Claimed) -> Result<Sides<BTreeMap<FieldPair, Value>>, StoreError> {
    let mut back: Sides<BTreeMap<FieldPair, Value>> = Sides::default();
    for side in Side::BOTH {
        for id in &claim.hints[side].restore {
            if let Some(kept) = room.store.conflicts.get(&claim.lease.tenant, id).await?
                && kept.link == claim.lease.link
            {
                back[side].insert(kept.conflict.pair, kept.conflict.lost);
            }
        }
    }
    Ok(back)
}

/// The link as it is remembered, or the candidate that it is. A candidate that another sync has linked belongs to that
/// link's cluster.
async fn load(room: &Room, claim: &Claimed, sync: &Sync) -> Result<Link, StoreError> {
    let mut link = room.store.links.claimed(claim).await?;
    if link.cluster.is_none()
        && let Some(end) = &link.ends[link.origin]
    {
        link.cluster = room.store.links.cluster_of(&sync.ends[link.origin].site, &end.issue).await?;
    }
    Ok(link)
}
