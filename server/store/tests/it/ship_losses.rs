//! Losses of a type, what was fitted and who took part, against the same done by hand from the mails.

use crate::support::{at, insert, made_up_many, real_records, record_of};
use chrono::TimeDelta;
use domain::{EntityKind, KillRecord, Location, Timestamp, TypeId};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use store::{RankedAttacker, testing::TestDatabase};

const RIFTER: TypeId = TypeId(587);

/// What sat in slots, by the mail.
fn fitted(record: &KillRecord) -> Vec<(TypeId, i64)> {
    let items = record.killmail.victim.items.iter();
    let mut fitted: Vec<_> = items
        .filter(|item| matches!(item.location(), Location::Fitted(..)))
        .map(|item| (item.item_type_id, item.flag))
        .collect();
    fitted.sort_unstable();
    fitted
}

/// A Rifter's mail with a list of items that may be missing or empty.
fn rifter(id: i64, time: Timestamp, items: &serde_json::Value) -> KillRecord {
    let mail = json!({
        "killmail_id": id,
        "killmail_time": time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        "solar_system_id": 30_000_142,
        "attackers": [{"character_id": 90_000_007, "corporation_id": 98_000_007, "damage_done": 5, "final_blow": true}],
        "victim": {"ship_type_id": RIFTER.0, "damage_taken": 5, "items": items},
    });
    record_of(&mail.to_string(), None)
}

#[tokio::test]
async fn the_newest_of_the_type_in_the_window_with_what_was_in_slots() {
    let database = TestDatabase::create().await;
    let store = &database.store;
    let mut records = made_up_many(1, 400, at(2026, 10, 20), TimeDelta::hours(1));
    let item = |type_id: i64, flag: i64| json!({"item_type_id": type_id, "flag": flag, "quantity_destroyed": 1});
    records.push(rifter(
        1_001,
        at(2026, 10, 30),
        &json!([item(2_048, 11), item(2_048, 12), item(438, 27), item(34, 5)]),
    ));
    records.push(rifter(1_002, at(2026, 10, 31), &json!([])));
    records.push(rifter(1_003, at(2026, 11, 1), &serde_json::Value::Null));
    insert(store, &records).await;

    let (from, to) = (at(2026, 10, 25), at(2026, 11, 3));
    let mut expected: Vec<&KillRecord> = records
        .iter()
        .filter(|record| record.killmail.victim.ship_type_id == RIFTER)
        .filter(|record| (from..to).contains(&record.killmail.killmail_time))
        .collect();
    expected.sort_by_key(|record| std::cmp::Reverse((record.killmail.killmail_time, record.killmail.killmail_id)));
    assert!(expected.len() > 20);
    let losses = store.list_ship_losses(RIFTER, from, to, 2_000).await.unwrap();
    assert_eq!(losses.len(), expected.len());
    for (loss, record) in losses.iter().zip(&expected) {
        let (killmail, enrichment) = (&record.killmail, &record.enrichment);
        assert_eq!((loss.killmail_id, loss.killmail_time), (killmail.killmail_id, killmail.killmail_time));
        assert_eq!(loss.value, enrichment.valuation.total_value);
        assert_eq!(
            (loss.character_id, loss.corporation_id),
            (killmail.victim.character_id, killmail.victim.corporation_id)
        );
        assert_eq!(
            (loss.is_solo, loss.is_npc, &loss.tags),
            (enrichment.is_solo, enrichment.is_npc, &enrichment.module_tags)
        );
        let mut stored = loss.fitted.clone();
        stored.sort_unstable();
        assert_eq!(stored, fitted(record), "{}", killmail.killmail_id);
    }
    // The newest few are the first of all.
    assert_eq!(store.list_ship_losses(RIFTER, from, to, 7).await.unwrap(), losses[..7]);
    assert!(store.list_ship_losses(TypeId(11_129), from, to, 7).await.unwrap().is_empty());
}

#[tokio::test]
async fn fits_of_real_mails_are_those_of_the_mails() {
    let records = real_records("killmails_curated.jsonl.zst", 350);
    let database = TestDatabase::create().await;
    insert(&database.store, &records).await;
    let by_id: BTreeMap<_, _> = records.iter().map(|record| (record.killmail.killmail_id, record)).collect();
    let types: BTreeSet<TypeId> = records.iter().map(|record| record.killmail.victim.ship_type_id).collect();
    let mut seen = 0;
    for type_id in types {
        for loss in database.store.list_ship_losses(type_id, at(2003, 1, 1), at(2030, 1, 1), 2_000).await.unwrap() {
            let mut stored = loss.fitted;
            stored.sort_unstable();
            assert_eq!(stored, fitted(by_id[&loss.killmail_id]), "{}", loss.killmail_id);
            seen += 1;
        }
    }
    assert_eq!(seen, by_id.len());
}

#[tokio::test]
async fn attackers_rank_by_losses_taken_part_in_and_count_once_for_each() {
    let database = TestDatabase::create().await;
    let store = &database.store;
    let records = made_up_many(1, 300, at(2026, 10, 28), TimeDelta::hours(1));
    insert(store, &records).await;
    let losses = store.list_ship_losses(RIFTER, at(2026, 10, 1), at(2026, 12, 1), 40).await.unwrap();
    assert_eq!(losses.len(), 40);
    let mut counts: BTreeMap<(&str, i64), (BTreeSet<i64>, u64)> = BTreeMap::new();
    let ids: BTreeSet<i64> = losses.iter().map(|loss| loss.killmail_id.0).collect();
    for record in records.iter().filter(|record| ids.contains(&record.killmail.killmail_id.0)) {
        for attacker in &record.killmail.attackers {
            let entities = [
                ("alliance", attacker.alliance_id.map(|id| id.0)),
                ("character", attacker.character_id.map(|id| id.0)),
                ("corporation", attacker.corporation_id.map(|id| id.0)),
            ];
            for (kind, id) in entities.into_iter().filter_map(|(kind, id)| Some((kind, id?))) {
                let count = counts.entry((kind, id)).or_default();
                count.0.insert(record.killmail.killmail_id.0);
                count.1 += u64::from(attacker.final_blow);
            }
        }
    }
    let mut expected: Vec<RankedAttacker> = Vec::new();
    for (kind, entity) in [
        ("alliance", EntityKind::Alliance),
        ("character", EntityKind::Character),
        ("corporation", EntityKind::Corporation),
    ] {
        let mut of_kind: Vec<_> = counts
            .iter()
            .filter(|((other, _), _)| *other == kind)
            .map(|((_, id), (kills, blows))| RankedAttacker {
                kind: entity,
                id: *id,
                losses: kills.len() as u64,
                final_blows: *blows,
            })
            .collect();
        of_kind.sort_by_key(|entry| (std::cmp::Reverse((entry.losses, entry.final_blows)), entry.id));
        expected.extend(of_kind.into_iter().take(3));
    }
    assert_eq!(store.list_top_attackers(&losses, 3).await.unwrap(), expected);
    assert!(store.list_top_attackers(&[], 3).await.unwrap().is_empty());
}
