//! ESI's two limiters: token buckets on routes that have one, an error count on the rest (upstreams.md 4.2).

use crate::{
    config::Limits,
    counters::Kind,
    http::json,
    limiter::{BucketState, FixedWindow, TokenBucket},
    world::World,
};
use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::Response,
};
use std::sync::Arc;
use tokio::time::Instant;

#[derive(Debug)]
pub(super) struct Limiters {
    killmail: TokenBucket,
    status: TokenBucket,
    errors: FixedWindow,
}

/// Which limiter a route is under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    Killmail,
    Status,
    ErrorLimited,
}

impl Limiters {
    pub fn new(limits: &Limits) -> Self {
        Self {
            killmail: TokenBucket::new(limits.esi_killmail_tokens, limits.esi_window),
            status: TokenBucket::new(limits.esi_status_tokens, limits.esi_window),
            errors: FixedWindow::new(limits.esi_errors, limits.esi_error_window),
        }
    }

    fn bucket(&self, route: Route) -> Option<(&'static str, &TokenBucket)> {
        match route {
            Route::Killmail => Some(("killmail", &self.killmail)),
            Route::Status => Some(("status", &self.status)),
            Route::ErrorLimited => None,
        }
    }
}

/// What an answer costs.
fn cost(status: StatusCode) -> u32 {
    match status.as_u16() {
        200..300 => 2,
        300..400 => 1,
        429 => 0,
        400..500 => 5,
        _ => 0,
    }
}

pub(super) async fn enforce(
    State((world, limiters, route)): State<(Arc<World>, Arc<Limiters>, Route)>,
    request: Request,
    next: Next,
) -> Response {
    let now = Instant::now();
    let errors = limiters.errors.count(now, 0);
    if errors.remaining == 0 {
        world.tally.add(Kind::Violation, "esi error_limit");
        let status = StatusCode::from_u16(420).expect("420 is a possible status");
        let mut response = json(status, r#"{"error":"This software has exceeded the error limit for ESI."}"#);
        error_headers(&mut response, errors);
        return response;
    }
    let Some((group, bucket)) = limiters.bucket(route) else {
        let mut response = next.run(request).await;
        let failed = response.status().is_client_error() || response.status().is_server_error();
        error_headers(&mut response, limiters.errors.count(now, u32::from(failed)));
        return response;
    };
    let state = bucket.state(now);
    let mut response = if state.remaining == 0 {
        world.tally.add(Kind::Violation, format!("esi {group}_tokens"));
        let mut response = json(StatusCode::TOO_MANY_REQUESTS, r#"{"error":"Rate limit exceeded"}"#);
        set(&mut response, header::RETRY_AFTER, &state.retry_after.as_secs().max(1).to_string());
        response
    } else {
        next.run(request).await
    };
    let cost = cost(response.status());
    bucket.spend(now, cost);
    set(&mut response, HeaderName::from_static("x-ratelimit-group"), group);
    set(&mut response, HeaderName::from_static("x-ratelimit-limit"), &bucket.describe());
    set(&mut response, HeaderName::from_static("x-ratelimit-remaining"), &bucket.state(now).remaining.to_string());
    set(&mut response, HeaderName::from_static("x-ratelimit-used"), &cost.to_string());
    response
}

fn error_headers(response: &mut Response, state: BucketState) {
    set(response, HeaderName::from_static("x-esi-error-limit-remain"), &state.remaining.to_string());
    let reset = state.retry_after.as_secs().max(1).to_string();
    set(response, HeaderName::from_static("x-esi-error-limit-reset"), &reset);
}

fn set(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}
