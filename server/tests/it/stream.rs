//! The live stream as its clients see it.

use crate::harness::{TestApp, eventually};
use contract::{ClientMessage, ErrorCode, ServerMessage, live::Since};
use domain::{KillFilter, KillmailId, SolarSystemId, Timestamp};
use futures::{SinkExt, StreamExt};
use server::live::LiveEvent;
use std::{
    collections::{BTreeMap, HashSet},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{self, Message, client::IntoClientRequest},
};

struct Client(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Client {
    async fn connect(app: &TestApp) -> (Self, String) {
        let (socket, _) = connect_async(app.url("/api/v1/stream").replace("http", "ws")).await.expect("socket");
        let mut client = Self(socket);
        let ServerMessage::Hello { protocol: 1, node, .. } = client.next().await else { panic!("hello comes first") };
        (client, node)
    }

    async fn subscribe(&mut self, filter: KillFilter, since: Option<Since>) {
        self.send(&serde_json::to_string(&ClientMessage::Subscribe { filter, since }).expect("JSON")).await;
    }

    async fn send(&mut self, text: &str) {
        self.0.send(Message::text(text.to_owned())).await.expect("sent");
    }

    async fn next(&mut self) -> ServerMessage {
        loop {
            let message = timeout(Duration::from_secs(30), self.0.next()).await.expect("in time").expect("open");
            if let Message::Text(text) = message.expect("a frame") {
                return serde_json::from_str(&text).expect("a protocol message");
            }
        }
    }

    /// Watches a kill as a page that has it as of then, and waits to be told that it has changed.
    async fn told_of_change(&mut self, id: i64, enriched_at: Timestamp) {
        let watch = ClientMessage::Watch { killmail_id: Some(KillmailId(id)), enriched_at: Some(enriched_at) };
        self.send(&serde_json::to_string(&watch).expect("JSON")).await;
        let changed = ServerMessage::Changed { killmail_id: KillmailId(id) };
        while self.next().await != changed {}
    }

    /// The next message that is about kills, or an error or resync.
    async fn next_of_interest(&mut self) -> ServerMessage {
        loop {
            match self.next().await {
                ServerMessage::Feed { .. } | ServerMessage::Stats { .. } => {}
                ServerMessage::Batch { kills, .. } if kills.is_empty() => {}
                // Kills sent again because their prices came.
                ServerMessage::Batch { seq: 0, .. } => {}
                other => return other,
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_reaches_the_socket_with_names_and_value() {
    let app = TestApp::start("r2z2").await;
    let (mut client, _) = Client::connect(&app).await;
    client.subscribe(KillFilter::default(), None).await;
    let ServerMessage::Snapshot { kills, is_gap_fill: false, .. } = client.next_of_interest().await else {
        panic!("a snapshot comes first")
    };
    assert!(kills.is_empty());
    let emitted: HashSet<i64> = app.simulator.emit(10).into_iter().collect();
    app.simulator.publish_sequence();
    let mut seen = HashSet::new();
    while seen.len() < emitted.len() {
        if let ServerMessage::Batch { kills, .. } = client.next_of_interest().await {
            for kill in kills {
                assert!(kill.ship.name.is_some() && kill.place.name.is_some());
                seen.insert(kill.killmail_id.0);
            }
        }
    }
    assert_eq!(seen, emitted);
    eventually("names are known", || async {
        let page = app.json("/api/v1/killmails").await;
        page["kills"].as_array().is_some_and(|kills| {
            kills.iter().all(|kill| {
                let character = &kill["victim"]["character"];
                character.is_null() || character["name"].is_string()
            })
        })
    })
    .await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_are_applied_by_the_server() {
    let app = TestApp::start("r2z2").await;
    let first = app.simulator.emit(30);
    app.simulator.publish_sequence();
    eventually("all are stored", || async { app.stored().await == first.len() as u64 }).await;
    let system = app.json(&format!("/api/v1/killmails/{}", first[0])).await["summary"]["place"]["solar_system_id"]
        .as_i64()
        .expect("id");
    let filter = KillFilter { system_id: vec![SolarSystemId(system)], ..KillFilter::default() };
    let (mut client, _) = Client::connect(&app).await;
    client.subscribe(filter.clone(), None).await;
    let ServerMessage::Snapshot { kills, .. } = client.next_of_interest().await else { panic!("snapshot") };
    assert!(!kills.is_empty() && kills.iter().all(|kill| kill.place.solar_system_id.0 == system));
    let listed = app.json(&format!("/api/v1/killmails?{}", filter.to_query())).await;
    assert_eq!(listed["kills"].as_array().map(Vec::len), Some(kills.len()));
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filtered_stream_has_exactly_the_kills_that_pass() {
    let app = TestApp::start("r2z2").await;
    let first = app.simulator.emit(40);
    app.simulator.publish_sequence();
    eventually("all are stored", || async { app.stored().await == first.len() as u64 }).await;
    let listed = app.json("/api/v1/killmails?limit=200").await;
    let mut by_tag = BTreeMap::new();
    for tag in
        listed["kills"].as_array().into_iter().flatten().flat_map(|kill| kill["module_tags"].as_array()).flatten()
    {
        *by_tag.entry(tag.as_str().expect("a tag").to_owned()).or_insert(0) += 1;
    }
    // One that many kills have, not all; as a person would type it.
    let (tag, _) = by_tag.iter().filter(|(_, kills)| **kills < 35).max_by_key(|(_, kills)| **kills).expect("a tag");
    let typed = KillFilter { tags: vec![tag.to_lowercase()], ..KillFilter::default() };
    let (mut client, _) = Client::connect(&app).await;
    client.subscribe(typed, None).await;
    let ServerMessage::Snapshot { .. } = client.next_of_interest().await else { panic!("snapshot") };
    let emitted: HashSet<i64> = app.simulator.emit(60).into_iter().collect();
    app.simulator.publish_sequence();
    eventually("all are stored", || async { app.stored().await == (first.len() + emitted.len()) as u64 }).await;
    let filter = KillFilter { tags: vec![tag.clone()], ..KillFilter::default() };
    let listed = app.json(&format!("/api/v1/killmails?limit=200&{}", filter.to_query())).await;
    let ids = listed["kills"].as_array().into_iter().flatten().filter_map(|kill| kill["killmail_id"].as_i64());
    let expected: HashSet<i64> = ids.filter(|id| emitted.contains(id)).collect();
    assert!(!expected.is_empty() && expected.len() < emitted.len(), "the filter tells kills apart");
    let mut seen = HashSet::new();
    while !seen.is_superset(&expected) {
        if let ServerMessage::Batch { kills, .. } = client.next_of_interest().await {
            assert!(kills.iter().all(|kill| kill.module_tags.contains(tag)));
            seen.extend(kills.iter().map(|kill| kill.killmail_id.0));
        }
    }
    assert_eq!(seen, expected);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_falls_behind_is_told_to_resync_and_goes_on() {
    let app = TestApp::start("r2z2").await;
    let (mut client, _) = Client::connect(&app).await;
    client.subscribe(KillFilter::default(), None).await;
    let ServerMessage::Snapshot { .. } = client.next_of_interest().await else { panic!("snapshot") };
    let services = Arc::clone(&app.running.services);
    let is_told = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&is_told);
    // More news than the hub can send and a queue can hold.
    let flood = tokio::task::spawn_blocking(move || {
        while !told.load(Ordering::Acquire) {
            services.window().announce(LiveEvent::Stats(Arc::new(services.live_stats())));
        }
    });
    let ServerMessage::Resync { .. } = client.next_of_interest().await else { panic!("told to resync") };
    is_told.store(true, Ordering::Release);
    flood.await.expect("no panic");
    client.subscribe(KillFilter::default(), None).await;
    let emitted = app.simulator.emit(1)[0];
    app.simulator.publish_sequence();
    let mut seen = HashSet::new();
    while !seen.contains(&emitted) {
        match client.next_of_interest().await {
            ServerMessage::Snapshot { kills, .. } | ServerMessage::Batch { kills, .. } => {
                seen.extend(kills.iter().map(|kill| kill.killmail_id.0));
            }
            // The rest of the flood.
            ServerMessage::Resync { .. } => client.subscribe(KillFilter::default(), None).await,
            other => panic!("{other:?}"),
        }
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_returns_gets_what_it_missed() {
    let app = TestApp::start("r2z2").await;
    let (mut client, node) = Client::connect(&app).await;
    client.subscribe(KillFilter::default(), None).await;
    let ServerMessage::Snapshot { seq, .. } = client.next_of_interest().await else { panic!("snapshot") };
    drop(client);
    let missed: HashSet<i64> = app.simulator.emit(7).into_iter().collect();
    app.simulator.publish_sequence();
    eventually("all are published", || async { app.running.services.window().seq() == seq + 7 }).await;
    let (mut client, _) = Client::connect(&app).await;
    client.subscribe(KillFilter::default(), Some(Since { node, seq })).await;
    let ServerMessage::Snapshot { kills, is_gap_fill: true, .. } = client.next_of_interest().await else {
        panic!("the gap is filled")
    };
    assert_eq!(kills.iter().map(|kill| kill.killmail_id.0).collect::<HashSet<_>>(), missed);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_messages_are_answered_and_harm_nothing() {
    let app = TestApp::start("r2z2").await;
    let (mut client, _) = Client::connect(&app).await;
    for message in [
        "",
        "not json",
        "{}",
        "[]",
        "null",
        "17",
        r#"{"type":"unknown"}"#,
        r#"{"type":"subscribe","filter":{"nonsense":1}}"#,
        r#"{"type":"subscribe","filter":{"system_id":"Jita"}}"#,
        r#"{"type":"subscribe","filter":{"system_id":[-1]}}"#,
        r#"{"type":"subscribe","filter":{"min_value":5,"max_value":1}}"#,
        r#"{"type":"subscribe","filter":{"band":["moon"]}}"#,
        r#"{"type":"subscribe","since":{"node":1,"seq":"x"}}"#,
        r#"{"type":"ack","seq":-1}"#,
        r#"{"type":"ack","seq":1e99}"#,
    ] {
        client.send(message).await;
        let ServerMessage::Error { code, .. } = client.next_of_interest().await else { panic!("refused: {message}") };
        assert_eq!(code, ErrorCode::Invalid, "{message}");
    }
    let many = vec![SolarSystemId(1); 1];
    let too_many = KillFilter { system_id: (1..=101).map(SolarSystemId).chain(many).collect(), ..Default::default() };
    client.subscribe(too_many, None).await;
    let ServerMessage::Error { path, .. } = client.next_of_interest().await else { panic!("refused") };
    assert_eq!(path.as_deref(), Some("system_id"));
    client.send(r#"{"type":"ping","nonce":5}"#).await;
    assert_eq!(client.next_of_interest().await, ServerMessage::Pong { nonce: 5 });
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_never_acknowledges_loses_nothing_but_immediacy() {
    let app = TestApp::start("r2z2").await;
    let (mut client, _) = Client::connect(&app).await;
    client.subscribe(KillFilter::default(), None).await;
    let mut emitted = HashSet::new();
    let mut seen = HashSet::new();
    let mut batches = 0;
    // Each kill waits for its batch until the server calls the client lagging; from then on they come together.
    while batches < 18 {
        emitted.extend(app.simulator.emit(1));
        app.simulator.publish_sequence();
        if let ServerMessage::Batch { kills, .. } = client.next_of_interest().await {
            batches += 1;
            seen.extend(kills.iter().map(|kill| kill.killmail_id.0));
        }
    }
    while seen.len() < emitted.len() {
        if let ServerMessage::Batch { kills, skipped, .. } = client.next_of_interest().await {
            assert_eq!(skipped, 0);
            seen.extend(kills.iter().map(|kill| kill.killmail_id.0));
        }
    }
    assert_eq!(seen, emitted);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_sites_pages_are_refused() {
    let app = TestApp::start("r2z2").await;
    let mut request = app.url("/api/v1/stream").replace("http", "ws").into_client_request().expect("request");
    request.headers_mut().insert("origin", "https://evil.example".parse().expect("header"));
    match connect_async(request).await {
        Err(tungstenite::Error::Http(refusal)) => assert_eq!(refusal.status(), 403),
        other => panic!("{other:?}"),
    }
    app.stop().await;
}

/// What an SSE stream has sent by the time a text is in it.
async fn events_until(response: reqwest::Response, wanted: &str) -> String {
    let mut text = String::new();
    let mut body = response.bytes_stream();
    while !text.contains(wanted) {
        let bytes =
            timeout(Duration::from_secs(30), body.next()).await.expect("in time").expect("open").expect("bytes");
        text.push_str(&String::from_utf8_lossy(&bytes));
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn server_sent_events_carry_the_same_payloads() {
    let app = TestApp::start("r2z2").await;
    let response = app.get("/api/v1/stream/sse").await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let emitted = app.simulator.emit(1);
    app.simulator.publish_sequence();
    let text = events_until(response, &format!("\"killmail_id\":{}", emitted[0])).await;
    assert!(text.contains(r#""type":"hello""#) && text.contains("id: "));
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn server_sent_events_resume_after_the_last_event_id() {
    let app = TestApp::start("r2z2").await;
    let emit = async |count| {
        let target = app.running.services.window().seq() + count;
        let ids: HashSet<i64> = app.simulator.emit(count as usize).into_iter().collect();
        app.simulator.publish_sequence();
        eventually("all are published", || async { app.running.services.window().seq() == target }).await;
        ids
    };
    let before = emit(3).await;
    let text = events_until(app.get("/api/v1/stream/sse").await, r#""type":"feed""#).await;
    let last = text.lines().find_map(|line| line.strip_prefix("id: ")).expect("an id").to_owned();
    let missed = emit(5).await;
    let resume = async |last_event_id: &str| {
        let request = app.client.get(app.url("/api/v1/stream/sse")).header("last-event-id", last_event_id);
        let text = events_until(request.send().await.expect("an answer"), r#""type":"feed""#).await;
        let data = text.lines().filter_map(|line| line.strip_prefix("data: "));
        let mut messages = data.map(|data| serde_json::from_str::<ServerMessage>(data).expect("a message"));
        let first = messages.find(|message| matches!(message, ServerMessage::Snapshot { .. }));
        let Some(ServerMessage::Snapshot { kills, is_gap_fill, .. }) = first else { panic!("{text}") };
        (kills.iter().map(|kill| kill.killmail_id.0).collect::<HashSet<_>>(), is_gap_fill)
    };
    assert_eq!(resume(&last).await, (missed.clone(), true), "what was missed, and nothing else");
    let all: HashSet<i64> = before.union(&missed).copied().collect();
    for unusable in ["another-node:3", "nonsense", ":", &last[..last.len() - 1]] {
        assert_eq!(resume(unusable).await, (all.clone(), false), "{unusable}: a snapshot");
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_kill_page_is_told_of_a_better_price() {
    let app = TestApp::start("r2z2").await;
    app.simulator.set_outage("janice", true);
    let id = app.simulator.emit(1)[0];
    app.simulator.publish_sequence();
    let path = format!("/api/v1/killmails/{id}");
    eventually("it is known", || async { app.get(&path).await.status().is_success() }).await;
    let enriched_at =
        async || -> Timestamp { serde_json::from_value(app.json(&path).await["enriched_at"].clone()).expect("a time") };
    let before = enriched_at().await;
    let (mut client, _) = Client::connect(&app).await;
    app.simulator.set_outage("janice", false);
    client.told_of_change(id, before).await;
    assert!(enriched_at().await > before);
    let (mut late, _) = Client::connect(&app).await;
    late.told_of_change(id, before).await; // at once: what it has is outdated
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_kill_page_is_told_of_what_another_process_has_computed() {
    let simulator = simulator::Simulator::start(crate::harness::simulator_config()).await.expect("simulator");
    simulator.set_fault(simulator::Fault::OldKill, 1.0);
    let old = simulator.emit(1)[0];
    simulator.set_fault(simulator::Fault::OldKill, 0.0);
    let app = TestApp::start_on("r2z2", simulator).await;
    let live = app.simulator.emit(1)[0];
    app.simulator.publish_sequence();
    let store = &app.database.store;
    let record = async |id: i64| store.find_kill(KillmailId(id)).await.expect("an answer");
    eventually("it is stored", || async { record(live).await.is_some() }).await;
    // Of a backfill: in the database only.
    let (payload, _) = app.simulator.killmail(old).expect("kept");
    let killmail = domain::Killmail::decode(&payload, chrono::Utc::now()).expect("a killmail");
    let kept = domain::KillRecord {
        killmail: std::sync::Arc::new(killmail),
        payload: payload.into(),
        ..record(live).await.expect("stored")
    };
    let (static_data, records) = (domain::StaticData::bundled(), [&kept]);
    let batch = store::KillBatch { records: &records, static_data: &static_data, positions: &[], dead_letters: &[] };
    store.insert_batch(&batch).await.expect("stored");

    for id in [live, old] {
        assert_eq!(app.running.services.window().find(KillmailId(id)).is_some(), id == live);
        let mut other = record(id).await.expect("stored");
        let known = other.enrichment.enriched_at;
        let (mut client, _) = Client::connect(&app).await;
        let watch = ClientMessage::Watch { killmail_id: Some(KillmailId(id)), enriched_at: Some(known) };
        client.send(&serde_json::to_string(&watch).expect("JSON")).await;
        // Answered in turn: from now on the client is told.
        client.send(r#"{"type":"ping","nonce":7}"#).await;
        while client.next().await != (ServerMessage::Pong { nonce: 7 }) {}
        other.enrichment.is_solo = !other.enrichment.is_solo;
        other.enrichment.enriched_at = known + chrono::TimeDelta::minutes(1);
        assert_eq!(store.update_enrichment(&[&other], &static_data).await.expect("done"), 1);
        let changed = ServerMessage::Changed { killmail_id: KillmailId(id) };
        while client.next().await != changed {}
    }
    app.stop().await;
}
