//! How far each feed was read. Batches write positions together with their kills (`insert`); these are the rest.

use crate::{Store, StoreError};
use sqlx::PgConnection;
use tracing::instrument;

impl Store {
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.find_position")]
    pub async fn find_position(&self, feed: &str) -> Result<Option<String>, StoreError> {
        let position = sqlx::query_scalar!("SELECT position FROM feed_positions WHERE feed = $1", feed);
        Ok(position.fetch_optional(&self.pool).await?)
    }

    /// Sets a position outside of a batch, for a start at a place of the operator's choice.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.set_position")]
    pub async fn set_position(&self, feed: &str, position: &str) -> Result<(), StoreError> {
        upsert(&mut *self.pool.acquire().await?, feed, position).await
    }
}

/// Stores a position in the caller's transaction.
pub(crate) async fn upsert(connection: &mut PgConnection, feed: &str, position: &str) -> Result<(), StoreError> {
    sqlx::query!(
        "
        INSERT INTO feed_positions (feed, position, updated_at) VALUES ($1, $2, now())
        ON CONFLICT (feed) DO UPDATE SET position = excluded.position, updated_at = excluded.updated_at
        ",
        feed,
        position,
    )
    .execute(connection)
    .await?;
    Ok(())
}
