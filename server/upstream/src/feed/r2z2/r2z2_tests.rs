use super::*;
use crate::{
    rate::Pace,
    retry::BackoffPolicy,
    testing::{ESI_BODY, HASH, http, now, serve},
};
use axum::{Router, extract::Path, http::StatusCode, response::IntoResponse, routing::get};
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard},
};

/// A scripted R2Z2: `sequence.json` says `head`; files exist up to `last` unless `answers` says otherwise.
#[derive(Clone, Default)]
struct Server(Arc<Mutex<Script>>);

#[derive(Default)]
struct Script {
    head: u64,
    first: u64,
    last: u64,
    /// Answers to give instead, first to last, then the file itself.
    answers: HashMap<u64, VecDeque<(u16, String)>>,
    requests: Vec<u64>,
}

fn file(sequence: u64) -> String {
    let esi = ESI_BODY.replace("130000001", &(130_000_000 + sequence).to_string());
    format!(
        r#"{{"killmail_id":{},"hash":"{HASH}","esi":{esi},"zkb":{{"hash":"{HASH}","totalValue":1220000.0}},"uploaded_at":1767323050,"sequence_id":{sequence}}}"#,
        130_000_000 + sequence
    )
}

impl Server {
    fn new(head: u64, last: u64) -> Self {
        Self(Arc::new(Mutex::new(Script { head, last, first: 1, ..Script::default() })))
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.0.lock().unwrap()
    }

    fn answer(&self, sequence: u64, status: u16, body: &str, times: usize) {
        let answers = std::iter::repeat_n((status, body.to_owned()), times);
        self.script().answers.entry(sequence).or_default().extend(answers);
    }

