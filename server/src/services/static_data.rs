//! The static data of this process, and how it is replaced while requests are answered.
//!
//! Readers take an [`Arc`] and are never blocked, not even by a swap. The old data are freed by the last reader that
//! still holds them. What to load, and when, is decided in [`crate::static_import`].

use arc_swap::ArcSwap;
use domain::StaticData;
use std::sync::Arc;

/// The current static data.
#[derive(Debug)]
pub struct StaticCell {
    current: ArcSwap<StaticData>,
}

impl StaticCell {
    pub fn new(data: Arc<StaticData>) -> Self {
        announce(data.build(), 1.0);
        Self { current: ArcSwap::new(data) }
    }

    pub fn current(&self) -> Arc<StaticData> {
        self.current.load_full()
    }

    /// Replaces the data. Calls that have begun finish with the old.
    pub fn replace(&self, data: Arc<StaticData>) {
        let build = data.build().to_owned();
        let old = self.current.swap(data);
        if old.build() != build {
            announce(old.build(), 0.0);
        }
        announce(&build, 1.0);
    }
}

/// 1 for the build in use, 0 for one that was in use before.
fn announce(build: &str, value: f64) {
    metrics::gauge!("static_data_build_info", "build" => build.to_owned()).set(value);
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::static_data::StaticRows;
    use std::thread;

    fn build(name: &str) -> Arc<StaticData> {
        Arc::new(StaticData::new(StaticRows { build: name.to_owned(), ..StaticRows::default() }))
    }

    #[test]
    fn the_old_data_are_freed_by_their_last_reader() {
        let cell = StaticCell::new(build("old"));
        let reader = cell.current();
        let old = Arc::downgrade(&reader);
        cell.replace(build("new"));
        assert_eq!((reader.build(), cell.current().build()), ("old", "new"));
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
}
