//! From a draft to what counts: judged, published, or sent to the other side for its consent.

use super::{Setup, SetupError, malformed};
use crate::store::syncs::{Accepted, Publish, Publishing, SentDraft, Sync};
use duplex_core::check::{self, Facts, Finding, OtherSync};
use duplex_core::config::Config;
use duplex_core::config::diff::{Widening, widenings};
use duplex_core::id::{AccountId, Side, Sides};
use duplex_core::schema::ProjectSchema;

/// What is to be said about a configuration before it is published.
#[derive(Debug, Clone)]
pub struct Judged {
    pub findings: Vec<Finding>,
    /// What would newly leave each side, against what is published.
    pub widens: Sides<Vec<Widening>>,
    pub schemas: Sides<ProjectSchema>,
    /// The published version that it was judged against; 0 for none.
    pub against: i64,
}

/// What became of a publish.
#[derive(Debug, Clone)]
pub enum Outcome {
    Published {
        version: i64,
    },
    /// It widens what leaves a side that the publisher does not speak for: *Draft sent*.
    Sent {
        id: String,
        side: Side,
        widens: Vec<Widening>,
    },
}

impl Setup {
    /// Judges for somebody who speaks for the sides of `speaks`.
    ///
    /// # Errors
    /// [`SetupError::Jira`] where a site can't say what its project offers.
    pub async fn judge(&self, sync: &Sync, config: &Config, speaks: &[Side]) -> Result<Judged, SetupError> {
        same_ends(sync, config)?;
        let schemas = self.schemas(sync).await?;
        let facts = Facts { missing: self.missing(sync, &schemas).await?, others: self.others(sync).await? };
        let published = self.store.syncs.published(&sync.tenant, &sync.sync).await?;
        let old = published.as_ref().map(|p| &p.config);
        let mut findings = check::check(config, &schemas, &facts);
        findings.extend(self.scope_findings(sync, config, speaks).await?);
        findings.sort();
        Ok(Judged {
            findings,
            widens: Sides::each(|side| widenings(old, config, side, Some(&schemas))),
            against: published.as_ref().map_or(0, |p| p.version),
            schemas,
        })
    }

    /// Publishes for an author who speaks for the sides of `speaks`.
    ///
    /// # Errors
    /// [`SetupError::Findings`] where `check` has errors; [`SetupError::Moved`] where somebody was quicker.
    pub async fn publish(
        &self,
        sync: &Sync,
        config: &Config,
        author: &AccountId,
        speaks: &[Side],
    ) -> Result<Outcome, SetupError> {
        let judged = self.judge(sync, config, speaks).await?;
        if check::refuses(&judged.findings) {
            return Err(SetupError::Findings(judged.findings));
        }
        let foreign = |side: &Side| !speaks.contains(side) && !judged.widens[*side].is_empty();
        match Side::BOTH.into_iter().find(foreign) {
            Some(side) => self.send(sync, config, author, side, judged).await,
            None => self.publish_now(sync, config, author, judged.against).await,
        }
    }

    /// Publishes what was sent, for an admin of the side that it widens. It is judged again: sites change meanwhile.
    ///
    /// # Errors
    /// [`SetupError::Findings`] where `check` has errors by now.
    pub async fn accept(
        &self,
        sync: &Sync,
        sent: &SentDraft,
        account: &AccountId,
    ) -> Result<Accepted, SetupError> {
        let judged = self.judge(sync, &sent.config, &[sent.side]).await?;
        if check::refuses(&judged.findings) {
            return Err(SetupError::Findings(judged.findings));
        }
        let now = self.clock.now();
        let accepted =
            self.store.syncs.accept_draft(now, &sync.tenant, &sync.sync, &sent.id, account).await?;
        if let Accepted::Published { version } = accepted {
            let did = format!("accepted it for side {}: version {version} is published", sent.side);
            self.log(sync, account, &did).await?;
        }
        Ok(accepted)
    }

    /// Whether a configuration can stand in the draft of this sync at all; what else is to be said, `check` says.
    ///
    /// # Errors
    /// [`SetupError::Malformed`], with the offending key.
    pub fn fits(&self, sync: &Sync, config: &Config) -> Result<(), SetupError> {
        duplex_core::config::within_bounds(config).map_err(|error| malformed(&error.path, error.sentence))?;
        same_ends(sync, config)
    }

    async fn publish_now(
        &self,
        sync: &Sync,
        config: &Config,
        author: &AccountId,
        base_version: i64,
    ) -> Result<Outcome, SetupError> {
        let publish = Publish { base_version, config, author, accepted_by: None };
        match self.store.syncs.publish(self.clock.now(), &sync.tenant, &sync.sync, publish).await? {
            Publishing::Published { version } => {
                self.log(sync, author, &format!("published version {version}")).await?;
                Ok(Outcome::Published { version })
            }
            Publishing::Moved { version } => Err(SetupError::Moved { version }),
            Publishing::NoSync => Err(SetupError::NoSync),
        }
    }

    async fn send(
        &self,
        sync: &Sync,
        config: &Config,
        author: &AccountId,
        side: Side,
        judged: Judged,
    ) -> Result<Outcome, SetupError> {
        let sent = SentDraft {
            tenant: sync.tenant.clone(),
            sync: sync.sync.clone(),
            id: self.chance.id(),
            side,
            base_version: judged.against,
            author: author.clone(),
            at: self.clock.now(),
            config: config.clone(),
        };
        self.store.syncs.send_draft(&sent).await?;
        self.log(sync, author, &format!("sent a draft to side {side}")).await?;
        let Sides { a, b } = judged.widens;
        let widens = match side {
            Side::A => a,
            Side::B => b,
        };
        Ok(Outcome::Sent { id: sent.id, side, widens })
    }

    /// The other syncs over the same pair of projects, turned so that their sides are this one's.
    async fn others(&self, sync: &Sync) -> Result<Vec<OtherSync>, SetupError> {
        let mut others = Vec::new();
        for other in self.store.syncs.of_site(&sync.ends.a.site).await? {
            let straight = other.ends == sync.ends;
            let turned = other.ends == sync.ends.clone().swapped();
            if other.sync == sync.sync || !(straight || turned) {
                continue;
            }
            if let Some(published) = self.store.syncs.published(&other.tenant, &other.sync).await? {
                let seen = OtherSync::of(&published.config);
                others.push(if straight { seen } else { seen.swapped() });
            }
        }
        Ok(others)
    }
}

/// A configuration speaks of the sync's own projects; whoever wants others makes another sync.
///
/// # Errors
/// [`SetupError::Malformed`], which names the side.
fn same_ends(sync: &Sync, config: &Config) -> Result<(), SetupError> {
    for side in Side::BOTH {
        let (said, end) = (&config.sides[side], &sync.ends[side]);
        if said.site != end.site {
            return Err(malformed(
                &format!("sides.{}.site", side.as_str()),
                "it is not the site of this sync",
            ));
        }
        if said.project != end.project {
            return Err(malformed(
                &format!("sides.{}.project", side.as_str()),
                "it is not the project of this sync",
            ));
        }
    }
    Ok(())
}
