//! The stream protocol of `/api/v1/stream` (WebSocket) and `/api/v1/stream/sse`.
//!
//! After `hello` the client subscribes; it gets one `snapshot`, then `batch` frames. `seq` grows by one with every
//! kill the node publishes; a batch carries the seq of its newest kill. A client that reconnects sends `since` with
//! the last seq and node it saw and gets only what it missed, or a fresh snapshot when the gap is too wide.
//! A kill page sends `watch` and gets one `fit` when the statistics of the victim's fit are computed, and `changed`
//! each time the kill is worked out anew, such as with a price that has come.
//! Kills can be sent again (after a crash, a resync, a late name or price): they are recognised by `killmail_id`, and
//! the last form counts. A batch whose `seq` is 0 holds such kills only and is not acknowledged.

use super::status::FeedStatus;
use domain::{FitReport, KillFilter, KillSummary, KillmailId, Timestamp};
use serde::{Deserialize, Serialize};

/// Raised on every incompatible change.
pub const PROTOCOL_VERSION: u32 = 1;
/// Kills in one frame at most; what is over is counted in `skipped`.
pub const MAX_KILLS_PER_FRAME: usize = 100;

/// Browser to server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[allow(clippy::large_enum_variant, reason = "made one at a time, never kept")]
pub enum ClientMessage {
    /// Replaces any earlier subscription of this socket.
    Subscribe {
        #[serde(default)]
        filter: KillFilter,
        /// The last `seq` seen, with the node it came from.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<Since>,
    },
    /// Asks for the statistics of one kill's fit as soon as they are known, answered by `fit`, and to be told when the
    /// kill is worked out anew, answered by `changed`. A socket watches one kill at a time: a new one replaces it, and
    /// without id nothing is watched.
    Watch {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        killmail_id: Option<KillmailId>,
        /// When what the client has was worked out: if that is not the latest, `changed` comes at once.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        enriched_at: Option<Timestamp>,
    },
    /// Says which batch was processed; a client that lags gets fewer, larger batches.
    Ack { seq: u64 },
    Ping {
        #[serde(default)]
        nonce: u64,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Since {
    pub node: String,
    pub seq: u64,
}

/// Server to browser.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    Hello {
        protocol: u32,
        /// Identity of this server process; `seq` is meaningful within it only.
        node: String,
        time: Timestamp,
    },
    /// The newest kills that pass the filter, newest first. Replaces the client's list,
    /// unless `is_gap_fill` is set: then it is what was missed.
    Snapshot {
        kills: Vec<KillSummary>,
        seq: u64,
        #[serde(default)]
        is_gap_fill: bool,
    },
    /// New kills, newest first.
    Batch {
        seq: u64,
        kills: Vec<KillSummary>,
        /// Kills that passed the filter but were left out of this frame.
        skipped: u64,
        /// Names that became known for kills sent earlier.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        names: Vec<NamePatch>,
    },
    /// The statistics of the watched kill's fit, once.
    Fit {
        killmail_id: KillmailId,
        report: FitReport,
    },
    /// The watched kill was worked out anew (values, tags): what the client has is outdated.
    Changed {
        killmail_id: KillmailId,
    },
    Feed {
        status: FeedStatus,
    },
    Stats {
        stats: LiveStats,
    },
    Notice {
        text: String,
    },
    /// The client fell too far behind: subscribe again.
    Resync {
        reason: String,
    },
    /// The last client message was refused; the subscription before it stays.
    Error {
        code: super::ErrorCode,
        message: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        path: Option<String>,
    },
    Pong {
        nonce: u64,
    },
}

/// The name of a pilot, corporation or alliance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NamePatch {
    pub id: i64,
    pub name: String,
}

/// The numbers above the live list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LiveStats {
    /// The last 60 whole minutes, oldest first, by time of arrival, or of the loss when it took over five minutes.
    pub minutes: Vec<MinuteBucket>,
    pub kills_last_hour: u64,
    pub isk_last_hour: domain::Isk,
    /// Open live connections on this node.
    pub watchers: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MinuteBucket {
    pub kills: u32,
    pub isk: domain::Isk,
}
