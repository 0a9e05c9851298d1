//! Everything that can be set about a galaxy before it starts.

use crate::faults::FaultSettings;
use chrono::{DateTime, Utc};
use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

/// The key of the simulated Janice unless another is set; a secret of nobody.
pub const JANICE_KEY: &str = "simulated-janice-key";

/// How a galaxy behaves. `Config::default()` suits tests: manual, seed 1, no history, a free port on the loopback.
#[derive(Clone, Debug)]
pub struct Config {
    pub bind: SocketAddr,
    pub seed: u64,
    pub mode: Mode,
    /// Beginning of simulated time. Absent: now. With [`Mode::Manual`] a given start makes time stand still between
    /// kills, so that the same seed and steps give the same kills byte for byte.
    pub start: Option<DateTime<Utc>>,
    /// Simulated seconds per wall second.
    pub speed: f64,
    /// Kills spread over the 24 hours before the start.
    pub history: usize,
    /// Most kills kept in memory.
    pub keep: usize,
    /// Most bytes of killmails kept in memory.
    pub keep_bytes: usize,
    /// First sequence number of live kills. Absent: 96,000,001 in manual mode, otherwise from the clock, so that a
    /// restarted simulator never reuses numbers.
    pub first_sequence: Option<u64>,
    /// First killmail id of live kills. Absent: as for `first_sequence`, from 130,000,001.
    pub first_killmail_id: Option<i64>,
    pub replay: Option<Replay>,
    pub faults: FaultSettings,
    pub limits: Limits,
    pub timing: Timing,
    /// The key Janice takes.
    pub janice_key: String,
    /// Simulated time between two moves of the market; ESI's price list expires with each.
    pub market_period: Duration,
    /// Speak the wanderer-kills stream as its documentation has it (named events with ids) instead of as it is.
    pub wanderer_as_documented: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            bind: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            seed: 1,
            mode: Mode::Manual { rate: 1.0 },
            start: None,
            speed: 1.0,
            history: 0,
            keep: 200_000,
            keep_bytes: 512 << 20,
            first_sequence: None,
            first_killmail_id: None,
            replay: None,
            faults: FaultSettings::default(),
            limits: Limits::default(),
            timing: Timing::default(),
            janice_key: JANICE_KEY.to_owned(),
            market_period: Duration::from_hours(1),
            wanderer_as_documented: false,
        }
    }
}

/// What makes the galaxy emit generated kills.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mode {
    /// Only calls of `emit`; `rate` (kills a second) spaces the kills on a stepped clock.
    Manual { rate: f64 },
    /// Kills a second on average, with or without the daily rhythm of the real game.
    Live { rate: f64, rhythm: Rhythm },
    /// Nothing but the replay.
    ReplayOnly,
}

/// Whether activity follows the hours of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rhythm {
    Steady,
    /// Peak at 19-21 UTC, lowest at 11 (data.md 5).
    Daily,
}

/// A file of recorded killmails to emit.
#[derive(Clone, Debug)]
pub struct Replay {
    pub path: PathBuf,
    pub pace: Pace,
    pub dates: Dates,
}

/// How fast a replay goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// The recorded spacing, this many times as fast.
    Recorded {
        speed: f64,
    },
    /// Kills a second.
    Rate(f64),
    AtOnce,
}

/// What happens to the dates of recorded killmails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dates {
    AsRecorded,
    /// Moved so that a kill happens when it is emitted.
    ShiftedToNow,
}

/// The upstreams' limits (upstreams.md 2.2, 4.2).
#[derive(Clone, Debug)]
pub struct Limits {
    /// Requests a second before R2Z2 answers 429.
    pub r2z2_per_second: u32,
    /// Asking again for a missing R2Z2 file sooner than this is forbidden.
    pub poll_floor: Duration,
    /// `sequence.json` is rewritten only after more than this many new files.
    pub sequence_lag: u64,
    /// Age at which an ephemeral file is gone.
    pub retention: Duration,
    /// Tokens of ESI's killmail bucket a window.
    pub esi_killmail_tokens: u32,
    /// Tokens of ESI's status bucket a window.
    pub esi_status_tokens: u32,
    pub esi_window: Duration,
    /// Failed ESI requests a window before everything answers 420.
    pub esi_errors: u32,
    pub esi_error_window: Duration,
    /// Calls that arrive so soon after a ban was told may have been sent before.
    pub esi_ban_grace: Duration,
    /// Open enhanced streams before 503.
    pub wanderer_streams: u64,
    /// Requests Janice and MutaMarket each take in a burst before 429; one a second comes back.
    pub price_service_burst: u32,
    /// Lines of one Janice request before 400.
    pub janice_lines: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            r2z2_per_second: 20,
            poll_floor: Duration::from_secs(6),
            sequence_lag: 51,
            retention: Duration::from_hours(24),
            esi_killmail_tokens: 3_600,
            esi_status_tokens: 600,
            esi_window: Duration::from_mins(15),
            esi_errors: 100,
            esi_error_window: Duration::from_mins(1),
            esi_ban_grace: Duration::from_millis(500),
            wanderer_streams: 100,
            // A client that keeps to one a second may still arrive a little early.
            price_service_burst: 3,
            janice_lines: 500,
        }
    }
}

/// Durations and sizes of behaviours and faults.
#[derive(Clone, Debug)]
pub struct Timing {
    /// Delay of the `slow` fault.
    pub slow: Duration,
    /// How long a stream struck by `silence` says nothing before it ends.
    pub silence: Duration,
    /// How long a `stale_404` lasts.
    pub stale: Duration,
    /// Value of `Retry-After` on faults 420 and 429.
    pub retry_after: Duration,
    pub huge_event_bytes: usize,
    /// Idle time before the standard stream's comment line.
    pub wanderer_ping: Duration,
    pub wanderer_heartbeat: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            slow: Duration::from_secs(3),
            silence: Duration::from_mins(10),
            stale: Duration::from_mins(1),
            retry_after: Duration::from_secs(5),
            huge_event_bytes: 8 << 20,
            wanderer_ping: Duration::from_secs(10),
            wanderer_heartbeat: Duration::from_secs(30),
        }
    }
}
