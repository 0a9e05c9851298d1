//! One shape for every source of kills: a [`Feed`] is opened at a [`Position`] and yields [`FeedItem`]s.
//!
//! Owns the adapters and their reading of the wire. Does not decode killmail bodies, drop duplicates, fetch missing
//! bodies, choose between feeds or keep positions: the pipeline does. An event that cannot be understood is an event
//! ([`FeedBody::Malformed`]), never an error; an error means that the stream must be opened anew.

pub mod evekill;
mod eventsource;
pub mod history;
pub mod r2z2;
mod reported;
mod reread;
mod sse;
mod unusable;
pub mod wanderer;

use crate::UpstreamError;
use async_trait::async_trait;
use domain::{EntityName, KillmailHash, KillmailId, Source, Timestamp};
use serde::{Deserialize, Serialize};
use std::{fmt, time::Duration};

pub use evekill::{EveKillFeed, EveKillOptions};
pub use history::{DayEntry, HistoryClient, RawDay};
pub use r2z2::{R2z2Feed, R2z2Options};
pub use reported::Reported;
pub(crate) use reported::is_id;
pub use reread::reread;
pub use wanderer::{WandererFeed, WandererOptions, WandererRoute};

/// A quarantined payload keeps this much of itself.
pub const MAX_MALFORMED_BYTES: usize = 256 * 1024;

/// Opaque, serialisable resume point of one feed. Means nothing to another feed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Position(pub String);

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct FeedEvent {
    pub source: Source,
    /// Resuming from here yields what comes after this event. Several events may share one position (a batch), and
    /// feeds without memory have none.
    pub position: Option<Position>,
    pub received_at: Timestamp,
    pub body: FeedBody,
}

#[derive(Clone, Debug, PartialEq)]
pub enum FeedBody {
    /// The ESI body came along, verbatim.
    Killmail { hash: Option<KillmailHash>, payload: Box<str>, reported: Option<Reported>, names: Vec<EntityName> },
    /// Only id and hash: the body is to be fetched from ESI.
    Reference { killmail_id: KillmailId, hash: KillmailHash, reported: Option<Reported>, names: Vec<EntityName> },
    /// Could not be understood; goes to quarantine. The payload is cut to [`MAX_MALFORMED_BYTES`].
    Malformed { payload: String, reason: String },
}

impl FeedBody {
    pub(crate) fn malformed(payload: &[u8], reason: impl Into<String>) -> Self {
        let cut = &payload[..payload.len().min(MAX_MALFORMED_BYTES)];
        let mut payload = String::from_utf8_lossy(cut).into_owned();
        // PostgreSQL's text cannot hold NUL.
        if payload.contains('\0') {
            payload = payload.replace('\0', "\u{fffd}");
        }
        if payload.len() > MAX_MALFORMED_BYTES {
            let end = (0..=MAX_MALFORMED_BYTES).rev().find(|at| payload.is_char_boundary(*at)).unwrap_or_default();
            payload.truncate(end);
        }
        Self::Malformed { payload, reason: reason.into() }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum FeedItem {
    /// The feed answered and will now deliver, or so it says; the first item of every stream.
    Connected,
    Event(FeedEvent),
    /// Proof of life without kills: a heartbeat, a ping comment, a 404 at the head. The sign itself is at most so old.
    Idle {
        within: Duration,
    },
    /// Kills between the two positions were and will not be delivered by this feed: fill them from history. A
    /// stream says so at once after `Connected` or when it finds out.
    Gap {
        after: Option<Position>,
        resumed_at: Position,
    },
}

/// A name as shown, or `None` when it is not one.
pub(crate) fn clean_entity_name(name: &str) -> Option<String> {
    reported::clean_text(name, reported::MAX_NAME_CHARS)
}

#[async_trait]
pub trait Feed: Send + Sync {
    fn source(&self) -> Source;

    /// Connects, and delivers what comes after `from`, or live when there is none.
    ///
    /// # Errors
    /// When the feed does not answer as it should.
    async fn open(&self, from: Option<Position>) -> Result<Box<dyn FeedStream>, UpstreamError>;

    /// Cheap check whether the feed answers.
    ///
    /// # Errors
    /// When it does not.
    async fn probe(&self) -> Result<(), UpstreamError>;
}

#[async_trait]
pub trait FeedStream: Send {
    /// The next item. Cancel-safe: dropping the future before it is ready loses no item.
    ///
    /// # Errors
    /// The stream is over and must be opened anew from the last position.
    async fn next(&mut self) -> Result<FeedItem, UpstreamError>;
}

#[cfg(test)]
#[path = "hostile_tests.rs"]
pub(crate) mod hostile_tests;
