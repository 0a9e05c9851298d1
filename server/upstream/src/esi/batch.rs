//! Lists of ids in bulk.
//!
//! ESI refuses a whole list when it cannot resolve one of its ids. The list is then halved until the bad id stands
//! alone, which costs about log2(1000) failures per bad id, of the 100 a minute that the host allows for everything.
//! So halving stops while the window still has a third of its errors for others; the rest is `deferred`. Bad ids are
//! remembered for a day and not sent again, so every round gets further.

use super::caller::{Caller, Route};
use crate::UpstreamError;
use cached::{CacheMetrics, ShardedLruTtlCache};
use domain::ids::MAX_JSON_INTEGER;
use std::{collections::HashSet, time::Duration};

/// ESI's limit on one list.
const MAX_IDS: usize = 1000;
/// Of a window's errors, those that isolating bad ids may not use.
const KEPT_FOR_OTHERS_PERCENT: i64 = 33;
const MAX_BAD_IDS: usize = 100_000;
const BAD_FOR: Duration = Duration::from_secs(86_400);

/// Ids that ESI refused, by route.
pub(super) struct BadIds(ShardedLruTtlCache<(&'static str, i64), ()>);

impl BadIds {
    pub fn new() -> Self {
        let ids = ShardedLruTtlCache::builder().max_size(MAX_BAD_IDS).ttl(BAD_FOR);
        Self(ids.build().expect("size and time are above zero"))
    }

    fn contains(&self, route: Route, id: i64) -> bool {
        self.0.get(&(route.name, id)).is_some()
    }

    fn add(&self, route: Route, id: i64) {
        self.0.set((route.name, id), ());
        metrics::counter!(crate::meters::ESI_BAD_IDS_TOTAL, "route" => route.name).increment(1);
    }

    pub fn metrics(&self) -> CacheMetrics {
        self.0.metrics()
    }
}

/// Every id asked for is in exactly one of the three, or has a row.
pub(super) struct Sorted<R> {
    pub rows: Vec<R>,
    pub unresolved: Vec<i64>,
    pub deferred: Vec<i64>,
}

/// Asks for any number of ids; duplicates once. `read` makes rows of an answer, each with its id.
///
/// # Errors
/// When ESI fails before anything was resolved.
pub(super) async fn ask<R>(
    caller: &Caller,
    bad: &BadIds,
    route: Route,
    path: &str,
    ids: &[i64],
    read: impl Fn(&[u8]) -> Result<Vec<(i64, R)>, UpstreamError>,
) -> Result<Sorted<R>, UpstreamError> {
    let mut seen = HashSet::new();
    let unique = ids.iter().copied().filter(|id| seen.insert(*id));
    let (askable, impossible): (Vec<i64>, Vec<i64>) =
        unique.partition(|id| (1..=MAX_JSON_INTEGER).contains(id) && !bad.contains(route, *id));
    let mut sorted = Sorted { rows: Vec::new(), unresolved: impossible, deferred: Vec::new() };
    let mut has_answered = false;
    // A stack of lists still to ask; halves go back on it.
    let mut lists: Vec<&[i64]> = askable.chunks(MAX_IDS).rev().collect();
    while let Some(list) = lists.pop() {
        let answer = caller.post(route, path, list).await.and_then(|response| {
            let response = response.into_success()?;
            read(&response.body)
        });
        match answer {
            Ok(rows) => {
                has_answered = true;
                let asked: HashSet<i64> = list.iter().copied().collect();
                let mut resolved = HashSet::new();
                sorted.rows.extend(
                    rows.into_iter().filter(|(id, _)| asked.contains(id) && resolved.insert(*id)).map(|(_, row)| row),
                );
                sorted.unresolved.extend(list.iter().filter(|id| !resolved.contains(id)));
            }
            Err(UpstreamError::NotFound | UpstreamError::Status { status: 400 | 422, .. }) => {
                has_answered = true;
                if let [single] = list {
                    bad.add(route, *single);
                    sorted.unresolved.push(*single);
                    continue;
                }
                let left_percent = caller.discipline.limiter().errors_left_percent();
                if left_percent.is_some_and(|percent| percent <= KEPT_FOR_OTHERS_PERCENT) {
                    metrics::counter!(crate::meters::ESI_BISECTIONS_DEFERRED_TOTAL, "route" => route.name).increment(1);
                    sorted.deferred.extend(list);
                    sorted.deferred.extend(lists.drain(..).flatten());
                } else {
                    let (left, right) = list.split_at(list.len() / 2);
                    lists.push(right);
                    lists.push(left);
                }
            }
            Err(error) if !has_answered => return Err(error),
            Err(error) => {
                tracing::warn!(kind = error.kind(), route = route.name, "esi failed amid a list of ids");
                sorted.deferred.extend(list);
                sorted.deferred.extend(lists.drain(..).flatten());
            }
        }
    }
    Ok(sorted)
}
