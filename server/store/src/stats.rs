//! Counts and sums over a span of time, for the pages of places.

use crate::{Store, StoreError};
use domain::{ConstellationId, Isk, RegionId, SolarSystemId, Timestamp};
use tracing::instrument;

/// Where kills are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ActivityScope {
    #[default]
    All,
    System(SolarSystemId),
    Constellation(ConstellationId),
    Region(RegionId),
}

impl ActivityScope {
    /// As three conditions of SQL, at most one of which is set.
    fn columns(self) -> (Option<i64>, Option<i64>, Option<i64>) {
        match self {
            Self::All => (None, None, None),
            Self::System(id) => (Some(id.0), None, None),
            Self::Constellation(id) => (None, Some(id.0), None),
            Self::Region(id) => (None, None, Some(id.0)),
        }
    }
}

/// Kills of one hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HourlyKills {
    /// The hour's start, UTC.
    pub hour: Timestamp,
    pub kills: u64,
    /// Of the kills whose value is known.
    pub value: Isk,
}

/// A system or ship type with its kills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RankedId {
    pub id: i64,
    pub kills: u64,
    /// Of the kills whose value is known.
    pub value: Isk,
}

impl Store {
    /// Kills by hour of `from` (inclusive) to `to` (exclusive), oldest first. Hours without a kill are absent.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.activity_by_hour")]
    pub async fn activity_by_hour(
        &self,
        scope: ActivityScope,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<HourlyKills>, StoreError> {
        let (system, constellation, region) = scope.columns();
        let rows = sqlx::query!(
            r#"
            SELECT
                date_trunc('hour', killmail_time, 'UTC') AS "hour!",
                count(*) AS "kills!",
                least(coalesce(sum(total_value), 0) * 100, 9223372036854775807)::bigint AS "value!"
            FROM killmails_enriched
            WHERE
                killmail_time >= $1 AND killmail_time < $2
                AND ($3::bigint IS NULL OR solar_system_id = $3)
                AND ($4::bigint IS NULL OR constellation_id = $4)
                AND ($5::bigint IS NULL OR region_id = $5)
            GROUP BY 1 ORDER BY 1
            "#,
            from,
            to,
            system,
            constellation,
            region,
        )
        .fetch_all(&self.pool)
        .await?;
        let buckets = rows.into_iter().map(|row| HourlyKills {
            hour: row.hour,
            kills: row.kills.unsigned_abs(),
            value: Isk::from_hundredths(row.value),
        });
        Ok(buckets.collect())
    }

    /// Ship types lost most often in a span, most first.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.list_top_ships")]
    pub async fn list_top_ships(
        &self,
        scope: ActivityScope,
        from: Timestamp,
        to: Timestamp,
        limit: u32,
    ) -> Result<Vec<RankedId>, StoreError> {
        let (system, constellation, region) = scope.columns();
        let rows = sqlx::query_as!(
            RankedRow,
            r#"
            SELECT
                ship_type_id AS "id!",
                count(*) AS "kills!",
                least(coalesce(sum(total_value), 0) * 100, 9223372036854775807)::bigint AS "value!"
            FROM killmails_enriched
            WHERE
                killmail_time >= $1 AND killmail_time < $2
                AND ($3::bigint IS NULL OR solar_system_id = $3)
                AND ($4::bigint IS NULL OR constellation_id = $4)
                AND ($5::bigint IS NULL OR region_id = $5)
            GROUP BY 1 ORDER BY 2 DESC, 3 DESC, 1 LIMIT $6
            "#,
            from,
            to,
            system,
            constellation,
            region,
            i64::from(limit),
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(RankedId::from).collect())
    }
}

struct RankedRow {
    id: i64,
    kills: i64,
    value: i64,
}

impl From<RankedRow> for RankedId {
    fn from(row: RankedRow) -> Self {
        Self { id: row.id, kills: row.kills.unsigned_abs(), value: Isk::from_hundredths(row.value) }
    }
}
