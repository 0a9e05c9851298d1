//! The live stream as WebSocket and as server-sent events.

pub mod session;
pub mod sse;

use super::{AppState, problem::Problem, security::Origin};
use crate::{
    lifecycle::Lifecycle,
    services::{Services, asked::Asked},
};
use axum::{
    extract::{RawQuery, State, WebSocketUpgrade},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use contract::{ApiError, ErrorCode};
use domain::KillFilter;
use std::sync::Arc;
use tracing::{Instrument, Span};

/// `GET /api/v1/stream`
pub async fn websocket(
    State(state): State<AppState>,
    asked: Asked,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Problem> {
    let origin: &Origin = &state.origin;
    if !origin.allows(&headers) {
        return Err(ApiError::new(ErrorCode::Forbidden, "Streams are for this site's own pages.").into());
    }
    asked.may_follow()?;
    let services = Arc::clone(&state.services);
    let stop = state.lifecycle.stop_token();
    let span = Span::current();
    Ok(upgrade
        .max_message_size(session::MAX_CLIENT_MESSAGE_BYTES)
        .max_frame_size(session::MAX_CLIENT_MESSAGE_BYTES)
        .on_upgrade(move |socket| session::serve(socket, services, asked, stop).instrument(span)))
}

/// `GET /api/v1/stream/sse?<filter>`
pub async fn server_sent_events(
    State(services): State<Arc<Services>>,
    asked: Asked,
    State(lifecycle): State<Lifecycle>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    asked.may_follow()?;
    let filter = KillFilter::from_query(query.as_deref().unwrap_or_default(), &[])?;
    let last_event_id = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    Ok(sse::open(services, asked, filter, last_event_id, lifecycle.stop_token()).await?.into_response())
}
