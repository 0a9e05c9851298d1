//! Rules of this repository that a compiler does not know, read from its own files. No database, no server.

#![allow(clippy::disallowed_methods, reason = "tests run by the machine's time, and start what they need")]

mod circles;
mod errors;
mod house;
mod layers;
mod meters;
mod numbers;
mod queries;
mod reader;
mod workspace;
