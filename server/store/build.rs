//! Recompiles this crate when a migration or a query's description changes: neither is a Rust file.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
    println!("cargo:rerun-if-changed=../../.sqlx");
}
