//! What handlers share.

use super::{images::ImageProxy, security::Origin};
use crate::{
    lifecycle::Lifecycle,
    services::{Services, submit::Intake},
};
use axum::extract::FromRef;
use domain::access::Policy;
use leptos::config::LeptosOptions;
use metrics_exporter_prometheus::PrometheusHandle;
use std::sync::Arc;

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
    pub origin: Origin,
    /// Scheme and host of links in social cards.
    pub public_url: Arc<str>,
}
