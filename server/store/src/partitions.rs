//! Monthly partitions of the three killmail tables.
//!
//! Writers create the months they need just before they write (`create_killmail_partitions` in the migrations says
//! how that stays out of everybody's way); a job creates the coming months ahead, so that at midnight of the first
//! nobody has to. A month once seen is remembered per process, so that the usual batch asks the catalogue nothing. If
//! retention drops a remembered month, the next write to it fails for want of a partition, forgets and tries again.

use crate::{Store, StoreError};
use chrono::{Datelike, Months, NaiveDate, NaiveTime};
use domain::Timestamp;
use std::{
    collections::{BTreeSet, HashSet},
    fmt,
    str::FromStr,
    sync::{Mutex, PoisonError},
};

/// Months created ahead of time.
const MONTHS_AHEAD: u32 = 3;

/// A calendar month in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Month(NaiveDate);

/// A text that is not a month such as `2026-11`.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a month is written as 2026-11")]
pub struct InvalidMonth;

impl Month {
    pub fn of(time: Timestamp) -> Self {
        Self::containing(time.date_naive())
    }

    pub(crate) fn containing(date: NaiveDate) -> Self {
        Self(date.with_day(1).unwrap_or(date))
    }

    /// The first moment of the month.
    pub fn start(self) -> Timestamp {
        self.0.and_time(NaiveTime::MIN).and_utc()
    }

    /// The month so many months later.
    #[must_use]
    pub fn plus(self, months: u32) -> Self {
        Self(self.0.checked_add_months(Months::new(months)).unwrap_or(self.0))
    }

    /// The month so many months before.
    #[must_use]
    pub fn minus(self, months: u32) -> Self {
        Self(self.0.checked_sub_months(Months::new(months)).unwrap_or(self.0))
    }

    pub(crate) fn first_day(self) -> NaiveDate {
        self.0
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0.year(), self.0.month())
    }
}

impl FromStr for Month {
    type Err = InvalidMonth;
    fn from_str(text: &str) -> Result<Self, InvalidMonth> {
        let (year, month) = text.split_once('-').ok_or(InvalidMonth)?;
        let is_number = |text: &str, digits| text.len() == digits && text.bytes().all(|b| b.is_ascii_digit());
        if !is_number(year, 4) || !is_number(month, 2) {
            return Err(InvalidMonth);
        }
        let date = year.parse().ok().zip(month.parse().ok()).and_then(|(y, m)| NaiveDate::from_ymd_opt(y, m, 1));
        date.map(Self).ok_or(InvalidMonth)
    }
}

/// The partitions of one month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partition {
    pub month: Month,
    /// Kills by the database's statistics; 0 until it has analysed the partition.
    pub kills_estimate: u64,
    /// Tables and indexes of all three.
    pub bytes: u64,
}

/// Months whose partitions this process has seen.
#[derive(Debug, Default)]
pub(crate) struct KnownPartitions(Mutex<HashSet<Month>>);

impl KnownPartitions {
    fn missing(&self, months: BTreeSet<Month>) -> Vec<Month> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        months.into_iter().filter(|month| !known.contains(month)).collect()
    }

    fn remember(&self, month: Month) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(month);
    }

    pub(crate) fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Store {
    /// Creates the partitions of this month and the coming three where they are missing.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn ensure_partitions(&self, now: Timestamp) -> Result<(), StoreError> {
        let this_month = Month::of(now);
        self.partitions.forget();
        self.ensure_months((0..=MONTHS_AHEAD).map(|ahead| this_month.plus(ahead)).collect()).await
    }

    /// Creates the partitions of the given months where they are missing.
    pub(crate) async fn ensure_months(&self, months: BTreeSet<Month>) -> Result<(), StoreError> {
        for month in self.partitions.missing(months) {
            sqlx::query!("SELECT create_killmail_partitions($1)", month.first_day()).execute(&self.pool).await?;
            self.partitions.remember(month);
        }
        Ok(())
    }

    /// Drops every month before the given one, with its kills. Returns how many months went.
    ///
    /// # Errors
    /// When the database does not answer or long readers hold the tables; then nothing was dropped.
    pub async fn drop_partitions_before(&self, month: Month) -> Result<u32, StoreError> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query!("SET LOCAL statement_timeout = 0").execute(&mut *transaction).await?;
        let dropped = sqlx::query_scalar!(r#"SELECT drop_killmail_partitions($1) AS "months!""#, month.first_day())
            .fetch_one(&mut *transaction)
            .await?;
        transaction.commit().await?;
        self.partitions.forget();
        Ok(dropped.unsigned_abs())
    }

    /// All months there are partitions for, oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_partitions(&self) -> Result<Vec<Partition>, StoreError> {
        let rows = sqlx::query!(
            r#"
            SELECT
                month AS "month!",
                coalesce(sum(greatest(reltuples, 0)) FILTER (WHERE table_name = 'killmails_raw'), 0)::bigint AS "kills!",
                coalesce(sum(pg_total_relation_size(partition)), 0)::bigint AS "bytes!"
            FROM killmail_partitions
            JOIN pg_class ON pg_class.oid = partition
            GROUP BY month
            ORDER BY month
            "#
        )
        .fetch_all(&self.pool)
        .await?;
        let unsigned = |number: i64| u64::try_from(number).unwrap_or(0);
        let partitions = rows.into_iter().map(|row| Partition {
            month: Month::containing(row.month),
            kills_estimate: unsigned(row.kills),
            bytes: unsigned(row.bytes),
        });
        Ok(partitions.collect())
    }

    /// Months between the given ones (inclusive) that hold, or held, a kill; oldest first. The months created ahead
    /// are empty files and left out.
    pub(crate) async fn list_filled_months(
        &self,
        first: Option<Month>,
        last: Option<Month>,
    ) -> Result<Vec<Month>, StoreError> {
        let months = sqlx::query_scalar!(
            r#"
            SELECT month AS "month!"
            FROM killmail_partitions
            WHERE
                table_name = 'killmails_enriched'
                AND ($1::date IS NULL OR month >= $1)
                AND ($2::date IS NULL OR month <= $2)
                AND pg_relation_size(partition) > 0
            ORDER BY month
            "#,
            first.map(Month::first_day),
            last.map(Month::first_day),
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(months.into_iter().map(Month::containing).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_read_as_they_are_written() {
        for text in ["2003-05", "2026-12", "1999-01"] {
            assert_eq!(text.parse::<Month>().map(|month| month.to_string()), Ok(text.to_owned()));
        }
        for text in ["", "2026", "2026-13", "2026-1", "26-01", "2026-01-01", "+026-01"] {
            assert_eq!(text.parse::<Month>(), Err(InvalidMonth), "{text}");
        }
        let december: Month = "2026-12".parse().unwrap();
        assert_eq!(december.plus(1).to_string(), "2027-01");
        assert_eq!(december.minus(12).to_string(), "2025-12");
    }
}
