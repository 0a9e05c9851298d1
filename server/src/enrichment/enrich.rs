//! From a decoded killmail to a record with values and facts. Pure apart from the price table it reads.

use super::arrived::{Arrived, Body};
use crate::books::prices::PriceTable;
use domain::{
    Enrichment, FitFacts, FitKey, KillRecord, StaticData, Timestamp, classify::classify, static_data::Celestials,
    valuation::value_killmail,
};

/// What enriching makes of a kill.
#[derive(Debug)]
pub struct Computed {
    pub record: KillRecord,
    /// What the statistics of its fit depend on; the record has its hash.
    pub fit_key: FitKey,
}

/// Values, classifies and tags a kill. Unknown prices stay unknown; nothing here can fail.
pub fn enrich(arrived: Arrived, static_data: &StaticData, prices: &PriceTable, now: Timestamp) -> Computed {
    let Arrived { killmail, body: Body { payload, hash, source, received_at, reported } } = arrived;
    let facts = classify(&killmail, static_data);
    let fit_key = FitKey::of(&killmail, static_data);
    let (valuation, unit_prices) = value_killmail(&killmail, static_data, &|type_id| prices.price(type_id, now));
    // The first kill of a process unpacks the table: some 10 ms.
    let location_id = Celestials::bundled().nearest_to(&killmail, static_data).and_then(|nearest| nearest.id);
    let module_tags = static_data.tags_of(&killmail);
    let (reported_value, labels) =
        reported.map_or((None, Vec::new()), |reported| (reported.total_value, reported.labels));
    let enrichment = Enrichment {
        version: Enrichment::VERSION,
        enriched_at: now,
        failed_at: None,
        valuation,
        reported_value,
        is_solo: facts.is_solo,
        is_npc: facts.is_npc,
        is_awox: facts.is_awox,
        player_attacker_count: facts.player_attacker_count,
        labels,
        module_tags,
        location_id,
        fit: FitFacts::unknown(fit_key.hash()),
        unit_prices,
    };
    Computed { record: KillRecord { killmail, payload, hash, source, received_at, enrichment }, fit_key }
}
