//! The wire formats of the three feeds.

use crate::support::{Stream, client, config, get, get_json, start};
use serde_json::{Value, json};
use simulator::{Config, Limits};
use std::time::Duration;

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn r2z2_document() {
    let simulator = start(config()).await;
    let id = simulator.emit(1)[0];
    assert_eq!(get_json(&simulator, "/r2z2/ephemeral/sequence.json").await, json!({"sequence": 96_000_001}));
    let response = get(&simulator, "/r2z2/ephemeral/96000001.json").await;
    let text = response.text().await.unwrap();
    let (body, hash) = simulator.killmail(id).unwrap();
    assert!(text.starts_with(&format!(r#"{{"killmail_id":{id},"hash":"{hash}","esi":{body},"zkb":{{"#)), "{text}");
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(keys(&document), ["esi", "hash", "killmail_id", "sequence_id", "uploaded_at", "zkb"]);
    assert_eq!(document["sequence_id"], 96_000_001);
    assert_eq!(document["uploaded_at"], 1_767_322_846);
    let zkb = &document["zkb"];
    for key in ["fittedValue", "droppedValue", "destroyedValue", "totalValue", "totalDroppableValue"] {
        assert!(zkb[key].is_f64(), "{key}");
    }
    assert_eq!(zkb["hash"], document["hash"]);
    assert_eq!(zkb["href"], format!("https://esi.evetech.net/killmails/{id}/{hash}/"));
    assert_eq!(zkb["attackerCount"], document["esi"]["attackers"].as_array().unwrap().len());
    assert!(zkb["labels"].as_array().unwrap().iter().any(|label| label == "tz:use"), "{zkb}");
    assert_eq!(get(&simulator, "/r2z2/ephemeral/96000002.json").await.status(), 404);
}

#[tokio::test]
async fn r2z2_history() {
    let simulator = start(config()).await;
    let ids = simulator.emit(20);
    let hashes = get_json(&simulator, "/r2z2/history/20260102.json").await;
    let raw = get_json(&simulator, "/r2z2/history/raw/20260102.json").await;
    for id in ids {
        let (body, hash) = simulator.killmail(id).unwrap();
        assert_eq!(hashes[id.to_string()], hash);
        assert_eq!(raw[id.to_string()], serde_json::from_str::<Value>(&body).unwrap());
    }
    assert_eq!(get_json(&simulator, "/r2z2/history/totals.json").await, json!({"20260102": 20}));
    assert_eq!(get(&simulator, "/r2z2/history/20250102.json").await.status(), 404);
}

#[tokio::test]
async fn r2z2_manners() {
    let limits = Limits { poll_floor: Duration::from_secs(60), r2z2_per_second: 8, ..Limits::default() };
    let simulator = start(Config { limits, ..config() }).await;
    simulator.emit(30);
    let published = get_json(&simulator, "/r2z2/ephemeral/sequence.json").await;
    assert_eq!(published, json!({"sequence": 96_000_000}), "lags until 51 files are new");
    simulator.emit(30);
    let published = get_json(&simulator, "/r2z2/ephemeral/sequence.json").await;
    assert_eq!(published, json!({"sequence": 96_000_052}));
    assert_eq!(get(&simulator, "/r2z2/ephemeral/96000060.json").await.status(), 200, "newer files exist");
    assert_eq!(get(&simulator, "/r2z2/ephemeral/96000061.json").await.status(), 404);
    assert_eq!(get(&simulator, "/r2z2/ephemeral/96000061.json").await.status(), 403, "asked again too soon");
    assert_eq!(get(&simulator, "/r2z2/ephemeral/96000062.json").await.status(), 404, "another file is fine");
    let anonymous = reqwest::Client::new().get(format!("{}/r2z2/ephemeral/sequence.json", simulator.base_url()));
    assert_eq!(anonymous.send().await.unwrap().status(), 403, "no User-Agent");
    let mut statuses = Vec::new();
    for _ in 0..20 {
        statuses.push(get(&simulator, "/r2z2/ephemeral/96000001.json").await.status().as_u16());
    }
    assert!(statuses.contains(&429), "{statuses:?}");
    let violations = simulator.counters().violations;
    for rule in ["r2z2 poll_floor", "r2z2 blank_user_agent", "r2z2 rate"] {
        assert!(violations.contains_key(rule), "{rule}: {violations:?}");
    }
}

#[tokio::test]
async fn wanderer_standard_stream() {
    let mut config = config();
    config.timing.wanderer_ping = Duration::from_millis(50);
    let simulator = start(config).await;
    let mut stream = Stream::open(&simulator, "/wanderer/api/v1/kills/stream?min_value=1e15").await;
    assert_eq!(stream.header("content-type"), "text/event-stream; charset=utf-8");
    assert_eq!(stream.block().await.unwrap(), "retry: 2000");
    assert_eq!(stream.block().await.unwrap(), ": ping");
    let ids = simulator.emit(50);
    for id in ids {
        let (head, data) = stream.event().await.unwrap();
        assert_eq!(head, "", "no event name and no id");
        let kill: Value = serde_json::from_str(&data).unwrap();
        let (body, hash) = simulator.killmail(id).unwrap();
        let mail: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(kill["killmail_id"], id);
        assert_eq!(kill["kill_time"], mail["killmail_time"]);
        assert_eq!(kill["system_id"], mail["solar_system_id"]);
        assert_eq!(kill["zkb"]["hash"], hash);
        assert_eq!(kill["attacker_count"], mail["attackers"].as_array().unwrap().len());
        assert!(kill["victim"]["ship_name"].is_string() && kill["solar_system_name"].is_string());
        assert!(kill["victim"].get("items").is_none() && kill["victim"].get("faction_id").is_none());
        assert_eq!(kill["victim"].get("character_id").is_some(), kill["victim"].get("character_name").is_some());
        assert!(kill["zkb"].get("attackerCount").is_none() && kill["zkb"].get("href").is_none());
    }
    let refused = get(&simulator, "/wanderer/api/v1/kills/stream?system_ids=30000142,abc").await;
    assert_eq!(refused.status(), 400);
    let error: Value = refused.json().await.unwrap();
    assert_eq!(error["error"]["message"], "Invalid system_ids: 'abc' is not a valid integer");
}

#[tokio::test]
async fn wanderer_standard_stream_as_documented() {
    let mut config = config();
    config.wanderer_as_documented = true;
    config.timing.wanderer_heartbeat = Duration::from_millis(50);
    let simulator = start(config).await;
    let mut stream = Stream::open(&simulator, "/wanderer/api/v1/kills/stream").await;
    assert_eq!(stream.event().await.unwrap().0, "event: connected\n");
    assert_eq!(stream.event().await.unwrap().0, "event: heartbeat\n");
    let id = simulator.emit(1)[0];
    let head = loop {
        let (head, _) = stream.event().await.unwrap();
        if head != "event: heartbeat\n" {
            break head;
        }
    };
    assert_eq!(head, format!("event: killmail\nid: {id}\n"));
}

#[tokio::test]
async fn wanderer_enhanced_stream() {
    let mut config = config();
    config.timing.wanderer_heartbeat = Duration::from_millis(200);
    let simulator = start(Config { history: 200, ..config }).await;
    let system = {
        let id = simulator.history()[150];
        serde_json::from_str::<Value>(&simulator.killmail(id).unwrap().0).unwrap()["solar_system_id"].clone()
    };
    let path = format!("/wanderer/api/v1/kills/stream/enhanced?system_ids={system}&preload_days=2");
    let mut stream = Stream::open(&simulator, &path).await;
    assert_eq!(stream.header("x-accel-buffering"), "no");
    let mut next = async || {
        let (head, data) = stream.event().await.unwrap();
        (head, serde_json::from_str::<Value>(&data).unwrap())
    };
    let (head, connected) = next().await;
    assert_eq!(head, "event: connected\n");
    assert_eq!(
        connected["filters"],
        json!({"system_ids": [system], "character_ids": [], "min_value": null, "preload_days": 2})
    );
    let (head, batch) = next().await;
    assert_eq!(head, "event: batch\n");
    assert_eq!(batch["count"], batch["kills"].as_array().unwrap().len());
    assert_eq!(batch["batch_number"], 1);
    assert!(batch["kills"][0]["zkb"].get("total_value").is_some());
    assert_eq!(next().await.0, "event: transition\n");
    let (head, heartbeat) = next().await;
    assert_eq!((head.as_str(), &heartbeat["mode"]), ("event: heartbeat\n", &json!("realtime")));

    let mut everything = Stream::open(&simulator, "/wanderer/api/v1/kills/stream/enhanced").await;
    everything.event().await;
    let id = simulator.emit(1)[0];
    let (head, kill) = loop {
        let (head, data) = everything.event().await.unwrap();
        if head != "event: heartbeat\n" {
            break (head, serde_json::from_str::<Value>(&data).unwrap());
        }
    };
    assert_eq!((head.as_str(), &kill["killmail_id"]), ("event: killmail\n", &json!(id)));
    let mail = get_json(&simulator, &format!("/wanderer/api/v1/killmail/{id}")).await;
    assert_eq!(mail["data"], kill);
    let cached = get_json(&simulator, &format!("/wanderer/api/v1/kills/cached/{}", kill["system_id"])).await;
    assert!(cached["data"]["kills"].as_array().unwrap().contains(&kill));
    let missing = get(&simulator, "/wanderer/api/v1/killmail/5").await;
    assert_eq!(missing.status(), 404);
    assert_eq!(missing.json::<Value>().await.unwrap()["code"], "NOT_FOUND");
    assert_eq!(get(&simulator, "/wanderer/ping").await.text().await.unwrap(), "pong");
}

#[tokio::test]
async fn evekill_stream_resumes() {
    let simulator = start(config()).await;
    let ids = simulator.emit(1_200);
    let mut stream = Stream::open_after(&simulator, "/evekill/api/feed/stream", Some(96_000_100)).await;
    assert_eq!(stream.block().await.unwrap(), ": connected to EVE-Kill feed\n: topics: all");
    for sequence in 96_000_101..96_001_101_u64 {
        let (head, data) = stream.event().await.unwrap();
        assert_eq!(head, format!("id: {sequence}\nevent: killmail\n"));
        let mail: Value = serde_json::from_str(&data).unwrap();
        assert_eq!(mail["killmail_id"], ids[(sequence - 96_000_001) as usize]);
        assert!(mail["killmail_hash"].is_string() && mail.get("moon_id").is_none() && mail.get("zkb").is_none());
        for item in mail["victim"]["items"].as_array().unwrap() {
            assert!(
                item["quantity_dropped"].is_i64() && item["quantity_destroyed"].is_i64() && item.get("items").is_none()
            );
        }
    }
    let id = simulator.emit(1)[0];
    assert_eq!(stream.kill().await["killmail_id"], id, "after a thousand rows it goes on live");
    let by_query = Stream::open(&simulator, "/evekill/api/feed/stream?lastEventId=96001200").await.kill().await;
    assert_eq!(by_query["killmail_id"], id);
}

#[tokio::test]
async fn evekill_poll() {
    let simulator = start(config()).await;
    let ids = simulator.emit(5);
    let start = get_json(&simulator, "/evekill/api/feed/poll").await;
    assert_eq!((&start["data"], &start["latest"], &start["hasMore"]), (&json!([]), &json!(96_000_005), &json!(true)));
    let page = get_json(&simulator, "/evekill/api/feed/poll?after=96000001&limit=3").await;
    let rows = page["data"].as_array().unwrap();
    assert_eq!(rows.iter().map(|row| row["killmail_id"].clone()).collect::<Vec<_>>(), ids[1..4]);
    assert_eq!(rows[0]["data"]["killmail_id"], rows[0]["killmail_id"]);
    assert_eq!((&page["hasMore"], &page["next"]), (&json!(true), &json!("/feed/poll?after=96000004&limit=3")));
}

#[tokio::test]
async fn images() {
    let simulator = start(config()).await;
    for (path, size) in [
        ("types/587/render?size=128", 128),
        ("types/587/icon", 64),
        ("characters/2112000001/portrait?size=32", 32),
        ("corporations/98000001/logo?size=64", 64),
        ("alliances/99000001/logo", 512),
    ] {
        let response = get(&simulator, &format!("/images/{path}")).await;
        assert_eq!(response.status(), 200, "{path}");
        let bytes = response.bytes().await.unwrap();
        let reader = png::Decoder::new(std::io::Cursor::new(&bytes[..])).read_info().unwrap();
        assert_eq!((reader.info().width, reader.info().height), (size, size), "{path}");
    }
    let wrong = get(&simulator, "/images/types/587/portrait").await;
    assert_eq!(wrong.status(), 400);
    assert_eq!(wrong.text().await.unwrap(), "bad category or variation");
    assert_eq!(get(&simulator, "/images/types/587/icon?size=48").await.status(), 400);
    assert_eq!(get_json(&simulator, "/images/alliances/99000001").await, json!(["logo"]));
}

#[tokio::test]
async fn shutdown_ends_streams() {
    let simulator = start(config()).await;
    let mut stream = Stream::open(&simulator, "/evekill/api/feed/stream").await;
    stream.block().await;
    let url = simulator.base_url();
    simulator.shutdown().await;
    assert_eq!(stream.block().await, None);
    assert!(client().get(url).send().await.is_err());
}
