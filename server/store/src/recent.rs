//! What the server asks at start and for gap filling: recent arrivals, the low-water mark of ids, counts by system.

use crate::{RankedId, Store, StoreError};
use chrono::TimeDelta;
use domain::{Isk, KillmailId, SolarSystemId, Timestamp};
use tracing::instrument;

/// Live kills arrive within this time of the loss; bounds the partitions that arrivals are looked for in.
const ARRIVAL_WITHIN: TimeDelta = TimeDelta::hours(1);

/// Arrivals of one minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MinuteArrivals {
    /// The minute's start, UTC.
    pub minute: Timestamp,
    pub kills: u64,
    /// Of the kills whose value is known.
    pub value: Isk,
}

impl Store {
    /// Arrivals by minute since a time, oldest first; kills older than an hour on arrival are left out.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.list_arrivals_by_minute")]
    pub async fn list_arrivals_by_minute(&self, since: Timestamp) -> Result<Vec<MinuteArrivals>, StoreError> {
        let rows = sqlx::query!(
            r#"
            SELECT
                date_trunc('minute', counted_at, 'UTC') AS "minute!",
                count(*) AS "kills!",
                least(coalesce(sum(total_value), 0) * 100, 9223372036854775807)::bigint AS "value!"
            FROM killmails_enriched
            -- Late ones count for the minute of the loss, as in the hot window.
            CROSS JOIN LATERAL (
                SELECT CASE WHEN received_at - killmail_time > interval '5 minutes' THEN killmail_time ELSE received_at END
            ) AS counted (counted_at)
            WHERE killmail_time >= $1 AND counted_at >= $2
            GROUP BY 1 ORDER BY 1
            "#,
            since - ARRIVAL_WITHIN,
            since,
        )
        .fetch_all(&self.pool)
        .await?;
        let arrivals = rows.into_iter().map(|row| MinuteArrivals {
            minute: row.minute,
            kills: row.kills.unsigned_abs(),
            value: Isk::from_hundredths(row.value),
        });
        Ok(arrivals.collect())
    }

    /// The lowest id among the kills since a time; absent without kills.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.find_oldest_id_since")]
    pub async fn find_oldest_id_since(&self, since: Timestamp) -> Result<Option<KillmailId>, StoreError> {
        let id =
            sqlx::query_scalar!("SELECT min(killmail_id) FROM killmails_enriched WHERE killmail_time >= $1", since)
                .fetch_one(&self.pool)
                .await?;
        Ok(id.map(KillmailId))
    }

    /// When the newest kill happened that came before a time and from elsewhere than an archive; absent without one.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.find_newest_live_time")]
    pub async fn find_newest_live_time(&self, received_before: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let time = sqlx::query_scalar!(
            "
            SELECT enriched.killmail_time
            FROM killmails_enriched AS enriched
            JOIN killmails_raw AS raw USING (killmail_id, killmail_time)
            WHERE enriched.received_at < $1 AND raw.source <> 'archive'
            ORDER BY enriched.killmail_time DESC, enriched.killmail_id DESC LIMIT 1
            ",
            received_before,
        );
        Ok(time.fetch_optional(&self.pool).await?)
    }

    /// Kills of the given systems in a span; systems without a kill are absent.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.count_kills_by_system")]
    pub async fn count_kills_by_system(
        &self,
        systems: &[SolarSystemId],
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<RankedId>, StoreError> {
        let ids: Vec<i64> = systems.iter().map(|id| id.0).collect();
        let rows = sqlx::query!(
            r#"
            SELECT
                solar_system_id AS "id!",
                count(*) AS "kills!",
                least(coalesce(sum(total_value), 0) * 100, 9223372036854775807)::bigint AS "value!"
            FROM killmails_enriched
            WHERE killmail_time >= $1 AND killmail_time < $2 AND solar_system_id = ANY($3)
            GROUP BY 1
            "#,
            from,
            to,
            &ids,
        )
        .fetch_all(&self.pool)
        .await?;
        let ranked = rows.into_iter().map(|row| RankedId {
            id: row.id,
            kills: row.kills.unsigned_abs(),
            value: Isk::from_hundredths(row.value),
        });
        Ok(ranked.collect())
    }
}
