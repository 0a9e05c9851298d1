use super::*;
use axum::{Router, body::to_bytes, extract::Path, routing::get};
use std::sync::Mutex;
use tokio::net::TcpListener;
use upstream::{HttpClient, HttpOptions};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
const PICTURE_BYTES: usize = 10_000;

/// An image server that answers with this status and counts what it is asked for.
struct ImageServer {
    status: Arc<Mutex<u16>>,
    asked: Arc<AtomicU64>,
    proxy: ImageProxy,
}

impl ImageServer {
    async fn start(room: u64) -> Self {
        let (status, asked) = (Arc::new(Mutex::new(200)), Arc::new(AtomicU64::new(0)));
        let (answer, count) = (Arc::clone(&status), Arc::clone(&asked));
        let route = get(move |Path(_): Path<i64>| async move {
            count.fetch_add(1, Ordering::SeqCst);
            let status = StatusCode::from_u16(*answer.lock().expect("a lock")).expect("a status");
            let headers = [("content-type", "image/png"), ("cache-control", "public, max-age=3600")];
            (status, headers, [PNG, &vec![0; PICTURE_BYTES]].concat()).into_response()
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address")).parse().expect("a URL");
        let router = Router::new().route("/types/{id}/icon", route);
        tokio::spawn(async move { axum::serve(listener, router).await });
        let http = HttpClient::new(HttpOptions::new("test@example.test", chrono::Utc::now)).expect("a client");
        Self { status, asked, proxy: ImageProxy::with_room(ImageClient::new(http, url), room) }
    }

    fn says(&self, status: u16) {
        *self.status.lock().expect("a lock") = status;
    }

    fn asked(&self) -> u64 {
        self.asked.load(Ordering::SeqCst)
    }

    /// Content type and cache control.
    async fn get(&self, id: i64) -> (String, String) {
        let response = self.proxy.answer((ImageKind::TypeIcon, id, ImageSize::MEDIUM)).await;
        let header = |name| response.headers()[name].to_str().expect("text").to_owned();
        let headers = (header("content-type"), header("cache-control"));
        assert!(!to_bytes(response.into_body(), 1 << 20).await.expect("a body").is_empty());
        headers
    }
}

#[tokio::test]
async fn memory_is_bounded_by_bytes() {
    let room = 10 * PICTURE_BYTES as u64;
    let server = ImageServer::start(room).await;
    for id in 1..=40 {
        assert_eq!(server.get(id).await.0, "image/png");
    }
    server.proxy.kept.run_pending_tasks().await;
    let bytes: usize = server
        .proxy
        .kept
        .iter()
        .map(|(_, kept)| if let Kept::Picture { bytes, .. } = kept { bytes.len() } else { 0 })
        .sum();
    assert!(bytes as u64 <= room && bytes > 0, "{bytes} bytes");
    assert!(server.proxy.metrics().evictions > Some(0));
}

#[tokio::test]
async fn equal_questions_become_one_and_answers_live_as_long_as_they_say() {
    let server = ImageServer::start(1 << 20).await;
    let answers = futures::future::join_all((0..20).map(|_| server.get(1))).await;
    assert_eq!(server.asked(), 1);
    for (content_type, cache) in answers {
        assert_eq!(content_type, "image/png");
        let age: u64 = cache.strip_prefix("public, max-age=").expect("may be kept").parse().expect("seconds");
        assert!((3_500..=3_600).contains(&age), "{cache}");
    }
    let counts = server.proxy.metrics();
    assert_eq!((counts.hits, counts.misses), (Some(19), Some(1)));
    let kept = server.proxy.get((ImageKind::TypeIcon, 1, ImageSize::MEDIUM)).await.expect("a picture");
    let lifetime = Lifetimes.expire_after_create(&(ImageKind::TypeIcon, 1, ImageSize::MEDIUM), &kept, Instant::now());
    assert_eq!(lifetime, Some(Duration::from_secs(3_600)));
}

#[tokio::test]
async fn only_what_is_missing_is_remembered_as_missing() {
    let server = ImageServer::start(1 << 20).await;
    let placeholder = |cache: &str| ("image/svg+xml".to_owned(), cache.to_owned());
    for trouble in [500, 429, 403] {
        let server = ImageServer::start(1 << 20).await;
        server.says(trouble);
        assert_eq!(server.get(1).await, placeholder("no-store"), "{trouble}");
        if trouble != 429 {
            server.says(200);
            assert_eq!(server.get(1).await.0, "image/png", "there again after {trouble}");
        }
    }
    server.says(404);
    for _ in 0..3 {
        assert_eq!(server.get(2).await, placeholder("public, max-age=300"));
    }
    assert_eq!(server.asked(), 1);
}
