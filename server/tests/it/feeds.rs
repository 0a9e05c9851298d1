//! Which feed delivers: failover, return, quarantine.

use crate::harness::{TestApp, eventually};
use contract::FeedHealth;
use domain::{KillmailId, Source};
use simulator::{Fault, FaultSettings, Mode, Rhythm, Simulator};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use tokio::io::AsyncReadExt;

async fn all_stored(app: &TestApp, emitted: &[i64]) {
    let ids: Vec<KillmailId> = emitted.iter().copied().map(KillmailId).collect();
    eventually("every kill is stored", || async {
        app.database.store.filter_known_ids(&ids).await.expect("known ids").len() == ids.len()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_feed_takes_over_and_the_first_is_taken_back() {
    let app = TestApp::start("wanderer,r2z2").await;
    let mut emitted = app.simulator.emit(20);
    app.simulator.publish_sequence();
    all_stored(&app, &emitted).await;
    assert_eq!(app.running.services.feed_status().health, FeedHealth::Live);

    app.simulator.set_outage("wanderer", true);
    eventually("the fallback delivers", || async {
        let status = app.running.services.feed_status();
        (status.health, status.active) == (FeedHealth::Fallback, Some(Source::R2z2))
    })
    .await;
    emitted.extend(app.simulator.emit(30));
    app.simulator.publish_sequence();
    all_stored(&app, &emitted).await;

    app.simulator.set_outage("wanderer", false);
    eventually("the first feed is back", || async { app.running.services.feed_status().health == FeedHealth::Live })
        .await;
    emitted.extend(app.simulator.emit(30));
    app.simulator.publish_sequence();
    all_stored(&app, &emitted).await;
    assert_eq!(app.stored().await, emitted.len() as u64);
    app.stop().await;
}

/// R2Z2 refuses whoever asks too soon for a file that is not there; two readers, or one right after another, would.
#[tokio::test(flavor = "multi_thread")]
async fn a_first_feed_that_comes_and_goes_does_not_make_the_second_impolite() {
    let mut config = crate::harness::simulator_config();
    config.limits.poll_floor = Duration::from_millis(300);
    let app = TestApp::start_configured("wanderer,r2z2", config, &[("R2Z2_POLL_SECONDS", "0.4")]).await;
    let mut emitted = Vec::new();
    for _ in 0..3 {
        app.simulator.set_outage("wanderer", true);
        let health = || app.running.services.feed_status().health;
        eventually("the fallback delivers", || async { health() == FeedHealth::Fallback }).await;
        emitted.extend(app.simulator.emit(3));
        app.simulator.publish_sequence();
        all_stored(&app, &emitted).await;
        app.simulator.set_outage("wanderer", false);
        eventually("the first feed is back", || async { health() == FeedHealth::Live }).await;
    }
    let violations = app.simulator.counters().violations;
    assert!(!violations.contains_key("r2z2 poll_floor"), "{violations:?}");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_feed_does_not_walk_through_what_came_by_the_first() {
    let app = TestApp::start("r2z2").await;
    let mut emitted = app.simulator.emit(10);
    app.simulator.publish_sequence();
    all_stored(&app, &emitted).await;
    // From here on R2Z2's stored position falls behind.
    let app = app.restart("wanderer,r2z2", |_| {}).await;
    emitted.extend(app.simulator.emit(200));
    app.simulator.publish_sequence();
    all_stored(&app, &emitted).await;
    let delivered = |app: &TestApp| app.simulator.counters().delivered.get("r2z2").copied().unwrap_or(0);
    let before = delivered(&app);
    app.simulator.set_outage("wanderer", true);
    eventually("the fallback delivers", || async { app.running.services.feed_status().health == FeedHealth::Fallback })
        .await;
    emitted.extend(app.simulator.emit(5));
    app.simulator.publish_sequence();
    all_stored(&app, &emitted).await;
    let read = delivered(&app) - before;
    assert!(read <= 10, "{read} files were read for 5 kills");
    assert_eq!(app.stored().await, emitted.len() as u64);
    app.stop().await;
}

/// Every connection is accepted, answered and falls silent at its first kill: each new one begins like a good one.
#[tokio::test(flavor = "multi_thread")]
async fn a_feed_that_connects_and_then_stays_silent_is_replaced() {
    for feed in ["wanderer", "evekill"] {
        let mut config = crate::harness::simulator_config();
        config.mode = Mode::Live { rate: 20.0, rhythm: Rhythm::Steady };
        // Connections end by themselves before the bound, so that no single one is silent for as long as it.
        config.timing.silence = Duration::from_millis(500);
        config.faults = FaultSettings::default().with(Fault::Silence, 1.0);
        let app = TestApp::start_with(&format!("{feed},r2z2"), config).await;
        let health = || app.running.services.feed_status().health;
        eventually("silence is noticed", || async { health() == FeedHealth::Fallback }).await;
        app.simulator.set_fault(Fault::Silence, 0.0);
        eventually("the first feed is taken back", || async { health() == FeedHealth::Live }).await;
        app.stop().await;
    }
}

/// One connection that stays open: neither the read timeout nor another attempt may put the bound off.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_stays_open_without_a_word_is_replaced() {
    let mut config = crate::harness::simulator_config();
    config.mode = Mode::Live { rate: 20.0, rhythm: Rhythm::Steady };
    config.faults = FaultSettings::default().with(Fault::Silence, 1.0);
    let app = TestApp::start_with("wanderer,r2z2", config).await;
    let opened = |app: &TestApp| app.simulator.counters().routes.get("wanderer stream").copied().unwrap_or(0);
    eventually("silence is noticed", || async { app.running.services.feed_status().health == FeedHealth::Fallback })
        .await;
    assert!(opened(&app) < 3, "each of three attempts had the whole bound");
    app.stop().await;
}

/// A host that accepts connections and never answers.
#[tokio::test(flavor = "multi_thread")]
async fn a_feed_that_never_answers_is_replaced_within_the_bound() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("address"));
    let asked = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&asked);
    let host = tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut head = [0; 64];
            let read = socket.read(&mut head).await.unwrap_or(0);
            if String::from_utf8_lossy(&head[..read]).contains("/kills/stream") {
                counter.fetch_add(1, Ordering::Relaxed);
            }
            open.push(socket);
        }
    });
    let config = crate::harness::simulator_config();
    let app = TestApp::start_configured("wanderer,r2z2", config, &[("WANDERER_KILLS_URL", &url)]).await;
    assert_eq!(app.running.services.feed_status().active, Some(Source::R2z2));
    assert!(asked.load(Ordering::Relaxed) < 3, "each of three attempts had the whole bound");
    app.stop().await;
    host.abort();
}

