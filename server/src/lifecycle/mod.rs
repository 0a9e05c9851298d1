//! Start and end of tasks. Tasks are spawned here only, so that shutdown knows them all and no end goes unnoticed.
//!
//! A stop goes in steps: *stop* asks tasks to finish what they hold and end; the pipeline drains into the database. Then
//! *close* ends the front, which until then tells whoever asks that the server is stopping. When the grace period is
//! over, *abort* ends the rest.
//!
//! A task that panics or returns before a stop was asked for is an accident: it is logged with its name, the panic's
//! message and backtrace, counted and told on the status page. Is the task a critical one, the server stops as if asked
//! to and [`Lifecycle::accidents`] says why, for `/readyz` and the exit code: half a pipeline is worse than a restart.

mod board;
mod faults;
mod panics;
mod periodic;

pub use board::{Ended, LastRun, TaskState};
pub use faults::{Fault, Faults};
pub use periodic::{First, Job, JobOutcome, Next, Schedule};

use board::Board;
use futures::FutureExt;
use panics::Panic;
use std::{
    future::Future,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    signal::unix::{SignalKind, signal},
    time::{Instant, timeout_at},
};
use tokio_util::{
    sync::CancellationToken,
    task::{AbortOnDropHandle, TaskTracker},
};
use upstream::Clock;

/// Time for draining after a stop was asked for.
pub const GRACE: Duration = Duration::from_secs(20);

/// What the end of a task before its time means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Without it the server is of no use: it stops.
    Critical,
    /// As critical, and open until the others have drained.
    Front,
    /// The rest of the product is whole without it: its end is told, and the others go on.
    Helper,
}

/// Handle given to every part that spawns or must stop. Clones are one.
#[derive(Clone, Debug)]
pub struct Lifecycle {
    stop: CancellationToken,
    close: CancellationToken,
    abort: CancellationToken,
    tasks: TaskTracker,
    fronts: TaskTracker,
    board: Arc<Board>,
    accidents: Arc<Mutex<Vec<String>>>,
    faults: Faults,
}

impl Lifecycle {
    pub fn new(clock: impl Into<Clock>) -> Self {
        Self::with_faults(clock, Faults::default())
    }

    /// With tasks that end when a test says so.
    pub fn with_faults(clock: impl Into<Clock>, faults: Faults) -> Self {
        panics::listen();
        Self {
            stop: CancellationToken::new(),
            close: CancellationToken::new(),
            abort: CancellationToken::new(),
            tasks: TaskTracker::new(),
            fronts: TaskTracker::new(),
            board: Arc::new(Board::new(clock.into())),
            accidents: Arc::default(),
            faults,
        }
    }

    /// What the tasks of this process go by.
    pub fn clock(&self) -> Clock {
        self.board.clock()
    }

    /// Cancelled when the process should finish its work and end.
    pub fn stop_token(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Cancelled when the pipeline has drained and nobody needs to be answered any more.
    pub fn close_token(&self) -> CancellationToken {
        self.close.clone()
    }

    pub fn is_stopping(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Returns when somebody has asked for a stop, or an accident has.
    pub async fn stopping(&self) {
        self.stop.cancelled().await;
    }

    /// Critical tasks that ended before their time, and how.
    pub fn accidents(&self) -> Vec<String> {
        self.accidents.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How a task is doing; `None` when it was never started.
    pub fn state(&self, name: &str) -> Option<TaskState> {
        self.board.state(name)
    }

    /// Runs a task that watches the stop token itself (a front the close token) and is aborted only after the grace
    /// period.
    pub fn spawn(&self, name: &'static str, kind: Kind, task: impl Future<Output = ()> + Send + 'static) {
        self.board.started(name, None);
        let task = self.faults.around(name, task);
        self.begin(name, kind, task);
    }

    /// Runs a job again and again until the stop, one run at a time. A run that panics has failed, and the next comes.
    pub fn every(&self, name: &'static str, schedule: Schedule, job: Box<dyn Job>) {
        self.board.started(name, Some(schedule.period));
        self.begin(name, Kind::Helper, periodic::run(name, schedule, job, self.stop_token(), Arc::clone(&self.board)));
    }

    fn begin(&self, name: &'static str, kind: Kind, task: impl Future<Output = ()> + Send + 'static) {
        let this = self.clone();
        let tracker = if kind == Kind::Front { &self.fronts } else { &self.tasks };
        tracker.spawn(async move {
            let ended = tokio::select! {
                ended = AssertUnwindSafe(task).catch_unwind() => ended,
                () = this.abort.cancelled() => {
                    tracing::warn!(task = name, "task aborted");
                    this.board.ended(name, Ended::Aborted);
                    return;
                }
            };
            let is_due = if kind == Kind::Front { this.close.is_cancelled() } else { this.is_stopping() };
            match ended {
                Ok(()) if is_due => {
                    tracing::debug!(task = name, "task ended");
                    this.board.ended(name, Ended::Stopped);
                }
                Ok(()) => {
                    tracing::error!(task = name, "task ended although nobody asked it to");
                    this.board.ended(name, Ended::Returned);
                    this.accident(kind, format!("task {name} ended although nobody asked it to"));
                }
                Err(payload) => {
                    let panic = panics::take(payload.as_ref());
                    let Panic { message, backtrace } = &panic;
                    tracing::error!(task = name, panic = message, backtrace, "task panicked");
                    this.board.ended(name, Ended::Panicked);
                    this.accident(kind, format!("task {name} panicked: {message}"));
                }
            }
        });
    }

    fn accident(&self, kind: Kind, what: String) {
        if kind != Kind::Helper {
            self.accidents.lock().unwrap_or_else(PoisonError::into_inner).push(what);
            self.stop();
        }
    }

    /// Asks every task to end.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// Ends every task where it stands.
    pub fn abort(&self) {
        self.stop.cancel();
        self.close.cancel();
        self.abort.cancel();
    }

    /// Waits for the tasks, then for the front, then aborts what is left. Returns whether all ended in time.
    pub async fn finish(&self, grace: Duration) -> bool {
        let deadline = Instant::now() + grace;
        self.stop();
        self.tasks.close();
        let has_drained = timeout_at(deadline, self.tasks.wait()).await.is_ok();
        self.close.cancel();
        self.fronts.close();
        let has_closed = timeout_at(deadline, self.fronts.wait()).await.is_ok();
        self.abort.cancel();
        self.tasks.wait().await;
        self.fronts.wait().await;
        has_drained && has_closed
    }
}

/// Runs a part of a task beside it: it ends with the handle, and a panic in it is the handle's error.
pub fn spawn_child<T: Send + 'static>(part: impl Future<Output = T> + Send + 'static) -> AbortOnDropHandle<T> {
    #[expect(clippy::disallowed_methods, reason = "the replacement")]
    AbortOnDropHandle::new(tokio::spawn(part))
}

/// Returns on Ctrl-C or SIGTERM.
///
/// # Errors
/// When the handlers cannot be installed.
pub async fn termination() -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminate.recv() => Ok(()),
    }
}

/// For a command: cancelled on Ctrl-C or SIGTERM, when the user is told so.
pub fn stop_on_signal(told: &'static str) -> CancellationToken {
    let stop = CancellationToken::new();
    let signalled = stop.clone();
    spawn_child(async move {
        match termination().await {
            Ok(()) => eprintln!("{told}"),
            Err(error) => tracing::error!(%error, "signals cannot be heard"),
        }
        signalled.cancel();
    })
    .detach();
    stop
}

#[cfg(test)]
mod tests;
