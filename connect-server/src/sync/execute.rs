//! Obeys: intent, call, read back, outcome. Every line may be the last one that this process runs.

use super::job::Job;
use super::{observe, trouble};
use crate::crash::crash_point;
use crate::jira::client::{Call, IssueAsk, JiraError};
use crate::reach::ReachError;
use crate::store::activity::{Entry, Kind};
use crate::store::{Opening, StoreError};
use duplex_core::id::{CommentId, FieldId, Millis, OpId, Sides};
use duplex_core::link::Intent;
use duplex_core::mutant;
use duplex_core::payload::{self, HttpCall};
use duplex_core::plan::{self, Answer, CommentSight, Element, Hints, Note, Op, Plan, Sight, Step};
use std::collections::{BTreeSet, VecDeque};
use tracing::{info, warn};

/// Steps of one round, those included that answers add.
const STEPS_MAX: usize = 10_000;

/// Why the rest of the steps was not done.
#[derive(Debug)]
pub(super) enum Stop {
    Lost,
    /// The plan was made without something that is known now.
    Again,
    Later(Millis, &'static str),
}

/// Does the steps in order, and those that their answers add.
pub(super) async fn steps(job: &mut Job<'_>, steps: Vec<Step>) -> Result<Result<(), Stop>, StoreError> {
    let mut open: VecDeque<Step> = steps.into();
    for _ in 0..STEPS_MAX {
        let Some(step) = open.pop_front() else { return Ok(Ok(())) };
        match one(job, &step).await? {
            Ok(added) => {
                for step in added.into_iter().rev() {
                    open.push_front(step);
                }
            }
            Err(stop) => return Ok(Err(stop)),
        }
    }
    Ok(Err(Stop::Later(job.room.clock.now(), "too many steps")))
}

/// One step: what it adds.
async fn one(job: &mut Job<'_>, step: &Step) -> Result<Result<Vec<Step>, Stop>, StoreError> {
    let room = job.room;
    let now = room.clock.now();
    if job.claim.lease_until.since(now) <= room.times.http_timeout_ms {
        let until = now.plus(room.times.lease_ms);
        if !room.store.work.extend(&job.claim.lease, until).await? {
            return Ok(Err(Stop::Lost));
        }
    }
    let op = OpId(room.chance.id());
    // Whoever finds the intent open waits longer than this before the call counts as lost.
    let until = now.plus(room.times.http_timeout_ms);
    let call = match call(job, step, &op) {
        Ok(call) => Call::from(call).until(until),
        Err(why) => {
            warn!(why, "a step that can't be written as a call");
            return Ok(Err(Stop::Later(now.plus(room.times.retry_max_ms), "not a call")));
        }
    };
    let intent = Intent {
        op: op.clone(),
        side: step.op.side(),
        what: step.intent(),
        opened: now,
        config_version: job.published.version,
    };
    let slot = job.slot(step).filter(|_| !mutant!(ClusterIgnored));
    let opening = match mutant!(NoIntent) {
        true => Opening::Opened,
        false => room.store.intents.open(job.working(), &intent, slot.as_ref()).await?,
    };
    match opening {
        Opening::Opened => {}
        Opening::LeaseLost => return Ok(Err(Stop::Lost)),
        Opening::ConfigChanged | Opening::Stopped => {
            return Ok(Err(Stop::Later(now, "published anew or stopped")));
        }
        Opening::SlotTaken => {
            // Another link's work was faster: the next round sees its place taken.
            if let Op::CreateIssue { mark, .. } = &step.op
                && job.belongs_to(&mark.cluster).await?
            {
                return Ok(Err(Stop::Again));
            }
            let at = trouble::backoff(room, job.claim.attempts);
            return Ok(Err(Stop::Later(at, "place taken in the cluster")));
        }
    }
    crash_point!("intent.opened");
    if mutant!(BaseBeforeCall)
        && let Some(pair) = step.comment.clone()
    {
        job.record(&[Note::Comment { pair }], &[], &Sides::default()).await?;
    }
    let answered = send(job, step, call).await;
    crash_point!("call.answered");
    let answer = match answered {
        Ok(answer) => answer,
        Err(error) => return stopped(job, step, &op, error).await,
    };
    let Plan { mut notes, steps, again, .. } = plan::answer(&job.given(), step, &op, &answer);
    if !notes.iter().any(|note| matches!(note, Note::Settled { op: settled, .. } if *settled == op)) {
        notes.push(Note::Settled { op, happened: !matches!(answer, Answer::Refused { .. }) });
    }
    let log = entry(job, step, &answer);
    let kept = job.record(&notes, &log, &again).await?;
    crash_point!("outcome.recorded");
    if !kept {
        return Ok(Err(Stop::Lost));
    }
    show(job, step, answer);
    Ok(Ok(steps))
}

/// A call that came to nothing, or to nobody knows what. An unknown outcome leaves its intent open.
async fn stopped(
    job: &mut Job<'_>,
    step: &Step,
    op: &OpId,
    error: JiraError,
) -> Result<Result<Vec<Step>, Stop>, StoreError> {
    let nothing_happened = match &error {
        JiraError::RateLimited { .. } | JiraError::Unavailable { .. } | JiraError::NotSent(_) => true,
        JiraError::Unauthorized => true,
        JiraError::Unknown(_) | JiraError::Garbled { .. } => false,
        JiraError::Forbidden(_) | JiraError::NotFound(_) | JiraError::Refused { .. } => true,
    };
    if nothing_happened {
        let settled = [Note::Settled { op: op.clone(), happened: false }];
        // The issue may be what is not there for us: the next round looks at it before it writes.
        let mut again: Sides<Hints> = Sides::default();
        again[step.op.side()].fields = matches!(error, JiraError::NotFound(_));
        if !job.record(&settled, &[], &again).await? {
            return Ok(Err(Stop::Lost));
        }
    }
    let (at, why) = trouble::rest(job.room, job.claim.attempts, &ReachError::Jira(error));
    Ok(Err(Stop::Later(at, why)))
}

/// The call of a step, with the stamp of what it creates.
fn call(job: &Job<'_>, step: &Step, op: &OpId) -> Result<HttpCall, String> {
    let stamp = step
        .stamp(&job.link, op)
        .filter(|_| !mutant!(NoStamp))
        .map(|stamp| job.room.stamps.property(&stamp))
        .transpose();
    let stamp = stamp.map_err(|error| error.to_string())?;
    payload::request(&step.op, &job.schemas, stamp.as_ref()).map_err(|error| error.to_string())
}

/// Sends the call and reads back what Jira made of it.
async fn send(job: &Job<'_>, step: &Step, call: Call) -> Result<Answer, JiraError> {
    let side = step.op.side();
    let reached = &job.reached[side];
    let jira = &reached.jira;
    let answered = match &step.op {
        Op::CreateIssue { .. } => jira.create_issue(call).await.map(|(id, key)| Answer::Created { id, key }),
        Op::EditIssue { .. } => {
            let fields: BTreeSet<FieldId> = job.mapped_fields(side);
            let ask = IssueAsk { kinds: &reached.kinds, fields: &fields, history: true };
            jira.edit_issue(call, ask).await.map(|issue| Answer::Edited { issue: Box::new(issue) })
        }
        Op::AddComment { .. } | Op::EditComment { .. } => jira
            .write_comment(call, job.on_request(side))
            .await
            .map(|comment| Answer::Commented { comment: Box::new(comment) }),
        Op::DeleteComment { .. } => jira.delete_comment(call).await.map(|()| Answer::Deleted),
    };
    match answered {
        Ok(answer) => Ok(answer),
        Err(error @ JiraError::NotFound(_)) => not_found(job, &step.op, error).await,
        Err(error) => {
            if matches!(error, JiraError::Refused { .. }) {
                let end = &job.published.config.sides[side];
                job.room.reach.forget(&end.site, &end.project);
            }
            trouble::refusal(side, &error).ok_or(error)
        }
    }
}

/// Jira says 404 of what was deleted and of what is hidden from us alike. Of a comment its issue's list tells which;
/// of an issue, nothing does here.
async fn not_found(job: &Job<'_>, op: &Op, error: JiraError) -> Result<Answer, JiraError> {
    let (side, comment) = match op {
        Op::EditComment { side, comment, .. } | Op::DeleteComment { side, comment, .. } => (*side, comment),
        Op::CreateIssue { .. } => return Ok(Answer::NotThere),
        Op::EditIssue { .. } | Op::AddComment { .. } => return Err(error),
    };
    if mutant!(AbsenceIsDeletion) || observe::is_absent(job, side, comment).await? {
        return Ok(Answer::NotThere);
    }
    Err(error)
}

/// The sights as they are after the write, so that the next round sees what it did.
fn show(job: &mut Job<'_>, step: &Step, answer: Answer) {
    let view = &mut job.seen[step.op.side()];
    match (&step.op, answer) {
        (Op::EditIssue { .. }, Answer::Edited { issue }) => view.issue = Sight::Seen(issue),
        (_, Answer::Commented { comment }) => {
            view.comments.insert(comment.id.clone(), CommentSight::Seen(comment));
        }
        (Op::DeleteComment { comment, .. }, Answer::Deleted | Answer::NotThere) => {
            view.comments.insert(comment.clone(), CommentSight::Absent);
        }
        (_, _) => {}
    }
}

/// What the activity log says of a step: what was done, where and why, without a word of content.
fn entry(job: &Job<'_>, step: &Step, answer: &Answer) -> Vec<Entry> {
    let side = step.op.side();
    let from = side.other();
    let comment = |id: &CommentId| Element::Comment { origin: from, id: id.clone() };
    let (done, element) = match &step.op {
        Op::CreateIssue { .. } => ("Created the issue".to_owned(), Element::Issue),
        Op::EditIssue { fields, .. } => (format!("Edited {}", names(fields.keys())), Element::Issue),
        Op::AddComment { origin, .. } => ("Added a comment".to_owned(), comment(origin)),
        Op::EditComment { origin, .. } => ("Edited a comment".to_owned(), comment(origin)),
        Op::DeleteComment { origin, .. } => ("Deleted a comment".to_owned(), comment(origin)),
    };
    if matches!(answer, Answer::Refused { .. }) {
        // The parked element says it.
        return Vec::new();
    }
    info!(side = %side, "{done}");
    vec![Entry::of(&job.link.id, Kind::Wrote, Some(side), Some(element), format!("{done}: {}", step.why))]
}

fn names<'f>(fields: impl Iterator<Item = &'f FieldId>) -> String {
    fields.map(FieldId::as_str).collect::<Vec<_>>().join(", ")
}
