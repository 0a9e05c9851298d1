//! The tracker's server: wiring of store and upstreams into services, the ingest pipeline, the live hub and HTTP.
//!
//! Data flows one way: feed -> decode -> enrich -> (publish -> hub -> browser, and persist). ARCHITECTURE.md walks
//! through the life of a killmail.

#![cfg_attr(
    test,
    allow(clippy::disallowed_methods, reason = "tests run by the machine's time, and start what they need")
)]

pub mod backend;
pub mod backfill;
pub mod books;
pub mod cluster;
pub mod commands;
pub mod config;
pub mod enrichment;
pub mod http;
pub mod ingest;
pub mod jobs;
pub mod lifecycle;
pub mod live;
pub mod meters;
pub mod node;
pub mod postgres;
pub mod services;
pub mod static_import;
pub mod tasks;
pub mod telemetry;
pub mod wiring;
