//! Static data from outside: CCP's archive or the fit engine's file becomes a stored snapshot, servers that run take
//! it over, and an operator can go back to the one before.
//!
//! An import reads and checks everything first, then changes the database in one transaction; whatever fails leaves
//! the old data in place. Reports compare with the snapshot that is replaced: when another node imports meanwhile,
//! the comparison is made again. Which data a server uses: the current snapshot, unless the one inside the binary is
//! newer; a snapshot that the operator chose (rollback, forced downgrade) wins even then.

pub mod dogma;
pub mod download;
mod error;
pub mod load;
pub mod sde;

pub use error::{DogmaError, ImportError};

use domain::{
    StaticData,
    static_data::{BUNDLED_BUILD, SnapshotTables, StaticReport, build_number, bundled_archive},
};
use error::MAX_PACKED_BYTES;
use std::path::PathBuf;
use store::{Downgrade, NewSnapshot, SnapshotInfo, SnapshotKind, SnapshotOutcome, Store};

/// How often an import starts again because another node was faster.
const ATTEMPTS: u32 = 5;

/// What an import did.
#[derive(Clone, Debug, PartialEq)]
pub enum Import {
    Installed {
        build: String,
        previous: Option<String>,
        /// For types and the universe.
        report: Option<Box<StaticReport>>,
        /// Files of CCP's archive that this version does not know.
        unknown_files: Vec<String>,
    },
    UpToDate {
        build: String,
    },
}

/// CCP's archive on disk.
#[derive(Clone, Debug)]
pub struct SdeFile {
    pub path: PathBuf,
    /// When it was downloaded.
    pub etag: Option<String>,
}

/// Imports CCP's archive.
///
/// # Errors
/// When the archive is unusable, older than the current build (unless allowed), or the database does not answer.
pub async fn import_sde(store: &Store, file: &SdeFile, downgrade: Downgrade) -> Result<Import, ImportError> {
    for _ in 0..ATTEMPTS {
        let base = load::base(store).await?;
        let path = file.path.clone();
        let old_archive = base.archive.clone();
        let old_build = base.build.clone();
        let made = tokio::task::spawn_blocking(move || prepare(&path, &old_archive, &old_build)).await??;
        let base_sha = match &base.stored {
            Some(stored) => stored.sha256.clone(),
            // So that a rollback can return to the data inside this binary.
            None => match store_bundled(store, &base).await? {
                Some(sha) => sha,
                None => continue,
            },
        };
        let report = serde_json::to_value(&made.report).expect("a report has string keys only");
        let new = NewSnapshot {
            kind: SnapshotKind::UniverseTypes,
            build: &made.build,
            build_number: made.build_number,
            archive: &made.archive,
            report: Some(&report),
            source_etag: file.etag.as_deref(),
            expected_current: Some(&base_sha),
            downgrade,
        };
        match store.install_snapshot(new, Some(&made.data)).await? {
            SnapshotOutcome::Installed => {
                return Ok(Import::Installed {
                    build: made.build,
                    previous: Some(base.build),
                    report: Some(Box::new(made.report)),
                    unknown_files: made.unknown_files,
                });
            }
            SnapshotOutcome::UpToDate => return Ok(Import::UpToDate { build: made.build }),
            SnapshotOutcome::Downgrade { current } => return Err(ImportError::Downgrade { new: made.build, current }),
            SnapshotOutcome::Overtaken => {}
        }
    }
    Err(ImportError::Overtaken)
}

/// A snapshot ready to be stored.
struct Prepared {
    build: String,
    build_number: u64,
    archive: Vec<u8>,
    data: StaticData,
    report: StaticReport,
    unknown_files: Vec<String>,
}

