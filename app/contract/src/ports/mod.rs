//! The ports, one a concern: what pages, server functions and the JSON API ask. The server's services answer, and so can
//! tests. No SQL, no HTTP types, no viewer: a port is made for whoever asks.

mod kills;
mod places;
mod status;
mod types;

pub use kills::{Kills, Paging};
pub use places::Places;
pub use status::Status;
pub use types::Types;

use std::sync::Arc;

/// Every port, for one asker.
pub trait Backend: Kills + Places + Types + Status {}

impl<T: Kills + Places + Types + Status> Backend for T {}

/// What the server puts into the context of every page and server function.
pub type BackendHandle = Arc<dyn Backend>;
