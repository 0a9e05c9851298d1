//! Single kills by id. The id's row in `killmail_ids` says the time, so that one partition is touched.

use crate::{Store, StoreError, money::isk};
use domain::{
    CelestialId, Enrichment, FitFacts, KillRecord, KillmailId, Timestamp, TypeId, UnitPrice, valuation::Valuation,
};
use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};
use tracing::instrument;

struct RecordRow {
    payload: String,
    hash: Option<String>,
    source: String,
    received_at: Timestamp,
    enrichment_version: i32,
    enriched_at: Timestamp,
    failed_at: Option<Timestamp>,
    hull_hundredths: Option<i64>,
    fitted_hundredths: Option<i64>,
    destroyed_hundredths: Option<i64>,
    dropped_hundredths: Option<i64>,
    total_hundredths: Option<i64>,
    reported_hundredths: Option<i64>,
    unpriced_types: i32,
    is_solo: bool,
    is_npc: bool,
    is_awox: bool,
    player_attacker_count: i32,
    labels: Vec<String>,
    module_tags: Vec<String>,
    fit_hash: Option<String>,
    fit_build: Option<String>,
    ehp: Option<i64>,
    dps: Option<i64>,
    fit_is_lower_bound: bool,
    fit_tank: Option<String>,
    location_id: Option<i64>,
    unit_prices: String,
}

impl RecordRow {
    fn into_record(self, id: KillmailId) -> Result<KillRecord, StoreError> {
        let raw = |column| StoreError::Inconsistent { table: "killmails_raw", column, id: id.0 };
        let enriched = |column| StoreError::Inconsistent { table: "killmails_enriched", column, id: id.0 };
        let unit_prices: BTreeMap<TypeId, UnitPrice> =
            serde_json::from_str(&self.unit_prices).map_err(|_| enriched("unit_prices"))?;
        Ok(KillRecord {
            killmail: Arc::new(serde_json::from_str(&self.payload).map_err(|_| raw("payload"))?),
            payload: Arc::from(self.payload),
            hash: self.hash.map(TryInto::try_into).transpose().map_err(|_| raw("hash"))?,
            source: self.source.parse().map_err(|_| raw("source"))?,
            received_at: self.received_at,
            enrichment: Enrichment {
                version: self.enrichment_version,
                enriched_at: self.enriched_at,
                failed_at: self.failed_at,
                valuation: Valuation {
                    hull_value: isk(self.hull_hundredths),
                    fitted_value: isk(self.fitted_hundredths),
                    destroyed_value: isk(self.destroyed_hundredths),
                    dropped_value: isk(self.dropped_hundredths),
                    total_value: isk(self.total_hundredths),
                    unpriced_types: u32::try_from(self.unpriced_types).map_err(|_| enriched("unpriced_types"))?,
                },
                reported_value: isk(self.reported_hundredths),
                is_solo: self.is_solo,
                is_npc: self.is_npc,
                is_awox: self.is_awox,
                player_attacker_count: self.player_attacker_count,
                labels: self.labels,
                module_tags: self.module_tags,
                location_id: self.location_id.map(CelestialId),
                fit: FitFacts {
                    hash: self.fit_hash.map(|hash| hash.parse()).transpose().map_err(|_| enriched("fit_hash"))?,
                    engine_build: self.fit_build,
                    ehp: self.ehp,
                    dps: self.dps,
                    is_lower_bound: self.fit_is_lower_bound,
                    tank: self.fit_tank.map(|tank| tank.parse()).transpose().map_err(|_| enriched("fit_tank"))?,
                },
                unit_prices,
            },
        })
    }
}

impl Store {
    /// A kill with everything known about it. Names are separate: see `find_names`.
    ///
    /// # Errors
    /// When the database does not answer or the row is inconsistent.
    #[instrument(level = "debug", skip_all, name = "db.find_kill")]
    pub async fn find_kill(&self, id: KillmailId) -> Result<Option<KillRecord>, StoreError> {
        let Some(time) = self.find_kill_time(id).await? else { return Ok(None) };
        let row = sqlx::query_as!(
            RecordRow,
            r#"
            SELECT
                raw.payload::text AS "payload!", raw.hash, raw.source, raw.received_at,
                enrichment_version, enriched_at, failed_at,
                (hull_value * 100)::bigint AS hull_hundredths,
                (fitted_value * 100)::bigint AS fitted_hundredths,
                (destroyed_value * 100)::bigint AS destroyed_hundredths,
                (dropped_value * 100)::bigint AS dropped_hundredths,
                (total_value * 100)::bigint AS total_hundredths,
                (reported_value * 100)::bigint AS reported_hundredths,
                unpriced_types, is_solo, is_npc, is_awox, player_attacker_count, labels, module_tags,
                fit_hash, fit_build, ehp, dps, fit_is_lower_bound, fit_tank, location_id,
                unit_prices::text AS "unit_prices!"
            FROM killmails_raw AS raw
            JOIN killmails_enriched AS enriched USING (killmail_id, killmail_time)
            WHERE
                raw.killmail_id = $1 AND raw.killmail_time = $2
                AND enriched.killmail_id = $1 AND enriched.killmail_time = $2
            "#,
            id.0,
            time,
        )
        .fetch_optional(&self.pool)
        .await?;
        row.map(|row| row.into_record(id)).transpose()
    }

    /// The ESI body of a kill as JSON text: every key and number as received, key order and white space not.
    ///
    /// # Errors
    /// When the database does not answer.
    #[cfg(feature = "testing")]
    pub async fn find_raw(&self, id: KillmailId) -> Result<Option<String>, StoreError> {
        let Some(time) = self.find_kill_time(id).await? else { return Ok(None) };
        let payload = sqlx::query_scalar!(
            r#"
            SELECT payload::text AS "payload!" FROM killmails_raw WHERE killmail_id = $1 AND killmail_time = $2
            "#,
            id.0,
            time,
        );
        Ok(payload.fetch_optional(&self.pool).await?)
    }

    /// Which of the ids are stored.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.filter_known_ids")]
    pub async fn filter_known_ids(&self, ids: &[KillmailId]) -> Result<HashSet<KillmailId>, StoreError> {
        if ids.is_empty() {
            return Ok(HashSet::new());
        }
        let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
        let known = sqlx::query_scalar!("SELECT killmail_id FROM killmail_ids WHERE killmail_id = ANY($1)", &ids)
            .fetch_all(&self.pool)
            .await?;
        Ok(known.into_iter().map(KillmailId).collect())
    }

    async fn find_kill_time(&self, id: KillmailId) -> Result<Option<Timestamp>, StoreError> {
        let time = sqlx::query_scalar!("SELECT killmail_time FROM killmail_ids WHERE killmail_id = $1", id.0);
        Ok(time.fetch_optional(&self.pool).await?)
    }
}
