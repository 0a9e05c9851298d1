//! Enrichment that cannot take a kill down with it: when it panics, the kill goes on without values and facts, marked
//! as failed, and is tried again off the live path (`jobs::enrichment`).

use super::enrich::{Arrived, enrich};
use crate::services::Services;
use domain::{Enrichment, KillRecord, Timestamp};
use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

/// A record, and why its enrichment failed if it did.
#[derive(Debug)]
pub struct Guarded {
    pub record: KillRecord,
    pub failure: Option<String>,
}

/// Enriches with the prices and static data of now, or marks as failed.
pub fn enrich_guarded(arrived: Arrived, services: &Services, now: Timestamp) -> Guarded {
    let prices = services.prices().table();
    let static_data = services.static_data();
    guarded(arrived, now, |arrived| {
        let mut record = enrich(arrived, &static_data, &prices, now);
        services.fits().look_up(&mut record, &static_data);
        record
    })
}

/// Enriches by `enrich`, or marks as failed.
pub fn guarded(arrived: Arrived, now: Timestamp, enrich: impl FnOnce(Arrived) -> KillRecord) -> Guarded {
    let killmail = arrived.killmail.clone();
    let (payload, hash, source) = (Arc::clone(&arrived.payload), arrived.hash.clone(), arrived.source);
    let (received_at, reported) = (arrived.received_at, arrived.reported.clone());
    // What is shared with the closure is read only.
    match catch_unwind(AssertUnwindSafe(|| enrich(arrived))) {
        Ok(record) => {
            metrics::counter!("killmails_enriched_total").increment(1);
            Guarded { record, failure: None }
        }
        Err(panic) => {
            let reason = message(panic.as_ref());
            metrics::counter!("killmail_enrichment_failures_total").increment(1);
            tracing::error!(killmail_id = %killmail.killmail_id, reason, "enrichment failed");
            let (reported_value, labels) =
                reported.map_or((None, Vec::new()), |reported| (reported.total_value, reported.labels));
            let enrichment = Enrichment {
                version: Enrichment::VERSION,
                enriched_at: now,
                failed_at: Some(now),
                reported_value,
                labels,
                ..Enrichment::default()
            };
            let record = KillRecord { killmail: Arc::new(killmail), payload, hash, source, received_at, enrichment };
            Guarded { record, failure: Some(reason) }
        }
    }
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "unknown panic".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::prices::PriceTable;
    use domain::{Isk, Killmail, Source, StaticData};
    use upstream::feed::Reported;

    fn arrived(now: Timestamp) -> Arrived {
        let payload = r#"{"killmail_id":5,"killmail_time":"2026-01-02T03:04:05Z","solar_system_id":30000142,
            "victim":{"ship_type_id":587},"attackers":[{"character_id":90000007,"final_blow":true}]}"#;
        let reported = Reported {
            total_value: Some(Isk::from_hundredths(700)),
            labels: vec!["pvp".into()],
            ..Reported::default()
        };
        Arrived {
            killmail: Killmail::decode(payload, now).expect("a killmail"),
            payload: Arc::from(payload),
            hash: None,
            source: Source::R2z2,
            received_at: now,
            reported: Some(reported),
        }
    }

    #[test]
    fn a_panic_marks_the_kill_and_keeps_what_the_source_said() {
        let now = chrono::Utc::now();
        let guarded_by = |panic: bool| {
            guarded(arrived(now), now, |arrived| {
                assert!(!panic, "price {} of nothing", 17);
                enrich(arrived, &StaticData::bundled(), &PriceTable::default(), now)
            })
        };
        let Guarded { record: whole, failure: None } = guarded_by(false) else { panic!("nothing failed") };
        assert_eq!((whole.enrichment.failed_at, whole.enrichment.player_attacker_count), (None, 1));
        let Guarded { record: marked, failure: Some(reason) } = guarded_by(true) else { panic!("it failed") };
        assert_eq!(reason, "price 17 of nothing");
        assert_eq!(marked.enrichment.failed_at, Some(now));
        assert_eq!(marked.enrichment.valuation.total_value, None, "unknown, not 0");
        assert_eq!(marked.enrichment.reported_value, whole.enrichment.reported_value);
        assert_eq!(marked.enrichment.labels, ["pvp"]);
        assert_eq!((marked.killmail, marked.payload), (whole.killmail, whole.payload));
    }
}
