//! What hostile or broken feeds send: every parser must answer with `Malformed` (or nothing), and never panic.

use super::{FeedBody, MAX_MALFORMED_BYTES, evekill, history, r2z2, wanderer};
use crate::testing::{ESI_BODY, HASH};
use proptest::prelude::*;

/// Payloads that are no kill to any adapter.
pub(crate) fn payloads() -> Vec<(&'static str, Vec<u8>)> {
    let full = format!(
        r#"{{"killmail_id":130000001,"hash":"{HASH}","killmail_hash":"{HASH}","esi":{ESI_BODY},"zkb":{{"hash":"{HASH}"}}}}"#
    );
    let with = |from: &str, to: &str| full.replace(from, to).into_bytes();
    let id = "\"killmail_id\":130000001";
    let short_hash = "0123456789abcdef";
    vec![
        ("empty", Vec::new()),
        ("blank", b"  \n ".to_vec()),
        ("not JSON", b"<html>503</html>".to_vec()),
        ("truncated", full.as_bytes()[..full.len() / 2].to_vec()),
        ("truncated by one", full.as_bytes()[..full.len() - 1].to_vec()),
        ("two documents", [full.as_bytes(), full.as_bytes()].concat()),
        ("null", b"null".to_vec()),
        ("number", b"42".to_vec()),
        ("string", b"\"kill\"".to_vec()),
        ("list", b"[1,2,3]".to_vec()),
        ("id missing", with(id, "\"id\":1")),
        ("id as text", with(id, "\"killmail_id\":\"130000001\"")),
        ("id null", with(id, "\"killmail_id\":null")),
        ("id zero", with(id, "\"killmail_id\":0")),
        ("id negative", with(id, "\"killmail_id\":-5")),
        ("id above 2^53", with(id, "\"killmail_id\":9007199254740993")),
        ("id above 2^64", with(id, "\"killmail_id\":99999999999999999999999")),
        ("id infinite", with(id, "\"killmail_id\":1e999")),
        ("id NaN", with(id, "\"killmail_id\":NaN")),
        ("id a fraction", with(id, "\"killmail_id\":1.5")),
        ("id an object", with(id, "\"killmail_id\":{\"a\":1}")),
        ("hash short", with(HASH, short_hash)),
        ("hash not hexadecimal", with(HASH, &HASH.replace('a', "g"))),
        ("hash multi-byte", with(HASH, &"é".repeat(20))),
        ("hash a number", with(&format!("\"{HASH}\""), "12345")),
        ("hash empty", with(HASH, "")),
        ("nested deeply", [vec![b'['; 100_000], vec![b']'; 100_000]].concat()),
        ("nested deeply and open", b"{\"a\":".repeat(100_000)),
        ("binary", (0..=255).cycle().take(5_000).collect()),
        ("NUL bytes", vec![0; 64]),
        ("half a surrogate", br#"{"killmail_id":"\ud800"}"#.to_vec()),
        ("kills not a list", br#"{"kills":{"a":1}}"#.to_vec()),
        ("huge", vec![b'{'; 2 * MAX_MALFORMED_BYTES]),
    ]
}

fn assert_malformed(what: &str, parser: &str, body: &FeedBody) {
    let FeedBody::Malformed { payload, reason } = body else { panic!("{parser} took {what}: {body:?}") };
    assert!(payload.len() <= MAX_MALFORMED_BYTES && !payload.contains('\0'), "{parser} {what}");
    assert!(!reason.is_empty() && reason.len() < 500, "{parser} {what}: {reason}");
}

#[test]
fn hostile_payloads_are_malformed_everywhere() {
    for (what, bytes) in payloads() {
        assert_malformed(what, "r2z2", &r2z2::parse_document(&bytes).body);
        // Event streams carry text only.
        let text = String::from_utf8_lossy(&bytes);
        for body in wanderer::parse_event("message", &text) {
            assert_malformed(what, "wanderer", &body);
        }
        assert!(!wanderer::parse_event("killmail", &text).is_empty(), "{what}");
        assert_malformed(what, "evekill", &evekill::parse_event("killmail", &text).unwrap());
    }
}

#[test]
fn an_r2z2_body_about_another_kill_is_malformed() {
    let document = format!(r#"{{"killmail_id":130000002,"hash":"{HASH}","esi":{ESI_BODY}}}"#);
    assert_malformed("another kill", "r2z2", &r2z2::parse_document(document.as_bytes()).body);
    for esi in ["{}", "[]", "\"x\"", "null", "1"] {
        let document = format!(r#"{{"killmail_id":130000001,"hash":"{HASH}","esi":{esi}}}"#);
        assert_malformed(esi, "r2z2", &r2z2::parse_document(document.as_bytes()).body);
    }
}

#[test]
fn what_is_optional_may_be_missing() {
    for document in [
        format!(r#"{{"killmail_id":130000001,"hash":"{HASH}","esi":{ESI_BODY}}}"#),
        format!(r#"{{"killmail_id":130000001,"zkb":{{"hash":"{HASH}"}},"esi":{ESI_BODY}}}"#),
        format!(r#"{{"esi":{ESI_BODY},"killmail_id":130000001,"zkb":null,"sequence_updated":5}}"#),
        format!(r#"{{"esi":{ESI_BODY},"killmail_id":130000001,"zkb":[1],"hash":"{}"}}"#, HASH.to_uppercase()),
    ] {
        let body = r2z2::parse_document(document.as_bytes()).body;
        assert!(matches!(&body, FeedBody::Killmail { payload, .. } if **payload == *ESI_BODY), "{document}: {body:?}");
    }
}

/// JSON that is nearly right: the full document with some bytes changed.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let document = format!(
        r#"{{"killmail_id":130000001,"hash":"{HASH}","killmail_hash":"{HASH}","kills":[],"esi":{ESI_BODY},"zkb":{{"hash":"{HASH}"}}}}"#
    );
    let length = document.len();
    prop::collection::vec((0..length, any::<u8>()), 0..6).prop_map(move |changes| {
        let mut bytes = document.clone().into_bytes();
        for (at, byte) in changes {
            bytes[at] = byte;
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]
    #[test]
    fn no_bytes_make_a_parser_panic(bytes in prop_oneof![prop::collection::vec(any::<u8>(), 0..400), mutated()]) {
        let text = String::from_utf8_lossy(&bytes);
        r2z2::parse_document(&bytes);
        for name in ["", "message", "killmail", "batch", "heartbeat", "x"] {
            wanderer::parse_event(name, &text);
            evekill::parse_event(name, &text);
        }
        let _ = history::parse_day(&bytes);
        history::day_entry(&bytes, bytes.clone());
    }
}
