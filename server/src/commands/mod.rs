//! Subcommands of `tracker`. Each is wiring around services.

pub mod backfill;
pub mod bench;
mod bench_coverage;
mod bench_fits;
mod bench_jumps;
mod bench_pages;
pub mod healthcheck;
pub mod import_sde;
pub mod maintenance;
pub mod offline;
pub mod repair;
pub mod serve;
