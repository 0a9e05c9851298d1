//! From a body to a kill with everything computed of it: for whoever has bodies, be they of feeds, archives, dead
//! letters or the database.
//!
//! ```text
//! body --Arrived::read--> Arrived --enrich_guarded(Basis)--> Enriched: record, static data, the fit to compute
//! stored kills --recompute--> the same once more, in place
//! ```
//! A [`Basis`] is what a kill is enriched with: static data, prices and known fits of one moment. It is taken once for
//! each kill or batch and its static data go on with the kill, so that an import between two steps mixes no builds.
//!
//! Room: below `ingest`, `backfill` and `jobs`, above `books`.

pub mod arrived;
pub mod basis;
pub mod enrich;
pub mod guard;
pub mod recompute;

pub use arrived::{Arrived, Body, Refused};
pub use basis::Basis;
pub use enrich::{Computed, enrich};
pub use guard::{Enriched, enrich_guarded};
