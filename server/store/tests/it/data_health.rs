//! How stored kills were enriched.

use crate::support::{at, insert, made_up_many};
use chrono::TimeDelta;
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
