//! Enrichment that cannot take a kill down with it: when it panics, the kill goes on without values and facts, marked
//! as failed, and is tried again off the live path (`jobs::enrichment`).

use super::{
    arrived::Arrived,
    basis::Basis,
    enrich::{Computed, enrich},
};
use crate::books::fits::FitJob;
use domain::{Enrichment, KillRecord, StaticData};
use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

/// A kill on its way through the pipeline.
#[derive(Clone, Debug)]
pub struct Enriched {
    pub record: Arc<KillRecord>,
    /// What it was enriched with; whatever is said of it later is said by these.
    pub static_data: Arc<StaticData>,
    /// Its fit, where the statistics are not known.
    pub wanted_fit: Option<FitJob>,
    /// Why the enrichment failed if it did.
    pub failure: Option<String>,
}

/// Enriches, or marks as failed.
pub fn enrich_guarded(arrived: Arrived, basis: &Basis) -> Enriched {
    guarded(arrived, basis, |arrived| enrich(arrived, &basis.static_data, &basis.prices, basis.now))
}

/// Enriches by `enrich`, or marks as failed.
pub fn guarded(arrived: Arrived, basis: &Basis, enrich: impl FnOnce(Arrived) -> Computed) -> Enriched {
    let static_data = Arc::clone(&basis.static_data);
    let spare = arrived.clone();
    // What is shared with the closure is read only.
    match catch_unwind(AssertUnwindSafe(|| with_fit(enrich(arrived), basis))) {
        Ok((record, wanted_fit)) => {
            metrics::counter!(crate::meters::KILLMAILS_ENRICHED_TOTAL).increment(1);
            Enriched { record: Arc::new(record), static_data, wanted_fit, failure: None }
        }
        Err(panic) => {
            let reason = message(panic.as_ref());
            metrics::counter!(crate::meters::KILLMAIL_ENRICHMENT_FAILURES_TOTAL).increment(1);
            tracing::error!(killmail_id = %spare.killmail.killmail_id, reason, "enrichment failed");
            let record = Arc::new(failed(spare, basis));
            Enriched { record, static_data, wanted_fit: None, failure: Some(reason) }
        }
    }
}

/// Fills in what is known of the fit; else it is wanted.
fn with_fit(computed: Computed, basis: &Basis) -> (KillRecord, Option<FitJob>) {
    let Computed { mut record, fit_key } = computed;
    let Some(hash) = record.enrichment.fit.hash else { return (record, None) };
    let job = FitJob { hash, key: fit_key };
    match basis.fits.known_or_obvious(&job, &basis.static_data) {
        Some(settled) => {
            record.enrichment.fit = settled.facts();
            (record, None)
        }
        None => (record, Some(job)),
    }
}

/// A record that says no more than the source did.
fn failed(arrived: Arrived, basis: &Basis) -> KillRecord {
    let Arrived { killmail, body } = arrived;
    let (reported_value, labels) =
        body.reported.map_or((None, Vec::new()), |reported| (reported.total_value, reported.labels));
    let enrichment = Enrichment {
        version: Enrichment::VERSION,
        enriched_at: basis.now,
        failed_at: Some(basis.now),
        reported_value,
        labels,
        ..Enrichment::default()
    };
    let (payload, hash, source, received_at) = (body.payload, body.hash, body.source, body.received_at);
    KillRecord { killmail, payload, hash, source, received_at, enrichment }
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "unknown panic".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        books::{fits::FitBook, prices::PriceTable},
        enrichment::Body,
    };
    use domain::{Isk, Source, Timestamp};
    use upstream::feed::Reported;

    fn arrived(now: Timestamp) -> Arrived {
        let payload = r#"{"killmail_id":5,"killmail_time":"2026-01-02T03:04:05Z","solar_system_id":30000142,
            "victim":{"ship_type_id":587},"attackers":[{"character_id":90000007,"final_blow":true}]}"#;
        let reported = Reported {
            total_value: Some(Isk::from_hundredths(700)),
            labels: vec!["pvp".into()],
            ..Reported::default()
        };
        let (source, reported) = (Source::R2z2, Some(reported));
        let body = Body { payload: Arc::from(payload), hash: None, source, received_at: now, reported };
        Arrived::read(body, None, now).expect("a killmail")
    }

    #[test]
    fn a_panic_marks_the_kill_and_keeps_what_the_source_said() {
        let now = chrono::Utc::now();
        let basis = Basis {
            static_data: StaticData::bundled(),
            prices: Arc::new(PriceTable::default()),
            fits: Arc::new(FitBook::new().0),
            now,
        };
        let guarded_by = |panic: bool| {
            guarded(arrived(now), &basis, |arrived| {
                assert!(!panic, "price {} of nothing", 17);
                enrich(arrived, &basis.static_data, &basis.prices, now)
            })
        };
        let whole = guarded_by(false);
        assert_eq!((whole.failure, whole.record.enrichment.failed_at), (None, None));
        assert_eq!(whole.record.enrichment.player_attacker_count, 1);
        assert_eq!(whole.wanted_fit.map(|job| job.hash), whole.record.enrichment.fit.hash);
        let Enriched { record: marked, failure: Some(reason), wanted_fit: None, .. } = guarded_by(true) else {
            panic!("it failed")
        };
        assert_eq!(reason, "price 17 of nothing");
        assert_eq!(marked.enrichment.failed_at, Some(now));
        assert_eq!(marked.enrichment.valuation.total_value, None, "unknown, not 0");
        assert_eq!(marked.enrichment.reported_value, whole.record.enrichment.reported_value);
        assert_eq!(marked.enrichment.labels, ["pvp"]);
        assert_eq!((&marked.killmail, &marked.payload), (&whole.record.killmail, &whole.record.payload));
    }
}
