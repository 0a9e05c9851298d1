//! Validators, expiry and compatibility dates of ESI's answers.

use super::error::error;
use crate::{faults::Fault, hash, http::json, world::World};
use axum::{
    body::Bytes,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

/// Newest and oldest compatibility date there is.
pub(super) const NEWEST: &str = "2026-08-18";
pub(super) const OLDEST: &str = "2020-01-01";

/// The ETag of a body.
#[derive(Clone, Debug)]
pub(super) struct Validator(String);

impl Validator {
    pub fn of(body: &[u8]) -> Self {
        Self(format!("\"{:016x}\"", hash::of_bytes(body)))
    }
}

/// Answers 200 with validators, or 304 when the client has this body.
pub(super) fn cached(world: &World, headers: &HeaderMap, body: String, seconds: i64) -> Response {
    let validator = Validator::of(body.as_bytes());
    validated(world, headers, Bytes::from(body), &validator, world.clock.start(), seconds)
}

pub(super) fn validated(
    world: &World,
    headers: &HeaderMap,
    body: Bytes,
    Validator(tag): &Validator,
    modified: DateTime<Utc>,
    seconds: i64,
) -> Response {
    let matches = |value: &HeaderValue| {
        let text = value.to_str().unwrap_or_default();
        text.split(',').map(|part| part.trim().trim_start_matches("W/")).any(|part| part == tag || part == "*")
    };
    let is_known = headers.get(header::IF_NONE_MATCH).is_some_and(matches);
    let mut response = if is_known && !world.faults.strikes(Fault::EsiLostEtag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        json(StatusCode::OK, body)
    };
    let (seconds, shift) = if world.faults.strikes(Fault::EsiStale) { (0, -60) } else { (seconds, seconds) };
    let expires = world.clock.now() + TimeDelta::seconds(shift);
    for (name, value) in [
        (header::ETAG, tag.clone()),
        (header::CACHE_CONTROL, format!("public, max-age={seconds}")),
        (header::EXPIRES, http_date(expires)),
        (header::LAST_MODIFIED, http_date(modified)),
        (HeaderName::from_static("x-compatibility-date"), NEWEST.to_owned()),
    ] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn http_date(at: DateTime<Utc>) -> String {
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// The date the client is compatible with: the header, or the oldest there is. The day turns at 11:00 UTC.
pub(super) fn compatibility_date(world: &World, headers: &HeaderMap) -> Result<NaiveDate, Box<Response>> {
    let refuse = || Err(Box::new(error(StatusCode::BAD_REQUEST, "Invalid X-Compatibility-Date")));
    let text = match headers.get("x-compatibility-date").map(HeaderValue::to_str) {
        None => OLDEST,
        Some(Ok(text)) => text,
        Some(Err(_)) => return refuse(),
    };
    let newest = NaiveDate::parse_from_str(NEWEST, "%Y-%m-%d").unwrap_or_default();
    let today = (world.clock.now() - TimeDelta::hours(11)).date_naive().max(newest);
    match NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        Ok(date) if date <= today => Ok(date),
        _ => refuse(),
    }
}
