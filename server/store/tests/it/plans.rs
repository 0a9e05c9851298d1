//! Queries for recent kills touch one or two partitions, and filters use the index made for them.

use crate::support::{at, insert, made_up_many};
use chrono::TimeDelta;
use domain::{CelestialId, CharacterId, Cursor, KillFilter, KillmailId, SolarSystemId, StaticData, TypeId, WarId};
use std::collections::BTreeSet;
use store::{
    Page,
    testing::{TestDatabase, explain_list_kills},
};

/// A kill every other day for four years, many in the last two months, and the months to come.
async fn four_years() -> TestDatabase {
    let database = TestDatabase::create().await;
    insert(&database.store, &made_up_many(1, 730, at(2022, 12, 1), TimeDelta::hours(48))).await;
    insert(&database.store, &made_up_many(10_000, 2_000, at(2026, 10, 1), TimeDelta::minutes(40))).await;
    database.store.ensure_partitions(at(2026, 11, 28)).await.unwrap();
    sqlx::raw_sql("ANALYZE").execute(database.pool()).await.unwrap();
    database
}

/// Names of the partitions in a plan.
fn partitions(plan: &str) -> BTreeSet<&str> {
    plan.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter_map(|word| {
            let month = word.find("_y20")?;
            (!word.ends_with("idx") && !word.ends_with("pkey")).then(|| &word[..(month + 9).min(word.len())])
        })
        .collect()
}

#[tokio::test]
async fn a_first_page_touches_two_months_at_most() {
    let database = four_years().await;
    let static_data = StaticData::bundled();
    let page = Page::first(50);
    let plans = explain_list_kills(&database.store, &KillFilter::default(), page, &static_data).await.unwrap();
    assert_eq!(
        Vec::from_iter(partitions(&plans[0])),
        ["killmails_enriched_y2026m10", "killmails_enriched_y2026m11"],
        "{}",
        plans[0]
    );
    assert!(plans[0].contains("Index Scan") && !plans[0].contains("Seq Scan"), "{}", plans[0]);
    assert!(plans[0].contains("killmail_time_killmail_id_idx"), "{}", plans[0]);
    // 48 months in windows of 2, 4, 8, 16 and the rest.
    assert_eq!(plans.iter().map(|plan| partitions(plan).len()).collect::<Vec<_>>(), [2, 4, 8, 16, 18]);

    // One query is enough for it, and its page is what was asked for.
    let page = database.store.list_kills(&KillFilter::default(), page, &static_data).await.unwrap();
    assert_eq!(page.kills.len(), 50);
}

#[tokio::test]
async fn a_later_page_starts_at_its_cursor() {
    let database = four_years().await;
    let before = Some(Cursor { killmail_time: at(2024, 3, 5), killmail_id: KillmailId(1) });
    let page = Page { before, after: None, limit: 50 };
    let plans =
        explain_list_kills(&database.store, &KillFilter::default(), page, &StaticData::bundled()).await.unwrap();
    let expected = ["killmails_enriched_y2024m02", "killmails_enriched_y2024m03"];
    assert_eq!(Vec::from_iter(partitions(&plans[0])), expected, "{}", plans[0]);
}

#[tokio::test]
async fn times_in_a_filter_bound_the_months() {
    let database = four_years().await;
    let filter = KillFilter { from: Some(at(2025, 5, 1)), to: Some(at(2025, 5, 3)), ..KillFilter::default() };
    let page = Page::first(50);
    let plans = explain_list_kills(&database.store, &filter, page, &StaticData::bundled()).await.unwrap();
    assert_eq!(plans.len(), 1);
    assert_eq!(Vec::from_iter(partitions(&plans[0])), ["killmails_enriched_y2025m05"]);
}

#[tokio::test]
async fn a_pilot_is_looked_up_in_the_same_months_of_participants() {
    let database = four_years().await;
    let filter = KillFilter { character_id: vec![CharacterId(90_000_001)], ..KillFilter::default() };
    let plans = explain_list_kills(&database.store, &filter, Page::first(50), &StaticData::bundled()).await.unwrap();
    let expected = [
        "killmail_participants_y2026m10",
        "killmail_participants_y2026m11",
        "killmails_enriched_y2026m10",
        "killmails_enriched_y2026m11",
    ];
    assert_eq!(Vec::from_iter(partitions(&plans[0])), expected, "{}", plans[0]);
}

/// With sequential scans forbidden the planner shows which indexes can serve a filter at all.
#[tokio::test]
async fn each_filter_has_its_index() {
    let database = four_years().await;
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!(
        "ALTER DATABASE {} SET enable_seqscan = off",
        database.url().rsplit('/').next().unwrap()
    )))
    .execute(database.pool())
    .await
    .unwrap();
    let store = store::Store::connect(&store::StoreOptions::new(database.url())).await.unwrap();
    let filters = [
        ("solar_system_id", KillFilter { system_id: vec![SolarSystemId(1)], ..KillFilter::default() }),
        ("ship_type_id", KillFilter { ship_type_id: vec![TypeId(1)], ..KillFilter::default() }),
        ("character_id", KillFilter { character_id: vec![CharacterId(1)], ..KillFilter::default() }),
        ("corporation_id", KillFilter { corporation_id: vec![1.into()], ..KillFilter::default() }),
        ("alliance_id", KillFilter { alliance_id: vec![1.into()], ..KillFilter::default() }),
        ("war_id", KillFilter { war_id: vec![WarId(1)], ..KillFilter::default() }),
        ("location_id", KillFilter { location: vec![CelestialId(1)], ..KillFilter::default() }),
        (
            // Indexes of partitions are numbered where their names would be equal: this is the one of dear kills.
            "killmail_time_killmail_id_idx1",
            KillFilter { min_value: Some(domain::Isk::from_isk(10_000_000_000)), ..KillFilter::default() },
        ),
        // And this the one of crowds.
        ("killmail_time_killmail_id_idx2", KillFilter { min_attackers: Some(50), ..KillFilter::default() }),
    ];
    for (index, filter) in filters {
        assert!(uses_index(&store, &filter, index).await, "{index}");
    }
    // Where any other index can do, two months of test data are too small for this one to be the cheapest.
    sqlx::raw_sql(
        "DROP INDEX killmails_enriched_time_idx, killmails_enriched_system_idx, killmails_enriched_ship_idx,
         killmails_enriched_enriched_at_idx; ALTER TABLE killmails_enriched DROP CONSTRAINT killmails_enriched_pkey",
    )
    .execute(database.pool())
    .await
    .unwrap();
    let tagged = KillFilter { tags: vec!["nowhere".to_owned()], ..KillFilter::default() };
    assert!(uses_index(&store, &tagged, "module_tags").await);
}

async fn uses_index(store: &store::Store, filter: &KillFilter, index: &str) -> bool {
    let plans = explain_list_kills(store, filter, Page::first(50), &StaticData::bundled()).await.unwrap();
    let mut names = plans[0].split_whitespace().filter(|word| word.contains("_idx"));
    let found = names.any(|name| name.contains(index));
    if !found {
        println!("{}", plans[0]);
    }
    found
}
