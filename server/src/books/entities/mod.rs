//! Pilots, corporations and alliances one by one: who belongs to whom, tickers, members.
//!
//! Answers come from memory and the database at once. What is older than ten minutes is asked for again behind them:
//! pilots in bulk ([`super::affiliations`]), corporations and alliances by [`run`], a few at a time. When that fails
//! the old stays, and the next request tries again. Only what kills have brought here is asked for, so guessing ids
//! costs ESI nothing. A full queue drops what does not fit: it is asked for when it is looked at again.

mod book;
mod work;

pub use book::{EntityBook, Facts, Key, Requests};
pub use work::run;
