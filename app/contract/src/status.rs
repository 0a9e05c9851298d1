//! Health of feeds, queues and database, as the header and the status page show it.

use super::{StaticDataStatus, TaskStatus};
use domain::{PriceSource, Source, Timestamp};
use serde::{Deserialize, Serialize};

/// How the live stream as a whole is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FeedHealth {
    /// Not connected yet since start.
    #[default]
    Connecting,
    /// The first feed of the list delivers.
    Live,
    /// A later feed of the list delivers.
    Fallback,
    /// No feed delivers.
    Down,
}

impl FeedHealth {
    pub fn label(self) -> &'static str {
        match self {
            Self::Connecting => "Connecting",
            Self::Live => "Live",
            Self::Fallback => "Fallback feed",
            Self::Down => "Feed down",
        }
    }
}

/// The line in the header.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FeedStatus {
    pub health: FeedHealth,
    pub active: Option<Source>,
    /// Milliseconds between a kill in game and its arrival here, median of the last 100 kills.
    pub lag_ms: Option<i64>,
    pub last_kill_received_at: Option<Timestamp>,
    pub feeds: Vec<FeedState>,
}

/// One feed of the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FeedState {
    pub source: Source,
    pub is_active: bool,
    /// `active`, `standby`, `failed`, `probing`.
    pub state: String,
    pub position: Option<String>,
    pub last_event_at: Option<Timestamp>,
    /// Why it failed last, for operators.
    pub last_error: Option<String>,
    pub events: u64,
    pub malformed: u64,
    pub reconnects: u64,
}

/// An upstream that is asked for single answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UpstreamState {
    pub name: String,
    /// Of its circuit breaker: `closed` (it is asked), `open` (it is left alone), `half open` (one call probes).
    pub state: String,
    /// Failures it still allows in its current window, when it says so.
    pub errors_left: Option<i64>,
    /// For how long it wants to be left alone.
    pub banned_seconds: u64,
}

/// One bounded queue of the pipeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct QueueDepth {
    pub name: String,
    pub depth: u64,
    pub capacity: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StoreHealth {
    pub is_up: bool,
    /// An estimate by the database's own statistics.
    pub kills_total: u64,
    pub newest_kill_time: Option<Timestamp>,
    pub partitions: u64,
    pub database_bytes: u64,
    /// Undecodable or failed events kept for replay.
    pub dead_letters: u64,
}

/// The status page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StatusReport {
    pub version: String,
    pub node: String,
    pub started_at: Timestamp,
    pub now: Timestamp,
    /// Simulated feeds: nothing here is a real loss.
    pub is_demo: bool,
    pub feed: FeedStatus,
    pub queues: Vec<QueueDepth>,
    #[serde(default)]
    pub tasks: Vec<TaskStatus>,
    pub upstreams: Vec<UpstreamState>,
    pub store: StoreHealth,
    pub static_build: String,
    pub static_data: StaticDataStatus,
    pub watchers: u64,
    pub prices: PriceHealth,
    #[serde(default)]
    pub data: DataHealth,
}

/// How fresh and how complete the data is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DataHealth {
    /// Absent when the database could not be asked.
    pub enrichment: Option<EnrichmentHealth>,
    pub caches: Vec<CacheHealth>,
}

/// The newest kills, by how they were enriched.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EnrichmentHealth {
    /// What this version of the program makes.
    pub current_version: i32,
    /// Newest version first.
    pub versions: Vec<VersionCount>,
    /// Kills looked at: the newest ones.
    pub kills: u64,
    pub oldest: Option<Timestamp>,
    pub failed: u64,
    /// Kills with at least one type of unknown price.
    pub unpriced: u64,
    /// Kills without any known value.
    pub worthless: u64,
    pub untagged: u64,
    pub counted_at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct VersionCount {
    pub version: i32,
    pub kills: u64,
}

/// One bounded cache of this process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CacheHealth {
    pub name: String,
    pub entries: u64,
    /// 0: bounded otherwise than by their number.
    pub capacity: u64,
    pub hits: u64,
    pub misses: u64,
    pub evictions: u64,
}

/// Where prices come from and how that goes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PriceHealth {
    /// Types with a price of any source.
    pub types_priced: u64,
    /// When the newest price came.
    pub refreshed_at: Option<Timestamp>,
    /// The first source of the chain that has prices; empty before any came.
    pub source: String,
    /// Types that are to be asked for.
    pub waiting: u64,
    /// In the order in which they are preferred.
    pub sources: Vec<PriceSourceHealth>,
}

/// One source of prices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PriceSourceHealth {
    pub source: PriceSource,
    /// False for a source that this installation has no key for.
    pub is_in_use: bool,
    pub prices: u64,
    /// Types it was asked for lately and does not know.
    pub unknown: u64,
    pub oldest: Option<Timestamp>,
    pub newest: Option<Timestamp>,
    /// Since this process started.
    pub last_success_at: Option<Timestamp>,
    pub last_error_at: Option<Timestamp>,
    pub last_error: Option<String>,
}
