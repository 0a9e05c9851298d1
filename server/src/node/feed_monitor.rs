//! What is known about the feeds right now, for the header, `/readyz` and the status page.

use contract::{FeedHealth, FeedState, FeedStatus};
use domain::{LIVE_AGE, Source, Timestamp};
use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Arrivals behind the median lag.
const LAG_SAMPLES: usize = 100;

/// See `ingest::source`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedPhase {
    Standby,
    Active,
    Failed,
    Probing,
}

impl FeedPhase {
    fn as_str(self) -> &'static str {
        match self {
            Self::Standby => "standby",
            Self::Active => "active",
            Self::Failed => "failed",
            Self::Probing => "probing",
        }
    }
}

#[derive(Debug)]
struct Feed {
    state: FeedState,
    phase: FeedPhase,
    /// A sign of life came since it became active.
    is_delivering: bool,
    /// Newest position handed to the pipeline by this process.
    read_position: Option<String>,
}

#[derive(Debug, Default)]
struct Inner {
    feeds: Vec<Feed>,
    lags_ms: VecDeque<i64>,
    last_kill_received_at: Option<Timestamp>,
}

/// Shared by the pipeline (writes) and everything that reports (reads).
#[derive(Debug)]
pub struct FeedMonitor {
    inner: Mutex<Inner>,
}

impl FeedMonitor {
    /// In order of preference.
    pub fn new(sources: &[Source]) -> Self {
        let feeds = sources
            .iter()
            .map(|source| Feed {
                state: FeedState {
                    source: *source,
                    is_active: false,
                    state: FeedPhase::Standby.as_str().to_owned(),
                    position: None,
                    last_event_at: None,
                    last_error: None,
                    events: 0,
                    malformed: 0,
                    reconnects: 0,
                },
                phase: FeedPhase::Standby,
                is_delivering: false,
                read_position: None,
            })
            .collect();
        Self { inner: Mutex::new(Inner { feeds, ..Inner::default() }) }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with(&self, source: Source, change: impl FnOnce(&mut Feed)) {
        if let Some(feed) = self.lock().feeds.iter_mut().find(|feed| feed.state.source == source) {
            change(feed);
        }
    }

    pub fn phase(&self, source: Source, phase: FeedPhase) {
        self.with(source, |feed| {
            feed.phase = phase;
            feed.state.is_active = phase == FeedPhase::Active;
            phase.as_str().clone_into(&mut feed.state.state);
            if phase != FeedPhase::Active {
                feed.is_delivering = false;
            }
        });
    }

    pub fn failed(&self, source: Source, reason: &str) {
        self.with(source, |feed| {
            feed.state.last_error = Some(reason.to_owned());
            feed.state.reconnects += 1;
            feed.is_delivering = false;
        });
    }

    pub fn alive(&self, source: Source) {
        self.with(source, |feed| feed.is_delivering = true);
    }

    pub fn event(&self, source: Source, at: Timestamp, position: Option<&str>) {
        self.with(source, |feed| {
            feed.is_delivering = true;
            feed.state.events += 1;
            feed.state.last_event_at = Some(at);
            if let Some(position) = position {
                feed.read_position = Some(position.to_owned());
            }
        });
    }

    pub fn malformed(&self, source: Source) {
        self.with(source, |feed| feed.state.malformed += 1);
    }

    /// A position was committed.
    pub fn stored_position(&self, source: Source, position: String) {
        self.with(source, |feed| feed.state.position = Some(position));
    }

    pub fn read_position(&self, source: Source) -> Option<String> {
        self.lock().feeds.iter().find(|feed| feed.state.source == source).and_then(|feed| feed.read_position.clone())
    }

    /// A kill came in. Late ones (posted long after) do not count towards the lag, nor do those of another source, such
    /// as of a gap that history closes.
    pub fn arrived(&self, source: Source, received_at: Timestamp, killmail_time: Timestamp) {
        let mut inner = self.lock();
        inner.last_kill_received_at = Some(received_at);
        let lag = received_at - killmail_time;
        let is_active = |feed: &Feed| feed.phase == FeedPhase::Active && feed.state.source == source;
        if lag <= LIVE_AGE && inner.feeds.iter().any(is_active) {
            inner.lags_ms.push_back(lag.num_milliseconds().max(0));
            if inner.lags_ms.len() > LAG_SAMPLES {
                inner.lags_ms.pop_front();
            }
        }
    }

    pub fn status(&self) -> FeedStatus {
        let inner = self.lock();
        let active = inner.feeds.iter().position(|feed| feed.phase == FeedPhase::Active && feed.is_delivering);
        let has_failed = inner.feeds.iter().any(|feed| feed.state.last_error.is_some());
        let mut lags: Vec<i64> = inner.lags_ms.iter().copied().collect();
        lags.sort_unstable();
        FeedStatus {
            health: match active {
                Some(0) => FeedHealth::Live,
                Some(_) => FeedHealth::Fallback,
                None if has_failed => FeedHealth::Down,
                None => FeedHealth::Connecting,
            },
            active: active.map(|index| inner.feeds[index].state.source),
            lag_ms: lags.get(lags.len() / 2).copied(),
            last_kill_received_at: inner.last_kill_received_at,
            feeds: inner.feeds.iter().map(|feed| feed.state.clone()).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn health_follows_the_active_feed() {
        let monitor = FeedMonitor::new(&[Source::Wanderer, Source::R2z2]);
        assert_eq!(monitor.status().health, FeedHealth::Connecting);
        monitor.phase(Source::Wanderer, FeedPhase::Active);
        monitor.alive(Source::Wanderer);
        assert_eq!(monitor.status().health, FeedHealth::Live);
        monitor.failed(Source::Wanderer, "silent");
        assert_eq!(monitor.status().health, FeedHealth::Down);
        monitor.phase(Source::Wanderer, FeedPhase::Failed);
        monitor.phase(Source::R2z2, FeedPhase::Active);
        monitor.alive(Source::R2z2);
        let status = monitor.status();
        assert_eq!((status.health, status.active), (FeedHealth::Fallback, Some(Source::R2z2)));
    }

    #[test]
    fn the_lag_is_that_of_the_active_feed() {
        let monitor = FeedMonitor::new(&[Source::Wanderer, Source::R2z2]);
        let now = Timestamp::from_timestamp(1_800_000_000, 0).expect("a time");
        let ago = |seconds| now - chrono::TimeDelta::seconds(seconds);
        monitor.arrived(Source::R2z2, now, ago(2_000));
        assert_eq!(monitor.status().lag_ms, None, "history closes a gap before any feed delivers");
        monitor.phase(Source::Wanderer, FeedPhase::Active);
        monitor.arrived(Source::R2z2, now, ago(2_000));
        monitor.arrived(Source::Wanderer, now, ago(40));
        monitor.arrived(Source::Wanderer, now, ago(9_000)); // posted late
        assert_eq!(monitor.status().lag_ms, Some(40_000));
        assert_eq!(monitor.status().last_kill_received_at, Some(now));
    }
}
