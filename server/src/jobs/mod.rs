//! Periodic work beside the pipeline: what keeps stored kills whole and fresh. None of it publishes or notifies.
//!
//! | job | does | when |
//! |---|---|---|
//! | [`enrichment`] | enriches failed and stale kills again | seconds after the failure or the visit; failed ones are looked for every 3 minutes |
//! | [`re_enrich`] | enriches what an older version or other static data made | at start, after an import |
//! | [`dead_letters`] | tries again what could not be understood, fetched or enriched | every 10 minutes |
//! | [`static_data`] | takes over imported static data | told by PostgreSQL, else within a minute |
//! | [`other_enrichments`] | takes over what another process enriched | told by PostgreSQL |
//! | [`fit_engine`] | lets the fit engine compute with imported data | when they are others |
//! | [`wanted_names`] | has the names of backfilled kills looked up | every minute |
//!
//! All of them read from the database and write through it in small batches, so that live kills never wait for them.

pub mod announce;
pub mod dead_letters;
pub mod enrichment;
pub mod fit_engine;
pub mod other_enrichments;
pub mod partitions;
pub mod postgres;
pub mod re_enrich;
pub mod static_data;
pub mod wanted_names;
