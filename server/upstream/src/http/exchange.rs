//! What goes out and what comes back: one request, one whole answer, one answer read piece by piece.

use crate::UpstreamError;
use reqwest::{
    Method,
    header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER},
};
use serde::Serialize;
use std::time::Duration;
use url::Url;

/// A longer `Retry-After` is taken for a mistake of the other side.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(3600);

/// One request to be made.
#[derive(Clone, Debug)]
pub struct Request {
    pub(super) method: Method,
    pub(super) url: Url,
    /// Label of the metrics: `esi`, `r2z2` …
    pub(super) group: &'static str,
    /// Label of the metrics: the group's route, the group itself when it has only one.
    pub(super) route: &'static str,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Vec<u8>>,
    pub(super) max_body_bytes: Option<usize>,
    pub(super) total_timeout: Option<Duration>,
}

/// A complete answer of any status.
#[derive(Debug)]
pub struct HttpResponse {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    pub(super) received_at: domain::Timestamp,
}

/// An answer with status 2xx that is read piece by piece.
#[derive(Debug)]
pub struct BodyStream {
    pub(super) response: reqwest::Response,
    pub(super) read_bytes: usize,
    pub(super) limit_bytes: usize,
}

impl Request {
    pub fn get(group: &'static str, url: Url) -> Self {
        Self {
            method: Method::GET,
            url,
            group,
            route: group,
            headers: HeaderMap::new(),
            body: None,
            max_body_bytes: None,
            total_timeout: None,
        }
    }

    /// # Errors
    /// When `body` cannot be written as JSON.
    pub fn post_json(group: &'static str, url: Url, body: &impl Serialize) -> Result<Self, UpstreamError> {
        let body = serde_json::to_vec(body).map_err(|error| UpstreamError::invalid_request(error.to_string()))?;
        let mut request = Self { method: Method::POST, body: Some(body), ..Self::get(group, url) };
        request.headers.insert(reqwest::header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Ok(request)
    }

    pub fn post_text(group: &'static str, url: Url, body: String) -> Self {
        let mut request = Self { method: Method::POST, body: Some(body.into_bytes()), ..Self::get(group, url) };
        request.headers.insert(reqwest::header::CONTENT_TYPE, HeaderValue::from_static("text/plain"));
        request
    }

    /// A header whose value no log or debug output may show.
    ///
    /// # Errors
    /// When the value holds characters that a header cannot.
    pub fn secret_header(mut self, name: HeaderName, value: &str) -> Result<Self, UpstreamError> {
        let mut value = HeaderValue::from_str(value)
            .map_err(|_| UpstreamError::invalid_request(format!("not a value for the header {name}")))?;
        value.set_sensitive(true);
        self.headers.insert(name, value);
        Ok(self)
    }

    /// # Errors
    /// When the value holds characters that a header cannot.
    pub fn header(mut self, name: HeaderName, value: &str) -> Result<Self, UpstreamError> {
        let value = HeaderValue::from_str(value)
            .map_err(|_| UpstreamError::invalid_request(format!("not a value for the header {name}")))?;
        self.headers.insert(name, value);
        Ok(self)
    }

    #[must_use]
    pub fn route(mut self, route: &'static str) -> Self {
        self.route = route;
        self
    }

    #[must_use]
    pub fn max_body_bytes(mut self, limit: usize) -> Self {
        self.max_body_bytes = Some(limit);
        self
    }

    #[must_use]
    pub fn total_timeout(mut self, timeout: Duration) -> Self {
        self.total_timeout = Some(timeout);
        self
    }
}

impl HttpResponse {
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub fn retry_after(&self) -> Option<Duration> {
        retry_after(&self.headers, self.received_at)
    }

    /// # Errors
    /// The error that the status stands for, unless it is 2xx.
    pub fn into_success(self) -> Result<Self, UpstreamError> {
        if self.is_success() { Ok(self) } else { Err(UpstreamError::from_status(self.status, self.retry_after())) }
    }

    /// # Errors
    /// When the body is not UTF-8.
    pub fn into_text(self) -> Result<String, UpstreamError> {
        String::from_utf8(self.body).map_err(|_| UpstreamError::malformed("not UTF-8"))
    }
}

impl BodyStream {
    /// The next piece, `None` at the end. Dropping the future loses nothing.
    ///
    /// # Errors
    /// When the connection breaks, is silent for too long, or the body passes its limit.
    pub async fn chunk(&mut self) -> Result<Option<impl AsRef<[u8]> + use<>>, UpstreamError> {
        let chunk = self.response.chunk().await?;
        if let Some(chunk) = &chunk {
            self.read_bytes = self.read_bytes.saturating_add(chunk.len());
            if self.read_bytes > self.limit_bytes {
                return Err(UpstreamError::BodyTooLarge { limit_bytes: self.limit_bytes });
            }
        }
        Ok(chunk)
    }
}

/// Seconds, or a date.
pub(crate) fn retry_after(headers: &HeaderMap, now: domain::Timestamp) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = match text.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => (chrono::DateTime::parse_from_rfc2822(text).ok()?.to_utc() - now).to_std().unwrap_or_default(),
    };
    Some(wait.min(MAX_RETRY_AFTER))
}
