//! The database's part of the status page.

use crate::{Month, Store, StoreError};
use domain::Timestamp;
use tracing::instrument;

/// Up to this size the kills are counted (about 200,000, in some 20 ms); above, estimated.
const COUNTED_BYTES: i64 = 10 * 1024 * 1024;
/// How many of the latest kills are asked when the last one arrived: deliveries are out of order by less than that.
const RECENT_KILLS: i64 = 100;

/// How much is stored, and until when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StoreStatus {
    pub kills_total: u64,
    /// `kills_total` is the planner's estimate (usually right within 1 %), not a count.
    pub is_kills_total_estimated: bool,
    pub newest_kill_time: Option<Timestamp>,
    /// The last arrival among the 100 newest kills. Old kills that arrive late do not count.
    pub newest_received_at: Option<Timestamp>,
    /// Months there are partitions for.
    pub partitions: u64,
    pub database_bytes: u64,
    /// Not resolved.
    pub dead_letters: u64,
}

impl Store {
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.status")]
    pub async fn status(&self) -> Result<StoreStatus, StoreError> {
        let row = sqlx::query!(
            r#"
            SELECT
                pg_relation_size(oid) AS "bytes!",
                CASE WHEN relpages > 0 AND reltuples >= 0 THEN
                    reltuples / relpages * (pg_relation_size(oid) / current_setting('block_size')::bigint)
                END AS estimate,
                (SELECT count(DISTINCT month) FROM killmail_partitions) AS "partitions!",
                pg_database_size(current_database()) AS "database_bytes!",
                (SELECT count(*) FROM dead_letters WHERE resolved_at IS NULL) AS "dead_letters!"
            FROM pg_class WHERE oid = 'killmail_ids'::regclass
            "#
        )
        .fetch_one(&self.pool)
        .await?;
        let estimate = row.estimate.filter(|_| row.bytes > COUNTED_BYTES);
        let kills_total = match estimate {
            Some(estimate) => estimate as u64,
            None => {
                let count = sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM killmail_ids"#);
                count.fetch_one(&self.pool).await?.unsigned_abs()
            }
        };
        let newest_month = self.list_filled_months(None, None).await?.pop();
        let (newest_kill_time, newest_received_at) = match newest_month {
            Some(month) => self.newest_times(month).await?,
            None => (None, None),
        };
        Ok(StoreStatus {
            kills_total,
            is_kills_total_estimated: estimate.is_some(),
            newest_kill_time,
            newest_received_at,
            partitions: row.partitions.unsigned_abs(),
            database_bytes: row.database_bytes.unsigned_abs(),
            dead_letters: row.dead_letters.unsigned_abs(),
        })
    }

    async fn newest_times(&self, month: Month) -> Result<(Option<Timestamp>, Option<Timestamp>), StoreError> {
        let row = sqlx::query!(
            "
            SELECT max(killmail_time) AS killmail_time, max(received_at) AS received_at
            FROM (
                SELECT killmail_time, received_at FROM killmails_enriched
                WHERE killmail_time >= $1 ORDER BY killmail_time DESC, killmail_id DESC LIMIT $2
            ) AS newest
            ",
            month.start(),
            RECENT_KILLS,
        )
        .fetch_one(&self.pool)
        .await?;
        Ok((row.killmail_time, row.received_at))
    }
}
