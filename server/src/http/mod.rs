//! HTTP: the router and the order of its layers. Handlers only parse, call a service and map the error.
//!
//! Layers from outside in: request id, trace, panic guard, security headers, viewer, problem details, compression, body limit.

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
pub mod security;
pub mod stream;
mod viewer;

use crate::{
    lifecycle::Lifecycle,
    services::{Services, submit::Intake},
};
use axum::{Router, extract::FromRef, http::HeaderName, middleware, routing::get};
use domain::access::Policy;
use images::ImageProxy;
use leptos::config::LeptosOptions;
use metrics_exporter_prometheus::PrometheusHandle;
use std::sync::Arc;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    limit::RequestBodyLimitLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    trace::TraceLayer,
};

/// Largest request body; posted killmail links are far smaller.
const MAX_BODY_BYTES: usize = 256 * 1024;
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Shared by all handlers; cheap to clone.
#[derive(Clone, FromRef)]
pub struct AppState {
    pub services: Arc<Services>,
    pub intake: Arc<Intake>,
    pub options: LeptosOptions,
    pub images: Arc<ImageProxy>,
    pub lifecycle: Lifecycle,
    pub metrics: PrometheusHandle,
    pub access_policy: Policy,
    pub origin: security::Origin,
    /// Scheme and host of links in social cards.
    pub public_url: Arc<str>,
}

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
        .layer(middleware::from_fn(problem::complete))
        .layer(middleware::from_fn(viewer::recognise))
        .layer(middleware::from_fn(security::headers))
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(TraceLayer::new_for_http())
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
        .with_state(state)
}
