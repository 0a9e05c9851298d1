//! Monthly partitions of the three killmail tables.
//!
//! Writers create the months they need just before they write (`create_killmail_partitions` in the migrations says
//! how that stays out of everybody's way); a job creates the coming months ahead, so that at midnight of the first
//! nobody has to. A month once seen is remembered per process, so that the usual batch asks the catalogue nothing. If
//! retention drops a remembered month, the next write to it fails for want of a partition, forgets and tries again.

use crate::{Month, Store, StoreError};
use domain::Timestamp;
use std::collections::BTreeSet;
use tracing::instrument;

/// Months created ahead of time.
const MONTHS_AHEAD: u32 = 3;

/// The partitions of one month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partition {
    pub month: Month,
    /// Kills by the database's statistics; 0 until it has analysed the partition.
    pub kills_estimate: u64,
    /// Tables and indexes of all three.
    pub bytes: u64,
}

impl Store {
    /// Creates the partitions of this month and the coming three where they are missing.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.ensure_partitions")]
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
    #[instrument(level = "debug", skip_all, name = "db.drop_partitions_before")]
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
    #[instrument(level = "debug", skip_all, name = "db.list_partitions")]
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
