//! Every long-lived task of the server, in one table: what it is called, which role it belongs to, on how many nodes it
//! runs, what its end means and what it is given. Nothing else is started; a role is a filter on this table.
//!
//! What runs on is either critical (the server stops when it ends early) or a helper that the rest is whole without.
//! What comes again is neither: a run that fails or panics is told, and the next one comes.

use crate::{
    books::{
        Books, entities, fits, names,
        prices::{
            self,
            lists::{self, EsiPrices, MutamarketPrices},
            prewarm::Prewarming,
            revalue::Revaluation,
        },
    },
    cluster::bus,
    enrichment::enrich_guarded,
    ingest::{Channels, IngestOptions, parked, persist, reconcile::Reconciler, resolve, source},
    jobs::{
        announce::Announcements, dead_letters, enrichment, fit_engine, other_enrichments, partitions::Partitions,
        postgres::Revival, re_enrich::ReEnrichment, static_data, wanted_names::WantedNames,
    },
    lifecycle::{Ended, Job, Kind, Lifecycle, Schedule},
    node::Node,
    postgres::Embedded,
};
use axum::Router;
use contract::{TaskPhase, TaskStatus};
use futures::future::BoxFuture;
use std::{sync::Arc, time::Duration};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use upstream::{
    esi::EsiClient,
    feed::{Feed, HistoryClient},
    retry::BackoffPolicy,
};

/// Which kind of process a task belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Brings kills in and keeps the stored ones.
    Ingest,
    /// Answers pages, the API and streams.
    Web,
    Both,
}

/// On how many nodes of one database a task is to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nodes {
    Each,
    /// More than one do the same work twice, which is harmless.
    One,
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Task {
    pub name: &'static str,
    pub role: Role,
    pub nodes: Nodes,
    pub work: Work,
}

/// What a task does. Each takes what it needs; `None` where this installation has no use for it.
#[derive(Clone, Copy, Debug)]
pub enum Work {
    /// Until the stop.
    Long(Kind, fn(&mut Wired) -> Option<BoxFuture<'static, ()>>),
    /// Again and again.
    Again(fn(&Wired) -> Schedule, fn(&mut Wired) -> Option<Box<dyn Job>>),
}

/// What tasks are given. Receiving ends are taken out by the one that works them off.
pub struct Wired {
    pub books: Arc<Books>,
    /// Queues of what the books ask for.
    pub names: Option<names::Requests>,
    pub entities: Option<entities::Requests>,
    pub fits: Option<fits::book::Requests>,
    pub channels: Channels,
    pub options: IngestOptions,
    /// In order of preference.
    pub feeds: Vec<Arc<dyn Feed>>,
    /// R2Z2's day files, to close gaps of feeds that cannot resume.
    pub history: Arc<HistoryClient>,
    pub esi: Arc<EsiClient>,
    pub prices: prices::Sources,
    /// The way to other nodes.
    pub bus: Option<bus::Link>,
    /// The PostgreSQL that belongs to this server.
    pub embedded: Option<Arc<Embedded>>,
    pub site: Option<(TcpListener, Router)>,
    pub lifecycle: Lifecycle,
}

impl Wired {
    fn books(&self) -> Arc<Books> {
        Arc::clone(&self.books)
    }

    fn node(&self) -> Arc<Node> {
        Arc::clone(self.books.node())
    }

    fn esi(&self) -> Arc<EsiClient> {
        Arc::clone(&self.esi)
    }

