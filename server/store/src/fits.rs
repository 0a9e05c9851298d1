//! Statistics of fits by hash, and the kills that wait for theirs.

use crate::{Store, StoreError};
use domain::{FitHash, FitOutcome, KillmailId, Timestamp, TypeId, fit_stats::Tank};
use std::collections::BTreeMap;
use tracing::instrument;

/// What the engine found for a fit.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredFit {
    pub fit_hash: FitHash,
    pub ship_type_id: TypeId,
    pub outcome: FitOutcome,
    pub engine_build: String,
    pub computed_at: Timestamp,
}

/// A kill without statistics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingFit {
    pub killmail_id: KillmailId,
    /// Absent for a kill stored before fits were hashed.
    pub fit_hash: Option<FitHash>,
    /// The ESI body.
    pub payload: String,
}

impl Store {
    /// Stores what the engine found and writes it to the kills since a time that wait for it. Returns how many kills.
    ///
    /// # Errors
    /// When the database does not answer; then nothing is stored.
    #[instrument(level = "debug", skip_all, name = "db.upsert_fits")]
    pub async fn upsert_fits(&self, fits: &[StoredFit], kills_since: Timestamp) -> Result<u64, StoreError> {
        // One row a key, in one order: an upsert must not meet a row twice, nor two nodes lock crosswise.
        let fits: BTreeMap<FitHash, &StoredFit> = fits.iter().map(|fit| (fit.fit_hash, fit)).collect();
        let hashes: Vec<String> = fits.keys().map(FitHash::to_string).collect();
        let ships: Vec<i64> = fits.values().map(|fit| fit.ship_type_id.0).collect();
        let ehp: Vec<Option<i64>> = fits.values().map(|fit| fit.outcome.ehp()).collect();
        let dps: Vec<Option<i64>> = fits.values().map(|fit| fit.outcome.dps()).collect();
        let bounds: Vec<bool> = fits.values().map(|fit| fit.outcome.is_lower_bound()).collect();
        let tanks: Vec<Option<&str>> = fits.values().map(|fit| fit.outcome.tank().map(Tank::as_str)).collect();
        let stats: Vec<String> = fits
            .values()
            .map(|fit| serde_json::to_string(&fit.outcome).expect("an outcome has string keys and finite numbers"))
            .collect();
        let builds: Vec<&str> = fits.values().map(|fit| fit.engine_build.as_str()).collect();
        let times: Vec<Timestamp> = fits.values().map(|fit| fit.computed_at).collect();
        let mut transaction = self.pool.begin().await?;
        sqlx::query!(
            "
            INSERT INTO fit_stats (
                fit_hash, ship_type_id, ehp, dps, is_lower_bound, tank, stats, engine_build, computed_at
            )
            SELECT fit_hash, ship_type_id, ehp, dps, is_lower_bound, tank, stats::jsonb, engine_build, computed_at
            FROM unnest(
                $1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::timestamptz[],
                $8::boolean[], $9::text[]
            ) AS new (fit_hash, ship_type_id, ehp, dps, stats, engine_build, computed_at, is_lower_bound, tank)
            ON CONFLICT (fit_hash) DO UPDATE SET
                ehp = excluded.ehp, dps = excluded.dps, is_lower_bound = excluded.is_lower_bound, tank = excluded.tank,
                stats = excluded.stats, engine_build = excluded.engine_build, computed_at = excluded.computed_at
            ",
            &hashes,
            &ships,
            &ehp as &[Option<i64>],
            &dps as &[Option<i64>],
            &stats,
            &builds as &[&str],
            &times,
            &bounds,
            &tanks as &[Option<&str>],
        )
        .execute(&mut *transaction)
        .await?;
        let updated = Self::fill_in_fits(&mut transaction, &fits, kills_since).await?;
        transaction.commit().await?;
        Ok(updated)
    }

    /// What this engine has found for the given fits; others are absent.
    ///
    /// # Errors
    /// When the database does not answer or a row is inconsistent.
    #[instrument(level = "debug", skip_all, name = "db.find_fits")]
    pub async fn find_fits(&self, hashes: &[FitHash], engine_build: &str) -> Result<Vec<StoredFit>, StoreError> {
        let hashes: Vec<String> = hashes.iter().map(FitHash::to_string).collect();
        let rows = sqlx::query!(
            r#"
            SELECT fit_hash, ship_type_id, stats::text AS "stats!", engine_build, computed_at
            FROM fit_stats WHERE fit_hash = ANY($1) AND engine_build = $2
            "#,
            &hashes,
            engine_build,
        )
        .fetch_all(&self.pool)
        .await?;
        let fits = rows.into_iter().map(|row| {
            let inconsistent = |column| StoreError::Inconsistent { table: "fit_stats", column, id: row.ship_type_id };
            Ok(StoredFit {
                fit_hash: row.fit_hash.parse().map_err(|_| inconsistent("fit_hash"))?,
                ship_type_id: TypeId(row.ship_type_id),
                outcome: serde_json::from_str(&row.stats).map_err(|_| inconsistent("stats"))?,
                engine_build: row.engine_build,
                computed_at: row.computed_at,
            })
        });
        fits.collect()
    }

    /// Kills since a time whose statistics nobody has looked at, newest first, one for each fit. Kills stored before
    /// fits were hashed each stand for themselves.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.list_waiting_fits")]
    pub async fn list_waiting_fits(&self, since: Timestamp, limit: u32) -> Result<Vec<WaitingFit>, StoreError> {
        let rows = sqlx::query!(
            r#"
            WITH newest AS (
                SELECT killmail_id, fit_hash FROM killmails_enriched
                WHERE fit_build IS NULL AND killmail_time >= $1
                ORDER BY killmail_time DESC
                LIMIT $2::bigint * 4
            ),
            waiting AS (
                SELECT max(killmail_id) AS killmail_id, fit_hash
                FROM newest GROUP BY coalesce(fit_hash, killmail_id::text), fit_hash
                LIMIT $2
            )
            SELECT ids.killmail_id, waiting.fit_hash, raw.payload::text AS "payload!"
            FROM waiting
            JOIN killmail_ids AS ids ON ids.killmail_id = waiting.killmail_id
            JOIN killmails_raw AS raw ON raw.killmail_id = ids.killmail_id AND raw.killmail_time = ids.killmail_time
            WHERE raw.killmail_time >= $1
            ORDER BY ids.killmail_time DESC
            "#,
            since,
            i64::from(limit),
        )
        .fetch_all(&self.pool)
        .await?;
        let waiting = rows.into_iter().map(|row| {
            let inconsistent =
                || StoreError::Inconsistent { table: "killmails_enriched", column: "fit_hash", id: row.killmail_id };
            let fit_hash = row.fit_hash.map(|hash| hash.parse()).transpose().map_err(|_| inconsistent())?;
            Ok(WaitingFit { killmail_id: KillmailId(row.killmail_id), fit_hash, payload: row.payload })
        });
        waiting.collect()
    }
}
