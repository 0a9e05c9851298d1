//! The tracker as a process: `kill -9` in the middle, PostgreSQL stopped and started again, clean shutdown.

use crate::harness::{self, eventually};
use domain::KillmailId;
use server::postgres::Embedded;
use simulator::{Dates, Simulator};
use std::{
    io::{BufRead, BufReader},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};
use store::{Store, StoreOptions};
use tokio::time::{Instant, timeout};

/// How long PostgreSQL is away.
const DATABASE_DOWN: Duration = Duration::from_secs(20);

/// A tracker process; killed when dropped.
struct Tracker {
    process: Child,
    url: String,
}

impl Tracker {
    /// Starts the program and waits until it says where it listens.
    fn start(simulator: &Simulator, database_url: &str, folder: &Path) -> Self {
        let mut variables = harness::variables(simulator, "r2z2");
        variables.insert("DATABASE_URL".to_owned(), database_url.to_owned());
        variables.insert("LOG".to_owned(), "info".to_owned());
        let mut process = Command::new(env!("CARGO_BIN_EXE_tracker"))
            .arg("serve")
            .current_dir(folder)
            .envs(&variables)
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the tracker starts");
        let mut lines = BufReader::new(process.stderr.take().expect("piped")).lines();
        let url = loop {
            let line = lines.next().expect("the tracker says where it listens").expect("text");
            if let Some((_, url)) = line.split_once("listening on ") {
                break url.trim().to_owned();
            }
        };
        // The rest is read on, so that the tracker never waits for a reader.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(|line| println!("tracker: {line}")));
        Self { process, url }
    }

    fn kill_9(mut self) {
        self.process.kill().expect("killed");
        self.process.wait().expect("gone");
    }

    /// SIGTERM, as an operator stops it.
    fn stop(&mut self) -> bool {
        let pid = self.process.id().to_string();
        assert!(Command::new("kill").arg(&pid).status().expect("kill").success());
        self.process.wait().expect("gone").success()
    }
}

impl Drop for Tracker {
    fn drop(&mut self) {
        // Already gone in most tests.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_doubled_by_kill_9_and_a_stopped_database() {
    let folder = tempfile::tempdir().expect("folder");
    // The embedded PostgreSQL runs as another user when the tests run as root.
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).expect("permissions");
    let postgres = Embedded::start(folder.path(), None).expect("PostgreSQL");
    let url = postgres.url().to_owned();
    let simulator = Simulator::start(harness::simulator_config()).await.expect("simulator");
    // The feed's position alone must bring everything back: one committed ahead of its kills must fail here.
    simulator.set_outage("r2z2-history", true);

    let mut recordings = harness::busiest_hour();
    let mut emitted = Vec::new();
    let mut emit_some = |count: usize| {
        let new = match &mut recordings {
            Some(hour) => {
                let some: Vec<_> = hour.drain(..count.min(hour.len())).collect();
                simulator.emit_replay(some, Dates::AsRecorded)
            }
            None => simulator.emit(count),
        };
        simulator.publish_sequence();
        emitted.extend(new.into_iter().map(KillmailId));
        emitted.clone()
    };

    let client = reqwest::Client::new();
    let tracker = Tracker::start(&simulator, &url, folder.path());
    let store = Store::connect(&StoreOptions::new(&url)).await.expect("store");
    // A new installation begins at the feed's head: what happens before it has read where that is, is not its to get.
    eventually("the feed is connected", || async { active_feed(&client, &tracker).await.is_some() }).await;
    emit_some(300);
    eventually("the first kills are stored", || async { count(&store).await > 50 }).await;
    let emitted_by_then = emit_some(300).len();
    tracker.kill_9();
    let stored_by_then = count(&store).await as usize;
    assert!(stored_by_then < emitted_by_then, "{stored_by_then} of {emitted_by_then}: not in the middle of anything");

    let mut tracker = Tracker::start(&simulator, &url, folder.path());
    let so_far = emit_some(200);
    eventually("what was missing came in", || async { known(&store, &so_far).await == so_far.len() }).await;

