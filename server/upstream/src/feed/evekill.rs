//! EVE-KILL: real server-sent events with ids, resumed by `Last-Event-ID` (at most 1,000 kills back; what is older
//! comes from history).
//!
//! Its body looks like ESI's but is not: container nesting is flattened, absent quantities are zeroes, the moon is
//! missing and the hash is mixed in. The product keeps ESI's body unchanged, so a kill from here is a `Reference` and
//! the pipeline fetches the true body. The feed sends no heartbeats: silence proves nothing, except that on the whole
//! stream (a kill every few seconds) a minute of it means a dead connection. The comments it opens with are a greeting.

use super::{
    Feed, FeedBody, FeedEvent, FeedItem, FeedStream, Position,
    reported::{killmail_hash, killmail_id},
    sse::{SseItem, SseReader},
    unusable::Unusable,
};
use crate::{
    UpstreamError,
    http::{HttpClient, Request, endpoint},
};
use async_trait::async_trait;
use domain::Source;
use reqwest::header::{HeaderName, HeaderValue};
use serde::Deserialize;
use serde_json::Value;
use std::time::Duration;
use url::Url;

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// An id is a number; anything longer is not one to send back.
const MAX_ID_BYTES: usize = 64;

#[derive(Clone, Debug)]
pub struct EveKillOptions {
    /// `https://eve-kill.com`
    pub base_url: Url,
    /// `all`, `solo`, `10b`, `region.10000002` …
    pub topics: Vec<String>,
    /// Longest time without a single byte, the answer's head included.
    pub silence: Duration,
    pub max_event_bytes: usize,
}

impl EveKillOptions {
    pub fn new(base_url: Url) -> Self {
        Self {
            base_url,
            topics: vec!["all".to_owned()],
            silence: Duration::from_secs(45),
            max_event_bytes: 8 * 1024 * 1024,
        }
    }
}

pub struct EveKillFeed {
    http: HttpClient,
    stream_client: reqwest::Client,
    stream_url: Url,
    poll_url: Url,
    max_event_bytes: usize,
}

struct EveKillStream {
    http: HttpClient,
    reader: SseReader,
    announced: bool,
    /// An event came; comments before the first one are the greeting and say no more than the answer's head did.
    has_delivered: bool,
}

impl EveKillFeed {
    /// # Errors
    /// When the client cannot be built.
    pub fn new(http: HttpClient, options: &EveKillOptions) -> Result<Self, UpstreamError> {
        let stream_client = http.event_stream_client(options.silence)?;
        let mut stream_url = endpoint(&options.base_url, "/api/feed/stream");
        stream_url.query_pairs_mut().append_pair("topics", &options.topics.join(","));
        let mut poll_url = endpoint(&options.base_url, "/api/feed/poll");
        poll_url.query_pairs_mut().append_pair("limit", "1");
        Ok(Self { http, stream_client, stream_url, poll_url, max_event_bytes: options.max_event_bytes })
    }
}

#[async_trait]
impl Feed for EveKillFeed {
    fn source(&self) -> Source {
        Source::EveKill
    }

    async fn open(&self, from: Option<Position>) -> Result<Box<dyn FeedStream>, UpstreamError> {
        let mut request = self.stream_client.get(self.stream_url.clone());
        if let Some(id) = from.and_then(|Position(id)| HeaderValue::from_str(&id).ok()) {
            request = request.header(LAST_EVENT_ID, id);
        }
        let reader = SseReader::open("evekill", request, self.max_event_bytes, &self.http).await?;
        Ok(Box::new(EveKillStream { http: self.http.clone(), reader, announced: false, has_delivered: false }))
    }

    async fn probe(&self) -> Result<(), UpstreamError> {
        self.http.send(Request::get("evekill", self.poll_url.clone())).await?.into_success().map(drop)
    }
}

#[async_trait]
impl FeedStream for EveKillStream {
    async fn next(&mut self) -> Result<FeedItem, UpstreamError> {
        if !self.announced {
            self.announced = true;
            return Ok(FeedItem::Connected);
        }
        let item = loop {
            match self.reader.next().await? {
                SseItem::Quiet if !self.has_delivered => {}
                item => break item,
            }
        };
        let (id, body) = match item {
            SseItem::Quiet => return Ok(FeedItem::Idle { within: Duration::ZERO }),
            SseItem::Spoiled { id, start, reason } => (id, FeedBody::malformed(&start, reason)),
            SseItem::Message { name, id, data } => match parse_event(&name, &data) {
                Some(body) => (id, body),
                None => return Ok(FeedItem::Idle { within: Duration::ZERO }),
            },
        };
        self.has_delivered = true;
        Ok(FeedItem::Event(FeedEvent {
            source: Source::EveKill,
            position: position(id),
            received_at: self.http.now(),
            body,
        }))
    }
}

fn position(id: String) -> Option<Position> {
    let usable = !id.is_empty() && id.len() <= MAX_ID_BYTES && id.bytes().all(|b| b.is_ascii_graphic());
    usable.then_some(Position(id))
}

/// What this crate reads of an event; the rest is only skipped.
#[derive(Deserialize)]
struct Wire {
    killmail_id: Option<Value>,
    killmail_hash: Option<Value>,
}

pub(super) fn parse_event(name: &str, data: &str) -> Option<FeedBody> {
    if !matches!(name, "killmail" | "message") {
        return None;
    }
    let body = serde_json::from_str(data).map_err(|error| Unusable::from(format!("not a killmail: {error}"))).and_then(
        |wire: Wire| {
            Ok(FeedBody::Reference {
                killmail_id: killmail_id(wire.killmail_id.as_ref())?,
                hash: killmail_hash(wire.killmail_hash.as_ref(), "killmail_hash")?,
                reported: None,
                names: Vec::new(),
            })
        },
    );
    Some(body.unwrap_or_else(|reason| FeedBody::malformed(data.as_bytes(), reason)))
}

#[cfg(test)]
#[path = "evekill_tests.rs"]
mod tests;
