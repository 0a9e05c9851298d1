//! The losses of one type in a span of time, with what was fitted, and who took part in them. Bounded: the newest few.

use crate::{Store, StoreError, money::isk};
use domain::{AllianceId, CharacterId, CorporationId, EntityKind, Isk, KillmailId, Location, Timestamp, TypeId};
use tracing::instrument;

/// One loss as far as statistics need it.
#[derive(Clone, Debug, PartialEq)]
pub struct ShipLoss {
    pub killmail_id: KillmailId,
    pub killmail_time: Timestamp,
    pub value: Option<Isk>,
    pub character_id: Option<CharacterId>,
    pub corporation_id: Option<CorporationId>,
    pub alliance_id: Option<AllianceId>,
    pub is_solo: bool,
    pub is_npc: bool,
    pub tags: Vec<String>,
    /// Effective hit points, where fit statistics are stored.
    pub ehp: Option<i64>,
    pub ehp_is_lower_bound: bool,
    /// What sat in slots, charges included: type and location flag.
    pub fitted: Vec<(TypeId, i64)>,
}

/// A pilot, corporation or alliance with the losses it took part in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RankedAttacker {
    pub kind: EntityKind,
    pub id: i64,
    /// Losses with at least one of them among the attackers.
    pub losses: u64,
    pub final_blows: u64,
}

struct LossRow {
    killmail_id: i64,
    killmail_time: Timestamp,
    value: Option<i64>,
    victim_character_id: Option<i64>,
    victim_corporation_id: Option<i64>,
    victim_alliance_id: Option<i64>,
    is_solo: bool,
    is_npc: bool,
    ehp: Option<i64>,
    fit_is_lower_bound: bool,
    module_tags: Vec<String>,
    fitted_types: Vec<i64>,
    fitted_flags: Vec<i64>,
}

impl From<LossRow> for ShipLoss {
    fn from(row: LossRow) -> Self {
        Self {
            killmail_id: KillmailId(row.killmail_id),
            killmail_time: row.killmail_time,
            value: isk(row.value),
            character_id: row.victim_character_id.map(CharacterId),
            corporation_id: row.victim_corporation_id.map(CorporationId),
            alliance_id: row.victim_alliance_id.map(AllianceId),
            is_solo: row.is_solo,
            is_npc: row.is_npc,
            tags: row.module_tags,
            ehp: row.ehp,
            ehp_is_lower_bound: row.fit_is_lower_bound,
            fitted: row.fitted_types.into_iter().map(TypeId).zip(row.fitted_flags).collect(),
        }
    }
}

