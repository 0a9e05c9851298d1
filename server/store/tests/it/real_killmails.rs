//! Every curated real killmail goes in and comes out as it was.

use crate::support::{at, ids_of, insert, made_up_many, real_records};
use chrono::TimeDelta;
use domain::KillRecord;
use futures::{StreamExt, stream};
use serde_json::Value;
use store::testing::TestDatabase;

#[tokio::test]
async fn every_killmail_comes_back_as_it_went_in() {
    let mut records = real_records("killmails_curated.jsonl.zst", usize::MAX);
    records.extend(made_up_many(1, 50, at(2003, 5, 7), TimeDelta::days(170)));
    check_round_trip(&records).await;
}

#[tokio::test]
async fn every_killmail_of_the_large_file_too() {
    check_round_trip(&real_records("week-2021-11-27-to-29-and-misc.jsonl.zst", usize::MAX)).await;
}

async fn check_round_trip(records: &[KillRecord]) {
    let database = TestDatabase::create().await;
    let store = &database.store;
    let outcome = insert(store, records).await;
    assert_eq!(outcome.inserted, ids_of(records));
    assert_eq!(insert(store, records).await.known, ids_of(records));

    let checks = records.iter().map(|record| async move {
        let id = record.killmail.killmail_id;
        let (stored, raw) = tokio::join!(store.find_kill(id), store.find_raw(id));
        let (stored, raw) = (stored.unwrap().unwrap(), raw.unwrap().unwrap());
        let (sent, kept): (Value, Value) =
            (serde_json::from_str(&record.payload).unwrap(), serde_json::from_str(&raw).unwrap());
        assert!(equal_json(&sent, &kept), "{id}\n{sent}\n{kept}");
        let expected = KillRecord { payload: stored.payload.clone(), ..record.clone() };
        assert_eq!(stored, expected);
    });
    let checked = stream::iter(checks).buffer_unordered(8).count().await;
    assert_eq!(checked, records.len());
    assert_eq!(store.find_kill(domain::KillmailId(999)).await.unwrap(), None);
    assert_eq!(store.find_raw(domain::KillmailId(999)).await.unwrap(), None);
}

/// Equal but for the way numbers are written: 1e2 is 100.
fn equal_json(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) if left != right => match (left.as_f64(), right.as_f64()) {
            (Some(left), Some(right)) => left.to_bits() == right.to_bits(),
            _ => false,
        },
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| equal_json(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, value)| right.get(key).is_some_and(|other| equal_json(value, other)))
        }
        _ => left == right,
    }
}
