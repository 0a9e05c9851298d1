//! The id of a request: made here, in its span and so in every log line of it, and in every error that a user sees.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName},
    response::Response,
};
use std::time::Duration;
use tracing::Span;

pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// A middleware: an id that came along is not believed. It could repeat another's, or write into the log.
pub async fn forget(mut request: Request) -> Request {
    request.headers_mut().remove(HEADER);
    request
}

pub fn of(headers: &HeaderMap) -> Option<&str> {
    headers.get(HEADER)?.to_str().ok()
}

/// What every log line of a request begins with.
pub fn span(request: &Request) -> Span {
    tracing::info_span!(
        "request",
        id = of(request.headers()).unwrap_or_default(),
        method = %request.method(),
        path = request.uri().path(),
    )
}

/// Logs what was refused, so that the id of a refusal is in the log too; failures are logged as such.
pub fn answered(response: &Response, latency: Duration, _: &Span) {
    let status = response.status();
    if status.is_client_error() {
        tracing::info!(status = status.as_u16(), milliseconds = latency.as_millis(), "refused");
    }
}
