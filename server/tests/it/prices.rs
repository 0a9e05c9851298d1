//! Prices: batching and single flight at Janice, the chain when a source is away, revaluation, prices that move.

use crate::harness::{TestApp, eventually, rules_broken, simulator_config};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Isk, KillRecord, Killmail, PriceSource, Source, StaticData, Timestamp, TypeId, UnitPrice, killmail::Item,
};
use server::{
    books::{
        Books,
        prices::{
            self, Sources,
            lists::{EsiPrices, MutamarketPrices},
            prewarm::Prewarming,
            revalue::Revaluation,
        },
    },
    enrichment::{Arrived, Basis, Body, enrich_guarded},
    ingest::publish::publish,
    lifecycle::{Kind, Lifecycle, Schedule},
    node::{Node, Parts},
    static_import::load::Loaded,
};
use simulator::{Fault, JANICE_KEY, Simulator};
use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};
use store::{KillBatch, testing::TestDatabase};
use upstream::{
    Clock, DisciplineOptions, HttpClient, HttpOptions,
    esi::{EsiClient, EsiOptions},
    janice::{JaniceClient, JaniceOptions},
    mutamarket::{MutamarketClient, MutamarketOptions},
    rate::Pace,
    retry::BackoffPolicy,
};

/// Services with prices only: no feed, no HTTP, and a clock of the test's own.
struct Market {
    simulator: Simulator,
    database: TestDatabase,
    books: Arc<Books>,
    lifecycle: Lifecycle,
    next_id: AtomicI64,
}

/// The tasks that keep prices, as in a server.
fn start(lifecycle: &Lifecycle, books: &Arc<Books>, sources: Sources) {
    let books = || Arc::clone(books);
    let Sources { esi, janice, mutamarket } = sources;
    if let Some(janice) = janice {
        books().prices().ask_janice();
        let asking = prices::janice::run(books(), janice, lifecycle.stop_token());
        lifecycle.spawn("janice prices", Kind::Helper, asking);
        let warming = Schedule::every(Duration::from_mins(1));
        lifecycle.every("price prewarming", warming, Box::new(Prewarming::new(books())));
    }
    let lists = Schedule::every(Duration::from_hours(1)).retry(prices::lists::RETRY);
    let job = MutamarketPrices { books: books(), client: mutamarket };
    lifecycle.every("mutamarket prices", lists, Box::new(job));
    lifecycle.every("esi prices", lists, Box::new(EsiPrices { books: books(), esi }));
    let revaluing = Schedule::every(Duration::from_secs(1));
    lifecycle.every("revaluation", revaluing, Box::new(Revaluation::new(books())));
}

impl Market {
    async fn open(clock: Clock, key: Option<&str>, calls_per_second: u32) -> Self {
        Self::open_with(clock, key, calls_per_second, |_| {}).await
    }

    async fn open_with(
        clock: Clock,
        key: Option<&str>,
        calls_per_second: u32,
        change: impl FnOnce(&mut simulator::Limits),
    ) -> Self {
        let mut config = simulator_config();
        change(&mut config.limits);
        config.limits.price_service_burst = if calls_per_second > 1 { 10_000 } else { 3 };
        let simulator = Simulator::start(config).await.expect("simulator");
        let database = TestDatabase::create().await;
        let (services, _) = Books::new(Node::new(Parts {
            store: database.store.clone(),
            static_data: Loaded::bundled().expect("bundled"),
            feeds: vec![Source::R2z2],
            is_demo: true,
            clock: clock.clone(),
        }));
        let market =
            Self { simulator, database, books: services, lifecycle: Lifecycle::new(clock), next_id: AtomicI64::new(1) };
        prices::load(&market.books).await;
        let sources = market.sources(key, calls_per_second);
        start(&market.lifecycle, &market.books, sources);
        market
    }

    fn sources(&self, key: Option<&str>, calls_per_second: u32) -> Sources {
        let url = |upstream: &str| self.simulator.upstream_url(upstream).parse().expect("a URL");
        let http = HttpClient::new(HttpOptions::new("tests@tracker.example", Clock::system())).expect("a client");
        let janice = key.map(|key| {
            let mut options = JaniceOptions::new(url("janice"), key);
            options.discipline = DisciplineOptions {
                pace: Some(Pace { per_second: calls_per_second, burst: 1 }),
                backoff: BackoffPolicy { first: Duration::from_millis(1), max: Duration::from_millis(10) },
                ..options.discipline
            };
            JaniceClient::new(http.clone(), options)
        });
        let mutamarket = MutamarketOptions::new(url("mutamarket/api"));
        Sources {
            esi: Arc::new(EsiClient::new(http.clone(), EsiOptions::new(url("esi")))),
            janice,
            mutamarket: MutamarketClient::new(http, mutamarket),
        }
    }

