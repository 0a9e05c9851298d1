//! What keeps stored kills whole: dead letters tried again, failed, old and outdated enrichments computed again.

use crate::harness::{self, TestApp, eventually};
use chrono::TimeDelta;
use domain::{Enrichment, Isk, KillRecord, KillmailId, PriceSource, Source, StaticData, UnitPrice};
use server::{
    commands::{
        offline::Offline,
        repair::{self, ReEnrich, Replay},
    },
    config::Config,
    enrichment::{Arrived, Basis, Body, enrich_guarded, guard::guarded},
    jobs::{
        dead_letters::{Replayed, replay},
        enrichment,
    },
    lifecycle::{Lifecycle, Schedule},
};
use simulator::{Fault, Simulator};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use store::{
    KillBatch, LetterKind, NewDeadLetter, Store,
    testing::{TestDatabase, cut_listeners},
};
use upstream::{
    Clock, HttpClient, HttpOptions,
    esi::{EsiClient, EsiOptions},
};

fn esi(simulator: &Simulator) -> EsiClient {
    let http = HttpClient::new(HttpOptions::new("tests@tracker.example", Clock::system())).expect("client");
    let mut options = EsiOptions::new(simulator.upstream_url("esi").parse().expect("url"));
    options.retries = 0;
    EsiClient::new(http, options)
}

fn letter(kind: LetterKind, killmail_id: Option<i64>, payload: &str) -> NewDeadLetter {
    NewDeadLetter {
        kind,
        source: Source::R2z2,
        position: None,
        killmail_id: killmail_id.map(KillmailId),
        reason: "test".to_owned(),
        payload: payload.to_owned(),
    }
}

async fn store(store: &Store, record: &KillRecord) {
    let batch =
        KillBatch { records: &[record], static_data: &StaticData::bundled(), positions: &[], dead_letters: &[] };
    assert_eq!(store.insert_batch(&batch).await.expect("stored").inserted.len(), 1);
}

