//! The live list as a pure state machine: state and input in, new state and effects out. Knows no clock, no socket
//! and no signal, so all of it is tested natively.
//!
//! The list is ordered like the history, newest kill first by `(killmail_time, killmail_id)`, so that "older" pages
//! continue it without a gap; a late kill takes its place in the order. While the reader holds the list (paused,
//! scrolled down, or in history) new kills wait in `pending` and nothing moves.

mod rows;
#[cfg(test)]
mod tests;

pub use rows::Row;

use contract::{
    ClientMessage, FeedStatus, LiveStats, ServerMessage,
    live::{MAX_KILLS_PER_FRAME, Since},
};
use domain::{Cursor, FitReport, KillFilter, KillSummary, KillmailId, Timestamp};
use rows::{insert, key};
use std::sync::Arc;

/// Rows in the list at most; the history has the rest.
pub const MAX_ROWS: usize = 200;
/// Kills that wait at most; beyond, the oldest are dropped and only counted.
pub const MAX_PENDING: usize = 500;

/// State of the socket, as the reader is told it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Connection {
    /// Before the browser takes over.
    #[default]
    Idle,
    Connecting,
    Online,
    /// Was online, is trying again.
    Lost,
}

/// What a kill page shows: the kill and when it was worked out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watched {
    pub killmail_id: KillmailId,
    pub enriched_at: Timestamp,
}

impl Watched {
    fn message(self) -> ClientMessage {
        ClientMessage::Watch { killmail_id: Some(self.killmail_id), enriched_at: Some(self.enriched_at) }
    }
}

/// Everything about the live list.
#[derive(Clone, Debug, Default)]
pub struct LiveState {
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
    pub connection: Connection,
    pub feed: FeedStatus,
    pub stats: Option<LiveStats>,
    pub notice: Option<String>,
    /// The kill of the open kill page.
    pub watched: Option<Watched>,
    /// What the server told about it.
    pub fit: Option<(KillmailId, FitReport)>,
    /// What the open kill page shows is outdated since the kill was worked out anew.
    pub outdated: Option<Watched>,
    /// The live page is open.
    is_watching: bool,
    position: Option<Since>,
    node: Option<String>,
    /// Subscriptions without a snapshot yet; what arrives meanwhile belongs to an earlier one.
    unanswered: u32,
}

/// What happens to the list.
#[derive(Clone, Debug)]
#[cfg_attr(not(any(test, feature = "hydrate")), expect(dead_code, reason = "the server has no socket"))]
#[allow(clippy::large_enum_variant, reason = "made one at a time, never kept")]
pub enum Input {
    /// A page of kills for a filter, from the server function.
    Seed {
        filter: KillFilter,
        kills: Vec<KillSummary>,
        is_history: bool,
        stats: Option<LiveStats>,
    },
    /// The reader left the live page.
    Leave,
    Connecting,
    Disconnected,
    Message(Box<ServerMessage>),
    /// A kill page is open, or no longer.
    Watch(Option<Watched>),
    User(UserAction),
}

/// What the reader does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserAction {
    TogglePause,
    Scrolled(bool),
    PointedAt(bool),
    ShowPending,
    Select(Option<KillmailId>),
    SelectNext,
    SelectPrevious,
}

/// What the surroundings must do.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "made one at a time, never kept")]
pub enum Command {
    Send(ClientMessage),
    /// Bring the row into sight.
    Reveal(KillmailId),
}

/// A page or snapshot that is not full has everything there is.
fn is_whole(kills: &[KillSummary]) -> bool {
    kills.len() < MAX_KILLS_PER_FRAME
}

fn is_within(end: Option<(Timestamp, KillmailId)>, kill: &KillSummary) -> bool {
    end.is_none_or(|end| key(kill) >= end)
}

impl LiveState {
    /// Before anything is listed.
    pub fn new(feed: FeedStatus) -> Self {
        Self { feed, ..Self::default() }
    }

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

    /// Takes one input.
    pub fn apply(&mut self, input: Input) -> Vec<Command> {
        match input {
            Input::Seed { filter, kills, is_history, stats } => self.seed(filter, kills, is_history, stats),
            Input::Leave => {
                self.is_watching = false;
                self.position = None;
                if self.connection == Connection::Online { self.subscribe() } else { Vec::new() }
            }
            Input::Connecting => {
                if self.connection == Connection::Idle {
                    self.connection = Connection::Connecting;
                }
                Vec::new()
            }
            Input::Disconnected => {
                self.unanswered = 0;
                self.connection = match self.connection {
                    Connection::Idle | Connection::Connecting => Connection::Connecting,
                    Connection::Online | Connection::Lost => Connection::Lost,
                };
                Vec::new()
            }
            Input::Message(message) => self.receive(*message),
            Input::Watch(kill) => self.watch(kill),
            Input::User(action) => self.act(action),
        }
    }

