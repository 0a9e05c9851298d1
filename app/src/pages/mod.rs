//! One module per page: it fetches, and lays out components.

#![allow(clippy::needless_pass_by_value, reason = "components own their props")]

pub mod kill;
pub mod live;
pub mod not_found;
pub mod place;
pub mod ranked;
pub mod search;
pub mod status;
pub mod types;
