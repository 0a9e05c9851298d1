//! How complete the enrichment of stored kills is, counted in the tables themselves.

use crate::{Store, StoreError};
use domain::Timestamp;
use tracing::instrument;

/// Kills of a stretch of time, and how many of them have what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    pub kills: i64,
    pub failed: i64,
    pub tagged: i64,
    /// With a total value; an unknown price may be missing in it.
    pub valued: i64,
    pub fully_priced: i64,
    pub with_fit: i64,
    pub distinct_fits: i64,
    /// Whose fit was looked at by the engine, with or without numbers.
    pub fit_settled: i64,
    pub with_ehp: i64,
    /// Types on kills without a price, once a kill.
    pub unpriced_types: i64,
    /// Types on kills by the source of their price, the most frequent first.
    pub priced_by: Vec<(String, i64)>,
}

impl Store {
    /// Counts the kills of `[from, to)`.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.coverage")]
    pub async fn coverage(&self, from: Timestamp, to: Timestamp) -> Result<Coverage, StoreError> {
        let counts = sqlx::query!(
            r#"
            SELECT count(*) AS "kills!",
                count(*) FILTER (WHERE failed_at IS NOT NULL) AS "failed!",
                count(*) FILTER (WHERE module_tags <> '{}') AS "tagged!",
                count(total_value) AS "valued!",
                count(*) FILTER (WHERE unpriced_types = 0) AS "fully_priced!",
                count(fit_hash) AS "with_fit!",
                count(DISTINCT fit_hash) AS "distinct_fits!",
                count(fit_build) AS "fit_settled!",
                count(ehp) AS "with_ehp!",
                coalesce(sum(unpriced_types), 0)::bigint AS "unpriced_types!"
            FROM killmails_enriched
            WHERE killmail_time >= $1 AND killmail_time < $2
            "#,
            from,
            to,
        )
        .fetch_one(&self.pool)
        .await?;
        let priced_by = sqlx::query!(
            r#"
            SELECT unit ->> 'source' AS "source!", count(*) AS "types!"
            FROM killmails_enriched, jsonb_each(unit_prices) AS used (type_id, unit)
            WHERE killmail_time >= $1 AND killmail_time < $2
            GROUP BY 1
            ORDER BY 2 DESC, 1
            "#,
            from,
            to,
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(Coverage {
            kills: counts.kills,
            failed: counts.failed,
            tagged: counts.tagged,
            valued: counts.valued,
            fully_priced: counts.fully_priced,
            with_fit: counts.with_fit,
            distinct_fits: counts.distinct_fits,
            fit_settled: counts.fit_settled,
            with_ehp: counts.with_ehp,
            unpriced_types: counts.unpriced_types,
            priced_by: priced_by.into_iter().map(|row| (row.source, row.types)).collect(),
        })
    }
}
