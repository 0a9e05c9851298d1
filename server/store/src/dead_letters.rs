//! Events that could not be decoded or stored, kept with the reason until somebody or a job resolves them. And kills
//! that wait for their body ([`LetterKind::Waiting`]), which are no dead letters yet and disappear with the wait.
//! The same event delivered again is the same letter, with one more attempt. A letter that fails again waits twice as
//! long as before, from ten minutes up to a day. At most [`MAX_LETTERS`] are kept: when
//! there are more, the resolved go first, then the oldest, those that wait last of all.

use crate::{Store, StoreError};
use domain::{KillmailId, Source, Timestamp};
use sqlx::PgConnection;
use std::{borrow::Cow, collections::HashSet, str::FromStr};
use tracing::instrument;

/// Letters kept at most.
const MAX_LETTERS: i64 = 10_000;
/// Bytes of a payload kept at most.
const MAX_PAYLOAD_BYTES: usize = 256 * 1024;
/// Bytes of a reason or position kept at most.
const MAX_REASON_BYTES: usize = 4 * 1024;

/// What went wrong, which says what another try has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LetterKind {
    /// The event could not be understood.
    Event,
    /// Id and hash are known, the body was not to be had from ESI.
    Body,
    /// The kill is stored, but its enrichment failed each time.
    Enrichment,
    /// Understood, but refused by the database.
    Storage,
    /// Id and hash are known, and ESI will give the body when it is back or its budget is.
    Waiting,
}

impl LetterKind {
    pub const ALL: [Self; 5] = [Self::Event, Self::Body, Self::Enrichment, Self::Storage, Self::Waiting];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Body => "body",
            Self::Enrichment => "enrichment",
            Self::Storage => "storage",
            Self::Waiting => "waiting",
        }
    }
}

impl FromStr for LetterKind {
    type Err = domain::UnknownWord;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(domain::UnknownWord)
    }
}

/// An event that could not be decoded or stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDeadLetter {
    pub kind: LetterKind,
    pub source: Source,
    /// Where in the feed it was, if the feed has positions.
    pub position: Option<String>,
    pub killmail_id: Option<KillmailId>,
    /// For operators.
    pub reason: String,
    /// As received; what is over 256 KiB is cut off.
    pub payload: String,
}

/// A stored letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    pub id: i64,
    pub kind: LetterKind,
    pub source: Source,
    pub position: Option<String>,
    pub killmail_id: Option<KillmailId>,
    pub reason: String,
    pub payload: String,
    /// How often it arrived or was tried again.
    pub attempts: u32,
    pub created_at: Timestamp,
    /// Not due before this time.
    pub retry_at: Timestamp,
    pub resolved_at: Option<Timestamp>,
}

struct LetterRow {
    id: i64,
    kind: String,
    source: String,
    position: Option<String>,
    killmail_id: Option<i64>,
    reason: String,
    payload: String,
    attempts: i32,
    created_at: Timestamp,
    retry_at: Timestamp,
    resolved_at: Option<Timestamp>,
}

impl TryFrom<LetterRow> for DeadLetter {
    type Error = StoreError;
    fn try_from(row: LetterRow) -> Result<Self, StoreError> {
        let inconsistent = |column| StoreError::Inconsistent { table: "dead_letters", column, id: row.id };
        Ok(Self {
            id: row.id,
            kind: row.kind.parse().map_err(|_| inconsistent("kind"))?,
            source: row.source.parse().map_err(|_| inconsistent("source"))?,
            position: row.position,
            killmail_id: row.killmail_id.map(KillmailId),
            reason: row.reason,
            payload: row.payload,
            attempts: row.attempts.unsigned_abs(),
            created_at: row.created_at,
            retry_at: row.retry_at,
            resolved_at: row.resolved_at,
        })
    }
}

