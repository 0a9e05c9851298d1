//! Start and stop of tasks. Tasks are spawned here only, so that shutdown knows them all.
//!
//! Two signals: *stop* asks tasks to finish what they hold and end; when the grace period is over, *abort* ends the
//! rest. Ingest drains first: the feed stops, its queues empty into the database, then HTTP closes.

use std::{future::Future, time::Duration};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Time for draining after a stop was asked for.
pub const GRACE: Duration = Duration::from_secs(20);

/// Handle given to every part that spawns or must stop.
#[derive(Clone, Debug, Default)]
pub struct Lifecycle {
    stop: CancellationToken,
    abort: CancellationToken,
    tasks: TaskTracker,
}

impl Lifecycle {
    pub fn new() -> Self {
        Self::default()
    }

    /// Cancelled when the process should finish its work and end.
    pub fn stop_token(&self) -> CancellationToken {
        self.stop.clone()
    }

    pub fn is_stopping(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Runs a task that watches the stop token itself and is aborted only after the grace period.
    pub fn spawn(&self, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        let abort = self.abort.clone();
        self.tasks.spawn(async move {
            tokio::select! {
                () = task => tracing::debug!(task = name, "task ended"),
                () = abort.cancelled() => tracing::warn!(task = name, "task aborted"),
            }
        });
    }

    /// Asks every task to end.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// Waits for the tasks, then aborts what is left. Returns whether all ended in time.
    pub async fn finish(&self, grace: Duration) -> bool {
        self.stop();
        self.tasks.close();
        let in_time = tokio::time::timeout(grace, self.tasks.wait()).await.is_ok();
        self.abort.cancel();
        self.tasks.wait().await;
        in_time
    }
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
