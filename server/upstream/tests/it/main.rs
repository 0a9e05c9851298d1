//! The adapters against the simulator, which was written from the same study of the real services by other hands.

#![allow(clippy::disallowed_methods, reason = "tests run by the machine's time, and start what they need")]
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use chrono::{NaiveDate, Utc};
use domain::{CharacterId, CorporationId, KillmailHash, KillmailId};
use futures::StreamExt;
use simulator::{Config, Fault, FaultSettings, Limits, Simulator, Timing};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};
use upstream::{
    HttpClient, HttpOptions, UpstreamError,
    esi::{EsiClient, EsiError, EsiOptions},
    feed::{
        EveKillFeed, EveKillOptions, Feed, FeedBody, FeedItem, FeedStream, HistoryClient, Position, R2z2Feed,
        R2z2Options, WandererFeed, WandererOptions, WandererRoute,
    },
    http::parse_base_url,
    images::{ImageClient, ImageKind, ImageSize},
    rate::Pace,
    retry::BackoffPolicy,
};
use url::Url;

const PATIENCE: Duration = Duration::from_secs(60);

fn http() -> HttpClient {
    HttpClient::new(HttpOptions::new("tests@example.test", Utc::now)).unwrap()
}

fn url(simulator: &Simulator, upstream: &str) -> Url {
    parse_base_url(&simulator.upstream_url(upstream)).unwrap()
}

async fn galaxy(change: impl FnOnce(&mut Config)) -> Simulator {
    let timing = Timing {
        stale: Duration::from_millis(200),
        slow: Duration::from_millis(50),
        retry_after: Duration::ZERO,
        huge_event_bytes: 300_000,
        ..Timing::default()
    };
    let limits = Limits { poll_floor: Duration::from_millis(5), r2z2_per_second: 100_000, ..Limits::default() };
    let mut config = Config { limits, timing, ..Config::default() };
    change(&mut config);
    Simulator::start(config).await.unwrap()
}

fn wanderer(simulator: &Simulator, route: WandererRoute) -> WandererFeed {
    let mut options = WandererOptions::new(url(simulator, "wanderer"));
    options.route = route;
    options.max_event_bytes = 200_000;
    WandererFeed::new(http(), options).unwrap()
}

fn r2z2(simulator: &Simulator) -> R2z2Feed {
    let mut options = R2z2Options::new(url(simulator, "r2z2"));
    options.poll_floor = Duration::from_millis(20);
    options.skip_after = Duration::from_millis(400);
    options.backoff = BackoffPolicy { first: Duration::from_millis(5), max: Duration::from_millis(50) };
    options.pace = Pace { per_second: 10_000, burst: 100 };
    options.max_document_bytes = 200_000;
    options.max_failures = 50;
    R2z2Feed::new(http(), options)
}

fn evekill(simulator: &Simulator) -> EveKillFeed {
    let mut options = EveKillOptions::new(url(simulator, "evekill"));
    options.max_event_bytes = 200_000;
    EveKillFeed::new(http(), &options).unwrap()
}

/// What a feed delivered: kills with the hash it gave for them, the number of malformed events, the last position.
#[derive(Default)]
struct Delivered {
    kills: BTreeMap<i64, Option<KillmailHash>>,
    order: Vec<i64>,
    malformed: Vec<String>,
    last: Option<Position>,
}

impl Delivered {
    fn take(&mut self, item: FeedItem) {
        let FeedItem::Event(event) = item else { return };
        self.last = event.position.or(self.last.take());
        let (id, hash) = match event.body {
            FeedBody::Killmail { hash, payload, .. } => {
                (domain::Killmail::decode(&payload, Utc::now()).unwrap().killmail_id.0, hash)
            }
            FeedBody::Reference { killmail_id, hash, .. } => (killmail_id.0, Some(hash)),
            FeedBody::Malformed { reason, .. } => return self.malformed.push(reason),
        };
        self.order.push(id);
        self.kills.insert(id, hash);
    }

    /// Reads on until all of `wanted` are there; reopens from the last position when the stream ends.
    async fn read_until(&mut self, feed: &dyn Feed, mut stream: Box<dyn FeedStream>, wanted: &[i64]) {
        let complete = async {
            while !wanted.iter().all(|id| self.kills.contains_key(id)) {
                match stream.next().await {
                    Ok(item) => self.take(item),
                    Err(_) => stream = reopen(feed, self.last.clone()).await,
                }
            }
        };
        if tokio::time::timeout(PATIENCE, complete).await.is_err() {
            let missing: Vec<_> = wanted.iter().filter(|id| !self.kills.contains_key(id)).collect();
            panic!("never delivered: {missing:?}");
        }
    }
}

