//! What is known of a kill's fit, for its page and for whoever watches it.

use super::Services;
use crate::books::fits::{FitJob, Settled, Urgency};
use domain::{FitKey, FitReport, KillRecord};
use std::{sync::Arc, time::Duration};
use tokio::{sync::oneshot, time::timeout};

/// How long a page that is being made waits for its fit; it is computed in some 10 ms unless there is a queue.
const PAGE_PATIENCE: Duration = Duration::from_millis(300);

impl Services {
    /// What is known of a kill's fit, and who will tell when it is not known yet. Never waits.
    pub(super) fn ask_for_fit(&self, record: &KillRecord) -> (FitReport, Option<oneshot::Receiver<Arc<Settled>>>) {
        let static_data = self.static_data();
        let key = FitKey::of(&record.killmail, &static_data);
        // What a kill is stored under stays its name, also where newer static data would make another.
        let job = FitJob { hash: record.enrichment.fit.hash.unwrap_or_else(|| key.hash()), key };
        // Waiting before looking: what is settled in between is not missed.
        let waiting = self.fits().wait(job.hash);
        if let Some(settled) = self.fits().known_or_obvious(&job, &static_data) {
            return (self.report_of(&settled), None);
        }
        let report = self.fits().report(job.hash);
        self.fits().request(job, Urgency::Reader);
        (report, waiting)
    }

    /// The fit of a kill for a page, after at most [`PAGE_PATIENCE`].
    pub(super) async fn fit_report(&self, record: &KillRecord) -> FitReport {
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
