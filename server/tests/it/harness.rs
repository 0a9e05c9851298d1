//! A server of its own for each test: simulator, database and tracker in this process.

use contract::StatusReport;
use domain::access::{Policy, Viewer};
use server::{
    commands::serve::{self, Running},
    config::Config,
    ingest::IngestOptions,
    lifecycle::{Faults, Lifecycle},
};
use simulator::{Simulator, replay};
use std::{collections::BTreeMap, future::Future, path::PathBuf, time::Duration};
use store::testing::TestDatabase;
use tokio::time::{Instant, interval, timeout};
use upstream::{Clock, Hands};

/// No condition in a test takes longer unless something is broken.
const PATIENCE: Duration = Duration::from_secs(120);

pub struct TestApp {
    pub simulator: Simulator,
    pub database: TestDatabase,
    pub running: Running,
    /// Brings tasks of the server down.
    pub faults: Faults,
    pub client: reqwest::Client,
    /// Turn the clock of the server.
    pub hands: Hands,
}

/// Fast, forgiving limits: tests are about the tracker, not about waiting.
pub fn simulator_config() -> simulator::Config {
    let mut config = simulator::Config::default();
    config.limits.r2z2_per_second = 100_000;
    config.limits.poll_floor = Duration::from_millis(1);
    config.limits.sequence_lag = 0;
    config.limits.esi_killmail_tokens = 1_000_000;
    config.timing.stale = Duration::from_millis(200);
    config.timing.wanderer_ping = Duration::from_millis(200);
    config.timing.retry_after = Duration::from_secs(1);
    config
}

/// Short enough for tests to see every state.
pub fn ingest_options(config: &Config) -> IngestOptions {
    IngestOptions {
        probe_interval: Duration::from_millis(300),
        reconcile_interval: Duration::from_millis(700),
        ..IngestOptions::from(config)
    }
}

/// Variables of a tracker that talks to this simulator, impatiently.
pub fn variables(simulator: &Simulator, feeds: &str) -> BTreeMap<String, String> {
    let ours = [
        ("BIND_ADDR", "127.0.0.1:0"),
        ("PUBLIC_URL", "http://tracker.example"),
        ("FEEDS", feeds),
        ("R2Z2_POLL_SECONDS", "0.05"),
        ("R2Z2_REQUESTS_PER_SECOND", "2000"),
        ("R2Z2_START_BACK", "0"),
        ("FEED_SILENCE_SECONDS", "3"),
        ("CONTACT", "tests@tracker.example"),
        ("LOG", "warn,server::http=info"),
    ];
    let ours = ours.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let upstreams = simulator.tracker_environment().into_iter().map(|(name, value)| (name.to_owned(), value));
    upstreams.chain(ours).collect()
}

impl TestApp {
    pub async fn start(feeds: &str) -> Self {
        Self::start_with(feeds, simulator_config()).await
    }

    pub async fn start_with(feeds: &str, config: simulator::Config) -> Self {
        Self::start_configured(feeds, config, &[]).await
    }

    /// Without history, which would bring in whatever a feed's own path loses.
    pub async fn start_without_history(feeds: &str) -> Self {
        let simulator = Simulator::start(simulator_config()).await.expect("simulator");
        simulator.set_outage("r2z2-history", true);
        Self::start_on(feeds, simulator).await
    }

    /// With some of the tracker's variables set otherwise.
    pub async fn start_configured(feeds: &str, config: simulator::Config, changes: &[(&str, &str)]) -> Self {
        let simulator = Simulator::start(config).await.expect("simulator");
        let database = TestDatabase::create().await;
        Self::serve(simulator, database, feeds, changes).await
    }

    /// On a galaxy that has a past already.
    pub async fn start_on(feeds: &str, simulator: Simulator) -> Self {
        let database = TestDatabase::create().await;
        Self::serve(simulator, database, feeds, &[]).await
    }

    /// Stops the server and starts another one on the same database; `meanwhile` happens between.
    pub async fn restart(self, feeds: &str, meanwhile: impl FnOnce(&Simulator)) -> Self {
        let Self { simulator, database, running, .. } = self;
        assert!(running.stop().await, "every task ends in time");
        meanwhile(&simulator);
        Self::serve(simulator, database, feeds, &[]).await
    }

    async fn serve(simulator: Simulator, database: TestDatabase, feeds: &str, changes: &[(&str, &str)]) -> Self {
        let mut variables = variables(&simulator, feeds);
        variables.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        variables.insert("DATABASE_URL".to_owned(), database.url());
        let config = Config::from_variables(&variables).expect("valid variables");
        crate::log::start(&config.log.filter);
        let options = ingest_options(&config);
        let faults = Faults::for_test();
        let (clock, hands) = Clock::system().with_hands();
        let lifecycle = Lifecycle::with_faults(clock, faults.clone());
        let running = serve::start(config, options, lifecycle).await.expect("server");
        let app = Self { simulator, database, running, faults, client: reqwest::Client::new(), hands };
        eventually("the feed is connected", || async { app.running.services.feed_status().active.is_some() }).await;
        app
    }

    /// The status report, as a guest gets it.
    pub async fn status(&self) -> StatusReport {
        let asked = self.running.services.asked_by(Viewer::Guest, Policy::Standard);
        asked.status().await.expect("a guest may")
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.running.addr)
    }

    pub async fn get(&self, path: &str) -> reqwest::Response {
        self.client.get(self.url(path)).send().await.expect("an answer")
    }

    pub async fn json(&self, path: &str) -> serde_json::Value {
        let response = self.get(path).await;
        assert!(response.status().is_success(), "{path}: {}", response.status());
        response.json().await.expect("JSON")
    }

    /// Kills in the database, counted.
    pub async fn stored(&self) -> u64 {
        self.database.store.status().await.expect("status").kills_total
    }

    pub async fn dead_letters(&self) -> Vec<store::DeadLetter> {
        self.database.store.list_dead_letters(1_000).await.expect("dead letters")
    }

    pub async fn stop(self) {
        assert!(self.running.stop().await, "every task ends in time");
        let broken = rules_broken(&self.simulator, "esi");
        // A server that was started again has forgotten how long the answers of its last life are good.
        assert!(broken.iter().all(|rule| rule == "esi early_request"), "{broken:?}");
        self.simulator.shutdown().await;
    }
}

/// Rules of an upstream that the server broke.
pub fn rules_broken(simulator: &Simulator, upstream: &str) -> Vec<String> {
    let violations = simulator.counters().violations.into_keys();
    violations.filter(|rule| rule.split(' ').next() == Some(upstream)).collect()
}

/// Waits for a condition; fails the test when it does not come true.
pub async fn eventually<F: Future<Output = bool>>(what: &str, mut condition: impl FnMut() -> F) {
    let mut ticks = interval(Duration::from_millis(20));
    let started = Instant::now();
    loop {
        ticks.tick().await;
        if timeout(PATIENCE, condition()).await.unwrap_or(false) {
            return;
        }
        assert!(started.elapsed() < PATIENCE, "never came true: {what}");
    }
}

/// The real killmails, when the checkout has them beside it.
pub fn real_killmails(file: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/killmails").join(file);
    path.exists().then_some(path)
}

/// The busiest hour of the real data, in time order.
pub fn busiest_hour() -> Option<Vec<simulator::Recording>> {
    real_killmails("killmails_hour_2021-11-27T19.jsonl.zst")
        .map(|path| replay::read_file(&path).expect("readable recording"))
}
