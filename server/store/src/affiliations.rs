//! Where pilots belong: corporation and alliance as last confirmed, and which have to be confirmed again.

use crate::{Store, StoreError};
use domain::{AllianceId, CharacterId, CorporationId, Timestamp};
use std::collections::BTreeMap;
use tracing::instrument;

/// Where one pilot belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CharacterAffiliation {
    pub character_id: CharacterId,
    pub corporation_id: CorporationId,
    pub alliance_id: Option<AllianceId>,
}

impl Store {
    /// Those of the given pilots whose membership was never confirmed, or last before a time. Pilots without a
    /// stored name are left out: there is nowhere to keep it yet.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.list_stale_affiliations")]
    pub async fn list_stale_affiliations(
        &self,
        ids: &[CharacterId],
        before: Timestamp,
    ) -> Result<Vec<CharacterId>, StoreError> {
        let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
        let stale = sqlx::query_scalar!(
            "
            SELECT character_id FROM characters
            WHERE character_id = ANY($1) AND (affiliated_at IS NULL OR affiliated_at < $2)
            ",
            &ids,
            before,
        );
        Ok(stale.fetch_all(&self.pool).await?.into_iter().map(CharacterId).collect())
    }

    /// Notes where pilots belong, and gives those for whom that changed.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.update_affiliations")]
    pub async fn update_affiliations(
        &self,
        rows: &[CharacterAffiliation],
        at: Timestamp,
    ) -> Result<Vec<CharacterId>, StoreError> {
        // Each once, in one order for every writer, so that two never lock crosswise.
        let rows: BTreeMap<i64, &CharacterAffiliation> = rows.iter().map(|row| (row.character_id.0, row)).collect();
        let ids: Vec<i64> = rows.keys().copied().collect();
        let corporations: Vec<i64> = rows.values().map(|row| row.corporation_id.0).collect();
        let alliances: Vec<Option<i64>> = rows.values().map(|row| row.alliance_id.map(|id| id.0)).collect();
        let changed = sqlx::query_scalar!(
            r#"
            WITH new AS (
                SELECT id, corporation, alliance
                FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS new (id, corporation, alliance)
            ),
            old AS (
                SELECT character_id, corporation_id, alliance_id FROM characters
                WHERE character_id = ANY($1) ORDER BY character_id FOR UPDATE
            ),
            updated AS (
                UPDATE characters SET
                    corporation_id = new.corporation, alliance_id = new.alliance, affiliated_at = $4
                FROM new WHERE characters.character_id = new.id
            )
            SELECT old.character_id AS "id!" FROM old JOIN new ON new.id = old.character_id
            WHERE old.corporation_id IS NOT NULL
                AND (old.corporation_id, old.alliance_id) IS DISTINCT FROM (new.corporation, new.alliance)
            "#,
            &ids,
            &corporations,
            &alliances as &[Option<i64>],
            at,
        );
        Ok(changed.fetch_all(&self.pool).await?.into_iter().map(CharacterId).collect())
    }
}
