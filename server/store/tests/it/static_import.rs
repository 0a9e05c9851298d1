//! Static data arrive whole, quickly, once, and are replaced whole.

use crate::support::count;
use domain::{
    EntityKind, StaticData,
    static_data::{RegionInfo, StaticRows},
};
use std::time::{Duration, Instant};
use store::{ImportOutcome, testing::TestDatabase};

#[tokio::test]
async fn an_import_replaces_everything_once() {
    let database = TestDatabase::create().await;
    let store = &database.store;
    let data = StaticData::bundled();
    assert_eq!(store.static_build().await.unwrap(), None);
    let started = Instant::now();
    assert_eq!(store.import_static(&data).await.unwrap(), ImportOutcome::Imported);
    let elapsed = started.elapsed();
    println!("static data imported in {elapsed:?}");
    assert!(elapsed < Duration::from_secs(20), "{elapsed:?}");
    assert_eq!(store.import_static(&data).await.unwrap(), ImportOutcome::UpToDate);
    assert_eq!(store.static_build().await.unwrap().as_deref(), Some(data.build()));
    for (table, rows) in [
        ("static_types", data.types().count()),
        ("static_groups", data.groups().count()),
        ("static_systems", data.systems().count()),
        ("static_constellations", data.constellations().count()),
        ("static_regions", data.regions().count()),
    ] {
        assert_eq!(count(database.pool(), table).await, rows as i64, "{table}");
    }
    let jita: (String, i16, String) =
        sqlx::query_as("SELECT name, security, security_band FROM static_systems WHERE solar_system_id = 30000142")
            .fetch_one(database.pool())
            .await
            .unwrap();
    assert_eq!(jita, ("Jita".to_owned(), 9, "highsec".to_owned()));
    let found = store.find_entity(EntityKind::Type, 587).await.unwrap().unwrap();
    assert_eq!(found.name, "Rifter");

    let rows = StaticRows {
        build: "next".to_owned(),
        regions: vec![RegionInfo { id: 1.into(), name: "Only".to_owned() }],
        ..StaticRows::default()
    };
    assert_eq!(store.import_static(&StaticData::new(rows)).await.unwrap(), ImportOutcome::Imported);
    assert_eq!(count(database.pool(), "static_types").await, 0);
    assert_eq!(count(database.pool(), "static_names").await, 1);
}
