//! The newest archive from CCP, when it is newer than what is stored, as a temporary file.

use super::{ImportError, SdeFile, load};
use domain::static_data::{BUNDLED_BUILD, build_number};
use std::io::Write;
use store::{Downgrade, Store};
use tempfile::NamedTempFile;
use upstream::sde::{Latest, SdeClient};

/// What CCP has.
#[derive(Debug)]
pub enum Download {
    /// Nothing newer than this build.
    UpToDate { build: String },
    Archive {
        file: SdeFile,
        /// Deletes the file in the end.
        guard: NamedTempFile,
    },
}

/// Asks CCP for the newest build and fetches it if it is to be imported.
///
/// # Errors
/// When CCP, the database or the disk does not answer.
pub async fn newest(store: &Store, client: &SdeClient, downgrade: Downgrade) -> Result<Download, ImportError> {
    let stored = load::winning(store).await?;
    let (build, number) = match &stored {
        Some(stored) => (stored.build.as_str(), Some(stored.build_number)),
        // The universe inside the binary is older than its types: the same build is worth importing.
        None => (BUNDLED_BUILD, build_number(BUNDLED_BUILD).map(|number| number.saturating_sub(1))),
    };
    let etag = stored.as_ref().and_then(|stored| stored.source_etag.as_deref());
    let (latest, etag) = match client.latest(etag).await? {
        Latest::Unchanged => return Ok(Download::UpToDate { build: build.to_owned() }),
        Latest::Available { build, etag } => (build, etag),
    };
    if number.is_some_and(|number| latest <= number) && downgrade == Downgrade::Refuse {
        return Ok(Download::UpToDate { build: build.to_owned() });
    }
    tracing::info!(build = latest, "fetching static data");
    let mut body = client.download(latest).await?;
    let mut guard = NamedTempFile::new()?;
    while let Some(chunk) = body.chunk().await? {
        // Some kilobytes into the page cache: too little to be worth another thread.
        guard.write_all(chunk.as_ref())?;
    }
    guard.flush()?;
    Ok(Download::Archive { file: SdeFile { path: guard.path().to_owned(), etag }, guard })
}
