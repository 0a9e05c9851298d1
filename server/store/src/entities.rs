//! Names of pilots, corporations and alliances. They share one number space: an id belongs to at most one of them.

use crate::{Store, StoreError};
use domain::{AllianceId, CorporationId, EntityKind, EntityName, Timestamp};
use std::collections::BTreeMap;
use tracing::instrument;

/// A pilot, corporation or alliance as last heard of; or anything else with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    pub kind: EntityKind,
    pub id: i64,
    pub name: String,
    /// Corporations and alliances only.
    pub ticker: Option<String>,
    /// Where a pilot is employed, when known.
    pub corporation_id: Option<CorporationId>,
    /// Of a pilot or corporation, when known.
    pub alliance_id: Option<AllianceId>,
    /// When the name was confirmed last; absent for static data.
    pub updated_at: Option<Timestamp>,
}

impl Store {
    /// Stores the names of pilots, corporations and alliances; names of other kinds are static data and left out.
    /// A missing ticker keeps the stored one.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.upsert_names")]
    pub async fn upsert_names(&self, names: &[EntityName]) -> Result<(), StoreError> {
        let characters = NameColumns::of(names, EntityKind::Character);
        let corporations = NameColumns::of(names, EntityKind::Corporation);
        let alliances = NameColumns::of(names, EntityKind::Alliance);
        let mut transaction = self.pool.begin().await?;
        if !characters.ids.is_empty() {
            sqlx::query!(
                "
                INSERT INTO characters (character_id, name, updated_at)
                SELECT id, name, now() FROM unnest($1::bigint[], $2::text[]) AS new (id, name)
                ON CONFLICT (character_id) DO UPDATE SET name = excluded.name, updated_at = excluded.updated_at
                ",
                &characters.ids,
                &characters.names,
            )
            .execute(&mut *transaction)
            .await?;
        }
        if !corporations.ids.is_empty() {
            sqlx::query!(
                "
                INSERT INTO corporations (corporation_id, name, ticker, updated_at)
                SELECT id, name, ticker, now()
                FROM unnest($1::bigint[], $2::text[], $3::text[]) AS new (id, name, ticker)
                ON CONFLICT (corporation_id) DO UPDATE SET
                    name = excluded.name,
                    ticker = coalesce(excluded.ticker, corporations.ticker),
                    updated_at = excluded.updated_at
                ",
                &corporations.ids,
                &corporations.names,
                &corporations.tickers as &[Option<String>],
            )
            .execute(&mut *transaction)
            .await?;
        }
        if !alliances.ids.is_empty() {
            sqlx::query!(
                "
                INSERT INTO alliances (alliance_id, name, ticker, updated_at)
                SELECT id, name, ticker, now()
                FROM unnest($1::bigint[], $2::text[], $3::text[]) AS new (id, name, ticker)
                ON CONFLICT (alliance_id) DO UPDATE SET
                    name = excluded.name,
                    ticker = coalesce(excluded.ticker, alliances.ticker),
                    updated_at = excluded.updated_at
                ",
                &alliances.ids,
                &alliances.names,
                &alliances.tickers as &[Option<String>],
            )
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// The stored names among the given ids of pilots, corporations and alliances, in no particular order.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.find_names")]
    pub async fn find_names(&self, ids: &[i64]) -> Result<Vec<EntityName>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows = sqlx::query!(
            r#"
            SELECT 'character' AS "kind!", character_id AS "id!", name AS "name!", NULL AS ticker
            FROM characters WHERE character_id = ANY($1)
            UNION ALL
            SELECT 'corporation', corporation_id, name, ticker FROM corporations WHERE corporation_id = ANY($1)
            UNION ALL
            SELECT 'alliance', alliance_id, name, ticker FROM alliances WHERE alliance_id = ANY($1)
            "#,
            ids,
        )
        .fetch_all(&self.pool)
        .await?;
        let names = rows.into_iter().map(|row| {
            Ok(EntityName { kind: kind_of(&row.kind, row.id)?, id: row.id, name: row.name, ticker: row.ticker })
        });
        names.collect()
    }

    /// What is stored about one named thing. Factions are not stored.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.find_entity")]
    pub async fn find_entity(&self, kind: EntityKind, id: i64) -> Result<Option<Entity>, StoreError> {
        let row = sqlx::query!(
            r#"
            SELECT name AS "name!", NULL AS ticker, corporation_id, alliance_id, updated_at
            FROM characters WHERE $1 = 'character' AND character_id = $2
            UNION ALL
            SELECT name, ticker, NULL, alliance_id, updated_at
            FROM corporations WHERE $1 = 'corporation' AND corporation_id = $2
            UNION ALL
            SELECT name, ticker, NULL, NULL, updated_at FROM alliances WHERE $1 = 'alliance' AND alliance_id = $2
            UNION ALL
            SELECT name, NULL, NULL, NULL, NULL FROM static_names WHERE kind = $1 AND id = $2
            "#,
            kind.as_str(),
            id,
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|row| Entity {
            kind,
            id,
            name: row.name,
            ticker: row.ticker,
            corporation_id: row.corporation_id.map(CorporationId),
            alliance_id: row.alliance_id.map(AllianceId),
            updated_at: row.updated_at,
        }))
    }
}

pub(crate) fn kind_of(text: &str, id: i64) -> Result<EntityKind, StoreError> {
    text.parse().map_err(|_| StoreError::Inconsistent { table: "searchable_names", column: "kind", id })
}

/// Names of one kind as columns: each id once, in one order for every writer, so that two never lock crosswise.
#[derive(Default)]
struct NameColumns {
    ids: Vec<i64>,
    names: Vec<String>,
    tickers: Vec<Option<String>>,
}

impl NameColumns {
    fn of(names: &[EntityName], kind: EntityKind) -> Self {
        let last_of_each: BTreeMap<i64, &EntityName> =
            names.iter().filter(|name| name.kind == kind).map(|name| (name.id, name)).collect();
        let mut columns = Self::default();
        for (id, name) in last_of_each {
            columns.ids.push(id);
            columns.names.push(without_nul(&name.name));
            columns.tickers.push(name.ticker.as_deref().map(without_nul));
        }
        columns
    }
}

/// PostgreSQL's text cannot hold NUL.
fn without_nul(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}
