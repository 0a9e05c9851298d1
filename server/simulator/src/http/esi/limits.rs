//! ESI's two limiters: token buckets on routes that have one, an error count on the rest (upstreams.md 4.2); and the
//! faults that look like them or spoil an answer.

use super::{conduct::Conduct, route::Route};
use crate::{
    config::Limits,
    counters::Kind,
    faults::Fault,
    http::{broken_body, json},
    limiter::{BucketState, FixedWindow, TokenBucket},
    world::World,
};
use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::Response,
};
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

/// Larger than any of ESI's bodies.
const MOST_SPOILT: usize = 16 << 20;

#[derive(Debug)]
pub(super) struct Limiters {
    killmail: TokenBucket,
    status: TokenBucket,
    errors: FixedWindow,
    conduct: Conduct,
}

impl Limiters {
    pub fn new(limits: &Limits) -> Self {
        Self {
            killmail: TokenBucket::new(limits.esi_killmail_tokens, limits.esi_window),
            status: TokenBucket::new(limits.esi_status_tokens, limits.esi_window),
            errors: FixedWindow::new(limits.esi_errors, limits.esi_error_window),
            conduct: Conduct::default(),
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
    limiters.conduct.judge(&world, route, &request);
    let path = (request.method() == Method::GET).then(|| request.uri().path().to_owned());
    let mut response = match refused(&world, &limiters, route) {
        Some(response) => response,
        None => spoilt(&world, limited(&world, &limiters, route, request, next).await).await,
    };
    if let Some(path) = path {
        limiters.conduct.answered(&world, route, path, &mut response);
    }
    response
}

/// The faults that say "too many" although it is not true.
fn refused(world: &World, limiters: &Limiters, route: Route) -> Option<Response> {
    let wait = world.config.timing.retry_after.max(Duration::from_secs(1));
    let (status, banned, message) = if world.faults.strikes(Fault::Http429) {
        (StatusCode::TOO_MANY_REQUESTS, Some(route), r#"{"error":"Rate limit exceeded"}"#)
    } else if world.faults.strikes(Fault::Http420) {
        let status = StatusCode::from_u16(420).expect("420 is a possible status");
        (status, None, r#"{"error":"This software has exceeded the error limit for ESI."}"#)
    } else {
        return None;
    };
    let mut response = json(status, message);
    if banned.is_none() {
        error_headers(&mut response, BucketState { remaining: 0, retry_after: wait });
    }
    let is_told = !world.faults.strikes(Fault::NoRetryAfter);
    if is_told {
        set(&mut response, header::RETRY_AFTER, &wait.as_secs().to_string());
    }
    if is_told || banned.is_none() {
        limiters.conduct.ban(banned, Duration::from_secs(wait.as_secs()));
    }
    Some(response)
}

/// The faults that spoil what would have been the answer.
async fn spoilt(world: &World, response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let is_malformed = world.faults.strikes(Fault::EsiMalformed);
    let is_truncated = world.faults.strikes(Fault::EsiTruncated);
    let is_disconnected = world.faults.strikes(Fault::EsiDisconnect);
    if !parts.status.is_success() || !(is_malformed || is_truncated || is_disconnected) {
        return Response::from_parts(parts, body);
    }
    let text = to_bytes(body, MOST_SPOILT).await.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let text = text.unwrap_or_default();
    let half: String = text.chars().take(text.chars().count() / 2).collect();
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(
        parts,
        match (is_disconnected, is_truncated) {
            (true, _) => broken_body(String::new()),
            (false, true) => broken_body(half),
            (false, false) => Body::from(half),
        },
    )
}

async fn limited(world: &World, limiters: &Limiters, route: Route, request: Request, next: Next) -> Response {
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
