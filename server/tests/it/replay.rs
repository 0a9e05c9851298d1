//! The busiest real hour through the whole server: every kill stored exactly once, whatever the feed does.
//! R2Z2 and EVE-KILL replay what was missed, so history is switched off where they deliver: it would hide what they lose.
//! Without the real data beside the checkout, generated kills stand in, so that the tests never run empty.

use crate::harness::{TestApp, busiest_hour, eventually};
use domain::KillmailId;
use simulator::{Dates, Fault};
use std::collections::HashSet;

/// Emits the hour (or 1,000 generated kills) and returns the ids.
fn emit_hour(app: &TestApp) -> Vec<i64> {
    let emitted = match busiest_hour() {
        Some(hour) => app.simulator.emit_replay(hour, Dates::AsRecorded),
        None => app.simulator.emit(1_000),
    };
    app.simulator.publish_sequence();
    emitted
}

async fn assert_stored_once(app: &TestApp, emitted: &[i64]) {
    let ids: Vec<KillmailId> = emitted.iter().copied().map(KillmailId).collect();
    let expected: HashSet<KillmailId> = ids.iter().copied().collect();
    eventually("every kill is stored", || async {
        app.database.store.filter_known_ids(&ids).await.expect("known ids").len() == expected.len()
    })
    .await;
    assert_eq!(app.stored().await, expected.len() as u64, "and no other");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_busiest_hour_is_stored_once_and_unchanged() {
    let app = TestApp::start_without_history("r2z2").await;
    let emitted = emit_hour(&app);
    assert_stored_once(&app, &emitted).await;
    assert_eq!(app.dead_letters().await, Vec::new());
    for id in emitted.iter().step_by(50) {
        let (body, hash) = app.simulator.killmail(*id).expect("kept");
        let raw = app.json(&format!("/api/v1/killmails/{id}/raw")).await;
        let source: serde_json::Value = serde_json::from_str(&body).expect("JSON");
        assert_eq!(numbers_as_floats(raw), numbers_as_floats(source), "killmail {id}");
        let detail = app.json(&format!("/api/v1/killmails/{id}")).await;
        assert_eq!(detail["summary"]["hash"], hash.as_str());
    }
    app.stop().await;
}

/// `1e11` and `100000000000` are the same number.
fn numbers_as_floats(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::Number(number) => Value::from(number.as_f64()),
        Value::Array(values) => values.into_iter().map(numbers_as_floats).collect(),
        Value::Object(map) => map.into_iter().map(|(key, value)| (key, numbers_as_floats(value))).collect(),
        other => other,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_faulty_numbered_feed_loses_and_doubles_nothing() {
    let app = TestApp::start_without_history("r2z2").await;
    for (fault, probability) in [
        (Fault::Duplicate, 0.2),
        (Fault::OutOfOrder, 0.2),
        (Fault::TruncatedChunk, 0.02),
        (Fault::Stale404, 0.01),
        (Fault::Http5xx, 0.01),
    ] {
        app.simulator.set_fault(fault, probability);
    }
    let emitted = emit_hour(&app);
    assert_stored_once(&app, &emitted).await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_faulty_stream_loses_and_doubles_nothing() {
    let app = TestApp::start("wanderer").await;
    for (fault, probability) in
        [(Fault::Duplicate, 0.3), (Fault::OutOfOrder, 0.2), (Fault::Disconnect, 0.005), (Fault::MalformedJson, 0.01)]
    {
        app.simulator.set_fault(fault, probability);
    }
    // The first kill of a new installation sets the mark from which gaps are closed.
    let mut emitted = app.simulator.emit(1);
    app.simulator.publish_sequence();
    eventually("the first kill is stored", || async { app.stored().await == 1 }).await;
    emitted.extend(app.simulator.emit(400));
    app.simulator.publish_sequence();
    assert_stored_once(&app, &emitted).await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_arrives_while_the_server_is_down_comes_in_at_the_next_start() {
    let app = TestApp::start_without_history("r2z2").await;
    let mut emitted = app.simulator.emit(50);
    app.simulator.publish_sequence();
    assert_stored_once(&app, &emitted).await;
    let mut missed = Vec::new();
    let app = app
        .restart("r2z2", |simulator| {
            missed = simulator.emit(200);
            simulator.publish_sequence();
        })
        .await;
    emitted.extend(missed);
    assert_stored_once(&app, &emitted).await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_with_memory_loses_nothing_to_disconnects() {
    let app = TestApp::start_without_history("evekill").await;
    // The first kill gives the position from which the stream is resumed.
    let mut emitted = app.simulator.emit(1);
    eventually("the first kill is stored", || async { app.stored().await == 1 }).await;
    app.simulator.set_fault(Fault::Disconnect, 0.02);
    emitted.extend(app.simulator.emit(200));
    assert_stored_once(&app, &emitted).await;
    assert!(app.simulator.counters().faults["disconnect"].hits > 0);
    app.stop().await;
}
