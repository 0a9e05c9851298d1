//! Reading kills: single ones and pages of history.

mod condition;
mod find;
mod list;
mod ranked;
mod span;
mod summary_row;

pub use list::{FoundKills, Page};
pub use ranked::RankedKills;
