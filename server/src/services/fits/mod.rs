//! Fit statistics of losses: what is known, asked for and stored. They are computed by the package `fitting`.
//!
//! ```text
//! pipeline --hash--> book (memory) --miss--> queue --> work (table, else engine) --> book, window, table, kills, readers
//!                                        sweep --what was dropped or is old--^
//! ```
//! Guarantees: nothing here holds up a kill; every distinct fit is computed once for each engine; a failure is an
//! outcome with a reason, never a zero.

pub mod book;
pub mod follow;
pub mod sweep;
pub mod work;

pub use book::{FitBook, FitJob, Settled, Urgency};

use super::Services;
use domain::{FitKey, FitReport, KillRecord};
use std::{sync::Arc, time::Duration};
use tokio::{sync::oneshot, time::timeout};

/// How long a page that is being made waits for its fit; it is computed in some 10 ms unless there is a queue.
const PAGE_PATIENCE: Duration = Duration::from_millis(300);

impl Services {
    /// Has the fit of a new kill computed, unless it is known. Never waits.
    pub fn request_fit(&self, record: &KillRecord, urgency: Urgency) {
        let fit = &record.enrichment.fit;
        let key = FitKey::of(&record.killmail, &self.static_data());
        let hash = fit.hash.unwrap_or_else(|| key.hash());
        self.fits().request(FitJob { hash, key }, urgency);
    }

    /// What is known of a kill's fit, and who will tell when it is not known yet. Never waits.
    pub fn ask_for_fit(&self, record: &KillRecord) -> (FitReport, Option<oneshot::Receiver<Arc<Settled>>>) {
        let hash =
            record.enrichment.fit.hash.unwrap_or_else(|| FitKey::of(&record.killmail, &self.static_data()).hash());
        // Waiting before looking: what is settled in between is not missed.
        let waiting = self.fits().wait(hash);
        let mut with_facts = record.clone();
        with_facts.enrichment.fit.hash = Some(hash);
        self.fits().look_up(&mut with_facts, &self.static_data());
        let report = self.fits().report(hash);
        if report.outcome.is_some() {
            return (report, None);
        }
        self.request_fit(&with_facts, Urgency::Reader);
        (report, waiting)
    }

    /// The fit of a kill for a page, after at most [`PAGE_PATIENCE`].
    pub async fn fit_report(&self, record: &KillRecord) -> FitReport {
        let (report, waiting) = self.ask_for_fit(record);
        let Some(waiting) = waiting else { return report };
        match timeout(PAGE_PATIENCE, waiting).await {
            Ok(Ok(settled)) => self.report_of(&settled),
            Ok(Err(_)) | Err(_) => report,
        }
    }

    pub fn report_of(&self, settled: &Settled) -> FitReport {
        FitReport {
            fit_hash: settled.job_hash,
            outcome: Some(settled.outcome.clone()),
            engine_build: settled.engine_build.clone(),
        }
    }
}
