//! Reads from Jira what the core asked to see. Decides nothing.

use super::job::Job;
use crate::jira::client::{IssueAsk, JiraError, Search};
use crate::reach::ReachError;
use duplex_core::id::{CommentId, FieldId, IssueId, Millis, OpId, Side};
use duplex_core::issue::Comment;
use duplex_core::link::IntentKind;
use duplex_core::mutant;
use duplex_core::plan::{CommentSight, Found, Read, Sight};
use std::collections::{BTreeMap, BTreeSet};

/// Our newest creations in a project that are looked through for a lost one, in pages of [`SEARCH_PAGE`].
const SEARCH_PAGES_MAX: usize = 10;
const SEARCH_PAGE: u32 = 100;
/// A lost creation is looked for from so long before its intent on, in milliseconds: the clocks may differ.
const SEARCH_BACK_MS: i64 = 15 * 60_000;
/// A page of the newest comments.
const NEWEST_COMMENTS: usize = 100;

/// Reads all that is needed into the job's sights.
pub(super) async fn read(job: &mut Job<'_>, needs: &BTreeSet<Read>) -> Result<(), ReachError> {
    for need in needs {
        match need {
            Read::Issue { side, fields, history } => issue(job, *side, fields, *history).await?,
            Read::Comment { side, id, witnesses } => comment(job, *side, id, witnesses).await?,
            Read::NewestComments { side } => newest_comments(job, *side).await?,
            Read::AllComments { side } => all_comments(job, *side).await?,
            Read::Search { side, op, what } => search(job, *side, op, what).await?,
            Read::Person { side, email } => person(job, *side, email).await?,
            Read::InScope { side } => in_scope(job, *side).await?,
        }
    }
    Ok(())
}

async fn issue(
    job: &mut Job<'_>,
    side: Side,
    fields: &BTreeSet<FieldId>,
    history: bool,
) -> Result<(), ReachError> {
    let Some(id) = job.issue(side) else { return Ok(()) };
    let reached = &job.reached[side];
    let ask = IssueAsk { kinds: &reached.kinds, fields, history };
    job.seen[side].issue = match reached.jira.issue(&id, ask).await {
        Ok(issue) => Sight::Seen(Box::new(issue)),
        Err(JiraError::NotFound(_)) => Sight::Missing,
        Err(JiraError::Forbidden(_)) => Sight::Forbidden,
        Err(other) => return Err(other.into()),
    };
    Ok(())
}

/// Whether the issue is a request, by which its comments' audience is told. Where nobody looked since it was created,
/// it is looked at now.
async fn on_request(job: &mut Job<'_>, side: Side) -> Result<Option<bool>, ReachError> {
    if job.on_request(side).is_none() && matches!(job.seen[side].issue, Sight::NotRead) {
        let fields = job.mapped_fields(side);
        issue(job, side, &fields, true).await?;
    }
    Ok(job.on_request(side))
}

/// An event that names a version says that the comment is there: it is fetched alone. A deletion has to be proved,
/// by a witness in the same answer or by the whole list.
async fn comment(
    job: &mut Job<'_>,
    side: Side,
    id: &CommentId,
    witnesses: &[CommentId],
) -> Result<(), ReachError> {
    let Some(issue) = job.issue(side) else { return Ok(()) };
    let on_request = on_request(job, side).await?;
    let jira = &job.reached[side].jira;
    let named = job.claim.hints[side].comments.get(id).is_some_and(Option::is_some);
    if named {
        match jira.comment(&issue, id, on_request).await {
            Ok(comment) => {
                job.see(side, comment);
                return Ok(());
            }
            Err(JiraError::NotFound(_)) => {}
            Err(other) => return Err(other.into()),
        }
    }
    if !witnesses.is_empty() {
        let ids: Vec<CommentId> = std::iter::once(id).chain(witnesses).cloned().collect();
        let mut found = jira.comments_by_ids(&ids, on_request).await?;
        if let Some(comment) = found.remove(id) {
            job.see(side, comment);
            return Ok(());
        }
        if !found.is_empty() {
            job.seen[side].comments.insert(id.clone(), CommentSight::Absent);
            return Ok(());
        }
    }
    in_the_list(job, side, &issue, id).await
}

