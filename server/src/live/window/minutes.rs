//! The counters behind the sparkline: kills and their value by minute, for the last hour.

use chrono::TimeDelta;
use contract::MinuteBucket;
use domain::{Isk, KillRecord, Timestamp};
use std::collections::VecDeque;

/// Minutes of history shown.
const SHOWN: usize = 60;
/// A kill that took longer to arrive counts for the minute of the loss: history that was closed at once is no rush.
const LATE: TimeDelta = TimeDelta::minutes(5);

/// Newest last; the key is minutes since the epoch.
#[derive(Debug, Default)]
pub(super) struct Minutes(VecDeque<(i64, MinuteBucket)>);

impl Minutes {
    /// Counts a new kill. One that is older than the hour shown is left out.
    pub(super) fn count(&mut self, record: &KillRecord) {
        let minute = minute_of(record);
        let newest = self.0.back().map_or(minute, |(last, _)| *last.max(&minute));
        if newest - minute > SHOWN as i64 {
            return;
        }
        let index = self.0.partition_point(|(of, _)| *of < minute);
        if self.0.get(index).is_none_or(|(of, _)| *of != minute) {
            self.0.insert(index, (minute, MinuteBucket::default()));
        }
        let (_, bucket) = &mut self.0[index];
        bucket.kills += 1;
        bucket.isk = bucket.isk + record.enrichment.valuation.total_value.unwrap_or(Isk::ZERO);
        while self.0.len() > SHOWN + 1 {
            self.0.pop_front();
        }
    }

    /// A kill that was counted is worth something else now.
    pub(super) fn correct(&mut self, old: &KillRecord, new: &KillRecord) {
        let value = |record: &KillRecord| record.enrichment.valuation.total_value.map_or(0, Isk::hundredths);
        let grown = value(new).saturating_sub(value(old));
        if grown == 0 {
            return;
        }
        let minute = minute_of(new);
        if let Some((_, bucket)) = self.0.iter_mut().find(|(of, _)| *of == minute) {
            bucket.isk = Isk::from_hundredths(bucket.isk.hundredths().saturating_add(grown));
        }
    }

    /// Stored history, oldest first, once at start.
    pub(super) fn seed(&mut self, buckets: impl IntoIterator<Item = (Timestamp, MinuteBucket)>) {
        self.0.extend(buckets.into_iter().map(|(minute, bucket)| (minute_at(minute), bucket)));
    }

    /// The last hour, oldest first. The running minute is left out: a half-full last bar reads as a drop.
    pub(super) fn last_hour(&self, now: Timestamp) -> Vec<MinuteBucket> {
        let current = minute_at(now);
        let mut shown = vec![MinuteBucket::default(); SHOWN];
        for (minute, bucket) in &self.0 {
            let age = current - minute;
            if (1..=SHOWN as i64).contains(&age) {
                shown[SHOWN - age as usize] = *bucket;
            }
        }
        shown
    }
}

fn minute_of(record: &KillRecord) -> i64 {
    let (at, arrived) = (record.killmail.killmail_time, record.received_at);
    minute_at(if arrived - at > LATE { at } else { arrived })
}

/// Minutes since the epoch.
fn minute_at(time: Timestamp) -> i64 {
    time.timestamp().div_euclid(60)
}
