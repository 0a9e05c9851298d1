//! Where pages are rendered: one page on one thread, from its first to its last byte.
//!
//! A page is milliseconds of computing without a pause, and the threads of the server's runtime have feeds and sockets to
//! carry. So pages have threads of their own, and these only render: what pages ask for is found on the server's runtime
//! (`crate::backend`).
//!
//! One thread a page, because the reactive graph of a page is shared by tasks of the renderer. On several threads they
//! lost wake-ups, and a page was never finished: 12 of 100,000 with leptos 0.8.20 and reactive_graph 0.2.15, none of
//! 140,000 with 0.8.23 and 0.2.16, which mend it (leptos#4853; docs/PERFORMANCE.md). Still open upstream is a page that
//! goes round and round while several `Suspense` wait for the same resources by `.get()` (leptos#4578); pages here await
//! theirs.
//!
//! Bounds: [`AT_ONCE`] pages a thread are rendered at the same time; others wait for [`PATIENCE`] at most. A reader who
//! hangs up while waiting costs nothing; later, the rendering ends by itself.

use super::problem::{self, Problem};
use axum::{
    body::{self, Body},
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use contract::{ApiError, ErrorCode};
use std::{sync::Arc, time::Duration};
use tokio::{sync::Semaphore, time::timeout};
use tokio_util::task::LocalPoolHandle;
use tracing::{Instrument, Span};

/// Pages begun on one thread; most of their time they wait for the database.
const AT_ONCE: usize = 16;
/// How long a page may wait for its turn, and then how long it may take. Usual is a hundredth of a second.
const PATIENCE: Duration = Duration::from_secs(20);

/// The threads, one for each core. Cheap to clone; they end with the last clone.
#[derive(Clone)]
pub struct Renderer {
    threads: LocalPoolHandle,
    turns: Arc<Semaphore>,
}

impl Renderer {
    pub fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self { threads: LocalPoolHandle::new(cores), turns: Arc::new(Semaphore::new(cores * AT_ONCE)) }
    }
}

/// A middleware: the request's handler renders a page.
pub async fn on_one_thread(State(renderer): State<Renderer>, request: Request, next: Next) -> Response {
    let Ok(Ok(turn)) = timeout(PATIENCE, Arc::clone(&renderer.turns).acquire_owned()).await else {
        return busy();
    };
    let span = Span::current();
    let rendering = renderer.threads.spawn_pinned(move || {
        let page = async move {
            let _turn = turn;
            timeout(PATIENCE, complete(next.run(request))).await
        };
        page.instrument(span)
    });
    match rendering.await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => {
            tracing::error!("a page was not rendered within {} s", PATIENCE.as_secs());
            busy()
        }
        Err(error) => match error.try_into_panic() {
            Ok(panic) => problem::panicked(panic),
            Err(_) => busy(),
        },
    }
}

/// With the body in hand: its stream belongs to the page's reactive graph and must not be read on another thread.
async fn complete(response: impl Future<Output = Response>) -> Response {
    let (parts, stream) = response.await.into_parts();
    match body::to_bytes(stream, usize::MAX).await {
        Ok(bytes) => Response::from_parts(parts, Body::from(bytes)),
        Err(error) => {
            tracing::error!(%error, "a page broke off");
            busy()
        }
    }
}

fn busy() -> Response {
    Problem(ApiError::new(ErrorCode::Unavailable, "The server is busy. Try again in a moment.")).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{Router, middleware, routing::get};
    use futures::StreamExt;
    use std::thread;
    use tokio::sync::oneshot;
    use tower::util::ServiceExt;

    fn site(handler: impl axum::handler::Handler<((),), ()>) -> Router {
        Router::new().route("/", get(handler)).layer(middleware::from_fn_with_state(Renderer::new(), on_one_thread))
    }

    async fn ask(site: Router) -> (u16, String) {
        let response = site.oneshot(Request::new(Body::empty())).await.expect("an answer");
        let status = response.status().as_u16();
        let bytes = body::to_bytes(response.into_body(), usize::MAX).await.expect("a body");
        (status, String::from_utf8(bytes.to_vec()).expect("text"))
    }

    /// The handler, the tasks it spawns and its body: a page lost between threads was never finished.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn handler_tasks_and_body_are_on_one_thread() {
        let (status, threads) = ask(site(async || {
            let mut seen = vec![thread::current().id()];
            for _ in 0..20 {
                seen.push(tokio::spawn(async { thread::current().id() }).await.expect("a task"));
            }
            Body::from_stream(futures::stream::iter(seen).map(|one| {
                let is_same = one == thread::current().id();
                Ok::<_, std::convert::Infallible>(if is_same { "same " } else { "other " })
            }))
        }))
        .await;
        assert_eq!((status, threads), (200, "same ".repeat(21)));
    }

    #[tokio::test]
    async fn a_page_is_rendered_to_the_end_though_its_reader_has_hung_up() {
        let (started, has_started) = oneshot::channel();
        let (go, may_go) = oneshot::channel::<()>();
        let (ended, has_ended) = oneshot::channel();
        let hands = Arc::new(std::sync::Mutex::new(Some((started, may_go, ended))));
        let reader = tokio::spawn(ask(site(async move || {
            let (started, may_go, ended) = hands.lock().expect("no panic").take().expect("one request");
            started.send(()).expect("the test listens");
            may_go.await.expect("the test says go");
            ended.send(()).expect("the test listens");
        })));
        has_started.await.expect("the page begins");
        reader.abort();
        assert!(reader.await.expect_err("aborted").is_cancelled());
        go.send(()).expect("the page waits");
        has_ended.await.expect("the page went on");
    }

    #[tokio::test]
    async fn a_panic_is_an_answer() {
        async fn fails() {
            panic!("no such page")
        }
        let (status, text) = ask(site(fails)).await;
        assert_eq!(status, 500);
        assert!(!text.contains("no such page"), "{text}");
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_too_long_is_told_that_the_server_is_busy() {
        let renderer = Renderer::new();
        let all = renderer.turns.available_permits().try_into().expect("a few");
        let _others = Arc::clone(&renderer.turns).acquire_many_owned(all).await.expect("open");
        let site = Router::new()
            .route("/", get(async || "a page"))
            .layer(middleware::from_fn_with_state(renderer, on_one_thread));
        assert_eq!(ask(site).await.0, 503);
    }
}
