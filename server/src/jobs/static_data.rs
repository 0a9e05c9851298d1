//! Takes over static data that was imported while the server runs.
//!
//! PostgreSQL tells at once; every [`POLL`] the server looks itself, in case that news was lost. The data are read
//! off the async threads and swapped when whole: requests see the old or the new, never a mix. Data that cannot be
//! read leave the old in place. After a lost connection the wait grows from [`RETRY_FROM`] to [`POLL`].

use crate::{
    books::Books,
    live::window::Amendment,
    static_import::{ImportError, load},
};
use domain::static_data::BUNDLED_BUILD;
use std::{sync::Arc, time::Duration};
use store::SnapshotKind;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use upstream::retry::{Backoff, BackoffPolicy};

const POLL: Duration = Duration::from_secs(60);
const RETRY_FROM: Duration = Duration::from_secs(1);

pub async fn run(books: Arc<Books>, stop: CancellationToken) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = follow(&books) => {}
    }
}

async fn follow(books: &Books) {
    let mut backoff = Backoff::random(BackoffPolicy { first: RETRY_FROM, max: POLL });
    loop {
        let Err(error) = listen(books, &mut backoff).await;
        let pause = backoff.next_delay();
        tracing::warn!(%error, ?pause, "news of static data cannot be had");
        sleep(pause).await;
    }
}

/// Follows the news until the connection is lost.
async fn listen(books: &Books, backoff: &mut Backoff) -> Result<std::convert::Infallible, ImportError> {
    let mut listener = books.node().store().listen_for_snapshots().await?;
    loop {
        // After listening has begun, so that no change falls between.
        refresh(books).await?;
        backoff.reset();
        if let Ok(news) = timeout(POLL, listener.changed()).await {
            news?;
        }
    }
}

/// Takes over the stored data when they are others than those in memory.
///
/// # Errors
/// When the database does not answer. Data that cannot be read are logged, and the old stay.
pub async fn refresh(books: &Books) -> Result<(), ImportError> {
    let dogma = books.node().store().find_current_snapshot(SnapshotKind::Dogma).await?;
    books.node().static_cell().dogma_is(dogma.map(|snapshot| snapshot.build));
    let wanted = load::winning(books.node().store()).await?;
    let (build, sha256) = match &wanted {
        Some(snapshot) if snapshot.build != BUNDLED_BUILD => (snapshot.build.as_str(), Some(snapshot.sha256.as_str())),
        _ => (BUNDLED_BUILD, None),
    };
    if books.node().static_cell().is(build, sha256) {
        return Ok(());
    }
    let loaded = match &wanted {
        Some(snapshot) => load::load_stored(books.node().store(), snapshot).await,
        None => load::load(books.node().store()).await.map(Some),
    };
    match loaded {
        Ok(Some(loaded)) => {
            let types = loaded.data.types().count();
            tracing::info!(build, types, "static data swapped");
            let data = Arc::clone(&loaded.data);
            books.node().static_cell().replace(loaded);
            books.prices().adopt(&data, books.node().now());
            // Kills of types that the old data did not know get their names.
            let window = Arc::clone(books.node().window());
            tokio::task::spawn_blocking(move || {
                for id in window.ids() {
                    window.amend(id, Amendment::StaticData(&data));
                }
            })
            .await?;
        }
        // Deleted meanwhile: the news of that is on its way.
        Ok(None) => {}
        Err(ImportError::Store(error)) => return Err(error.into()),
        Err(error) => {
            metrics::counter!(crate::meters::STATIC_DATA_SWAP_FAILURES_TOTAL).increment(1);
            tracing::error!(%error, build, "imported static data cannot be read; the old stay in use");
        }
    }
    Ok(())
}
