//! R2Z2: zKillboard's live feed, one numbered file per kill, polled.
//!
//! A stream delivers the files in order, each exactly once, from `position + 1` on. Guarantees and considered cases:
//! - *behind the head* (below the number in `sequence.json`) up to `prefetch` files are fetched at once, delivered in
//!   order; beyond that number (it lags by up to 52 files) one at a time;
//! - *404*: the kill is not there yet. The same number is asked again after `poll_floor` (6 s: faster is answered with
//!   403), and `Idle` is reported;
//! - *stale 404* of the cache clears after about a minute by itself. A number still missing after `skip_after` while a
//!   later file exists will never come: it is skipped with a log line and a metric (history closes the hole);
//! - *expired*: when we are so far behind that the following files are gone too, or further than `max_behind`, the
//!   stream jumps near the head and says so with `Gap`. Likewise when the position lies far beyond the head;
//! - *ghosts* (200 without a usable body) and giants are `Malformed` events, and the stream goes on;
//! - *403, 429, 5xx, timeouts*: back-off, then the same number again; after `max_failures` in a row the stream ends
//!   with the error, so that the pipeline may change feeds.
//!
//! Cancel safety: requests in flight, planned waits and items read are fields of the stream, never locals of `next`.

mod document;
mod files;
mod options;

pub(super) use document::parse as parse_document;
pub use options::R2z2Options;

use super::{Feed, FeedBody, FeedEvent, FeedItem, FeedStream, Position};
use crate::{
    UpstreamError,
    http::{HttpClient, HttpResponse},
    rate::{RateLimiter, RateOptions},
    retry::Backoff,
};
use async_trait::async_trait;
use domain::Source;
use files::{Files, LOOK_AHEAD, Look};
use futures::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesOrdered};
use std::{collections::VecDeque, sync::Arc, time::Duration};
use tokio::time::Instant;

/// `sequence.json` lags by at most about 52 files; a position further ahead than this belongs to another world.
const MAX_AHEAD: u64 = 1_000;

pub struct R2z2Feed {
    files: Arc<Files>,
}

struct R2z2Stream {
    files: Arc<Files>,
    /// The number to deliver next.
    next: u64,
    /// The number to request next.
    request: u64,
    /// The highest number known to exist.
    head: u64,
    steps: FuturesOrdered<BoxFuture<'static, Step>>,
    ready: VecDeque<FeedItem>,
    not_before: Option<Instant>,
    look_planned: bool,
    missing: Option<Missing>,
    backoff: Backoff,
}

struct Missing {
    since: Instant,
    polls: u32,
    looked_at: Option<Instant>,
}

enum Step {
    File(Result<HttpResponse, UpstreamError>),
    Look(Result<Look, UpstreamError>),
}

impl R2z2Feed {
    pub fn new(http: HttpClient, options: R2z2Options) -> Self {
        let rate = RateOptions { pace: Some(options.pace), max_wait: Duration::from_secs(120) };
        Self { files: Arc::new(Files::new(http, RateLimiter::new(rate), options)) }
    }
}

#[async_trait]
impl Feed for R2z2Feed {
    fn source(&self) -> Source {
        Source::R2z2
    }

    async fn open(&self, from: Option<Position>) -> Result<Box<dyn FeedStream>, UpstreamError> {
        let head = self.files.head().await?;
        let (next, gap) = start(from, head, &self.files.options);
        if gap.is_some() {
            tracing::warn!(head, next, "the position is out of reach of r2z2, jumping");
        }
        Ok(Box::new(R2z2Stream {
            next,
            request: next,
            head,
            steps: FuturesOrdered::new(),
            ready: std::iter::once(FeedItem::Connected).chain(gap).collect(),
            not_before: None,
            look_planned: false,
            missing: None,
            backoff: Backoff::random(self.files.options.backoff),
            files: Arc::clone(&self.files),
        }))
    }

    async fn probe(&self) -> Result<(), UpstreamError> {
        self.files.head().await.map(drop)
    }
}

/// Where to begin, and the gap that this leaves.
fn start(from: Option<Position>, head: u64, options: &R2z2Options) -> (u64, Option<FeedItem>) {
    let near_head = head.saturating_add(1).saturating_sub(options.start_back).max(1);
    let Some(position) = from else { return (near_head, None) };
    let next = position.0.parse::<u64>().ok().and_then(|last| last.checked_add(1));
    match next
        .filter(|next| *next <= head.saturating_add(MAX_AHEAD) && head.saturating_sub(*next) <= options.max_behind)
    {
        Some(next) => (next, None),
        None => (near_head, Some(gap(Some(position), near_head))),
    }
}

fn gap(after: Option<Position>, next: u64) -> FeedItem {
    FeedItem::Gap { after, resumed_at: Position((next - 1).to_string()) }
}

