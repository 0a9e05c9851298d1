//! New values of stored kills, after better prices came.

use crate::{Store, StoreError, money::hundredths, news::tell_enriched};
use domain::{Isk, KillRecord, KillmailId, Timestamp};
use std::collections::HashSet;
use tracing::instrument;

impl Store {
    /// Replaces values and unit prices of stored kills, and nothing else. Returns which of them are stored. Whoever
    /// listens for enrichments is told.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.update_values")]
    pub async fn update_values(&self, records: &[&KillRecord]) -> Result<HashSet<KillmailId>, StoreError> {
        let Some(oldest) = records.iter().map(|record| record.killmail.killmail_time).min() else {
            return Ok(HashSet::new());
        };
        let ids: Vec<i64> = records.iter().map(|record| record.killmail.killmail_id.0).collect();
        let times: Vec<Timestamp> = records.iter().map(|record| record.killmail.killmail_time).collect();
        let enriched_at: Vec<Timestamp> = records.iter().map(|record| record.enrichment.enriched_at).collect();
        let amounts = |part: fn(&KillRecord) -> Option<Isk>| -> Vec<Option<i64>> {
            records.iter().map(|record| hundredths(part(record))).collect()
        };
        let unpriced: Vec<i32> = records
            .iter()
            .map(|record| i32::try_from(record.enrichment.valuation.unpriced_types).unwrap_or(i32::MAX))
            .collect();
        let unit_prices: Vec<String> = records
            .iter()
            .map(|record| {
                serde_json::to_string(&record.enrichment.unit_prices)
                    .expect("a map from ids to plain structs serialises")
            })
            .collect();
        let mut transaction = self.pool.begin().await?;
        let updated = sqlx::query_scalar!(
            "
            UPDATE killmails_enriched AS kill
            SET
                enriched_at = new.enriched_at,
                hull_value = new.hull_value::numeric * 0.01,
                fitted_value = new.fitted_value::numeric * 0.01,
                destroyed_value = new.destroyed_value::numeric * 0.01,
                dropped_value = new.dropped_value::numeric * 0.01,
                total_value = new.total_value::numeric * 0.01,
                unpriced_types = new.unpriced_types,
                unit_prices = new.unit_prices::jsonb
            FROM unnest(
                $1::bigint[], $2::timestamptz[], $3::timestamptz[], $4::bigint[], $5::bigint[], $6::bigint[],
                $7::bigint[], $8::bigint[], $9::integer[], $10::text[]
            ) AS new (
                killmail_id, killmail_time, enriched_at, hull_value, fitted_value, destroyed_value, dropped_value,
                total_value, unpriced_types, unit_prices
            )
            WHERE
                kill.killmail_id = new.killmail_id AND kill.killmail_time = new.killmail_time
                AND kill.killmail_time >= $11
            RETURNING kill.killmail_id
            ",
            &ids,
            &times,
            &enriched_at,
            &amounts(|record| record.enrichment.valuation.hull_value) as &[Option<i64>],
            &amounts(|record| record.enrichment.valuation.fitted_value) as &[Option<i64>],
            &amounts(|record| record.enrichment.valuation.destroyed_value) as &[Option<i64>],
            &amounts(|record| record.enrichment.valuation.dropped_value) as &[Option<i64>],
            &amounts(|record| record.enrichment.valuation.total_value) as &[Option<i64>],
            &unpriced,
            &unit_prices,
            oldest,
        )
        .fetch_all(&mut *transaction)
        .await?;
        let updated: Vec<KillmailId> = updated.into_iter().map(KillmailId).collect();
        tell_enriched(&mut transaction, &updated).await?;
        transaction.commit().await?;
        Ok(updated.into_iter().collect())
    }
}
