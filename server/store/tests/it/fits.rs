//! Statistics of fits: stored once, written to the kills that wait, found again after the engine changed; ranked lists.

use crate::support::{at, insert, made_up_many};
use chrono::TimeDelta;
use domain::{
    FitFacts, FitHash, FitOutcome, KillFilter, KillRecord, KillSummary, KillmailId, StaticData, Timestamp,
    fit_stats::{ImpossibleFit, Tank},
    sort::Ranking,
};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use store::{StoredFit, testing::TestDatabase};

const ALWAYS: Timestamp = Timestamp::UNIX_EPOCH;

fn waiting(count: i64) -> Vec<KillRecord> {
    let mut records = made_up_many(1, count, at(2026, 10, 20), TimeDelta::hours(9));
    for record in &mut records {
        record.enrichment.fit = FitFacts { hash: record.enrichment.fit.hash, ..FitFacts::default() };
    }
    records
}

fn outcome() -> FitOutcome {
    FitOutcome::Impossible { reason: ImpossibleFit::NotAHull }
}

fn stored(record: &KillRecord, build: &str) -> StoredFit {
    StoredFit {
        fit_hash: record.enrichment.fit.hash.unwrap(),
        ship_type_id: record.killmail.victim.ship_type_id,
        outcome: outcome(),
        engine_build: build.to_owned(),
        computed_at: at(2026, 11, 1),
    }
}

/// What an engine finds for a ship with so many hit points.
fn computed(ehp: i64, is_lower_bound: bool) -> FitOutcome {
    let layer =
        json!({ "hp": 1.0, "ehp": 1.0, "resists": { "em": 0.0, "thermal": 0.0, "kinetic": 0.0, "explosive": 0.0 } });
    let stats = json!({
        "ehp": ehp, "shield": layer, "armor": layer, "hull": layer, "tank": "shield_buffer",
        "cold": { "speed": 1.0, "mass": 1.0, "signature": 1.0 }, "repair": {}, "warnings": [],
        "is_lower_bound": is_lower_bound,
    });
    serde_json::from_value(json!({ "state": "computed", "stats": stats })).unwrap()
}

#[tokio::test]
async fn lower_bounds_are_kept_as_such_on_every_way_into_a_list() {
    let database = TestDatabase::create().await;
    let store = &database.store;
    let static_data = StaticData::bundled();
    let records = waiting(12);
    let (early, late) = records.split_at(6);
    insert(store, early).await;
    let outcomes: BTreeMap<FitHash, StoredFit> = records
        .iter()
        .zip(0..)
        .map(|(record, n)| StoredFit { outcome: computed(1_000 + n, n % 3 == 0), ..stored(record, "one") })
        .map(|fit| (fit.fit_hash, fit))
        .collect();
    let is_bound = |record: &KillRecord| outcomes[&record.enrichment.fit.hash.unwrap()].outcome.is_lower_bound();
    store.upsert_fits(&outcomes.values().cloned().collect::<Vec<_>>(), ALWAYS).await.unwrap();
    // Kills that come when their fit is known already.
    insert(store, late).await;
    let page = store.list_ranked(&KillFilter::default(), Ranking::Ehp, None, 100, &static_data).await.unwrap();
    assert_eq!(page.kills.len(), records.len());
    for record in &records {
        let id = record.killmail.killmail_id;
        let listed = page.kills.iter().find(|kill| kill.killmail_id == id).unwrap();
        let found = store.find_kill(id).await.unwrap().unwrap();
        let losses = store.list_ship_losses(listed.ship.type_id, ALWAYS, at(2027, 1, 1), 100).await.unwrap();
        let loss = losses.iter().find(|loss| loss.killmail_id == id).unwrap();
        assert_eq!([listed.tank, found.enrichment.fit.tank], [Some(Tank::ShieldBuffer); 2]);
        let seen = [listed.fit_is_lower_bound, found.enrichment.fit.is_lower_bound, loss.ehp_is_lower_bound];
        assert_eq!(seen, [is_bound(record); 3], "{id}");
    }
    assert!(records.iter().any(is_bound) && !records.iter().all(is_bound));

    // What was stored before lists knew it is filled in by the migration.
    for step in [
        include_str!("../../../../migrations/0011_fit_facts.down.sql"),
        include_str!("../../../../migrations/0011_fit_facts.up.sql"),
    ] {
        sqlx::raw_sql(step).execute(database.pool()).await.unwrap();
    }
    let again = store.list_ranked(&KillFilter::default(), Ranking::Ehp, None, 100, &static_data).await.unwrap();
    assert_eq!(again, page);
}

