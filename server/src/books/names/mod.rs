//! Names of pilots, corporations and alliances: a bounded cache, filled from feeds, the database and ESI in bulk.
//! And where pilots belong, which is confirmed again when somebody asks and it is older than ten minutes.
//!
//! Asking never waits: a missing name is queued; [`run`] looks it up and the window passes it on to open pages.
//! The queue is bounded and drops what does not fit: a name is asked for again when its owner is seen again.
//! What other nodes learn comes by way of the bus ([`follow`]).

mod book;
mod work;

pub use book::{AFFILIATION_LIFETIME, NameBook, Requests};
pub use work::{follow, run};
