//! The last known price of each type from each source, so that a start does not wait for the price upstreams.

use crate::{Store, StoreError};
use domain::{Isk, PriceSource, TypeId, UnitPrice};
use std::collections::BTreeMap;

impl Store {
    /// Stores prices. A price older than the stored one of the same source is left out.
    ///
    /// # Errors
    /// When the database does not answer.
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

/// The word `serde` uses for a source, in SQL too.
fn source_text(source: PriceSource) -> String {
    match serde_json::to_value(source) {
        Ok(serde_json::Value::String(text)) => text,
        _ => unreachable!("a price source serialises as a word"),
    }
}

fn source_from(text: &str) -> Option<PriceSource> {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).ok()
}