#[async_trait]
impl FeedStream for R2z2Stream {
    async fn next(&mut self) -> Result<FeedItem, UpstreamError> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Ok(item);
            }
            if let Some(at) = self.not_before {
                tokio::time::sleep_until(at).await;
                self.not_before = None;
            }
            self.request_more();
            match self.steps.next().await {
                Some(Step::File(outcome)) => self.file_arrived(outcome)?,
                Some(Step::Look(outcome)) => self.looked(outcome),
                None => {}
            }
        }
    }
}

impl R2z2Stream {
    fn request_more(&mut self) {
        if self.look_planned {
            if self.steps.is_empty() {
                self.look_planned = false;
                let (files, missing) = (Arc::clone(&self.files), self.next);
                self.steps.push_back(async move { Step::Look(files.look_beyond(missing).await) }.boxed());
            }
            return;
        }
        let behind = self.head.saturating_sub(self.next) as usize;
        let parallel = if self.missing.is_some() { 1 } else { behind.clamp(1, self.files.options.prefetch.max(1)) };
        while self.steps.len() < parallel {
            let (files, sequence) = (Arc::clone(&self.files), self.request);
            self.request += 1;
            self.steps.push_back(async move { Step::File(files.file(sequence).await) }.boxed());
        }
    }

    /// The answer to `self.next`, because answers come in the order of the requests.
    fn file_arrived(&mut self, outcome: Result<HttpResponse, UpstreamError>) -> Result<(), UpstreamError> {
        match outcome {
            Ok(response) => {
                let document = parse_document(&response.body);
                if document.names_an_update {
                    metrics::counter!(crate::meters::UPSTREAM_R2Z2_SEQUENCE_UPDATES_TOTAL).increment(1);
                }
                self.deliver(document.body);
            }
            Err(UpstreamError::BodyTooLarge { limit_bytes }) => {
                let reason = format!("the file {} is larger than {limit_bytes} bytes", self.next);
                self.deliver(FeedBody::malformed(b"", reason));
            }
            Err(UpstreamError::NotFound) => self.not_there(),
            Err(error) => {
                self.rewind(self.next);
                let wait = self.backoff.next_delay_after(error.retry_after());
                tracing::debug!(kind = error.kind(), sequence = self.next, "r2z2 request failed");
                if self.backoff.failures() >= self.files.options.max_failures {
                    return Err(error);
                }
                self.not_before = Some(Instant::now() + wait);
            }
        }
        Ok(())
    }

    fn deliver(&mut self, body: FeedBody) {
        self.backoff.reset();
        self.missing = None;
        self.head = self.head.max(self.next);
        self.ready.push_back(FeedItem::Event(FeedEvent {
            source: Source::R2z2,
            position: Some(Position(self.next.to_string())),
            received_at: self.files.http.now(),
            body,
        }));
        self.next += 1;
    }

    fn not_there(&mut self) {
        self.backoff.reset();
        self.rewind(self.next);
        let now = Instant::now();
        let options = &self.files.options;
        let missing = self.missing.get_or_insert(Missing { since: now, polls: 0, looked_at: None });
        missing.polls += 1;
        let overdue = now - missing.since >= options.skip_after;
        let look_is_due = missing.looked_at.is_none_or(|at| now - at >= options.skip_after / 2);
        if (overdue && look_is_due) || (missing.polls == 2 && self.head > self.next) {
            missing.looked_at = Some(now);
            self.look_planned = true;
        }
        self.not_before = Some(now + options.poll_floor);
        self.ready.push_back(FeedItem::Idle { within: Duration::ZERO });
    }

    fn looked(&mut self, outcome: Result<Look, UpstreamError>) {
        // A failed look changes nothing; the next poll of the file meets the same failure and counts it.
        let (Ok(look), Some(missing)) = (outcome, &self.missing) else { return };
        self.head = self.head.max(look.head);
        if look.a_later_file_exists {
            if missing.since.elapsed() >= self.files.options.skip_after {
                metrics::counter!(crate::meters::UPSTREAM_R2Z2_SKIPPED_TOTAL).increment(1);
                tracing::warn!(sequence = self.next, "an r2z2 file never appeared, skipping it");
                self.missing = None;
                self.next += 1;
                self.rewind(self.next);
            }
        } else if look.head > self.next + LOOK_AHEAD {
            let last = Position((self.next - 1).to_string());
            let near_head = look.head.saturating_sub(self.files.options.start_back).max(self.next + 1);
            tracing::warn!(from = self.next, to = near_head, "r2z2 no longer keeps these files, jumping");
            metrics::counter!(crate::meters::UPSTREAM_R2Z2_JUMPS_TOTAL).increment(1);
            self.missing = None;
            self.next = near_head;
            self.rewind(near_head);
            self.ready.push_back(gap(Some(last), near_head));
        }
    }

    /// Forgets requests in flight: the answers after a hole are asked for again.
    fn rewind(&mut self, to: u64) {
        self.steps = FuturesOrdered::new();
        self.request = to;
    }
}

#[cfg(test)]
#[path = "r2z2_tests.rs"]
mod tests;
