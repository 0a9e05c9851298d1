//! The requests R2Z2 knows: a file by its number, the number in `sequence.json`, and what lies beyond a hole.

use super::options::R2z2Options;
use crate::{
    UpstreamError,
    http::{HttpClient, HttpResponse, Request, endpoint},
    rate::RateLimiter,
};
use serde::Deserialize;
use std::sync::{Mutex, PoisonError};
use tokio::time::Instant;

const GROUP: &str = "r2z2";
/// How many files after a missing one are looked for.
pub(super) const LOOK_AHEAD: u64 = 3;

/// Shared by the streams of a feed: a stream that follows another must not ask again too soon for a file that the other
/// just found missing.
pub(super) struct Files {
    pub http: HttpClient,
    pub limiter: RateLimiter,
    pub options: R2z2Options,
    /// The number that was missing last, and when.
    missing: Mutex<Option<(u64, Instant)>>,
}

/// What lies beyond a missing number.
pub(super) struct Look {
    pub head: u64,
    pub a_later_file_exists: bool,
}

impl Files {
    pub fn new(http: HttpClient, limiter: RateLimiter, options: R2z2Options) -> Self {
        Self { http, limiter, options, missing: Mutex::default() }
    }

    async fn get(&self, path: &str) -> Result<HttpResponse, UpstreamError> {
        let _permit = self.limiter.acquire(GROUP).await?;
        let request =
            Request::get(GROUP, endpoint(&self.options.base_url, path)).max_body_bytes(self.options.max_document_bytes);
        let response = self.http.send(request).await?;
        self.limiter.observe(GROUP, response.status, &response.headers, response.retry_after());
        Ok(response)
    }

    pub async fn file(&self, sequence: u64) -> Result<HttpResponse, UpstreamError> {
        if let Some(at) = self.not_before(sequence) {
            tokio::time::sleep_until(at).await;
        }
        let outcome = self.get(&format!("/ephemeral/{sequence}.json")).await?.into_success();
        if matches!(outcome, Err(UpstreamError::NotFound)) {
            *self.missing.lock().unwrap_or_else(PoisonError::into_inner) = Some((sequence, Instant::now()));
        }
        outcome
    }

    fn not_before(&self, sequence: u64) -> Option<Instant> {
        let missing = *self.missing.lock().unwrap_or_else(PoisonError::into_inner);
        missing.filter(|(number, _)| *number == sequence).map(|(_, at)| at + self.options.poll_floor)
    }

    pub async fn head(&self) -> Result<u64, UpstreamError> {
        #[derive(Deserialize)]
        struct Wire {
            // zKillboard writes `sequence`; its example client reads `sequence_id`.
            #[serde(alias = "sequence_id")]
            sequence: u64,
        }
        let response = self.get("/ephemeral/sequence.json").await?.into_success()?;
        let wire: Wire = serde_json::from_slice(&response.body)
            .map_err(|error| UpstreamError::malformed(format!("sequence.json: {error}")))?;
        // 2^53 also keeps every later addition far from overflowing.
        if !crate::feed::is_id(i64::try_from(wire.sequence).unwrap_or(-1)) {
            return Err(UpstreamError::malformed("sequence.json: not a sequence number"));
        }
        Ok(wire.sequence)
    }

    pub async fn look_beyond(&self, missing: u64) -> Result<Look, UpstreamError> {
        let head = self.head().await?;
        let candidates = if head > missing { LOOK_AHEAD } else { 1 };
        for sequence in missing + 1..=missing + candidates {
            match self.file(sequence).await {
                Ok(_) => return Ok(Look { head, a_later_file_exists: true }),
                Err(UpstreamError::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Look { head, a_later_file_exists: false })
    }
}
