//! Every fault can be observed, and none loses a kill for good.

use crate::support::{Stream, client, config, get, get_json, post, start, with_fault};
use serde_json::{Value, json};
use simulator::{Config, Fault, FaultSettings, Simulator};
use std::time::{Duration, Instant};

const FIRST: &str = "/r2z2/ephemeral/96000001.json";
const STREAMS: [&str; 3] =
    ["/wanderer/api/v1/kills/stream", "/wanderer/api/v1/kills/stream/enhanced", "/evekill/api/feed/stream"];

/// Opens a stream, emits one kill and reads the opening away.
async fn struck(simulator: &Simulator, path: &str) -> (Stream, i64) {
    let mut stream = Stream::open(simulator, path).await;
    stream.block().await;
    (stream, simulator.emit(1)[0])
}

#[tokio::test]
async fn disconnect() {
    let simulator = with_fault(Fault::Disconnect, 1.0).await;
    for path in STREAMS {
        let (mut stream, _) = struck(&simulator, path).await;
        assert_eq!(stream.block().await, None, "{path}");
        assert!(stream.broken, "{path}");
    }
    assert!(get(&simulator, FIRST).await.bytes().await.is_err());
    let totals = get_json(&simulator, "/r2z2/history/totals.json").await;
    assert_eq!(totals, json!({"20260102": 3}), "the history has them all");
}

#[tokio::test]
async fn silence() {
    let mut config = config();
    config.timing.silence = Duration::from_millis(200);
    config.timing.wanderer_ping = Duration::from_millis(20);
    let simulator = start(config).await;
    simulator.set_fault(Fault::Silence, 1.0);
    let begin = Instant::now();
    let (mut stream, _) = struck(&simulator, STREAMS[0]).await;
    while let Some(block) = stream.block().await {
        assert_eq!(block, ": ping", "nothing but what came before the kill");
    }
    assert!(begin.elapsed() >= Duration::from_millis(200));
}

#[tokio::test]
async fn duplicate() {
    let simulator = with_fault(Fault::Duplicate, 1.0).await;
    for path in STREAMS {
        let (mut stream, id) = struck(&simulator, path).await;
        assert_eq!(stream.kill().await["killmail_id"], id, "{path}");
        assert_eq!(stream.kill().await["killmail_id"], id, "{path}");
    }
    assert_eq!(simulator.emitted().len(), 3);
    let first = get_json(&simulator, FIRST).await;
    let second = get_json(&simulator, "/r2z2/ephemeral/96000002.json").await;
    assert_eq!(first["killmail_id"], second["killmail_id"]);
    assert_eq!(get_json(&simulator, "/r2z2/history/totals.json").await, json!({"20260102": 3}));
}

#[tokio::test]
async fn out_of_order() {
    let simulator = with_fault(Fault::OutOfOrder, 0.3).await;
    let ids = simulator.emit(100);
    assert!(!ids.is_sorted());
    assert_eq!(simulator.emitted(), ids);
    let mut sorted = ids.clone();
    sorted.sort_unstable();
    assert_eq!(sorted.windows(2).filter(|pair| pair[0] == pair[1]).count(), 0);
    let mut stream = Stream::open_after(&simulator, STREAMS[2], Some(96_000_000)).await;
    for id in ids {
        assert_eq!(stream.kill().await["killmail_id"], id);
    }
}

#[tokio::test]
async fn malformed_json() {
    let simulator = with_fault(Fault::MalformedJson, 1.0).await;
    for path in STREAMS {
        let (mut stream, _) = struck(&simulator, path).await;
        let (_, data) = stream.event().await.unwrap();
        assert!(serde_json::from_str::<Value>(&data).is_err(), "{path}");
    }
    let document = get(&simulator, FIRST).await.text().await.unwrap();
    assert!(serde_json::from_str::<Value>(&document).is_err());
    simulator.set_fault(Fault::MalformedJson, 0.0);
    assert_eq!(get_json(&simulator, FIRST).await["sequence_id"], 96_000_001);
}

