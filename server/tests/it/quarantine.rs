//! Twenty ways in which a killmail cannot be one, each through a whole server: a row in quarantine that says why, and
//! the stream goes on.

use crate::harness::{TestApp, eventually};
use chrono::{SecondsFormat, Utc};
use domain::{
    KillmailId,
    testing::{Change, NONSENSE},
};
use serde_json::json;
use simulator::{Dates, Recording};
use store::LetterKind;

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
    let spoilt: Vec<(&str, Recording)> = NONSENSE
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
