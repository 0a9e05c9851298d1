//! The simulator through its two surfaces: in process and over HTTP.

#![allow(clippy::disallowed_methods, reason = "tests run by the machine's time, and start what they need")]
#![expect(clippy::unwrap_used, reason = "a failed unwrap fails its test")]

mod binary;
mod esi;
mod faults;
mod feeds;
mod fights;
mod prices;
mod replay;
mod support;