    fn seed(
        &mut self,
        filter: KillFilter,
        kills: Vec<KillSummary>,
        is_history: bool,
        stats: Option<LiveStats>,
    ) -> Vec<Command> {
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
        self.stats = stats.or_else(|| self.stats.take());
        self.clear_pending();
        if is_other_filter || !is_history {
            self.skipped = 0;
            self.position = None;
        }
        // A fresh snapshot closes the gap between the page's data and the stream.
        if self.connection == Connection::Online { self.subscribe() } else { Vec::new() }
    }

    fn subscribe(&mut self) -> Vec<Command> {
        let since = self.position.clone().filter(|since| Some(&since.node) == self.node.as_ref());
        self.unanswered += 1;
        // Other pages need the state of the feed only, which comes with any subscription: this one has no kills.
        let none = || KillFilter { to: Some(Timestamp::UNIX_EPOCH), ..KillFilter::default() };
        let filter = if self.is_watching { self.filter.clone() } else { none() };
        vec![Command::Send(ClientMessage::Subscribe { filter, since })]
    }

    fn receive(&mut self, message: ServerMessage) -> Vec<Command> {
        match message {
            ServerMessage::Hello { node, .. } => {
                self.connection = Connection::Online;
                self.notice = None;
                self.node = Some(node);
                self.unanswered = 0;
                let mut commands = self.subscribe();
                commands.extend(self.watched.map(|kill| Command::Send(kill.message())));
                return commands;
            }
            ServerMessage::Fit { killmail_id, report } => {
                if self.watched.is_some_and(|kill| kill.killmail_id == killmail_id) {
                    self.fit = Some((killmail_id, report));
                }
            }
            ServerMessage::Changed { killmail_id } => {
                self.outdated = self.watched.filter(|kill| kill.killmail_id == killmail_id);
            }
            ServerMessage::Snapshot { kills, seq, is_gap_fill } => {
                self.unanswered = self.unanswered.saturating_sub(1);
                if self.unanswered == 0 && self.is_watching {
                    self.take_snapshot(kills, is_gap_fill);
                    return self.reached(seq);
                }
            }
            ServerMessage::Batch { seq, kills, skipped, names } => {
                if self.unanswered == 0 && self.is_watching {
                    if seq == 0 {
                        self.take_changed(kills);
                    } else {
                        self.take_new(kills);
                    }
                    self.skipped += skipped;
                    rows::patch_names(&mut self.rows, &names);
                    rows::patch_names(&mut self.pending, &names);
                    return self.reached(seq);
                }
            }
            ServerMessage::Feed { status } => self.feed = status,
            ServerMessage::Stats { stats } => self.stats = Some(stats),
            ServerMessage::Notice { text } => self.notice = Some(text),
            ServerMessage::Resync { .. } => {
                self.position = None;
                return self.subscribe();
            }
            ServerMessage::Error { message, .. } => {
                self.unanswered = self.unanswered.saturating_sub(1);
                self.notice = Some(message);
            }
            ServerMessage::Pong { .. } => {}
        }
        Vec::new()
    }

    /// The server is told now, or as soon as there is a connection.
    fn watch(&mut self, kill: Option<Watched>) -> Vec<Command> {
        self.watched = kill;
        self.fit = None;
        let nothing = ClientMessage::Watch { killmail_id: None, enriched_at: None };
        let message = Command::Send(kill.map_or(nothing, Watched::message));
        if self.connection == Connection::Online { vec![message] } else { Vec::new() }
    }

    /// Remembers how far the stream was read, and says so. Frames with names only have no number.
    fn reached(&mut self, seq: u64) -> Vec<Command> {
        if seq == 0 {
            return Vec::new();
        }
        if let Some(node) = &self.node {
            self.position = Some(Since { node: node.clone(), seq });
        }
        vec![Command::Send(ClientMessage::Ack { seq })]
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

    fn act(&mut self, action: UserAction) -> Vec<Command> {
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
        Vec::new()
    }

    /// Moves the selection; without one, or when its row is gone, it starts at the top.
    fn step(&mut self, by: isize) -> Vec<Command> {
        let current = self.selected.and_then(|id| self.rows.iter().position(|row| row.kill.killmail_id == id));
        let next = match current {
            Some(index) => index.saturating_add_signed(by).min(self.rows.len().saturating_sub(1)),
            None => 0,
        };
        let Some(row) = self.rows.get(next) else { return Vec::new() };
        self.selected = Some(row.kill.killmail_id);
        vec![Command::Reveal(row.kill.killmail_id)]
    }
}