    /// A kill of a Rifter with these in its hold, as it comes through the pipeline.
    fn kill(&self, types: &[TypeId]) -> Arc<KillRecord> {
        let now = self.books.node().now();
        let mut killmail: Killmail = serde_json::from_value(serde_json::json!({
            "killmail_id": self.next_id.fetch_add(1, Ordering::Relaxed), "killmail_time": now,
            "solar_system_id": 30_000_142, "victim": {"ship_type_id": 587, "damage_taken": 1},
            "attackers": [{"final_blow": true, "damage_done": 1, "ship_type_id": 587, "security_status": 0.0}],
        }))
        .expect("a killmail");
        killmail.victim.items = types
            .iter()
            .map(|type_id| Item {
                item_type_id: *type_id,
                flag: 5,
                singleton: 0,
                quantity_destroyed: Some(1),
                quantity_dropped: None,
                items: Vec::new(),
            })
            .collect();
        let payload = serde_json::to_string(&killmail).expect("JSON");
        let body = Body { payload: payload.into(), hash: None, source: Source::R2z2, received_at: now, reported: None };
        let arrived = Arrived { killmail: Arc::new(killmail), body };
        let kill = enrich_guarded(arrived, &Basis::of(&self.books));
        publish(&kill, &self.books);
        kill.record
    }

    fn price(&self, type_id: TypeId) -> Option<UnitPrice> {
        self.books.prices().table().price(type_id, self.books.node().now())
    }

    fn current(&self, record: &KillRecord) -> Arc<KillRecord> {
        Arc::clone(&self.books.node().window().find(record.killmail.killmail_id).expect("in the window").record)
    }

    async fn store(&self, record: &KillRecord) {
        let records = [record];
        let static_data = self.books.node().static_data();
        let batch = KillBatch { records: &records, static_data: &static_data, positions: &[], dead_letters: &[] };
        self.database.store.ensure_partitions(self.books.node().now()).await.expect("partitions");
        self.database.store.insert_batch(&batch).await.expect("stored");
    }

    async fn has_esi(&self) {
        eventually("esi's list is there", || async { !self.books.prices().table().is_without_market() }).await;
    }

    fn calls(&self, route: &str) -> u64 {
        self.simulator.counters().routes.get(route).copied().unwrap_or(0)
    }

    async fn close(self) {
        assert!(self.lifecycle.finish(Duration::from_secs(20)).await, "every task ends in time");
        self.simulator.shutdown().await;
    }
}

/// Types on the market that Janice knows (or does not).
fn market_types(simulator: &Simulator, is_known: bool, count: usize) -> Vec<TypeId> {
    let sde = StaticData::bundled();
    let types = sde.types().filter(|info| {
        info.published
            && matches!(info.category_id.0, 7 | 8)
            && !info.is_abyssal
            && simulator.jita_split_price(info.id.0).is_some() == is_known
    });
    let mut types: Vec<TypeId> = types.map(|info| info.id).collect();
    types.sort_unstable();
    types.truncate(count);
    assert_eq!(types.len(), count);
    types
}

fn isk(price: f64) -> Isk {
    Isk::try_from_f64(price).expect("a price")
}

