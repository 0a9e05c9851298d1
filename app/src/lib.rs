//! The user interface.
//!
//! Feature `ssr` builds the server's half (rendering, asking the ports of [`contract`]), `hydrate` the browser's half;
//! never both in one binary. Owns pages, components and the live store; knows no SQL and no upstream.

#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test"))]

#[cfg(feature = "ssr")]
pub mod backend;
pub mod functions;
pub mod routes;

mod app;
mod components;
mod format;
mod live;
mod pages;
mod request;
#[cfg(feature = "ssr")]
mod shell;
#[cfg(all(test, feature = "ssr"))]
mod testing;

pub use app::App;
#[cfg(feature = "ssr")]
pub use shell::{Assets, shell};
