//! Bounds of requests, headers that keep a page to itself, and the check that a WebSocket comes from our own pages.

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderValue, Response, header},
    middleware::Next,
};

/// Largest request body; posted killmail links are far smaller.
pub const MAX_BODY_BYTES: usize = 256 * 1024;

/// Policy of responses that are not pages (pages set their own with a nonce).
const STRICT_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// The policy of a page: scripts only with the nonce, everything from our own origin. `wasm-unsafe-eval` lets the
/// browser compile our module and nothing else.
pub fn page_policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'self' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'"
    )
}

/// Adds the headers that every response carries.
pub async fn headers(request: Request, next: Next) -> Response<Body> {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut set = |name, value| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, STRICT_POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "strict-origin-when-cross-origin");
    set(header::X_FRAME_OPTIONS, "DENY");
    set(header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(header::HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()");
    response
}

/// Where our pages come from, as configured.
#[derive(Clone, Debug)]
pub struct Origin(String);

impl Origin {
    /// From `PUBLIC_URL`.
    pub fn new(public_url: &str) -> Self {
        let origin = url::Url::parse(public_url).map(|url| url.origin().ascii_serialization());
        Self(origin.unwrap_or_else(|_| public_url.to_owned()))
    }

    /// Whether a browser page may open a stream. Programs send no `Origin` and may; a page must be ours: from the
    /// configured origin or from the very host the request went to.
    pub fn allows(&self, headers: &HeaderMap) -> bool {
        let Some(origin) = headers.get(header::ORIGIN) else { return true };
        let Ok(origin) = origin.to_str() else { return false };
        if origin == self.0 {
            return true;
        }
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        host.is_some_and(|host| origin.split_once("://").is_some_and(|(_, from)| from == host))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_pages_and_programs_open_streams() {
        let origin = Origin::new("https://kills.example/");
        let headers = |pairs: &[(header::HeaderName, &str)]| -> HeaderMap {
            pairs
                .iter()
                .map(|(name, value)| (name.clone(), HeaderValue::from_str(value).expect("a header value")))
                .collect()
        };
        assert!(origin.allows(&HeaderMap::new()));
        assert!(origin.allows(&headers(&[(header::ORIGIN, "https://kills.example")])));
        assert!(
            origin.allows(&headers(&[(header::ORIGIN, "http://127.0.0.1:3000"), (header::HOST, "127.0.0.1:3000")]))
        );
        assert!(!origin.allows(&headers(&[(header::ORIGIN, "https://evil.example"), (header::HOST, "kills.example")])));
        assert!(!origin.allows(&headers(&[(header::ORIGIN, "null"), (header::HOST, "kills.example")])));
    }
}
