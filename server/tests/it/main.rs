//! The whole server against the simulator, a real PostgreSQL and their faults. One binary, one file per concern.

mod alerts;
mod api;
mod backfill;
mod crash;
mod feeds;
mod harness;
mod jobs;
mod replay;
mod stream;
mod tidy;
