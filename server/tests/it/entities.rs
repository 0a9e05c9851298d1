//! Corporations and alliances by id: answered at once, asked for behind, kept when ESI is away.

use crate::harness::{TestApp, eventually, rules_broken, simulator_config};
use chrono::TimeDelta;
use domain::{
    EntityKind, EntityName, Source,
    access::{Policy, Viewer},
};
use server::{
    books::{Books, entities},
    lifecycle::{Kind, Lifecycle},
    node::{Node, Parts},
    services::Services,
    static_import::load::Loaded,
};
use simulator::Simulator;
use std::{sync::Arc, time::Duration};
use store::testing::TestDatabase;
use upstream::{
    Clock, HttpClient, HttpOptions,
    esi::{EsiClient, EsiOptions},
};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_old_is_served_at_once_and_asked_for_behind() {
    let simulator = Simulator::start(simulator_config()).await.expect("simulator");
    let kill = simulator.emit(1)[0];
    let body: serde_json::Value = serde_json::from_str(&simulator.killmail(kill).expect("kept").0).expect("JSON");
    let id = body["victim"]["corporation_id"].as_i64().expect("a corporation");
    let database = TestDatabase::create().await;
    let (clock, hands) = Clock::system().with_hands();
    let node = Node::new(Parts {
        store: database.store.clone(),
        static_data: Loaded::bundled().expect("bundled"),
        feeds: vec![Source::R2z2],
        is_demo: true,
        clock: clock.clone(),
    });
    let (books, requests) = Books::new(node);
    let services = Services::new(Arc::clone(&books));
    let http = HttpClient::new(HttpOptions::new("tests@tracker.example", clock.clone())).expect("a client");
    let esi = EsiClient::new(http, EsiOptions::new(simulator.upstream_url("esi").parse().expect("a URL")));
    let lifecycle = Lifecycle::new(clock);
    let asking = entities::run(requests.entities, Arc::clone(&books), Arc::new(esi), lifecycle.stop_token());
    lifecycle.spawn("entities", Kind::Critical, asking);
    let calls = || simulator.counters().routes.get("esi corporation").copied().unwrap_or_default();
    let asked = services.asked_by(Viewer::Guest, Policy::Standard);
    let card = || async { asked.entity(EntityKind::Corporation, id).await };

    card().await.expect_err("no kill has brought it: nobody is asked");
    let named = EntityName { kind: EntityKind::Corporation, id, name: "Heard of".to_owned(), ticker: None };
    database.store.upsert_names(&[named]).await.expect("stored");
    simulator.set_outage("esi", true);
    let first = card().await.expect("an answer without ESI");
    assert_eq!((first.name.as_str(), first.ticker, first.member_count), ("Heard of", None, None));
    simulator.set_outage("esi", false);
    eventually("it is known", || async { card().await.is_ok_and(|card| card.member_count.is_some()) }).await;
    let known = card().await.expect("known");
    assert!(known.ticker.is_some() && known.name != "Heard of", "{known:?}");
    let asked = calls();
    for _ in 0..20 {
        assert_eq!(card().await.expect("known"), known, "fresh for ten minutes");
    }
    assert_eq!(calls(), asked);
    let hits = database.store.find_names(&[id]).await.expect("found");
    assert_eq!(hits[0].ticker, known.ticker, "search finds it");

    // Beyond what ESI itself lets us keep.
    hands.turn(TimeDelta::hours(2));
    simulator.set_outage("esi", true);
    assert_eq!(card().await.expect("the old at once"), known);
    simulator.set_outage("esi", false);
    eventually("it is confirmed", || async {
        card().await.is_ok_and(|card| card.confirmed_at > known.confirmed_at && card.member_count == known.member_count)
    })
    .await;
    assert_eq!(rules_broken(&simulator, "esi"), [""; 0]);
    assert!(lifecycle.finish(Duration::from_secs(20)).await, "the task ends in time");
    simulator.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_tells_tickers_members_and_who_belongs_to_whom() {
    let app = TestApp::start("r2z2").await;
    let ids = app.simulator.emit(30);
    app.simulator.publish_sequence();
    eventually("all are stored", || async { app.stored().await == ids.len() as u64 }).await;
    let bodies = ids.iter().map(|id| app.simulator.killmail(*id).expect("kept").0);
    let victims = bodies.map(|body| serde_json::from_str::<serde_json::Value>(&body).expect("JSON")["victim"].clone());
    let pilot = victims.into_iter().find(|victim| victim["alliance_id"].is_i64()).expect("one of an alliance");
    let path = format!("/api/v1/characters/{}", pilot["character_id"]);
    eventually("the pilot's corporation and alliance have tickers", || async {
        let response = app.get(&path).await;
        let Ok(card) = response.json::<serde_json::Value>().await else { return false };
        card["corporation"]["ticker"].is_string() && card["alliance"]["ticker"].is_string()
    })
    .await;
    let card = app.json(&path).await;
    let corporation = format!("/api/v1/corporations/{}", card["corporation"]["id"]);
    eventually("the corporation has members", || async { app.json(&corporation).await["member_count"].is_i64() }).await;
    let card = app.json(&corporation).await;
    assert!(card["confirmed_at"].is_string() && card["alliance"]["name"].is_string(), "{card}");
    let metrics = app.get("/metrics").await.text().await.expect("metrics");
    assert!(metrics.contains("cache_hits_total{cache=\"entities\"}"), "{metrics}");
    app.stop().await;
}
