//! CCP's static data export: which build is the newest, and its archive. Does not read the archive; the server does.

use crate::{
    UpstreamError,
    http::{BodyStream, HttpClient, Request, endpoint},
};
use reqwest::header::IF_NONE_MATCH;
use serde::Deserialize;
use std::time::Duration;
use url::Url;

/// Where CCP publishes builds for the live server.
pub const SDE: &str = "https://developers.eveonline.com/static-data/tranquility";
/// The archive has about 100 MB.
const MAX_ARCHIVE_BYTES: usize = 512 * 1024 * 1024;
/// One line.
const MAX_LATEST_BYTES: usize = 64 * 1024;
const DOWNLOAD_TIME: Duration = Duration::from_secs(30 * 60);

/// The newest build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Latest {
    /// The answer of before is still right.
    Unchanged,
    Available {
        build: u64,
        /// To ask with next time.
        etag: Option<String>,
    },
}

#[derive(Deserialize)]
struct BuildRecord {
    #[serde(rename = "_key")]
    key: String,
    #[serde(rename = "buildNumber")]
    build_number: u64,
}

#[derive(Clone, Debug)]
pub struct SdeClient {
    http: HttpClient,
    base_url: Url,
}

impl SdeClient {
    pub fn new(http: HttpClient, base_url: Url) -> Self {
        Self { http, base_url }
    }

    /// Asks for the newest build; with the `etag` of an earlier answer, only whether it changed.
    ///
    /// # Errors
    /// When there is no answer, or it names no build.
    pub async fn latest(&self, etag: Option<&str>) -> Result<Latest, UpstreamError> {
        let url = endpoint(&self.base_url, "/latest.jsonl");
        let mut request = Request::get("sde", url).max_body_bytes(MAX_LATEST_BYTES);
        if let Some(etag) = etag {
            request = request.header(IF_NONE_MATCH, etag)?;
        }
        let response = self.http.send(request).await?;
        if response.status == 304 && etag.is_some() {
            return Ok(Latest::Unchanged);
        }
        let response = response.into_success()?;
        let etag = response.header("etag").map(str::to_owned);
        let text = response.into_text()?;
        let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        match serde_json::from_str::<BuildRecord>(line) {
            Ok(record) if record.key == "sde" && record.build_number > 0 => {
                Ok(Latest::Available { build: record.build_number, etag })
            }
            _ => Err(UpstreamError::malformed("no build of the static data")),
        }
    }

    /// The archive of a build, to be read piece by piece.
    ///
    /// # Errors
    /// `NotFound` when there is no such build; else when it does not come.
    pub async fn download(&self, build: u64) -> Result<BodyStream, UpstreamError> {
        let url = endpoint(&self.base_url, &format!("/eve-online-static-data-{build}-jsonl.zip"));
        let request = Request::get("sde", url).max_body_bytes(MAX_ARCHIVE_BYTES).total_timeout(DOWNLOAD_TIME);
        self.http.stream(request).await
    }
}

#[cfg(test)]
#[path = "sde_tests.rs"]
mod tests;
