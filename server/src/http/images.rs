//! Ship, portrait and logo images by way of our own origin: the page policy stays `img-src 'self'`, and the image
//! server sees one client. An image that is not to be had becomes a drawn placeholder, never a broken icon.
//!
//! Pictures are kept in memory as long as the image server allows, bounded by their bytes: anybody may ask for any of
//! them. Equal questions at the same time become one. What the image server does not have is remembered as missing;
//! that it could not be asked is not, and browsers are told to ask again.

use axum::{
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use cached::CacheMetrics;
use moka::{Expiry, future::Cache};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use upstream::{
    UpstreamError,
    images::{ImageClient, ImageKind, ImageSize},
};

/// All pictures in memory; about ten thousand of the usual sizes. New ones may pass it for a moment by some dozen,
/// until the cache has tidied up.
const CACHED_BYTES: u64 = 96 * 1024 * 1024;
/// What an entry weighs besides its picture.
const ENTRY_BYTES: u32 = 256;
/// A missing image is asked for again after this.
const MISSING_FOR: Duration = Duration::from_secs(300);

/// Key of an image.
type Key = (ImageKind, i64, ImageSize);

/// Fetches and keeps images.
pub struct ImageProxy {
    client: ImageClient,
    kept: Cache<Key, Kept>,
    hits: AtomicU64,
    misses: AtomicU64,
    evictions: Arc<AtomicU64>,
}

#[derive(Clone)]
enum Kept {
    Picture { content_type: &'static str, bytes: Bytes, since: Instant, max_age: Duration },
    Missing,
}

/// Each entry lives as long as its answer said.
struct Lifetimes;

impl Expiry<Key, Kept> for Lifetimes {
    fn expire_after_create(&self, _: &Key, kept: &Kept, _: Instant) -> Option<Duration> {
        Some(match kept {
            Kept::Picture { max_age, .. } => *max_age,
            Kept::Missing => MISSING_FOR,
        })
    }
}

impl ImageProxy {
    pub fn new(client: ImageClient) -> Self {
        Self::with_room(client, CACHED_BYTES)
    }

    fn with_room(client: ImageClient, bytes: u64) -> Self {
        let evictions = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&evictions);
        // What is asked for often stays: somebody who walks through all ids does not empty it.
        let kept = Cache::builder()
            .max_capacity(bytes)
            .weigher(|_, kept: &Kept| match kept {
                Kept::Picture { bytes, .. } => {
                    u32::try_from(bytes.len()).unwrap_or(u32::MAX).saturating_add(ENTRY_BYTES)
                }
                Kept::Missing => ENTRY_BYTES,
            })
            .expire_after(Lifetimes)
            .eviction_listener(move |_, _, cause| {
                counted.fetch_add(u64::from(cause.was_evicted()), Ordering::Relaxed);
            })
            .build();
        Self { client, kept, hits: AtomicU64::new(0), misses: AtomicU64::new(0), evictions }
    }

    pub fn client(&self) -> &ImageClient {
        &self.client
    }

    /// Counts of the pictures kept and of those known to be missing. Bounded by bytes, so there is no capacity.
    pub fn metrics(&self) -> CacheMetrics {
        metrics::gauge!(crate::meters::IMAGE_CACHE_BYTES).set(self.kept.weighted_size() as f64);
        let mut counts = CacheMetrics::default();
        counts.hits = Some(self.hits.load(Ordering::Relaxed));
        counts.misses = Some(self.misses.load(Ordering::Relaxed));
        counts.evictions = Some(self.evictions.load(Ordering::Relaxed));
        counts.entry_count = usize::try_from(self.kept.entry_count()).ok();
        counts
    }

    async fn get(&self, key: Key) -> Result<Kept, Arc<UpstreamError>> {
        let asked = self.kept.entry(key).or_try_insert_with(self.ask(key)).await;
        let is_hit = asked.as_ref().is_ok_and(|entry| !entry.is_fresh());
        let counter = if is_hit { &self.hits } else { &self.misses };
        counter.fetch_add(1, Ordering::Relaxed);
        asked.map(moka::Entry::into_value)
    }

    async fn ask(&self, (kind, id, size): Key) -> Result<Kept, UpstreamError> {
        match self.client.image(kind, id, size).await {
            Ok(image) => Ok(Kept::Picture {
                content_type: image.content_type,
                bytes: Bytes::from(image.bytes),
                since: Instant::now(),
                max_age: image.max_age,
            }),
            Err(UpstreamError::NotFound) => Ok(Kept::Missing),
            Err(error) => Err(error),
        }
    }

    async fn answer(&self, key: Key) -> Response {
        match self.get(key).await {
            Ok(Kept::Picture { content_type, bytes, since, max_age }) => {
                respond(content_type, bytes, &may_keep(max_age.saturating_sub(since.elapsed())))
            }
            Ok(Kept::Missing) => respond("image/svg+xml", placeholder(key.0).into(), &may_keep(MISSING_FOR)),
            Err(error) => {
                tracing::debug!(%error, kind = ?key.0, id = key.1, "the image server cannot be asked");
                respond("image/svg+xml", placeholder(key.0).into(), "no-store")
            }
        }
    }
}

/// `GET /images/{category}/{id}/{variation}?size=`
pub async fn serve(
    State(images): State<Arc<ImageProxy>>,
    Path((category, id, variation)): Path<(String, String, String)>,
    RawQuery(query): RawQuery,
) -> Response {
    let size = super::params::parameter(query.as_deref(), "size").map_or(Some(64), |size| size.parse().ok());
    let Some(id) = id.parse().ok().filter(|id| *id > 0) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let (Some(kind), Some(size)) = (ImageKind::parse(&category, &variation), size.and_then(ImageSize::new)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    images.answer((kind, id, size)).await
}

fn may_keep(time: Duration) -> String {
    format!("public, max-age={}", time.as_secs())
}

fn respond(content_type: &'static str, bytes: Bytes, cache: &str) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    if let Ok(cache) = HeaderValue::from_str(cache) {
        headers.insert(header::CACHE_CONTROL, cache);
    }
    response
}

/// A quiet silhouette: a hull, a head or a shield.
fn placeholder(kind: ImageKind) -> String {
    let shape = match kind.category() {
        "characters" => r##"<circle cx="32" cy="25" r="11"/><path d="M12 56c1-13 9-19 20-19s19 6 20 19z"/>"##,
        "corporations" | "alliances" => r##"<path d="M32 8l20 7v15c0 13-8 21-20 26C20 51 12 43 12 30V15z"/>"##,
        _ => r##"<path d="M32 6l7 20 15 14-4 5-11-3-3 14h-8l-3-14-11 3-4-5 15-14z"/>"##,
    };
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="#161e27"/><g fill="#3a4a59">{shape}</g></svg>"##
    )
}

#[cfg(test)]
#[path = "images_tests.rs"]
mod tests;
