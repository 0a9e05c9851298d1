//! How far each feed was read. Batches write positions together with their kills (`insert`); these are the rest.

use crate::{Store, StoreError};
use domain::Timestamp;
use sqlx::PgConnection;

/// How far a feed was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedPosition {
    pub feed: String,
    /// Meaningful to the feed's adapter only.
    pub position: String,
    pub updated_at: Timestamp,
}

impl Store {
    /// # Errors
    /// When the database does not answer.
    pub async fn find_position(&self, feed: &str) -> Result<Option<String>, StoreError> {
        let position = sqlx::query_scalar!("SELECT position FROM feed_positions WHERE feed = $1", feed);
        Ok(position.fetch_optional(&self.pool).await?)
    }

    /// All positions, by feed.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_positions(&self) -> Result<Vec<FeedPosition>, StoreError> {
        let positions =
            sqlx::query_as!(FeedPosition, "SELECT feed, position, updated_at FROM feed_positions ORDER BY feed");
        Ok(positions.fetch_all(&self.pool).await?)
    }

    /// Sets a position outside of a batch, for a start at a place of the operator's choice.
    ///
    /// # Errors
    /// When the database does not answer.
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
