//! Which feed delivers: reading, reconnecting, failing over and coming back.
//!
//! States of a feed: *standby*, *active* (read into the pipeline), *failed* (its last attempt ended in an error or in
//! silence), *probing* (a better feed is tried while a worse one delivers). One *pump* task reads one feed.
//!
//! - A pump that ends with an error is restarted twice, each time after a short pause; then the next feed takes over at
//!   once. Only when every feed has failed, or there is a single one, the pause grows, up to a minute.
//! - A pump without a sign of life (event, heartbeat, "nothing new") for the silence bound is ended. Waiting for room
//!   in the pipeline's queue counts as life: that silence is ours.
//! - A pump that answers but brings no kill for [`DRY_AFTER`] hands over too: a relay whose own source is gone still
//!   sends heartbeats. It must deliver a kill before it is taken back.
//! - While a worse feed delivers, better ones are probed; one that answers and delivers takes over. The old pump runs
//!   on for [`OVERLAP`], so that nothing falls between; repeats are dropped downstream.
//! - A feed that takes over from one that delivered until just now begins near its head: what it missed has come by the
//!   other, and walking through hours of it would delay what happens now. `reconcile` closes what is left. After a time
//!   without any feed it resumes where it was.
//! - No feed is ever read by two pumps: a feed that becomes active again ends its own pump that still runs on. Two
//!   readers would poll R2Z2 faster than it allows and be refused.

use super::IngestOptions;
use crate::services::{Services, feed_monitor::FeedPhase};
use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::mpsc,
    task::JoinHandle,
    time::{Instant, MissedTickBehavior, interval, sleep},
};
use tokio_util::sync::CancellationToken;
use upstream::{
    UpstreamError,
    feed::{Feed, FeedEvent, FeedItem, Position},
    retry::{Backoff, BackoffPolicy},
};

/// How long two feeds run side by side after a change back.
const OVERLAP: Duration = Duration::from_secs(60);
/// Attempts on one feed before the next takes over.
const QUICK_ATTEMPTS: u32 = 3;
/// Pause before another attempt while a further feed could take over instead.
const QUICK_PAUSE: BackoffPolicy = BackoffPolicy { first: Duration::from_millis(500), max: Duration::from_secs(1) };
/// A feed that answers without a kill for so long has run dry. The quietest hours see a kill every few minutes.
const DRY_AFTER: Duration = Duration::from_secs(900);

/// Signs of life of one pump.
#[derive(Debug)]
struct Life {
    last: Mutex<Instant>,
    last_event: Mutex<Instant>,
    /// It connected.
    is_up: AtomicBool,
    /// It said something after connecting; a feed that connects and dies has made no progress.
    has_progressed: AtomicBool,
    has_delivered: AtomicBool,
    is_waiting_for_room: AtomicBool,
}

impl Life {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            last: Mutex::new(Instant::now()),
            last_event: Mutex::new(Instant::now()),
            is_up: AtomicBool::new(false),
            has_progressed: AtomicBool::new(false),
            has_delivered: AtomicBool::new(false),
            is_waiting_for_room: AtomicBool::new(false),
        })
    }

    fn beat(&self) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        self.is_up.store(true, Ordering::Relaxed);
    }

    fn progress(&self) {
        self.beat();
        self.has_progressed.store(true, Ordering::Relaxed);
    }

    fn event(&self) {
        self.progress();
        *self.last_event.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        self.has_delivered.store(true, Ordering::Relaxed);
    }

    fn is_without_kills_for(&self, bound: Duration) -> bool {
        !self.is_waiting_for_room.load(Ordering::Relaxed)
            && self.last_event.lock().unwrap_or_else(PoisonError::into_inner).elapsed() > bound
    }

    fn is_silent_for(&self, bound: Duration) -> bool {
        !self.is_waiting_for_room.load(Ordering::Relaxed)
            && self.last.lock().unwrap_or_else(PoisonError::into_inner).elapsed() > bound
    }
}

/// How long what came by another feed counts as up to date.
const UP_TO_DATE: Duration = Duration::from_secs(300);

/// Where a pump begins.
#[derive(Clone, Copy)]
enum Begin {
    /// After what was read or stored last.
    Position,
    /// Near the newest.
    Head,
}

/// A running reader of one feed; aborted when dropped.
struct Pump {
    task: JoinHandle<Option<UpstreamError>>,
    life: Arc<Life>,
}

