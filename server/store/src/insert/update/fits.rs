//! The part of a kill's row that says which fit it has and what the engine found for it. Nobody is told: each node
//! hears of a fit when it has its numbers itself.

use crate::{Store, StoreError, StoredFit};
use domain::{FitHash, KillmailId, Timestamp, fit_stats::Tank};
use sqlx::PgConnection;
use std::collections::BTreeMap;
use tracing::instrument;

impl Store {
    /// Writes what the engine found to the kills since a time that wait for it. Returns how many kills.
    pub(crate) async fn fill_in_fits(
        connection: &mut PgConnection,
        fits: &BTreeMap<FitHash, &StoredFit>,
        kills_since: Timestamp,
    ) -> Result<u64, StoreError> {
        let hashes: Vec<String> = fits.keys().map(FitHash::to_string).collect();
        let ehp: Vec<Option<i64>> = fits.values().map(|fit| fit.outcome.ehp()).collect();
        let dps: Vec<Option<i64>> = fits.values().map(|fit| fit.outcome.dps()).collect();
        let bounds: Vec<bool> = fits.values().map(|fit| fit.outcome.is_lower_bound()).collect();
        let tanks: Vec<Option<&str>> = fits.values().map(|fit| fit.outcome.tank().map(Tank::as_str)).collect();
        let builds: Vec<&str> = fits.values().map(|fit| fit.engine_build.as_str()).collect();
        let updated = sqlx::query!(
            "
            UPDATE killmails_enriched AS kill
            SET
                fit_build = new.engine_build, ehp = new.ehp, dps = new.dps,
                fit_is_lower_bound = new.is_lower_bound, fit_tank = new.tank
            FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $6::boolean[], $7::text[])
                AS new (fit_hash, engine_build, ehp, dps, is_lower_bound, tank)
            WHERE kill.fit_hash = new.fit_hash AND kill.fit_build IS NULL AND kill.killmail_time >= $5
            ",
            &hashes,
            &builds as &[&str],
            &ehp as &[Option<i64>],
            &dps as &[Option<i64>],
            kills_since,
            &bounds,
            &tanks as &[Option<&str>],
        )
        .execute(connection)
        .await?;
        Ok(updated.rows_affected())
    }

    /// Writes the hashes of kills stored before fits were hashed.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.set_fit_hashes")]
    pub async fn set_fit_hashes(&self, hashes: &[(KillmailId, Timestamp, FitHash)]) -> Result<(), StoreError> {
        let ids: Vec<i64> = hashes.iter().map(|(id, ..)| id.0).collect();
        let times: Vec<Timestamp> = hashes.iter().map(|(_, time, _)| *time).collect();
        let texts: Vec<String> = hashes.iter().map(|(.., hash)| hash.to_string()).collect();
        sqlx::query!(
            "
            UPDATE killmails_enriched AS kill SET fit_hash = new.fit_hash
            FROM unnest($1::bigint[], $2::timestamptz[], $3::text[]) AS new (killmail_id, killmail_time, fit_hash)
            WHERE kill.killmail_id = new.killmail_id AND kill.killmail_time = new.killmail_time AND kill.fit_hash IS NULL
            ",
            &ids,
            &times,
            &texts,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Lets kills since a time whose statistics come from another engine wait for new ones; they keep the old numbers
    /// until then. At most `limit` at a time; returns how many.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.requeue_fits")]
    pub async fn requeue_fits(&self, engine_build: &str, since: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let updated = sqlx::query!(
            "
            WITH old AS (
                SELECT killmail_id, killmail_time FROM killmails_enriched
                WHERE fit_build <> $1 AND killmail_time >= $2
                LIMIT $3
            )
            UPDATE killmails_enriched AS kill SET fit_build = NULL
            FROM old
            WHERE kill.killmail_id = old.killmail_id AND kill.killmail_time = old.killmail_time
                AND kill.killmail_time >= $2
            ",
            engine_build,
            since,
            i64::from(limit),
        )
        .execute(&self.pool)
        .await?;
        Ok(updated.rows_affected())
    }
}
