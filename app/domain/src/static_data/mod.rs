//! Types, groups, systems and regions by id: CCP's static data export, indexed in memory.
//!
//! Owns the shape (`rows.rs`) and the look-ups (`data.rs`). Where the rows come from is not its concern: the bundled snapshot
//! (`snapshot.rs`, native only) or an import elsewhere; [`StaticData::new`] takes plain rows.

#[cfg(feature = "snapshot")]
mod archive;
mod build;
#[cfg(feature = "snapshot")]
mod celestials;
mod data;
mod dogma;
mod gates;
mod report;
mod rows;
#[cfg(feature = "snapshot")]
mod snapshot;

#[cfg(feature = "snapshot")]
pub use archive::{BUILD_ENTRY, SnapshotError, SnapshotTables};
pub use build::build_number;
#[cfg(feature = "snapshot")]
pub use celestials::{Celestials, CelestialsError, Nearest};
pub use data::StaticData;
pub use dogma::Dogma;
pub use report::{Difference, Listing, NamedEntry, StaticReport};
pub use rows::{
    CelestialKind, ConstellationInfo, GroupInfo, Hardpoint, Landmark, RegionInfo, Stargate, StaticRows, SystemInfo,
    TypeInfo,
};
#[cfg(feature = "snapshot")]
pub use snapshot::{BUNDLED_BUILD, bundled_archive, read_snapshot};
#[cfg(test)]
pub(crate) use snapshot::{SNAPSHOT, read_table};
