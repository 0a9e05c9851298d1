use super::*;
use crate::testing::{HASH, HASH_2, http, now, serve, serve_raw};
use axum::{
    Router,
    body::Body,
    http::header::CONTENT_TYPE,
    response::{IntoResponse, Response},
    routing::get,
};
use domain::{EntityKind, KillmailId};
use futures::StreamExt;
use std::convert::Infallible;

fn kill(id: i64, hash: &str) -> String {
    format!(
        r#"{{"killmail_id":{id},"kill_time":"2026-01-02T03:04:05Z","system_id":30000142,"solar_system_name":"Jita","attacker_count":1,"victim":{{"character_id":2112000001,"corporation_id":98000001,"alliance_id":99000001,"ship_type_id":587,"damage_taken":812,"character_name":"Test Pilot","corporation_name":"Test Corp","corporation_ticker":"TST","alliance_name":"Test Alliance","alliance_ticker":"TA","ship_name":"Rifter"}},"attackers":[{{"character_id":2112000002,"corporation_id":98000001,"corporation_name":"Test Corp","corporation_ticker":"TST","ship_type_id":588,"weapon_type_id":484,"damage_done":812,"final_blow":true,"security_status":-1.5}}],"zkb":{{"locationID":50001248,"hash":"{hash}","totalValue":1500000.5,"points":1,"npc":false,"solo":true,"awox":false,"labels":["pvp","solo"]}}}}"#
    )
}

fn event_stream(body: impl Into<Body>) -> Response {
    ([(CONTENT_TYPE, "text/event-stream; charset=utf-8")], body.into()).into_response()
}

async fn feed(path: &'static str, body: String, options: impl FnOnce(&mut WandererOptions)) -> WandererFeed {
    let router = Router::new()
        .route(path, get(move || async move { event_stream(body) }))
        .route("/ping", get(|| async { "pong" }));
    let mut wanderer = WandererOptions::new(serve(router).await);
    options(&mut wanderer);
    WandererFeed::new(http(), wanderer).unwrap()
}

async fn collect(feed: &WandererFeed) -> (Vec<FeedItem>, UpstreamError) {
    let mut stream = feed.open(None).await.unwrap();
    let mut items = Vec::new();
    loop {
        match stream.next().await {
            Ok(item) => items.push(item),
            Err(error) => return (items, error),
        }
    }
}

fn ids(items: &[FeedItem]) -> Vec<i64> {
    items
        .iter()
        .filter_map(|item| match item {
            FeedItem::Event(FeedEvent { body: FeedBody::Reference { killmail_id, .. }, .. }) => Some(killmail_id.0),
            _ => None,
        })
        .collect()
}

#[tokio::test]
async fn standard_stream_as_it_really_is() {
    let body = format!("retry: 2000\n\n: ping\n\ndata: {}\n\ndata: {}\n\n", kill(1, HASH), kill(1, HASH));
    let feed = feed("/api/v1/kills/stream", body, |_| {}).await;
    feed.probe().await.unwrap();
    let (items, end) = collect(&feed).await;
    assert_eq!(items[0], FeedItem::Connected);
    assert_eq!(ids(&items), [1, 1], "duplicates are passed on");
    assert_eq!(end, UpstreamError::Closed);
    let FeedItem::Event(event) = &items[1] else { panic!("{items:?}") };
    assert_eq!((event.source, event.position.clone(), event.received_at), (Source::Wanderer, None, now()));
    let FeedBody::Reference { killmail_id, hash, reported, names } = &event.body else { panic!("{event:?}") };
    assert_eq!((*killmail_id, hash.as_str()), (KillmailId(1), HASH));
    assert_eq!(reported.as_ref().unwrap().total_value, Some(Isk::from_hundredths(150_000_050)));
    let named: Vec<_> = names.iter().map(|n| (n.kind, n.id, n.name.as_str(), n.ticker.as_deref())).collect();
    assert_eq!(
        named,
        [
            (EntityKind::Character, 2_112_000_001, "Test Pilot", None),
            (EntityKind::Corporation, 98_000_001, "Test Corp", Some("TST")),
            (EntityKind::Alliance, 99_000_001, "Test Alliance", Some("TA")),
        ]
    );
}

#[tokio::test]
async fn enhanced_stream_as_documented() {
    let (first, second) = (kill(1, HASH), kill(2, HASH_2));
    let body = format!(
        "event: connected\ndata: {{\"status\":\"connected\",\"filters\":{{}},\"timestamp\":\"2026-01-02T03:00:00Z\"}}\n\n\
         event: batch\ndata: {{\"kills\":[{first},{second},{{\"killmail_id\":3}}],\"count\":3,\"batch_number\":1,\"total_batches\":1}}\n\n\
         event: transition\ndata: {{\"status\":\"historical_complete\"}}\n\n\
         event: heartbeat\nid: 7\ndata: {{\"mode\":\"realtime\"}}\n\n\
         event: error\ndata: {{\"type\":\"x\",\"message\":\"y\"}}\n\n\
         event: of_the_future\ndata: {{\"a\":1}}\n\n\
         event: killmail\r\ndata: {}\r\n\r\n\
         event: message\ndata: {{\"type\":\"test\",\"message\":\"hello\"}}\n\n",
        kill(4, HASH)
    );
    let feed = feed("/api/v1/kills/stream/enhanced", body, |options| options.route = WandererRoute::Enhanced).await;
    let (items, _) = collect(&feed).await;
    assert_eq!(ids(&items), [1, 2, 4]);
    let idle = items.iter().filter(|item| matches!(item, FeedItem::Idle { .. })).count();
    assert_eq!(idle, 5, "transition, heartbeat, error, unknown and test are signs of life: {items:?}");
    let malformed = items.iter().find_map(|item| match item {
        FeedItem::Event(FeedEvent { body: FeedBody::Malformed { reason, .. }, .. }) => Some(reason.as_str()),
        _ => None,
    });
    assert_eq!(malformed, Some("zkb.hash is missing"));
}

