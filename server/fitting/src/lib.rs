//! Fit statistics by the EVE field's own engine, behind our types: a [`domain::FitKey`] in, a [`domain::FitOutcome`]
//! out. What the engine computes with is inside the binary or in a file that was imported.
//!
//! ```text
//! FitKey --convert--> the engine's fit --engine--> its results --read, warnings--> FitStats
//!                          data, attributes (one build of the static data) --^
//! ```
//! Nothing here does IO or knows of queues and databases: that is the server's.

mod attributes;
mod convert;
mod data;
mod engine;
pub mod meters;
mod read;
mod warnings;

#[cfg(test)]
mod known_fits;
#[cfg(test)]
mod tests;

pub use attributes::MissingAttribute;
pub use data::{EngineError, MAX_DATA_BYTES, build_number};
pub use engine::Engine;
