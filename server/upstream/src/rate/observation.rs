//! What one answer tells about limits, read once and applied to every account of them.

use super::{
    bucket::{Limit, cost, parse_limit},
    errors::ERROR_WINDOW,
};
use reqwest::header::HeaderMap;
use std::time::Duration;

/// Used when a host says "too many" without saying for how long.
const DEFAULT_BAN: Duration = Duration::from_secs(10);
const LONGEST_RESET: i64 = 3600;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observation {
    /// Tokens that the call cost, if it has a bucket.
    pub cost: i64,
    /// The bucket's limit and what is left in it.
    pub bucket: Option<(Limit, i64)>,
    /// Failures left in the host's window, and when that ends.
    pub errors: Option<(i64, Duration)>,
    /// Nothing may be sent to the host for so long.
    pub host_ban: Option<Duration>,
    /// The route's group may not be called for so long.
    pub group_ban: Option<Duration>,
}

impl Observation {
    pub fn of(status: u16, headers: &HeaderMap, retry_after: Option<Duration>) -> Self {
        let number = |name| headers.get(name)?.to_str().ok()?.trim().parse::<i64>().ok();
        let errors = number("x-esi-error-limit-remain")
            .zip(number("x-esi-error-limit-reset"))
            .map(|(left, reset)| (left.max(0), Duration::from_secs(reset.clamp(0, LONGEST_RESET).unsigned_abs())));
        let limit = headers.get("x-ratelimit-limit").and_then(|value| parse_limit(value.to_str().ok()?));
        let host_ban = match status {
            420 => retry_after.or(errors.map(|(_, reset)| reset)).or(Some(ERROR_WINDOW)),
            503 => retry_after,
            _ => None,
        };
        Self {
            cost: cost(status),
            bucket: limit.zip(number("x-ratelimit-remaining")),
            errors,
            host_ban,
            group_ban: (status == 429).then(|| retry_after.unwrap_or(DEFAULT_BAN)),
        }
    }
}
