//! What `tracker bench` compares the ingest with: plain `COPY` of the same rows, without keys, indexes or checks; and what
//! it counts.

mod coverage;

pub use coverage::Coverage;

use crate::{Store, StoreError};
use domain::KillRecord;
use futures::TryStreamExt;
use sqlx::{AssertSqlSafe, Executor, PgConnection};
use std::time::{Duration, Instant};

const TABLES: [&str; 3] = ["killmails_raw", "killmails_enriched", "killmail_participants"];

/// How fast PostgreSQL took the rows.
#[derive(Clone, Copy, Debug, Default)]
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

/// Copies every stored kill into unlogged tables that have the same columns and nothing else, and drops the tables. Only
/// PostgreSQL's part counts: the rows are there as text before.
///
/// # Errors
/// When the database does not answer.
pub async fn copy_speed(store: &Store) -> Result<CopySpeed, StoreError> {
    let mut connection = store.pool.acquire().await?;
    let mut speed = CopySpeed::default();
    for table in TABLES {
        let text = copy_out(&mut connection, table).await?;
        let create = format!("DROP TABLE IF EXISTS bench_{table}; CREATE UNLOGGED TABLE bench_{table} (LIKE {table})");
        connection.execute(AssertSqlSafe(create)).await?;
        let started = Instant::now();
        let mut copy = connection.copy_in_raw(&format!("COPY bench_{table} FROM STDIN")).await?;
        copy.send(text).await?;
        speed.rows += copy.finish().await?;
        speed.elapsed += started.elapsed();
        connection.execute(AssertSqlSafe(format!("DROP TABLE bench_{table}"))).await?;
    }
    Ok(speed)
}

/// A table's rows in the text format of `COPY`.
async fn copy_out(connection: &mut PgConnection, table: &str) -> Result<Vec<u8>, StoreError> {
    let mut rows = connection.copy_out_raw(&format!("COPY (SELECT * FROM {table}) TO STDOUT")).await?;
    let mut text = Vec::new();
    while let Some(piece) = rows.try_next().await? {
        text.extend_from_slice(&piece);
    }
    Ok(text)
}
