//! From the pipeline to the sockets: the hot window and the hub. The sessions, which speak to sockets, are in
//! `http::stream`.
//!
//! ```text
//! pipeline --publish--> Window --broadcast--> Hub --one frame per distinct filter--> Session (bounded queue) --> socket
//! ```
//! Guarantees: nothing here waits for the database on the way from feed to socket; a slow socket loses its queue, not
//! the others' time; a client that lags gets fewer, larger batches.

pub mod event;
pub mod frame;
pub mod hub;
#[cfg(test)]
mod testing;
pub mod watchers;
pub mod window;

pub use event::{EVENT_CAPACITY, LiveEvent};
pub use window::{LiveKill, Window};
