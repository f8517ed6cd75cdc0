//! The intake: marks are written in groups, one transaction for all that arrived while the last one was flushed.

use super::{Mark, Work};
use crate::store::StoreError;
use crate::store::db::Db;
use crate::store::hints::{append, everything, line};
use duplex_core::id::{IssueId, SiteId};
use sqlx::AssertSqlSafe;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;

/// How long a mark may take to be on disk, in milliseconds; then the sender is asked to deliver again.
pub const MARK_MS_MAX: u64 = 3_000;
/// Calls of [`Work::mark`] that share one commit.
pub const MARKS_PER_COMMIT_MAX: usize = 512;
/// Calls of [`Work::mark`] that wait for a commit; more are refused at once.
pub const MARKS_WAITING_MAX: usize = 8_192;
/// Rows of one statement: well under the 32,766 parameters of SQLite.
const ROWS_PER_STATEMENT_MAX: usize = 256;

/// What waits for the next commit, and the turn to commit.
#[derive(Debug, Default)]
pub(in crate::store) struct Group {
    waiting: Mutex<Vec<Waiter>>,
    turn: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct Waiter {
    marks: Vec<Mark>,
    written: oneshot::Sender<bool>,
}

impl Work {
    /// Writes marks down. They are on disk when it returns `Ok`; a later mark of the same issue widens the row.
    ///
    /// # Errors
    /// [`StoreError::Unmarked`]: not within [`MARK_MS_MAX`], or too many wait. Have the events delivered again.
    pub async fn mark(&self, marks: Vec<Mark>) -> Result<(), StoreError> {
        if marks.is_empty() {
            return Ok(());
        }
        let at_most = Duration::from_millis(MARK_MS_MAX);
        match tokio::time::timeout(at_most, self.mark_in_group(marks)).await {
            Ok(true) => {
                self.bell.ring();
                Ok(())
            }
            Ok(false) | Err(_) => Err(StoreError::Unmarked),
        }
    }

    async fn mark_in_group(&self, marks: Vec<Mark>) -> bool {
        loop {
            let Some(mut written) = self.intake.join(marks.clone()) else { return false };
            tokio::select! {
                biased;
                answer = &mut written => match answer {
                    Ok(done) => return done,
                    // Whoever committed for us was cancelled, and its transaction rolled back: join again.
                    Err(_) => continue,
                },
                turn = self.intake.turn.lock() => {
                    // We may have been in the group of the one whose turn just ended.
                    if let Ok(done) = written.try_recv() {
                        return done;
                    }
                    self.flush().await;
                    drop(turn);
                }
            }
            match written.await {
                Ok(done) => return done,
                Err(_) => continue,
            }
        }
    }

    /// Commits the oldest group, and says so to all of it.
    async fn flush(&self) {
        let group = self.intake.take();
        let outcome = commit(&self.db, group.iter().flat_map(|waiter| &waiter.marks)).await;
        if let Err(error) = &outcome {
            tracing::error!(error = %error, cause = ?std::error::Error::source(error), "Marks were not written down");
        }
        for waiter in group {
            // A receiver that is gone has run out of time.
            let _ = waiter.written.send(outcome.is_ok());
        }
    }
}

impl Group {
    fn join(&self, marks: Vec<Mark>) -> Option<oneshot::Receiver<bool>> {
        let (written, answer) = oneshot::channel();
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() >= MARKS_WAITING_MAX {
            return None;
        }
        waiting.push(Waiter { marks, written });
        Some(answer)
    }

    fn take(&self) -> Vec<Waiter> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|waiter| !waiter.written.is_closed());
        let count = waiting.len().min(MARKS_PER_COMMIT_MAX);
        waiting.drain(..count).collect()
    }
}

/// One transaction. Rows go in the order of their keys, so that two processes can't lock each other out.
async fn commit(db: &Db, marks: impl Iterator<Item = &Mark>) -> Result<(), StoreError> {
    let rows: Vec<Mark> = fold(marks).into_values().collect();
    let wide = line(&everything())?;
    let mut tx = db.begin().await?;
    for rows in rows.chunks(ROWS_PER_STATEMENT_MAX) {
        let sql = upsert(rows.len());
        let mut query = sqlx::query(AssertSqlSafe(sql)).bind("\n").bind(&wide);
        for mark in rows {
            query = query
                .bind(mark.site.as_str())
                .bind(mark.issue.as_str())
                .bind(mark.project.as_str())
                .bind(mark.class.rank())
                .bind(mark.at.0)
                .bind(line(&mark.hints)?);
        }
        query.execute(&mut *tx).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// One mark per issue, because one statement can't touch a row twice.
fn fold<'a>(marks: impl Iterator<Item = &'a Mark>) -> BTreeMap<(SiteId, IssueId), Mark> {
    let mut rows = BTreeMap::new();
    for mark in marks {
        match rows.entry((mark.site.clone(), mark.issue.clone())) {
            Entry::Vacant(entry) => {
                entry.insert(mark.clone());
            }
            Entry::Occupied(mut entry) => {
                let row = entry.get_mut();
                row.hints.widen(mark.hints.clone());
                row.class = row.class.min(mark.class);
                row.at = row.at.min(mark.at);
                row.project.clone_from(&mark.project);
            }
        }
    }
    rows
}

fn upsert(rows: usize) -> String {
    let places: Vec<String> = (0..rows)
        .map(|row| {
            let at = 3 + row * 6;
            format!("(${}, ${}, ${}, ${}, ${}, ${})", at, at + 1, at + 2, at + 3, at + 4, at + 5)
        })
        .collect();
    format!(
        "INSERT INTO intake (site, issue, project, class, at, hints) VALUES {}
         ON CONFLICT (site, issue) DO UPDATE SET
            project = excluded.project,
            class = CASE WHEN excluded.class < intake.class THEN excluded.class ELSE intake.class END,
            at = CASE WHEN excluded.at < intake.at THEN excluded.at ELSE intake.at END,
            {}",
        places.join(", "),
        append("intake", "hints", "$1", "$2"),
    )
}

#[cfg(test)]
mod tests {
    use super::{Group, MARKS_PER_COMMIT_MAX, MARKS_WAITING_MAX};

    #[test]
    fn the_queue_and_its_groups_are_bounded() {
        let group = Group::default();
        let mut answers = Vec::new();
        while let Some(answer) = group.join(Vec::new()) {
            answers.push(answer);
        }
        assert_eq!(answers.len(), MARKS_WAITING_MAX);
        assert_eq!(group.take().len(), MARKS_PER_COMMIT_MAX);
        assert!(group.join(Vec::new()).is_some());
    }

    #[test]
    fn who_gave_up_is_not_written_down() {
        let group = Group::default();
        let patient = group.join(Vec::new());
        drop(group.join(Vec::new()));
        assert_eq!(group.take().len(), 1);
        drop(patient);
    }
}
