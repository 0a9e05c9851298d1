//! Pages visit every kill exactly once, in both directions.

use crate::support::{at, insert, made_up_many, second};
use chrono::TimeDelta;
use domain::{Cursor, KillFilter, KillRecord, KillmailId, SolarSystemId, StaticData};
use store::{Page, Store, testing::TestDatabase};

async fn ids_backwards(store: &Store, filter: &KillFilter, limit: u32) -> Vec<i64> {
    let static_data = StaticData::bundled();
    let mut ids = Vec::new();
    let mut before = None;
    loop {
        let page = store.list_kills(filter, Page { before, after: None, limit }, &static_data).await.unwrap();
        assert_eq!(page.prev.is_some(), before.is_some());
        ids.extend(page.kills.iter().map(|kill| kill.killmail_id.0));
        before = page.next;
        if before.is_none() {
            return ids;
        }
        assert_eq!(page.kills.len(), limit as usize);
    }
}

async fn ids_forwards(store: &Store, filter: &KillFilter, limit: u32) -> Vec<i64> {
    let static_data = StaticData::bundled();
    let mut ids = Vec::new();
    let mut after = Some(Cursor { killmail_time: second(0), killmail_id: KillmailId(0) });
    while after.is_some() {
        let page = store.list_kills(filter, Page { before: None, after, limit }, &static_data).await.unwrap();
        ids.extend(page.kills.iter().rev().map(|kill| kill.killmail_id.0));
        after = page.prev;
    }
    ids
}

/// Some kills share a second; some months are empty.
fn history() -> Vec<KillRecord> {
    let mut records = made_up_many(1, 60, at(2008, 3, 1), TimeDelta::days(1));
    records.extend(made_up_many(1_000, 40, at(2021, 11, 30), TimeDelta::zero()));
    records.extend(made_up_many(2_000, 100, at(2026, 9, 30), TimeDelta::hours(13)));
    records
}

fn newest_first(records: &[KillRecord], wanted: impl Fn(&KillRecord) -> bool) -> Vec<i64> {
    let mut keys: Vec<_> = records
        .iter()
        .filter(|record| wanted(record))
        .map(|record| (record.killmail.killmail_time, record.killmail.killmail_id.0))
        .collect();
    keys.sort_unstable_by(|left, right| right.cmp(left));
    keys.into_iter().map(|(_, id)| id).collect()
}

#[tokio::test]
async fn every_kill_is_on_exactly_one_page() {
    let database = TestDatabase::create().await;
    let records = history();
    insert(&database.store, &records).await;
    let rare = SolarSystemId(30_002_187);
    let filters = [
        (KillFilter::default(), newest_first(&records, |_| true)),
        (
            KillFilter { system_id: vec![rare], ..KillFilter::default() },
            newest_first(&records, |record| record.killmail.solar_system_id == rare),
        ),
    ];
    for (filter, expected) in filters {
        for limit in [1, 7, 39, 200, 1_000] {
            assert_eq!(ids_backwards(&database.store, &filter, limit).await, expected, "limit {limit}");
            let mut forwards = ids_forwards(&database.store, &filter, limit).await;
            forwards.reverse();
            assert_eq!(forwards, expected, "limit {limit}");
        }
    }
}

#[tokio::test]
async fn there_and_back_again() {
    let database = TestDatabase::create().await;
    let static_data = StaticData::bundled();
    let all = KillFilter::default();
    let store = &database.store;
    let empty = store.list_kills(&all, Page::first(10), &static_data).await.unwrap();
    assert_eq!(empty, store::FoundKills::default());

    let records = history();
    insert(store, &records).await;
    let first = store.list_kills(&all, Page::first(50), &static_data).await.unwrap();
    let second_page = Page { before: first.next, after: None, limit: 50 };
    let second = store.list_kills(&all, second_page, &static_data).await.unwrap();
    let back =
        store.list_kills(&all, Page { before: None, after: second.prev, limit: 50 }, &static_data).await.unwrap();
    assert_eq!(back.kills, first.kills);
    assert_eq!((back.next, back.prev), (first.next, None));

    // Beyond either end there is an empty page with a way back that loses nothing.
    let oldest = newest_first(&records, |_| true).pop().unwrap();
    let oldest_time = records[0].killmail.killmail_time;
    let end = Cursor { killmail_time: oldest_time, killmail_id: KillmailId(oldest) };
    let beyond = store.list_kills(&all, Page { before: Some(end), after: None, limit: 5 }, &static_data).await.unwrap();
    assert!(beyond.kills.is_empty() && beyond.next.is_none());
    let back = store.list_kills(&all, Page { before: None, after: beyond.prev, limit: 5 }, &static_data).await.unwrap();
    assert_eq!(back.kills.last().unwrap().killmail_id.0, oldest);
    let start = Some(Cursor { killmail_time: at(2030, 1, 1), killmail_id: KillmailId(1) });
    let ahead = store.list_kills(&all, Page { before: None, after: start, limit: 5 }, &static_data).await.unwrap();
    assert!(ahead.kills.is_empty() && ahead.prev.is_none() && ahead.next.is_some());
}

#[tokio::test]
async fn both_cursors_bound_a_page() {
    let database = TestDatabase::create().await;
    let records = history();
    insert(&database.store, &records).await;
    let expected = newest_first(&records, |_| true);
    let cursor = |index: usize| {
        let id = KillmailId(expected[index]);
        let record = records.iter().find(|record| record.killmail.killmail_id == id).unwrap();
        Some(Cursor { killmail_time: record.killmail.killmail_time, killmail_id: id })
    };
    let page = Page { before: cursor(95), after: cursor(125), limit: 100 };
    let page = database.store.list_kills(&KillFilter::default(), page, &StaticData::bundled()).await.unwrap();
    let ids: Vec<i64> = page.kills.iter().map(|kill| kill.killmail_id.0).collect();
    assert_eq!(ids, expected[96..125]);
    assert_eq!(page.next, None);
}
