//! Real killmails pass through unchanged, at their pace, with names for everyone on them.

use crate::support::{config, get_json, post, start};
use chrono::Utc;
use domain::Killmail;
use serde_json::{Value, json, value::RawValue};
use simulator::{Config, Dates, Mode, Pace, Recording, Replay};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

/// The busiest hour of 2021-11-27: 1,226 kills.
fn busiest_hour() -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data/killmails/killmails_hour_2021-11-27T19.jsonl.zst");
    if !path.exists() {
        eprintln!("skipped: {} is missing", path.display());
        return None;
    }
    Some(path)
}

#[tokio::test]
async fn the_busiest_hour_passes_verbatim() {
    let Some(path) = busiest_hour() else { return };
    let recorded = simulator::replay::read_file(&path).unwrap();
    let replay = Replay { path, pace: Pace::AtOnce, dates: Dates::AsRecorded };
    let simulator = start(Config {
        mode: Mode::ReplayOnly,
        replay: Some(replay),
        start: None,
        first_sequence: Some(1),
        ..config()
    })
    .await;
    simulator.wait_until_emitted(1_226).await;
    assert_eq!(simulator.emitted().len(), 1_226);
    let history = simulator_text(&simulator, "/r2z2/history/raw/20211127.json").await;
    let history: BTreeMap<String, &RawValue> = serde_json::from_str(&history).unwrap();
    for recording in &recorded {
        let kill = simulator.killmail(recording.killmail_id).unwrap();
        assert_eq!(kill, (recording.body.clone(), recording.hash.clone()));
        assert_eq!(history[&recording.killmail_id.to_string()].get(), recording.body);
    }
    let document = simulator_text(&simulator, "/r2z2/ephemeral/1.json").await;
    assert!(document.contains(&recorded[0].body));

    // Everyone has a name of the right kind and an affiliation.
    let mut characters = BTreeSet::new();
    let mut corporations = BTreeSet::new();
    for recording in &recorded {
        let mail: Killmail = serde_json::from_str(&recording.body).unwrap();
        characters.extend(mail.participants().filter_map(|it| it.character_id).map(|id| id.0));
        corporations.extend(mail.participants().filter_map(|it| it.corporation_id).map(|id| id.0));
    }
    for (ids, category) in [(&characters, "character"), (&corporations, "corporation")] {
        for chunk in ids.iter().collect::<Vec<_>>().chunks(1_000) {
            let named: Value = post(&simulator, "/esi/universe/names", &json!(chunk)).await.json().await.unwrap();
            let rows = named.as_array().unwrap_or_else(|| panic!("{named}"));
            assert!(rows.iter().all(|row| row["category"] == category), "{category}");
        }
    }
    let some: Vec<_> = characters.iter().take(1_000).collect();
    assert_eq!(post(&simulator, "/esi/characters/affiliation", &json!(some)).await.status(), 200);
}

async fn simulator_text(simulator: &simulator::Simulator, path: &str) -> String {
    crate::support::get(simulator, path).await.text().await.unwrap()
}

#[tokio::test]
async fn dates_move_to_now_and_the_spacing_is_kept() {
    let line = |id: i64, second: i64| {
        format!(
            r#"{{"killmail_id":{id},"hash":null,"killmail":{{"killmail_id":{id},"killmail_time":"2021-11-27T19:00:{second:02}Z","solar_system_id":30000142,"attackers":[{{"damage_done":1,"final_blow":true,"security_status":0.0}}],"victim":{{"ship_type_id":587,"damage_taken":1}}}},"zkb":null}}"#
        )
    };
    let file = std::env::temp_dir().join(format!("simulator-replay-{}.jsonl", std::process::id()));
    std::fs::write(&file, [line(2, 30), line(1, 0)].join("\n")).unwrap();
    let replay = Replay { path: file.clone(), pace: Pace::Recorded { speed: 100.0 }, dates: Dates::ShiftedToNow };
    let before = Utc::now();
    let simulator = start(Config { mode: Mode::ReplayOnly, replay: Some(replay), start: None, ..config() }).await;
    simulator.wait_until_emitted(1).await;
    assert_eq!(simulator.emitted(), [1], "the later one waits 0.3 s");
    simulator.wait_until_emitted(2).await;
    assert_eq!(simulator.emitted(), [1, 2]);
    let mail: Value = serde_json::from_str(&simulator.killmail(2).unwrap().0).unwrap();
    let at: chrono::DateTime<Utc> = mail["killmail_time"].as_str().unwrap().parse().unwrap();
    assert!((at - before).num_seconds().abs() < 30, "{at}");
    std::fs::remove_file(file).unwrap();
}

#[tokio::test]
async fn recordings_can_be_emitted_by_hand() {
    let simulator = start(config()).await;
    let line = r#"{"hash":"0123456789abcdef0123456789abcdef01234567","killmail":{"killmail_id":9,"killmail_time":"2026-01-02T03:00:00Z","solar_system_id":30000142,"attackers":[{"character_id":500,"damage_done":1,"final_blow":true,"security_status":0.0}],"victim":{"ship_type_id":587,"damage_taken":1}},"zkb":{"totalValue":5.5}}"#;
    let ids = simulator.emit_replay([Recording::parse(line).unwrap()], Dates::AsRecorded);
    assert_eq!(ids, [9]);
    let document = get_json(&simulator, "/r2z2/ephemeral/96000001.json").await;
    assert_eq!(document["zkb"], json!({"totalValue": 5.5}));
    let named: Value = post(&simulator, "/esi/universe/names", &json!([500])).await.json().await.unwrap();
    assert_eq!(named[0]["category"], "character");
}
