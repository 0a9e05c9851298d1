//! Finding kills with worse prices, and giving them new values.

use crate::support::{at, insert, made_up, second};
use chrono::TimeDelta;
use domain::{Isk, KillRecord, KillmailId, PriceSource, TypeId, UnitPrice};
use store::{PriceGap, WorsePriced, testing::TestDatabase};

/// On every made-up mail, and always priced.
const MODULE: TypeId = TypeId(2_048);

fn priced_by(mut record: KillRecord, source: PriceSource) -> KillRecord {
    for unit in record.enrichment.unit_prices.values_mut() {
        unit.source = source;
    }
    record.enrichment.valuation.unpriced_types = 0;
    record
}

#[tokio::test]
async fn only_new_kills_with_a_worse_price_of_these_types_are_found() {
    let database = TestDatabase::create().await;
    let store = &database.store;
    let day = at(2026, 11, 2);
    let hour = |hours: i64| day + TimeDelta::hours(hours);
    let mut unpriced = priced_by(made_up(5, hour(4)), PriceSource::Janice);
    unpriced.enrichment.valuation.unpriced_types = 1;
    let records = [
        priced_by(made_up(1, hour(1)), PriceSource::EsiAverage),
        priced_by(made_up(2, hour(2)), PriceSource::Janice),
        priced_by(made_up(3, hour(3)), PriceSource::EsiAdjusted),
        priced_by(made_up(4, hour(3)), PriceSource::Rule),
        unpriced,
        priced_by(made_up(6, hour(5)), PriceSource::Mutamarket),
    ];
    insert(store, &records).await;
    let find = async |types: &[TypeId], since, except: &[KillmailId], limit| {
        let search = WorsePriced { killed_since: since, received_since: since, types, except, limit };
        store.list_worse_priced(search).await.unwrap().into_iter().map(|id| id.0).collect::<Vec<_>>()
    };
    assert_eq!(find(&[MODULE, TypeId(34)], day, &[], 10).await, [6, 5, 3, 1]);
    assert_eq!(find(&[MODULE], hour(2), &[KillmailId(6)], 10).await, [5, 3]);
    assert_eq!(find(&[MODULE], day, &[], 2).await, [6, 5]);
    assert_eq!(find(&[TypeId(34)], day, &[], 10).await, [5], "another type has a better price");
}

#[tokio::test]
async fn values_are_replaced_and_nothing_else() {
    let database = TestDatabase::create().await;
    let store = &database.store;
    // In different months, so in different partitions.
    let records = [made_up(21, at(2026, 9, 3)), made_up(22, at(2026, 11, 3)), made_up(23, at(2026, 11, 3))];
    insert(store, &records).await;
    let mut changed: Vec<KillRecord> = records[..2].to_vec();
    for record in &mut changed {
        let unit =
            UnitPrice { price: Isk::from_hundredths(123), source: PriceSource::Janice, at: second(1_800_000_000) };
        record.enrichment.unit_prices = [(MODULE, unit)].into();
        record.enrichment.enriched_at += TimeDelta::hours(1);
        let values = &mut record.enrichment.valuation;
        (values.hull_value, values.total_value) = (None, Some(Isk::from_hundredths(i64::MAX)));
        values.unpriced_types = 9;
    }
    let not_stored = made_up(24, at(2026, 11, 3));
    let updated = store.update_values(&[&changed[0], &not_stored, &changed[1]]).await.unwrap();
    assert_eq!(updated, [KillmailId(21), KillmailId(22)].into());
    for record in changed.iter().chain([&records[2]]) {
        let stored = store.find_kill(record.killmail.killmail_id).await.unwrap().unwrap();
        assert_eq!(stored.enrichment, record.enrichment);
    }
    assert!(store.update_values(&[]).await.unwrap().is_empty());
}

#[tokio::test]
async fn gaps_are_kept_for_a_time_and_types_are_ranked_by_kills() {
    let database = TestDatabase::create().await;
    let store = &database.store;
    let gap = |id, seconds| PriceGap { type_id: TypeId(id), source: PriceSource::Janice, asked_at: second(seconds) };
    store.upsert_price_gaps(&[gap(34, 100), gap(35, 100)]).await.unwrap();
    store.upsert_price_gaps(&[gap(35, 200), gap(36, 300)]).await.unwrap();
    assert_eq!(store.load_price_gaps(second(150)).await.unwrap(), [gap(35, 200), gap(36, 300)]);
    assert_eq!(store.load_price_gaps(second(0)).await.unwrap().len(), 2, "the old one is gone");

    assert_eq!(store.list_types_seen_most(at(2026, 11, 1), 5).await.unwrap(), []);
    let records: Vec<_> = (1..30).map(|id| made_up(id, at(2026, 11, 3))).collect();
    insert(store, &records).await;
    let most = store.list_types_seen_most(at(2026, 11, 1), 3).await.unwrap();
    assert_eq!((most[0], most.len()), (MODULE, 3));
    assert_eq!(store.list_types_seen_most(at(2026, 11, 4), 3).await.unwrap(), []);
}
