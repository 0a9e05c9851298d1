//! From where on history is ours: the mark that [`super::reconcile`] closes gaps from, kept in the database among the
//! feeds' positions, so that neither a restart nor a crash forgets a gap that is not closed yet.

use crate::node::Node;
use chrono::{NaiveDate, TimeDelta};
use domain::KillmailId;
use store::StoreError;

/// Name of the mark among the feeds' positions.
const NAME: &str = "history";
/// The mark is set so far before the newest kill: feeds deliver roughly in the order of time only.
const BEFORE_NEWEST: TimeDelta = TimeDelta::hours(24);
/// A longer outage is left to `tracker backfill`: a day is about 100 MB.
const LONGEST_GAP: TimeDelta = TimeDelta::days(90);

/// What history is to be complete from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Days before this one are complete, or were before this installation.
    pub day: NaiveDate,
    /// The first kill of this installation; older ones are left to backfills. Ids grow with time, if not strictly.
    pub floor: KillmailId,
}

impl Mark {
    /// The stored mark; else one set by what is stored. `None` while nothing is.
    pub async fn load(node: &Node) -> Result<Option<Self>, StoreError> {
        let store = node.store();
        if let Some(text) = store.find_position(NAME).await? {
            if let Some(mark) = Self::parse(&text) {
                return Ok(Some(mark));
            }
            tracing::warn!(text, "the mark of the history cannot be read, it is set anew");
        }
        // What this process received says nothing of the time before it.
        let before = store.find_newest_live_time(node.started_at()).await?;
        let now = node.now();
        let since = before.map_or(now, |newest| newest.clamp(now - LONGEST_GAP, now)) - BEFORE_NEWEST;
        if before.is_some_and(|newest| newest < now - LONGEST_GAP) {
            tracing::warn!(
                ?before,
                "nothing came in for longer than gaps are closed; use tracker backfill for the rest"
            );
        }
        let Some(floor) = store.find_oldest_id_since(since).await? else { return Ok(None) };
        let mark = Self { day: since.date_naive(), floor };
        mark.save(node).await?;
        Ok(Some(mark))
    }

    pub async fn save(self, node: &Node) -> Result<(), StoreError> {
        node.store().set_position(NAME, &format!("{} {}", self.day, self.floor)).await
    }

    fn parse(text: &str) -> Option<Self> {
        let (day, floor) = text.split_once(' ')?;
        Some(Self { day: day.parse().ok()?, floor: KillmailId(floor.parse().ok()?) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mark = Mark { day: NaiveDate::from_ymd_opt(2026, 11, 25).expect("a day"), floor: KillmailId(130_000_001) };
        assert_eq!(Mark::parse(&format!("{} {}", mark.day, mark.floor)), Some(mark));
        for text in ["", "2026-11-25", "2026-11-25 x", "2026-13-25 1"] {
            assert_eq!(Mark::parse(text), None, "{text}");
        }
    }
}
