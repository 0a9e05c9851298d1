//! Takes over static data that was imported while the server runs.
//!
//! PostgreSQL tells at once; every [`POLL`] the server looks itself, in case that news was lost. The data are read
//! off the async threads and swapped when whole: requests see the old or the new, never a mix. Data that cannot be
//! read leave the old in place. After a lost connection the wait grows from [`RETRY_FROM`] to [`POLL`].

use crate::{
    live::window::Amendment,
    services::Services,
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

pub async fn run(services: Arc<Services>, stop: CancellationToken) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = follow(&services) => {}
    }
}

async fn follow(services: &Services) {
    let mut backoff = Backoff::random(BackoffPolicy { first: RETRY_FROM, max: POLL });
    loop {
        let Err(error) = listen(services, &mut backoff).await;
        let pause = backoff.next_delay();
        tracing::warn!(%error, ?pause, "news of static data cannot be had");
        sleep(pause).await;
    }
}

/// Follows the news until the connection is lost.
async fn listen(services: &Services, backoff: &mut Backoff) -> Result<std::convert::Infallible, ImportError> {
    let mut listener = services.store().listen_for_snapshots().await?;
    loop {
        // After listening has begun, so that no change falls between.
        refresh(services).await?;
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
pub async fn refresh(services: &Services) -> Result<(), ImportError> {
    let dogma = services.store().find_current_snapshot(SnapshotKind::Dogma).await?;
    services.static_cell().dogma_is(dogma.map(|snapshot| snapshot.build));
    let wanted = load::winning(services.store()).await?;
    let (build, sha256) = match &wanted {
        Some(snapshot) if snapshot.build != BUNDLED_BUILD => (snapshot.build.as_str(), Some(snapshot.sha256.as_str())),
        _ => (BUNDLED_BUILD, None),
    };
    if services.static_cell().is(build, sha256) {
        return Ok(());
    }
    let loaded = match &wanted {
        Some(snapshot) => load::load_stored(services.store(), snapshot).await,
        None => load::load(services.store()).await.map(Some),
    };
    match loaded {
        Ok(Some(loaded)) => {
            let types = loaded.data.types().count();
            tracing::info!(build, types, "static data swapped");
            let data = Arc::clone(&loaded.data);
            services.static_cell().replace(loaded);
            services.prices().adopt(&data, services.now());
            // Kills of types that the old data did not know get their names.
            let window = Arc::clone(services.window());
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
            metrics::counter!("static_data_swap_failures_total").increment(1);
            tracing::error!(%error, build, "imported static data cannot be read; the old stay in use");
        }
    }
    Ok(())
}