#[tokio::test(flavor = "multi_thread")]
async fn kills_at_once_share_few_paced_calls_and_no_type_is_asked_for_twice() {
    let market = Market::open(Clock::system(), Some(JANICE_KEY), 1).await;
    let mut types = market_types(&market.simulator, true, 490);
    let unknown = market_types(&market.simulator, false, 9);
    types.extend(&unknown);
    std::thread::scope(|scope| {
        for kill in 0..20 {
            let (market, mut types) = (&market, types.clone());
            types.rotate_left(kill * 25);
            scope.spawn(move || market.kill(&types));
        }
    });
    eventually("all are answered", || async { market.books.prices().health().waiting == 0 }).await;
    // 499 in the holds and the hull.
    assert_eq!((market.calls("janice pricer"), market.calls("janice lines")), (3, 500));
    for type_id in &types[..490] {
        let unit = market.price(*type_id).expect("priced");
        assert_eq!(unit.source, PriceSource::Janice);
        assert_eq!(unit.price, isk(market.simulator.jita_split_price(type_id.0).expect("known")));
    }
    // Asked again, also by the unknown ones: nothing is due.
    market.kill(&types);
    assert_eq!(market.books.prices().health().waiting, 0);
    assert_eq!(market.books.prices().health().sources[0].unknown, 9);
    let counters = market.simulator.counters();
    assert_eq!(counters.violation_count(), 0, "{:?}", counters.violations);

    // A restart knows what this run learnt, gaps included.
    let (again, _) = Books::new(Node::new(Parts {
        store: market.database.store.clone(),
        static_data: Loaded::bundled().expect("bundled"),
        feeds: vec![Source::R2z2],
        is_demo: true,
        clock: Clock::system(),
    }));
    eventually("prices are stored", || async {
        prices::load(&again).await;
        let health = again.prices().health();
        health.sources[0].prices == 491 && health.sources[0].unknown == 9
    })
    .await;
    market.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_better_price_reaches_window_pages_and_database() {
    let market = Market::open(Clock::system(), Some(JANICE_KEY), 50).await;
    market.has_esi().await;
    market.simulator.set_outage("janice", true);
    let known = market_types(&market.simulator, true, 1)[0];
    let sde = StaticData::bundled();
    let rolled = sde.types().filter(|info| info.is_abyssal && info.published).map(|info| info.id);
    let rolled: Vec<TypeId> = rolled.collect();
    let mut events = market.books.node().window().subscribe();
    let record = market.kill(&[known]);
    assert_eq!(
        record.enrichment.unit_prices[&known].source,
        PriceSource::EsiAverage,
        "janice is away: with its source"
    );
    assert_eq!(record.enrichment.unit_prices[&known].price, market.price(known).expect("priced").price);
    eventually("the failure is told", || async { market.books.prices().health().sources[0].last_error.is_some() })
        .await;

    market.simulator.set_outage("janice", false);
    eventually("it is revalued", || async {
        market.current(&record).enrichment.unit_prices[&known].source == PriceSource::Janice
    })
    .await;
    let now = market.current(&record);
    assert_eq!(now.enrichment.reported_value, record.enrichment.reported_value);
    let sum: Isk = now.enrichment.unit_prices.values().map(|unit| unit.price).sum();
    assert_eq!(now.enrichment.valuation.total_value, Some(sum), "hull and one module");
    // Its page is told, and lists by a batch without a number when the row reads otherwise.
    let is_same = now.enrichment.valuation.total_value == record.enrichment.valuation.total_value;
    let (rows, pages) = loop {
        if let server::live::LiveEvent::Changed { rows, pages } = events.recv().await.expect("an event")
            && (is_same || !rows.is_empty())
        {
            break (rows, pages);
        }
    };
    assert_eq!((*pages).to_vec(), [record.killmail.killmail_id]);
    for row in rows.iter() {
        assert_eq!(row.summary.killmail_id, record.killmail.killmail_id);
        assert!(row.json.contains(&serde_json::to_string(&row.summary.total_value).expect("JSON")));
    }

    // It is stored late, with the values it had: the new ones follow.
    market.store(&record).await;
    eventually("the row has the new values", || async {
        let stored = market.database.store.find_kill(record.killmail.killmail_id).await.expect("read").expect("there");
        stored.enrichment.valuation == market.current(&record).enrichment.valuation
    })
    .await;

    eventually("rolled modules are estimated", || async { market.books.prices().health().sources[1].prices > 50 })
        .await;
    let sources: BTreeSet<PriceSource> =
        rolled.iter().filter_map(|id| market.price(*id)).map(|unit| unit.source).collect();
    assert!(sources.contains(&PriceSource::Mutamarket) && !sources.contains(&PriceSource::Janice), "{sources:?}");
    market.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_price_that_moved_counts_for_new_kills_and_stale_ones_serve_meanwhile() {
    let (clock, hands) = Clock::system().with_hands();
    let market = Market::open(clock, Some(JANICE_KEY), 50).await;
    let known = market_types(&market.simulator, true, 1)[0];
    market.kill(&[known]);
    eventually("janice answers", || async {
        market.price(known).is_some_and(|unit| unit.source == PriceSource::Janice)
    })
    .await;
    let first = market.kill(&[known]);
    let old_price = first.enrichment.unit_prices[&known];
    market.simulator.move_market();
    market.kill(&[known]);
    assert_eq!(market.books.prices().health().waiting, 0, "fresh for an hour");

    hands.turn(TimeDelta::minutes(61));
    let second = market.kill(&[known]);
    assert_eq!(second.enrichment.unit_prices[&known], old_price, "stale, served at once, with its own time");
    eventually("it is renewed", || async { market.price(known).is_some_and(|unit| unit.price != old_price.price) })
        .await;
    let new_price = isk(market.simulator.jita_split_price(known.0).expect("known"));
    let third = market.kill(&[known]);
    assert_eq!(third.enrichment.unit_prices[&known].price, new_price);
    assert!(third.enrichment.unit_prices[&known].at > old_price.at);
    for kill in [&first, &second] {
        assert_eq!(market.current(kill).enrichment.unit_prices[&known], old_price, "keeps what it was valued with");
    }

    // Janice stays away for more than a day: its prices give way to ESI's.
    market.has_esi().await;
    market.simulator.set_outage("janice", true);
    hands.turn(TimeDelta::hours(26) - TimeDelta::minutes(61));
    assert_eq!(market.kill(&[known]).enrichment.unit_prices[&known].source, PriceSource::EsiAverage);
    market.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_key_or_with_a_wrong_one_the_chain_begins_with_esi() {
    for key in [None, Some("not the key")] {
        let market = Market::open(Clock::system(), key, 50).await;
        market.has_esi().await;
        let known = market_types(&market.simulator, true, 1)[0];
        let record = market.kill(&[known, TypeId(99_999_999)]);
        let used = &record.enrichment.unit_prices;
        assert_eq!(used[&known].source, PriceSource::EsiAverage);
        assert!(!used.contains_key(&TypeId(99_999_999)) && record.enrichment.valuation.unpriced_types == 1);
        if key.is_some() {
            eventually("the refusal is told", || async {
                market.books.prices().health().sources[0].last_error.is_some()
            })
            .await;
            assert_eq!(market.simulator.counters().responses["janice 403"], 1, "no storm");
        } else {
            assert_eq!(market.simulator.counters().request_count("janice"), 0);
            assert!(!market.books.prices().health().sources[0].is_in_use);
        }
        market.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nonsense_and_haste_of_the_price_services_harm_nothing() {
    let market = Market::open(Clock::system(), Some(JANICE_KEY), 50).await;
    market.has_esi().await;
    market.simulator.set_fault(Fault::MalformedPrices, 1.0);
    let known = market_types(&market.simulator, true, 1)[0];
    let record = market.kill(&[known]);
    assert_eq!(record.enrichment.unit_prices[&known].source, PriceSource::EsiAverage);
    eventually("nonsense is told", || async {
        let error = market.books.prices().health().sources[0].last_error.clone();
        error.is_some_and(|error| error.contains("understood"))
    })
    .await;
    market.simulator.set_fault(Fault::MalformedPrices, 0.0);
    market.simulator.set_fault(Fault::Http5xx, 0.3);
    eventually("it comes all the same", || async {
        market.price(known).is_some_and(|unit| unit.source == PriceSource::Janice)
    })
    .await;
    market.close().await;
}

/// ESI with this price list and nothing else.
async fn esi_with_list(rows: serde_json::Value) -> EsiClient {
    let list = move || async move { ([("last-modified", "Fri, 02 Jan 2026 03:00:00 GMT")], axum::Json(rows)) };
    let router = axum::Router::new().route("/markets/prices", axum::routing::get(list));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address")).parse().expect("a URL");
    tokio::spawn(async move { axum::serve(listener, router).await });
    let http = HttpClient::new(HttpOptions::new("tests@tracker.example", list_clock)).expect("a client");
    EsiClient::new(http, EsiOptions::new(url))
}

fn list_clock() -> Timestamp {
    "2026-01-02T03:30:00Z".parse().expect("a time")
}

#[tokio::test]
async fn a_broken_price_list_does_not_erase_the_prices() {
    let database = TestDatabase::create().await;
    let (services, _) = Books::new(Node::new(Parts {
        store: database.store.clone(),
        static_data: Loaded::bundled().expect("bundled"),
        feeds: vec![Source::R2z2],
        is_demo: true,
        clock: list_clock.into(),
    }));
    let rows = |count: usize| {
        let rows = (1..=count).map(|id| serde_json::json!({"type_id": id, "average_price": 5.0}));
        serde_json::Value::Array(rows.collect())
    };
    prices::lists::refresh_esi(&services, &esi_with_list(rows(50)).await).await.expect("a list");
    let made = "2026-01-02T03:00:00Z".parse::<Timestamp>().expect("a time");
    for broken in [rows(0), rows(20), serde_json::json!([{"type": 1, "average": 5.0}]), serde_json::json!({})] {
        let refused = prices::lists::refresh_esi(&services, &esi_with_list(broken).await).await.expect_err("refused");
        let told = services.prices().health().sources[2].clone();
        assert_eq!((told.prices, told.last_error), (50, Some(refused.to_string())));
        assert_eq!((told.oldest, told.newest), (Some(made), Some(made)), "of the list's own time");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_too_long_for_janice_is_asked_in_pieces() {
    let market = Market::open_with(Clock::system(), Some(JANICE_KEY), 50, |limits| limits.janice_lines = 30).await;
    market.kill(&market_types(&market.simulator, true, 99));
    eventually("all are answered", || async { market.books.prices().health().waiting == 0 }).await;
    let janice = market.books.prices().health().sources[0].clone();
    assert_eq!((janice.prices, janice.unknown), (100, 0));
    let responses = market.simulator.counters().responses;
    assert_eq!((responses["janice 400"], responses["janice 200"]), (2, 4), "100 and 50 refused, 4 of 25 answered");
    market.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_dies_most_is_asked_for_before_it_dies_again() {
    let market = Market::open(Clock::system(), None, 50).await;
    let known = market_types(&market.simulator, true, 1)[0];
    market.has_esi().await;
    let record = market.kill(&[known]);
    market.store(&record).await;
    let (restarted, _) = Books::new(Node::new(Parts {
        store: market.database.store.clone(),
        static_data: Loaded::bundled().expect("bundled"),
        feeds: vec![Source::R2z2],
        is_demo: true,
        clock: Clock::system(),
    }));
    let lifecycle = Lifecycle::new(Clock::system());
    start(&lifecycle, &restarted, market.sources(Some(JANICE_KEY), 50));
    eventually("prices are fetched without a kill", || async {
        let unit = restarted.prices().table().price(known, Utc::now());
        unit.is_some_and(|unit| unit.source == PriceSource::Janice)
    })
    .await;
    // It was valued within the hour and is not in the window: its row is found.
    eventually("the stored kill is revalued", || async {
        let stored = market.database.store.find_kill(record.killmail.killmail_id).await.expect("read").expect("there");
        stored.enrichment.unit_prices[&known].source == PriceSource::Janice
    })
    .await;
    market.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_kill_page_has_sources_and_times_and_the_status_page_the_sources() {
    let app = TestApp::start("r2z2").await;
    let ids = app.simulator.emit(20);
    app.simulator.publish_sequence();
    eventually("all are stored", || async { app.stored().await == ids.len() as u64 }).await;
    let mut checked = 0;
    for id in &ids {
        let kill = app.json(&format!("/api/v1/killmails/{id}")).await;
        let hull = &kill["values"]["hull_price"];
        for unit in kill["items"].as_array().expect("items").iter().map(|row| &row["unit_price"]).chain([hull]) {
            if unit.is_object() {
                let at: DateTime<Utc> = serde_json::from_value(unit["at"].clone()).expect("a time");
                assert!(at.timestamp() > 0 && unit["source"].is_string());
                assert!(unit["price"].as_f64().is_some_and(|price| price > 0.0), "never 0: {unit}");
                checked += 1;
            }
        }
        for row in kill["items"].as_array().expect("items") {
            let is_priced_roll = row["is_abyssal"] == true && row["unit_price"].is_object();
            assert_eq!(row["is_estimate"] == true, is_priced_roll);
        }
    }
    assert!(checked > 50, "{checked}");
    eventually("janice is used", || async {
        let report = app.status().await;
        report.prices.sources[0].prices > 0 && report.prices.source == PriceSource::Janice.label()
    })
    .await;
    // Every upstream that is called is watched, and the whole mix of tasks kept to all rules.
    let upstreams = app.status().await.upstreams;
    let state = |name: &str| upstreams.iter().find(|upstream| upstream.name == name).map(|found| found.state.as_str());
    let metrics = app.get("/metrics").await.text().await.expect("metrics");
    for name in ["esi", "janice", "mutamarket"] {
        assert_eq!(state(name), Some("closed"), "{name}");
        assert_eq!(rules_broken(&app.simulator, name), [""; 0], "{name}");
        assert!(metrics.contains(&format!("upstream_requests_total{{host=\"{name}\"")), "{name}: {metrics}");
    }
    let routes = app.simulator.counters().routes;
    for route in ["esi names", "esi affiliation", "esi prices"] {
        assert!(routes.get(route).is_some_and(|calls| *calls > 0), "{route}: {routes:?}");
    }
    app.stop().await;
}
