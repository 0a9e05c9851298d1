//! How each task is doing: for the status page, and counted for `/metrics`.

use domain::Timestamp;
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use upstream::Clock;

/// How a task ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It was asked to.
    Stopped,
    /// It was asked to and did not in time.
    Aborted,
    Returned,
    Panicked,
}

impl Ended {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::Aborted => "aborted",
            Self::Returned => "returned",
            Self::Panicked => "panicked",
        }
    }
}

/// The last run of a job that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastRun {
    pub started_at: Timestamp,
    pub took: Duration,
    /// Why it failed, if it did.
    pub error: Option<String>,
}

/// How a task is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskState {
    /// Of a job that runs again and again.
    pub period: Option<Duration>,
    /// `None` while the task goes on.
    pub ended: Option<Ended>,
    pub last_run: Option<LastRun>,
    pub last_success_at: Option<Timestamp>,
}

/// A run that has begun.
pub(super) struct Begun {
    name: &'static str,
    started_at: Timestamp,
    since: Instant,
}

#[derive(Debug)]
pub(super) struct Board {
    clock: Clock,
    tasks: Mutex<HashMap<&'static str, TaskState>>,
}

impl Board {
    pub(super) fn new(clock: Clock) -> Self {
        Self { clock, tasks: Mutex::default() }
    }

    pub(super) fn clock(&self) -> Clock {
        self.clock.clone()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<&'static str, TaskState>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn state(&self, name: &str) -> Option<TaskState> {
        self.lock().get(name).cloned()
    }

    pub(super) fn started(&self, name: &'static str, period: Option<Duration>) {
        let before = self.lock().insert(name, TaskState { period, ..TaskState::default() });
        debug_assert!(before.is_none(), "two tasks are called {name}");
    }

    pub(super) fn ended(&self, name: &'static str, how: Ended) {
        metrics::counter!(crate::meters::TASKS_ENDED_TOTAL, "task" => name, "outcome" => how.as_str()).increment(1);
        self.lock().entry(name).or_default().ended = Some(how);
    }

    pub(super) fn begin_run(&self, name: &'static str) -> Begun {
        Begun { name, started_at: self.clock.now(), since: Instant::now() }
    }

    pub(super) fn end_run(&self, begun: &Begun, error: Option<String>) {
        let Begun { name, started_at, since } = *begun;
        let took = since.elapsed();
        let word = if error.is_none() { "done" } else { "failed" };
        metrics::counter!(crate::meters::TASK_RUNS_TOTAL, "task" => name, "outcome" => word).increment(1);
        metrics::histogram!(crate::meters::TASK_DURATION_SECONDS, "task" => name).record(took.as_secs_f64());
        let mut tasks = self.lock();
        let state = tasks.entry(name).or_default();
        if error.is_none() {
            let now = self.clock.now();
            metrics::gauge!(crate::meters::TASK_LAST_SUCCESS_TIMESTAMP_SECONDS, "task" => name)
                .set(now.timestamp() as f64);
            state.last_success_at = Some(now);
        }
        state.last_run = Some(LastRun { started_at, took, error });
    }
}