impl Store {
    /// The newest losses of a type from `from` (inclusive) to `to` (exclusive), newest first, at most `limit`.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.list_ship_losses")]
    pub async fn list_ship_losses(
        &self,
        type_id: TypeId,
        from: Timestamp,
        to: Timestamp,
        limit: u32,
    ) -> Result<Vec<ShipLoss>, StoreError> {
        let rows = sqlx::query_as!(
            LossRow,
            r#"
            SELECT
                loss.killmail_id AS "killmail_id!", loss.killmail_time AS "killmail_time!", loss.value,
                loss.victim_character_id, loss.victim_corporation_id, loss.victim_alliance_id,
                loss.is_solo AS "is_solo!", loss.is_npc AS "is_npc!", loss.module_tags AS "module_tags!", loss.ehp,
                loss.fit_is_lower_bound AS "fit_is_lower_bound!",
                fitted.types AS "fitted_types!", fitted.flags AS "fitted_flags!"
            FROM (
                SELECT
                    killmail_id, killmail_time, (total_value * 100)::bigint AS value,
                    victim_character_id, victim_corporation_id, victim_alliance_id, is_solo, is_npc, module_tags, ehp,
                    fit_is_lower_bound
                FROM killmails_enriched
                WHERE ship_type_id = $1 AND killmail_time >= $2 AND killmail_time < $3
                ORDER BY killmail_time DESC, killmail_id DESC LIMIT $4
            ) AS loss
            JOIN killmails_raw AS raw
                ON raw.killmail_id = loss.killmail_id AND raw.killmail_time = loss.killmail_time
                -- Lets the planner leave out the other months.
                AND raw.killmail_time >= $2 AND raw.killmail_time < $3
            CROSS JOIN LATERAL (
                SELECT
                    coalesce(array_agg(item.item_type_id::bigint), '{}') AS types,
                    coalesce(array_agg(item.flag::bigint), '{}') AS flags
                FROM jsonb_to_recordset(
                    CASE jsonb_typeof(raw.payload #> '{victim,items}')
                        WHEN 'array' THEN raw.payload #> '{victim,items}' ELSE '[]'
                    END
                ) AS item (item_type_id numeric, flag numeric)
                WHERE item.flag = ANY($5::bigint[]) AND item.item_type_id IS NOT NULL
            ) AS fitted
            ORDER BY loss.killmail_time DESC, loss.killmail_id DESC
            "#,
            type_id.0,
            from,
            to,
            i64::from(limit),
            &slot_flags(),
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(ShipLoss::from).collect())
    }

    /// Who took part most often in the given losses: the first `limit` pilots, corporations and alliances.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.list_top_attackers")]
    pub async fn list_top_attackers(&self, losses: &[ShipLoss], limit: u32) -> Result<Vec<RankedAttacker>, StoreError> {
        let times = || losses.iter().map(|loss| loss.killmail_time);
        let (Some(first), Some(last)) = (times().min(), times().max()) else { return Ok(Vec::new()) };
        let ids: Vec<i64> = losses.iter().map(|loss| loss.killmail_id.0).collect();
        let rows = sqlx::query!(
            r#"
            SELECT kind AS "kind!", id AS "id!", losses AS "losses!", final_blows AS "final_blows!"
            FROM (
                SELECT
                    entity.kind, entity.id,
                    count(DISTINCT taking_part.killmail_id) AS losses,
                    count(*) FILTER (WHERE taking_part.final_blow) AS final_blows,
                    row_number() OVER (
                        PARTITION BY entity.kind
                        ORDER BY
                            count(DISTINCT taking_part.killmail_id) DESC,
                            count(*) FILTER (WHERE taking_part.final_blow) DESC,
                            entity.id
                    ) AS place
                FROM unnest($1::bigint[], $2::timestamptz[]) AS loss (killmail_id, killmail_time)
                JOIN killmail_participants AS taking_part
                    ON taking_part.killmail_id = loss.killmail_id AND taking_part.killmail_time = loss.killmail_time
                    AND taking_part.killmail_time >= $3 AND taking_part.killmail_time <= $4
                    AND taking_part.role = 'attacker'
                CROSS JOIN LATERAL (
                    VALUES
                        ('character', taking_part.character_id),
                        ('corporation', taking_part.corporation_id),
                        ('alliance', taking_part.alliance_id)
                ) AS entity (kind, id)
                WHERE entity.id IS NOT NULL
                GROUP BY entity.kind, entity.id
            ) AS ranked
            WHERE place <= $5 ORDER BY kind, place
            "#,
            &ids,
            &times().collect::<Vec<_>>(),
            first,
            last,
            i64::from(limit),
        )
        .fetch_all(&self.pool)
        .await?;
        let attackers = rows.into_iter().filter_map(|row| {
            let kind = match row.kind.as_str() {
                "character" => EntityKind::Character,
                "corporation" => EntityKind::Corporation,
                "alliance" => EntityKind::Alliance,
                _ => return None,
            };
            let (losses, final_blows) = (row.losses.unsigned_abs(), row.final_blows.unsigned_abs());
            Some(RankedAttacker { kind, id: row.id, losses, final_blows })
        });
        Ok(attackers.collect())
    }
}

/// The location flags of slots. The game's flags are small numbers.
fn slot_flags() -> Vec<i64> {
    (0..1_000).filter(|flag| Location::from_flag(*flag).slot().is_some()).collect()
}
