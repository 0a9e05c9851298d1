//! The kill of the open kill page: the server is asked for its fit and for news of it.

use contract::{ClientMessage, ServerMessage};
use domain::{FitReport, KillmailId, Timestamp};

/// What a kill page shows: the kill and when it was worked out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watched {
    pub killmail_id: KillmailId,
    pub enriched_at: Timestamp,
}

#[derive(Clone, Debug, Default)]
pub struct WatchState {
    watched: Option<Watched>,
    /// What the server told about it.
    pub fit: Option<(KillmailId, FitReport)>,
    /// What the page shows is outdated since the kill was worked out anew.
    pub outdated: Option<Watched>,
}

impl WatchState {
    pub(super) fn watch(&mut self, kill: Option<Watched>) {
        self.watched = kill;
        self.fit = None;
    }

    /// What tells the server which kill is watched.
    pub(super) fn request(&self) -> ClientMessage {
        ClientMessage::Watch {
            killmail_id: self.watched.map(|kill| kill.killmail_id),
            enriched_at: self.watched.map(|kill| kill.enriched_at),
        }
    }

    /// Returns what is to be sent: a new connection knows nothing of what the last one was asked.
    pub(super) fn take(&mut self, message: &ServerMessage) -> Option<ClientMessage> {
        match message {
            ServerMessage::Hello { .. } => return self.watched.map(|_| self.request()),
            ServerMessage::Fit { killmail_id, report } if self.is_of(*killmail_id) => {
                self.fit = Some((*killmail_id, report.clone()));
            }
            ServerMessage::Changed { killmail_id } => {
                self.outdated = self.watched.filter(|_| self.is_of(*killmail_id));
            }
            ServerMessage::Fit { .. }
            | ServerMessage::Snapshot { .. }
            | ServerMessage::Batch { .. }
            | ServerMessage::Feed { .. }
            | ServerMessage::Stats { .. }
            | ServerMessage::Notice { .. }
            | ServerMessage::Resync { .. }
            | ServerMessage::Error { .. }
            | ServerMessage::Pong { .. } => {}
        }
        None
    }

    fn is_of(&self, killmail_id: KillmailId) -> bool {
        self.watched.is_some_and(|kill| kill.killmail_id == killmail_id)
    }
}
