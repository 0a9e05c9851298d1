//! One call to ESI: its route, the headers that every call has, what can fail.

use crate::{
    UpstreamError,
    discipline::Discipline,
    http::{HttpResponse, Request, endpoint},
    rate::RateKey,
};
use reqwest::header::{HeaderName, IF_NONE_MATCH};
use serde::de::DeserializeOwned;
use std::{sync::Arc, time::Duration};
use url::Url;

const COMPATIBILITY_HEADER: HeaderName = HeaderName::from_static("x-compatibility-date");

/// A call to ESI that failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EsiError {
    /// ESI says that id and hash do not belong together (422). Permanent, though ESI was once seen to say so under
    /// load: a second try a day later is worth it, a quick one is not.
    #[error("the killmail id and hash do not belong together")]
    WrongPair,
    #[error(transparent)]
    Upstream(#[from] UpstreamError),
}

impl EsiError {
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Upstream(error) if error.is_retryable())
    }

    /// Whether the next call would fare the same for now, whatever it asks for.
    pub fn is_general(&self) -> bool {
        matches!(self, Self::Upstream(UpstreamError::RateLimited { .. } | UpstreamError::CircuitOpen { .. }))
    }

    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::WrongPair => None,
            Self::Upstream(error) => error.retry_after(),
        }
    }
}

/// Makes single calls.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) discipline: Discipline,
    pub(super) base_url: Url,
    pub(super) compatibility_date: Arc<str>,
}

/// A route of ESI.
#[derive(Clone, Copy, Debug)]
pub(super) struct Route {
    /// Label of metrics.
    pub(super) name: &'static str,
    /// Rate group, `default` for the routes without a bucket.
    pub(super) group: &'static str,
    /// How long an answer is good that does not say so itself (upstreams.md 4.3).
    pub(super) lifetime: Duration,
}

impl Route {
    pub(super) const fn new(name: &'static str, group: &'static str, lifetime_seconds: u64) -> Self {
        Self { name, group, lifetime: Duration::from_secs(lifetime_seconds) }
    }
}

impl Caller {
    pub(super) async fn get(
        &self,
        route: Route,
        path: &str,
        etag: Option<&str>,
    ) -> Result<HttpResponse, UpstreamError> {
        let mut request = Request::get("esi", endpoint(&self.base_url, path));
        if let Some(etag) = etag {
            request = request.header(IF_NONE_MATCH, etag)?;
        }
        self.send(route, request).await
    }

    pub(super) async fn post(&self, route: Route, path: &str, ids: &[i64]) -> Result<HttpResponse, UpstreamError> {
        self.send(route, Request::post_json("esi", endpoint(&self.base_url, path), &ids)?).await
    }

    pub(super) async fn send(&self, route: Route, request: Request) -> Result<HttpResponse, UpstreamError> {
        let request = request.route(route.name).header(COMPATIBILITY_HEADER, &self.compatibility_date)?;
        self.discipline.send(RateKey::public(route.group), request).await
    }
}

pub(super) fn decode<T: DeserializeOwned>(response: &HttpResponse) -> Result<T, UpstreamError> {
    decode_bytes(&response.body)
}

pub(super) fn decode_bytes<T: DeserializeOwned>(body: &[u8]) -> Result<T, UpstreamError> {
    serde_json::from_slice(body).map_err(|error| UpstreamError::malformed(format!("esi: {error}")))
}
