//! From the pipeline to the sockets: the hot window, the hub and the sessions.
//!
//! ```text
//! pipeline --publish--> Window --broadcast--> Hub --one frame per distinct filter--> Session (bounded queue) --> socket
//! ```
//! Guarantees: nothing here waits for the database on the way from feed to socket; a slow socket loses its queue, not
//! the others' time; a client that lags gets fewer, larger batches.

pub mod frame;
pub mod hub;
pub mod session;
pub mod sse;
pub mod watchers;
pub mod window;

use contract::{FeedStatus, LiveStats, NamePatch};
use domain::KillmailId;
use std::sync::Arc;
pub use window::{LiveKill, Window};

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
