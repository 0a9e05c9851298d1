//! Reading kills: single ones and pages of history.

mod condition;
mod find;
mod list;
mod ranked;
mod summary_row;
mod window;

pub use list::{KillPage, Page};
pub use ranked::RankedPage;
