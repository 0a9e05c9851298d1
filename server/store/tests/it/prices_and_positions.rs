//! Prices and feed positions: the last word counts.

use crate::support::second;
use domain::{Isk, PriceSource, TypeId, UnitPrice};
use store::{Store, StoreError, StoreOptions, testing::TestDatabase};

#[tokio::test]
async fn the_newest_price_of_each_source_is_kept() {
    let database = TestDatabase::create().await;
    let store = &database.store;
    let price = |type_id, hundredths, source, at| {
        (TypeId(type_id), UnitPrice { price: Isk::from_hundredths(hundredths), source, at: second(at) })
    };
    let average = price(34, 512, PriceSource::EsiAverage, 100);
    let adjusted = price(34, i64::MAX, PriceSource::EsiAdjusted, 100);
    let renewed = price(587, -1, PriceSource::Janice, 200);
    store.upsert_prices(&[average, price(587, 7, PriceSource::Janice, 100), adjusted]).await.unwrap();
    store.upsert_prices(&[renewed, price(587, 9, PriceSource::Janice, 150)]).await.unwrap();
    store.upsert_prices(&[price(34, 1, PriceSource::EsiAverage, 99)]).await.unwrap();
    store.upsert_prices(&[]).await.unwrap();
    assert_eq!(store.load_prices().await.unwrap(), [adjusted, average, renewed]);
}

#[tokio::test]
async fn a_position_is_that_of_its_feed() {
    let database = TestDatabase::create().await;
    let store = &database.store;
    assert_eq!(store.find_position("r2z2").await.unwrap(), None);
    for (feed, position) in [("wanderer", "x"), ("r2z2", "1"), ("r2z2", "2")] {
        store.set_position(feed, position).await.unwrap();
    }
    assert_eq!(store.find_position("r2z2").await.unwrap().as_deref(), Some("2"));
    assert_eq!(store.find_position("wanderer").await.unwrap().as_deref(), Some("x"));
}

#[tokio::test]
async fn errors_say_whether_to_try_again() {
    let refused = StoreOptions::new("postgres://nobody@127.0.0.1:1/nothing");
    let error = Store::connect(&refused).await.unwrap_err();
    assert!(error.is_transient(), "{error:?}");
    assert_eq!(error.to_string(), "the database is unavailable");
    assert!(!Store::connect(&StoreOptions::new("not a url")).await.unwrap_err().is_transient());

    let database = TestDatabase::create().await;
    database.store.ping().await.unwrap();
    // A source word of a later version.
    sqlx::raw_sql("INSERT INTO prices VALUES (34, 1, now(), 'crystal_ball')").execute(database.pool()).await.unwrap();
    let error = database.store.load_prices().await.unwrap_err();
    assert!(matches!(error, StoreError::Inconsistent { table: "prices", column: "source", id: 34 }));
    // A connection that dies in the middle.
    let error =
        sqlx::query("SELECT pg_terminate_backend(pg_backend_pid())").execute(database.pool()).await.unwrap_err();
    assert!(StoreError::from(error).is_transient());
    database.store.ping().await.unwrap();
}
