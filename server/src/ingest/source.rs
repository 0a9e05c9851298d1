//! Which feed delivers: reading, reconnecting, failing over and coming back.
//!
//! States of a feed: *standby*, *active* (read into the pipeline), *failed* (its last attempt ended in an error or in
//! silence), *probing* (a better feed is tried while a worse one delivers). One *pump* task reads one feed.
//!
//! - A pump that ends with an error is restarted twice, each time after a short pause; then the next feed takes over at
//!   once. Only when every feed has failed, or there is a single one, the pause grows, up to a minute.
//! - A feed without a sign of life (event, heartbeat, "nothing new") for the silence bound hands over at once. To
//!   connect is none: a proxy that holds answers back connects each time. So the time of the last sign goes from pump to
//!   pump of a feed; however they end, the next feed is reached within the bound. Waiting for room in the pipeline's
//!   queue counts as life: that silence is ours.
//! - A feed that answers but brings no kill for [`DRY_AFTER`] hands over too: a relay whose own source is gone still
//!   sends heartbeats. It must deliver a kill before it is taken back.
//! - While a worse feed delivers, better ones are probed; one that answers and then shows a sign of life takes over. The
//!   old pump runs on for [`OVERLAP`], so that nothing falls between; repeats are dropped downstream.
//! - A feed that takes over from one that delivered until just now begins near its head: what it missed has come by the
//!   other, and walking through hours of it would delay what happens now. `reconcile` closes what is left. After a time
//!   without any feed it resumes where it was.
//! - No feed is ever read by two pumps: a feed that becomes active again ends its own pump that still runs on. Two
//!   readers would poll R2Z2 faster than it allows and be refused.

use super::IngestOptions;
use crate::{
    lifecycle::spawn_child,
    node::{Node, feed_monitor::FeedPhase},
};
use domain::Source;
use futures::{
    FutureExt,
    future::{BoxFuture, OptionFuture},
};
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
    time::{Instant, MissedTickBehavior, interval, sleep},
};
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};
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
/// How long a better feed has to show a sign of life before it is taken back; wanderer-kills pings every 10 s.
const TAKE_BACK_PATIENCE: Duration = Duration::from_secs(15);
/// A feed that answers without a kill for so long has run dry. The quietest hours see a kill every few minutes.
const DRY_AFTER: Duration = Duration::from_secs(900);

/// Signs of life of one pump.
#[derive(Debug)]
struct Life {
    /// Of the feed: what an earlier pump saw counts.
    last: Mutex<Instant>,
    last_event: Mutex<Instant>,
    /// It said something after connecting; a feed that connects and dies has made no progress.
    has_progressed: AtomicBool,
    has_delivered: AtomicBool,
    is_waiting_for_room: AtomicBool,
}

impl Life {
    fn new() -> Arc<Self> {
        Self::since(Instant::now(), Instant::now())
    }

    /// Of the next pump on the same feed.
    fn after(&self) -> Arc<Self> {
        Self::since(self.last(), self.last_event())
    }

    fn since(last: Instant, last_event: Instant) -> Arc<Self> {
        Arc::new(Self {
            last: Mutex::new(last),
            last_event: Mutex::new(last_event),
            has_progressed: AtomicBool::new(false),
            has_delivered: AtomicBool::new(false),
            is_waiting_for_room: AtomicBool::new(false),
        })
    }

