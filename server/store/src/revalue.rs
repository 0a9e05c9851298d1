//! Stored kills whose values rest on worse prices than there are now.

use crate::{Store, StoreError, prices::source_text};
use domain::{KillmailId, PriceSource, Timestamp, TypeId};
use tracing::instrument;

/// Which stored kills to look at.
#[derive(Clone, Copy, Debug)]
pub struct WorsePriced<'a> {
    pub killed_since: Timestamp,
    pub received_since: Timestamp,
    /// Types that have a better price now.
    pub types: &'a [TypeId],
    /// Kills that are taken care of elsewhere.
    pub except: &'a [KillmailId],
    pub limit: u32,
}

impl Store {
    /// Kills on which one of the types has no price, or one of a source that is not the best; newest first. Some of them
    /// may turn out to have no better price all the same.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.list_worse_priced")]
    pub async fn list_worse_priced(&self, which: WorsePriced<'_>) -> Result<Vec<KillmailId>, StoreError> {
        let types: Vec<String> = which.types.iter().map(ToString::to_string).collect();
        let except: Vec<i64> = which.except.iter().map(|id| id.0).collect();
        // Nothing is better than these.
        let best = [PriceSource::Rule, PriceSource::Janice].map(source_text);
        let ids = sqlx::query_scalar!(
            r#"
            SELECT killmail_id AS "killmail_id!"
            FROM killmails_enriched
            WHERE
                killmail_time >= $1 AND received_at >= $2 AND killmail_id <> ALL($3)
                AND (
                    unpriced_types > 0
                    OR EXISTS (
                        SELECT FROM jsonb_each(unit_prices) AS used (type_id, unit)
                        WHERE used.type_id = ANY($4) AND used.unit ->> 'source' <> ALL($5)
                    )
                )
            ORDER BY killmail_time DESC, killmail_id DESC
            LIMIT $6
            "#,
            which.killed_since,
            which.received_since,
            &except,
            &types,
            &best,
            i64::from(which.limit),
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(ids.into_iter().map(KillmailId).collect())
    }
}