async fn reopen(feed: &dyn Feed, from: Option<Position>) -> Box<dyn FeedStream> {
    loop {
        if let Ok(stream) = feed.open(from.clone()).await {
            return stream;
        }
        tokio::task::yield_now().await;
    }
}

/// Opens and reads `Connected`, so that what is emitted afterwards will be delivered.
async fn connect(feed: &dyn Feed, from: Option<Position>) -> Box<dyn FeedStream> {
    feed.probe().await.unwrap();
    let mut stream = feed.open(from).await.unwrap();
    assert_eq!(stream.next().await, Ok(FeedItem::Connected));
    stream
}

fn assert_hashes(simulator: &Simulator, delivered: &Delivered) {
    for (id, hash) in &delivered.kills {
        assert_eq!(hash.as_ref().unwrap().as_str(), simulator.killmail(*id).unwrap().1);
    }
}

#[tokio::test]
async fn wanderer_as_it_is_and_as_documented_on_both_routes() {
    for as_documented in [false, true] {
        for route in [WandererRoute::Standard, WandererRoute::Enhanced] {
            let simulator = galaxy(|config| config.wanderer_as_documented = as_documented).await;
            let feed = wanderer(&simulator, route);
            let stream = connect(&feed, None).await;
            let emitted = simulator.emit(40);
            let mut delivered = Delivered::default();
            delivered.read_until(&feed, stream, &emitted).await;
            assert_hashes(&simulator, &delivered);
            assert!(delivered.malformed.is_empty(), "{:?}", delivered.malformed);
        }
    }
}

#[tokio::test]
async fn wanderer_survives_broken_events() {
    let faults = FaultSettings::default()
        .with(Fault::MalformedJson, 0.2)
        .with(Fault::HugeEvent, 0.1)
        .with(Fault::Duplicate, 0.2);
    let simulator = galaxy(|config| config.faults = faults).await;
    let feed = wanderer(&simulator, WandererRoute::Standard);
    let mut stream = connect(&feed, None).await;
    simulator.emit(60);
    let mut delivered = Delivered::default();
    let read = async {
        while delivered.kills.len() < 30 || delivered.malformed.len() < 5 {
            delivered.take(stream.next().await.expect("broken events do not end the stream"));
        }
    };
    tokio::time::timeout(PATIENCE, read).await.unwrap();
    assert_hashes(&simulator, &delivered);
}

/// An event may come in endless pieces: nothing waits for its end to find it too large.
#[tokio::test]
async fn an_event_far_beyond_the_limit_ends_the_stream_before_it_is_whole() {
    let simulator = galaxy(|config| {
        config.faults = FaultSettings::default().with(Fault::HugeEvent, 1.0);
        config.timing.huge_event_bytes = 4_000_000;
    })
    .await;
    let mut stream = connect(&evekill(&simulator), None).await;
    simulator.emit(1);
    let next = tokio::time::timeout(PATIENCE, stream.next()).await.unwrap();
    assert_eq!(next, Err(UpstreamError::BodyTooLarge { limit_bytes: 200_000 }));
}

#[tokio::test]
async fn r2z2_delivers_everything_in_order_with_true_bodies() {
    let simulator = galaxy(|_| {}).await;
    simulator.emit(150);
    simulator.publish_sequence();
    let feed = r2z2(&simulator);
    // From the beginning: the head less the kills emitted.
    let stream = connect(&feed, Some(Position("96000000".into()))).await;
    let mut emitted = simulator.emitted();
    emitted.extend(simulator.emit(20));
    let mut delivered = Delivered::default();
    delivered.read_until(&feed, stream, &emitted).await;
    assert_eq!(delivered.order, emitted);
    assert_hashes(&simulator, &delivered);
    assert_eq!(simulator.counters().violations, BTreeMap::new());
}

