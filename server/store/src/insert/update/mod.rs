//! The one door for changes of a stored kill's enrichment. No other module writes to `killmails_enriched` (a test reads
//! the sources), so whatever has to happen with a change has its place here.
//!
//! | change | by | other processes |
//! |---|---|---|
//! | all that is computed, in place | [`Store::update_enrichment`] | told |
//! | values and unit prices | [`Store::update_values`] (`values`) | told |
//! | which fit, and what the engine found for it | `fits` | find it themselves |
//!
//! A kill that retention has dropped meanwhile stays dropped.

mod fits;
mod values;

use super::{columns::Columns, write::insert_enriched};
use crate::{Store, StoreError, news::tell_enriched};
use domain::{KillRecord, KillmailId, StaticData, Timestamp};
use sqlx::PgConnection;
use std::collections::{BTreeMap, HashSet};
use tracing::instrument;

impl Store {
    /// Replaces what is computed of stored kills: values, facts, tags, place and groups. The source, its value and
    /// labels stay. Returns how many kills there were to replace. Callers at once take turns row by row. Whoever
    /// listens for enrichments is told.
    ///
    /// # Errors
    /// When the database does not answer; then nothing of the batch is changed.
    #[instrument(level = "debug", skip_all, name = "db.update_enrichment")]
    pub async fn update_enrichment(
        &self,
        records: &[&KillRecord],
        static_data: &StaticData,
    ) -> Result<u64, StoreError> {
        // One order for all, so that two callers never wait for each other crosswise.
        let by_id: BTreeMap<KillmailId, &KillRecord> =
            records.iter().map(|record| (record.killmail.killmail_id, *record)).collect();
        let mut transaction = self.pool.begin().await?;
        let stored = stored_ids(&mut transaction, &by_id).await?;
        let records: Vec<&KillRecord> =
            by_id.into_iter().filter(|(id, _)| stored.contains(id)).map(|(_, record)| record).collect();
        if records.is_empty() {
            return Ok(0);
        }
        let columns = Columns::of(records.iter().copied(), static_data);
        insert_enriched(&mut transaction, &columns.enriched).await?;
        update_groups(&mut transaction, &columns).await?;
        let ids: Vec<KillmailId> = records.iter().map(|record| record.killmail.killmail_id).collect();
        tell_enriched(&mut transaction, &ids).await?;
        transaction.commit().await?;
        Ok(records.len() as u64)
    }
}

/// Which of the kills have a row, at the time the caller read them with.
async fn stored_ids(
    connection: &mut PgConnection,
    records: &BTreeMap<KillmailId, &KillRecord>,
) -> Result<HashSet<KillmailId>, StoreError> {
    let times = || records.values().map(|record| record.killmail.killmail_time);
    let (Some(first), Some(last)) = (times().min(), times().max()) else { return Ok(HashSet::new()) };
    let ids: Vec<i64> = records.keys().map(|id| id.0).collect();
    // The span of time lets the planner leave out the other months.
    let stored = sqlx::query_scalar!(
        "
        SELECT killmail_id FROM killmails_enriched
        WHERE killmail_id = ANY($1) AND killmail_time >= $2 AND killmail_time <= $3
        ORDER BY killmail_id
        FOR UPDATE
        ",
        &ids,
        first,
        last,
    )
    .fetch_all(connection)
    .await?;
    Ok(stored.into_iter().map(KillmailId).collect())
}

/// Of participants only the ship's group depends on static data.
async fn update_groups(connection: &mut PgConnection, columns: &Columns<'_>) -> Result<(), StoreError> {
    let rows = &columns.participants;
    let times = || rows.killmail_time.iter().copied();
    let (Some(first), Some(last)) = (times().min(), times().max()) else { return Ok(()) };
    let (first, last): (Timestamp, Timestamp) = (first, last);
    sqlx::query!(
        "
        UPDATE killmail_participants AS participants
        SET ship_group_id = new.ship_group_id
        FROM unnest($1::bigint[], $2::timestamptz[], $3::text[], $4::integer[], $5::bigint[])
            AS new (killmail_id, killmail_time, role, ordinal, ship_group_id)
        WHERE
            participants.killmail_time >= $6 AND participants.killmail_time <= $7
            AND participants.killmail_id = new.killmail_id
            AND participants.killmail_time = new.killmail_time
            AND participants.role = new.role::participant_role
            AND participants.ordinal = new.ordinal
            AND participants.ship_group_id IS DISTINCT FROM new.ship_group_id
        ",
        &rows.killmail_id,
        &rows.killmail_time,
        &rows.role as &[&str],
        &rows.ordinal,
        &rows.ship_group_id as &[Option<i64>],
        first,
        last,
    )
    .execute(connection)
    .await?;
    Ok(())
}
