//! The store against a real PostgreSQL (`TEST_DATABASE_URL`; each test has a database of its own).

#![allow(clippy::disallowed_methods, reason = "tests run by the machine's time, and start what they need")]
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod data_health;
mod dead_letters;
mod entities;
mod filters;
mod fits;
mod insert;
mod migrations;
mod operations;
mod paging;
mod partitions;
mod plans;
mod prices_and_positions;
mod real_killmails;
mod recent;
mod revalue;
mod search;
mod ship_losses;
mod speed;
mod static_import;
mod stats;
mod support;
