//! Pieces of answers that every imitated service gives, and of requests that each reads.

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::StreamExt;
use std::{io, time::Duration};

/// Between the last bytes of a connection that is to break and the break: the socket must be flushed before.
pub(crate) const BREAK_DELAY: Duration = Duration::from_millis(30);

/// A JSON body that is already text.
pub(crate) fn json(status: StatusCode, body: impl Into<Body>) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body.into()).into_response()
}

/// A body that ends in the middle: the client gets the text and then a broken connection.
pub(crate) fn broken_body(text: String) -> Body {
    let start = futures::stream::once(std::future::ready(Ok(Bytes::from(text))));
    let end = futures::stream::once(async {
        tokio::time::sleep(BREAK_DELAY).await;
        Err(io::Error::other("the simulator breaks the connection"))
    });
    Body::from_stream(start.chain(end))
}

/// Serialises a value whose JSON form cannot fail.
pub(crate) fn to_json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("a value of maps with string keys, lists and numbers has a JSON form")
}

/// The caller's User-Agent, empty when there is none.
pub(crate) fn user_agent(headers: &HeaderMap) -> &str {
    headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).map_or("", str::trim)
}
