//! Work that comes again: one loop for all of it, so that each run is timed, counted and told in the same way.

use super::{
    board::Board,
    panics::{self, Panic},
};
use async_trait::async_trait;
use futures::FutureExt;
use std::{error::Error, panic::AssertUnwindSafe, sync::Arc, time::Duration};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use upstream::retry::{Backoff, BackoffPolicy};

/// When a run that went well is followed by the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    InAPeriod,
    In(Duration),
    /// Only when [`Job::woken`] says so.
    WhenWoken,
}

/// Of a run; the error is logged.
pub type JobOutcome = Result<Next, Box<dyn Error + Send + Sync>>;

/// Work that is done again and again. A run is dropped where it waits when the server stops, so that what it has done
/// until then must stand for itself, as after a crash.
#[async_trait]
pub trait Job: Send + Sync {
    async fn run(&mut self) -> JobOutcome;

    /// Returns when the next run should not wait for its time. Must be cancel-safe.
    async fn woken(&self) {
        std::future::pending::<()>().await;
    }
}

/// When the first run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum First {
    AtOnce,
    AfterAPeriod,
}

/// When a job runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// From the end of a run to the next, unless the run says otherwise.
    pub period: Duration,
    pub first: First,
    /// Waits after failures; without it the period.
    pub retry: Option<BackoffPolicy>,
}

impl Schedule {
    /// At once, and again after each period.
    pub const fn every(period: Duration) -> Self {
        Self { period, first: First::AtOnce, retry: None }
    }

    pub const fn not_at_once(self) -> Self {
        Self { first: First::AfterAPeriod, ..self }
    }

    pub const fn retry(self, policy: BackoffPolicy) -> Self {
        Self { retry: Some(policy), ..self }
    }
}

/// Runs the job until `stop`.
pub(super) async fn run(
    name: &'static str,
    schedule: Schedule,
    mut job: Box<dyn Job>,
    stop: CancellationToken,
    board: Arc<Board>,
) {
    let mut backoff = schedule.retry.map(Backoff::random);
    let mut next = match schedule.first {
        First::AtOnce => Next::In(Duration::ZERO),
        First::AfterAPeriod => Next::InAPeriod,
    };
    loop {
        let due = async {
            match next {
                Next::InAPeriod => sleep(schedule.period).await,
                Next::In(pause) => sleep(pause).await,
                Next::WhenWoken => std::future::pending().await,
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = job.woken() => {}
            () = due => {}
        }
        let begun = board.begin_run(name);
        let outcome = tokio::select! {
            () = stop.cancelled() => return,
            outcome = AssertUnwindSafe(job.run()).catch_unwind() => outcome,
        };
        let outcome = match outcome {
            Ok(outcome) => outcome.map_err(|error| {
                tracing::warn!(task = name, %error, "a run failed");
                error.to_string()
            }),
            Err(payload) => {
                let Panic { message, backtrace } = panics::take(payload.as_ref());
                tracing::error!(task = name, panic = message, backtrace, "a run panicked");
                Err(format!("panicked: {message}"))
            }
        };
        next = match &outcome {
            Ok(next) => {
                if let Some(backoff) = &mut backoff {
                    backoff.reset();
                }
                *next
            }
            Err(_) => backoff.as_mut().map_or(Next::InAPeriod, |backoff| Next::In(backoff.next_delay())),
        };
        board.end_run(&begun, outcome.err());
    }
}
