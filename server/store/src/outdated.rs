//! Finding kills whose enrichment is to be computed again: made by an older version, before the current static data,
//! or failed. Newest first, month by month, so that each query touches one partition.

use crate::{Month, Store, StoreError};
use domain::{KillmailId, Timestamp};
use tracing::instrument;

/// Which kills to look for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outdated {
    /// Enrichments below this version are outdated.
    pub version: i32,
    /// Kills from this time on.
    pub since: Timestamp,
    /// Kills before this time.
    pub until: Timestamp,
    /// Enrichments made before this time are outdated; without it, those made before the import of the static data.
    pub enriched_before: Option<Timestamp>,
    /// Every kill of the span, outdated or not.
    pub all: bool,
}

/// Where a kill stands in the order of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KillKey {
    pub killmail_time: Timestamp,
    pub killmail_id: KillmailId,
}

impl Store {
    /// When the static data in use were imported.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.static_imported_at")]
    pub async fn static_imported_at(&self) -> Result<Option<Timestamp>, StoreError> {
        Ok(sqlx::query_scalar!("SELECT imported_at FROM static_import WHERE is_current")
            .fetch_optional(&self.pool)
            .await?)
    }

    /// The newest kills whose enrichment failed, without those that are dead letters for it.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.list_failed_enrichments")]
    pub async fn list_failed_enrichments(&self, limit: u32) -> Result<Vec<KillmailId>, StoreError> {
        let ids = sqlx::query_scalar!(
            "
            SELECT killmail_id FROM killmails_enriched AS kill
            WHERE failed_at IS NOT NULL AND NOT EXISTS (
                SELECT FROM dead_letters AS letter
                WHERE
                    letter.killmail_id = kill.killmail_id AND letter.kind = 'enrichment'
                    AND letter.resolved_at IS NULL
            )
            ORDER BY killmail_time DESC LIMIT $1
            ",
            i64::from(limit),
        );
        Ok(ids.fetch_all(&self.pool).await?.into_iter().map(KillmailId).collect())
    }

    /// The next kills before `before` (from the newest without it) that are outdated; none when there are no more.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.list_outdated")]
    pub async fn list_outdated(
        &self,
        outdated: &Outdated,
        before: Option<KillKey>,
        limit: u32,
    ) -> Result<Vec<KillKey>, StoreError> {
        let enriched_before = match outdated.enriched_before {
            Some(time) => Some(time),
            None => self.static_imported_at().await?,
        };
        let newest = before.map_or(outdated.until, |key| key.killmail_time);
        let months = self.list_filled_months(Some(Month::of(outdated.since)), Some(Month::of(newest))).await?;
        for month in months.into_iter().rev() {
            let found = self.outdated_of(month, outdated, enriched_before, before, limit).await?;
            if !found.is_empty() {
                return Ok(found);
            }
        }
        Ok(Vec::new())
    }

    async fn outdated_of(
        &self,
        month: Month,
        outdated: &Outdated,
        enriched_before: Option<Timestamp>,
        before: Option<KillKey>,
        limit: u32,
    ) -> Result<Vec<KillKey>, StoreError> {
        let from = outdated.since.max(month.start());
        let to = outdated.until.min(month.plus(1).start());
        let keys = sqlx::query_as!(
            KillKeyRow,
            "
            SELECT killmail_time, killmail_id FROM killmails_enriched
            WHERE
                killmail_time >= $1 AND killmail_time < $2
                AND ($3 OR enrichment_version < $4 OR failed_at IS NOT NULL OR enriched_at < $5)
                AND ($6::timestamptz IS NULL OR (killmail_time, killmail_id) < ($6, $7))
            ORDER BY killmail_time DESC, killmail_id DESC
            LIMIT $8
            ",
            from,
            to,
            outdated.all,
            outdated.version,
            enriched_before,
            before.map(|key| key.killmail_time),
            before.map(|key| key.killmail_id.0),
            i64::from(limit),
        );
        let keys = keys.fetch_all(&self.pool).await?.into_iter();
        Ok(keys
            .map(|row| KillKey { killmail_time: row.killmail_time, killmail_id: KillmailId(row.killmail_id) })
            .collect())
    }
}

struct KillKeyRow {
    killmail_time: Timestamp,
    killmail_id: i64,
}
