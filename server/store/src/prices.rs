//! The last known price of each type from each source, so that a start does not wait for the price upstreams.

use crate::{Store, StoreError};
use domain::{Isk, PriceSource, Timestamp, TypeId, UnitPrice};
use std::collections::BTreeMap;
use tracing::instrument;

/// A type that a source was asked for and does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceGap {
    pub type_id: TypeId,
    pub source: PriceSource,
    pub asked_at: Timestamp,
}

impl Store {
    /// Stores prices. A price older than the stored one of the same source is left out.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.upsert_prices")]
    pub async fn upsert_prices(&self, prices: &[(TypeId, UnitPrice)]) -> Result<(), StoreError> {
        // One row a key, in one order: an upsert must not meet a row twice, nor two nodes lock crosswise.
        let mut rows = BTreeMap::new();
        for (type_id, unit) in prices {
            let row = rows.entry((*type_id, unit.source)).or_insert(*unit);
            if unit.at >= row.at {
                *row = *unit;
            }
        }
        let type_ids: Vec<i64> = rows.keys().map(|(type_id, _)| type_id.0).collect();
        let sources: Vec<String> = rows.keys().map(|(_, source)| source_text(*source)).collect();
        let hundredths: Vec<i64> = rows.values().map(|unit| unit.price.hundredths()).collect();
        let times: Vec<_> = rows.values().map(|unit| unit.at).collect();
        sqlx::query!(
            "
            INSERT INTO prices (type_id, source, price, at)
            SELECT type_id, source, hundredths::numeric * 0.01, at
            FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::timestamptz[])
                AS new (type_id, source, hundredths, at)
            ON CONFLICT (type_id, source) DO UPDATE SET price = excluded.price, at = excluded.at
            WHERE prices.at <= excluded.at
            ",
            &type_ids,
            &sources,
            &hundredths,
            &times,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Every stored price; a type has one for each source that priced it.
    ///
    /// # Errors
    /// When the database does not answer or a row names an unknown source.
    #[instrument(level = "debug", skip_all, name = "db.load_prices")]
    pub async fn load_prices(&self) -> Result<Vec<(TypeId, UnitPrice)>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT type_id, source, (price * 100)::bigint AS "hundredths!", at FROM prices ORDER BY type_id, source"#
        )
        .fetch_all(&self.pool)
        .await?;
        let prices = rows.into_iter().map(|row| {
            let source = source_from(&row.source).ok_or(StoreError::Inconsistent {
                table: "prices",
                column: "source",
                id: row.type_id,
            })?;
            Ok((TypeId(row.type_id), UnitPrice { price: Isk::from_hundredths(row.hundredths), source, at: row.at }))
        });
        prices.collect()
    }
}

impl Store {
    /// Remembers what sources do not know; a price stored later does not end a gap, its age does.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.upsert_price_gaps")]
    pub async fn upsert_price_gaps(&self, gaps: &[PriceGap]) -> Result<(), StoreError> {
        let rows: BTreeMap<(TypeId, PriceSource), Timestamp> =
            gaps.iter().map(|gap| ((gap.type_id, gap.source), gap.asked_at)).collect();
        let type_ids: Vec<i64> = rows.keys().map(|(type_id, _)| type_id.0).collect();
        let sources: Vec<String> = rows.keys().map(|(_, source)| source_text(*source)).collect();
        let times: Vec<Timestamp> = rows.into_values().collect();
        sqlx::query!(
            "
            INSERT INTO price_gaps (type_id, source, asked_at)
            SELECT * FROM unnest($1::bigint[], $2::text[], $3::timestamptz[])
            ON CONFLICT (type_id, source) DO UPDATE SET asked_at = excluded.asked_at
            ",
            &type_ids,
            &sources,
            &times,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Gaps not older than `since`; older ones are removed.
    ///
    /// # Errors
    /// When the database does not answer or a row names an unknown source.
    #[instrument(level = "debug", skip_all, name = "db.load_price_gaps")]
    pub async fn load_price_gaps(&self, since: Timestamp) -> Result<Vec<PriceGap>, StoreError> {
        sqlx::query!("DELETE FROM price_gaps WHERE asked_at < $1", since).execute(&self.pool).await?;
        let rows = sqlx::query!("SELECT type_id, source, asked_at FROM price_gaps ORDER BY type_id, source")
            .fetch_all(&self.pool)
            .await?;
        let gaps = rows.into_iter().map(|row| {
            let source = source_from(&row.source).ok_or(StoreError::Inconsistent {
                table: "price_gaps",
                column: "source",
                id: row.type_id,
            })?;
            Ok(PriceGap { type_id: TypeId(row.type_id), source, asked_at: row.asked_at })
        });
        gaps.collect()
    }

    /// The types that were priced on most kills since a time, most first.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.list_types_seen_most")]
    pub async fn list_types_seen_most(&self, since: Timestamp, limit: u32) -> Result<Vec<TypeId>, StoreError> {
        let ids = sqlx::query_scalar!(
            r#"
            SELECT type_id::bigint AS "type_id!"
            FROM killmails_enriched, jsonb_object_keys(unit_prices) AS type_id
            WHERE killmail_time >= $1
            GROUP BY type_id
            ORDER BY count(*) DESC, type_id
            LIMIT $2
            "#,
            since,
            i64::from(limit),
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(ids.into_iter().map(TypeId).collect())
    }
}

/// The word `serde` uses for a source, in SQL too.
pub(crate) fn source_text(source: PriceSource) -> String {
    match serde_json::to_value(source) {
        Ok(serde_json::Value::String(text)) => text,
        _ => unreachable!("a price source serialises as a word"),
    }
}

fn source_from(text: &str) -> Option<PriceSource> {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).ok()
}