    fn last(&self) -> Instant {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn last_event(&self) -> Instant {
        *self.last_event.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn beat(&self) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// It lived at most so long ago.
    fn progress(&self, within: Duration) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = Instant::now().checked_sub(within).map_or(*last, |sign| sign.max(*last));
        drop(last);
        self.has_progressed.store(true, Ordering::Relaxed);
    }

    fn event(&self) {
        self.progress(Duration::ZERO);
        *self.last_event.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        self.has_delivered.store(true, Ordering::Relaxed);
    }

    fn is_without_kills_for(&self, bound: Duration) -> bool {
        !self.is_waiting_for_room.load(Ordering::Relaxed) && self.last_event().elapsed() > bound
    }

    fn is_silent_for(&self, bound: Duration) -> bool {
        !self.is_waiting_for_room.load(Ordering::Relaxed) && self.last().elapsed() > bound
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
    task: AbortOnDropHandle<Option<UpstreamError>>,
    life: Arc<Life>,
}

/// Why the active feed is to be changed.
enum Change {
    Failed(String),
    /// No sign of life within the bound.
    Silent,
    /// It answers, but no kill has come for so long that its own source must be dry.
    Dry,
    Better(usize, Pump),
    Stop,
}

/// Runs until `stop`. Dropping its sender lets the pipeline drain.
pub async fn run(
    feeds: Vec<Arc<dyn Feed>>,
    events: mpsc::Sender<FeedEvent>,
    node: Arc<Node>,
    options: IngestOptions,
    stop: CancellationToken,
) {
    let retired = Mutex::default();
    let supervisor = Supervisor { feeds, events, node, options, stop, retired };
    supervisor.run().await;
}

struct Supervisor {
    feeds: Vec<Arc<dyn Feed>>,
    events: mpsc::Sender<FeedEvent>,
    node: Arc<Node>,
    options: IngestOptions,
    stop: CancellationToken,
    /// The pumps that run on after a change back, by feed; each ends with what holds it.
    retired: Mutex<HashMap<usize, AbortOnDropHandle<()>>>,
}

impl Supervisor {
    async fn run(self) {
        let mut active = 0;
        let mut attempts = 0;
        let mut quick = Backoff::random(QUICK_PAUSE);
        // Grows with every round in which no feed made progress.
        let mut rounds = Backoff::random(BackoffPolicy::default());
        let mut pump = self.start_pump(active, Begin::Position, Life::new()).await;
        // When a feed was last seen to deliver.
        let mut delivered_at: Option<Instant> = None;
        // Feeds that went dry must show a kill, not just an answer, before they are taken back.
        let mut dry = HashSet::new();
        loop {
            self.phase(active, FeedPhase::Active);
            let change = self.watch(active, &mut pump, &dry).await;
            let is_silent = matches!(change, Change::Silent);
            match change {
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
                    self.node.feed_monitor().failed(source, "answers, but delivers no kills");
                    self.phase(active, FeedPhase::Failed);
                    dry.insert(active);
                    active = (active + 1) % self.feeds.len();
                    attempts = 0;
                    pump = self.start_pump(active, Begin::Position, Life::new()).await;
                    self.node.request_reconcile();
                }
                Change::Failed(_) | Change::Silent => {
                    let reason = match change {
                        Change::Failed(reason) => reason,
                        _ => format!("silent for {:?}", self.options.silence),
                    };
                    if pump.life.has_progressed.load(Ordering::Relaxed) {
                        attempts = 0;
                        rounds.reset();
                        delivered_at = Some(pump.life.last());
                    }
                    attempts += 1;
                    let source = self.feeds[active].source();
                    tracing::warn!(feed = %source, reason, attempts, "feed failed");
                    self.node.feed_monitor().failed(source, &reason);
                    metrics::counter!(crate::meters::FEED_FAILURES_TOTAL, "feed" => source.as_str()).increment(1);
                    let failed = active;
                    let pause = if self.feeds.len() == 1 {
                        rounds.next_delay()
                    } else if attempts < QUICK_ATTEMPTS && !is_silent {
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
                    // A single feed has nobody to hand over to: each of its pumps gets the whole bound.
                    let is_same = active == failed && self.feeds.len() > 1;
                    let life = if is_same { pump.life.after() } else { Life::new() };
                    pump = self.start_pump(active, begin, life).await;
                    self.node.request_reconcile();
                }
            }
        }
    }

    /// Waits for a reason to change anything.
    async fn watch(&self, active: usize, pump: &mut Pump, dry: &HashSet<usize>) -> Change {
        let mut check = interval((self.options.silence / 20).clamp(Duration::from_millis(50), Duration::from_secs(1)));
        check.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut probe = interval(self.options.probe_interval);
        probe.set_missed_tick_behavior(MissedTickBehavior::Delay);
        probe.tick().await;
        // Beside the watching: a better feed that does not answer must not hide that the active one is silent.
        let mut trying: Option<BoxFuture<'_, Option<(usize, Pump)>>> = None;
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
                        return Change::Silent;
                    }
                    if self.feeds.len() > 1 && pump.life.is_without_kills_for(DRY_AFTER) {
                        return Change::Dry;
                    }
                }
                _ = probe.tick(), if active > 0 && trying.is_none() => {
                    trying = Some(self.try_better_than(active, dry).boxed());
                }
                found = OptionFuture::from(trying.as_mut()), if trying.is_some() => {
                    if let Some((better, pump)) = found.flatten() {
                        return Change::Better(better, pump);
                    }
                    trying = None;
                    probe.reset();
                }
            }
        }
    }

    async fn try_better_than(&self, active: usize, dry: &HashSet<usize>) -> Option<(usize, Pump)> {
        for better in 0..active {
            if let Some(pump) = self.try_feed(better, dry.contains(&better)).await {
                return Some((better, pump));
            }
        }
        None
    }

    /// Starts a pump on a better feed and waits for its first sign of life.
    async fn try_feed(&self, index: usize, needs_kill: bool) -> Option<Pump> {
        self.phase(index, FeedPhase::Probing);
        if self.feeds[index].probe().await.is_ok() {
            let pump = self.start_pump(index, Begin::Position, Life::new()).await;
            let patience = Instant::now() + self.options.silence.min(TAKE_BACK_PATIENCE);
            while Instant::now() < patience && !pump.task.is_finished() {
                let sign = if needs_kill { &pump.life.has_delivered } else { &pump.life.has_progressed };
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
        let overlap = OVERLAP.min(self.options.silence);
        let runs_on = spawn_child(async move {
            sleep(overlap).await;
            drop(pump);
        });
        self.retired().insert(index, runs_on);
    }

    async fn start_pump(&self, index: usize, begin: Begin, life: Arc<Life>) -> Pump {
        drop(self.retired().remove(&index));
        let feed = Arc::clone(&self.feeds[index]);
        let position = match begin {
            Begin::Position => begin_at(&self.node, feed.source()).await,
            Begin::Head => None,
        };
        let task = spawn_child(pump(feed, position, self.events.clone(), Arc::clone(&self.node), life.clone()));
        Pump { task, life }
    }

    fn retired(&self) -> MutexGuard<'_, HashMap<usize, AbortOnDropHandle<()>>> {
        self.retired.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn phase(&self, index: usize, phase: FeedPhase) {
        self.node.feed_monitor().phase(self.feeds[index].source(), phase);
    }
}

/// Where reading a feed goes on: what this process has read itself, else what is stored. Waits for the database.
async fn begin_at(node: &Node, source: Source) -> Option<Position> {
    if let Some(position) = node.feed_monitor().read_position(source) {
        return Some(Position(position));
    }
    loop {
        match node.store().find_position(source.as_str()).await {
            Ok(position) => return position.map(Position),
            Err(error) => {
                tracing::warn!(%error, feed = %source, "feed position cannot be read yet");
                sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

/// Reads one feed until it errs. `None` when the pipeline has closed.
async fn pump(
    feed: Arc<dyn Feed>,
    position: Option<Position>,
    events: mpsc::Sender<FeedEvent>,
    node: Arc<Node>,
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
                node.feed_monitor().event(source, event.received_at, position);
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
                node.request_reconcile();
            }
            Ok(FeedItem::Connected) => node.feed_monitor().alive(source),
            Ok(FeedItem::Idle { within }) => {
                life.progress(within);
                node.feed_monitor().alive(source);
            }
            Err(error) => return Some(error),
        }
    }
}
