//! What every page says of the stream: whether it is connected, how the killmail feed is, what the server wants told,
//! and the figures of the hour.

use contract::{FeedStatus, LiveStats, ServerMessage};

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

#[derive(Clone, Debug, Default)]
pub struct FeedState {
    pub connection: Connection,
    pub status: FeedStatus,
    pub stats: Option<LiveStats>,
    pub notice: Option<String>,
}

impl FeedState {
    pub fn is_online(&self) -> bool {
        self.connection == Connection::Online
    }

    pub(super) fn connecting(&mut self) {
        if self.connection == Connection::Idle {
            self.connection = Connection::Connecting;
        }
    }

    pub(super) fn disconnected(&mut self) {
        self.connection = match self.connection {
            Connection::Idle | Connection::Connecting => Connection::Connecting,
            Connection::Online | Connection::Lost => Connection::Lost,
        };
    }

    pub(super) fn take(&mut self, message: &ServerMessage) {
        match message {
            ServerMessage::Hello { .. } => {
                self.connection = Connection::Online;
                self.notice = None;
            }
            ServerMessage::Feed { status } => self.status = status.clone(),
            ServerMessage::Stats { stats } => self.stats = Some(stats.clone()),
            ServerMessage::Notice { text } => self.notice = Some(text.clone()),
            ServerMessage::Error { message, .. } => self.notice = Some(message.clone()),
            ServerMessage::Snapshot { .. }
            | ServerMessage::Batch { .. }
            | ServerMessage::Fit { .. }
            | ServerMessage::Changed { .. }
            | ServerMessage::Resync { .. }
            | ServerMessage::Pong { .. } => {}
        }
    }
}
