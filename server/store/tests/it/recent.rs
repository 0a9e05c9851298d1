//! What the server asks at start and for gap filling.

use crate::support::{at, insert, made_up, made_up_many};
use chrono::{DurationRound, TimeDelta};
use domain::{Isk, KillRecord, KillmailId, SolarSystemId, Source};
use std::collections::BTreeMap;
use store::{MinuteArrivals, RankedId, testing::TestDatabase};

fn value(record: &KillRecord) -> Isk {
    record.enrichment.valuation.total_value.unwrap_or_default()
}

#[tokio::test]
async fn arrivals_ids_and_systems_since_a_time() {
    let database = TestDatabase::create().await;
    let store = &database.store;
    let since = at(2026, 11, 1);
    assert_eq!(store.find_oldest_id_since(since).await.unwrap(), None);
    // Across the turn of a month, with one that took a year to arrive.
    let mut records = made_up_many(100, 90, since - TimeDelta::minutes(10), TimeDelta::seconds(20));
    let mut late = made_up(5, at(2025, 11, 1));
    late.received_at = since + TimeDelta::minutes(1);
    insert(store, &records).await;
    insert(store, &[late]).await;

    let mut minutes: BTreeMap<_, (u64, Isk)> = BTreeMap::new();
    for record in records.iter().filter(|record| record.received_at >= since) {
        let sum = minutes.entry(record.received_at.duration_trunc(TimeDelta::minutes(1)).unwrap()).or_default();
        *sum = (sum.0 + 1, sum.1 + value(record));
    }
    let minutes: Vec<_> =
        minutes.into_iter().map(|(minute, (kills, value))| MinuteArrivals { minute, kills, value }).collect();
    assert_eq!(store.list_arrivals_by_minute(since).await.unwrap(), minutes);

    records.retain(|record| record.killmail.killmail_time >= since);
    assert_eq!(
        store.find_oldest_id_since(since).await.unwrap(),
        records.iter().map(|record| record.killmail.killmail_id).min()
    );
    assert_eq!(store.find_oldest_id_since(at(2025, 1, 1)).await.unwrap(), Some(KillmailId(5)));

    let newest = records.iter().max_by_key(|record| record.killmail.killmail_time).unwrap();
    let newest_time = newest.killmail.killmail_time;
    let mut archived = made_up(900, newest_time + TimeDelta::days(3));
    archived.source = Source::Archive;
    insert(store, &[archived]).await;
    let after = newest.received_at + TimeDelta::seconds(1);
    assert_eq!(store.find_newest_live_time(after).await.unwrap(), Some(newest_time), "archives do not count");
    assert!(store.find_newest_live_time(newest.received_at).await.unwrap() < Some(newest_time));
    assert_eq!(store.find_newest_live_time(at(2025, 1, 1)).await.unwrap(), None);

    let system = records[0].killmail.solar_system_id;
    let to = since + TimeDelta::minutes(10);
    let inside = || {
        records.iter().filter(|record| record.killmail.solar_system_id == system && record.killmail.killmail_time < to)
    };
    let expected = RankedId { id: system.0, kills: inside().count() as u64, value: inside().map(value).sum() };
    let systems = [system, SolarSystemId(1)];
    assert_eq!(store.count_kills_by_system(&systems, since, to).await.unwrap(), [expected]);
}
