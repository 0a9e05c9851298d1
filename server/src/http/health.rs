//! Liveness, readiness and metrics.

use crate::{lifecycle::Lifecycle, services::Services};
use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use contract::FeedStatus;
use metrics_exporter_prometheus::PrometheusHandle;
use serde::Serialize;
use std::sync::Arc;

/// The process runs.
pub async fn live() -> &'static str {
    "ok"
}

#[derive(Debug, Serialize)]
struct Readiness {
    ready: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<String>,
    feed: FeedStatus,
}

/// Whether the server should get traffic: database up, every critical task at work, not draining. The feed's state is told beside it.
pub async fn ready(State(services): State<Arc<Services>>, State(lifecycle): State<Lifecycle>) -> impl IntoResponse {
    let mut reasons = services.unready_reasons().await;
    reasons.extend(lifecycle.accidents());
    if lifecycle.is_stopping() {
        reasons.push("stopping".to_owned());
    }
    let status = if reasons.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(Readiness { ready: reasons.is_empty(), reasons, feed: services.feed_status() }))
}

/// Prometheus text format.
pub async fn metrics(State(services): State<Arc<Services>>, State(handle): State<PrometheusHandle>) -> String {
    for queue in services.node().gauges().queue_depths() {
        metrics::gauge!(crate::meters::QUEUE_DEPTH, "queue" => queue.name.clone()).set(queue.depth as f64);
        metrics::gauge!(crate::meters::QUEUE_CAPACITY, "queue" => queue.name).set(queue.capacity as f64);
    }
    services.node().gauges().publish_caches();
    let feed = services.feed_status();
    metrics::gauge!(crate::meters::FEED_LAG_SECONDS_MEDIAN).set(feed.lag_ms.map_or(f64::NAN, |ms| ms as f64 / 1000.0));
    for state in &feed.feeds {
        metrics::gauge!(crate::meters::FEED_ACTIVE, "feed" => state.source.as_str())
            .set(f64::from(u8::from(state.is_active)));
    }
    if let Some(bytes) = resident_bytes() {
        metrics::gauge!(crate::meters::PROCESS_RESIDENT_MEMORY_BYTES).set(bytes);
    }
    handle.run_upkeep();
    handle.render()
}

/// Resident memory by the kernel's account (`/proc/self/statm`, second field, in pages of 4 KiB).
fn resident_bytes() -> Option<f64> {
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: f64 = statm.split(' ').nth(1)?.parse().ok()?;
    Some(pages * 4_096.0)
}