#[tokio::test]
async fn a_fit_is_stored_once_and_written_to_every_kill_that_waits() {
    let database = TestDatabase::create().await;
    let store = &database.store;
    let records = waiting(60);
    insert(store, &records).await;
    let hashes: BTreeSet<FitHash> = records.iter().filter_map(|record| record.enrichment.fit.hash).collect();
    assert!(hashes.len() < records.len(), "fits repeat");
    let listed = store.list_waiting_fits(ALWAYS, 100).await.unwrap();
    assert_eq!(listed.iter().filter_map(|fit| fit.fit_hash).collect::<BTreeSet<_>>(), hashes, "one for each fit");

    let first = &records[0];
    let same = records.iter().filter(|record| record.enrichment.fit.hash == first.enrichment.fit.hash).count();
    let fit = stored(first, "one");
    assert_eq!(store.upsert_fits(&[fit.clone(), fit.clone()], ALWAYS).await.unwrap(), same as u64);
    assert_eq!(store.find_fits(&[fit.fit_hash], "one").await.unwrap(), std::slice::from_ref(&fit));
    assert!(store.find_fits(&[fit.fit_hash], "another engine").await.unwrap().is_empty());
    let left = store.list_waiting_fits(ALWAYS, 100).await.unwrap();
    assert_eq!(left.len(), hashes.len() - 1);
    let kill = store.find_kill(first.killmail.killmail_id).await.unwrap().unwrap();
    assert_eq!(kill.enrichment.fit.engine_build.as_deref(), Some("one"));

    // A kill that comes later has the numbers at once.
    let mut late = waiting(60).swap_remove(0);
    let mut mail = domain::Killmail::clone(&late.killmail);
    mail.killmail_id = KillmailId(9_000);
    late.killmail = mail.into();
    insert(store, &[late]).await;
    let kill = store.find_kill(KillmailId(9_000)).await.unwrap().unwrap();
    assert_eq!(kill.enrichment.fit.engine_build.as_deref(), Some("one"));

    // Another engine: they wait again, and keep what they have until then.
    assert_eq!(store.requeue_fits("one", ALWAYS, 10).await.unwrap(), 0);
    assert_eq!(store.requeue_fits("two", ALWAYS, 1_000).await.unwrap(), same as u64 + 1);
    assert_eq!(store.list_waiting_fits(ALWAYS, 100).await.unwrap().len(), hashes.len());
    assert_eq!(store.upsert_fits(&[stored(first, "two")], ALWAYS).await.unwrap(), same as u64 + 1);
}

#[tokio::test]
async fn kills_stored_before_fits_were_hashed_get_their_hash() {
    let database = TestDatabase::create().await;
    let store = &database.store;
    let mut records = waiting(3);
    let hash = records[0].enrichment.fit.hash.unwrap();
    for record in &mut records {
        record.enrichment.fit = FitFacts::default();
    }
    insert(store, &records).await;
    let listed = store.list_waiting_fits(ALWAYS, 100).await.unwrap();
    assert_eq!((listed.len(), listed.iter().filter(|fit| fit.fit_hash.is_some()).count()), (3, 0));
    let mail = &records[0].killmail;
    store.set_fit_hashes(&[(mail.killmail_id, mail.killmail_time, hash)]).await.unwrap();
    let kill = store.find_kill(mail.killmail_id).await.unwrap().unwrap();
    assert_eq!(kill.enrichment.fit, FitFacts::unknown(hash));
}

#[tokio::test]
async fn ranked_pages_are_the_sorted_list() {
    let database = TestDatabase::create().await;
    let static_data = StaticData::bundled();
    let records = made_up_many(1, 160, at(2026, 8, 1), TimeDelta::hours(13));
    insert(&database.store, &records).await;
    let filters = [
        KillFilter::default(),
        KillFilter { min_ehp: Some(500), ..KillFilter::default() },
        KillFilter { from: Some(at(2026, 9, 1)), to: Some(at(2026, 10, 1)), ..KillFilter::default() },
    ];
    for ranking in Ranking::ALL {
        for filter in &filters {
            let mut expected: Vec<(i64, KillmailId)> = records
                .iter()
                .filter(|record| {
                    let summary = KillSummary::new(record, &|_| None, &static_data);
                    filter.matches(&summary, &domain::filter::ParticipantFacts::of(&record.killmail, &static_data))
                })
                .filter_map(|record| {
                    let summary = KillSummary::new(record, &|_| None, &static_data);
                    Some((ranking.key(&summary)?, summary.killmail_id))
                })
                .collect();
            expected.sort_unstable_by(|a, b| b.cmp(a));
            let mut found = Vec::new();
            let mut before = None;
            loop {
                let page = database.store.list_ranked(filter, ranking, before, 17, &static_data).await.unwrap();
                found.extend(page.kills.iter().map(|kill| (ranking.key(kill).unwrap(), kill.killmail_id)));
                before = page.next;
                if before.is_none() {
                    break;
                }
            }
            assert!(!expected.is_empty());
            assert_eq!(found, expected, "{ranking:?} {}", filter.to_query());
        }
    }
}
