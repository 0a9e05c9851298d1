use super::*;
use crate::testing::{ESI_BODY, HASH, HASH_2, http, serve};
use axum::{Router, routing::get};
use proptest::prelude::*;

fn split(chunks: &[&[u8]]) -> Result<(Vec<(String, String)>, bool), UpstreamError> {
    let mut splitter = ObjectSplitter::new(10_000);
    let mut entries = Vec::new();
    for chunk in chunks {
        splitter.push(chunk)?;
        while let Some((key, value)) = splitter.pop() {
            entries.push((String::from_utf8(key).unwrap(), String::from_utf8(value).unwrap()));
        }
    }
    Ok((entries, splitter.is_done()))
}

#[test]
fn objects_are_split_wherever_the_pieces_end() {
    let text = r#" { "1" : {"a":"}\"{,", "b":[1,{"c":2}]} , "2":{ } ,"3": null,"4":"x,y}","5":[] } "#;
    let expected =
        [("1", r#"{"a":"}\"{,", "b":[1,{"c":2}]}"#), ("2", "{ }"), ("3", "null"), ("4", "\"x,y}\""), ("5", "[]")];
    let expected: Vec<_> = expected.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
    for size in 1..=text.len() {
        let chunks: Vec<&[u8]> = text.as_bytes().chunks(size).collect();
        assert_eq!(split(&chunks).unwrap(), (expected.clone(), true), "pieces of {size}");
    }
}

#[test]
fn other_shapes_are_refused_and_early_ends_noticed() {
    for text in ["[]", "nonsense", "{1:2}", "{\"a\" 1}", "{}x"] {
        assert!(matches!(split(&[text.as_bytes()]), Err(UpstreamError::Malformed { .. })), "{text}");
    }
    for text in ["", "{", "{\"1\":{\"a\":1}", "{\"1\":{\"a\":\"", "{\"1"] {
        assert!(!split(&[text.as_bytes()]).unwrap().1, "{text}");
    }
    let giant = format!("{{\"1\":\"{}", "x".repeat(20_000));
    assert_eq!(split(&[giant.as_bytes()]), Err(UpstreamError::BodyTooLarge { limit_bytes: 10_000 }));
}

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 2).unwrap()
}

#[tokio::test]
async fn reads_days_raw_days_and_totals() {
    let index = format!(r#"{{"130000001":"{HASH}","130000002":"","x":"{HASH}","130000003":"{HASH_2}"}}"#);
    let raw = format!(r#"{{"130000001":{ESI_BODY},"130000002":null,"x":{ESI_BODY}}}"#);
    let router = Router::new()
        .route("/history/20260102.json", get(|| async { index }))
        .route("/history/raw/20260102.json", get(|| async { raw }))
        .route("/history/raw/20260103.json", get(|| async { "{\"1\":{" }))
        .route("/history/totals.json", get(|| async { r#"{"20260102":15000,"junk":1,"20260103":"x"}"# }));
    let client = HistoryClient::new(http(), serve(router).await);

    let kills = client.day(day()).await.unwrap();
    assert_eq!(
        kills,
        [(KillmailId(130_000_001), HASH.parse().unwrap()), (KillmailId(130_000_003), HASH_2.parse().unwrap())]
    );
    assert_eq!(client.totals().await.unwrap(), BTreeMap::from([(day(), 15_000)]));

    let mut stream = client.raw_day(day()).await.unwrap();
    let first = stream.next().await.unwrap().unwrap();
    assert_eq!(first.killmail_id, Some(KillmailId(130_000_001)));
    assert!(matches!(first.body, FeedBody::Killmail { payload, .. } if *payload == *ESI_BODY));
    for id in [Some(KillmailId(130_000_002)), None] {
        let entry = stream.next().await.unwrap().unwrap();
        assert_eq!(entry.killmail_id, id);
        assert!(matches!(entry.body, FeedBody::Malformed { .. }));
    }
    assert_eq!(stream.next().await.unwrap(), None);

    let tomorrow = day().succ_opt().unwrap();
    assert_eq!(client.day(tomorrow).await.unwrap_err(), UpstreamError::NotFound);
    let mut broken = client.raw_day(tomorrow).await.unwrap();
    assert_eq!(broken.next().await.unwrap_err(), UpstreamError::Closed);
}

proptest! {
    #[test]
    fn splitting_agrees_with_parsing(
        entries in prop::collection::vec(("[0-9]{1,10}", ".{0,20}", any::<i64>()), 0..8),
        size in 1_usize..50,
    ) {
        let body: Vec<String> = entries
            .iter()
            .map(|(key, text, number)| {
                format!("\"{key}\": {}", serde_json::json!({"t": text, "n": [number, {"m": [text]}]}))
            })
            .collect();
        let text = format!("{{{}}}", body.join(" ,\n"));
        let chunks: Vec<&[u8]> = text.as_bytes().chunks(size).collect();
        let (found, done) = split(&chunks).unwrap();
        prop_assert!(done);
        prop_assert_eq!(found.len(), entries.len());
        for ((key, value), (wanted, text, number)) in found.iter().zip(&entries) {
            prop_assert_eq!(key, wanted);
            let value: Value = serde_json::from_str(value).unwrap();
            prop_assert_eq!(value["t"].as_str(), Some(text.as_str()));
            prop_assert_eq!(value["n"][0].as_i64(), Some(*number));
        }
    }

    #[test]
    fn any_bytes_split_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut splitter = ObjectSplitter::new(100);
        let _ = splitter.push(&bytes);
    }
}
