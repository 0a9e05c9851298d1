//! Enrichments written anew, backfilled days, names left for later.

use crate::support::{at, insert, made_up};
use chrono::{NaiveDate, TimeDelta};
use domain::{Enrichment, EntityKind, EntityName, KillRecord, KillmailId, StaticData};
use store::{BackfillEnd, BackfillState, KillKey, Outdated, Store, testing::TestDatabase};

fn records() -> Vec<KillRecord> {
    (1..=30).map(|id| made_up(id, at(2026, if id % 3 == 0 { 9 } else { 11 }, 20) + TimeDelta::minutes(id))).collect()
}

#[tokio::test]
async fn an_enrichment_is_replaced_whole_and_what_the_source_said_stays() {
    let database = TestDatabase::create().await;
    let (store, static_data) = (&database.store, StaticData::bundled());
    let records = records();
    insert(store, &records).await;
    // Another kill's enrichment differs in every part.
    let mut changed: Vec<KillRecord> = records.clone();
    for (index, record) in changed.iter_mut().enumerate() {
        let (labels, reported) = (record.enrichment.labels.clone(), record.enrichment.reported_value);
        record.enrichment = made_up(3_000 + 7 * index as i64, at(2026, 12, 1)).enrichment;
        (record.enrichment.labels, record.enrichment.reported_value) = (labels, reported);
    }
    let mut refs: Vec<&KillRecord> = changed.iter().collect();
    // Never stored: stays so.
    let gone = made_up(777, at(2026, 11, 20));
    refs.push(&gone);
    refs.reverse();
    assert_eq!(store.update_enrichment(&refs, &static_data).await.unwrap(), 30);
    for record in &changed {
        let stored = store.find_kill(record.killmail.killmail_id).await.unwrap().unwrap();
        assert_eq!(stored.enrichment, record.enrichment);
        assert_eq!(
            (stored.source, &stored.hash, stored.received_at),
            (record.source, &record.hash, record.received_at)
        );
    }
    assert_eq!(store.find_kill(KillmailId(777)).await.unwrap(), None);
    assert_eq!(store.status().await.unwrap().kills_total, 30);
}

async fn all_outdated(store: &Store, outdated: &Outdated) -> Vec<KillKey> {
    let (mut keys, mut before) = (Vec::new(), None);
    loop {
        let found = store.list_outdated(outdated, before, 4).await.unwrap();
        let Some(last) = found.last() else { return keys };
        before = Some(*last);
        keys.extend(found);
    }
}

#[tokio::test]
async fn outdated_kills_are_found_once_each_newest_first() {
    let database = TestDatabase::create().await;
    let store = &database.store;
    let mut records = records();
    for record in &mut records {
        let id = record.killmail.killmail_id.0;
        record.enrichment.failed_at = (id == 5).then_some(record.received_at);
        record.enrichment.version = Enrichment::VERSION - i32::from(id == 6 || id == 7);
    }
    insert(store, &records).await;
    let span = Outdated {
        version: Enrichment::VERSION,
        since: at(2026, 1, 1),
        until: at(2027, 1, 1),
        enriched_before: None,
        all: false,
    };
    let ids = |keys: Vec<KillKey>| keys.into_iter().map(|key| key.killmail_id.0).collect::<Vec<_>>();
    assert_eq!(ids(all_outdated(store, &span).await), [7, 5, 6]);
    assert_eq!(ids(all_outdated(store, &Outdated { since: at(2026, 10, 1), ..span }).await), [7, 5]);
    let all = all_outdated(store, &Outdated { all: true, ..span }).await;
    assert!(all.is_sorted_by(|a, b| a > b) && all.len() == 30);
    assert_eq!(all_outdated(store, &Outdated { until: at(2026, 10, 1), all: true, ..span }).await.len(), 10);
    let early = Outdated { enriched_before: Some(at(2026, 10, 1)), ..span };
    assert_eq!(all_outdated(store, &early).await.len(), 10 + 2, "September's, and two for other reasons");
    // Static data imported after these kills were enriched: all are outdated; enriched after it: none.
    store.import_static(&StaticData::bundled()).await.unwrap();
    assert!(store.static_imported_at().await.unwrap().is_some());
    let imported = store.static_imported_at().await.unwrap().unwrap();
    let expected = records.iter().filter(|record| record.enrichment.enriched_at < imported).count().max(3);
    assert_eq!(all_outdated(store, &span).await.len(), expected);
}

#[tokio::test]
async fn a_day_is_finished_only_when_it_says_so() {
    let database = TestDatabase::create().await;
    let store = &database.store;
    let day = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
    assert_eq!(store.find_backfill("everef", day).await.unwrap(), None);
    store.start_backfill("everef", day).await.unwrap();
    let running = store.find_backfill("everef", day).await.unwrap().unwrap();
    assert_eq!((running.state, running.finished_at), (BackfillState::Running, None));
    let end = BackfillEnd {
        state: BackfillState::Finished,
        kills_seen: 7,
        kills_stored: 5,
        etag: Some("\"x\""),
        reason: None,
    };
    store.end_backfill("everef", day, end).await.unwrap();
    let finished = store.find_backfill("everef", day).await.unwrap().unwrap();
    assert_eq!((finished.state, finished.kills_seen, finished.kills_stored), (BackfillState::Finished, 7, 5));
    assert_eq!(finished.etag.as_deref(), Some("\"x\""));
    assert_eq!(store.find_backfill("r2z2", day).await.unwrap(), None);
    store.start_backfill("everef", day).await.unwrap();
    let again = store.find_backfill("everef", day).await.unwrap().unwrap();
    assert_eq!((again.state, again.kills_seen, again.etag), (BackfillState::Running, 0, None));
}

#[tokio::test]
async fn wanted_names_are_taken_once() {
    let database = TestDatabase::create().await;
    let store = &database.store;
    let known = EntityName { kind: EntityKind::Character, id: 7, name: "Known".to_owned(), ticker: None };
    store.upsert_names(&[known]).await.unwrap();
    store.add_wanted_names(&[9, 7, 8, 9]).await.unwrap();
    store.add_wanted_names(&[8, 10]).await.unwrap();
    let mut first = store.take_wanted_names(2).await.unwrap();
    first.sort_unstable();
    assert_eq!(first, [8, 9]);
    assert_eq!(store.take_wanted_names(9).await.unwrap(), [10]);
    assert_eq!(store.take_wanted_names(9).await.unwrap(), [] as [i64; 0]);
}
