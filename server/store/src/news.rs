//! News by way of PostgreSQL: who listens has a connection of its own, so that waiting takes none from the requests.
//! News may be lost with a connection; the listener is told so and looks for itself.

use crate::{Store, StoreError};
use domain::{KillmailId, Timestamp};
use sqlx::{
    PgConnection, PgPool,
    postgres::{PgListener, PgPoolOptions},
};
use std::time::Duration;
use tracing::instrument;

/// PostgreSQL's channel for kills that were enriched again; the payload is their ids with commas between.
const ENRICHED: &str = "kills_enriched";
/// Ids of one piece of news: a payload has 8,000 bytes at most.
const IDS: usize = 300;
/// How long a listener waits for its connection.
const LISTEN_TIMEOUT: Duration = Duration::from_secs(10);

/// A kill and the enrichment somebody has of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownEnrichment {
    pub killmail_id: KillmailId,
    pub killmail_time: Timestamp,
    pub enriched_at: Timestamp,
}

/// Hears of kills that were enriched again, by whatever process.
#[derive(Debug)]
pub struct EnrichmentListener {
    listener: PgListener,
}

impl EnrichmentListener {
    /// The next kills; `None` after a lost connection was made anew, because news may have been missed then.
    ///
    /// # Errors
    /// When the connection is lost and cannot be made anew.
    pub async fn next(&mut self) -> Result<Option<Vec<KillmailId>>, StoreError> {
        let news = self.listener.try_recv().await?;
        // Ids of another version are no ids, and looking for oneself is always right.
        Ok(news.and_then(|news| {
            news.payload().split(',').map(|id| id.parse().map(KillmailId)).collect::<Result<_, _>>().ok()
        }))
    }
}

impl Store {
    /// Listens for kills that are enriched again.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.listen_for_enrichments")]
    pub async fn listen_for_enrichments(&self) -> Result<EnrichmentListener, StoreError> {
        Ok(EnrichmentListener { listener: listen(&self.pool, ENRICHED).await? })
    }

    /// Which of the kills have a newer enrichment than the one known.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.list_newer_enrichments")]
    pub async fn list_newer_enrichments(&self, known: &[KnownEnrichment]) -> Result<Vec<KillmailId>, StoreError> {
        let times = || known.iter().map(|kill| kill.killmail_time);
        let (Some(first), Some(last)) = (times().min(), times().max()) else { return Ok(Vec::new()) };
        let ids: Vec<i64> = known.iter().map(|kill| kill.killmail_id.0).collect();
        let enriched_at: Vec<Timestamp> = known.iter().map(|kill| kill.enriched_at).collect();
        // The span of time lets the planner leave out the other months.
        let newer = sqlx::query_scalar!(
            "
            SELECT stored.killmail_id FROM killmails_enriched AS stored
            JOIN unnest($1::bigint[], $2::timestamptz[]) AS known (killmail_id, enriched_at) USING (killmail_id)
            WHERE
                stored.killmail_time >= $3 AND stored.killmail_time <= $4
                AND stored.enriched_at > known.enriched_at
            ",
            &ids,
            &enriched_at,
            first,
            last,
        );
        Ok(newer.fetch_all(&self.pool).await?.into_iter().map(KillmailId).collect())
    }
}

/// Tells every listener at commit.
pub(crate) async fn tell_enriched(connection: &mut PgConnection, ids: &[KillmailId]) -> Result<(), StoreError> {
    for ids in ids.chunks(IDS) {
        let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
        sqlx::query!("SELECT pg_notify($1, $2)", ENRICHED, ids.join(",")).execute(&mut *connection).await?;
    }
    Ok(())
}

/// The only connection of a pool of its own.
pub(crate) async fn listen(pool: &PgPool, channel: &str) -> Result<PgListener, StoreError> {
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(LISTEN_TIMEOUT)
        .connect_lazy_with(sqlx::postgres::PgConnectOptions::clone(&pool.connect_options()));
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.listen(channel).await?;
    Ok(listener)
}
