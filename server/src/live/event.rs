//! What the pipeline tells the hub, and how much of it may wait.

use super::window::kill::LiveKill;
use contract::{FeedStatus, LiveStats, NamePatch};
use domain::KillmailId;
use std::sync::Arc;

/// What the pipeline tells the hub.
#[derive(Clone, Debug)]
pub enum LiveEvent {
    Kill(Arc<LiveKill>),
    /// Kills told earlier whose facts are better known now: rows of lists that read otherwise, and kills whose open
    /// pages have to ask again.
    Changed {
        rows: Arc<[Arc<LiveKill>]>,
        pages: Arc<[KillmailId]>,
    },
    /// A kill told before, now with the statistics of its fit.
    Fitted(Arc<LiveKill>),
    Names(Arc<[NamePatch]>),
    Feed(Arc<FeedStatus>),
    Stats(Arc<LiveStats>),
}

/// Kills the hub may fall behind before every client has to resync.
pub const EVENT_CAPACITY: usize = 16_384;
