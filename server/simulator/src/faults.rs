//! Faults by name and probability, switchable while the galaxy runs.
//!
//! Draws are repeatable: the n-th draw of a fault depends on the seed and n only, not on what other faults do.

use crate::hash;
use serde::Serialize;
use std::{
    collections::BTreeMap,
    fmt,
    str::FromStr,
    sync::atomic::{AtomicU64, Ordering},
};

macro_rules! faults {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// Something an upstream does wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Fault { $($(#[$doc])* $variant,)* }

        impl Fault {
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

faults! {
    /// A stream is cut before the kill; per kill and stream.
    Disconnect = "disconnect",
    /// A stream stays open and says nothing more; per kill and stream.
    Silence = "silence",
    /// A stream delivers a kill twice; R2Z2 publishes it again under a further number.
    Duplicate = "duplicate",
    /// A kill changes places with the next one, on every upstream.
    OutOfOrder = "out_of_order",
    /// JSON cut in the middle instead of the kill; per delivery.
    MalformedJson = "malformed_json",
    /// The connection ends in the middle of the document; per delivery.
    TruncatedChunk = "truncated_chunk",
    /// An enormous event before the kill; on R2Z2 an enormous file instead of it.
    HugeEvent = "huge_event",
    /// R2Z2 denies an existing file for a while; per file.
    Stale404 = "stale_404",
    /// R2Z2 leaves a number out for good; per kill.
    MissingNumber = "missing_number",
    /// An answer comes late; per request.
    Slow = "slow",
    /// ESI answers 420; per request.
    Http420 = "420",
    /// 429 with `Retry-After`; per request.
    Http429 = "429",
    /// 502 or 503; per request.
    Http5xx = "5xx",
    /// A feed gives a hash that ESI refuses; per delivery.
    WrongHash = "wrong_hash",
    /// A generated kill happened three days ago; per kill.
    OldKill = "old_kill",
    /// R2Z2 answers 200 without a usable body; per request.
    Ghost = "ghost",
    /// Janice or MutaMarket answers with JSON cut in the middle; per request.
    MalformedPrices = "malformed_prices",
    /// A byte in the middle of a day archive is wrong; per request.
    DamagedArchive = "damaged_archive",
    /// Share of ids that ESI refuses to name, failing their whole batch.
    NamesBadId = "names_bad_id",
    /// ESI answers 420 and 429 without saying for how long; per request.
    NoRetryAfter = "no_retry_after",
    /// ESI ends the connection before the body; per request.
    EsiDisconnect = "esi_disconnect",
    /// ESI's JSON is cut in the middle; per request.
    EsiMalformed = "esi_malformed",
    /// ESI's connection ends in the middle of the body; per request.
    EsiTruncated = "esi_truncated",
    /// ESI's answer has expired when it comes; per request.
    EsiStale = "esi_stale",
    /// ESI no longer knows the tag it gave; per request.
    EsiLostEtag = "esi_lost_etag",
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A fault or probability nobody knows.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum FaultError {
    #[error("no fault is called {0}")]
    UnknownName(String),
    #[error("{0} is not name=probability with a probability from 0 to 1")]
    Malformed(String),
}

impl FromStr for Fault {
    type Err = FaultError;
    fn from_str(name: &str) -> Result<Self, FaultError> {
        Self::ALL
            .iter()
            .copied()
            .find(|fault| fault.name() == name)
            .ok_or_else(|| FaultError::UnknownName(name.to_owned()))
    }
}

/// Probabilities by fault, as written `disconnect=0.01,duplicate=0.1`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FaultSettings(pub BTreeMap<Fault, f64>);

impl FaultSettings {
    #[must_use]
    pub fn with(mut self, fault: Fault, probability: f64) -> Self {
        self.0.insert(fault, probability);
        self
    }
}

impl FromStr for FaultSettings {
    type Err = FaultError;
    fn from_str(text: &str) -> Result<Self, FaultError> {
        text.split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(|part| {
                let (name, value) = part.split_once('=').ok_or_else(|| FaultError::Malformed(part.to_owned()))?;
                let probability = value.parse().ok().filter(|value| (0.0..=1.0).contains(value));
                Ok((name.parse()?, probability.ok_or_else(|| FaultError::Malformed(part.to_owned()))?))
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

/// The live switches.
#[derive(Debug)]
pub struct Faults {
    seed: u64,
    switches: Vec<Switch>,
}

#[derive(Debug, Default)]
struct Switch {
    /// Bits of an `f64`.
    probability: AtomicU64,
    draws: AtomicU64,
    hits: AtomicU64,
}

/// One fault's setting and how often it struck.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct FaultState {
    pub probability: f64,
    pub hits: u64,
}

impl Faults {
    pub fn new(seed: u64, settings: &FaultSettings) -> Self {
        let faults =
            Self { seed: hash::mix(seed, 0xfa17), switches: Fault::ALL.iter().map(|_| Switch::default()).collect() };
        for (fault, probability) in &settings.0 {
            faults.set(*fault, *probability);
        }
        faults
    }

    pub fn set(&self, fault: Fault, probability: f64) {
        self.switches[fault as usize].probability.store(probability.clamp(0.0, 1.0).to_bits(), Ordering::Release);
    }

    pub fn probability(&self, fault: Fault) -> f64 {
        f64::from_bits(self.switches[fault as usize].probability.load(Ordering::Acquire))
    }

    /// Draws whether the fault strikes now.
    pub fn strikes(&self, fault: Fault) -> bool {
        let probability = self.probability(fault);
        if probability <= 0.0 {
            return false;
        }
        let switch = &self.switches[fault as usize];
        let draw = switch.draws.fetch_add(1, Ordering::Relaxed);
        let struck = hash::unit(hash::mix(self.seed, fault as u64), draw) < probability;
        if struck {
            switch.hits.fetch_add(1, Ordering::Relaxed);
        }
        struck
    }

    /// Whether the fault holds for this number whenever it is asked, without drawing.
    pub fn marks(&self, fault: Fault, number: u64) -> bool {
        let marked = hash::unit(hash::mix(self.seed, fault as u64), number) < self.probability(fault);
        if marked {
            self.switches[fault as usize].hits.fetch_add(1, Ordering::Relaxed);
        }
        marked
    }

    /// Settings and hits of every fault that is on or ever struck.
    pub fn state(&self) -> BTreeMap<&'static str, FaultState> {
        Fault::ALL
            .iter()
            .map(|fault| {
                let hits = self.switches[*fault as usize].hits.load(Ordering::Relaxed);
                (fault.name(), FaultState { probability: self.probability(*fault), hits })
            })
            .filter(|(_, state)| state.probability > 0.0 || state.hits > 0)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read() {
        let settings: FaultSettings = "disconnect=0.01, 429=1,".parse().unwrap();
        assert_eq!(settings, FaultSettings::default().with(Fault::Disconnect, 0.01).with(Fault::Http429, 1.0));
        assert_eq!("nope=1".parse::<FaultSettings>(), Err(FaultError::UnknownName("nope".into())));
        assert_eq!("slow=2".parse::<FaultSettings>(), Err(FaultError::Malformed("slow=2".into())));
        assert_eq!("slow".parse::<FaultSettings>(), Err(FaultError::Malformed("slow".into())));
    }

    #[test]
    fn draws_repeat_and_keep_to_the_probability() {
        let settings = FaultSettings::default().with(Fault::Duplicate, 0.1);
        let draws = |seed| {
            let faults = Faults::new(seed, &settings);
            (0..10_000).map(|_| faults.strikes(Fault::Duplicate)).collect::<Vec<_>>()
        };
        let struck = draws(7).iter().filter(|struck| **struck).count();
        assert!((900..1_100).contains(&struck), "{struck}");
        assert_eq!(draws(7), draws(7));
        assert_ne!(draws(7), draws(8));
        assert!(!Faults::new(7, &settings).strikes(Fault::Ghost));
    }
}
