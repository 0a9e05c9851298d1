//! Counts and sums against the same done by hand; and the status.

use crate::support::{at, insert, made_up_many};
use chrono::{DurationRound, TimeDelta};
use domain::{Isk, KillRecord, StaticData};
use std::collections::BTreeMap;
use store::{ActivityScope, HourlyKills, RankedId, testing::TestDatabase};

fn value(record: &KillRecord) -> Isk {
    record.enrichment.valuation.total_value.unwrap_or_default()
}

#[tokio::test]
async fn activity_and_rankings_count_a_span() {
    let database = TestDatabase::create().await;
    let store = &database.store;
    let static_data = StaticData::bundled();
    let records = made_up_many(1, 200, at(2026, 10, 30), TimeDelta::minutes(25));
    insert(store, &records).await;
    let (from, to) = (at(2026, 10, 31), at(2026, 11, 2));
    let system = records[100].killmail.solar_system_id;
    let info = static_data.system(system).unwrap();
    let scopes = [
        ActivityScope::All,
        ActivityScope::System(system),
        ActivityScope::Constellation(info.constellation_id),
        ActivityScope::Region(info.region_id),
    ];
    for scope in scopes {
        let inside: Vec<&KillRecord> = records
            .iter()
            .filter(|record| (from..to).contains(&record.killmail.killmail_time))
            .filter(|record| scope == ActivityScope::All || record.killmail.solar_system_id == system)
            .collect();
        assert!(!inside.is_empty());
        let mut hours: BTreeMap<_, (u64, Isk)> = BTreeMap::new();
        let mut ships: BTreeMap<i64, (u64, Isk)> = BTreeMap::new();
        for record in &inside {
            let hour = record.killmail.killmail_time.duration_trunc(TimeDelta::hours(1)).unwrap();
            for sum in [hours.entry(hour).or_default(), ships.entry(record.killmail.victim.ship_type_id.0).or_default()]
            {
                *sum = (sum.0 + 1, sum.1 + value(record));
            }
        }
        let hours: Vec<_> =
            hours.into_iter().map(|(hour, (kills, value))| HourlyKills { hour, kills, value }).collect();
        assert_eq!(store.activity_by_hour(scope, from, to).await.unwrap(), hours);
        let mut ships: Vec<_> = ships.into_iter().map(|(id, (kills, value))| RankedId { id, kills, value }).collect();
        ships.sort_by_key(|ship| (std::cmp::Reverse((ship.kills, ship.value)), ship.id));
        ships.truncate(3);
        assert_eq!(store.list_top_ships(scope, from, to, 3).await.unwrap(), ships);
    }
}

#[tokio::test]
async fn sums_are_cut_at_the_largest_amount() {
    let database = TestDatabase::create().await;
    let mut records = made_up_many(1, 3, at(2026, 11, 1), TimeDelta::seconds(1));
    for record in &mut records {
        record.enrichment.valuation.total_value = Some(Isk::MAX);
    }
    insert(&database.store, &records).await;
    let (from, to) = (at(2026, 11, 1), at(2026, 11, 2));
    let hours = database.store.activity_by_hour(ActivityScope::All, from, to).await.unwrap();
    assert_eq!(hours.iter().map(|hour| hour.value).collect::<Vec<_>>(), [Isk::MAX]);
}

#[tokio::test]
async fn the_status_counts_what_is_there() {
    let database = TestDatabase::create().await;
    let store = &database.store;
    let empty = store.status().await.unwrap();
    assert_eq!((empty.kills_total, empty.newest_kill_time, empty.partitions), (0, None, 0));
    let records = made_up_many(1, 120, at(2026, 10, 1), TimeDelta::hours(7));
    insert(store, &records).await;
    store.ensure_partitions(at(2026, 11, 23)).await.unwrap();
    let status = store.status().await.unwrap();
    let newest = records.last().unwrap();
    assert_eq!((status.kills_total, status.is_kills_total_estimated), (120, false));
    assert_eq!(status.newest_kill_time, Some(newest.killmail.killmail_time));
    assert_eq!(status.newest_received_at, Some(newest.received_at));
    assert_eq!((status.partitions, status.dead_letters), (5, 0));
    assert!(status.database_bytes > 1_000_000);
}
