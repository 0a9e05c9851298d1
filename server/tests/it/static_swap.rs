//! A server that runs takes over static data that another process imports, and goes back with it.

use crate::{
    harness::{TestApp, eventually},
    static_archive::{archive, file, sde_file},
};
use domain::{
    GroupId, Isk, KillmailId, PriceSource, RegionId, SolarSystemId, Source, StaticData,
    static_data::{BUNDLED_BUILD, StaticRows},
};
use server::{
    books::Books,
    enrichment::{Arrived, Basis, Body, Enriched, enrich_guarded},
    ingest::{PersistItem, persist, publish::publish},
    node::{Node, Parts},
    static_import::{self, load::Loaded},
};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use store::{
    ActivityScope, Downgrade, SnapshotKind, Store, StoreOptions,
    testing::{TestDatabase, cut_listeners},
};
use tokio::sync::mpsc;
use upstream::Clock;

const BUILD: u32 = 9_100_000;
const NOVELTY: i64 = 99_999_999;

#[tokio::test(flavor = "multi_thread")]
async fn new_data_are_used_without_a_restart_and_given_back() {
    let app = TestApp::start("r2z2").await;
    app.simulator.emit(1);
    app.simulator.publish_sequence();
    eventually("it is stored", || async { app.stored().await == 1 }).await;
    let ship = |page: serde_json::Value| page["kills"][0]["ship"].clone();
    let before = ship(app.json("/api/v1/killmails").await);
    let type_id = before["type_id"].as_i64().expect("an id");
    let path = format!("/api/v1/types/{NOVELTY}");
    assert_eq!(app.get(&path).await.status().as_u16(), 404);
    assert_eq!(app.json("/api/v1/static-data").await["build"], BUNDLED_BUILD);

    // What a use case sees from its first to its last look is of one build.
    let old_name = before["name"].as_str().map(str::to_owned);
    let done = Arc::new(AtomicBool::new(false));
    let reader = tokio::spawn({
        let (done, services) = (Arc::clone(&done), Arc::clone(&app.running.services));
        async move {
            while !done.load(Ordering::Relaxed) {
                let data = services.static_data();
                let is_old = data.build() == BUNDLED_BUILD;
                tokio::task::yield_now().await;
                let name = data.type_name(type_id.into()).map(str::to_owned);
                assert_eq!(name, if is_old { old_name.clone() } else { Some("Renamed".to_owned()) });
                assert_eq!(data.type_info(NOVELTY.into()).is_some(), !is_old);
            }
        }
    });

    // Another process, with a connection of its own.
    let other = Store::connect_lazily(&StoreOptions::new(app.database.url()).max_connections(2)).expect("a store");
    let zip = file(&archive(BUILD, &[(type_id, "Renamed", 1.0), (NOVELTY, "Novelty", 1.0)]));
    static_import::import_sde(&other, &sde_file(zip.path()), Downgrade::Refuse).await.expect("imported");
    eventually("the new type is known", || async { app.get(&path).await.status().is_success() }).await;
    assert_eq!(app.json(&path).await["name"], "Novelty");
    eventually("the new type has its nominal price", || async { nominal_price(&app) == Some(Isk::from_isk(5_000)) })
        .await;
    // Kills that are on screen already get the new names as well.
    eventually("the kill is restated", || async {
        ship(app.json("/api/v1/killmails").await)["name"] == "Renamed" && newest_in_window(&app).await == "Renamed"
    })
    .await;
    let status = app.json("/api/v1/static-data").await;
    let build = format!("2026-11-20 (build {BUILD})");
    assert_eq!((&status["build"], &status["previous_build"]), (&build.as_str().into(), &BUNDLED_BUILD.into()));
    assert_eq!(status["report"]["types_added"]["first"][0]["name"], "Novelty");
    assert_eq!(status["report"]["types_renamed"]["total"], 1);
    let page = app.get("/status").await.text().await.expect("a page");
    assert!(page.contains(&build) && page.contains("Types added: 1"), "{page}");
    let metrics = app.get("/metrics").await.text().await.expect("metrics");
    assert!(metrics.contains(&format!("static_data_build_info{{build=\"{build}\"}}")), "{metrics}");

    // A lost connection is made anew, and what happens meanwhile is not missed.
    assert_eq!(cut_listeners(&app.database.store).await, 2, "of static data and of enrichments");
    let imported = Arc::downgrade(&app.running.services.static_data());
    static_import::rollback(&other, SnapshotKind::UniverseTypes).await.expect("back");
    eventually("the type is unknown again", || async { app.get(&path).await.status().as_u16() == 404 }).await;
    eventually("the old name is back", || async {
        ship(app.json("/api/v1/killmails").await) == before && newest_in_window(&app).await == before["name"]
    })
    .await;
    eventually("the nominal price is gone", || async { nominal_price(&app).is_none() }).await;
    done.store(true, Ordering::Relaxed);
    reader.await.expect("never a mix");
    eventually("the data given back are freed", || async { imported.upgrade().is_none() }).await;
    other.close().await;
    app.stop().await;
}

