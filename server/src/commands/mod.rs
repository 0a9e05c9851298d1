//! Subcommands of `tracker`. Each is wiring around services.

pub mod backfill;
pub mod bench;
pub mod healthcheck;
pub mod maintenance;
pub mod offline;
pub mod repair;
pub mod serve;