impl Drop for Pump {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Why the active feed is to be changed.
enum Change {
    Failed(String),
    /// It answers, but no kill has come for so long that its own source must be dry.
    Dry,
    Better(usize, Pump),
    Stop,
}

/// Runs until `stop`. Dropping its sender lets the pipeline drain.
pub async fn run(
    feeds: Vec<Arc<dyn Feed>>,
    events: mpsc::Sender<FeedEvent>,
    services: Arc<Services>,
    options: IngestOptions,
    stop: CancellationToken,
) {
    let retired = Mutex::default();
    let supervisor = Supervisor { feeds, events, services, options, stop, retired };
    supervisor.run().await;
}

struct Supervisor {
    feeds: Vec<Arc<dyn Feed>>,
    events: mpsc::Sender<FeedEvent>,
    services: Arc<Services>,
    options: IngestOptions,
    stop: CancellationToken,
    /// What ends the pumps that run on after a change back, by feed.
    retired: Mutex<HashMap<usize, CancellationToken>>,
}

impl Supervisor {
    async fn run(self) {
        let mut active = 0;
        let mut attempts = 0;
        let mut quick = Backoff::random(QUICK_PAUSE);
        // Grows with every round in which no feed made progress.
        let mut rounds = Backoff::random(BackoffPolicy::default());
        let mut pump = self.start_pump(active, Begin::Position).await;
        // When a feed was last seen to deliver.
        let mut delivered_at: Option<Instant> = None;
        // Feeds that went dry must show a kill, not just an answer, before they are taken back.
        let mut dry = HashSet::new();
        loop {
            self.phase(active, FeedPhase::Active);
            match self.watch(active, &mut pump, &dry).await {
                Change::Stop => break,
                Change::Better(index, better) => {
                    let old = std::mem::replace(&mut pump, better);
                    self.phase(active, FeedPhase::Standby);
                    tracing::info!(feed = %self.feeds[index].source(), "a better feed is back");
                    self.retire(active, old);
                    active = index;
                    attempts = 0;
                    dry.remove(&index);
                }
                Change::Dry => {
                    let source = self.feeds[active].source();
                    tracing::warn!(feed = %source, "no kill for {DRY_AFTER:?}, the next feed takes over");
                    self.services.feed_monitor().failed(source, "answers, but delivers no kills");
                    self.phase(active, FeedPhase::Failed);
                    dry.insert(active);
                    active = (active + 1) % self.feeds.len();
                    attempts = 0;
                    pump = self.start_pump(active, Begin::Position).await;
                    self.services.request_reconcile();
                }
                Change::Failed(reason) => {
                    if pump.life.has_progressed.load(Ordering::Relaxed) {
                        attempts = 0;
                        rounds.reset();
                        delivered_at = Some(Instant::now());
                    }
                    attempts += 1;
                    let source = self.feeds[active].source();
                    tracing::warn!(feed = %source, reason, attempts, "feed failed");
                    self.services.feed_monitor().failed(source, &reason);
                    metrics::counter!("feed_failures_total", "feed" => source.as_str()).increment(1);
                    let failed = active;
                    let pause = if self.feeds.len() == 1 {
                        rounds.next_delay()
                    } else if attempts < QUICK_ATTEMPTS {
                        quick.next_delay()
                    } else {
                        self.phase(active, FeedPhase::Failed);
                        active = (active + 1) % self.feeds.len();
                        attempts = 0;
                        quick.reset();
                        if active == 0 { rounds.next_delay() } else { Duration::ZERO }
                    };
                    tokio::select! {
                        () = self.stop.cancelled() => break,
                        () = sleep(pause) => {}
                    }
                    let is_up_to_date = delivered_at.is_some_and(|at| at.elapsed() < UP_TO_DATE);
                    let begin = if active != failed && is_up_to_date { Begin::Head } else { Begin::Position };
                    pump = self.start_pump(active, begin).await;
                    self.services.request_reconcile();
                }
            }
        }
    }

