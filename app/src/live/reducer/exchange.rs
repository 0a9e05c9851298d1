//! What goes into the reducer and what comes out of it.

use super::watch::Watched;
use contract::{ClientMessage, LiveStats, ServerMessage};
use domain::{KillFilter, KillSummary, KillmailId};

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
