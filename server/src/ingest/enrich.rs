//! From a decoded killmail to a record with values and facts. Pure apart from the price table it reads.

use crate::services::prices::PriceTable;
use domain::{
    Enrichment, FitFacts, FitKey, KillRecord, Killmail, KillmailHash, Source, StaticData, Timestamp,
    classify::classify, tags, valuation::value_killmail,
};
use std::sync::Arc;
use upstream::feed::Reported;

/// A killmail with its origin, ready to be enriched.
#[derive(Debug)]
pub struct Arrived {
    pub killmail: Killmail,
    pub payload: Arc<str>,
    pub hash: Option<KillmailHash>,
    pub source: Source,
    pub received_at: Timestamp,
    pub reported: Option<Reported>,
}

/// Values, classifies and tags a kill. Unknown prices stay unknown; nothing here can fail.
pub fn enrich(arrived: Arrived, static_data: &StaticData, prices: &PriceTable, now: Timestamp) -> KillRecord {
    let Arrived { killmail, payload, hash, source, received_at, reported } = arrived;
    let facts = classify(&killmail, static_data);
    let fit = FitFacts::unknown(FitKey::of(&killmail, static_data).hash());
    let (valuation, unit_prices) = value_killmail(&killmail, static_data, &|type_id| prices.price(type_id, now));
    let module_tags = tags::of_killmail(&killmail, static_data);
    let (reported_value, labels) =
        reported.map_or((None, Vec::new()), |reported| (reported.total_value, reported.labels));
    KillRecord {
        killmail: Arc::new(killmail),
        payload,
        hash,
        source,
        received_at,
        enrichment: Enrichment {
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
            fit,
            unit_prices,
        },
    }
}
