//! The simulator through its two surfaces: in process and over HTTP.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails its test")]

mod binary;
mod esi;
mod faults;
mod feeds;
mod fights;
mod prices;
mod replay;
mod support;
