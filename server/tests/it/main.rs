//! The whole server against the simulator, a real PostgreSQL and their faults. One binary, one file per concern.

mod api;
mod crash;
mod feeds;
mod fits;
mod harness;
mod replay;
mod stream;
mod tidy;
