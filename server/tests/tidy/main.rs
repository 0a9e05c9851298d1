//! Rules of this repository that a compiler does not know, read from its own files. No database, no server.

mod circles;
mod errors;
mod house;
mod layers;
mod queries;
mod reader;
mod workspace;
