//! The only HTTP client builder of the product. Every call has a user agent with a contact, time limits, a limit on
//! the *decoded* body (so a compression bomb cannot fill memory), no redirects unless asked for, and metrics.
//! Does not retry and does not pace: see `discipline`.

mod exchange;
mod lifetime;

use crate::{Clock, UpstreamError};
use reqwest::{RequestBuilder, header::HeaderValue, redirect::Policy};
use serde::Serialize;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use url::Url;

pub(crate) use exchange::retry_after;
pub use exchange::{BodyStream, HttpResponse, Request};
pub(crate) use lifetime::lifetime;

/// Of a refusal's body no more is kept than this; it is only looked at to tell refusals apart.
const MAX_ERROR_BODY_BYTES: usize = 64 * 1024;

#[derive(Clone, Debug)]
pub struct HttpOptions {
    /// Who runs this instance: an address or URL, sent in the user agent as ESI and zKillboard ask for.
    pub contact: String,
    pub connect_timeout: Duration,
    /// Longest silence between two pieces of an answer.
    pub read_timeout: Duration,
    /// Longest duration of one whole exchange.
    pub total_timeout: Duration,
    /// Limit on the decoded body unless a request sets its own.
    pub max_body_bytes: usize,
    pub max_redirects: usize,
    pub clock: Clock,
}

impl HttpOptions {
    pub fn new(contact: impl Into<String>, clock: impl Into<Clock>) -> Self {
        Self {
            contact: contact.into(),
            connect_timeout: Duration::from_secs(5),
            read_timeout: Duration::from_secs(15),
            total_timeout: Duration::from_secs(30),
            // The largest ordinary answer is ESI's price list, about 2 MB.
            max_body_bytes: 16 * 1024 * 1024,
            max_redirects: 0,
            clock: clock.into(),
        }
    }
}

/// Cheap to clone; clones share connections.
#[derive(Clone, Debug)]
pub struct HttpClient {
    client: reqwest::Client,
    options: Arc<HttpOptions>,
}

impl HttpClient {
    /// # Errors
    /// When the contact cannot stand in a header, or the TLS library cannot start.
    pub fn new(options: HttpOptions) -> Result<Self, UpstreamError> {
        let client = builder(&options)?.read_timeout(options.read_timeout).gzip(true).brotli(true).build()?;
        Ok(Self { client, options: Arc::new(options) })
    }

    /// The clock this client was given.
    pub fn now(&self) -> domain::Timestamp {
        self.options.clock.now()
    }

    /// # Errors
    /// See [`HttpClient::send`].
    pub async fn get(&self, group: &'static str, url: Url) -> Result<HttpResponse, UpstreamError> {
        self.send(Request::get(group, url)).await
    }

    /// # Errors
    /// See [`HttpClient::send`].
    pub async fn post_json(
        &self,
        group: &'static str,
        url: Url,
        body: &impl Serialize,
    ) -> Result<HttpResponse, UpstreamError> {
        self.send(Request::post_json(group, url, body)?).await
    }

    /// Makes the request and reads the whole answer, whatever its status.
    ///
    /// # Errors
    /// When there is no complete answer within the limits of time and size.
    pub async fn send(&self, request: Request) -> Result<HttpResponse, UpstreamError> {
        let (labels, started) = ((request.group, request.route), Instant::now());
        let outcome = self.exchange(request).await;
        record(labels, started, outcome.as_ref().map(|response| response.status));
        outcome
    }

    /// Makes the request and hands over the body while it arrives.
    ///
    /// # Errors
    /// When there is no answer in time or its status is not 2xx.
    pub async fn stream(&self, request: Request) -> Result<BodyStream, UpstreamError> {
        let (labels, started) = ((request.group, request.route), Instant::now());
        let limit_bytes = request.max_body_bytes.unwrap_or(self.options.max_body_bytes);
        let outcome = self.start(request).await;
        record(labels, started, outcome.as_ref().map(|response| response.status().as_u16()));
        let response = outcome?;
        if !response.status().is_success() {
            let retry_after = retry_after(response.headers(), self.now());
            return Err(UpstreamError::from_status(response.status().as_u16(), retry_after));
        }
        Ok(BodyStream { response, read_bytes: 0, limit_bytes })
    }