/// Looks for a comment in the list of its issue: first its newest page, and all of it where that does not decide.
async fn in_the_list(
    job: &mut Job<'_>,
    side: Side,
    issue: &IssueId,
    id: &CommentId,
) -> Result<(), ReachError> {
    match list_with(job, side, issue, id).await {
        Ok(comments) => {
            match comments.into_iter().find(|comment| &comment.id == id) {
                Some(comment) => job.see(side, comment),
                None => {
                    job.seen[side].comments.insert(id.clone(), CommentSight::Absent);
                }
            }
            Ok(())
        }
        Err(JiraError::NotFound(_) | JiraError::Forbidden(_)) if mutant!(AbsenceIsDeletion) => {
            job.seen[side].comments.insert(id.clone(), CommentSight::Absent);
            Ok(())
        }
        // The issue itself is gone or hidden: that says nothing about its comments.
        Err(error) => issue_gone(job, side, error),
    }
}

/// The list of an issue's comments, as far as it takes to say whether one is among them.
async fn list_with(
    job: &Job<'_>,
    side: Side,
    issue: &IssueId,
    id: &CommentId,
) -> Result<Vec<Comment>, JiraError> {
    let on_request = job.on_request(side);
    let jira = &job.reached[side].jira;
    let (newest, whole) = jira.newest_comments(issue, NEWEST_COMMENTS, on_request).await?;
    if whole || newest.iter().any(|comment| &comment.id == id) {
        return Ok(newest);
    }
    jira.all_comments(issue, on_request).await
}

/// Whether a comment is gone, by the list of its issue.
///
/// # Errors
/// [`JiraError`] where the list can't be had: that says nothing about the comment.
pub(super) async fn is_absent(job: &Job<'_>, side: Side, id: &CommentId) -> Result<bool, JiraError> {
    let Some(issue) = job.issue(side) else { return Ok(false) };
    Ok(list_with(job, side, &issue, id).await?.iter().all(|comment| &comment.id != id))
}

async fn newest_comments(job: &mut Job<'_>, side: Side) -> Result<(), ReachError> {
    let Some(issue) = job.issue(side) else { return Ok(()) };
    let on_request = on_request(job, side).await?;
    match job.reached[side].jira.newest_comments(&issue, NEWEST_COMMENTS, on_request).await {
        Ok((comments, whole)) => {
            let oldest = comments.iter().map(|comment| comment.created).min();
            // Two comments may share the instant of the page's edge: what lies at the edge was not listed for sure.
            let from = if whole { Millis(i64::MIN) } else { oldest.unwrap_or(Millis(i64::MAX)).plus(1) };
            listed(job, side, comments, from);
            Ok(())
        }
        Err(error) => issue_gone(job, side, error),
    }
}

async fn all_comments(job: &mut Job<'_>, side: Side) -> Result<(), ReachError> {
    let Some(issue) = job.issue(side) else { return Ok(()) };
    let on_request = on_request(job, side).await?;
    match job.reached[side].jira.all_comments(&issue, on_request).await {
        Ok(comments) => {
            listed(job, side, comments, Millis(i64::MIN));
            Ok(())
        }
        Err(error) => issue_gone(job, side, error),
    }
}

fn listed(job: &mut Job<'_>, side: Side, comments: Vec<Comment>, from: Millis) {
    for comment in comments {
        job.see(side, comment);
    }
    job.seen[side].comments_listed_from = Some(from);
}

fn issue_gone(job: &mut Job<'_>, side: Side, error: JiraError) -> Result<(), ReachError> {
    if matches!(error, JiraError::NotFound(_)) {
        job.seen[side].issue = Sight::Missing;
        return Ok(());
    }
    if matches!(error, JiraError::Forbidden(_)) {
        job.seen[side].issue = Sight::Forbidden;
        return Ok(());
    }
    Err(error.into())
}

