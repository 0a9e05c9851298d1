//! Which months a page looks into, and in which order.
//!
//! A query without times could touch every month since 2003, each with a dozen indexes to open, lock and plan for,
//! although the first page of a common filter ends within a month. So a page is looked for in spans: two filled
//! months next to where it starts, then twice as many with every step until the page is full. A rare filter ends
//! after `log2(months)` queries, each of which skips what the one before has seen.

use crate::Month;
use chrono::{DurationRound, TimeDelta};
use domain::{Cursor, KillFilter, Timestamp};

/// Months of the first span. Two, so that a page just after midnight of the first needs one query.
const FIRST_SPAN: usize = 2;

/// Which way a page is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    NewestFirst,
    OldestFirst,
}

/// A span of kill times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    /// Inclusive.
    pub from: Timestamp,
    /// Exclusive.
    pub to: Timestamp,
}

/// The times a page may contain at all, as far as they are bounded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Bounds {
    /// Inclusive.
    pub from: Option<Timestamp>,
    /// Exclusive.
    pub to: Option<Timestamp>,
}

impl Bounds {
    /// The cursors' own order among kills of one second is the query's business.
    pub fn of(filter: &KillFilter, before: Option<Cursor>, after: Option<Cursor>) -> Self {
        let newest = before.map(|cursor| next_microsecond(cursor.killmail_time));
        let oldest = after.map(|cursor| cursor.killmail_time);
        let from = filter.from.map(whole_microsecond);
        let to = filter.to.map(whole_microsecond);
        Self { from: from.into_iter().chain(oldest).max(), to: to.into_iter().chain(newest).min() }
    }

    pub fn first_month(&self) -> Option<Month> {
        self.from.map(Month::of)
    }

    pub fn last_month(&self) -> Option<Month> {
        self.to.map(Month::of)
    }
}

/// The spans over the filled months (oldest first), in reading order.
pub(super) fn spans(filled: &[Month], bounds: Bounds, direction: Direction) -> Vec<Span> {
    let mut months = filled.to_vec();
    if direction == Direction::NewestFirst {
        months.reverse();
    }
    let mut spans = Vec::new();
    let mut rest = months.as_slice();
    let mut size = FIRST_SPAN;
    while !rest.is_empty() {
        let (chunk, later) = rest.split_at(size.min(rest.len()));
        rest = later;
        size *= 2;
        let (Some(first), Some(last)) = (chunk.iter().min(), chunk.iter().max()) else { continue };
        let from = bounds.from.map_or(first.start(), |from| from.max(first.start()));
        let to = bounds.to.map_or(last.plus(1).start(), |to| to.min(last.plus(1).start()));
        if from < to {
            spans.push(Span { from, to });
        }
    }
    spans
}

/// PostgreSQL counts microseconds: `time >= bound` and `time < bound` mean the same for the bound rounded up.
fn whole_microsecond(time: Timestamp) -> Timestamp {
    match time.duration_trunc(TimeDelta::microseconds(1)) {
        Ok(whole) if whole < time => next_microsecond(whole),
        _ => time,
    }
}

fn next_microsecond(time: Timestamp) -> Timestamp {
    time.checked_add_signed(TimeDelta::microseconds(1)).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(text: &str) -> Month {
        text.parse().unwrap()
    }

    #[test]
    fn spans_double_and_skip_months_without_kills() {
        let filled: Vec<Month> =
            ["2008-01", "2019-05", "2021-10", "2021-11", "2021-12", "2022-01", "2026-10", "2026-11"]
                .map(month)
                .to_vec();
        let spans = spans(&filled, Bounds::default(), Direction::NewestFirst);
        let spans: Vec<_> =
            spans.iter().map(|w| (Month::of(w.from).to_string(), Month::of(w.to).to_string())).collect();
        let expected = [("2026-10", "2026-12"), ("2021-10", "2022-02"), ("2008-01", "2019-06")];
        assert_eq!(spans, expected.map(|(from, to)| (from.to_owned(), to.to_owned())));
    }

    #[test]
    fn spans_stay_within_bounds() {
        let filled = ["2021-10", "2021-11", "2021-12"].map(month);
        let bounds = Bounds {
            from: Some(month("2021-11").start() + TimeDelta::hours(1)),
            to: Some(month("2021-11").start() + TimeDelta::hours(2)),
        };
        for direction in [Direction::NewestFirst, Direction::OldestFirst] {
            let expected = Span { from: bounds.from.unwrap(), to: bounds.to.unwrap() };
            assert_eq!(spans(&filled, bounds, direction), [expected]);
        }
    }
}