    /// Waits for a reason to change anything.
    async fn watch(&self, active: usize, pump: &mut Pump, dry: &HashSet<usize>) -> Change {
        let mut check = interval((self.options.silence / 4).max(Duration::from_millis(50)));
        check.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut probe = interval(self.options.probe_interval);
        probe.set_missed_tick_behavior(MissedTickBehavior::Delay);
        probe.tick().await;
        loop {
            tokio::select! {
                () = self.stop.cancelled() => return Change::Stop,
                ended = &mut pump.task => {
                    let reason = match ended {
                        Ok(Some(error)) => error.to_string(),
                        Ok(None) => return Change::Stop,
                        Err(panic) => panic.to_string(),
                    };
                    return Change::Failed(reason);
                }
                _ = check.tick() => {
                    if pump.life.is_silent_for(self.options.silence) {
                        return Change::Failed(format!("silent for {:?}", self.options.silence));
                    }
                    if self.feeds.len() > 1 && pump.life.is_without_kills_for(DRY_AFTER) {
                        return Change::Dry;
                    }
                }
                _ = probe.tick(), if active > 0 => {
                    for better in 0..active {
                        tokio::select! {
                            () = self.stop.cancelled() => return Change::Stop,
                            found = self.try_feed(better, dry.contains(&better)) => {
                                if let Some(pump) = found {
                                    return Change::Better(better, pump);
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// Starts a pump on a better feed and waits for its first sign of life.
    async fn try_feed(&self, index: usize, needs_kill: bool) -> Option<Pump> {
        self.phase(index, FeedPhase::Probing);
        if self.feeds[index].probe().await.is_ok() {
            let pump = self.start_pump(index, Begin::Position).await;
            let patience = Instant::now() + self.options.silence.min(Duration::from_secs(15));
            while Instant::now() < patience && !pump.task.is_finished() {
                let sign = if needs_kill { &pump.life.has_delivered } else { &pump.life.is_up };
                if sign.load(Ordering::Relaxed) {
                    return Some(pump);
                }
                sleep(Duration::from_millis(50)).await;
            }
        }
        self.phase(index, FeedPhase::Failed);
        None
    }

    /// Lets the old pump run on for a while, so that the gap between two feeds is read by one of them.
    fn retire(&self, index: usize, pump: Pump) {
        let stop = self.stop.child_token();
        self.retired().insert(index, stop.clone());
        let overlap = OVERLAP.min(self.options.silence);
        tokio::spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = sleep(overlap) => {}
            }
            drop(pump);
        });
    }

    async fn start_pump(&self, index: usize, begin: Begin) -> Pump {
        if let Some(runs_on) = self.retired().remove(&index) {
            runs_on.cancel();
        }
        let feed = Arc::clone(&self.feeds[index]);
        let position = match begin {
            Begin::Position => self.services.feed_position(feed.source()).await,
            Begin::Head => None,
        };
        let life = Life::new();
        let task = tokio::spawn(pump(feed, position, self.events.clone(), Arc::clone(&self.services), life.clone()));
        Pump { task, life }
    }

    fn retired(&self) -> MutexGuard<'_, HashMap<usize, CancellationToken>> {
        self.retired.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn phase(&self, index: usize, phase: FeedPhase) {
        self.services.feed_monitor().phase(self.feeds[index].source(), phase);
    }
}

/// Reads one feed until it errs. `None` when the pipeline has closed.
async fn pump(
    feed: Arc<dyn Feed>,
    position: Option<Position>,
    events: mpsc::Sender<FeedEvent>,
    services: Arc<Services>,
    life: Arc<Life>,
) -> Option<UpstreamError> {
    let source = feed.source();
    let mut stream = match feed.open(position).await {
        Ok(stream) => stream,
        Err(error) => return Some(error),
    };
    loop {
        match stream.next().await {
            Ok(FeedItem::Event(event)) => {
                life.event();
                let position = event.position.as_ref().map(|position| position.0.as_str());
                services.feed_monitor().event(source, event.received_at, position);
                life.is_waiting_for_room.store(true, Ordering::Relaxed);
                let sent = events.send(event).await;
                life.is_waiting_for_room.store(false, Ordering::Relaxed);
                life.beat();
                if sent.is_err() {
                    return None;
                }
            }
            Ok(FeedItem::Gap { after, resumed_at }) => {
                tracing::warn!(feed = %source, ?after, %resumed_at, "the feed no longer holds what was missed");
                services.request_reconcile();
            }
            Ok(FeedItem::Connected) => {
                life.beat();
                services.feed_monitor().alive(source);
            }
            Ok(FeedItem::Idle) => {
                life.progress();
                services.feed_monitor().alive(source);
            }
            Err(error) => return Some(error),
        }
    }
}
