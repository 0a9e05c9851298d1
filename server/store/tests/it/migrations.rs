//! The schema goes up, down and up again, and refuses what it does not know.

use crate::support::{at, count, insert, made_up, made_up_many};
use chrono::TimeDelta;
use domain::StaticData;
use store::{
    StoreError,
    testing::{TestDatabase, revert_migrations},
};

#[tokio::test]
async fn the_schema_goes_up_and_down_and_up_again() {
    let database = TestDatabase::create_empty().await;
    let store = &database.store;
    store.migrate().await.unwrap();
    let first = schema(&database).await;
    // With rows and partitions in place: a revert must not need an empty database.
    insert(store, &[made_up(1, at(2026, 11, 1))]).await;
    store.import_static(&StaticData::bundled()).await.unwrap();
    revert_migrations(store).await.unwrap();
    assert_eq!(schema(&database).await, ["_sqlx_migrations"]);
    store.migrate().await.unwrap();
    assert_eq!(schema(&database).await, first);
    store.migrate().await.unwrap();
    // A store that has seen partitions before the revert must not believe in them.
    insert(store, &[made_up(1, at(2026, 11, 1))]).await;
    assert_eq!(count(database.pool(), "killmails_raw").await, 1);
}

#[tokio::test]
async fn wars_of_stored_kills_come_from_their_bodies() {
    let database = TestDatabase::create().await;
    let pool = database.pool();
    insert(&database.store, &made_up_many(1, 40, at(2026, 11, 1), TimeDelta::hours(1))).await;
    let wars = || async {
        let wars = "SELECT killmail_id, war_id FROM killmails_enriched WHERE war_id IS NOT NULL ORDER BY killmail_id";
        sqlx::query_as::<_, (i64, i64)>(wars).fetch_all(pool).await.unwrap()
    };
    let as_inserted = wars().await;
    for step in [
        include_str!("../../../../migrations/0012_war_and_location.down.sql"),
        include_str!("../../../../migrations/0012_war_and_location.up.sql"),
    ] {
        sqlx::raw_sql(step).execute(pool).await.unwrap();
    }
    assert_eq!(wars().await, as_inserted);
    assert_eq!(as_inserted.len(), 8, "the others have a war of 0, which is none");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_start_together_take_turns() {
    let database = TestDatabase::create_empty().await;
    let mut nodes = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let store = database.store.clone();
        nodes.spawn(async move {
            store.migrate().await.unwrap();
            store.import_static(&StaticData::bundled()).await.unwrap()
        });
    }
    let imports = nodes.join_all().await;
    assert_eq!(imports.iter().filter(|outcome| **outcome == store::ImportOutcome::Imported).count(), 1);
}

#[tokio::test]
async fn a_newer_database_is_refused() {
    let database = TestDatabase::create().await;
    sqlx::raw_sql(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'from the future', true, '', 0)",
    )
    .execute(database.pool())
    .await
    .unwrap();
    let error = database.store.migrate().await.unwrap_err();
    assert!(matches!(error, StoreError::Migration(_)) && !error.is_transient(), "{error:?}");
}

/// Every table, view, index, function and type of ours, partitions excepted.
async fn schema(database: &TestDatabase) -> Vec<String> {
    sqlx::query_scalar(
        "
        SELECT name FROM (
            SELECT relname::text AS name FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'S') AND NOT relispartition
            UNION ALL
            SELECT indexdef FROM pg_indexes
            WHERE schemaname = 'public' AND tablename NOT SIMILAR TO '(\\_sqlx%|%\\_y[0-9]{4}m[0-9]{2})'
            UNION ALL
            SELECT proname::text FROM pg_proc
            WHERE pronamespace = 'public'::regnamespace AND probin IS NULL
            UNION ALL
            SELECT typname::text FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype = 'e'
        ) AS names ORDER BY name
        ",
    )
    .fetch_all(database.pool())
    .await
    .unwrap()
}
