//! Which data the engine computes with: the file inside the binary, or the one that `tracker import-sde --dogma` stored.
//!
//! A file that cannot be used leaves the engine as it is and is tried again when the next one comes. Each load leaks its
//! 10 MB (see `fitting::data`), so the engines of the last files are kept: going back to the one before loads nothing.

use crate::{
    books::Books,
    static_import::{ImportError, dogma},
};
use fitting::{Engine, EngineError};
use std::{collections::VecDeque, sync::Arc};
use store::{SnapshotKind, StoreError};
use tokio::task::JoinError;
use tokio_util::sync::CancellationToken;

/// As many as the database keeps files: the current one and the one before.
const KEPT: usize = 2;

/// Runs until `stop`.
pub async fn run(books: Arc<Books>, stop: CancellationToken) {
    let mut news = books.node().static_cell().dogma_build();
    let mut engines = Engines::default();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            changed = news.changed() => if changed.is_err() { return },
        }
        let build = news.borrow_and_update().clone();
        match current(&books, &mut engines).await {
            Ok(engine) => {
                tracing::info!(build, engine = engine.build(), "the fit engine computes with other data");
                books.fits().replace_engine(engine);
            }
            Err(error) => tracing::error!(build, %error, "the fit engine's imported data cannot be used"),
        }
    }
}

/// Why the engine stays as it is.
#[derive(Debug, thiserror::Error)]
enum LoadError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    File(#[from] ImportError),
    #[error("another file was imported meanwhile")]
    Overtaken,
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error("loading ended early")]
    Ended(#[from] JoinError),
}

async fn current(books: &Books, engines: &mut Engines) -> Result<Arc<Engine>, LoadError> {
    let store = books.node().store();
    // None where it was rolled back to nothing imported.
    let Some(snapshot) = store.find_current_snapshot(SnapshotKind::Dogma).await? else { return Ok(Engine::bundled()) };
    let load = async {
        let Some(data) = dogma::unpack(store, &snapshot).await? else {
            return Err(LoadError::Overtaken);
        };
        Ok(Arc::new(tokio::task::spawn_blocking(move || Engine::new(data)).await??))
    };
    engines.get_or_load(&snapshot.sha256, load).await
}

/// Engines by the digest of their file, the last used one last.
#[derive(Default)]
struct Engines(VecDeque<(String, Arc<Engine>)>);

impl Engines {
    /// `load` is awaited only for a file that is not kept.
    async fn get_or_load(
        &mut self,
        sha256: &str,
        load: impl Future<Output = Result<Arc<Engine>, LoadError>>,
    ) -> Result<Arc<Engine>, LoadError> {
        let kept = self.0.iter().position(|(of, _)| of == sha256).and_then(|index| self.0.remove(index));
        let engine = match kept {
            Some((_, engine)) => engine,
            None => load.await?,
        };
        self.0.push_back((sha256.to_owned(), Arc::clone(&engine)));
        if self.0.len() > KEPT {
            self.0.pop_front();
        }
        Ok(engine)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn going_back_and_forth_between_two_files_loads_each_once() {
        let mut engines = Engines::default();
        let mut loads = Vec::new();
        for file in ["a", "b", "a", "b", "c", "b", "a"] {
            let load = async {
                loads.push(file);
                Ok(Engine::bundled())
            };
            engines.get_or_load(file, load).await.expect("loaded");
        }
        assert_eq!(loads, ["a", "b", "c", "a"], "the last two are kept");
        let failed = engines.get_or_load("d", async { Err(LoadError::Overtaken) }).await;
        assert!(failed.is_err() && engines.0.len() == KEPT, "what is kept stays");
    }
}