/// Looks for what a write of unknown outcome may have made, by its stamp.
async fn search(job: &mut Job<'_>, side: Side, op: &OpId, what: &IntentKind) -> Result<(), ReachError> {
    let found = match what {
        IntentKind::CreateIssue => Some(created_issue(job, side, op).await?),
        IntentKind::AddComment { .. } => added_comment(job, side, op).await?,
        IntentKind::EditIssue { .. } | IntentKind::EditComment { .. } | IntentKind::DeleteComment { .. } => {
            Some(Found::Nothing)
        }
    };
    if let Some(found) = found {
        job.seen[side].searched.insert(op.clone(), found);
    }
    Ok(())
}

async fn created_issue(job: &Job<'_>, side: Side, op: &OpId) -> Result<Found, ReachError> {
    let opened =
        job.link.intents.iter().find(|intent| &intent.op == op).map_or(job.room.clock.now(), |i| i.opened);
    let from = opened.plus(job.seen[side].clock_ahead_ms - SEARCH_BACK_MS);
    let project = &job.published.config.sides[side].project;
    let jql = format!(
        "project = {project} AND creator = currentUser() AND created >= {} ORDER BY created DESC",
        from.0
    );
    let jira = &job.reached[side].jira;
    let mut search = Search { jql, page: None, max: SEARCH_PAGE, reconcile: Vec::new() };
    for _ in 0..SEARCH_PAGES_MAX {
        let page = jira.search(&search).await?;
        for issue in page.issues {
            let stamp = issue.stamp.as_deref().and_then(|stamp| job.room.stamps.read(stamp));
            let ours = issue.creator.as_ref() == job.seen[side].us.as_ref();
            if let Some(stamp) = stamp.filter(|stamp| ours && &stamp.op == op) {
                return Ok(Found::Issue { id: issue.id, key: issue.key, cluster: stamp.cluster });
            }
        }
        if page.next.is_none() {
            return Ok(Found::Nothing);
        }
        search.page = page.next;
    }
    // Too many to be sure: it is not called lost.
    Err(JiraError::Unavailable { retry_at: job.room.clock.now().plus(job.room.times.retry_max_ms) }.into())
}

/// `None`: the issue itself is not there for us, which says nothing about its comments.
async fn added_comment(job: &mut Job<'_>, side: Side, op: &OpId) -> Result<Option<Found>, ReachError> {
    let Some(issue) = job.issue(side) else { return Ok(Some(Found::Nothing)) };
    let on_request = on_request(job, side).await?;
    let comments = match job.reached[side].jira.newest_comments(&issue, NEWEST_COMMENTS, on_request).await {
        Ok((comments, _)) => comments,
        Err(error) => return issue_gone(job, side, error).map(|()| None),
    };
    let found = comments.into_iter().find(|comment| {
        let ours = comment.author.as_ref().map(|author| &author.account) == job.seen[side].us.as_ref();
        let stamp = comment.stamp.as_deref().and_then(|stamp| job.room.stamps.read(stamp));
        ours && stamp.is_some_and(|stamp| &stamp.op == op)
    });
    let Some(comment) = found else { return Ok(Some(Found::Nothing)) };
    let id = comment.id.clone();
    job.see(side, comment);
    Ok(Some(Found::Comment { id }))
}

async fn person(job: &mut Job<'_>, side: Side, email: &str) -> Result<(), ReachError> {
    let account = job.reached[side].jira.find_user_by_email(email).await?;
    job.people.by_email[side].insert(email.to_owned(), account);
    Ok(())
}

async fn in_scope(job: &mut Job<'_>, side: Side) -> Result<(), ReachError> {
    let Some(issue) = job.issue(side) else { return Ok(()) };
    let inside = match &job.published.config.sides[side].scope.jql {
        None => true,
        Some(jql) => {
            job.reached[side].jira.jql_match(std::slice::from_ref(&issue), jql).await?.contains(&issue)
        }
    };
    job.seen[side].in_scope = Some(inside);
    Ok(())
}

impl Job<'_> {
    fn see(&mut self, side: Side, comment: Comment) {
        let sights: &mut BTreeMap<_, _> = &mut self.seen[side].comments;
        sights.insert(comment.id.clone(), CommentSight::Seen(Box::new(comment)));
    }
}
