//! Everything that leaves the house: kill feeds, ESI, price services, the image server, and the one HTTP client they
//! share.
//!
//! Owns wire formats, timeouts, size limits, pacing and retries of the outside world. Hands on domain values and
//! verbatim texts. Does not decode killmails, store anything, decide between feeds or start tasks: those are the
//! server's. The formats and their quirks are described in docs beside the adapters; time and randomness come in as
//! arguments, except for waiting, which uses tokio's clock so that tests can stop it.

#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test"))]
#![cfg_attr(
    test,
    allow(clippy::disallowed_methods, reason = "tests run by the machine's time, and start what they need")
)]

pub mod archive;
pub mod breaker;
mod clock;
pub mod discipline;
pub mod error;
pub mod esi;
pub mod feed;
mod flight;
pub mod http;
pub mod images;
pub mod janice;
pub mod meters;
pub mod mutamarket;
pub mod rate;
pub mod retry;
pub mod sde;
#[cfg(test)]
mod testing;

pub use clock::Clock;
#[cfg(any(test, feature = "testing"))]
pub use clock::Hands;
pub use discipline::{Discipline, DisciplineOptions, UpstreamHealth};
pub use error::UpstreamError;
pub use http::{HttpClient, HttpOptions};
