//! The running galaxy: state shared by the emitter and the upstreams.
//!
//! Emission is the only writer of the ledger. It takes the generator's lock, then the ledger's; readers take only the
//! ledger's, briefly, and never across an await. After each batch the head is announced on a watch channel; streams
//! follow the ledger by sequence number, so no kill is lost between the announcement and the read.

use crate::{
    clock::Clock,
    config::{Config, Dates, Mode},
    counters::{Counters, Tally},
    faults::{Fault, Faults},
    galaxy::{directory::Directory, fights::Generator, universe::Galaxy, zkb::Zkb},
    hash,
    ledger::{Bounds, Kill, Ledger},
    market::Market,
    replay::Recording,
};
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use domain::Killmail;
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};
use tokio::sync::watch;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Live and historic kills of one run interleave in id space: ids and sequence numbers grow with the clock by this
/// many a second, so that a restarted simulator does not reuse them at rates up to 10 kills a second.
const IDS_PER_SECOND: i64 = 20;
/// History is made in pieces of this length, each from its own seed: two runs make the same kills for the same hour.
const HISTORY_PIECE_SECONDS: i64 = 600;
/// 2026-11-01: ids of that day were near 140 million, sequence numbers near 100 million.
const EPOCH: i64 = 1_793_491_200;

#[derive(Debug)]
pub(crate) struct World {
    pub config: Config,
    pub clock: Clock,
    pub galaxy: Arc<Galaxy>,
    pub directory: Directory,
    pub faults: Faults,
    pub tally: Tally,
    pub market: Market,
    pub outages: RwLock<BTreeSet<String>>,
    /// Cancelled to end every open stream of an upstream that goes out.
    pub stopping: CancellationToken,
    pub tasks: TaskTracker,
    /// Number of the first kill that is not history.
    pub first_live: u64,
    ledger: Mutex<Ledger>,
    emitter: Mutex<Emitter>,
    progress: watch::Sender<Progress>,
}

/// How far emission has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    pub head: u64,
    /// Distinct kills since the start, history not counted.
    pub emitted: u64,
    /// Changes when an upstream goes out or comes back, so that streams look up.
    pub outage_changes: u64,
}

#[derive(Debug)]
struct Emitter {
    generator: Generator,
    next_killmail_id: i64,
    /// Struck by `out_of_order`: waits for the next kill.
    held: Option<Draft>,
}

/// A kill on its way into the ledger.
#[derive(Debug)]
struct Draft {
    killmail_id: i64,
    hash: String,
    body: String,
    zkb: String,
    killed_at: DateTime<Utc>,
    uploaded_at: DateTime<Utc>,
    system_id: i64,
}

impl World {
    pub fn new(config: Config) -> Self {
        let start = config.start.unwrap_or_else(Utc::now);
        let stepped = matches!(config.mode, Mode::Manual { .. }) && config.start.is_some();
        let clock = if stepped { Clock::stepped(start) } else { Clock::running(start, config.speed) };
        let manual = matches!(config.mode, Mode::Manual { .. });
        let first_sequence = config
            .first_sequence
            .unwrap_or_else(|| if manual { 96_000_001 } else { by_clock(100_000_000, start) as u64 });
        let next_killmail_id = config
            .first_killmail_id
            .unwrap_or_else(|| if manual { 130_000_001 } else { by_clock(140_000_000, start) | 1 });
        let bounds = Bounds { kills: config.keep, bytes: config.keep_bytes };
        let oldest_sequence = first_sequence.saturating_sub(config.history as u64).max(1);
        let generator = Generator::new(hash::mix(config.seed, 0x9e7));
        let galaxy = Galaxy::shared(config.seed);
        let world = Self {
            clock,
            directory: Directory::new(Arc::clone(&galaxy)),
            galaxy,
            faults: Faults::new(config.seed, &config.faults),
            tally: Tally::default(),
            market: Market::new(start, config.market_period),
            outages: RwLock::default(),
            stopping: CancellationToken::new(),
            tasks: TaskTracker::new(),
            first_live: first_sequence.max(oldest_sequence + config.history as u64),
            ledger: Mutex::new(Ledger::new(oldest_sequence, config.limits.sequence_lag, bounds)),
            emitter: Mutex::new(Emitter {
                // On a wall clock, manual kills may all come within the same second.
                generator: if manual && !stepped { generator.impatient() } else { generator },
                next_killmail_id,
                held: None,
            }),
            progress: watch::Sender::new(Progress::default()),
            config,
        };
        world.make_history(start);
        world
    }

