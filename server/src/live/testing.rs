//! Kills for the tests of this room, which is below the one that enriches: with facts and without prices.

use domain::{
    Enrichment, FitFacts, FitKey, KillRecord, Killmail, Source, StaticData, Timestamp, classify::classify,
    valuation::value_killmail,
};
use std::sync::Arc;

/// What has come of this body, now.
pub fn record(payload: &str, static_data: &StaticData, now: Timestamp) -> Arc<KillRecord> {
    let killmail = Killmail::decode(payload, now).expect("a killmail");
    let facts = classify(&killmail, static_data);
    let (valuation, unit_prices) = value_killmail(&killmail, static_data, &|_| None);
    let enrichment = Enrichment {
        version: Enrichment::VERSION,
        enriched_at: now,
        failed_at: None,
        valuation,
        reported_value: None,
        is_solo: facts.is_solo,
        is_npc: facts.is_npc,
        is_awox: facts.is_awox,
        player_attacker_count: facts.player_attacker_count,
        labels: Vec::new(),
        module_tags: static_data.tags_of(&killmail),
        location_id: None,
        fit: FitFacts::unknown(FitKey::of(&killmail, static_data).hash()),
        unit_prices,
    };
    Arc::new(KillRecord {
        killmail: Arc::new(killmail),
        payload: Arc::from(payload),
        hash: None,
        source: Source::R2z2,
        received_at: now,
        enrichment,
    })
}
