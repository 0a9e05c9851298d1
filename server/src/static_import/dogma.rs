//! The fit engine's data file (`sde.dat`): checked by the engine's own reader, stored packed.

use super::error::{DogmaError, ImportError, MAX_FILE_BYTES};
use std::{io::Read, path::Path};
use store::{SnapshotInfo, SnapshotKind, Store};

const COMPRESSION_LEVEL: i32 = 12;

/// A checked file, packed for storing.
#[derive(Debug)]
pub struct DogmaFile {
    pub build: String,
    pub build_number: u64,
    pub packed: Vec<u8>,
}

/// Reads, checks and packs a file. Takes seconds and blocks.
///
/// # Errors
/// When the engine cannot use the file.
pub fn read_file(path: &Path) -> Result<DogmaFile, DogmaError> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(DogmaError::TooLarge);
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return Err(DogmaError::IsZip);
    }
    let build_number = fitting::build_number(&bytes)?;
    Ok(DogmaFile {
        build: format!("dogma (build {build_number})"),
        build_number,
        packed: zstd::encode_all(bytes.as_slice(), COMPRESSION_LEVEL)?,
    })
}

/// The current file, unpacked; none when none was imported. A file stored under another version of the engine may
/// no longer be usable by this one: then it is an error, not a file.
///
/// # Errors
/// When the database does not answer or the engine cannot use the file.
pub async fn load(store: &Store) -> Result<Option<Vec<u8>>, ImportError> {
    match store.find_current_snapshot(SnapshotKind::Dogma).await? {
        Some(current) => unpack(store, &current).await,
        None => Ok(None),
    }
}

/// The file of a snapshot, unpacked; none when it was deleted meanwhile.
///
/// # Errors
/// As [`load`].
pub async fn unpack(store: &Store, snapshot: &SnapshotInfo) -> Result<Option<Vec<u8>>, ImportError> {
    let Some(packed) = store.find_snapshot_archive(snapshot).await? else { return Ok(None) };
    let unpacked = tokio::task::spawn_blocking(move || -> Result<Vec<u8>, DogmaError> {
        let mut bytes = Vec::new();
        zstd::Decoder::new(packed.as_slice())?.take(MAX_FILE_BYTES).read_to_end(&mut bytes)?;
        fitting::build_number(&bytes)?;
        Ok(bytes)
    });
    Ok(Some(unpacked.await??))
}
