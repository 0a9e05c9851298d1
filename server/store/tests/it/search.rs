//! What the search finds, in which order, and that no text can break it.

use crate::support::{at, insert, made_up};
use domain::{EntityKind, EntityName, StaticData};
use store::{EntityHit, Store, testing::TestDatabase};

async fn names(store: &Store, query: &str) -> Vec<String> {
    store.search_entities(query, 10).await.unwrap().into_iter().map(|hit| hit.name).collect()
}

async fn with_players() -> TestDatabase {
    let database = TestDatabase::create().await;
    let player = |kind, id, name: &str, ticker: Option<&str>| EntityName {
        kind,
        id,
        name: name.to_owned(),
        ticker: ticker.map(str::to_owned),
    };
    let players = [
        player(EntityKind::Character, 90_000_001, "Jita Trader", None),
        player(EntityKind::Character, 90_000_002, "The Jita Scammer", None),
        player(EntityKind::Character, 90_000_003, "100% _Real_ \\o/", None),
        player(EntityKind::Character, 90_000_004, "Zoë O'Hara", None),
        player(EntityKind::Corporation, 98_000_001, "Brave Newbies Inc.", Some("BNI")),
        player(EntityKind::Alliance, 99_000_001, "Goonswarm Federation", Some("CONDI")),
        player(EntityKind::Alliance, 99_000_002, "Condi Rental Alliance", Some("RENT")),
    ];
    database.store.upsert_names(&players).await.unwrap();
    database.store.import_static(&StaticData::bundled()).await.unwrap();
    database
}

#[tokio::test]
async fn exact_then_beginnings_then_parts_then_misspellings() {
    let database = with_players().await;
    let store = &database.store;
    let jita = store.search_entities("JITA", 10).await.unwrap();
    let expected = EntityHit {
        kind: Some(EntityKind::System),
        id: 30_000_142,
        name: "Jita".to_owned(),
        ticker: None,
        detail: Some("The Forge".to_owned()),
    };
    assert_eq!(jita[0], expected);
    assert_eq!(jita[1].name, "Jita Trader");
    let scammer = jita.iter().position(|hit| hit.name == "The Jita Scammer").unwrap();
    assert!(scammer > 1);

    let condi = store.search_entities("condi", 10).await.unwrap();
    assert_eq!((condi[0].id, condi[0].ticker.as_deref()), (99_000_001, Some("CONDI")));
    assert_eq!(condi[1].id, 99_000_002);
    assert_eq!(names(store, "bni").await[0], "Brave Newbies Inc.");
    assert_eq!(names(store, "Brvae Newbies").await[0], "Brave Newbies Inc.");
    let rifter = store.search_entities("rifter", 3).await.unwrap();
    assert_eq!((rifter[0].kind, rifter[0].id), (Some(EntityKind::Type), 587));
    assert_eq!(rifter[0].detail.as_deref(), Some("Frigate"));
    assert_eq!(rifter.len(), 1, "blueprints, SKINs and clothing named after a ship cannot be lost");
    for (query, kind) in
        [("the forge", EntityKind::Region), ("kimotoro", EntityKind::Constellation), ("interdictor", EntityKind::Group)]
    {
        assert_eq!(store.search_entities(query, 1).await.unwrap()[0].kind, Some(kind), "{query}");
    }
    // Two letters find beginnings only.
    let ji = names(store, "ji").await;
    assert!(!ji.is_empty() && ji.iter().all(|name| name.to_lowercase().starts_with("ji")), "{ji:?}");
    assert_eq!(names(store, "zoë").await[0], "Zoë O'Hara");
}

#[tokio::test]
async fn a_number_finds_a_kill() {
    let database = TestDatabase::create().await;
    insert(&database.store, &[made_up(123_456, at(2026, 11, 1))]).await;
    let hits = database.store.search_entities(" 123456 ", 10).await.unwrap();
    assert_eq!(hits.len(), 1);
    assert_eq!((hits[0].kind, hits[0].id, hits[0].detail.as_deref()), (None, 123_456, Some("2026-11-01 00:00")));
    assert!(database.store.search_entities("123457", 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn any_text_is_a_query() {
    let database = with_players().await;
    let store = &database.store;
    for query in ["", " ", "a", "\0", "\0\0\0", "\t\n  x\r"] {
        assert_eq!(names(store, query).await, Vec::<String>::new(), "{query:?}");
    }
    // Wildcards stand for themselves.
    assert_eq!(names(store, "100%").await[0], "100% _Real_ \\o/");
    assert_eq!(names(store, "_real_").await[0], "100% _Real_ \\o/");
    assert_eq!(names(store, "\\o/").await[0], "100% _Real_ \\o/");
    for query in ["%%", "__", "%_%", "\\\\"] {
        assert_eq!(names(store, query).await, Vec::<String>::new(), "{query:?}");
    }
    for query in [
        "'; DROP TABLE characters; --",
        "%' OR 1=1 --",
        "$1",
        "99999999999999999999999",
        "-5",
        "𝕁𝕚𝕥𝕒 \u{202e}",
        "((((",
        &"x".repeat(100_000),
        &"% ".repeat(5_000),
    ] {
        store.search_entities(query, 10).await.unwrap();
    }
    assert_eq!(names(store, "o'hara").await[0], "Zoë O'Hara");
}