    async fn start(&self, change: impl FnOnce(&mut R2z2Options)) -> R2z2Feed {
        let server = self.clone();
        let router = Router::new().route(
            "/ephemeral/{file}",
            get(move |Path(name): Path<String>| {
                let server = server.clone();
                async move {
                    let mut script = server.script();
                    if name == "sequence.json" {
                        return format!(r#"{{"sequence":{}}}"#, script.head).into_response();
                    }
                    let sequence: u64 = name.strip_suffix(".json").unwrap().parse().unwrap();
                    script.requests.push(sequence);
                    if let Some((status, body)) = script.answers.get_mut(&sequence).and_then(VecDeque::pop_front) {
                        return (StatusCode::from_u16(status).unwrap(), [("retry-after", "0")], body).into_response();
                    }
                    if sequence >= script.first && sequence <= script.last {
                        file(sequence).into_response()
                    } else {
                        StatusCode::NOT_FOUND.into_response()
                    }
                }
            }),
        );
        let mut options = R2z2Options::new(serve(router).await);
        options.poll_floor = Duration::from_millis(5);
        options.skip_after = Duration::from_millis(60);
        options.backoff = BackoffPolicy { first: Duration::from_millis(2), max: Duration::from_millis(10) };
        options.pace = Pace { per_second: 10_000, burst: 100 };
        options.start_back = 0;
        change(&mut options);
        R2z2Feed::new(http(), options)
    }
}

fn position(sequence: u64) -> Option<Position> {
    Some(Position(sequence.to_string()))
}

/// Reads events until `last` was delivered; returns their numbers and all other items but `Idle`.
async fn read_until(stream: &mut dyn FeedStream, last: u64) -> (Vec<u64>, Vec<FeedItem>) {
    let (mut numbers, mut others) = (Vec::new(), Vec::new());
    while numbers.last().is_none_or(|number| *number < last) {
        match stream.next().await.unwrap() {
            FeedItem::Event(event) => {
                assert_eq!((event.source, event.received_at), (Source::R2z2, now()));
                numbers.push(event.position.unwrap().0.parse().unwrap());
            }
            FeedItem::Idle { .. } => {}
            other => others.push(other),
        }
    }
    (numbers, others)
}

#[tokio::test]
async fn delivers_in_order_from_the_position_and_past_the_lagging_head() {
    let server = Server::new(60, 80);
    let feed = server.start(|_| {}).await;
    feed.probe().await.unwrap();
    let mut stream = feed.open(position(9)).await.unwrap();
    let (numbers, others) = read_until(&mut *stream, 80).await;
    assert_eq!(numbers, (10..=80).collect::<Vec<_>>());
    assert_eq!(others, [FeedItem::Connected]);
    assert_eq!(stream.next().await, Ok(FeedItem::Idle { within: Duration::ZERO }), "a 404 at the head is life");
    server.script().last = 81;
    assert_eq!(read_until(&mut *stream, 81).await.0, [81]);
}

#[tokio::test]
async fn the_body_is_passed_on_verbatim() {
    let feed = Server::new(1, 1).start(|_| {}).await;
    let mut stream = feed.open(position(0)).await.unwrap();
    assert_eq!(stream.next().await, Ok(FeedItem::Connected));
    let Ok(FeedItem::Event(event)) = stream.next().await else { panic!("no event") };
    let FeedBody::Killmail { hash, payload, reported, names } = event.body else { panic!("{:?}", event.body) };
    assert_eq!(*payload, *ESI_BODY);
    assert_eq!(hash.unwrap().as_str(), HASH);
    assert_eq!(reported.unwrap().total_value, Some(domain::Isk::from_isk(1_220_000)));
    assert!(names.is_empty());
}

#[tokio::test]
async fn without_a_position_it_starts_near_the_head() {
    let feed = Server::new(500, 510).start(|options| options.start_back = 20).await;
    let mut stream = feed.open(None).await.unwrap();
    assert_eq!(read_until(&mut *stream, 510).await.0, (481..=510).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_stale_404_is_waited_out() {
    let server = Server::new(50, 50);
    server.answer(20, 404, "", 3);
    let feed = server.start(|options| options.skip_after = Duration::from_secs(60)).await;
    let mut stream = feed.open(position(9)).await.unwrap();
    assert_eq!(read_until(&mut *stream, 50).await.0, (10..=50).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_number_that_never_appears_is_skipped_also_at_the_head() {
    let server = Server::new(30, 60);
    for missing in [20, 21, 45] {
        server.answer(missing, 404, "", 100_000);
    }
    let feed = server.start(|_| {}).await;
    let mut stream = feed.open(position(9)).await.unwrap();
    let expected: Vec<u64> = (10..=60).filter(|number| ![20, 21, 45].contains(number)).collect();
    assert_eq!(read_until(&mut *stream, 60).await.0, expected);
}

#[tokio::test]
async fn ghosts_are_quarantined_and_passed() {
    let server = Server::new(13, 13);
    server.answer(11, 200, "", 1);
    server.answer(12, 200, r#"{"killmail_id":130000012,"esi":null}"#, 1);
    let feed = server.start(|_| {}).await;
    let mut stream = feed.open(position(9)).await.unwrap();
    let mut reasons = Vec::new();
    let mut last = None;
    while last != position(13) {
        if let FeedItem::Event(event) = stream.next().await.unwrap() {
            last = event.position;
            if let FeedBody::Malformed { reason, .. } = event.body {
                reasons.push(reason);
            }
        }
    }
    assert_eq!(reasons.len(), 2);
    assert!(reasons[0].starts_with("not an R2Z2 file"), "{reasons:?}");
    assert_eq!(reasons[1], "esi is missing");
}

#[tokio::test]
async fn refusals_are_backed_off_and_end_the_stream_when_they_last() {
    let server = Server::new(20, 20);
    for (sequence, status) in [(11, 429), (12, 403), (13, 500), (14, 503)] {
        server.answer(sequence, status, "", 4);
    }
    let feed = server.start(|_| {}).await;
    let mut stream = feed.open(position(9)).await.unwrap();
    assert_eq!(read_until(&mut *stream, 20).await.0, (10..=20).collect::<Vec<_>>());

    server.script().last = 30;
    server.answer(21, 403, "", 100);
    let end = loop {
        if let Err(end) = stream.next().await {
            break end;
        }
    };
    assert_eq!(end, UpstreamError::Refused);
}

#[tokio::test]
async fn expired_files_make_it_jump_and_say_so() {
    let server = Server::new(500, 520);
    server.script().first = 300;
    let feed = server.start(|options| options.start_back = 100).await;
    let mut stream = feed.open(position(9)).await.unwrap();
    let (numbers, others) = read_until(&mut *stream, 520).await;
    assert_eq!(numbers, (400..=520).collect::<Vec<_>>());
    let gap = FeedItem::Gap { after: position(9), resumed_at: Position("399".into()) };
    assert_eq!(others, [FeedItem::Connected, gap]);
}

#[test]
fn where_a_stream_begins() {
    let mut options = R2z2Options::new("http://r2z2.test".parse().unwrap());
    options.start_back = 100;
    let jump = |from: &str, next: u64| {
        let gap = FeedItem::Gap { after: Some(Position(from.into())), resumed_at: Position((next - 1).to_string()) };
        (next, Some(gap))
    };
    for (from, head, expected) in [
        (None, 96_000_000, (95_999_901, None)),
        (None, 5, (1, None)),
        (Some("95999999"), 96_000_000, (96_000_000, None)),
        (Some("96000040"), 96_000_000, (96_000_041, None)),
        (Some("95990000"), 96_000_000, (95_990_001, None)),
        (Some("95000000"), 96_000_000, jump("95000000", 95_999_901)),
        (Some("96002000"), 96_000_000, jump("96002000", 95_999_901)),
        (Some("garbage"), 96_000_000, jump("garbage", 95_999_901)),
        (Some("18446744073709551615"), 96_000_000, jump("18446744073709551615", 95_999_901)),
    ] {
        assert_eq!(start(from.map(|text| Position(text.into())), head, &options), expected, "{from:?}");
    }
}

#[tokio::test]
async fn dropping_next_loses_nothing() {
    let feed = Server::new(40, 60).start(|_| {}).await;
    let mut stream = feed.open(position(0)).await.unwrap();
    let mut numbers: Vec<u64> = Vec::new();
    let mut cancelled = 0;
    while numbers.last() != Some(&60) {
        // Polls once or a few times, then drops the future.
        let patience = Duration::from_micros(50 * (cancelled % 20));
        match tokio::time::timeout(patience, stream.next()).await {
            Ok(Ok(FeedItem::Event(event))) => numbers.push(event.position.unwrap().0.parse().unwrap()),
            Ok(item) => drop(item.unwrap()),
            Err(_) => cancelled += 1,
        }
    }
    assert_eq!(numbers, (1..=60).collect::<Vec<_>>());
    assert!(cancelled > 0);
}

#[tokio::test]
async fn the_real_samples_are_read() {
    let folder = &std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/prices");
    for name in ["zkb_r2z2_sequence_96695606.json", "zkb_zkbnew_2026-09.json"] {
        let Ok(bytes) = std::fs::read(folder.join(name)) else { continue };
        let document = parse_document(&bytes);
        let FeedBody::Killmail { hash, payload, reported, .. } = document.body else {
            panic!("{name}: {:?}", document.body)
        };
        domain::Killmail::decode(&payload, "2026-10-01T00:00:00Z".parse().unwrap()).unwrap();
        assert!(hash.is_some() && reported.is_some_and(|reported| reported.total_value.is_some()), "{name}");
    }
}
