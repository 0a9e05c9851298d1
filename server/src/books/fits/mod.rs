//! Fit statistics of losses: what is known, asked for and stored. They are computed by the package `fitting`.
//!
//! ```text
//! pipeline --hash--> book (memory) --miss--> queue --> work (table, else engine) --> book, window, table, kills, readers
//!                                        sweep --what was dropped or is old--^
//! ```
//! Guarantees: nothing here holds up a kill; every distinct fit is computed once for each engine; a failure is an
//! outcome with a reason, never a zero.

pub mod book;
pub mod sweep;
pub mod work;

pub use book::{FitBook, FitJob, Settled, Urgency};