    let mut shown = Shown::open(&client, &tracker).await;
    store.close().await;
    drop(postgres);
    let down_until = Instant::now() + DATABASE_DOWN;
    // Fewer than the queue to the database holds.
    let all = emit_some(2_000);
    eventually("the tracker notices, keeps trying and still answers", || async {
        let ready = client.get(format!("{}/readyz", tracker.url)).send().await;
        let metrics = client.get(format!("{}/metrics", tracker.url)).send().await.expect("answer");
        let metrics = metrics.text().await.expect("text");
        ready.is_ok_and(|answer| answer.status() == 503)
            && metrics.lines().any(|line| line.starts_with("persist_retries_total") && !line.ends_with(" 0"))
    })
    .await;
    let page = client.get(&tracker.url).timeout(Duration::from_secs(30)).send().await.expect("a page");
    assert!(page.status().is_success(), "pages go on without the database");
    let mut live = Vec::new();
    while Instant::now() < down_until {
        let new = simulator.emit(1);
        simulator.publish_sequence();
        shown.wait_for(new[0]).await;
        live.extend(new.into_iter().map(KillmailId));
    }
    assert!(!live.is_empty());

    let postgres = Embedded::start(folder.path(), None).expect("PostgreSQL again");
    // What a command beside the server does: it finds the cluster running and must leave it so.
    drop(Embedded::start(folder.path(), None).expect("PostgreSQL, found running"));
    let store = Store::connect(&StoreOptions::new(&url)).await.expect("store");
    let all: Vec<KillmailId> = all.into_iter().chain(live).collect();
    eventually("every kill is stored", || async { known(&store, &all).await == all.len() }).await;
    assert_eq!(count(&store).await, all.len() as u64, "and no other");
    assert!(tracker.stop(), "a stop is clean");
    store.close().await;
    drop(postgres);
}

/// What an open live page is sent.
struct Shown {
    stream: reqwest::Response,
    text: String,
}

impl Shown {
    async fn open(client: &reqwest::Client, tracker: &Tracker) -> Self {
        let stream = client.get(format!("{}/api/v1/stream/sse", tracker.url)).send().await.expect("a stream");
        assert!(stream.status().is_success());
        Self { stream, text: String::new() }
    }

    async fn wait_for(&mut self, id: i64) {
        let id = format!("\"killmail_id\":{id},");
        while !self.text.contains(&id) {
            let more = timeout(Duration::from_secs(60), self.stream.chunk()).await.expect("live goes on");
            self.text.push_str(&String::from_utf8_lossy(&more.expect("a stream").expect("no end")));
        }
        self.text.clear();
    }
}

/// The feed that `/readyz` says delivers.
async fn active_feed(client: &reqwest::Client, tracker: &Tracker) -> Option<String> {
    let answer = client.get(format!("{}/readyz", tracker.url)).send().await.ok()?;
    let ready: serde_json::Value = answer.json().await.ok()?;
    ready["feed"]["active"].as_str().map(str::to_owned)
}

async fn count(store: &Store) -> u64 {
    store.status().await.map_or(0, |status| status.kills_total)
}

async fn known(store: &Store, ids: &[KillmailId]) -> usize {
    store.filter_known_ids(ids).await.map_or(0, |known| known.len())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_drains_what_was_received() {
    let app = harness::TestApp::start_without_history("r2z2").await;
    let emitted: Vec<KillmailId> = app.simulator.emit(300).into_iter().map(KillmailId).collect();
    app.simulator.publish_sequence();
    eventually("all are published", || async { app.running.services.window().seq() >= 300 }).await;
    let harness::TestApp { simulator, database, running, .. } = app;
    assert!(running.stop().await);
    let store = Store::connect(&StoreOptions::new(database.url())).await.expect("store");
    assert_eq!(known(&store, &emitted).await, emitted.len());
    store.close().await;
    simulator.shutdown().await;
}