    fn stop(&self) -> CancellationToken {
        self.lifecycle.stop_token()
    }
}

const fn critical(
    name: &'static str,
    role: Role,
    nodes: Nodes,
    begin: fn(&mut Wired) -> Option<BoxFuture<'static, ()>>,
) -> Task {
    Task { name, role, nodes, work: Work::Long(Kind::Critical, begin) }
}

const fn helper(
    name: &'static str,
    role: Role,
    nodes: Nodes,
    begin: fn(&mut Wired) -> Option<BoxFuture<'static, ()>>,
) -> Task {
    Task { name, role, nodes, work: Work::Long(Kind::Helper, begin) }
}

const fn again(
    name: &'static str,
    role: Role,
    nodes: Nodes,
    schedule: fn(&Wired) -> Schedule,
    job: fn(&mut Wired) -> Option<Box<dyn Job>>,
) -> Task {
    Task { name, role, nodes, work: Work::Again(schedule, job) }
}

const fn seconds(seconds: u64) -> Schedule {
    Schedule::every(Duration::from_secs(seconds))
}

const fn minutes(minutes: u64) -> Schedule {
    seconds(60 * minutes)
}

/// Between tries of what is due only after hours.
const SOON: BackoffPolicy = BackoffPolicy { first: Duration::from_secs(30), max: Duration::from_mins(10) };

use Nodes::{Each, One};
use Role::{Both, Ingest, Web};

/// In the order in which they are started.
pub const TASKS: &[Task] = &[
    again(
        "embedded postgres",
        Both,
        Each,
        |_| seconds(5),
        |w| Some(Box::new(Revival { store: w.books.node().store().clone(), embedded: w.embedded.clone()? })),
    ),
    // The pipeline, from its end to its beginning.
    critical("persist", Ingest, One, |w| Some(Box::pin(persist::run(w.channels.persist_receiver.take()?, w.node())))),
    critical("resolve", Ingest, One, |w| {
        let (events, persist) = (w.channels.event_receiver.take()?, w.channels.persist.clone());
        Some(Box::pin(resolve::run(events, persist, w.books(), w.esi(), w.stop())))
    }),
    critical("parked", Ingest, One, |w| {
        Some(Box::pin(parked::run(w.books(), w.esi(), w.channels.persist.clone(), w.stop())))
    }),
    critical("source", Ingest, One, |w| {
        let feeds = std::mem::take(&mut w.feeds);
        Some(Box::pin(source::run(feeds, w.channels.events.clone(), w.node(), w.options.clone(), w.stop())))
    }),
    // What was missed while the server was down, by feeds that cannot resume, is looked for at once.
    again(
        "reconcile",
        Ingest,
        One,
        |w| Schedule::every(w.options.reconcile_interval),
        |w| {
            let upstreams = (Arc::clone(&w.history), w.esi());
            Some(Box::new(Reconciler::new(
                upstreams,
                w.books(),
                w.channels.events.clone(),
                w.options.clone(),
                w.stop(),
            )))
        },
    ),
    // Live pages.
    critical("live hub", Web, Each, |w| {
        Some(Box::pin(Arc::clone(w.books.node().hub()).run(Arc::clone(w.books.node().window()), w.stop())))
    }),
    again("announcements", Web, Each, |_| seconds(5), |w| Some(Box::new(Announcements(w.node())))),
    critical("enrichments of others", Both, Each, |w| Some(Box::pin(other_enrichments::run(w.books(), w.stop())))),
    // Names.
    critical("names", Both, Each, |w| Some(Box::pin(names::run(w.names.take()?, w.books(), w.esi(), w.stop())))),
    critical("names of other nodes", Both, Each, |w| Some(Box::pin(names::follow(w.books(), w.stop())))),
    critical("corporations and alliances", Both, Each, |w| {
        Some(Box::pin(entities::run(w.entities.take()?, w.books(), w.esi(), w.stop())))
    }),
    again("wanted names", Ingest, One, |_| minutes(1), |w| Some(Box::new(WantedNames(w.books())))),
    // Fits: kills have all but their statistics without them.
    helper("fits", Both, Each, |w| Some(Box::pin(fits::work::run(w.fits.take()?, w.books(), w.stop())))),
    helper("fit engine", Both, Each, |w| Some(Box::pin(fit_engine::run(w.books(), w.stop())))),
    again("fit sweep", Ingest, One, |_| seconds(5), |w| Some(Box::new(fits::sweep::Sweep(w.books())))),
    // Prices: each source has another behind it.
    helper("janice prices", Ingest, One, |w| {
        let janice = w.prices.janice.clone()?;
        Some(Box::pin(prices::janice::run(w.books(), janice, w.stop())))
    }),
    again(
        "price prewarming",
        Ingest,
        One,
        |_| minutes(1),
        |w| {
            w.prices.janice.as_ref()?;
            Some(Box::new(Prewarming::new(w.books())))
        },
    ),
    again(
        "mutamarket prices",
        Ingest,
        One,
        |_| minutes(24 * 60).retry(lists::RETRY),
        |w| Some(Box::new(MutamarketPrices { books: w.books(), client: w.prices.mutamarket.clone() })),
    ),
    again(
        "esi prices",
        Ingest,
        One,
        |_| minutes(60).retry(lists::RETRY),
        |w| Some(Box::new(EsiPrices { books: w.books(), esi: w.esi() })),
    ),
    again("revaluation", Ingest, One, |_| seconds(1), |w| Some(Box::new(Revaluation::new(w.books())))),
    // What keeps stored kills whole and fresh.
    critical("static data", Both, Each, |w| Some(Box::pin(static_data::run(w.books(), w.stop())))),
    again(
        "enrichment",
        Both,
        Each,
        |_| Schedule::every(Duration::from_millis(500)),
        |w| Some(Box::new(enrichment::Enrichments { books: w.books(), compute: enrich_guarded })),
    ),
    again("failed enrichments", Ingest, One, |_| minutes(3), |w| Some(Box::new(enrichment::Sweep(w.node())))),
    again("re-enrichment", Ingest, One, |_| minutes(1), |w| Some(Box::new(ReEnrichment::new(w.books(), w.stop())))),
    // Not at the very start: the feeds come first.
    again(
        "dead letters",
        Ingest,
        One,
        |_| minutes(10).not_at_once(),
        |w| Some(Box::new(dead_letters::Replay { books: w.books(), esi: w.esi() })),
    ),
    again("dead letter count", Both, Each, |_| minutes(1), |w| Some(Box::new(dead_letters::Count(w.node())))),
    again(
        "partitions",
        Ingest,
        One,
        |_| minutes(6 * 60).retry(SOON),
        |w| Some(Box::new(Partitions { node: w.node(), retention_months: w.options.retention_months })),
    ),
    helper("bus", Both, Each, |w| Some(Box::pin(w.bus.take()?.run(w.stop())))),
    Task {
        name: "http",
        role: Web,
        nodes: Each,
        work: Work::Long(Kind::Front, |w| {
            let (listener, router) = w.site.take()?;
            let close = w.lifecycle.close_token();
            Some(Box::pin(async move {
                if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(close.cancelled_owned()).await
                {
                    tracing::error!(%error, "HTTP server ended");
                }
            }))
        }),
    },
];

/// Starts everything that this installation has a use for.
pub fn start(mut wired: Wired) {
    let lifecycle = wired.lifecycle.clone();
    for task in TASKS {
        match task.work {
            Work::Long(kind, begin) => {
                if let Some(work) = begin(&mut wired) {
                    lifecycle.spawn(task.name, kind, work);
                }
            }
            Work::Again(schedule, begin) => {
                if let Some(job) = begin(&mut wired) {
                    lifecycle.every(task.name, schedule(&wired), job);
                }
            }
        }
    }
}

/// How every task is doing, for the status page.
pub fn report(lifecycle: &Lifecycle) -> Vec<TaskStatus> {
    TASKS.iter().map(|task| status(task, lifecycle)).collect()
}

fn status(task: &Task, lifecycle: &Lifecycle) -> TaskStatus {
    let state = lifecycle.state(task.name);
    let phase = match &state {
        None => TaskPhase::Off,
        Some(state) => match state.ended {
            None => TaskPhase::Running,
            Some(Ended::Stopped | Ended::Aborted) => TaskPhase::Stopped,
            Some(Ended::Returned | Ended::Panicked) => TaskPhase::Failed,
        },
    };
    let state = state.unwrap_or_default();
    let last = state.last_run.as_ref();
    TaskStatus {
        name: task.name.to_owned(),
        phase,
        is_critical: matches!(task.work, Work::Long(Kind::Critical | Kind::Front, _)),
        period_seconds: state.period.map(|period| period.as_secs_f64()),
        last_run_at: last.map(|run| run.started_at),
        last_run_seconds: last.map(|run| run.took.as_secs_f64()),
        last_error: last.and_then(|run| run.error.clone()),
        last_success_at: state.last_success_at,
    }
}
