//! Which static data a server uses, and reading them. Reading takes a second of processor time and is done off the
//! async threads.

use super::ImportError;
use domain::{
    StaticData,
    static_data::{BUNDLED_BUILD, SnapshotError, build_number, bundled_archive, read_snapshot},
};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use store::{SnapshotInfo, SnapshotKind, Store, StoreError};

/// Static data in memory, and where they came from.
#[derive(Clone, Debug)]
pub struct Loaded {
    pub data: Arc<StaticData>,
    /// Of the stored archive; none for the data inside the binary.
    pub sha256: Option<String>,
}

impl Loaded {
    /// The data inside the binary. Unlike `StaticData::bundled` they are freed once imported ones have taken their
    /// place; servers in one process (tests) share them meanwhile.
    ///
    /// # Errors
    /// Never in a tested build: the archive is part of the binary.
    pub fn bundled() -> Result<Self, SnapshotError> {
        static SHARED: Mutex<Weak<StaticData>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        let data = match shared.upgrade() {
            Some(data) => data,
            None => {
                let data = Arc::new(decode(bundled_archive(), BUNDLED_BUILD)?);
                *shared = Arc::downgrade(&data);
                data
            }
        };
        Ok(Self { data, sha256: None })
    }
}

/// What an import builds upon and compares with.
#[derive(Debug)]
pub struct Base {
    pub build: String,
    pub archive: Vec<u8>,
    /// None while the data inside the binary are used and not stored.
    pub stored: Option<SnapshotInfo>,
}

/// The stored snapshot that wins over the one inside the binary, if any does.
///
/// # Errors
/// When the database does not answer.
pub async fn winning(store: &Store) -> Result<Option<SnapshotInfo>, StoreError> {
    let current = store.find_current_snapshot(SnapshotKind::UniverseTypes).await?;
    let bundled = build_number(BUNDLED_BUILD).unwrap_or(0);
    Ok(current.filter(|current| current.is_pinned || current.build_number >= bundled))
}

/// Loads the data to use. A stored archive that cannot be read is no reason not to start: the data inside the binary
/// are used then.
///
/// # Errors
/// When the database does not answer.
pub async fn load(store: &Store) -> Result<Loaded, ImportError> {
    let stored = match winning(store).await? {
        Some(snapshot) => load_stored(store, &snapshot).await,
        None => Ok(None),
    };
    match stored {
        Ok(Some(loaded)) => Ok(loaded),
        Ok(None) => Ok(tokio::task::spawn_blocking(Loaded::bundled).await??),
        Err(ImportError::Store(error)) => Err(error.into()),
        Err(error) => {
            tracing::error!(%error, "the stored static data cannot be read; using those inside the binary");
            Ok(tokio::task::spawn_blocking(Loaded::bundled).await??)
        }
    }
}

/// Loads a stored snapshot; `None` when it was deleted meanwhile.
///
/// # Errors
/// When it cannot be read or the database does not answer.
pub async fn load_stored(store: &Store, snapshot: &SnapshotInfo) -> Result<Option<Loaded>, ImportError> {
    if snapshot.build == BUNDLED_BUILD {
        return Ok(Some(tokio::task::spawn_blocking(Loaded::bundled).await??));
    }
    let Some(archive) = store.find_snapshot_archive(snapshot).await? else { return Ok(None) };
    let build = snapshot.build.clone();
    let data = tokio::task::spawn_blocking(move || decode(&archive, &build)).await??;
    Ok(Some(Loaded { data: Arc::new(data), sha256: Some(snapshot.sha256.clone()) }))
}

/// What the next import builds upon: the data in use now.
///
/// # Errors
/// When the database does not answer.
pub async fn base(store: &Store) -> Result<Base, StoreError> {
    if let Some(stored) = winning(store).await?
        && let Some(archive) = store.find_snapshot_archive(&stored).await?
    {
        return Ok(Base { build: stored.build.clone(), archive, stored: Some(stored) });
    }
    Ok(Base { build: BUNDLED_BUILD.to_owned(), archive: bundled_archive().to_vec(), stored: None })
}

/// Unpacks and indexes an archive. The name under which it is stored counts, not the one inside.
///
/// # Errors
/// When it is damaged.
pub fn decode(archive: &[u8], build: &str) -> Result<StaticData, SnapshotError> {
    let mut rows = read_snapshot(archive)?;
    build.clone_into(&mut rows.build);
    Ok(StaticData::new(rows))
}
