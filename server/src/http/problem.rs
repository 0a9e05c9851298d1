//! The one place where errors become HTTP: `application/problem+json` (RFC 9457) with a request id.

use super::request_id;
use axum::{
    body::Body,
    extract::Request,
    http::{HeaderValue, Response, StatusCode, header},
    middleware::Next,
    response::IntoResponse,
};
use contract::{ApiError, ErrorCode, FieldProblem};
use serde::Serialize;
use std::any::Any;

/// An error on its way out of a handler; [`complete`] writes the body.
#[derive(Clone, Debug)]
pub struct Problem(pub ApiError);

impl From<ApiError> for Problem {
    fn from(error: ApiError) -> Self {
        Self(error)
    }
}

impl From<domain::FilterError> for Problem {
    fn from(error: domain::FilterError) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response<Body> {
        let status = StatusCode::from_u16(self.0.code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// RFC 9457 with our additions `code`, `problems` and `request_id`.
#[derive(Debug, Serialize)]
struct Document<'a> {
    r#type: &'static str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    code: &'static str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    problems: &'a [FieldProblem],
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
}

/// Writes the problem document of a failed handler, with the request's id.
pub async fn complete(request: Request, next: Next) -> Response<Body> {
    let request_id = request_id::of(request.headers()).map(str::to_owned);
    let is_api = request.uri().path().starts_with("/api/");
    let response = next.run(request).await;
    if let Some(Problem(error)) = response.extensions().get::<Problem>().cloned() {
        return document(&error, request_id.as_deref());
    }
    // Refusals by axum itself (wrong method, body too large, bad path) on API paths, in the same form.
    let status = response.status();
    let is_plain =
        response.headers().get(header::CONTENT_TYPE).is_none_or(|kind| !kind.as_bytes().starts_with(b"application/"));
    if is_api && status.is_client_error() && is_plain && status != StatusCode::UPGRADE_REQUIRED {
        let code = match status {
            StatusCode::NOT_FOUND => ErrorCode::NotFound,
            StatusCode::UNAUTHORIZED => ErrorCode::Unauthenticated,
            StatusCode::FORBIDDEN => ErrorCode::Forbidden,
            StatusCode::PAYLOAD_TOO_LARGE => ErrorCode::TooLarge,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => ErrorCode::UnsupportedKind,
            StatusCode::TOO_MANY_REQUESTS => ErrorCode::TooMany,
            _ => ErrorCode::Invalid,
        };
        let error = ApiError::new(code, status.canonical_reason().unwrap_or("The request was refused."));
        let mut problem = document(&error, request_id.as_deref());
        *problem.status_mut() = status;
        return problem;
    }
    response
}

fn document(error: &ApiError, request_id: Option<&str>) -> Response<Body> {
    let status = StatusCode::from_u16(error.code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let document = Document {
        r#type: "about:blank",
        title: status.canonical_reason().unwrap_or("Error"),
        status: status.as_u16(),
        detail: &error.message,
        code: error.code.as_str(),
        problems: &error.problems,
        request_id,
    };
    let body = serde_json::to_vec(&document).expect("a problem document has string keys only");
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if let Some(seconds) = retry_after(error.code) {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static(seconds));
    }
    response
}

/// Seconds until it is worth to ask again, for those who ask by programme.
fn retry_after(code: ErrorCode) -> Option<&'static str> {
    match code {
        ErrorCode::TooMany => Some("60"),
        ErrorCode::Unavailable => Some("5"),
        _ => None,
    }
}

/// Any path below `/api` that does not exist.
pub async fn unknown_api_path() -> Problem {
    Problem(ApiError::new(ErrorCode::NotFound, "There is no such API path; see /api/docs."))
}

/// A panic in a handler: logged here, told to the client without details.
#[expect(clippy::needless_pass_by_value, reason = "the signature is tower-http's")]
pub fn panicked(panic: Box<dyn Any + Send>) -> Response<Body> {
    let text = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    tracing::error!(panic = text, "a handler panicked");
    Problem(ApiError::new(ErrorCode::Internal, "Something went wrong on the server. Try again in a moment."))
        .into_response()
}
