//! The rows of the API as TypeScript has them.

use super::{
    activity, drafts, drills, files, history, invitations, me, pairs, panel, people, progress, projects,
    remap, running, scope, syncs, troubles,
};
use ts_rs::{Config, ExportError, TS};

/// Writes a type with all that it is made of.
type Export = fn(&Config) -> Result<(), ExportError>;

/// What the page asks with, and what it is answered.
const ROWS: &[Export] = &[
    activity::ActivityLine::export_all,
    drafts::DraftRow::export_all,
    drafts::Put::export_all,
    drafts::Checked::export_all,
    drafts::PublishSaid::export_all,
    drafts::PublishRow::export_all,
    crate::setup::Effects::export_all,
    drafts::SentRow::export_all,
    drills::DrillRow::export_all,
    drills::Drilled::export_all,
    files::Import::export_all,
    history::HistoryRow::export_all,
    invitations::Invite::export_all,
    invitations::Invited::export_all,
    invitations::InvitationRow::export_all,
    invitations::Token::export_all,
    invitations::Inspected::export_all,
    invitations::Accept::export_all,
    invitations::AcceptedRow::export_all,
    me::Me::export_all,
    pairs::Recreated::export_all,
    panel::Asked::export_all,
    panel::PanelRow::export_all,
    people::PersonRow::export_all,
    progress::SideProgress::export_all,
    projects::ProjectRow::export_all,
    projects::Lacking::export_all,
    remap::Otherwise::export_all,
    running::Start::export_all,
    running::Resync::export_all,
    scope::Verify::export_all,
    scope::Verified::export_all,
    syncs::SyncRow::export_all,
    syncs::NewSync::export_all,
    syncs::Rename::export_all,
    troubles::ParkedRow::export_all,
    troubles::Which::export_all,
    troubles::Counted::export_all,
    troubles::ConflictRow::export_all,
];

/// Writes all of it.
///
/// # Errors
/// A file that can't be written.
pub fn export(settings: &Config) -> Result<(), ExportError> {
    ROWS.iter().try_for_each(|export| export(settings))
}
