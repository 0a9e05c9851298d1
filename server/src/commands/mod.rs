//! Subcommands of `tracker`. Each is wiring around services.

pub mod backfill;
#[cfg(feature = "bench")]
pub mod bench;
pub mod healthcheck;
pub mod import_sde;
pub mod maintenance;
pub mod offline;
pub mod repair;
pub mod serve;
