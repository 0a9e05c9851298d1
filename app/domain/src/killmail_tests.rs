//! What decoding takes and refuses, and every real killmail beside the checkout.

use super::*;
use crate::testing::{Change, NONSENSE};
use proptest::prelude::*;
use std::io::{BufRead, BufReader};

fn now() -> Timestamp {
    DateTime::from_timestamp(1_800_000_000, 0).expect("a time")
}

fn mail(change: impl FnOnce(&mut serde_json::Value)) -> String {
    let mut mail = serde_json::json!({
        "killmail_id": 130_000_001,
        "killmail_time": "2026-01-02T03:04:05Z",
        "solar_system_id": 30_000_142,
        "victim": { "ship_type_id": 587, "damage_taken": 812, "items": [
            { "item_type_id": 484, "flag": 27, "singleton": 0, "quantity_destroyed": 1 },
            { "item_type_id": 3467, "flag": 5, "singleton": 0, "quantity_dropped": 1, "items": [
                { "item_type_id": 34, "flag": 0, "singleton": 0, "quantity_dropped": 500 },
            ]},
        ]},
        "attackers": [{ "damage_done": 812, "final_blow": true, "security_status": -1.5 }],
    });
    change(&mut mail);
    mail.to_string()
}

#[test]
fn oddities_of_real_mails_are_taken() {
    let taken: [Change; 8] = [
        |_| {},
        |mail| mail["victim"]["character_id"] = 0.into(),
        |mail| mail["victim"]["items"] = serde_json::Value::Null,
        |mail| mail["attackers"][0]["damage_done"] = (-5).into(),
        |mail| mail["attackers"][0]["final_blow"] = false.into(),
        |mail| mail["victim"]["items"][0]["flag"] = 9_999.into(),
        |mail| mail["killmail_hash"] = "x".into(),
        |mail| mail["killmail_time"] = "2003-05-06T00:00:00Z".into(),
    ];
    for change in taken {
        let text = mail(change);
        Killmail::decode(&text, now()).unwrap_or_else(|error| panic!("{error}: {text}"));
    }
    let zero = Killmail::decode(&mail(|mail| mail["victim"]["character_id"] = 0.into()), now()).expect("taken");
    assert_eq!(zero.victim.character_id, None);
    let fraction = mail(|mail| mail["killmail_time"] = "2026-01-02T03:04:05.678Z".into());
    assert_eq!(Killmail::decode(&fraction, now()).expect("taken").killmail_time.timestamp_subsec_millis(), 0);
}

#[test]
fn what_cannot_be_a_killmail_is_refused_with_its_path() {
    for (path, change) in NONSENSE {
        let text = mail(change);
        let error = Killmail::decode(&text, now()).expect_err(&text);
        assert!(error.path.starts_with(path), "{path}: {error}");
    }
    for text in ["", "{", "null", "[]", "17", "\"x\"", "{} trailing", "\u{0}"] {
        assert!(Killmail::decode(text, now()).is_err(), "{text}");
    }
    let deep = "[".repeat(100_000);
    assert!(Killmail::decode(&deep, now()).is_err());
}

proptest! {
    #[test]
    fn any_text_is_decoded_or_refused(text in "\\PC*") {
        drop(Killmail::decode(&text, now()));
    }

    #[test]
    fn any_cut_of_a_mail_is_decoded_or_refused(at in 0_usize..400) {
        let text = mail(|_| {});
        if let Some(cut) = text.get(..at) {
            prop_assert!(Killmail::decode(cut, now()).is_err());
        }
    }
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    killmail: &'a serde_json::value::RawValue,
}

/// 46,232 real mails and the curated rare ones, when the checkout has them beside it.
#[test]
fn every_real_killmail_decodes_and_survives_a_round_trip() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/killmails");
    let Ok(files) = std::fs::read_dir(folder) else {
        println!("the real killmails are not beside this checkout; decoding is shown by the other tests");
        return;
    };
    let mut decoded = 0;
    for file in files.flatten().map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|e| e == "zst")) {
        let reader = zstd::stream::read::Decoder::new(std::fs::File::open(file).expect("readable")).expect("zstd");
        for line in BufReader::new(reader).lines() {
            let line = line.expect("text");
            let line: Line<'_> = serde_json::from_str(&line).expect("JSON");
            let body = line.killmail.get();
            let killmail = Killmail::decode(body, now()).unwrap_or_else(|error| panic!("{error}: {body}"));
            let again = serde_json::to_string(&killmail).expect("JSON");
            assert_eq!(Killmail::decode(&again, now()).expect("decodes again"), killmail);
            decoded += 1;
        }
    }
    assert!(decoded >= 46_232 + 2_280, "{decoded}");
}