/// Kills of three days ago, as if the server had been down since.
fn emit_old(simulator: &Simulator, count: usize) -> Vec<i64> {
    simulator.set_fault(Fault::OldKill, 1.0);
    let ids = simulator.emit(count);
    simulator.set_fault(Fault::OldKill, 0.0);
    simulator.publish_sequence();
    ids
}

/// By feeds without memory, so that only history has what was missed.
#[tokio::test(flavor = "multi_thread")]
async fn an_outage_of_days_loses_nothing_and_late_posts_come_in() {
    let simulator = Simulator::start(crate::harness::simulator_config()).await.expect("simulator");
    let past = emit_old(&simulator, 5);
    let app = TestApp::start_on("wanderer", simulator).await;
    let mut emitted = emit_old(&app.simulator, 3);
    all_stored(&app, &emitted).await;
    let mut late = Vec::new();
    let app = app.restart("wanderer", |simulator| late = emit_old(simulator, 20)).await;
    emitted.extend(late);
    emitted.extend(app.simulator.emit(5));
    all_stored(&app, &emitted).await;
    assert_eq!(app.stored().await, emitted.len() as u64, "and none of before the installation: {past:?}");
    // The newest kill is of today: only the mark remembers that older days are looked at. And more than are fetched
    // one by one: the day is read whole.
    let mut missed = Vec::new();
    let app = app.restart("wanderer", |simulator| missed = emit_old(simulator, 600)).await;
    emitted.extend(missed);
    all_stored(&app, &emitted).await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_that_cannot_be_understood_are_quarantined_and_the_stream_goes_on() {
    let app = TestApp::start("wanderer").await;
    app.simulator.set_fault(Fault::MalformedJson, 1.0);
    app.simulator.emit(5);
    eventually("five events are refused", || async { app.dead_letters().await.len() >= 5 }).await;
    for letter in app.dead_letters().await {
        assert!(!letter.reason.is_empty() && !letter.payload.is_empty());
    }
    app.simulator.set_fault(Fault::MalformedJson, 0.0);
    let good = app.simulator.emit(5);
    all_stored(&app, &good).await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hash_that_esi_refuses_is_quarantined_with_the_reason() {
    let app = TestApp::start("wanderer").await;
    app.simulator.set_fault(Fault::WrongHash, 1.0);
    let emitted = app.simulator.emit(2);
    eventually("both are refused", || async { app.dead_letters().await.len() >= 2 }).await;
    let letters = app.dead_letters().await;
    assert!(letters.iter().all(|letter| letter.killmail_id.is_some_and(|id| emitted.contains(&id.0))));
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_feed_delivers() {
    for feed in ["wanderer", "r2z2", "evekill"] {
        let app = TestApp::start(feed).await;
        let emitted = app.simulator.emit(25);
        app.simulator.publish_sequence();
        all_stored(&app, &emitted).await;
        // History may bring a kill first; the feed brings each all the same.
        eventually("the feed itself delivers every kill", || async {
            let feeds = app.running.services.feed_status().feeds;
            feeds.iter().any(|state| state.source.as_str() == feed && state.events >= emitted.len() as u64)
        })
        .await;
        app.stop().await;
    }
}
