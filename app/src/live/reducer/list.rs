//! The list of kills, ordered like the history: newest first by `(killmail_time, killmail_id)`, so that "older" pages
//! continue it without a gap; a late kill takes its place in the order. While the reader holds the list (paused,
//! scrolled down, or in history) new kills wait in `pending` and nothing moves. What the list is subscribed to, and how
//! far it has read, belong to it too: they say what the next frame means.

use super::{
    exchange::{Command, UserAction},
    rows::{self, Row, insert, key},
};
use contract::{
    ClientMessage, NamePatch, ServerMessage,
    live::{MAX_KILLS_PER_FRAME, Since},
};
use domain::{Cursor, KillFilter, KillSummary, KillmailId, Timestamp};
use std::sync::Arc;

/// Rows in the list at most; the history has the rest.
pub const MAX_ROWS: usize = 200;
/// Kills that wait at most; beyond, the oldest are dropped and only counted.
pub const MAX_PENDING: usize = 500;

#[derive(Clone, Debug, Default)]
pub struct ListState {
    pub filter: KillFilter,
    /// Raised whenever the list is for another filter or page; with the kill's id it keys the rows.
    pub epoch: u32,
    pub rows: Vec<Row>,
    /// New kills that wait for the reader, newest first.
    pub pending: Vec<Row>,
    /// Waiting kills that were dropped from `pending`.
    pub pending_dropped: u64,
    /// Kills between `rows` and `pending` were missed: the two must not be joined.
    is_apart: bool,
    /// The list reaches back to the first kill that passes the filter: below its end there is nothing.
    is_whole: bool,
    /// Kills the server left out because there were too many.
    pub skipped: u64,
    pub is_paused: bool,
    pub is_scrolled: bool,
    /// The pointer moves over the list: nothing may slip from under it.
    pub is_pointed_at: bool,
    /// The list shows an older page.
    pub is_history: bool,
    pub selected: Option<KillmailId>,
    /// The live page is open.
    is_watching: bool,
    position: Option<Since>,
    node: Option<String>,
    /// Subscriptions without a snapshot yet; what arrives meanwhile belongs to an earlier one.
    unanswered: u32,
}

/// A page or snapshot that is not full has everything there is.
fn is_whole(kills: &[KillSummary]) -> bool {
    kills.len() < MAX_KILLS_PER_FRAME
}

fn is_within(end: Option<(Timestamp, KillmailId)>, kill: &KillSummary) -> bool {
    end.is_none_or(|end| key(kill) >= end)
}

impl ListState {
    /// New kills wait instead of entering the list.
    pub fn is_held(&self) -> bool {
        self.is_held_for_long() || self.is_pointed_at
    }

    /// Held until the reader lets go, so that it is worth telling how many kills wait.
    fn is_held_for_long(&self) -> bool {
        self.is_paused || self.is_scrolled || self.is_history
    }

    /// How many kills wait, as the reader is told: those of a moment are not worth a word.
    pub fn waiting_to_tell(&self) -> u64 {
        if self.is_held_for_long() { self.waiting() } else { 0 }
    }

    /// How many kills wait.
    pub fn waiting(&self) -> u64 {
        self.pending.len() as u64 + self.pending_dropped
    }

    /// Where the page after this list begins.
    pub fn older_cursor(&self) -> Option<Cursor> {
        let last = &self.rows.last()?.kill;
        Some(Cursor { killmail_time: last.killmail_time, killmail_id: last.killmail_id })
    }

    pub fn selected_kill(&self) -> Option<Arc<KillSummary>> {
        let id = self.selected?;
        self.rows.iter().find(|row| row.kill.killmail_id == id).map(|row| row.kill.clone())
    }

