//! CCP's JSON Lines archive as the tables of a snapshot.
//!
//! The archive is read by the crate `eve-sde`, table by table, so that memory stays small. What a snapshot has and
//! the archive lacks is either worked out here (slots from effects, security bands, wormhole classes, station names)
//! or kept from the snapshot before. Tables that this version does not know are kept byte for byte.

mod dogma;
mod error;
mod names;
mod table;
mod types;
mod universe;

pub use error::SdeError;

use domain::static_data::{BUILD_ENTRY, SnapshotTables};
use eve_sde::Archive;
use std::{
    io::{Read, Seek},
    path::Path,
};

/// Tables made from an archive, and which build they are.
#[derive(Debug)]
pub struct SdeTables {
    pub build: String,
    pub build_number: u64,
    pub tables: SnapshotTables,
    /// Files of the archive that the reader does not know: CCP added something.
    pub unknown_files: Vec<String>,
}

/// Reads an archive on disk. Takes seconds and blocks.
///
/// # Errors
/// When the file is not CCP's archive, is damaged, or misses something that is needed; the error names it.
pub fn read_file(path: &Path, previous: &SnapshotTables) -> Result<SdeTables, SdeError> {
    read(&mut Archive::open(path)?, previous)
}

/// Reads an archive.
///
/// # Errors
/// As [`read_file`].
pub fn read<R: Read + Seek>(archive: &mut Archive<R>, previous: &SnapshotTables) -> Result<SdeTables, SdeError> {
    let mut tables = previous.clone();
    let modules = dogma::read(archive, &mut tables)?;
    types::read(archive, &modules, &mut tables)?;
    let places = universe::read(archive, &mut tables)?;
    names::read(archive, &places, &mut tables)?;

    let info = archive.build().clone();
    let date = info.release_date.as_deref().and_then(|date| date.get(..10)).unwrap_or("undated");
    let build = format!("{date} (build {})", info.build_number);
    tables.insert(BUILD_ENTRY, format!("{build}\n").into_bytes());
    Ok(SdeTables {
        build,
        build_number: u64::from(info.build_number),
        tables,
        unknown_files: archive.unmodeled_files().to_vec(),
    })
}

#[cfg(test)]
#[path = "sde_tests.rs"]
mod tests;
