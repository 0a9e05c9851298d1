//! Which data the engine computes with: the file inside the binary, or the one that `tracker import-sde --dogma` stored.
//!
//! A file that cannot be used leaves the engine as it is and is tried again when the next one comes. Each load leaks its
//! 10 MB (see `engine`), so nothing is loaded twice for the same build.

use super::Engine;
use crate::{services::Services, static_import::dogma};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Runs until `stop`.
pub async fn run(services: Arc<Services>, stop: CancellationToken) {
    let mut news = services.static_cell().dogma_build();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            changed = news.changed() => if changed.is_err() { return },
        }
        let build = news.borrow_and_update().clone();
        match load(&services).await {
            Ok(engine) => {
                tracing::info!(build, engine = engine.build(), "the fit engine computes with other data");
                services.fits().replace_engine(engine);
            }
            Err(error) => tracing::error!(build, %error, "the fit engine's imported data cannot be used"),
        }
    }
}

async fn load(services: &Services) -> anyhow::Result<Arc<Engine>> {
    match dogma::load(services.store()).await? {
        Some(data) => Ok(Arc::new(tokio::task::spawn_blocking(move || Engine::new(data)).await??)),
        // Rolled back to nothing imported.
        None => Ok(Engine::bundled()),
    }
}