    /// Shows a page of kills for a filter.
    pub(super) fn seed(&mut self, filter: KillFilter, kills: Vec<KillSummary>, is_history: bool) {
        let is_other_filter = filter != self.filter;
        self.is_watching = true;
        self.epoch += 1;
        self.rows.clear();
        self.is_whole = is_whole(&kills);
        for kill in kills {
            insert(&mut self.rows, kill, false);
        }
        self.truncate();
        self.filter = filter;
        self.is_history = is_history;
        self.is_scrolled = false;
        self.selected = None;
        self.clear_pending();
        if is_other_filter || !is_history {
            self.skipped = 0;
            self.position = None;
        }
    }

    pub(super) fn leave(&mut self) {
        self.is_watching = false;
        self.position = None;
    }

    pub(super) fn disconnected(&mut self) {
        self.unanswered = 0;
    }

    /// Asks for the kills of the filter. Its snapshot closes the gap between the page's data and the stream.
    pub(super) fn subscribe(&mut self) -> Command {
        let since = self.position.clone().filter(|since| Some(&since.node) == self.node.as_ref());
        self.unanswered += 1;
        // Other pages need the state of the feed only, which comes with any subscription: this one has no kills.
        let none = || KillFilter { to: Some(Timestamp::UNIX_EPOCH), ..KillFilter::default() };
        let filter = if self.is_watching { self.filter.clone() } else { none() };
        Command::Send(ClientMessage::Subscribe { filter, since })
    }

    /// Takes the message whole, with the kills it holds.
    pub(super) fn take(&mut self, message: ServerMessage) -> Option<Command> {
        match message {
            ServerMessage::Hello { node, .. } => {
                self.node = Some(node);
                self.unanswered = 0;
                Some(self.subscribe())
            }
            ServerMessage::Snapshot { kills, seq, is_gap_fill } => {
                self.unanswered = self.unanswered.saturating_sub(1);
                if !self.is_listening() {
                    return None;
                }
                self.take_snapshot(kills, is_gap_fill);
                self.reached(seq)
            }
            ServerMessage::Batch { seq, kills, skipped, names } => {
                if !self.is_listening() {
                    return None;
                }
                self.take_batch(seq, kills, &names);
                self.skipped += skipped;
                self.reached(seq)
            }
            ServerMessage::Resync { .. } => {
                self.position = None;
                Some(self.subscribe())
            }
            ServerMessage::Error { .. } => {
                self.unanswered = self.unanswered.saturating_sub(1);
                None
            }
            ServerMessage::Fit { .. }
            | ServerMessage::Changed { .. }
            | ServerMessage::Feed { .. }
            | ServerMessage::Stats { .. }
            | ServerMessage::Notice { .. }
            | ServerMessage::Pong { .. } => None,
        }
    }

    /// Kills that arrive are of the newest subscription, and there is a list to show them.
    fn is_listening(&self) -> bool {
        self.unanswered == 0 && self.is_watching
    }

    fn take_batch(&mut self, seq: u64, kills: Vec<KillSummary>, names: &[NamePatch]) {
        if seq == 0 {
            self.take_changed(kills);
        } else {
            self.take_new(kills);
        }
        rows::patch_names(&mut self.rows, names);
        rows::patch_names(&mut self.pending, names);
    }

    /// Remembers how far the stream was read, and says so. Frames with names only have no number.
    fn reached(&mut self, seq: u64) -> Option<Command> {
        if seq == 0 {
            return None;
        }
        if let Some(node) = &self.node {
            self.position = Some(Since { node: node.clone(), seq });
        }
        Some(Command::Send(ClientMessage::Ack { seq }))
    }

    fn take_snapshot(&mut self, kills: Vec<KillSummary>, is_gap_fill: bool) {
        let reaches =
            |rows: &[Row]| kills.iter().any(|kill| rows.iter().any(|row| row.kill.killmail_id == kill.killmail_id));
        let closes_gap = reaches(&self.rows);
        let is_first = self.rows.is_empty() && self.pending.is_empty();
        let continues = closes_gap || is_gap_fill || is_first || reaches(&self.pending);
        if closes_gap {
            self.is_apart = false;
        }
        // Else too much was missed to join on: the list starts afresh, now or when it is let go, and what is between is
        // in the history.
        if !continues && self.is_held() {
            self.pending_dropped += self.pending.len() as u64;
            self.pending.clear();
            self.is_apart = true;
        } else if !continues {
            self.rows.clear();
        }
        if self.rows.is_empty() {
            self.is_whole = is_whole(&kills) && !is_gap_fill;
        }
        self.take_new(kills);
    }