#[tokio::test]
async fn r2z2_survives_every_fault_it_can_have() {
    let faults = [
        (Fault::Duplicate, 0.1),
        (Fault::OutOfOrder, 0.1),
        (Fault::Stale404, 0.02),
        (Fault::MissingNumber, 0.02),
        (Fault::TruncatedChunk, 0.05),
        (Fault::Slow, 0.05),
        (Fault::Http429, 0.01),
        (Fault::Http5xx, 0.05),
        (Fault::OldKill, 0.1),
    ];
    let settings = faults.into_iter().fold(FaultSettings::default(), |all, (fault, p)| all.with(fault, p));
    let simulator = galaxy(|config| config.faults = settings).await;
    let emitted = simulator.emit(200);
    simulator.publish_sequence();
    let feed = r2z2(&simulator);
    let mut stream = reopen(&feed, Some(Position("96000000".into()))).await;
    let mut delivered = Delivered::default();
    let last = *emitted.last().unwrap();
    let read = async {
        // The last kill may itself be the missing number; the count then says when to stop.
        while !delivered.kills.contains_key(&last) && delivered.kills.len() < emitted.len() - 10 {
            match stream.next().await {
                Ok(item) => delivered.take(item),
                Err(_) => stream = reopen(&feed, delivered.last.clone()).await,
            }
        }
    };
    tokio::time::timeout(PATIENCE, read).await.unwrap();
    let missing = emitted.iter().filter(|id| !delivered.kills.contains_key(id)).count();
    assert!(missing <= 20, "{missing} of {} are missing", emitted.len());
    assert!(delivered.malformed.is_empty(), "{:?}", delivered.malformed);
    assert_eq!(simulator.counters().violations, BTreeMap::new());
}

#[tokio::test]
async fn r2z2_passes_ghosts_and_giants() {
    let faults = FaultSettings::default().with(Fault::Ghost, 0.2).with(Fault::HugeEvent, 0.1);
    let simulator = galaxy(|config| config.faults = faults).await;
    let emitted = simulator.emit(60);
    simulator.publish_sequence();
    let feed = r2z2(&simulator);
    let mut stream = reopen(&feed, Some(Position("96000000".into()))).await;
    let mut delivered = Delivered::default();
    let read = async {
        while delivered.kills.len() + delivered.malformed.len() < emitted.len() {
            delivered.take(stream.next().await.unwrap());
        }
    };
    tokio::time::timeout(PATIENCE, read).await.unwrap();
    assert!(delivered.malformed.len() > 5, "{:?}", delivered.malformed);
}

#[tokio::test]
async fn evekill_resumes_through_disconnects() {
    let faults = FaultSettings::default().with(Fault::Disconnect, 0.1).with(Fault::Duplicate, 0.1);
    let simulator = galaxy(|config| config.faults = faults).await;
    let feed = evekill(&simulator);
    let start = Some(Position("96000000".into()));
    let stream = connect(&feed, start.clone()).await;
    let emitted = simulator.emit(50);
    let mut delivered = Delivered { last: start, ..Delivered::default() };
    delivered.read_until(&feed, stream, &emitted).await;
    assert_hashes(&simulator, &delivered);
    assert!(simulator.counters().faults["disconnect"].hits > 0);
}

#[tokio::test]
async fn history_closes_gaps() {
    let simulator = galaxy(|config| config.history = 300).await;
    let emitted = simulator.emit(50);
    let client = HistoryClient::new(http(), url(&simulator, "r2z2"));
    let totals = client.totals().await.unwrap();
    let mut listed = BTreeMap::new();
    let mut bodies = BTreeMap::new();
    for (day, count) in &totals {
        let kills = client.day(*day).await.unwrap();
        assert_eq!(kills.len() as u64, *count, "{day}");
        listed.extend(kills);
        let mut raw = client.raw_day(*day).await.unwrap();
        while let Some(entry) = raw.next().await.unwrap() {
            let FeedBody::Killmail { payload, .. } = entry.body else { panic!("{:?}", entry.body) };
            bodies.insert(entry.killmail_id.unwrap(), payload);
        }
    }
    let all: BTreeSet<KillmailId> = simulator.history().into_iter().chain(emitted).map(KillmailId).collect();
    assert_eq!(listed.keys().copied().collect::<BTreeSet<_>>(), all);
    assert_eq!(bodies.keys().copied().collect::<BTreeSet<_>>(), all);
    for (id, hash) in &listed {
        let (body, true_hash) = simulator.killmail(id.0).unwrap();
        assert_eq!((hash.as_str(), &*bodies[id]), (true_hash.as_str(), body.as_str()));
    }
    assert_eq!(simulator.counters().violations, BTreeMap::new());
    let long_ago = NaiveDate::from_ymd_opt(2007, 1, 1).unwrap();
    assert_eq!(client.day(long_ago).await, Err(UpstreamError::NotFound));
}

fn esi(simulator: &Simulator) -> EsiClient {
    let mut options = EsiOptions::new(url(simulator, "esi"));
    options.backoff = BackoffPolicy { first: Duration::from_millis(1), max: Duration::from_millis(10) };
    EsiClient::new(http(), options)
}

