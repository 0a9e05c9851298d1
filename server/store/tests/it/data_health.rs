//! How stored kills were enriched, and from when stored prices are.

use crate::support::{at, insert, made_up_many};
use chrono::TimeDelta;
use domain::{Isk, PriceSource, TypeId, UnitPrice};
use store::testing::TestDatabase;

#[tokio::test]
async fn counts_versions_failures_and_gaps_of_the_last_month() {
    let database = TestDatabase::create().await;
    let store = &database.store;
    let now = at(2026, 11, 20);
    assert_eq!(store.count_enrichments(now).await.unwrap().kills(), 0);
    let mut records = made_up_many(1, 200, at(2026, 11, 1), TimeDelta::hours(2));
    records.extend(made_up_many(900, 20, at(2026, 9, 1), TimeDelta::hours(2)));
    for record in &mut records[..30] {
        record.enrichment.version = 7;
        record.enrichment.valuation.unpriced_types = 2;
    }
    insert(store, &records).await;
    let counts = store.count_enrichments(now).await.unwrap();
    let recent = &records[..200];
    let count =
        |is: &dyn Fn(&domain::Enrichment) -> bool| recent.iter().filter(|record| is(&record.enrichment)).count() as u64;
    assert_eq!(counts.versions, [(7, 30), (domain::Enrichment::VERSION, 170)]);
    assert_eq!(counts.kills(), 200);
    assert_eq!(counts.failed, count(&|enrichment| enrichment.failed_at.is_some()));
    assert_eq!(counts.unpriced, count(&|enrichment| enrichment.valuation.unpriced_types > 0));
    assert_eq!(counts.worthless, count(&|enrichment| enrichment.valuation.total_value.is_none()));
    assert_eq!(counts.untagged, count(&|enrichment| enrichment.module_tags.is_empty()));
    assert!(counts.failed > 0 && counts.unpriced > 0 && counts.untagged > 0);
    assert_eq!(counts.oldest, Some(at(2026, 11, 1)));
}

#[tokio::test]
async fn prices_are_counted_by_source_with_their_ages() {
    let database = TestDatabase::create().await;
    let store = &database.store;
    assert!(store.count_prices().await.unwrap().is_empty());
    assert_eq!(store.find_static_import_time().await.unwrap(), None);
    let price =
        |id: i64, source, day: u32| (TypeId(id), UnitPrice { price: Isk::from_isk(id), source, at: at(2026, 11, day) });
    let prices = [
        price(34, PriceSource::EsiAverage, 3),
        price(35, PriceSource::EsiAverage, 9),
        price(34, PriceSource::Janice, 5),
    ];
    store.upsert_prices(&prices).await.unwrap();
    let sources = store.count_prices().await.unwrap();
    let found: Vec<_> = sources.iter().map(|of| (of.source.as_str(), of.types, of.oldest, of.newest)).collect();
    assert_eq!(
        found,
        [("esi_average", 2, at(2026, 11, 3), at(2026, 11, 9)), ("janice", 1, at(2026, 11, 5), at(2026, 11, 5))]
    );
}
