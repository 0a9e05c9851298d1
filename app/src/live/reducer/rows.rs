//! Rows in order, each kill once.

use contract::NamePatch;
use domain::{KillSummary, KillmailId, Timestamp};
use std::sync::Arc;

/// A kill in the list. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Row {
    pub kill: Arc<KillSummary>,
    /// Raised when the kill's facts changed, so that its row is drawn again.
    pub revision: u32,
    /// Arrived by the stream, not with the page.
    pub is_new: bool,
}

/// Rows are equal when they are drawn the same.
impl PartialEq for Row {
    fn eq(&self, other: &Self) -> bool {
        (self.kill.killmail_id, self.revision, self.is_new) == (other.kill.killmail_id, other.revision, other.is_new)
    }
}

/// The order of the list.
pub(super) fn key(kill: &KillSummary) -> (Timestamp, KillmailId) {
    (kill.killmail_time, kill.killmail_id)
}

/// Puts a kill in its place, or brings the row it has up to date.
pub(super) fn insert(rows: &mut Vec<Row>, kill: KillSummary, is_new: bool) {
    if !refresh(rows, &kill) {
        insert_row(rows, Row { kill: Arc::new(kill), revision: 0, is_new });
    }
}

/// Puts a row in its place unless its kill has one.
pub(super) fn insert_row(rows: &mut Vec<Row>, row: Row) {
    if rows.iter().any(|other| other.kill.killmail_id == row.kill.killmail_id) {
        return;
    }
    let at = rows.partition_point(|other| key(&other.kill) > key(&row.kill));
    rows.insert(at, row);
}

/// Brings the kill's row up to date. Returns whether it has one.
pub(super) fn refresh(rows: &mut Vec<Row>, kill: &KillSummary) -> bool {
    let Some(index) = rows.iter().position(|row| row.kill.killmail_id == kill.killmail_id) else {
        return false;
    };
    if *rows[index].kill != *kill {
        let mut row = rows.remove(index);
        row.kill = Arc::new(kill.clone());
        row.revision += 1;
        insert_row(rows, row);
    }
    true
}

/// Fills in names that became known.
pub(super) fn patch_names(rows: &mut [Row], names: &[NamePatch]) {
    if names.is_empty() {
        return;
    }
    let name_of = |id: i64| names.iter().find(|patch| patch.id == id).map(|patch| patch.name.clone());
    for row in rows {
        if row.kill.unnamed_ids().any(|id| names.iter().any(|patch| patch.id == id)) {
            let mut kill = (*row.kill).clone();
            kill.fill_names(&name_of);
            row.kill = Arc::new(kill);
            row.revision += 1;
        }
    }
}
