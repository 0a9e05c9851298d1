use super::*;
use crate::testing::{ESI_BODY, HASH, http, serve};
use axum::{Router, http::HeaderMap, response::IntoResponse, routing::get};
use std::io::Write;

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 2).unwrap()
}

fn pack(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (path, bytes) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, path, *bytes).unwrap();
    }
    let mut packed = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    packed.write_all(&archive.into_inner().unwrap()).unwrap();
    packed.finish().unwrap()
}

fn unpack(bytes: Vec<u8>) -> (Vec<DayEntry>, Result<(), UpstreamError>) {
    let mut entries = Vec::new();
    let outcome = PackedDay { etag: None, bytes }.unpack(|entry| {
        entries.push(entry);
        ControlFlow::Continue(())
    });
    (entries, outcome)
}

#[test]
fn members_become_bodies_without_the_added_keys() {
    let added = ESI_BODY.replacen(
        '{',
        &format!(r#"{{"killmail_hash":"{HASH}","http_last_modified":"2026-01-02T03:04:05Z","#),
        1,
    );
    let precise = r#"{"killmail_id":3,"killmail_hash":null,"x":0.12345678901234567890}"#;
    let (entries, outcome) = unpack(pack(&[
        ("killmails/130000001.json", ESI_BODY.as_bytes()),
        ("killmails/130000002.json", added.as_bytes()),
        ("killmails/3.json", precise.as_bytes()),
        ("killmails/4.json", b"{\"killmail_id\":"),
        ("killmails/note.json", b"[]"),
        ("killmails/readme.txt", b"not a killmail"),
    ]));
    assert_eq!(outcome, Ok(()));
    let ids: Vec<_> = entries.iter().map(|entry| entry.killmail_id.map(|id| id.0)).collect();
    assert_eq!(ids, [Some(130_000_001), Some(130_000_002), Some(3), Some(4), None]);
    let FeedBody::Killmail { hash: None, payload, .. } = &entries[0].body else { panic!("{:?}", entries[0]) };
    assert_eq!(&**payload, ESI_BODY, "untouched");
    let FeedBody::Killmail { hash: Some(hash), payload, .. } = &entries[1].body else { panic!("{:?}", entries[1]) };
    assert_eq!(hash.as_str(), HASH);
    let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    assert_eq!(value(payload), value(ESI_BODY));
    let FeedBody::Killmail { hash: None, payload, .. } = &entries[2].body else { panic!("{:?}", entries[2]) };
    assert!(payload.contains("0.12345678901234567890"), "every digit stays: {payload}");
    assert!(entries[3..].iter().all(|entry| matches!(entry.body, FeedBody::Malformed { .. })));
}

#[test]
fn damage_and_early_ends_are_errors() {
    let bodies: Vec<String> = (0..400).map(|n| format!("{{\"killmail_id\":{n},\"x\":\"{}\"}}", n * 7_919)).collect();
    let names: Vec<String> = (0..400).map(|n| format!("killmails/{n}.json")).collect();
    let members: Vec<(&str, &[u8])> =
        names.iter().map(String::as_str).zip(bodies.iter().map(|b| b.as_bytes())).collect();
    let whole = pack(&members);
    assert_eq!(unpack(whole.clone()).1, Ok(()));
    for cut in [0, 1, whole.len() / 2, whole.len() - 1] {
        let (_, outcome) = unpack(whole[..cut].to_vec());
        assert!(matches!(outcome, Err(UpstreamError::Malformed { .. })), "cut at {cut}: {outcome:?}");
    }
    let mut flipped = whole.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0xff;
    assert!(unpack(flipped).1.is_err());
    assert!(unpack(b"<html>502</html>".to_vec()).1.is_err());
}

#[test]
fn a_reader_can_break_off() {
    let packed = pack(&[("killmails/1.json", b"{}"), ("killmails/2.json", b"{}")]);
    let mut seen = 0;
    let outcome = PackedDay { etag: None, bytes: packed }.unpack(|_| {
        seen += 1;
        ControlFlow::Break(())
    });
    assert_eq!((seen, outcome), (1, Ok(())));
}

#[tokio::test]
async fn days_are_fetched_unless_unchanged() {
    let packed = pack(&[("killmails/130000001.json", ESI_BODY.as_bytes())]);
    let file = move |headers: HeaderMap| async move {
        if headers.get("if-none-match").is_some_and(|etag| etag == "\"v1\"") {
            return axum::http::StatusCode::NOT_MODIFIED.into_response();
        }
        ([("etag", "\"v1\"")], packed.clone()).into_response()
    };
    let router = Router::new()
        .route("/killmails/2026/killmails-2026-01-02.tar.bz2", get(file))
        .route("/killmails/totals.json", get(|| async { r#"{"20260102":1,"x":2}"# }));
    let client = ArchiveClient::new(http(), serve(router).await);
    let packed = client.day(day(), None).await.unwrap().unwrap();
    assert_eq!(packed.etag.as_deref(), Some("\"v1\""));
    assert_eq!(unpack(packed.bytes).0.len(), 1);
    assert!(client.day(day(), Some("\"v1\"")).await.unwrap().is_none());
    assert!(client.day(day(), Some("\"v0\"")).await.unwrap().is_some());
    assert_eq!(client.day(day().succ_opt().unwrap(), None).await.unwrap_err(), UpstreamError::NotFound);
    assert_eq!(client.totals().await.unwrap(), BTreeMap::from([(day(), 1)]));
}
