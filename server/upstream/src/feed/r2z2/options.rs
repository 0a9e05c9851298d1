//! How R2Z2 is asked.

use crate::{rate::Pace, retry::BackoffPolicy};
use std::time::Duration;
use url::Url;

#[derive(Clone, Debug)]
pub struct R2z2Options {
    /// `https://r2z2.zkillboard.com`
    pub base_url: Url,
    /// Wait after a 404. Below 6 s the real service refuses.
    pub poll_floor: Duration,
    /// Files fetched at once while behind the head.
    pub prefetch: usize,
    /// How many kills before the head a stream without position begins, and one that has to jump.
    pub start_back: u64,
    /// When a missing number is given up.
    pub skip_after: Duration,
    /// Files are kept about a day (about 15,000 kills); further behind, the stream jumps.
    pub max_behind: u64,
    /// Failures in a row after which the stream ends.
    pub max_failures: u32,
    pub backoff: BackoffPolicy,
    pub pace: Pace,
    pub max_document_bytes: usize,
}

impl R2z2Options {
    pub fn new(base_url: Url) -> Self {
        Self {
            base_url,
            poll_floor: Duration::from_secs(6),
            prefetch: 4,
            start_back: 100,
            skip_after: Duration::from_secs(66),
            max_behind: 15_000,
            max_failures: 5,
            backoff: BackoffPolicy { first: Duration::from_secs(2), max: Duration::from_secs(120) },
            // The service bans above 15 a second; history has its own small share.
            pace: Pace { per_second: 8, burst: 4 },
            max_document_bytes: 16 * 1024 * 1024,
        }
    }
}
