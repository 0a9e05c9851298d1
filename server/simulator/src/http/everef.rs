//! EVE Ref's archives: a day's killmails as tar.bz2 with an ETag, and how many each day has (upstreams.md 3.3).

use super::{broken_body, json, to_json};
use crate::{counters::Kind, faults::Fault, hash, ledger::Kill, world::World};
use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use bzip2::{Compression, write::BzEncoder};
use chrono::NaiveDate;
use futures::StreamExt;
use std::{
    collections::BTreeMap,
    io::{self, Write},
    sync::Arc,
};

pub(super) fn router() -> Router<Arc<World>> {
    Router::new().route("/killmails/totals.json", get(totals)).route("/killmails/{year}/{file}", get(archive))
}

async fn totals(State(world): State<Arc<World>>) -> Response {
    world.tally.add(Kind::Route, "everef totals");
    let totals: BTreeMap<String, usize> =
        world.ledger().totals().map(|(day, count)| (day.format("%Y%m%d").to_string(), count)).collect();
    json(StatusCode::OK, to_json(&totals))
}

async fn archive(
    State(world): State<Arc<World>>,
    Path((year, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    world.tally.add(Kind::Route, "everef archive");
    let day = file.strip_prefix("killmails-").and_then(|rest| rest.strip_suffix(".tar.bz2"));
    let day = day.and_then(|day| NaiveDate::parse_from_str(day, "%Y-%m-%d").ok());
    let day = day.filter(|day| day.format("%Y").to_string() == year);
    let kills = day.map(|day| world.ledger().of_day(day)).unwrap_or_default();
    if kills.is_empty() {
        return (StatusCode::NOT_FOUND, "404 Not Found").into_response();
    }
    let etag = etag(&kills);
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response();
    }
    world.tally.add(Kind::Delivered, "everef");
    let packing = Arc::clone(&world);
    let packed = tokio::task::spawn_blocking(move || pack(&kills, &packing)).await.map_err(io::Error::other);
    let Ok(mut bytes) = packed.flatten() else {
        return (StatusCode::INTERNAL_SERVER_ERROR, "the archive cannot be packed").into_response();
    };
    let middle = bytes.len() / 2;
    if world.faults.strikes(Fault::DamagedArchive) {
        bytes[middle] ^= 0xff;
    }
    let body = if world.faults.strikes(Fault::TruncatedChunk) {
        bytes.truncate(middle);
        let start = futures::stream::once(std::future::ready(Ok(Bytes::from(bytes))));
        Body::from_stream(start.chain(broken_body(String::new()).into_data_stream()))
    } else {
        Body::from(bytes)
    };
    (StatusCode::OK, [(header::CONTENT_TYPE, "application/x-bzip2".to_owned()), (header::ETAG, etag)], body)
        .into_response()
}

/// Changes when a late kill joins the day.
fn etag(kills: &[Arc<Kill>]) -> String {
    let fingerprint = kills.iter().fold(0, |sum, kill| hash::mix(sum, kill.killmail_id as u64));
    format!("\"{fingerprint:016x}\"")
}

fn pack(kills: &[Arc<Kill>], world: &World) -> io::Result<Vec<u8>> {
    let mut archive = tar::Builder::new(BzEncoder::new(Vec::new(), Compression::fast()));
    for kill in kills {
        let mut member = member(kill);
        if world.faults.strikes(Fault::MalformedJson) {
            let middle = (0..=member.len() / 2).rev().find(|index| member.is_char_boundary(*index)).unwrap_or(0);
            member.truncate(middle);
        }
        let mut header = tar::Header::new_gnu();
        header.set_size(member.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, format!("killmails/{}.json", kill.killmail_id), member.as_bytes())?;
    }
    let mut packed = archive.into_inner()?;
    packed.flush()?;
    packed.finish()
}

/// The ESI body; some with the keys that EVE Ref adds these days.
fn member(kill: &Kill) -> String {
    match kill.body.strip_prefix('{') {
        Some(rest) if kill.killmail_id % 4 == 1 => format!(
            r#"{{"killmail_hash":"{}","http_last_modified":"{}",{rest}"#,
            kill.hash,
            kill.uploaded_at.to_rfc3339(),
        ),
        _ => kill.body.to_string(),
    }
}