/// Enriched before an import, published and stored after it, in one batch with a kill of the new build.
#[tokio::test(flavor = "multi_thread")]
async fn a_kill_on_its_way_keeps_the_build_that_it_was_enriched_with() {
    const FRIGATE: GroupId = GroupId(25);
    const JITA: SolarSystemId = SolarSystemId(30_000_142);
    const THE_FORGE: RegionId = RegionId(10_000_002);
    let database = TestDatabase::create().await;
    let node = Node::new(Parts {
        store: database.store.clone(),
        static_data: Loaded::bundled().expect("bundled"),
        feeds: vec![Source::R2z2],
        is_demo: true,
        clock: Clock::system(),
    });
    let (books, _requests) = Books::new(Arc::clone(&node));
    let before = rifter(1, &books);
    let nothing = StaticData::new(StaticRows { build: "empty".to_owned(), ..StaticRows::default() });
    node.static_cell().replace(Loaded { data: Arc::new(nothing), sha256: None });
    let after = rifter(2, &books);

    let (items, queue) = mpsc::channel(2);
    for kill in [before, after] {
        publish(&kill, &books);
        let Enriched { record, static_data, .. } = kill;
        items.send(PersistItem::Kill { record, static_data, position: None }).await.expect("room");
    }
    drop(items);
    persist::run(queue, Arc::clone(&node)).await;

    for (id, group, name) in [(1, Some(FRIGATE), Some("Rifter")), (2, None, None)] {
        let shown = node.window().find(KillmailId(id)).expect("in the window");
        assert_eq!((shown.summary.ship.group_id, shown.summary.ship.name.as_deref()), (group, name), "{id}");
        assert_eq!(shown.participants[0].ship_group_id, group, "{id}");
    }
    let (now, hour) = (node.now(), chrono::TimeDelta::hours(1));
    let stored_in = async |place: ActivityScope| -> u64 {
        let hours = database.store.activity_by_hour(place, now - hour, now + hour).await.expect("an answer");
        hours.iter().map(|hour| hour.kills).sum()
    };
    assert_eq!(stored_in(ActivityScope::System(JITA)).await, 2, "both are stored");
    assert_eq!(stored_in(ActivityScope::Region(THE_FORGE)).await, 1, "the new build knows of no region");
}

/// A Rifter's loss, enriched with the static data of now.
fn rifter(id: i64, books: &Books) -> Enriched {
    let now = books.node().now();
    let payload = serde_json::json!({
        "killmail_id": id, "killmail_time": now, "solar_system_id": 30_000_142, "victim": {"ship_type_id": 587},
        "attackers": [{"final_blow": true, "ship_type_id": 587}],
    });
    let payload = Arc::from(payload.to_string());
    let body = Body { payload, hash: None, source: Source::R2z2, received_at: now, reported: None };
    enrich_guarded(Arrived::read(body, None, now).expect("a killmail"), &Basis::of(books))
}

/// CCP's price of the type that the import adds.
fn nominal_price(app: &TestApp) -> Option<Isk> {
    let services = &app.running.services;
    let unit = services.prices().table().price(NOVELTY.into(), services.now())?;
    assert_eq!(unit.source, PriceSource::StaticBase);
    Some(unit.price)
}

/// The ship's name of the newest kill in memory.
async fn newest_in_window(app: &TestApp) -> serde_json::Value {
    let kills = app.running.services.window().since(0, &domain::KillFilter::default(), 1).kills;
    kills.first().and_then(|kill| kill.summary.ship.name.clone()).into()
}
