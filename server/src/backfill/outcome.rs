//! Where history comes from, and what came of bringing it in.

use chrono::NaiveDate;
use std::path::PathBuf;
use store::StoreError;
use upstream::{UpstreamError, archive::ArchiveClient, feed::HistoryClient};

/// Where days come from.
#[derive(Clone)]
pub enum Archive {
    EveRef(ArchiveClient),
    R2z2(HistoryClient),
}

impl Archive {
    /// The name under which days are remembered.
    pub fn name(&self) -> &'static str {
        match self {
            Self::EveRef(_) => "everef",
            Self::R2z2(_) => "r2z2",
        }
    }

    pub(super) async fn total(&self, day: NaiveDate) -> Option<u64> {
        let totals = match self {
            Self::EveRef(client) => client.totals().await,
            Self::R2z2(client) => client.totals().await,
        };
        // Only for the progress bar: the list may lag behind the files.
        totals.inspect_err(|error| tracing::debug!(%error, "no totals")).ok()?.get(&day).copied()
    }
}

/// What came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub seen: u64,
    pub stored: u64,
    /// Stored before.
    pub known: u64,
    /// Now dead letters.
    pub refused: u64,
}

impl Tally {
    pub(super) fn add(&mut self, other: Self) {
        self.seen += other.seen;
        self.stored += other.stored;
        self.known += other.known;
        self.refused += other.refused;
    }
}

/// How the reading of a day or file ended without an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Whole,
    Interrupted,
    /// It was finished before.
    Skipped,
}

/// Why history could not be brought in.
#[derive(Debug, thiserror::Error)]
pub enum BackfillError {
    #[error("{day} ({archive}): {source}")]
    Day { day: NaiveDate, archive: &'static str, source: UpstreamError },
    #[error("{day} is older than the {months} months that RETENTION_MONTHS keeps")]
    PastRetention { day: NaiveDate, months: u32 },
    #[error("{path}: {source}")]
    File { path: PathBuf, source: std::io::Error },
    #[error("storing")]
    Store(#[from] StoreError),
    #[error("a worker ended early")]
    Worker(#[from] tokio::task::JoinError),
}