    pub fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn emitter(&self) -> MutexGuard<'_, Emitter> {
        self.emitter.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.subscribe()
    }

    fn make_history(&self, start: DateTime<Utc>) {
        let pieces = 86_400 / HISTORY_PIECE_SECONDS;
        let in_piece = self.config.history.div_ceil(pieces as usize) as i64;
        let mut rest = self.config.history;
        // The oldest piece first; what does not divide evenly is missing from the oldest pieces.
        let newest_piece = start.timestamp().div_euclid(HISTORY_PIECE_SECONDS);
        let mut drafts = Vec::with_capacity(rest);
        // The newest piece is not over yet: what would be known after the start is left out.
        for piece in (newest_piece - pieces..=newest_piece).rev() {
            let mut generator = Generator::new(hash::mix(self.config.seed, piece as u64));
            let begin = piece * HISTORY_PIECE_SECONDS;
            let first_id = by_clock(140_000_000, DateTime::from_timestamp(begin, 0).unwrap_or(start)) & !1;
            let mut in_order = Vec::new();
            for index in 0..in_piece.min(rest as i64) {
                let at = begin + (2 * index + 1) * HISTORY_PIECE_SECONDS / (2 * in_piece);
                let at = DateTime::from_timestamp(at, 0).unwrap_or(start);
                if at + TimeDelta::minutes(1) >= start {
                    break;
                }
                let killmail = generator.next(&self.galaxy, first_id + 2 * index, at);
                let delay = 20 + (hash::mix(killmail.killmail_id.0 as u64, 5) % 40) as i64;
                in_order.push(self.draft(&killmail, at + TimeDelta::seconds(delay)));
            }
            rest -= in_order.len();
            drafts.extend(in_order.into_iter().rev());
        }
        let mut ledger = self.ledger();
        for draft in drafts.into_iter().rev() {
            Self::push(&mut ledger, draft);
        }
        ledger.publish_head();
        self.progress.send_modify(|progress| progress.head = ledger.head());
    }

    fn draft(&self, killmail: &Killmail, uploaded_at: DateTime<Utc>) -> Draft {
        let id = killmail.killmail_id.0;
        let hash = hash::killmail_hash(self.config.seed, id);
        let zkb = Zkb::of(killmail, &hash, &self.galaxy.sde, &self.galaxy.prices).to_json();
        let body = serde_json::to_string(killmail).expect("a killmail has a JSON form: its keys are strings");
        Draft {
            killmail_id: id,
            hash,
            body,
            zkb,
            killed_at: killmail.killmail_time,
            uploaded_at,
            system_id: killmail.solar_system_id.0,
        }
    }

    /// Emits generated kills and gives their ids in order of emission.
    pub fn emit(&self, count: usize) -> Vec<i64> {
        let manual_gap = match self.config.mode {
            Mode::Manual { rate } => TimeDelta::milliseconds((1_000.0 / rate.max(1e-6)) as i64),
            Mode::Live { .. } | Mode::ReplayOnly => TimeDelta::zero(),
        };
        let mut emitter = self.emitter();
        let mut ids = Vec::with_capacity(count);
        for _ in 0..count {
            self.clock.step(manual_gap);
            let now = self.clock.now().trunc_subsecs(0);
            let id = emitter.next_killmail_id;
            emitter.next_killmail_id += 2 + 2 * (hash::mix(self.config.seed, id as u64) % 2) as i64;
            let mut killmail = emitter.generator.next(&self.galaxy, id, now);
            if self.faults.strikes(Fault::OldKill) {
                killmail.killmail_time -= TimeDelta::days(3);
            }
            let draft = self.draft(&killmail, now);
            self.publish(&mut emitter, draft, &mut ids);
        }
        if matches!(self.config.mode, Mode::Manual { .. }) {
            self.release_held(&mut emitter, &mut ids);
        }
        self.announce(ids.len());
        ids
    }

    /// Emits recorded kills and gives their ids in order of emission.
    pub fn emit_recordings(&self, recordings: impl IntoIterator<Item = Recording>, dates: Dates) -> Vec<i64> {
        let mut emitter = self.emitter();
        let mut ids = Vec::new();
        for recording in recordings {
            let now = self.clock.now().trunc_subsecs(0);
            let recording = match dates {
                Dates::AsRecorded => recording,
                Dates::ShiftedToNow => recording.moved_to(now),
            };
            let draft = self.draft_of_recording(recording, now);
            self.publish(&mut emitter, draft, &mut ids);
        }
        self.release_held(&mut emitter, &mut ids);
        self.announce(ids.len());
        ids
    }

    fn draft_of_recording(&self, recording: Recording, uploaded_at: DateTime<Utc>) -> Draft {
        // Some recordings exist to be undecodable; they are emitted all the same.
        let killmail = serde_json::from_str::<Killmail>(&recording.body).ok();
        if let Some(killmail) = &killmail {
            self.directory.learn(killmail);
        }
        let hash = recording.hash;
        let zkb = recording.zkb.unwrap_or_else(|| {
            killmail.map_or_else(
                || format!(r#"{{"hash":"{hash}","labels":[]}}"#),
                |killmail| Zkb::of(&killmail, &hash, &self.galaxy.sde, &self.galaxy.prices).to_json(),
            )
        });
        Draft {
            killmail_id: recording.killmail_id,
            hash,
            body: recording.body,
            zkb,
            killed_at: recording.killed_at,
            uploaded_at,
            system_id: recording.system_id,
        }
    }

    fn publish(&self, emitter: &mut Emitter, draft: Draft, ids: &mut Vec<i64>) {
        if emitter.held.is_none() && self.faults.strikes(Fault::OutOfOrder) {
            emitter.held = Some(draft);
            return;
        }
        self.write(draft, ids);
        self.release_held(emitter, ids);
    }

    fn release_held(&self, emitter: &mut Emitter, ids: &mut Vec<i64>) {
        if let Some(draft) = emitter.held.take() {
            self.write(draft, ids);
        }
    }

    fn write(&self, draft: Draft, ids: &mut Vec<i64>) {
        ids.push(draft.killmail_id);
        let missing = self.faults.strikes(Fault::MissingNumber);
        let again = self.faults.strikes(Fault::Duplicate);
        let mut ledger = self.ledger();
        if missing {
            ledger.skip();
        }
        let kill = Self::push(&mut ledger, draft);
        if again {
            let sequence = ledger.next_sequence();
            ledger.push(Arc::new(Kill {
                sequence,
                killmail_id: kill.killmail_id,
                hash: kill.hash.clone(),
                body: kill.body.clone(),
                zkb: kill.zkb.clone(),
                killed_at: kill.killed_at,
                uploaded_at: kill.uploaded_at,
                system_id: kill.system_id,
            }));
        }
    }

    fn push(ledger: &mut Ledger, draft: Draft) -> Arc<Kill> {
        let kill = Arc::new(Kill {
            sequence: ledger.next_sequence(),
            killmail_id: draft.killmail_id,
            hash: draft.hash,
            body: draft.body.into_boxed_str(),
            zkb: draft.zkb.into_boxed_str(),
            killed_at: draft.killed_at,
            uploaded_at: draft.uploaded_at,
            system_id: draft.system_id,
        });
        ledger.push(Arc::clone(&kill));
        kill
    }

    fn announce(&self, count: usize) {
        let head = self.ledger().head();
        self.progress.send_modify(|progress| {
            progress.head = head;
            progress.emitted += count as u64;
        });
    }

    /// Switches an upstream off or on. Going off ends its streams.
    pub fn set_outage(&self, upstream: &str, on: bool) {
        let mut outages = self.outages.write().unwrap_or_else(PoisonError::into_inner);
        if on {
            outages.insert(upstream.to_owned());
        } else {
            outages.remove(upstream);
        }
        drop(outages);
        self.progress.send_modify(|progress| progress.outage_changes += 1);
    }

    pub fn is_out(&self, upstream: &str) -> bool {
        self.outages.read().unwrap_or_else(PoisonError::into_inner).contains(upstream)
    }

    pub fn counters(&self) -> Counters {
        let mut counters = Counters { emitted: self.progress.borrow().emitted, ..Counters::default() };
        {
            let ledger = self.ledger();
            counters.kept = ledger.kept() as u64;
            counters.first_sequence = ledger.first_kept();
            counters.last_sequence = ledger.head();
        }
        self.tally.copy_to(&mut counters);
        counters.faults = self.faults.state();
        counters.outages = self.outages.read().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect();
        counters
    }
}

fn by_clock(base: i64, at: DateTime<Utc>) -> i64 {
    base + ((at.timestamp() - EPOCH) * IDS_PER_SECOND).rem_euclid(1_500_000_000)
}
