//! Every upstream under its own path prefix on one server, and the gate all requests pass: counting, outages and the
//! faults that any web server can have.

mod answer;
mod control;
mod enriched;
mod esi;
mod evekill;
mod everef;
mod images;
mod janice;
mod mutamarket;
mod r2z2;
mod stream;
mod upstream;
mod wanderer;

pub(crate) use answer::{BREAK_DELAY, broken_body, json, to_json, user_agent};
pub(crate) use upstream::{HISTORY_OUTAGE, Upstream};

use crate::{counters::Kind, faults::Fault, world::World};
use axum::{
    Router,
    extract::{Request, State},
    http::{StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use std::sync::Arc;

pub(crate) fn router(world: &Arc<World>) -> Router {
    let gated = |upstream, router: Router<Arc<World>>| {
        let state = (Arc::clone(world), upstream);
        router.layer(middleware::from_fn_with_state(state, gate)).with_state(Arc::clone(world))
    };
    Router::new()
        .nest("/wanderer", gated(Upstream::Wanderer, wanderer::router()))
        .nest("/r2z2", gated(Upstream::R2z2, r2z2::router(world)))
        .nest("/evekill", gated(Upstream::EveKill, evekill::router()))
        .nest("/esi", gated(Upstream::Esi, esi::router(world)))
        .nest("/janice", gated(Upstream::Janice, janice::router(world)))
        .nest("/mutamarket", gated(Upstream::Mutamarket, mutamarket::router(world)))
        .nest("/everef", gated(Upstream::EveRef, everef::router()))
        .nest("/images", gated(Upstream::Images, images::router()))
        .nest("/simulator", control::router().with_state(Arc::clone(world)))
}

async fn gate(State((world, upstream)): State<(Arc<World>, Upstream)>, request: Request, next: Next) -> Response {
    world.tally.add(Kind::Request, upstream.name());
    let response = match trouble(&world, upstream).await {
        Some(response) => response,
        None => next.run(request).await,
    };
    world.tally.add(Kind::Response, format!("{} {}", upstream.name(), response.status().as_u16()));
    response
}

/// What goes wrong before the upstream even looks at the request.
async fn trouble(world: &World, upstream: Upstream) -> Option<Response> {
    if world.is_out(upstream.name()) {
        return Some((StatusCode::SERVICE_UNAVAILABLE, "upstream is switched off").into_response());
    }
    if world.faults.strikes(Fault::Slow) {
        tokio::select! {
            () = tokio::time::sleep(world.config.timing.slow) => {}
            () = world.stopping.cancelled() => {}
        }
    }
    if world.faults.strikes(Fault::Http5xx) {
        return Some((StatusCode::BAD_GATEWAY, "<html><body>502 Bad Gateway</body></html>").into_response());
    }
    // ESI's come from its own limiters, which know the route.
    if upstream != Upstream::Esi && world.faults.strikes(Fault::Http429) {
        let retry_after = [(header::RETRY_AFTER, world.config.timing.retry_after.as_secs().max(1).to_string())];
        return Some((StatusCode::TOO_MANY_REQUESTS, retry_after, "too many requests").into_response());
    }
    None
}
