//! What `tracker bench` compares the ingest with: plain `COPY` of the same rows, without keys, indexes or checks; and what
//! it counts.

mod copy_text;
mod coverage;

pub(crate) use copy_text::CopyText;
pub use coverage::Coverage;

use crate::{
    Store, StoreError,
    insert::{Columns, EnrichedColumns, ParticipantColumns, RawColumns},
};
use domain::{KillRecord, StaticData};
use sqlx::{Executor, PgConnection};
use std::time::{Duration, Instant};

/// How fast PostgreSQL took the rows.
#[derive(Clone, Copy, Debug)]
pub struct CopySpeed {
    /// Of the three tables together.
    pub rows: u64,
    pub elapsed: Duration,
}

impl CopySpeed {
    pub fn rows_per_second(&self) -> f64 {
        self.rows as f64 / self.elapsed.as_secs_f64().max(f64::MIN_POSITIVE)
    }
}

/// Rows that a kill has in the three tables together.
pub fn rows_of(record: &KillRecord) -> u64 {
    3 + record.killmail.attackers.len() as u64
}

/// Copies the rows of all records at once into unlogged tables that have the same columns and nothing else, and drops
/// the tables. The time includes writing the rows as text, as it does in `insert_batch`.
///
/// # Errors
/// When the database does not answer.
pub async fn copy_rows_per_second(
    store: &Store,
    records: &[&KillRecord],
    static_data: &StaticData,
) -> Result<CopySpeed, StoreError> {
    let mut connection = store.pool.acquire().await?;
    connection
        .execute(
            "
            DROP TABLE IF EXISTS bench_raw, bench_enriched, bench_participants;
            CREATE UNLOGGED TABLE bench_raw (LIKE killmails_raw);
            CREATE UNLOGGED TABLE bench_enriched (LIKE killmails_enriched);
            CREATE UNLOGGED TABLE bench_participants (LIKE killmail_participants);
            ",
        )
        .await?;
    let started = Instant::now();
    let columns = Columns::of(records.iter().copied(), static_data);
    copy_in(&mut connection, "bench_raw", RawColumns::NAMES, &columns.raw.copy_text()).await?;
    copy_in(&mut connection, "bench_enriched", EnrichedColumns::NAMES, &columns.enriched.copy_text()).await?;
    copy_in(&mut connection, "bench_participants", ParticipantColumns::NAMES, &columns.participants.copy_text())
        .await?;
    let elapsed = started.elapsed();
    connection.execute("DROP TABLE bench_raw, bench_enriched, bench_participants").await?;
    Ok(CopySpeed { rows: records.iter().map(|record| rows_of(record)).sum(), elapsed })
}

async fn copy_in(
    connection: &mut PgConnection,
    table: &'static str,
    columns: &[&str],
    rows: &CopyText,
) -> Result<(), StoreError> {
    let statement = format!("COPY {table} ({}) FROM STDIN", columns.join(", "));
    let mut copy = connection.copy_in_raw(&statement).await?;
    copy.send(rows.as_bytes()).await?;
    copy.finish().await?;
    Ok(())
}
