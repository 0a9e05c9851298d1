//! What happened so far, for tests to assert on and `/simulator/state` to show.

use crate::faults::FaultState;
use serde::Serialize;
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

/// A copy of all counters.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Counters {
    /// Kills emitted since the start; the history is not counted.
    pub emitted: u64,
    /// Kills now in memory.
    pub kept: u64,
    pub first_sequence: u64,
    pub last_sequence: u64,
    /// Requests by upstream (`r2z2`, `esi` …).
    pub requests: BTreeMap<String, u64>,
    /// Requests by upstream and kind (`esi names`, `r2z2 file` …).
    pub routes: BTreeMap<String, u64>,
    /// Answers by upstream and status (`r2z2 404`).
    pub responses: BTreeMap<String, u64>,
    /// Kills delivered by upstream, repeats included.
    pub delivered: BTreeMap<String, u64>,
    /// Streams open now, by upstream.
    pub open_streams: BTreeMap<String, u64>,
    /// Rules a client broke (`r2z2 poll_floor`, `esi error_limit` …).
    pub violations: BTreeMap<String, u64>,
    pub faults: BTreeMap<&'static str, FaultState>,
    /// Upstreams that are switched off.
    pub outages: Vec<String>,
}

impl Counters {
    pub fn request_count(&self, upstream: &str) -> u64 {
        self.requests.get(upstream).copied().unwrap_or(0)
    }

    pub fn violation_count(&self) -> u64 {
        self.violations.values().sum()
    }
}

/// The running counts behind [`Counters`].
#[derive(Debug, Default)]
pub(crate) struct Tally(Mutex<BTreeMap<(Kind, String), u64>>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Request,
    Route,
    Response,
    Delivered,
    OpenStream,
    Violation,
}

impl Tally {
    pub fn add(&self, kind: Kind, name: impl Into<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry((kind, name.into())).or_default() += 1;
    }

    pub fn subtract(&self, kind: Kind, name: impl Into<String>) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry((kind, name.into())).or_default();
        *count = count.saturating_sub(1);
    }

    pub fn get(&self, kind: Kind, name: &str) -> u64 {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.get(&(kind, name.to_owned())).copied().unwrap_or(0)
    }

    /// Fills the maps of `counters`.
    pub fn copy_to(&self, counters: &mut Counters) {
        for ((kind, name), count) in &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            let map = match kind {
                Kind::Request => &mut counters.requests,
                Kind::Route => &mut counters.routes,
                Kind::Response => &mut counters.responses,
                Kind::Delivered => &mut counters.delivered,
                Kind::OpenStream => &mut counters.open_streams,
                Kind::Violation => &mut counters.violations,
            };
            map.insert(name.clone(), *count);
        }
    }
}
