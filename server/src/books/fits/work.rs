//! The worker pool: takes fits from the queues, looks into the table, computes what is not there, stores it, tells the
//! live pages. Off the live path: kills are published before and without it.

use super::book::{FitJob, Requests, Settled};
use crate::{books::Books, live::window::Amendment};
use domain::{FitHash, Timestamp, TypeId};
use futures::{StreamExt, stream};
use std::{collections::HashSet, sync::Arc, time::Duration};
use store::StoredFit;
use tokio::{
    sync::mpsc,
    time::{Instant, sleep, timeout_at},
};
use tokio_util::sync::CancellationToken;
use upstream::retry::{Backoff, BackoffPolicy};

/// Fits taken from the queues at a time: the wait of a reader who comes behind them.
const TAKE: usize = 16;
/// Results waiting for the database; when it is full the pool pauses.
const RESULTS: usize = 512;
const BATCH: usize = 100;
const BATCH_TIME: Duration = Duration::from_millis(200);
/// Kills of any age get their numbers: what waits is found by an index of its own.
pub(super) const KILLS_SINCE: Timestamp = Timestamp::UNIX_EPOCH;

/// One core is left to the live path.
pub fn workers() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| cores.get().saturating_sub(1).max(1))
}

/// A result with the hull it is of.
struct Done {
    settled: Arc<Settled>,
    hull: TypeId,
}

/// Runs until `stop`; results that are computed are still stored.
pub async fn run(requests: Requests, books: Arc<Books>, stop: CancellationToken) {
    // Loading the data takes a moment: not on a thread that serves requests.
    let loading = Arc::clone(&books);
    if let Err(error) = tokio::task::spawn_blocking(move || drop(loading.fits().engine())).await {
        tracing::error!(%error, "the fit engine cannot be loaded; there are no fit statistics");
        return;
    }
    let (done_sender, done) = mpsc::channel(RESULTS);
    tokio::join!(compute(requests, &books, done_sender, stop.clone()), write(done, &books, stop));
}

async fn compute(requests: Requests, books: &Arc<Books>, done: mpsc::Sender<Done>, stop: CancellationToken) {
    let Requests { mut urgent, mut queue } = requests;
    loop {
        let first = tokio::select! {
            biased;
            () = stop.cancelled() => return,
            job = urgent.recv() => job,
            job = queue.recv() => job,
        };
        let Some(first) = first else { return };
        let mut jobs = vec![first];
        while jobs.len() < TAKE {
            match urgent.try_recv().or_else(|_| queue.try_recv()) {
                Ok(job) => jobs.push(job),
                Err(_) => break,
            }
        }
        let mut seen = HashSet::new();
        jobs.retain(|job| seen.insert(job.hash) && books.fits().known(job.hash).is_none());
        for done_job in take_stored(&mut jobs, books).await {
            if done.send(done_job).await.is_err() {
                return;
            }
        }
        let mut results = stream::iter(jobs).map(|job| compute_one(job, books)).buffer_unordered(workers());
        while let Some(result) = results.next().await {
            let Some(result) = result else { continue };
            settle(&result.settled, books);
            if done.send(result).await.is_err() {
                return;
            }
        }
    }
}

/// Settles what the table knows and leaves the rest in `jobs`. Without a database everything is computed.
async fn take_stored(jobs: &mut Vec<FitJob>, books: &Arc<Books>) -> Vec<Done> {
    let hashes: Vec<FitHash> = jobs.iter().map(|job| job.hash).collect();
    let build = books.fits().engine().build().to_owned();
    let stored = match books.node().store().find_fits(&hashes, &build).await {
        Ok(stored) => stored,
        Err(error) => {
            tracing::warn!(%error, "stored fit statistics cannot be read");
            Vec::new()
        }
    };
    let mut done = Vec::with_capacity(stored.len());
    for fit in stored {
        jobs.retain(|job| job.hash != fit.fit_hash);
        let settled =
            Arc::new(Settled { job_hash: fit.fit_hash, engine_build: fit.engine_build, outcome: fit.outcome });
        settle(&settled, books);
        done.push(Done { settled, hull: fit.ship_type_id });
    }
    done
}

async fn compute_one(job: FitJob, books: &Arc<Books>) -> Option<Done> {
    let engine = books.fits().engine();
    let FitJob { hash, key } = job;
    let hull = key.hull;
    let started = Instant::now();
    let computed = tokio::task::spawn_blocking(move || {
        let outcome = engine.outcome(&key);
        Settled { job_hash: hash, engine_build: engine.build().to_owned(), outcome }
    });
    match computed.await {
        Ok(settled) => {
            metrics::counter!(crate::meters::FITS_COMPUTED_TOTAL).increment(1);
            metrics::histogram!(crate::meters::FIT_COMPUTE_SECONDS).record(started.elapsed().as_secs_f64());
            Some(Done { settled: Arc::new(settled), hull })
        }
        Err(error) => {
            // Panics are outcomes; this is the runtime shutting down.
            tracing::warn!(%error, "a fit was not computed");
            None
        }
    }
}

/// Memory, waiting readers and the hot window.
fn settle(settled: &Arc<Settled>, books: &Books) {
    books.fits().settle(settled);
    let (window, facts) = (books.node().window(), settled.facts());
    window.amend_all(window.with_fit(settled.job_hash).into_iter().map(|id| (id, Amendment::Fit(&facts))));
}

/// Stores results in batches; retries while the database is away.
async fn write(mut done: mpsc::Receiver<Done>, books: &Books, stop: CancellationToken) {
    while let Some(first) = done.recv().await {
        let mut batch = vec![first];
        let deadline = Instant::now() + BATCH_TIME;
        while batch.len() < BATCH {
            match timeout_at(deadline, done.recv()).await {
                Ok(Some(result)) => batch.push(result),
                Ok(None) | Err(_) => break,
            }
        }
        let now = books.node().now();
        let fits: Vec<StoredFit> = batch.iter().map(|done| stored(&done.settled, done.hull, now)).collect();
        let mut backoff =
            Backoff::random(BackoffPolicy { first: Duration::from_millis(100), max: Duration::from_secs(5) });
        while let Err(error) = books.node().store().upsert_fits(&fits, KILLS_SINCE).await {
            if !error.is_transient() {
                // The sweep finds these kills again.
                tracing::error!(%error, fits = fits.len(), "fit statistics cannot be stored");
                break;
            }
            if stop.is_cancelled() {
                return;
            }
            tracing::warn!(%error, "database is away, fit statistics are stored later");
            sleep(backoff.next_delay()).await;
        }
    }
}

pub(super) fn stored(settled: &Settled, hull: TypeId, now: Timestamp) -> StoredFit {
    StoredFit {
        fit_hash: settled.job_hash,
        ship_type_id: hull,
        outcome: settled.outcome.clone(),
        engine_build: settled.engine_build.clone(),
        computed_at: now,
    }
}