#[tokio::test]
async fn snake_case_blocks_of_batches_are_read() {
    let bodies = parse_event(
        "batch",
        &format!(r#"{{"kills":[{{"killmail_id":9,"zkb":{{"hash":"{HASH}","total_value":12,"location_id":40}}}}]}}"#),
    );
    let [FeedBody::Reference { reported: Some(reported), .. }] = &bodies[..] else { panic!("{bodies:?}") };
    assert_eq!((reported.total_value, reported.location_id), (Some(Isk::from_isk(12)), Some(40)));
}

#[tokio::test]
async fn failures_to_open_say_why() {
    let router = Router::new()
        .route("/full/api/v1/kills/stream", get(|| async { (axum::http::StatusCode::SERVICE_UNAVAILABLE, "{}") }))
        .route("/page/api/v1/kills/stream", get(|| async { "<html>" }));
    let base = serve(router).await;
    for (path, expected) in [
        ("/full", UpstreamError::Status { status: 503, retry_after: None }),
        ("/page/api/v1/", UpstreamError::malformed("the answer is not an event stream")),
        ("/nowhere", UpstreamError::NotFound),
    ] {
        let feed = WandererFeed::new(http(), WandererOptions::new(base.join(path).unwrap())).unwrap();
        assert_eq!(feed.open(None).await.err(), Some(expected), "{path}");
    }
    let closed = "http://127.0.0.1:1".parse().unwrap();
    let feed = WandererFeed::new(http(), WandererOptions::new(closed)).unwrap();
    assert!(matches!(feed.open(None).await.err(), Some(UpstreamError::Connect { .. })));
}

#[tokio::test]
async fn silence_is_an_error_but_pings_are_life() {
    // Pings keep the stream alive far beyond `silence`; then they stop.
    let pings = || {
        futures::stream::unfold(0, |sent| async move {
            match sent {
                0..40 => {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                    Some((Ok::<_, Infallible>(": ping\n\n"), sent + 1))
                }
                _ => std::future::pending().await,
            }
        })
    };
    let stream = move || async move { event_stream(Body::from_stream(pings())) };
    let router = Router::new().route("/api/v1/kills/stream", get(stream));
    let router = serve(router).await;
    let mut options = WandererOptions::new(router);
    options.silence = Duration::from_millis(200);
    let feed = WandererFeed::new(http(), options).unwrap();
    let started = std::time::Instant::now();
    let (items, end) = collect(&feed).await;
    assert_eq!(end, UpstreamError::Timeout);
    assert!(started.elapsed() >= Duration::from_millis(550), "{:?}", started.elapsed());
    let life = FeedItem::Idle { within: Duration::from_millis(200) };
    assert!(items.len() > 3 && items[1..].iter().all(|item| *item == life), "{items:?}");
}

#[tokio::test]
async fn nothing_is_said_of_a_connection_that_only_stays_open() {
    for opening in ["retry: 2000\n\n", "event: connected\ndata: {}\n\n", ""] {
        let stream = move || async move {
            let silence = futures::stream::pending();
            event_stream(Body::from_stream(futures::stream::iter([Ok::<_, Infallible>(opening)]).chain(silence)))
        };
        let router = Router::new().route("/api/v1/kills/stream", get(stream));
        let mut options = WandererOptions::new(serve(router).await);
        options.silence = Duration::from_millis(200);
        let feed = WandererFeed::new(http(), options).unwrap();
        assert_eq!(collect(&feed).await, (vec![FeedItem::Connected], UpstreamError::Timeout), "{opening:?}");
    }
}

#[tokio::test]
async fn a_broken_connection_ends_the_stream() {
    let base = serve_raw(
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n20\r\ndata: {\"killm",
    )
    .await;
    let feed = WandererFeed::new(http(), WandererOptions::new(base)).unwrap();
    assert_eq!(collect(&feed).await.1, UpstreamError::Closed);
}

#[tokio::test]
async fn a_huge_event_is_quarantined() {
    let huge = format!("data: {{\"x\":\"{}\"}}\n\ndata: {}\n\n", "y".repeat(600_000), kill(5, HASH));
    let feed = feed("/api/v1/kills/stream", huge, |options| options.max_event_bytes = 500_000).await;
    let (items, _) = collect(&feed).await;
    let FeedItem::Event(FeedEvent { body: FeedBody::Malformed { payload, reason }, .. }) = &items[1] else {
        panic!("not refused")
    };
    assert_eq!((payload.len(), reason.as_str()), (super::super::MAX_MALFORMED_BYTES, "the event is too large"));
    assert_eq!(ids(&items), [5]);
}

#[test]
fn urls_carry_the_filters() {
    let mut options = WandererOptions::new("http://host:4004/api/v1/".parse().unwrap());
    assert_eq!(stream_url(&options).as_str(), "http://host:4004/api/v1/kills/stream");
    options.route = WandererRoute::Enhanced;
    options.system_ids = vec![SolarSystemId(30_000_142), SolarSystemId(30_002_187)];
    options.min_value = Some(Isk::from_isk(100_000_000));
    options.preload_days = 2;
    assert_eq!(
        stream_url(&options).as_str(),
        "http://host:4004/api/v1/kills/stream/enhanced?system_ids=30000142%2C30002187&min_value=100000000.00&preload_days=2"
    );
    options.system_ids = vec![SolarSystemId(1); 101];
    assert!(matches!(WandererFeed::new(http(), options), Err(UpstreamError::InvalidRequest { .. })));
}
