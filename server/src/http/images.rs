//! Ship, portrait and logo images by way of our own origin: the page policy stays `img-src 'self'`, and the image
//! server sees one client. An image that is not to be had becomes a drawn placeholder, never a broken icon.

use super::AppState;
use axum::{
    extract::{Path, RawQuery, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use cached::{CacheMetrics, ShardedLruTtlCache};
use std::{sync::Arc, time::Duration};
use upstream::images::{Image, ImageClient, ImageKind, ImageSize};

/// Images in memory; at the usual sizes about 10 kB each.
const CACHED_IMAGES: usize = 4_000;
const CACHE_FOR: Duration = Duration::from_secs(24 * 3_600);
/// A missing image is asked for again after this.
const MISSING_FOR: Duration = Duration::from_secs(300);

/// Key of an image: kind, id, size.
type Key = (ImageKind, i64, u16);

/// Fetches and keeps images.
pub struct ImageProxy {
    client: ImageClient,
    found: ShardedLruTtlCache<Key, Arc<Image>>,
    missing: ShardedLruTtlCache<Key, ()>,
}

impl ImageProxy {
    pub fn new(client: ImageClient) -> Self {
        let found = ShardedLruTtlCache::builder().max_size(CACHED_IMAGES).ttl(CACHE_FOR).build();
        let missing = ShardedLruTtlCache::builder().max_size(CACHED_IMAGES).ttl(MISSING_FOR).build();
        Self {
            client,
            found: found.expect("size and time are above zero"),
            missing: missing.expect("size and time are above zero"),
        }
    }

    pub fn client(&self) -> &ImageClient {
        &self.client
    }

    /// Counts of the pictures kept, and of those known to be missing.
    pub fn metrics(&self) -> [CacheMetrics; 2] {
        [self.found.metrics(), self.missing.metrics()]
    }

    async fn get(&self, key: Key) -> Option<Arc<Image>> {
        if let Some(image) = self.found.get(&key) {
            return Some(image);
        }
        if self.missing.get(&key).is_some() {
            return None;
        }
        let (kind, id, size) = key;
        let size = ImageSize::new(size)?;
        match self.client.image(kind, id, size).await {
            Ok(image) => {
                let image = Arc::new(image);
                self.found.set(key, Arc::clone(&image));
                Some(image)
            }
            Err(error) => {
                tracing::debug!(%error, ?kind, id, "image not to be had");
                self.missing.set(key, ());
                None
            }
        }
    }
}

/// `GET /images/{category}/{id}/{variation}?size=`
pub async fn serve(
    State(state): State<AppState>,
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
    match state.images.get((kind, id, size.pixels())).await {
        Some(image) => image_response(image.content_type, image.bytes.clone(), "public, max-age=86400"),
        None => image_response("image/svg+xml", placeholder(&category).into_bytes(), "public, max-age=300"),
    }
}

fn image_response(content_type: &str, bytes: Vec<u8>, cache: &'static str) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    if let Ok(kind) = HeaderValue::from_str(content_type) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    response
}

/// A quiet silhouette: a hull, a head or a shield.
fn placeholder(category: &str) -> String {
    let shape = match category {
        "characters" => r##"<circle cx="32" cy="25" r="11"/><path d="M12 56c1-13 9-19 20-19s19 6 20 19z"/>"##,
        "corporations" | "alliances" => r##"<path d="M32 8l20 7v15c0 13-8 21-20 26C20 51 12 43 12 30V15z"/>"##,
        _ => r##"<path d="M32 6l7 20 15 14-4 5-11-3-3 14h-8l-3-14-11 3-4-5 15-14z"/>"##,
    };
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="#161e27"/><g fill="#3a4a59">{shape}</g></svg>"##
    )
}
