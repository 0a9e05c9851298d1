//! Starting galaxies and reading them as a client would.

use chrono::{DateTime, Utc};
use serde_json::Value;
use simulator::{Config, Fault, FaultSettings, Limits, Mode, Simulator, Timing};
use std::{sync::OnceLock, time::Duration};

/// Longest a test waits for something that comes in milliseconds.
const PATIENCE: Duration = Duration::from_secs(20);

pub fn new_year() -> DateTime<Utc> {
    DateTime::from_timestamp(1_767_322_845, 0).unwrap()
}

/// A galaxy that stands still, with limits that do not get in the way.
pub fn config() -> Config {
    Config {
        start: Some(new_year()),
        mode: Mode::Manual { rate: 1.0 },
        limits: Limits {
            r2z2_per_second: 10_000,
            poll_floor: Duration::ZERO,
            sequence_lag: 0,
            esi_killmail_tokens: 1_000_000,
            esi_errors: 1_000_000,
            ..Limits::default()
        },
        timing: Timing {
            slow: Duration::from_millis(300),
            stale: Duration::from_millis(300),
            huge_event_bytes: 1 << 20,
            ..Timing::default()
        },
        ..Config::default()
    }
}

pub async fn start(config: Config) -> Simulator {
    Simulator::start(config).await.unwrap()
}

pub async fn with_fault(fault: Fault, probability: f64) -> Simulator {
    start(Config { faults: FaultSettings::default().with(fault, probability), ..config() }).await
}

/// One client for all tests, as building one takes long; without a pool, because each test has its own runtime.
pub fn client() -> &'static reqwest::Client {
    static CLIENT: OnceLock<reqwest::Client> = OnceLock::new();
    CLIENT.get_or_init(|| {
        let builder = reqwest::Client::builder().user_agent("simulator-tests/1 (it@example.test)");
        builder.timeout(PATIENCE).pool_max_idle_per_host(0).no_proxy().build().unwrap()
    })
}

pub async fn get(simulator: &Simulator, path: &str) -> reqwest::Response {
    client().get(format!("{}{path}", simulator.base_url())).send().await.unwrap()
}

pub async fn get_json(simulator: &Simulator, path: &str) -> Value {
    let response = get(simulator, path).await;
    assert_eq!(response.status(), 200, "{path}");
    response.json().await.unwrap()
}

pub async fn post(simulator: &Simulator, path: &str, body: &Value) -> reqwest::Response {
    client()
        .post(format!("{}{path}", simulator.base_url()))
        .body(body.to_string())
        .header("content-type", "application/json")
        .send()
        .await
        .unwrap()
}

/// An event stream being read.
pub struct Stream {
    response: reqwest::Response,
    text: String,
    pub broken: bool,
}

impl Stream {
    pub async fn open(simulator: &Simulator, path: &str) -> Self {
        Self::open_after(simulator, path, None).await
    }

    pub async fn open_after(simulator: &Simulator, path: &str, last_event_id: Option<u64>) -> Self {
        let mut request = client().get(format!("{}{path}", simulator.base_url()));
        if let Some(id) = last_event_id {
            request = request.header("Last-Event-ID", id.to_string());
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        Self { response, text: String::new(), broken: false }
    }

    pub fn header(&self, name: &str) -> &str {
        self.response.headers().get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The next block up to its blank line; `None` when the stream ends.
    pub async fn block(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.text.find("\n\n") {
                let block = self.text[..end].to_owned();
                self.text.drain(..end + 2);
                return Some(block);
            }
            match tokio::time::timeout(PATIENCE, self.response.chunk()).await.expect("the stream says nothing") {
                Ok(Some(chunk)) => self.text.push_str(std::str::from_utf8(&chunk).unwrap()),
                Ok(None) => return None,
                Err(_) => {
                    self.broken = true;
                    return None;
                }
            }
        }
    }

    /// What was read beyond the last complete block.
    pub fn rest(&self) -> &str {
        &self.text
    }

    /// The next block with a `data:` line, as (head lines, data).
    pub async fn event(&mut self) -> Option<(String, String)> {
        loop {
            let block = self.block().await?;
            if let Some(at) = block.find("data: ") {
                return Some((block[..at].to_owned(), block[at + 6..].to_owned()));
            }
        }
    }

    pub async fn kill(&mut self) -> Value {
        let (_, data) = self.event().await.expect("a kill");
        serde_json::from_str(&data).expect("JSON")
    }
}
