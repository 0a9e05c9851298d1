//! Subcommands of `tracker`. Each is wiring around services.

pub mod bench;
pub mod healthcheck;
pub mod import_sde;
pub mod maintenance;
pub mod serve;