    /// A client for endless event streams: same identity, but no total time limit and no compression (a
    /// compressed stream would hide its size), and `silence` as the longest time without a single byte.
    pub(crate) fn event_stream_client(&self, silence: Duration) -> Result<reqwest::Client, UpstreamError> {
        Ok(builder(&self.options)?.read_timeout(silence).gzip(false).brotli(false).build()?)
    }

    async fn start(&self, request: Request) -> Result<reqwest::Response, UpstreamError> {
        let mut builder: RequestBuilder = self
            .client
            .request(request.method, request.url)
            .headers(request.headers)
            .timeout(request.total_timeout.unwrap_or(self.options.total_timeout));
        if let Some(body) = request.body {
            builder = builder.body(body);
        }
        Ok(builder.send().await?)
    }

    async fn exchange(&self, request: Request) -> Result<HttpResponse, UpstreamError> {
        let limit_bytes = request.max_body_bytes.unwrap_or(self.options.max_body_bytes);
        let mut response = self.start(request).await?;
        let status = response.status();
        let too_large = || UpstreamError::BodyTooLarge { limit_bytes };
        let announced_too_large = response.content_length().is_some_and(|length| length > limit_bytes as u64);
        if status.is_success() && announced_too_large {
            return Err(too_large());
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if !status.is_success() && body.len() + chunk.len() > MAX_ERROR_BODY_BYTES {
                break;
            }
            if body.len() + chunk.len() > limit_bytes {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        let headers = std::mem::take(response.headers_mut());
        Ok(HttpResponse { status: status.as_u16(), headers, body, received_at: self.now() })
    }
}

/// Reads a base URL from configuration.
///
/// # Errors
/// When it is not an absolute http or https URL.
pub fn parse_base_url(text: &str) -> Result<Url, UpstreamError> {
    let url = Url::parse(text).map_err(|error| UpstreamError::invalid_request(error.to_string().to_lowercase()))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(UpstreamError::invalid_request("a base url starts with http:// or https://"));
    }
    Ok(url)
}

/// `base` with `path` (which starts with a slash) appended to its own path.
pub(crate) fn endpoint(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}{path}", base.path().trim_end_matches('/')));
    url.set_query(None);
    url.set_fragment(None);
    url
}

fn builder(options: &HttpOptions) -> Result<reqwest::ClientBuilder, UpstreamError> {
    let user_agent = format!("eve-pvp-tracker/{} ({})", env!("CARGO_PKG_VERSION"), options.contact);
    let user_agent = HeaderValue::from_str(&user_agent)
        .map_err(|_| UpstreamError::invalid_request("the contact cannot stand in a user agent"))?;
    let redirects = match options.max_redirects {
        0 => Policy::none(),
        limit => Policy::limited(limit),
    };
    Ok(reqwest::Client::builder()
        .user_agent(user_agent)
        .connect_timeout(options.connect_timeout)
        .redirect(redirects)
        .referer(false)
        .pool_idle_timeout(Duration::from_secs(60))
        .tcp_keepalive(Duration::from_secs(30)))
}

/// `labels`: the upstream and its route.
pub(crate) fn record(
    (host, route): (&'static str, &'static str),
    started: Instant,
    outcome: Result<u16, &UpstreamError>,
) {
    let status = outcome.map_or_else(|error| error.kind().to_owned(), |status| status.to_string());
    metrics::counter!(crate::meters::UPSTREAM_REQUESTS_TOTAL, "host" => host, "route" => route, "status" => status)
        .increment(1);
    metrics::histogram!(crate::meters::UPSTREAM_REQUEST_SECONDS, "host" => host, "route" => route)
        .record(started.elapsed().as_secs_f64());
}

#[cfg(test)]
#[path = "http_tests.rs"]
mod tests;
