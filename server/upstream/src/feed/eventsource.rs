//! One event stream through `reqwest-eventsource`, without its reconnecting: when to reopen, and where from, is the
//! pipeline's decision.
//!
//! The library shows events only. *Life*: comments such as `: ping` are invisible, but they are bytes, and the client
//! underneath fails a connection that is silent for `silence`. So once that time has passed without an event and without
//! an error, there was a byte at most `silence` ago, and `Quiet` says so; before, an open connection proves nothing.
//! *Limits of the library*, why it is used for a service of one's own only (strangers are read by `sse`): it holds an
//! unfinished event whole, however large, and scans it again with every piece (an event of 8 MB in pieces of 16 kB: 5 s
//! of computing without a pause, an optimised build on 2 cores, November 2026); the size is checked when the event is
//! complete. A byte that is not UTF-8 ends the connection instead of spoiling one event.

use super::sse::{SseItem, TOO_LARGE};
use crate::{UpstreamError, http::HttpClient};
use futures::StreamExt;
use reqwest::RequestBuilder;
use reqwest_eventsource::{Error, Event, EventSource, retry::Never};
use std::time::Duration;
use tokio::time::Instant;

pub(super) struct EventSourceConnection {
    source: EventSource,
    limits: Limits,
    quiet_at: Instant,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// The client's read timeout: without a byte for so long the connection fails.
    pub silence: Duration,
    /// A larger event is refused.
    pub max_event_bytes: usize,
}

impl Limits {
    /// When the absence of an error begins to mean something, with time for the error to come first.
    fn first_quiet(self) -> Instant {
        Instant::now() + self.silence.mul_f64(1.1)
    }
}

impl EventSourceConnection {
    /// Connects and waits for the answer's head.
    pub async fn open(request: RequestBuilder, limits: Limits, http: &HttpClient) -> Result<Self, UpstreamError> {
        let mut source =
            EventSource::new(request).map_err(|error| UpstreamError::invalid_request(error.to_string()))?;
        source.set_retry_policy(Box::new(Never));
        let started = std::time::Instant::now();
        let opened = match source.next().await {
            Some(Ok(_)) => Ok(200),
            Some(Err(error)) => Err(upstream_error(error, http)),
            None => Err(UpstreamError::Closed),
        };
        crate::http::record(("wanderer", "stream"), started, opened.as_ref().copied());
        opened?;
        let quiet_at = limits.first_quiet();
        Ok(Self { source, limits, quiet_at })
    }

    /// The next event. Cancel-safe: everything read so far stays in the connection.
    pub async fn next(&mut self, http: &HttpClient) -> Result<SseItem, UpstreamError> {
        loop {
            let Ok(next) = tokio::time::timeout_at(self.quiet_at, self.source.next()).await else {
                self.quiet_at = Instant::now() + self.limits.silence / 4;
                return Ok(SseItem::Quiet);
            };
            self.quiet_at = self.limits.first_quiet();
            match next {
                Some(Ok(Event::Open)) => {}
                Some(Ok(Event::Message(event))) if event.data.len() > self.limits.max_event_bytes => {
                    let mut start = event.data.into_bytes();
                    start.truncate(super::MAX_MALFORMED_BYTES);
                    return Ok(SseItem::Spoiled { id: event.id, start, reason: TOO_LARGE });
                }
                Some(Ok(Event::Message(event))) => {
                    return Ok(SseItem::Message { name: event.event, id: event.id, data: event.data });
                }
                Some(Err(error)) => return Err(upstream_error(error, http)),
                None => return Err(UpstreamError::Closed),
            }
        }
    }
}

fn upstream_error(error: Error, http: &HttpClient) -> UpstreamError {
    match error {
        Error::Transport(error) => error.into(),
        Error::StreamEnded => UpstreamError::Closed,
        Error::InvalidStatusCode(status, response) => {
            UpstreamError::from_status(status.as_u16(), crate::http::retry_after(response.headers(), http.now()))
        }
        Error::InvalidContentType(..) => UpstreamError::malformed("the answer is not an event stream"),
        Error::Utf8(_) => UpstreamError::malformed("the event stream is not UTF-8"),
        Error::Parser(_) => UpstreamError::malformed("the event stream has a broken line"),
        Error::InvalidLastEventId(_) => UpstreamError::malformed("the event id cannot be sent back"),
    }
}