#[tokio::test]
async fn truncated_chunk() {
    let simulator = with_fault(Fault::TruncatedChunk, 1.0).await;
    for path in STREAMS {
        let (mut stream, _) = struck(&simulator, path).await;
        assert_eq!(stream.block().await, None, "{path}");
        assert!(stream.broken && stream.rest().contains("data: {"), "{path}");
    }
    assert!(get(&simulator, FIRST).await.bytes().await.is_err());
}

#[tokio::test]
async fn huge_event() {
    let simulator = with_fault(Fault::HugeEvent, 1.0).await;
    for path in STREAMS {
        let (mut stream, id) = struck(&simulator, path).await;
        assert!(stream.event().await.unwrap().1.len() > 1 << 20, "{path}");
        assert_eq!(stream.kill().await["killmail_id"], id, "{path}");
    }
    assert!(get(&simulator, FIRST).await.bytes().await.unwrap().len() > 1 << 20);
}

#[tokio::test]
async fn stale_404() {
    let simulator = with_fault(Fault::Stale404, 1.0).await;
    simulator.emit(1);
    assert_eq!(get(&simulator, FIRST).await.status(), 404);
    let begin = Instant::now();
    while get(&simulator, FIRST).await.status() == 404 {
        assert!(begin.elapsed() < Duration::from_secs(10));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(get(&simulator, FIRST).await.status(), 200, "it stays");
}

#[tokio::test]
async fn missing_number() {
    let simulator = with_fault(Fault::MissingNumber, 1.0).await;
    let id = simulator.emit(1)[0];
    assert_eq!(get(&simulator, FIRST).await.status(), 404);
    assert_eq!(get_json(&simulator, "/r2z2/ephemeral/96000002.json").await["killmail_id"], id);
    assert_eq!(get_json(&simulator, "/r2z2/ephemeral/sequence.json").await, json!({"sequence": 96_000_002}));
}

#[tokio::test]
async fn slow() {
    let simulator = with_fault(Fault::Slow, 1.0).await;
    let begin = Instant::now();
    get(&simulator, "/esi/status").await;
    assert!(begin.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn statuses() {
    let simulator = start(config()).await;
    simulator.set_fault(Fault::Http420, 1.0);
    let refused = get(&simulator, "/esi/status").await;
    assert_eq!(refused.status(), 420);
    assert_eq!(refused.headers()["x-esi-error-limit-reset"], "5");
    assert_eq!(get(&simulator, "/r2z2/ephemeral/sequence.json").await.status(), 200, "ESI only");
    simulator.set_fault(Fault::Http420, 0.0);
    simulator.set_fault(Fault::Http429, 1.0);
    for path in ["/esi/status", "/r2z2/ephemeral/sequence.json", STREAMS[0], "/evekill/api/feed/poll"] {
        let refused = get(&simulator, path).await;
        assert_eq!(refused.status(), 429, "{path}");
        assert_eq!(refused.headers()["retry-after"], "5", "{path}");
    }
    simulator.set_fault(Fault::Http429, 0.0);
    simulator.set_fault(Fault::Http5xx, 1.0);
    assert!(get(&simulator, STREAMS[1]).await.status().is_server_error());
}

#[tokio::test]
async fn wrong_hash() {
    let simulator = with_fault(Fault::WrongHash, 1.0).await;
    let (mut stream, id) = struck(&simulator, STREAMS[0]).await;
    let kill = stream.kill().await;
    let wrong = kill["zkb"]["hash"].as_str().unwrap();
    let right = simulator.killmail(id).unwrap().1;
    assert_ne!(wrong, right);
    assert_eq!(get(&simulator, &format!("/esi/killmails/{id}/{wrong}")).await.status(), 422);
    let document = get_json(&simulator, FIRST).await;
    assert_ne!(document["hash"], right);
    assert_eq!(document["hash"], document["zkb"]["hash"]);
    assert_eq!(get_json(&simulator, "/r2z2/history/20260102.json").await[id.to_string()], right);
}

#[tokio::test]
async fn old_kill() {
    let simulator = with_fault(Fault::OldKill, 1.0).await;
    let id = simulator.emit(1)[0];
    let document = get_json(&simulator, FIRST).await;
    assert_eq!(document["esi"]["killmail_time"], "2025-12-30T03:00:46Z");
    assert_eq!(document["uploaded_at"], 1_767_322_846);
    let history = get_json(&simulator, "/r2z2/history/20251230.json").await;
    assert!(history.get(id.to_string()).is_some());
}

#[tokio::test]
async fn ghost() {
    let simulator = with_fault(Fault::Ghost, 1.0).await;
    simulator.emit(3);
    for sequence in 96_000_001..96_000_004 {
        let response = get(&simulator, &format!("/r2z2/ephemeral/{sequence}.json")).await;
        assert_eq!(response.status(), 200);
        let body: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap_or_default();
        assert!(body.get("esi").is_none());
    }
}

#[tokio::test]
async fn outages_and_control_over_http() {
    let simulator = start(config()).await;
    let (mut stream, id) = struck(&simulator, STREAMS[2]).await;
    assert_eq!(stream.kill().await["killmail_id"], id);
    let outage = |on: bool| json!({"upstream": "evekill", "on": on});
    assert_eq!(post(&simulator, "/simulator/outage", &outage(true)).await.status(), 200);
    assert_eq!(stream.block().await, None, "open streams end");
    assert_eq!(get(&simulator, "/evekill/api/feed/poll").await.status(), 503);
    assert_eq!(get(&simulator, "/r2z2/ephemeral/sequence.json").await.status(), 200);
    assert_eq!(simulator.counters().outages, ["evekill"]);
    post(&simulator, "/simulator/outage", &outage(false)).await;
    assert_eq!(get(&simulator, "/evekill/api/feed/poll").await.status(), 200);
    assert_eq!(post(&simulator, "/simulator/outage", &json!({"upstream": "x", "on": true})).await.status(), 400);
    let history_out = json!({"upstream": "r2z2-history", "on": true});
    assert_eq!(post(&simulator, "/simulator/outage", &history_out).await.status(), 200);
    assert_eq!(get(&simulator, "/r2z2/history/totals.json").await.status(), 503);
    assert_eq!(get(&simulator, "/r2z2/ephemeral/sequence.json").await.status(), 200, "only the history is out");

    assert_eq!(post(&simulator, "/simulator/faults", &json!({"ghost": 1.0})).await.status(), 200);
    assert_eq!(post(&simulator, "/simulator/faults", &json!({"nope": 1.0})).await.status(), 400);
    assert_eq!(post(&simulator, "/simulator/faults", &json!({"ghost": 2.0})).await.status(), 400);
    get(&simulator, FIRST).await;
    post(&simulator, "/simulator/emit", &json!({"count": 3})).await;
    let state = get_json(&simulator, "/simulator/state").await;
    assert_eq!(state["emitted"], 4);
    assert_eq!(state["faults"]["ghost"], json!({"probability": 1.0, "hits": 1}));
    assert_eq!(state["routes"]["r2z2 file"], 1);
    assert_eq!(state["responses"]["evekill 503"], 1);
}

#[tokio::test]
async fn with_every_fault_a_patient_client_gets_every_kill() {
    let faults: FaultSettings =
        "duplicate=0.1,out_of_order=0.1,malformed_json=0.1,truncated_chunk=0.05,disconnect=0.05,\
        ghost=0.1,stale_404=0.05,missing_number=0.1,5xx=0.05,429=0.05,huge_event=0.02"
            .parse()
            .unwrap();
    let mut config = config();
    config.timing.stale = Duration::from_millis(20);
    let simulator = start(Config { faults, ..config }).await;
    let mut wanted = simulator.emit(80);
    let head = simulator.counters().last_sequence;
    let mut got = Vec::new();
    for sequence in 96_000_001..=head {
        // A number left out is never there; all others come within some tries.
        for _ in 0..25 {
            let url = format!("{}/r2z2/ephemeral/{sequence}.json", simulator.base_url());
            let Ok(response) = client().get(url).send().await else { continue };
            let document: Value = match response.bytes().await {
                Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_default(),
                Err(_) => continue,
            };
            if document["esi"].is_object() {
                got.extend(document["killmail_id"].as_i64());
                break;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    wanted.sort_unstable();
    got.sort_unstable();
    got.dedup();
    let lost: Vec<_> = wanted.iter().filter(|id| !got.contains(id)).collect();
    assert!(lost.is_empty(), "lost {lost:?}");
}
