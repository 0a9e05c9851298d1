//! Which days were read from which archive. A day is whole only once it says so: whatever ended otherwise is read
//! again, which costs time and nothing else, since a kill is stored once.

use crate::{Store, StoreError};
use chrono::NaiveDate;
use domain::Timestamp;
use std::str::FromStr;
use tracing::instrument;

/// How far the reading of a day came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BackfillState {
    /// Being read, or its reader died.
    Running,
    /// Stopped by the operator.
    Interrupted,
    /// The archive could not be read to its end.
    Failed,
    Finished,
}

impl BackfillState {
    pub const ALL: [Self; 4] = [Self::Running, Self::Interrupted, Self::Failed, Self::Finished];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Interrupted => "interrupted",
            Self::Failed => "failed",
            Self::Finished => "finished",
        }
    }
}

impl FromStr for BackfillState {
    type Err = domain::UnknownWord;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or(domain::UnknownWord)
    }
}

/// One day of one archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backfill {
    pub source: String,
    pub day: NaiveDate,
    pub state: BackfillState,
    /// Kills in the archive, as far as it was read.
    pub kills_seen: u64,
    /// Of those, stored by this backfill; the others were stored before.
    pub kills_stored: u64,
    pub started_at: Timestamp,
    pub finished_at: Option<Timestamp>,
    pub etag: Option<String>,
    pub reason: Option<String>,
}

/// How the reading of a day ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackfillEnd<'a> {
    pub state: BackfillState,
    pub kills_seen: u64,
    pub kills_stored: u64,
    pub etag: Option<&'a str>,
    pub reason: Option<&'a str>,
}

impl Store {
    /// What is known of a day.
    ///
    /// # Errors
    /// When the database does not answer or the row is inconsistent.
    #[instrument(level = "debug", skip_all, name = "db.find_backfill")]
    pub async fn find_backfill(&self, source: &str, day: NaiveDate) -> Result<Option<Backfill>, StoreError> {
        let row = sqlx::query!(
            "
            SELECT source, day, state, kills_seen, kills_stored, started_at, finished_at, etag, reason
            FROM backfills WHERE source = $1 AND day = $2
            ",
            source,
            day,
        )
        .fetch_optional(&self.pool)
        .await?;
        row.map(|row| {
            let inconsistent = StoreError::Inconsistent { table: "backfills", column: "state", id: 0 };
            Ok(Backfill {
                source: row.source,
                day: row.day,
                state: row.state.parse().map_err(|_| inconsistent)?,
                kills_seen: row.kills_seen.unsigned_abs(),
                kills_stored: row.kills_stored.unsigned_abs(),
                started_at: row.started_at,
                finished_at: row.finished_at,
                etag: row.etag,
                reason: row.reason,
            })
        })
        .transpose()
    }

    /// Notes that a day is being read. What was known of it is forgotten.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.start_backfill")]
    pub async fn start_backfill(&self, source: &str, day: NaiveDate) -> Result<(), StoreError> {
        sqlx::query!(
            "
            INSERT INTO backfills (source, day, state, started_at) VALUES ($1, $2, 'running', now())
            ON CONFLICT (source, day) DO UPDATE SET
                state = 'running', kills_seen = 0, kills_stored = 0, started_at = now(), finished_at = NULL,
                etag = NULL, reason = NULL
            ",
            source,
            day,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Notes how the reading of a day ended.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.end_backfill")]
    pub async fn end_backfill(&self, source: &str, day: NaiveDate, end: BackfillEnd<'_>) -> Result<(), StoreError> {
        let count = |kills: u64| i64::try_from(kills).unwrap_or(i64::MAX);
        sqlx::query!(
            "
            UPDATE backfills SET
                state = $3, kills_seen = $4, kills_stored = $5, finished_at = now(), etag = $6, reason = $7
            WHERE source = $1 AND day = $2
            ",
            source,
            day,
            end.state.as_str(),
            count(end.kills_seen),
            count(end.kills_stored),
            end.etag,
            end.reason,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
