//! How ESI says that something is wrong.

use crate::http::json;
use axum::{http::StatusCode, response::Response};
use serde_json::json;

/// ESI's error body.
pub(super) fn error(status: StatusCode, message: &str) -> Response {
    json(status, json!({"error": message}).to_string())
}
