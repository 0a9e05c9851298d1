//! Every upstream under its own path prefix on one server, and the gate all requests pass: counting, outages and the
//! faults that any web server can have.

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
mod wanderer;

use crate::{counters::Kind, faults::Fault, world::World};
use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use futures::StreamExt;
use std::{io, sync::Arc, time::Duration};

/// What switches R2Z2's history files off and leaves the numbered ones on.
const HISTORY_OUTAGE: &str = "r2z2-history";

/// Between the last bytes of a connection that is to break and the break: the socket must be flushed before.
const BREAK_DELAY: Duration = Duration::from_millis(30);

/// A service that is imitated. Its name is its path prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Upstream {
    Wanderer,
    R2z2,
    EveKill,
    Esi,
    Janice,
    Mutamarket,
    EveRef,
    Images,
}

impl Upstream {
    pub const ALL: [Self; 8] = [
        Self::Wanderer,
        Self::R2z2,
        Self::EveKill,
        Self::Esi,
        Self::Janice,
        Self::Mutamarket,
        Self::EveRef,
        Self::Images,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Wanderer => "wanderer",
            Self::R2z2 => "r2z2",
            Self::EveKill => "evekill",
            Self::Esi => "esi",
            Self::Janice => "janice",
            Self::Mutamarket => "mutamarket",
            Self::EveRef => "everef",
            Self::Images => "images",
        }
    }
}

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
