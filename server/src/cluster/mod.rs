//! What nodes tell each other.
//!
//! Room: below `node`.

pub mod bus;
