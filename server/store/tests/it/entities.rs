//! Names: kept, renewed, shown in lists, and asked for when missing.

use crate::support::{at, insert, made_up, made_up_many};
use chrono::TimeDelta;
use domain::{AllianceId, CharacterId, CorporationId, EntityKind, EntityName, KillFilter, StaticData};
use store::{CharacterAffiliation, Page, testing::TestDatabase};

fn name(kind: EntityKind, id: i64, name: &str, ticker: Option<&str>) -> EntityName {
    EntityName { kind, id, name: name.to_owned(), ticker: ticker.map(str::to_owned) }
}

#[tokio::test]
async fn names_are_kept_and_renewed() {
    let database = TestDatabase::create().await;
    let store = &database.store;
    store
        .upsert_names(&[
            name(EntityKind::Corporation, 98_000_001, "Old Name", Some("OLD")),
            name(EntityKind::Character, 90_000_001, "First", None),
            name(EntityKind::Character, 90_000_001, "Pilot \0 One", None),
            name(EntityKind::Alliance, 99_000_001, "Alliance", Some("ALL")),
            name(EntityKind::System, 30_000_142, "not stored", None),
        ])
        .await
        .unwrap();
    store.upsert_names(&[name(EntityKind::Corporation, 98_000_001, "New Name", None)]).await.unwrap();
    store.upsert_names(&[]).await.unwrap();
    let mut found = store.find_names(&[90_000_001, 98_000_001, 99_000_001, 30_000_142, -1]).await.unwrap();
    found.sort_by_key(|name| name.id);
    let expected = [
        name(EntityKind::Character, 90_000_001, "Pilot \u{fffd} One", None),
        name(EntityKind::Corporation, 98_000_001, "New Name", Some("OLD")),
        name(EntityKind::Alliance, 99_000_001, "Alliance", Some("ALL")),
    ];
    assert_eq!(found, expected);
    let corporation = store.find_entity(EntityKind::Corporation, 98_000_001).await.unwrap().unwrap();
    assert_eq!((corporation.name.as_str(), corporation.ticker.as_deref()), ("New Name", Some("OLD")));
    assert!(corporation.updated_at.is_some());
    assert_eq!(store.find_entity(EntityKind::Character, 98_000_001).await.unwrap(), None);
}

#[tokio::test]
async fn lists_show_known_names() {
    let database = TestDatabase::create().await;
    let store = &database.store;
    let records = made_up_many(1, 30, at(2026, 11, 20), TimeDelta::hours(1));
    insert(store, &records).await;
    insert(store, &[made_up(9_999, at(2026, 1, 1))]).await;
    store.upsert_names(&[name(EntityKind::Character, 90_000_003, "Three", None)]).await.unwrap();
    let page = store.list_kills(&KillFilter::default(), Page::first(100), &StaticData::bundled()).await.unwrap();
    let of_three =
        page.kills.iter().filter_map(|kill| kill.victim.character.as_ref()).filter(|pilot| pilot.id.0 == 90_000_003);
    assert!(of_three.clone().count() > 0);
    assert!(of_three.into_iter().all(|pilot| pilot.name.as_deref() == Some("Three")));
    let by_game = page.kills.iter().filter_map(|kill| kill.final_blow.as_ref()).filter_map(|blow| blow.ship.as_ref());
    assert!(by_game.into_iter().any(|ship| ship.name.as_deref() == Some("Rifter")));
}

#[tokio::test]
async fn memberships_are_confirmed_when_they_are_old_and_changes_are_told() {
    let database = TestDatabase::create().await;
    let store = &database.store;
    let pilots = [1, 2, 3].map(|n| CharacterId(90_000_000 + n));
    store.upsert_names(&pilots.map(|id| name(EntityKind::Character, id.0, "Pilot", None))[..2]).await.unwrap();
    let (noon, ten_later) = (at(2026, 11, 20), at(2026, 11, 20) + TimeDelta::minutes(10));
    let stale = |before| async move {
        let mut stale = store.list_stale_affiliations(&pilots, before).await.unwrap();
        stale.sort();
        stale
    };
    assert_eq!(stale(noon).await, pilots[..2], "never confirmed; the third has no name to keep it with");
    let row = |pilot: usize, corporation, alliance: Option<i64>| CharacterAffiliation {
        character_id: pilots[pilot],
        corporation_id: CorporationId(corporation),
        alliance_id: alliance.map(AllianceId),
    };
    let rows = [row(1, 98_000_001, Some(99_000_001)), row(0, 98_000_001, None), row(2, 98_000_001, None)];
    assert_eq!(store.update_affiliations(&rows, noon).await.unwrap(), [], "news, but no change");
    assert_eq!(stale(noon).await, []);
    assert_eq!(stale(ten_later).await, pilots[..2]);
    let rows = [row(1, 98_000_001, None), row(0, 98_000_001, None)];
    assert_eq!(store.update_affiliations(&rows, ten_later).await.unwrap(), [pilots[1]]);
    let pilot = store.find_entity(EntityKind::Character, pilots[1].0).await.unwrap().unwrap();
    assert_eq!((pilot.corporation_id, pilot.alliance_id), (Some(CorporationId(98_000_001)), None));
    assert_eq!(store.update_affiliations(&[], noon).await.unwrap(), []);
}
