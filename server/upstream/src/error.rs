//! The ways in which another system can let us down, and which of them are worth another try.
//! Messages carry no bodies, headers or URLs, because those may hold secrets and end up in logs and status pages.

use std::{error::Error as _, io, time::Duration};

/// A call to another system that did not give an answer to work with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UpstreamError {
    #[error("the upstream did not answer in time")]
    Timeout,
    #[error("no connection: {reason}")]
    Connect { reason: String },
    /// The connection ended in the middle, or the stream was closed by the other side.
    #[error("the upstream closed the connection")]
    Closed,
    /// An HTTP status that no other variant stands for.
    #[error("the upstream answered with status {status}")]
    Status { status: u16, retry_after: Option<Duration> },
    /// 420 or 429, or our own pacing found that the wait would be longer than the caller allows.
    #[error("the upstream asks for fewer requests")]
    RateLimited { retry_after: Option<Duration> },
    /// Not sent: the upstream failed so often that it is left alone for a while.
    #[error("the upstream is down; it is asked again in {} s", retry_after.as_secs())]
    CircuitOpen { retry_after: Duration },
    /// 401 or 403.
    #[error("the upstream refused the request")]
    Refused,
    #[error("the upstream has no such thing")]
    NotFound,
    #[error("the answer is larger than {limit_bytes} bytes")]
    BodyTooLarge { limit_bytes: usize },
    #[error("the answer cannot be understood: {reason}")]
    Malformed { reason: String },
    /// Our side asked for something impossible (a bad URL or header); trying again cannot help.
    #[error("the request cannot be made: {reason}")]
    InvalidRequest { reason: String },
}

impl UpstreamError {
    pub(crate) fn malformed(reason: impl Into<String>) -> Self {
        Self::Malformed { reason: reason.into() }
    }

    pub(crate) fn invalid_request(reason: impl Into<String>) -> Self {
        Self::InvalidRequest { reason: reason.into() }
    }

    /// Maps a status outside 2xx.
    pub fn from_status(status: u16, retry_after: Option<Duration>) -> Self {
        match status {
            401 | 403 => Self::Refused,
            404 => Self::NotFound,
            420 | 429 => Self::RateLimited { retry_after },
            _ => Self::Status { status, retry_after },
        }
    }

    /// Whether the same request may succeed later without anybody changing something.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Timeout
            | Self::Connect { .. }
            | Self::Closed
            | Self::RateLimited { .. }
            | Self::CircuitOpen { .. } => true,
            Self::Status { status, .. } => *status >= 500 || *status == 408,
            Self::Refused
            | Self::NotFound
            | Self::BodyTooLarge { .. }
            | Self::Malformed { .. }
            | Self::InvalidRequest { .. } => false,
        }
    }

    /// The wait the upstream asked for.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } | Self::RateLimited { retry_after } => *retry_after,
            Self::CircuitOpen { retry_after } => Some(*retry_after),
            _ => None,
        }
    }

    /// Whether it says that the host itself is in trouble, rather than our request or our pace.
    pub fn is_outage(&self) -> bool {
        match self {
            Self::Timeout | Self::Connect { .. } | Self::Closed => true,
            Self::Status { status, .. } => *status >= 500,
            _ => false,
        }
    }

    /// A short word for metrics and logs; of a small fixed set.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Connect { .. } => "connect",
            Self::Closed => "closed",
            Self::Status { .. } => "status",
            Self::RateLimited { .. } => "rate_limited",
            Self::CircuitOpen { .. } => "circuit_open",
            Self::Refused => "refused",
            Self::NotFound => "not_found",
            Self::BodyTooLarge { .. } => "too_large",
            Self::Malformed { .. } => "malformed",
            Self::InvalidRequest { .. } => "invalid_request",
        }
    }
}

impl From<reqwest::Error> for UpstreamError {
    fn from(error: reqwest::Error) -> Self {
        if error.is_timeout() {
            return Self::Timeout;
        }
        if error.is_connect() {
            return Self::Connect { reason: root_cause(&error) };
        }
        if error.is_builder() {
            return Self::invalid_request(root_cause(&error));
        }
        if has_broken_compression(&error) {
            return Self::malformed("the body's compression is broken");
        }
        Self::Closed
    }
}

/// reqwest calls every failure while reading a body a decoding error; only the decompressor reports bad data.
fn has_broken_compression(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        let kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
        if matches!(kind, Some(io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput)) {
            return true;
        }
        cause = error.source();
    }
    false
}

/// The innermost message; the outer ones of reqwest name the URL.
fn root_cause(error: &reqwest::Error) -> String {
    let mut cause = error.source();
    while let Some(inner) = cause.and_then(std::error::Error::source) {
        cause = Some(inner);
    }
    cause.map_or_else(|| "unknown cause".to_owned(), |cause| cause.to_string().to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_map_to_what_callers_decide_on() {
        let wait = Some(Duration::from_secs(3));
        for (status, expected, retryable) in [
            (403, UpstreamError::Refused, false),
            (404, UpstreamError::NotFound, false),
            (420, UpstreamError::RateLimited { retry_after: wait }, true),
            (429, UpstreamError::RateLimited { retry_after: wait }, true),
            (422, UpstreamError::Status { status: 422, retry_after: wait }, false),
            (503, UpstreamError::Status { status: 503, retry_after: wait }, true),
        ] {
            let error = UpstreamError::from_status(status, wait);
            assert_eq!(error, expected);
            assert_eq!(error.is_retryable(), retryable, "{status}");
        }
        assert_eq!(UpstreamError::from_status(429, wait).retry_after(), wait);
    }
}
