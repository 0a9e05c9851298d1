//! Fit statistics: the engine and what is around it.

mod attributes;
mod convert;
pub mod engine;
mod read;
mod warnings;

#[cfg(test)]
mod known_fits;
#[cfg(test)]
mod tests;

pub use engine::{Engine, EngineError};
