//! One published kill: made in one place, replaced as a whole when it is amended.

use super::amendment::Amendment;
use domain::{
    Enrichment, FitFacts, KillRecord, KillSummary, Place, ShipRef, StaticData, filter::ParticipantFacts,
    summary::NameLookup,
};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// See the module.
#[derive(Debug)]
pub struct LiveKill {
    pub seq: u64,
    pub summary: KillSummary,
    pub participants: Arc<[ParticipantFacts]>,
    pub record: Arc<KillRecord>,
    /// `summary` as JSON, encoded once.
    pub json: String,
    /// See [`KillRecord::is_live`].
    pub is_live: bool,
    /// Shared with the forms that this one replaces or is replaced by.
    stored: Arc<AtomicBool>,
}

impl LiveKill {
    /// A new kill; the window numbers it.
    pub(super) fn new(
        record: Arc<KillRecord>,
        names: NameLookup<'_>,
        static_data: &StaticData,
        is_stored: bool,
    ) -> Self {
        let summary = KillSummary::new(&record, names, static_data);
        let participants = ParticipantFacts::of(&record.killmail, static_data).into();
        let is_live = record.is_live();
        let stored = Arc::new(AtomicBool::new(is_stored));
        Self { seq: 0, json: encode(&summary), summary, participants, record, is_live, stored }
    }

    /// The same kill in other words.
    fn restated(&self, record: Arc<KillRecord>, summary: KillSummary, participants: Arc<[ParticipantFacts]>) -> Self {
        let (is_live, stored) = (self.is_live, Arc::clone(&self.stored));
        Self { seq: self.seq, json: encode(&summary), summary, participants, record, is_live, stored }
    }

    /// Whether it is on disk.
    pub fn is_stored(&self) -> bool {
        self.stored.load(Ordering::Relaxed)
    }

    pub(super) fn mark_stored(&self) {
        self.stored.store(true, Ordering::Relaxed);
    }

    /// The kill with an amendment; `None` where that would change nothing.
    pub(super) fn amended(&self, amendment: &Amendment<'_>) -> Option<Self> {
        match amendment {
            // A flag that all its forms share.
            Amendment::Stored => None,
            Amendment::Names(names) => {
                let mut summary = self.summary.clone();
                let participants = Arc::clone(&self.participants);
                summary.fill_names(*names).then(|| self.restated(Arc::clone(&self.record), summary, participants))
            }
            Amendment::Fit(facts) => self.with_fit(facts),
            Amendment::Values { based_on, record } => {
                Arc::ptr_eq(&self.record, based_on).then(|| self.with_values(Arc::clone(record)))
            }
            Amendment::Enrichment { enrichment, names, static_data } => {
                self.with_enrichment(enrichment, *names, static_data)
            }
            Amendment::StaticData(static_data) => self.with_static_data(static_data),
        }
    }

    fn with_fit(&self, facts: &FitFacts) -> Option<Self> {
        let fit = &self.record.enrichment.fit;
        if fit.hash != facts.hash || fit == facts {
            return None;
        }
        let mut record = KillRecord::clone(&self.record);
        record.enrichment.fit = facts.clone();
        let (ehp, dps, fit_is_lower_bound) = (facts.ehp, facts.dps, facts.is_lower_bound);
        let summary = KillSummary { ehp, dps, fit_is_lower_bound, tank: facts.tank, ..self.summary.clone() };
        Some(self.restated(Arc::new(record), summary, Arc::clone(&self.participants)))
    }

    fn with_values(&self, record: Arc<KillRecord>) -> Self {
        let values = &record.enrichment.valuation;
        let (total_value, unpriced_types) = (values.total_value, values.unpriced_types);
        let summary = KillSummary { total_value, unpriced_types, ..self.summary.clone() };
        self.restated(record, summary, Arc::clone(&self.participants))
    }

    /// The newer enrichment counts. A fit whose statistics it does not know keeps those that are known here.
    fn with_enrichment(
        &self,
        enrichment: &Enrichment,
        names: NameLookup<'_>,
        static_data: &StaticData,
    ) -> Option<Self> {
        let known = &self.record.enrichment;
        if enrichment.enriched_at < known.enriched_at {
            return None;
        }
        let mut enrichment = enrichment.clone();
        if enrichment.fit.engine_build.is_none() && enrichment.fit.hash == known.fit.hash {
            enrichment.fit = known.fit.clone();
        }
        let record = KillRecord { enrichment, ..KillRecord::clone(&self.record) };
        let summary = KillSummary::new(&record, names, static_data);
        let participants = ParticipantFacts::of(&record.killmail, static_data).into();
        Some(self.restated(Arc::new(record), summary, participants))
    }

    /// What the static data say of it: names of ships, groups and places.
    fn with_static_data(&self, static_data: &StaticData) -> Option<Self> {
        let mut summary = self.summary.clone();
        summary.place = Place::new(summary.place.solar_system_id, static_data);
        summary.ship = ShipRef::new(summary.ship.type_id, static_data);
        if let Some(blow) = &mut summary.final_blow {
            blow.ship = blow.ship.as_ref().map(|ship| ShipRef::new(ship.type_id, static_data));
            blow.weapon = blow.weapon.as_ref().map(|weapon| ShipRef::new(weapon.type_id, static_data));
        }
        let participants = ParticipantFacts::of(&self.record.killmail, static_data);
        let groups = |facts: &[ParticipantFacts]| facts.iter().map(|it| it.ship_group_id).collect::<Vec<_>>();
        let is_other = summary != self.summary || groups(&participants) != groups(&self.participants);
        is_other.then(|| self.restated(Arc::clone(&self.record), summary, participants.into()))
    }
}

fn encode(summary: &KillSummary) -> String {
    serde_json::to_string(summary).expect("a summary has string keys only and no failing serializer")
}
