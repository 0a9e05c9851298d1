//! Periodic work beside the pipeline: what keeps stored kills whole and fresh. None of it publishes or notifies.
//!
//! | job | does | when |
//! |---|---|---|
//! | [`enrichment`] | enriches failed and stale kills again | seconds after the failure or the visit; failed ones are looked for every 3 minutes |
//! | [`re_enrich`] | enriches what an older version or other static data made | at start, after an import |
//! | [`dead_letters`] | tries again what could not be understood, fetched or enriched | every 10 minutes |
//! | [`wanted_names`] | has the names of backfilled kills looked up | every minute |
//!
//! All of them read from the database and write through it in small batches, so that live kills never wait for them.

pub mod dead_letters;
pub mod enrichment;
pub mod partitions;
pub mod queue;
pub mod re_enrich;
pub mod wanted_names;

use crate::{enrichment::enrich_guarded, lifecycle::Lifecycle, services::Services};
use std::sync::Arc;
use upstream::esi::EsiClient;

/// Starts every job.
pub fn spawn(lifecycle: &Lifecycle, services: &Arc<Services>, esi: &Arc<EsiClient>) {
    // Alert rules compare rates: a counter has to exist before its first event.
    for name in ["killmails_enriched_total", "killmail_enrichment_failures_total", "persist_retries_total"] {
        metrics::counter!(name).increment(0);
    }
    for feed in services.feed_status().feeds {
        metrics::counter!("feed_events_total", "feed" => feed.source.as_str()).increment(0);
    }
    let stop = lifecycle.stop_token();
    lifecycle
        .spawn("enrichment", enrichment::run(Arc::clone(services), enrich_guarded, enrichment::SWEEP, stop.clone()));
    lifecycle.spawn("re-enrichment", re_enrich::run(Arc::clone(services), stop.clone()));
    lifecycle.spawn("dead letters", dead_letters::run(Arc::clone(services), Arc::clone(esi), stop.clone()));
    lifecycle.spawn("wanted names", wanted_names::run(Arc::clone(services), stop));
}
