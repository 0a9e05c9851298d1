//! What the server does all the time or again and again, as the status page shows it.

use domain::Timestamp;
use serde::{Deserialize, Serialize};

/// Whether a task goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TaskPhase {
    /// This installation has no use for it.
    Off,
    Running,
    /// It ended when it was asked to.
    Stopped,
    /// It ended before its time.
    Failed,
}

/// One long-lived task of this process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TaskStatus {
    pub name: String,
    pub phase: TaskPhase,
    /// Whether the server stops when it ends before its time.
    pub is_critical: bool,
    /// Of one that comes again; absent for one that runs all the time.
    pub period_seconds: Option<f64>,
    pub last_run_at: Option<Timestamp>,
    pub last_run_seconds: Option<f64>,
    /// Why the last run failed.
    pub last_error: Option<String>,
    pub last_success_at: Option<Timestamp>,
}
