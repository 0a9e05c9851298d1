//! HTTP: the router and the order of its layers. Handlers only parse, call a service and map the error.
//!
//! Layers from outside in: request id, trace, security headers, viewer, problem details, panic guard, compression, body
//! limit.

pub mod api;
pub mod docs;
pub mod health;
pub mod images;
pub mod openapi;
pub mod pages;
pub mod params;
pub mod problem;
mod ranked;
mod render;
mod request_id;
pub mod security;
pub mod state;
pub mod stream;
mod viewer;

use axum::{Router, middleware, routing::get};
use security::MAX_BODY_BYTES;
pub use state::AppState;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    limit::RequestBodyLimitLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    trace::TraceLayer,
};

/// The whole site.
pub fn router(state: AppState) -> Router {
    let api = Router::new()
        .merge(api::routes())
        .route("/stream", get(stream::websocket))
        .route("/stream/sse", get(stream::server_sent_events))
        .route("/openapi.json", get(docs::openapi));
    Router::new()
        .nest("/api/v1", api)
        .route("/api/docs", get(docs::page))
        .route("/api/{*rest}", get(problem::unknown_api_path).post(pages::server_function))
        .route("/api/fn/{*name}", get(pages::server_function).post(pages::server_function))
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .route("/images/{category}/{id}/{variation}", get(images::serve))
        .merge(pages::routes(&state))
        .layer(RequestBodyLimitLayer::new(MAX_BODY_BYTES))
        .layer(CompressionLayer::new())
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(middleware::from_fn(problem::complete))
        .layer(middleware::from_fn(viewer::recognise))
        .layer(middleware::from_fn(security::headers))
        .layer(TraceLayer::new_for_http().make_span_with(request_id::span).on_response(request_id::answered))
        .layer(PropagateRequestIdLayer::new(request_id::HEADER))
        .layer(SetRequestIdLayer::new(request_id::HEADER, MakeRequestUuid))
        .layer(middleware::map_request(request_id::forget))
        .with_state(state)
}
