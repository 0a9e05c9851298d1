//! The static data of this process, and how it is replaced while requests are answered.
//!
//! Readers take an [`Arc`] and are never blocked, not even by a swap. The old data are freed by the last reader that
//! still holds them. What to load, and when, is decided in [`crate::static_import`].

use crate::static_import::load::Loaded;
use arc_swap::ArcSwap;
use domain::StaticData;
use std::sync::Arc;
use tokio::sync::watch;

/// The current static data.
#[derive(Debug)]
pub struct StaticCell {
    current: ArcSwap<Loaded>,
    /// Build of the fit engine's imported file.
    dogma: watch::Sender<Option<String>>,
}

impl StaticCell {
    pub fn new(loaded: Loaded) -> Self {
        announce(loaded.data.build(), 1.0);
        Self { current: ArcSwap::from_pointee(loaded), dogma: watch::Sender::new(None) }
    }

    pub fn current(&self) -> Arc<StaticData> {
        Arc::clone(&self.current.load().data)
    }

    /// Whether the data in use are these.
    pub fn is(&self, build: &str, sha256: Option<&str>) -> bool {
        let current = self.current.load();
        current.data.build() == build && current.sha256.as_deref() == sha256
    }

    /// Replaces the data. Calls that have begun finish with the old.
    pub fn replace(&self, loaded: Loaded) {
        let build = loaded.data.build().to_owned();
        let old = self.current.swap(Arc::new(loaded));
        if old.data.build() != build {
            announce(old.data.build(), 0.0);
        }
        announce(&build, 1.0);
    }

    /// Tells those who wait on [`StaticCell::dogma_build`] when the fit engine's file is another.
    pub fn dogma_is(&self, build: Option<String>) {
        self.dogma.send_if_modified(|current| {
            let is_other = *current != build;
            *current = build;
            is_other
        });
    }

    /// The build of the fit engine's imported file, and news of a change; `static_import::dogma::load` reads it.
    pub fn dogma_build(&self) -> watch::Receiver<Option<String>> {
        self.dogma.subscribe()
    }
}

/// 1 for the build in use, 0 for one that was in use before.
fn announce(build: &str, value: f64) {
    metrics::gauge!(crate::meters::STATIC_DATA_BUILD_INFO, "build" => build.to_owned()).set(value);
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::static_data::StaticRows;
    use std::thread;

    fn build(name: &str) -> Loaded {
        let rows = StaticRows { build: name.to_owned(), ..StaticRows::default() };
        Loaded { data: Arc::new(StaticData::new(rows)), sha256: Some(name.to_owned()) }
    }

    #[test]
    fn the_old_data_are_freed_by_their_last_reader() {
        let cell = StaticCell::new(build("old"));
        let reader = cell.current();
        let old = Arc::downgrade(&reader);
        cell.replace(build("new"));
        assert_eq!((reader.build(), cell.current().build()), ("old", "new"));
        assert!(cell.is("new", Some("new")) && !cell.is("new", None) && !cell.is("old", Some("old")));
        drop(reader);
        assert!(old.upgrade().is_none(), "the old data stay in memory");
    }

    #[test]
    fn readers_see_old_or_new_while_it_is_swapped() {
        let cell = StaticCell::new(build("0"));
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    let mut last = 0_u32;
                    while last < 200 {
                        let seen: u32 = cell.current().build().parse().expect("a number");
                        assert!(seen >= last, "{seen} after {last}");
                        last = seen;
                    }
                });
            }
            for number in 1..=200 {
                cell.replace(build(&number.to_string()));
                thread::yield_now();
            }
        });
    }

    #[test]
    fn news_of_the_engines_file_come_once() {
        let cell = StaticCell::new(build("0"));
        let mut news = cell.dogma_build();
        cell.dogma_is(None);
        assert!(!news.has_changed().expect("open"));
        cell.dogma_is(Some("dogma (build 1)".to_owned()));
        assert!(news.has_changed().expect("open"));
        assert_eq!(news.borrow_and_update().as_deref(), Some("dogma (build 1)"));
    }
}