/// Stored as if its enrichment had failed when it came.
fn failed(simulator: &Simulator, id: i64) -> KillRecord {
    let now = chrono::Utc::now();
    let (body, hash) = simulator.killmail(id).expect("kept");
    KillRecord {
        killmail: Arc::new(domain::Killmail::decode(&body, now).expect("a killmail")),
        payload: Arc::from(body),
        hash: Some(hash.parse().expect("a hash")),
        source: Source::R2z2,
        received_at: now,
        enrichment: Enrichment {
            version: Enrichment::VERSION,
            enriched_at: now,
            failed_at: Some(now),
            reported_value: Some(Isk::from_hundredths(4_200)),
            labels: vec!["pvp".to_owned()],
            ..Enrichment::default()
        },
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_are_tried_again_until_they_are_resolved() {
    let simulator = Simulator::start(harness::simulator_config()).await.expect("simulator");
    // Of three days ago and before the start: no feed brings them.
    simulator.set_fault(Fault::OldKill, 1.0);
    let ids = simulator.emit(4);
    simulator.set_fault(Fault::OldKill, 0.0);
    let app = TestApp::start_on("r2z2", simulator).await;
    let (database, services) = (&app.database.store, &app.running.services);
    let body = |id: i64| app.simulator.killmail(id).expect("kept");
    let (whole, cut) = (body(ids[0]), body(ids[1]));
    let document = format!(r#"{{"killmail_id":{},"hash":"{}","esi":{},"zkb":{{}}}}"#, ids[1], cut.1, cut.0);
    let (with_hash, failing) = (body(ids[2]).1, failed(&app.simulator, ids[3]));
    store(database, &failing).await;
    let letters = [
        letter(LetterKind::Event, None, &whole.0),
        letter(LetterKind::Event, None, &document[..document.len() / 2]),
        letter(LetterKind::Body, Some(ids[2]), &format!(r#"{{"killmail_id":{},"hash":"{with_hash}"}}"#, ids[2])),
        letter(LetterKind::Enrichment, Some(ids[3]), &failing.payload),
        letter(LetterKind::Event, None, "hopeless"),
        letter(LetterKind::Event, Some(7), &whole.0.replace("\"victim\"", "\"victims\"")),
    ];
    database.insert_dead_letters(&letters).await.expect("letters");

    // Without ESI the two that need it are left as they are.
    let esi = esi(&app.simulator);
    app.simulator.set_outage("esi", true);
    let first = replay(services.books(), &esi, None, true, 100).await.expect("replay");
    assert_eq!(first, Replayed { resolved: 2, failed: 2, left: 2 });
    app.simulator.set_outage("esi", false);
    assert_eq!(
        replay(services.books(), &esi, Some(Source::EveKill), true, 100).await.expect("replay"),
        Replayed::default()
    );
    // The hopeless ones wait now.
    let second = replay(services.books(), &esi, None, true, 100).await.expect("replay");
    assert_eq!(second, Replayed { resolved: 2, failed: 0, left: 0 });

    let old: Vec<KillmailId> = ids.iter().copied().map(KillmailId).collect();
    assert_eq!(database.filter_known_ids(&old).await.expect("known").len(), 4);
    let repaired = database.find_kill(old[3]).await.expect("answer").expect("stored").enrichment;
    assert_eq!((repaired.failed_at, repaired.reported_value), (None, Some(Isk::from_hundredths(4_200))));
    assert!(repaired.valuation.total_value.is_some());
    assert!(old.iter().all(|id| services.window().find(*id).is_none()), "old kills are not published");
    let hopeless = app.dead_letters().await.into_iter().filter(|letter| letter.resolved_at.is_none());
    let hopeless: Vec<_> = hopeless.collect();
    assert_eq!(hopeless.len(), 2);
    assert!(hopeless.iter().all(|letter| letter.attempts == 2 && letter.reason != "test"), "{hopeless:?}");
    assert!(hopeless.iter().all(|letter| letter.retry_at - chrono::Utc::now() > TimeDelta::minutes(9)));
    // The command asks all the same, and bounds itself.
    let mut config = config(&app.simulator, &app.database);
    let all = repair::replay(&config, &Replay { source: Some(Source::R2z2), limit: 1 }).await.expect("replay");
    assert_eq!(all, Replayed { resolved: 0, failed: 1, left: 0 });
    // It spends from the nodes' common budget, so it does not begin without knowing where that is.
    config.database.redis_url = Some("redis://127.0.0.1/no-number".to_owned());
    let refused = repair::replay(&config, &Replay { source: None, limit: 1 }).await.expect_err("no Redis");
    assert_eq!(refused.to_string(), "REDIS_URL");
    app.stop().await;
}

fn config(simulator: &Simulator, database: &TestDatabase) -> Config {
    let mut variables = harness::variables(simulator, "r2z2");
    variables.insert("DATABASE_URL".to_owned(), database.url());
    Config::from_variables(&variables).expect("valid variables")
}

#[tokio::test(flavor = "multi_thread")]
async fn failed_and_stale_enrichments_are_shown_and_then_computed_again() {
    let simulator = Simulator::start(harness::simulator_config()).await.expect("simulator");
    // Of three days ago and before the start: no feed brings them.
    simulator.set_fault(Fault::OldKill, 1.0);
    let ids = simulator.emit(3);
    simulator.set_fault(Fault::OldKill, 0.0);
    let app = TestApp::start_on("r2z2", simulator).await;
    let (database, services) = (&app.database.store, &app.running.services);
    let stale_of = |id| {
        let mut stale = failed(&app.simulator, id);
        stale.enrichment.failed_at = None;
        stale.enrichment.enriched_at -= TimeDelta::hours(25);
        stale
    };
    let stale = stale_of(ids[0]);
    let broken = failed(&app.simulator, ids[1]);
    store(database, &stale).await;
    store(database, &broken).await;

    // A failed one is in the list and on its page, marked.
    let listed = app.json("/api/v1/killmails").await;
    let row = |id: i64| {
        let kills = listed["kills"].as_array().expect("kills");
        kills.iter().find(|kill| kill["killmail_id"] == id).expect("listed").clone()
    };
    assert_eq!((&row(ids[0])["enrichment_failed"], &row(ids[1])["enrichment_failed"]), (&false.into(), &true.into()));
    let page = app.get(&format!("/kill/{}", ids[1])).await.text().await.expect("HTML");
    assert!(page.contains("could not be"), "the page says that something is missing");

    // Looked at when a day old: this answer is the old one, a later one is not.
    let value = async |id: i64| app.json(&format!("/api/v1/killmails/{id}")).await["summary"]["total_value"].clone();
    if !value(ids[0]).await.is_null() {
        // It is older than the static data, too: the pass at start got it. It will not come back to a newer kill.
        store(database, &stale_of(ids[2])).await;
        assert!(value(ids[2]).await.is_null());
        eventually("the other one is computed again", || async { !value(ids[2]).await.is_null() }).await;
    }
    eventually("the stale one is computed again", || async { !value(ids[0]).await.is_null() }).await;
    services.node().enrichments().request(KillmailId(ids[1]));
    eventually("the failed one is computed again", || async { !value(ids[1]).await.is_null() }).await;
    let fresh = database.find_kill(KillmailId(ids[1])).await.expect("answer").expect("stored");
    assert_eq!((fresh.enrichment.failed_at, fresh.enrichment.labels), (None, broken.enrichment.labels));
    // One in memory is replaced there too.
    let live = KillmailId(app.simulator.emit(1)[0]);
    app.simulator.publish_sequence();
    let in_memory = || services.window().find(live).map(|kill| kill.record.enrichment.enriched_at);
    eventually("it is published", || async { in_memory().is_some() }).await;
    let before = in_memory();
    services.node().enrichments().request(live);
    eventually("its copy in memory is newer", || async { in_memory() > before }).await;
    assert_eq!((fresh.source, fresh.received_at.timestamp()), (broken.source, broken.received_at.timestamp()));
    app.stop().await;
}

/// By the server's own clock, which is turned for this one application.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_looked_at_a_day_later_is_enriched_again() {
    let app = TestApp::start("r2z2").await;
    let id = KillmailId(app.simulator.emit(1)[0]);
    app.simulator.publish_sequence();
    let enriched_at = async || {
        let record = app.database.store.find_kill(id).await.expect("an answer");
        record.map(|record| record.enrichment.enriched_at)
    };
    let services = &app.running.services;
    eventually("it is stored, and known to be", async || {
        services.window().find(id).is_some_and(|kill| kill.is_stored())
    })
    .await;
    let first = enriched_at().await.expect("stored");
    let path = format!("/api/v1/killmails/{id}");
    app.hands.turn(TimeDelta::hours(23));
    app.json(&path).await;
    assert!(services.node().enrichments().is_empty(), "not yet");
    app.hands.turn(TimeDelta::hours(2));
    app.json(&path).await;
    eventually("it is enriched again", async || enriched_at().await > Some(first + TimeDelta::hours(24))).await;
    app.stop().await;
}

/// What an old kill was worth is no matter of today's market, whoever looks at it.
#[tokio::test(flavor = "multi_thread")]
async fn a_kill_that_is_enriched_again_keeps_its_prices_and_gets_those_it_lacked() {
    let simulator = Simulator::start(harness::simulator_config()).await.expect("simulator");
    simulator.set_fault(Fault::OldKill, 1.0);
    let ids = simulator.emit(40);
    simulator.set_fault(Fault::OldKill, 0.0);
    let app = TestApp::start_on("r2z2", simulator).await;
    let (database, services) = (&app.database.store, &app.running.services);
    eventually("the market is known", || async { !services.prices().table().is_without_market() }).await;
    // A loss of several types, priced long ago by the best source, all but one.
    let (mut old, now_worth) = ids
        .iter()
        .find_map(|id| {
            let record = failed(&app.simulator, *id);
            let body = Body {
                payload: Arc::clone(&record.payload),
                hash: None,
                source: record.source,
                received_at: record.received_at,
                reported: None,
            };
            let arrived = Arrived { killmail: Arc::clone(&record.killmail), body };
            let now = enrich_guarded(arrived, &Basis::of(services.books())).record.enrichment.clone();
            let market = now.unit_prices.values().filter(|unit| unit.source != PriceSource::Rule).count();
            (market > 3 && now.valuation.unpriced_types == 0).then_some((record, now))
        })
        .expect("a loss with modules");
    let mut then = now_worth.unit_prices.clone();
    then.retain(|_, unit| unit.source != PriceSource::Rule);
    let (gap, _) = then.pop_first().expect("several types");
    for unit in then.values_mut() {
        *unit = UnitPrice { price: unit.price.times(1_000), source: PriceSource::Janice, at: old.received_at };
    }
    old.enrichment.failed_at = None;
    old.enrichment.enriched_at -= TimeDelta::hours(25);
    old.enrichment.unit_prices = then.clone();
    let before = old.enrichment.enriched_at;
    let id = old.killmail.killmail_id;
    store(database, &old).await;

    app.json(&format!("/api/v1/killmails/{id}")).await;
    let stored = async || database.find_kill(id).await.expect("answer").expect("stored").enrichment;
    eventually("it is computed again", || async { stored().await.enriched_at - before > TimeDelta::hours(1) }).await;
    let fresh = stored().await;
    for (type_id, unit) in &then {
        assert_eq!(fresh.unit_prices[type_id].price, unit.price, "{type_id} has the price of its day");
    }
    assert!(fresh.unit_prices.contains_key(&gap), "the missing price is filled in");
    assert_eq!(fresh.valuation.unpriced_types, 0);
    assert!(fresh.valuation.total_value > now_worth.valuation.total_value, "{:?}", fresh.valuation);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn outdated_kills_are_computed_again_by_the_server_and_by_the_command() {
    let simulator = Simulator::start(harness::simulator_config()).await.expect("simulator");
    simulator.set_fault(Fault::OldKill, 1.0);
    let ids = simulator.emit(60);
    simulator.set_fault(Fault::OldKill, 0.0);
    let database = TestDatabase::create().await;
    let config = config(&simulator, &database);
    for id in &ids {
        let mut record = failed(&simulator, *id);
        record.enrichment.failed_at = None;
        record.enrichment.version = Enrichment::VERSION - 1;
        store(&database.store, &record).await;
    }
    let since = database.store.find_kill(KillmailId(ids[0])).await.expect("answer").expect("stored");
    let since = since.killmail.killmail_time.date_naive();
    let outdated = ReEnrich { since, until: None, all: false };
    let none = ReEnrich { since, until: since.pred_opt(), all: true };
    assert!(repair::re_enrich(&config, &none).await.is_err(), "a span that ends before it begins");
    assert_eq!(repair::re_enrich(&config, &outdated).await.expect("done").updated, 60);
    assert_eq!(repair::re_enrich(&config, &outdated).await.expect("done").updated, 0, "all are up to date");
    let all = ReEnrich { all: true, ..outdated };
    assert_eq!(repair::re_enrich(&config, &all).await.expect("done").updated, 60);

    // A server that starts on kills of an older version brings them up to date by itself, and tells nobody.
    let mut old = failed(&simulator, ids[0]);
    old.enrichment.version = Enrichment::VERSION - 1;
    assert_eq!(database.store.update_enrichment(&[&old], &StaticData::bundled()).await.expect("done"), 1);
    let options = harness::ingest_options(&config);
    let running =
        server::commands::serve::start(config, options, Lifecycle::new(Clock::system())).await.expect("server");
    let version = async || {
        let kill = database.store.find_kill(KillmailId(ids[0])).await.expect("answer").expect("stored");
        (kill.enrichment.version, kill.enrichment.failed_at)
    };
    eventually("it is up to date", || async { version().await == (Enrichment::VERSION, None) }).await;
    assert!(running.stop().await);
    simulator.shutdown().await;
}

/// Pages prefer the window to the database; a command beside the server changes the database only.
#[tokio::test(flavor = "multi_thread")]
async fn what_another_process_enriches_reaches_the_window() {
    let app = TestApp::start("r2z2").await;
    let ids: Vec<KillmailId> = app.simulator.emit(3).into_iter().map(KillmailId).collect();
    app.simulator.publish_sequence();
    eventually("they are stored", || async { app.stored().await == 3 }).await;
    let (window, config) = (app.running.services.window(), config(&app.simulator, &app.database));
    let enriched = || ids.iter().filter_map(|id| window.find(*id)).map(|kill| kill.record.enrichment.enriched_at);
    let day = window.find(ids[0]).expect("in the window").record.killmail.killmail_time.date_naive();
    let everything = ReEnrich { since: day - TimeDelta::days(1), until: None, all: true };
    for round in ["told", "told by a connection made anew"] {
        let before = enriched().max().expect("kills");
        assert_eq!(repair::re_enrich(&config, &everything).await.expect("done").updated, 3);
        eventually(round, || async { enriched().filter(|at| *at > before).count() == 3 }).await;
        cut_listeners(&app.database.store).await;
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enrichment_that_fails_three_times_is_a_letter() {
    let simulator = Simulator::start(harness::simulator_config()).await.expect("simulator");
    let ids = simulator.emit(2);
    let database = TestDatabase::create().await;
    let offline = Offline::open(&config(&simulator, &database)).await.expect("services");
    let books = Arc::clone(&offline.books);
    for id in &ids {
        store(&database.store, &failed(&simulator, *id)).await;
    }
    // The first kill fails for ever, the second once only.
    static FAILURES: AtomicU32 = AtomicU32::new(0);
    let compute = |arrived: Arrived, basis: &Basis| {
        if arrived.killmail.killmail_id.0 % 100 == 1 || FAILURES.fetch_add(1, Ordering::Relaxed) == 0 {
            return guarded(arrived, basis, |_| panic!("no price is left"));
        }
        enrich_guarded(arrived, basis)
    };
    assert_eq!(ids[0] % 100, 1, "the simulator's first id");
    // As after a backfill, nobody has asked for them: the job finds them itself.
    let sweep = Duration::from_millis(100);
    let lifecycle = Lifecycle::new(Clock::system());
    lifecycle.every("sweep", Schedule::every(sweep), Box::new(enrichment::Sweep(Arc::clone(books.node()))));
    let job = enrichment::Enrichments { books: Arc::clone(&books), compute };
    lifecycle.every("enrichment", Schedule::every(sweep), Box::new(job));
    eventually("one is a letter", || async {
        !database.store.list_dead_letters(10).await.expect("letters").is_empty()
    })
    .await;
    let letters = database.store.list_dead_letters(10).await.expect("letters");
    assert_eq!(
        (letters.len(), letters[0].kind, letters[0].killmail_id),
        (1, LetterKind::Enrichment, Some(KillmailId(ids[0])))
    );
    assert_eq!(letters[0].reason, "enrichment failed 3 times: no price is left");
    let mark = async |id: i64| {
        let kill = database.store.find_kill(KillmailId(id)).await.expect("answer").expect("stored");
        kill.enrichment.failed_at.is_some()
    };
    assert!(mark(ids[0]).await, "it keeps its mark");
    eventually("the other is whole", || async { !mark(ids[1]).await }).await;
    assert_eq!(database.store.list_failed_enrichments(10).await.expect("ids"), [], "a letter is not looked for");
    eventually("nothing is left to do", || async { books.node().enrichments().is_empty() }).await;
    assert_eq!(database.store.list_dead_letters(10).await.expect("letters").len(), 1);
    assert!(lifecycle.finish(sweep).await, "the jobs end");
    // The replay of letters has better luck.
    let replayed = replay(&books, &esi(&simulator), None, true, 10).await.expect("replay");
    assert_eq!(replayed, Replayed { resolved: 1, failed: 0, left: 0 });
    assert!(!mark(ids[0]).await);
    offline.close().await;
    simulator.shutdown().await;
}
