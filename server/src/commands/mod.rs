//! Subcommands of `tracker`. Each is wiring around services.

pub mod backfill;
pub mod bench;
mod bench_fits;
pub mod healthcheck;
pub mod import_sde;
pub mod maintenance;
pub mod offline;
pub mod repair;
pub mod serve;