impl Store {
    /// Stores letters outside of a batch.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.insert_dead_letters")]
    pub async fn insert_dead_letters(&self, letters: &[NewDeadLetter]) -> Result<(), StoreError> {
        let mut transaction = self.pool.begin().await?;
        insert(&mut transaction, letters).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The newest letters, resolved ones included.
    ///
    /// # Errors
    /// When the database does not answer or a row is inconsistent.
    #[cfg(feature = "testing")]
    pub async fn list_dead_letters(&self, limit: u32) -> Result<Vec<DeadLetter>, StoreError> {
        let rows = sqlx::query_as!(
            LetterRow,
            "
            SELECT
                id, kind, source, position, killmail_id, reason, payload, attempts, created_at, retry_at, resolved_at
            FROM dead_letters ORDER BY id DESC LIMIT $1
            ",
            i64::from(limit),
        );
        rows.fetch_all(&self.pool).await?.into_iter().map(DeadLetter::try_from).collect()
    }

    /// Letters to try again, of one source or of all: those tried least, oldest first. With `only_due`, those whose
    /// wait is over, without the kills that wait for their body, for which the pipeline cares.
    ///
    /// # Errors
    /// When the database does not answer or a row is inconsistent.
    #[instrument(level = "debug", skip_all, name = "db.list_unresolved_dead_letters")]
    pub async fn list_unresolved_dead_letters(
        &self,
        source: Option<Source>,
        only_due: bool,
        limit: u32,
    ) -> Result<Vec<DeadLetter>, StoreError> {
        let rows = sqlx::query_as!(
            LetterRow,
            "
            SELECT
                id, kind, source, position, killmail_id, reason, payload, attempts, created_at, retry_at, resolved_at
            FROM dead_letters
            WHERE resolved_at IS NULL AND ($1::text IS NULL OR source = $1) AND (NOT $2 OR (retry_at <= now() AND kind <> 'waiting'))
            ORDER BY attempts, id LIMIT $3
            ",
            source.map(Source::as_str),
            only_due,
            i64::from(limit),
        );
        rows.fetch_all(&self.pool).await?.into_iter().map(DeadLetter::try_from).collect()
    }

    /// Kills that wait for their body, oldest first.
    ///
    /// # Errors
    /// When the database does not answer or a row is inconsistent.
    #[instrument(level = "debug", skip_all, name = "db.list_waiting_letters")]
    pub async fn list_waiting_letters(&self, limit: u32) -> Result<Vec<DeadLetter>, StoreError> {
        let rows = sqlx::query_as!(
            LetterRow,
            "
            SELECT
                id, kind, source, position, killmail_id, reason, payload, attempts, created_at, retry_at, resolved_at
            FROM dead_letters WHERE kind = 'waiting' AND resolved_at IS NULL ORDER BY id LIMIT $1
            ",
            i64::from(limit),
        );
        rows.fetch_all(&self.pool).await?.into_iter().map(DeadLetter::try_from).collect()
    }

    /// Those of the given kills that have an unresolved letter.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.filter_dead_ids")]
    pub async fn filter_dead_ids(&self, ids: &[KillmailId]) -> Result<HashSet<KillmailId>, StoreError> {
        let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
        let dead = sqlx::query_scalar!(
            r#"
            SELECT killmail_id AS "killmail_id!" FROM dead_letters
            WHERE resolved_at IS NULL AND killmail_id = ANY($1)
            "#,
            &ids,
        );
        Ok(dead.fetch_all(&self.pool).await?.into_iter().map(KillmailId).collect())
    }

    /// How many letters are not resolved, without the kills that wait for their body.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.count_dead_letters")]
    pub async fn count_dead_letters(&self) -> Result<u64, StoreError> {
        let count = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM dead_letters WHERE resolved_at IS NULL AND kind <> 'waiting'"#
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(count.unsigned_abs())
    }

    /// Marks a letter as resolved. Returns whether there was such an unresolved letter.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.resolve_dead_letter")]
    pub async fn resolve_dead_letter(&self, id: i64) -> Result<bool, StoreError> {
        let outcome =
            sqlx::query!("UPDATE dead_letters SET resolved_at = now() WHERE id = $1 AND resolved_at IS NULL", id)
                .execute(&self.pool)
                .await?;
        Ok(outcome.rows_affected() > 0)
    }

    /// Counts one more failed attempt of a letter, keeps its newest reason and doubles its wait.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.fail_dead_letter")]
    pub async fn fail_dead_letter(&self, id: i64, reason: &str) -> Result<(), StoreError> {
        sqlx::query!(
            "
            UPDATE dead_letters SET
                attempts = attempts + 1,
                reason = $2,
                retry_at = now() + least(interval '10 minutes' * power(2, least(attempts - 1, 10)), interval '1 day')
            WHERE id = $1
            ",
            id,
            &*storable(reason, MAX_REASON_BYTES),
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

/// Stores letters in the caller's transaction.
pub(crate) async fn insert(connection: &mut PgConnection, letters: &[NewDeadLetter]) -> Result<(), StoreError> {
    if letters.is_empty() {
        return Ok(());
    }
    let kinds: Vec<&str> = letters.iter().map(|letter| letter.kind.as_str()).collect();
    let sources: Vec<String> = letters.iter().map(|letter| letter.source.as_str().to_owned()).collect();
    let positions: Vec<Option<String>> = letters
        .iter()
        .map(|letter| letter.position.as_deref().map(|text| storable(text, MAX_REASON_BYTES).into_owned()))
        .collect();
    let killmail_ids: Vec<Option<i64>> = letters.iter().map(|letter| letter.killmail_id.map(|id| id.0)).collect();
    let reasons: Vec<String> =
        letters.iter().map(|letter| storable(&letter.reason, MAX_REASON_BYTES).into_owned()).collect();
    let payloads: Vec<String> =
        letters.iter().map(|letter| storable(&letter.payload, MAX_PAYLOAD_BYTES).into_owned()).collect();
    sqlx::query!(
        "
        INSERT INTO dead_letters (source, position, killmail_id, reason, payload, kind, attempts, created_at)
        SELECT DISTINCT ON (source, md5(payload)) source, position, killmail_id, reason, payload, kind, 1, now()
        FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[])
            AS new (source, position, killmail_id, reason, payload, kind)
        ORDER BY source, md5(payload)
        ON CONFLICT (source, fingerprint) DO UPDATE SET
            attempts = dead_letters.attempts + 1,
            position = coalesce(excluded.position, dead_letters.position),
            killmail_id = coalesce(excluded.killmail_id, dead_letters.killmail_id),
            reason = excluded.reason,
            kind = excluded.kind,
            resolved_at = NULL
        ",
        &sources,
        &positions as &[Option<String>],
        &killmail_ids as &[Option<i64>],
        &reasons,
        &payloads,
        &kinds as &[&str],
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "
        DELETE FROM dead_letters WHERE id IN (
            SELECT id FROM dead_letters
            ORDER BY resolved_at IS NULL DESC, kind = 'waiting' DESC, id DESC OFFSET $1
        )
        ",
        MAX_LETTERS,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Ends the wait of kills that are stored or given up, in the caller's transaction.
pub(crate) async fn end_wait(connection: &mut PgConnection, ids: &[i64]) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM dead_letters WHERE kind = 'waiting' AND killmail_id = ANY($1)", ids)
        .execute(connection)
        .await?;
    Ok(())
}

/// What PostgreSQL can hold of a text: no NUL, at most so many bytes, whole characters.
fn storable(text: &str, max_bytes: usize) -> Cow<'_, str> {
    let cut = &text[..text.floor_char_boundary(max_bytes)];
    if cut.contains('\0') { Cow::Owned(cut.replace('\0', "\u{fffd}")) } else { Cow::Borrowed(cut) }
}
