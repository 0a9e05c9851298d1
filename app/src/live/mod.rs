//! The live list: a pure state machine ([`reducer`]), the browser's socket ([`connection`]) and the signals that pages
//! read ([`provider`]).

mod connection;
mod provider;
pub mod reducer;

pub use provider::{LiveStore, provide_live};