fn prepare(path: &std::path::Path, old_archive: &[u8], old_build: &str) -> Result<Prepared, ImportError> {
    let read = sde::read_file(path, &SnapshotTables::read(old_archive)?)?;
    let archive = read.tables.write()?;
    if archive.len() > MAX_PACKED_BYTES {
        return Err(ImportError::TooLarge(archive.len()));
    }
    // Read back by the very code that servers use: what they cannot read is never stored.
    let data = load::decode(&archive, &read.build)?;
    let report = StaticReport::between(&load::decode(old_archive, old_build)?, &data);
    let (build, build_number, unknown_files) = (read.build, read.build_number, read.unknown_files);
    Ok(Prepared { build, build_number, archive, data, report, unknown_files })
}

/// Stores the snapshot inside this binary as the current one. Returns its `sha256`, `None` when somebody else was
/// faster.
async fn store_bundled(store: &Store, base: &load::Base) -> Result<Option<String>, ImportError> {
    let current = store.find_current_snapshot(SnapshotKind::UniverseTypes).await?;
    let new = NewSnapshot {
        kind: SnapshotKind::UniverseTypes,
        build: &base.build,
        build_number: build_number(BUNDLED_BUILD).unwrap_or(0),
        archive: bundled_archive(),
        report: None,
        source_etag: None,
        expected_current: current.as_ref().map(|current| current.sha256.as_str()),
        downgrade: Downgrade::Refuse,
    };
    match store.install_snapshot(new, None).await? {
        SnapshotOutcome::Installed | SnapshotOutcome::UpToDate => {}
        SnapshotOutcome::Overtaken | SnapshotOutcome::Downgrade { .. } => return Ok(None),
    }
    let stored = store.find_current_snapshot(SnapshotKind::UniverseTypes).await?;
    Ok(stored.filter(|stored| stored.build == base.build).map(|stored| stored.sha256))
}

/// Imports the fit engine's data file.
///
/// # Errors
/// As [`import_sde`].
pub async fn import_dogma(store: &Store, path: PathBuf, downgrade: Downgrade) -> Result<Import, ImportError> {
    let file = tokio::task::spawn_blocking(move || dogma::read_file(&path)).await??;
    if file.packed.len() > MAX_PACKED_BYTES {
        return Err(ImportError::TooLarge(file.packed.len()));
    }
    for _ in 0..ATTEMPTS {
        let current = store.find_current_snapshot(SnapshotKind::Dogma).await?;
        let new = NewSnapshot {
            kind: SnapshotKind::Dogma,
            build: &file.build,
            build_number: file.build_number,
            archive: &file.packed,
            report: None,
            source_etag: None,
            expected_current: current.as_ref().map(|current| current.sha256.as_str()),
            downgrade,
        };
        match store.install_snapshot(new, None).await? {
            SnapshotOutcome::Installed => {
                let previous = current.map(|current| current.build);
                return Ok(Import::Installed { build: file.build, previous, report: None, unknown_files: Vec::new() });
            }
            SnapshotOutcome::UpToDate => return Ok(Import::UpToDate { build: file.build }),
            SnapshotOutcome::Downgrade { current } => return Err(ImportError::Downgrade { new: file.build, current }),
            SnapshotOutcome::Overtaken => {}
        }
    }
    Err(ImportError::Overtaken)
}

/// Makes the previous snapshot of a kind current and returns it.
///
/// # Errors
/// When there is none, or it cannot be read, or the database does not answer.
pub async fn rollback(store: &Store, kind: SnapshotKind) -> Result<SnapshotInfo, ImportError> {
    let snapshots = store.list_snapshots().await?;
    let previous = snapshots
        .into_iter()
        .find(|snapshot| snapshot.kind == kind && !snapshot.is_current)
        .ok_or(ImportError::NoPrevious(kind))?;
    let archive = store.find_snapshot_archive(&previous).await?.ok_or(ImportError::NoPrevious(kind))?;
    let build = previous.build.clone();
    let data = match kind {
        SnapshotKind::UniverseTypes => {
            Some(tokio::task::spawn_blocking(move || load::decode(&archive, &build)).await??)
        }
        SnapshotKind::Dogma => None,
    };
    match store.restore_snapshot(&previous, data.as_ref()).await? {
        SnapshotOutcome::Installed => Ok(previous),
        _ => Err(ImportError::Overtaken),
    }
}
