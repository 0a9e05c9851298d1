//! How well stored kills are enriched, for the status page. Looks at the newest kills only, never at a whole table.

use crate::{Store, StoreError};
use chrono::TimeDelta;
use domain::Timestamp;
use tracing::instrument;

/// Kills looked at: three to four days of the real feed, some 50 ms.
pub const KILLS_LOOKED_AT: u32 = 50_000;
/// So that a quiet installation does not search through every month.
const REACH: TimeDelta = TimeDelta::days(30);

/// The newest kills, by how they were enriched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EnrichmentCounts {
    /// Version of the enrichment with the number of kills, newest version first.
    pub versions: Vec<(i32, u64)>,
    pub failed: u64,
    /// Kills with at least one type of unknown price.
    pub unpriced: u64,
    /// Kills without a known value at all.
    pub worthless: u64,
    pub untagged: u64,
    /// The oldest kill looked at.
    pub oldest: Option<Timestamp>,
}

impl EnrichmentCounts {
    pub fn kills(&self) -> u64 {
        self.versions.iter().map(|(_, kills)| kills).sum()
    }
}

impl Store {
    /// Counts over the newest 50,000 kills of the last 30 days.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.count_enrichments")]
    pub async fn count_enrichments(&self, now: Timestamp) -> Result<EnrichmentCounts, StoreError> {
        let rows = sqlx::query!(
            r#"
            SELECT
                enrichment_version AS "version!",
                count(*) AS "kills!",
                count(failed_at) AS "failed!",
                count(*) FILTER (WHERE unpriced_types > 0) AS "unpriced!",
                count(*) FILTER (WHERE total_value IS NULL) AS "worthless!",
                count(*) FILTER (WHERE module_tags = '{}') AS "untagged!",
                min(killmail_time) AS "oldest!"
            FROM (
                SELECT enrichment_version, failed_at, unpriced_types, total_value, module_tags, killmail_time
                FROM killmails_enriched WHERE killmail_time >= $1
                ORDER BY killmail_time DESC, killmail_id DESC LIMIT $2
            ) AS newest
            GROUP BY 1 ORDER BY 1 DESC
            "#,
            now - REACH,
            i64::from(KILLS_LOOKED_AT),
        )
        .fetch_all(&self.pool)
        .await?;
        let sum = |count: fn(&_) -> i64| rows.iter().map(count).sum::<i64>().unsigned_abs();
        Ok(EnrichmentCounts {
            failed: sum(|row| row.failed),
            unpriced: sum(|row| row.unpriced),
            worthless: sum(|row| row.worthless),
            untagged: sum(|row| row.untagged),
            oldest: rows.iter().map(|row| row.oldest).min(),
            versions: rows.into_iter().map(|row| (row.version, row.kills.unsigned_abs())).collect(),
        })
    }
}
