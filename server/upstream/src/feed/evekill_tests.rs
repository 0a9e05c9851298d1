use super::*;
use crate::testing::{ESI_BODY, HASH, http, now, serve};
use axum::{
    Router,
    http::{HeaderMap, header::CONTENT_TYPE},
    response::IntoResponse,
    routing::get,
};
use domain::KillmailId;

const IDLE: FeedItem = FeedItem::Idle { within: Duration::ZERO };

fn frame(id: u64) -> String {
    let body =
        ESI_BODY.replacen('{', &format!("{{\"killmail_hash\":\"{HASH}\","), 1).replace("130000001", &id.to_string());
    format!("id: {id}\nevent: killmail\ndata: {body}\n\n")
}

/// Replays what follows the id that the client sends back.
async fn server() -> Url {
    let router = Router::new()
        .route(
            "/api/feed/stream",
            get(|headers: HeaderMap| async move {
                let last = headers.get("last-event-id").map_or(0, |id| id.to_str().unwrap().parse().unwrap());
                let frames: String = (last + 1..=5).map(frame).collect();
                ([(CONTENT_TYPE, "text/event-stream")], format!(": welcome\n\n{frames}event: hello\ndata: x\n\n"))
                    .into_response()
            }),
        )
        .route("/api/feed/poll", get(|| async { r#"{"data":[],"latest":5}"# }));
    serve(router).await
}

async fn positions(feed: &EveKillFeed, from: Option<Position>) -> Vec<String> {
    let mut stream = feed.open(from).await.unwrap();
    assert_eq!(stream.next().await, Ok(FeedItem::Connected));
    let mut positions = Vec::new();
    loop {
        match stream.next().await {
            Ok(FeedItem::Event(event)) => {
                assert_eq!((event.source, event.received_at), (Source::EveKill, now()));
                let FeedBody::Reference { killmail_id, hash, .. } = event.body else { panic!("{:?}", event.body) };
                let position = event.position.unwrap().0;
                assert_eq!((killmail_id, hash.as_str()), (KillmailId(position.parse().unwrap()), HASH));
                positions.push(position);
            }
            Ok(item) => assert_eq!(item, IDLE),
            Err(end) => {
                assert_eq!(end, UpstreamError::Closed);
                return positions;
            }
        }
    }
}

#[tokio::test]
async fn resumes_after_the_last_event_id() {
    let feed = EveKillFeed::new(http(), &EveKillOptions::new(server().await)).unwrap();
    feed.probe().await.unwrap();
    assert_eq!(positions(&feed, None).await, ["1", "2", "3", "4", "5"]);
    assert_eq!(positions(&feed, Some(Position("3".into()))).await, ["4", "5"]);
    assert!(positions(&feed, Some(Position("5".into()))).await.is_empty());
    assert_eq!(positions(&feed, Some(Position("not\na header".into()))).await.len(), 5);
}

#[tokio::test]
async fn the_greeting_is_no_sign_of_life_but_later_comments_are() {
    let body = format!(": welcome\n\n: topics: all\n\n{}: still here\n\n", frame(1));
    let router = Router::new()
        .route("/api/feed/stream", get(move || async move { ([(CONTENT_TYPE, "text/event-stream")], body) }));
    let feed = EveKillFeed::new(http(), &EveKillOptions::new(serve(router).await)).unwrap();
    let mut stream = feed.open(None).await.unwrap();
    assert_eq!(stream.next().await, Ok(FeedItem::Connected));
    assert!(matches!(stream.next().await, Ok(FeedItem::Event(_))));
    assert_eq!(stream.next().await, Ok(IDLE));
    assert_eq!(stream.next().await, Err(UpstreamError::Closed));
}

#[test]
fn only_usable_ids_become_positions() {
    assert_eq!(position("42".into()), Some(Position("42".into())));
    for id in ["", "a b", "x\u{7f}", &"9".repeat(65)] {
        assert_eq!(position(id.into()), None, "{id}");
    }
}

#[tokio::test]
async fn a_flood_without_an_end_cuts_the_connection() {
    let flood = || futures::stream::repeat_with(|| Ok::<_, std::convert::Infallible>(vec![b'x'; 16 * 1024]));
    let router = Router::new().route(
        "/api/feed/stream",
        get(move || async move { ([(CONTENT_TYPE, "text/event-stream")], axum::body::Body::from_stream(flood())) }),
    );
    let mut options = EveKillOptions::new(serve(router).await);
    options.max_event_bytes = 100_000;
    let feed = EveKillFeed::new(http(), &options).unwrap();
    let mut stream = feed.open(None).await.unwrap();
    assert_eq!(stream.next().await, Ok(FeedItem::Connected));
    assert_eq!(stream.next().await, Err(UpstreamError::BodyTooLarge { limit_bytes: 100_000 }));
}

#[tokio::test]
async fn a_spoiled_event_is_quarantined_with_its_position_and_the_stream_goes_on() {
    let mut body = b"id: 1\nevent: killmail\ndata: {\"a\":\"\xff\xfe\"}\n\nid: 2\nevent: killmail\ndata: ".to_vec();
    body.extend(vec![b'y'; 200_000]);
    body.extend(b"\n\n");
    body.extend(frame(3).into_bytes());
    let router = Router::new()
        .route("/api/feed/stream", get(move || async move { ([(CONTENT_TYPE, "text/event-stream")], body) }));
    let mut options = EveKillOptions::new(serve(router).await);
    options.max_event_bytes = 100_000;
    let feed = EveKillFeed::new(http(), &options).unwrap();
    let mut stream = feed.open(None).await.unwrap();
    let mut seen = Vec::new();
    while let Ok(item) = stream.next().await {
        if let FeedItem::Event(event) = item {
            let reason = match event.body {
                FeedBody::Malformed { reason, .. } => reason,
                _ => "fine".to_owned(),
            };
            seen.push((event.position.unwrap().0, reason));
        }
    }
    let seen: Vec<_> = seen.iter().map(|(id, reason)| (id.as_str(), reason.as_str())).collect();
    assert_eq!(seen, [("1", "not UTF-8"), ("2", "the event is too large"), ("3", "fine")]);
}