#[tokio::test]
async fn esi_gives_bodies_names_and_entities() {
    let faults = FaultSettings::default().with(Fault::NamesBadId, 0.01);
    let simulator = galaxy(|config| config.faults = faults).await;
    let emitted = simulator.emit(30);
    let esi = esi(&simulator);
    let mut ids = BTreeSet::new();
    let mut corporation = None;
    let mut character = None;
    let mut alliance = None;
    for id in &emitted {
        let (body, hash) = simulator.killmail(*id).unwrap();
        let hash: KillmailHash = hash.parse().unwrap();
        assert_eq!(*esi.killmail(KillmailId(*id), &hash).await.unwrap(), *body);
        for participant in domain::Killmail::decode(&body, Utc::now()).unwrap().participants() {
            let is_player = participant.character_id.is_some_and(CharacterId::is_player);
            character = character.or(participant.character_id.filter(|_| is_player));
            corporation = corporation.or(participant.corporation_id.filter(|_| is_player));
            alliance = alliance.or(participant.alliance_id.filter(|_| is_player));
            ids.extend(participant.character_id.map(i64::from));
            ids.extend(participant.corporation_id.map(i64::from));
            ids.extend(participant.alliance_id.map(i64::from));
        }
    }
    let wrong: KillmailHash = "f".repeat(40).parse().unwrap();
    assert_eq!(esi.killmail(KillmailId(emitted[0]), &wrong).await, Err(EsiError::WrongPair));

    let ids: Vec<i64> = ids.into_iter().collect();
    let resolved = esi.names(&ids).await.unwrap();
    assert!(resolved.deferred.is_empty());
    assert_eq!(resolved.names.len() + resolved.unresolved.len(), ids.len());
    assert!(resolved.names.len() * 10 > ids.len() * 9, "{} of {}", resolved.names.len(), ids.len());

    let pilot = esi.character(character.unwrap()).await.unwrap().value;
    assert!(!pilot.name.is_empty() && pilot.corporation_id > CorporationId(0));
    assert!(!esi.corporation(corporation.unwrap()).await.unwrap().value.ticker.is_empty());
    assert!(!esi.alliance(alliance.unwrap()).await.unwrap().value.ticker.is_empty());
    let unknown = esi.corporation(CorporationId(1)).await;
    assert!(unknown.is_err(), "{unknown:?}");
    assert!(esi.status().await.unwrap().value.players > 0);
    let prices = esi.market_prices().await.unwrap();
    assert!(prices.prices.len() > 1_000 && prices.expires_at > Utc::now());
    assert_eq!(esi.market_prices().await.unwrap(), prices);
}

#[tokio::test]
async fn esi_limits_are_never_overdrawn() {
    let simulator = galaxy(|config| {
        config.limits.esi_killmail_tokens = 60;
        config.limits.esi_window = Duration::from_secs(2);
    })
    .await;
    let emitted = simulator.emit(80);
    let esi = esi(&simulator);
    let fetched = futures::stream::iter(emitted)
        .map(|id| {
            let (esi, hash) = (esi.clone(), simulator.killmail(id).unwrap().1.parse().unwrap());
            async move { esi.killmail(KillmailId(id), &hash).await }
        })
        .buffer_unordered(30)
        .collect::<Vec<_>>();
    let fetched = tokio::time::timeout(PATIENCE, fetched).await.unwrap();
    assert!(fetched.iter().all(Result::is_ok), "{:?}", fetched.iter().find(|one| one.is_err()));
    let counters = simulator.counters();
    assert_eq!(counters.violations, BTreeMap::new());
    assert!(!counters.responses.contains_key("esi 429"), "{:?}", counters.responses);
}

#[tokio::test]
async fn images_come_as_pictures() {
    let simulator = galaxy(|_| {}).await;
    let client = ImageClient::new(http(), url(&simulator, "images"));
    let rifter = client.image(ImageKind::TypeIcon, 587, ImageSize::MEDIUM).await.unwrap();
    assert!(rifter.content_type.starts_with("image/") && !rifter.bytes.is_empty());
    let portrait = client.image(ImageKind::CharacterPortrait, 2_112_000_001, ImageSize::LARGE).await.unwrap();
    assert!(!portrait.bytes.is_empty());
}

#[tokio::test]
async fn outages_are_errors_and_end() {
    let simulator = galaxy(|_| {}).await;
    let feeds: [(&str, Box<dyn Feed>); 3] = [
        ("wanderer", Box::new(wanderer(&simulator, WandererRoute::Standard))),
        ("r2z2", Box::new(r2z2(&simulator))),
        ("evekill", Box::new(evekill(&simulator))),
    ];
    for (name, feed) in feeds {
        simulator.set_outage(name, true);
        assert!(feed.probe().await.is_err(), "{name}");
        assert!(feed.open(None).await.is_err(), "{name}");
        simulator.set_outage(name, false);
        feed.probe().await.unwrap();
        assert!(feed.open(None).await.is_ok(), "{name}");
    }
}
