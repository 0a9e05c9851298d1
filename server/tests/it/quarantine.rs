//! Twenty ways in which a killmail cannot be one, each through a whole server: a row in quarantine that says why, and
//! the stream goes on.

use crate::harness::{TestApp, eventually};
use chrono::{SecondsFormat, Utc};
use domain::KillmailId;
use serde_json::{Value, json};
use simulator::{Dates, Recording};
use store::LetterKind;

/// Spoils a mail.
type Change = fn(&mut Value);

/// What the reason has to name, and the spoiling.
const KINDS: [(&str, Change); 20] = [
    ("killmail_id", |mail| mail["killmail_id"] = 0.into()),
    ("killmail_id", |mail| mail["killmail_id"] = (-1).into()),
    ("killmail_id", |mail| mail["killmail_id"] = "1".into()),
    ("killmail_id", |mail| mail["killmail_id"] = (1_i64 << 60).into()),
    ("killmail_id", |mail| mail["killmail_id"] = 1.5.into()),
    ("killmail_time", |mail| mail["killmail_time"] = "yesterday".into()),
    ("killmail_time", |mail| mail["killmail_time"] = "1999-01-01T00:00:00Z".into()),
    ("killmail_time", |mail| mail["killmail_time"] = "2999-01-01T00:00:00Z".into()),
    ("killmail_time", |mail| mail["killmail_time"] = 5.into()),
    ("solar_system_id", |mail| mail["solar_system_id"] = 0.into()),
    ("solar_system_id", |mail| mail["solar_system_id"] = Value::Null),
    ("victim", |mail| mail["victim"] = json!([])),
    ("victim.ship_type_id", |mail| mail["victim"]["ship_type_id"] = (-587).into()),
    ("victim.character_id", |mail| mail["victim"]["character_id"] = (-2).into()),
    ("victim.items", |mail| mail["victim"]["items"] = 3.into()),
    ("victim.items[0].item_type_id", |mail| mail["victim"]["items"][0]["item_type_id"] = 0.into()),
    ("victim.items[0].quantity", |mail| mail["victim"]["items"][0]["quantity_destroyed"] = i64::MAX.into()),
    ("attackers", |mail| mail["attackers"] = json!([])),
    ("attackers[0].ship_type_id", |mail| mail["attackers"][0]["ship_type_id"] = (-1).into()),
    ("attackers[0].final_blow", |mail| mail["attackers"][0]["final_blow"] = "yes".into()),
];

fn recording(killmail_id: i64, change: Change) -> Recording {
    let killed_at = Utc::now();
    let mut mail = json!({
        "killmail_id": killmail_id,
        "killmail_time": killed_at.to_rfc3339_opts(SecondsFormat::Secs, true),
        "solar_system_id": 30_000_142,
        "victim": { "ship_type_id": 587, "damage_taken": 812, "items": [
            { "item_type_id": 484, "flag": 27, "singleton": 0, "quantity_destroyed": 1 },
        ]},
        "attackers": [{ "damage_done": 812, "final_blow": true, "security_status": -1.5 }],
    });
    change(&mut mail);
    Recording {
        killmail_id,
        hash: format!("{killmail_id:040x}"),
        killed_at,
        system_id: 30_000_142,
        body: mail.to_string(),
        zkb: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_kinds_of_nonsense_are_quarantined_each_with_its_reason() {
    let app = TestApp::start("r2z2").await;
    let spoilt: Vec<(&str, Recording)> = KINDS
        .iter()
        .zip(140_000_001_i64..)
        .map(|((path, change), killmail_id)| (*path, recording(killmail_id, *change)))
        .collect();
    app.simulator.emit_replay(spoilt.iter().map(|(_, recording)| recording.clone()), Dates::AsRecorded);
    let good: Vec<KillmailId> = app
        .simulator
        .emit_replay([recording(140_000_100, |_| {})], Dates::AsRecorded)
        .into_iter()
        .map(KillmailId)
        .collect();
    app.simulator.publish_sequence();
    eventually("the stream goes on to the kill behind them", || async {
        app.database.store.filter_known_ids(&good).await.is_ok_and(|known| known.len() == 1)
    })
    .await;
    // History may bring the good one first.
    eventually("each is in quarantine", || async {
        let letters = app.dead_letters().await;
        spoilt.iter().all(|(_, spoilt)| letters.iter().any(|letter| letter.payload.contains(&spoilt.body)))
    })
    .await;
    let letters = app.dead_letters().await;
    for (path, recording) in &spoilt {
        let letter = letters.iter().find(|letter| letter.payload.contains(&recording.body));
        let letter = letter.unwrap_or_else(|| panic!("{path}: no row for {}", recording.body));
        assert!(letter.reason.contains(path), "{path}: {}", letter.reason);
        assert_eq!((letter.kind, letter.resolved_at), (LetterKind::Event, None), "{path}");
        assert!(letter.position.is_some() || letter.killmail_id.is_some(), "{path}: where it comes from");
    }
    assert_eq!(app.stored().await, 1, "and no nonsense is stored");
    app.stop().await;
}
