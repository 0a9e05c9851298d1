//! Names that a backfill saw no name for. It leaves their ids here; the running server takes them a batch at a time
//! and asks ESI, so that a day of history does not cost the live feed its turn.

use crate::{Store, StoreError};
use tracing::instrument;

impl Store {
    /// Leaves the ids (pilots, player corporations, alliances) that have no stored name.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.add_wanted_names")]
    pub async fn add_wanted_names(&self, ids: &[i64]) -> Result<(), StoreError> {
        if ids.is_empty() {
            return Ok(());
        }
        sqlx::query!(
            "
            INSERT INTO wanted_names (id)
            SELECT DISTINCT id FROM unnest($1::bigint[]) AS seen (id)
            WHERE
                NOT EXISTS (SELECT FROM characters WHERE character_id = id)
                AND NOT EXISTS (SELECT FROM corporations WHERE corporation_id = id)
                AND NOT EXISTS (SELECT FROM alliances WHERE alliance_id = id)
            ORDER BY id
            ON CONFLICT DO NOTHING
            ",
            ids,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Takes at most so many ids away. Two callers at once get different ones.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.take_wanted_names")]
    pub async fn take_wanted_names(&self, limit: u32) -> Result<Vec<i64>, StoreError> {
        let ids = sqlx::query_scalar!(
            "
            DELETE FROM wanted_names WHERE id IN (
                SELECT id FROM wanted_names ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED
            ) RETURNING id
            ",
            i64::from(limit),
        );
        Ok(ids.fetch_all(&self.pool).await?)
    }
}
