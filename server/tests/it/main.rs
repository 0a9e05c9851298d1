//! The whole server against the simulator, a real PostgreSQL and their faults. One binary, one file per concern.

#![allow(clippy::disallowed_methods, reason = "tests run by the machine's time, and start what they need")]

mod alerts;
mod api;
mod backfill;
mod crash;
mod entities;
mod environment;
mod feeds;
mod fits;
mod harness;
mod jobs;
mod log;
mod pages;
mod parked;
mod prices;
mod quarantine;
mod replay;
mod request_ids;
mod static_archive;
mod static_import;
mod static_swap;
mod storage;
mod stream;
mod tasks;
