//! What `insert_batch` promises.

use crate::support::{at, count, ids_of, insert, made_up, made_up_many, record_of, try_insert};
use chrono::TimeDelta;
use domain::{KillRecord, KillmailId, Source, StaticData};
use std::collections::HashSet;
use store::{KillBatch, NewDeadLetter, NewPosition, StoreError, testing::TestDatabase};

#[tokio::test]
async fn a_kill_is_stored_once_however_often_it_comes() {
    let database = TestDatabase::create().await;
    let store = &database.store;
    let first = made_up(7, at(2026, 11, 1));
    let again_elsewhen = made_up(7, at(2008, 2, 29));
    let other = made_up(8, at(2026, 11, 1));

    let outcome = try_insert(store, &[first.clone(), again_elsewhen.clone(), first.clone()]).await.unwrap();
    assert_eq!((outcome.inserted, outcome.known), (vec![KillmailId(7)], vec![]));
    let outcome = try_insert(store, &[other.clone(), again_elsewhen]).await.unwrap();
    assert_eq!((outcome.inserted, outcome.known), (vec![KillmailId(8)], vec![KillmailId(7)]));

    for table in ["killmail_ids", "killmails_raw", "killmails_enriched"] {
        assert_eq!(count(database.pool(), table).await, 2, "{table}");
    }
    let participants = first.killmail.participants().count() + other.killmail.participants().count();
    assert_eq!(count(database.pool(), "killmail_participants").await, participants as i64);
    let stored = store.find_kill(KillmailId(7)).await.unwrap().unwrap();
    assert_eq!(stored.killmail.killmail_time, at(2026, 11, 1));
    let asked = [KillmailId(7), KillmailId(8), KillmailId(9)];
    assert_eq!(store.filter_known_ids(&asked).await.unwrap(), HashSet::from([KillmailId(7), KillmailId(8)]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_writers_share_the_kills_between_them() {
    let database = TestDatabase::create().await;
    let records = made_up_many(1, 300, at(2019, 1, 1), TimeDelta::hours(7));
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..6 {
        let store = database.store.clone();
        let mut records = records.clone();
        // Each in another order and with other batches; some overlap in the middle of a batch.
        records.rotate_left(writer * 37);
        if writer % 2 == 0 {
            records.reverse();
        }
        writers.spawn(async move {
            let mut inserted = Vec::new();
            for batch in records.chunks(40 + writer) {
                inserted.extend(try_insert(&store, batch).await.unwrap().inserted);
            }
            inserted
        });
    }
    let mut inserted: Vec<KillmailId> = writers.join_all().await.concat();
    inserted.sort();
    assert_eq!(inserted, ids_of(&records));
    assert_eq!(count(database.pool(), "killmails_raw").await, 300);
    assert_eq!(count(database.pool(), "killmails_enriched").await, 300);
}

#[tokio::test]
async fn a_failed_batch_leaves_nothing_behind() {
    let database = TestDatabase::create().await;
    let store = &database.store;
    store.set_position("r2z2", "100").await.unwrap();
    // Letters come last in the transaction: everything before was done and must be undone.
    sqlx::raw_sql("ALTER TABLE dead_letters RENAME TO elsewhere").execute(database.pool()).await.unwrap();
    let record = made_up(1, at(2026, 11, 1));
    let letters = [letter("{")];
    let positions = [NewPosition { feed: "r2z2", position: "101" }];
    let batch = KillBatch {
        records: &[&record],
        static_data: &StaticData::bundled(),
        positions: &positions,
        dead_letters: &letters,
    };
    let error = store.insert_batch(&batch).await.unwrap_err();
    assert!(matches!(error, StoreError::Driver(_)) && !error.is_transient(), "{error:?}");
    assert_eq!(store.find_position("r2z2").await.unwrap().as_deref(), Some("100"));
    assert_eq!(store.find_kill(KillmailId(1)).await.unwrap(), None);
    assert!(store.filter_known_ids(&[KillmailId(1)]).await.unwrap().is_empty());

    sqlx::raw_sql("ALTER TABLE elsewhere RENAME TO dead_letters").execute(database.pool()).await.unwrap();
    let outcome = store.insert_batch(&batch).await.unwrap();
    assert_eq!(outcome.inserted, [KillmailId(1)]);
    assert_eq!(store.find_position("r2z2").await.unwrap().as_deref(), Some("101"));
    assert_eq!(store.count_dead_letters().await.unwrap(), 1);
}

#[tokio::test]
async fn positions_and_letters_need_no_kill() {
    let database = TestDatabase::create().await;
    let positions = [NewPosition { feed: "wanderer", position: "a" }, NewPosition { feed: "wanderer", position: "b" }];
    let batch = KillBatch {
        records: &[],
        static_data: &StaticData::bundled(),
        positions: &positions,
        dead_letters: &[letter("x")],
    };
    database.store.insert_batch(&batch).await.unwrap();
    assert_eq!(database.store.find_position("wanderer").await.unwrap().as_deref(), Some("b"));
    assert_eq!(database.store.count_dead_letters().await.unwrap(), 1);
}

/// A body may decode and yet be nothing that `jsonb` can hold; it must not stop the feed.
#[tokio::test]
async fn a_kill_that_postgresql_cannot_hold_becomes_a_dead_letter() {
    let database = TestDatabase::create().await;
    let store = &database.store;
    let good = made_up(1, at(2026, 11, 1));
    let with_extra = |id: i64, extra: &str| {
        let payload = made_up(id, at(2026, 11, 1)).payload.replacen('{', &format!("{{\"extra\":{extra},"), 1);
        record_of(&payload, None)
    };
    let bad = [
        with_extra(2, r#""nul \u0000""#),
        with_extra(3, r#""half a pair \ud800""#),
        with_extra(4, "1e999999"),
        with_extra(5, &format!("{}{}", "[".repeat(20_000), "]".repeat(20_000))),
    ];
    let mut tagged = made_up(6, at(2026, 11, 1));
    tagged.enrichment.labels = vec!["nul \0".to_owned()];
    let records: Vec<&KillRecord> = bad.iter().chain([&good, &tagged]).collect();
    let batch = KillBatch {
        records: &records,
        static_data: &StaticData::bundled(),
        positions: &[NewPosition { feed: "r2z2", position: "5" }],
        dead_letters: &[],
    };
    let outcome = store.insert_batch(&batch).await.unwrap();
    assert_eq!(outcome.inserted, [KillmailId(1)]);
    let rejected: Vec<i64> = outcome.rejected.iter().map(|kill| kill.killmail_id.0).collect();
    assert_eq!(rejected, [2, 3, 4, 5, 6]);
    assert_eq!(store.find_position("r2z2").await.unwrap().as_deref(), Some("5"));
    let letters = store.list_dead_letters(10).await.unwrap();
    let mut letter_ids: Vec<i64> = letters.iter().map(|letter| letter.killmail_id.unwrap().0).collect();
    letter_ids.sort_unstable();
    assert_eq!(letter_ids, [2, 3, 4, 5, 6]);
    assert!(letters.iter().all(|letter| letter.reason.contains("the database refused a statement: ")));
    assert!(store.find_kill(KillmailId(1)).await.unwrap().is_some());
    assert!(store.find_kill(KillmailId(2)).await.unwrap().is_none());
}

#[tokio::test]
async fn extreme_values_survive() {
    let database = TestDatabase::create().await;
    let mut record = made_up(9_007_199_254_740_991, at(2026, 11, 30));
    record.enrichment.valuation.total_value = Some(domain::Isk::MAX);
    record.enrichment.valuation.dropped_value = Some(domain::Isk::from_hundredths(-1));
    record.enrichment.reported_value = Some(domain::Isk::from_hundredths(i64::MIN + 1));
    record.enrichment.labels =
        ["", "{}", ",", "\"", "\\", "NULL", "\\N", "ünï", "a\tb\nc\r"].map(str::to_owned).to_vec();
    record.enrichment.module_tags.clear();
    insert(&database.store, std::slice::from_ref(&record)).await;
    let stored = database.store.find_kill(record.killmail.killmail_id).await.unwrap().unwrap();
    assert_eq!(stored.enrichment, record.enrichment);
}

fn letter(payload: &str) -> NewDeadLetter {
    NewDeadLetter {
        kind: store::LetterKind::Event,
        source: Source::R2z2,
        position: None,
        killmail_id: None,
        reason: "not JSON".to_owned(),
        payload: payload.to_owned(),
    }
}