    fn take_new(&mut self, kills: Vec<KillSummary>) {
        let (is_held, end) = (self.is_held(), self.end());
        for kill in kills {
            if is_held {
                // A kill that is in the list already is brought up to date; a late one below its end is history.
                if !rows::refresh(&mut self.rows, &kill) && is_within(end, &kill) {
                    insert(&mut self.pending, kill, true);
                }
            } else if is_within(end, &kill) {
                insert(&mut self.rows, kill, true);
            }
        }
        self.truncate();
        if self.pending.len() > MAX_PENDING {
            self.pending_dropped += (self.pending.len() - MAX_PENDING) as u64;
            self.pending.truncate(MAX_PENDING);
        }
    }

    /// Kills sent earlier whose facts are better known now.
    fn take_changed(&mut self, kills: Vec<KillSummary>) {
        let (is_held, end) = (self.is_held(), self.end());
        for kill in kills {
            let is_listed = rows::refresh(&mut self.rows, &kill) || rows::refresh(&mut self.pending, &kill);
            // Its new value may have let it pass the filter.
            if !is_listed && !is_held && is_within(end, &kill) {
                insert(&mut self.rows, kill, true);
            }
        }
        self.truncate();
    }

    /// What is older would leave a hole: it is for the pages after this list.
    fn end(&self) -> Option<(Timestamp, KillmailId)> {
        self.rows.last().map(|row| key(&row.kill)).filter(|_| !self.is_whole)
    }

    fn truncate(&mut self) {
        if self.rows.len() > MAX_ROWS {
            self.rows.truncate(MAX_ROWS);
            self.is_whole = false;
        }
    }

    fn clear_pending(&mut self) {
        self.pending.clear();
        self.pending_dropped = 0;
        self.is_apart = false;
    }

    /// Lets waiting kills into the list. A page of history cannot take them: the reader goes back to live first.
    fn release(&mut self) {
        if self.is_held() {
            return;
        }
        if self.is_apart || self.pending_dropped > 0 {
            // What was missed or dropped lay between the list and what waits: joining them would hide the gap.
            self.rows.clear();
            self.is_whole = false;
        }
        for row in std::mem::take(&mut self.pending) {
            rows::insert_row(&mut self.rows, row);
        }
        self.truncate();
        self.clear_pending();
    }

    pub(super) fn act(&mut self, action: UserAction) -> Option<Command> {
        match action {
            UserAction::TogglePause => {
                self.is_paused = !self.is_paused;
                self.release();
            }
            UserAction::Scrolled(is_scrolled) => {
                self.is_scrolled = is_scrolled;
                self.release();
            }
            UserAction::PointedAt(is_pointed_at) => {
                self.is_pointed_at = is_pointed_at;
                self.release();
            }
            UserAction::ShowPending => {
                self.is_paused = false;
                self.is_scrolled = false;
                self.is_pointed_at = false;
                self.release();
            }
            UserAction::Select(id) => self.selected = id,
            UserAction::SelectNext => return self.step(1),
            UserAction::SelectPrevious => return self.step(-1),
        }
        None
    }

    /// Moves the selection; without one, or when its row is gone, it starts at the top.
    fn step(&mut self, by: isize) -> Option<Command> {
        let current = self.selected.and_then(|id| self.rows.iter().position(|row| row.kill.killmail_id == id));
        let next = match current {
            Some(index) => index.saturating_add_signed(by).min(self.rows.len().saturating_sub(1)),
            None => 0,
        };
        let id = self.rows.get(next)?.kill.killmail_id;
        self.selected = Some(id);
        Some(Command::Reveal(id))
    }
}
