//! Imported static data: the archives themselves, which of them is current, and the news of a change.
//!
//! A change of the current snapshot is one transaction under the advisory lock of `static_import`: the archive, the
//! `static_*` tables that queries join, the deletion of what is older than the previous snapshot, and a notification
//! that PostgreSQL delivers at commit. Of two nodes that import at once the second waits, finds that the current
//! snapshot is not the one its report was made against, and is told so ([`SnapshotOutcome::Overtaken`]).

use crate::{
    Store, StoreError,
    news::listen,
    static_import::{lock_static_import, replace_static_tables},
};
use domain::{StaticData, Timestamp};
use serde_json::Value;
use sqlx::{PgConnection, postgres::PgListener};
use std::{fmt, str::FromStr};
use tracing::instrument;

/// PostgreSQL's channel for changes of the current snapshot; the payload is the kind.
const CHANNEL: &str = "static_snapshots";

/// What a snapshot is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SnapshotKind {
    /// Types, groups and the universe: a tar of CSV tables.
    UniverseTypes,
    /// The fit engine's data file.
    Dogma,
}

impl SnapshotKind {
    pub const ALL: [Self; 2] = [Self::UniverseTypes, Self::Dogma];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::UniverseTypes => "universe_types",
            Self::Dogma => "dogma",
        }
    }
}

impl fmt::Display for SnapshotKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for SnapshotKind {
    type Err = domain::UnknownWord;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(domain::UnknownWord)
    }
}

/// A stored snapshot without its archive.
#[derive(Clone, Debug, PartialEq)]
pub struct SnapshotInfo {
    pub kind: SnapshotKind,
    pub build: String,
    pub build_number: u64,
    pub imported_at: Timestamp,
    pub is_current: bool,
    /// Chosen by the operator: wins even over a newer build inside the binary.
    pub is_pinned: bool,
    pub source_etag: Option<String>,
    /// Of the packed archive, in hexadecimal.
    pub sha256: String,
    pub archive_bytes: u64,
    pub report: Option<Value>,
}

/// A snapshot to make current.
#[derive(Clone, Copy, Debug)]
pub struct NewSnapshot<'a> {
    pub kind: SnapshotKind,
    pub build: &'a str,
    pub build_number: u64,
    pub archive: &'a [u8],
    pub report: Option<&'a Value>,
    pub source_etag: Option<&'a str>,
    /// `sha256` of the snapshot that the caller takes to be current; the report compares with it.
    pub expected_current: Option<&'a str>,
    pub downgrade: Downgrade,
}

/// Whether an older build may replace a newer one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Downgrade {
    Refuse,
    /// The older build is then pinned.
    Allow,
}

/// What became of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SnapshotOutcome {
    Installed,
    /// The same archive is current already.
    UpToDate,
    /// The current build is newer.
    Downgrade {
        current: String,
    },
    /// Another node changed the current snapshot meanwhile; look again.
    Overtaken,
}

/// Tells when another process may have changed the current snapshot.
#[derive(Debug)]
pub struct SnapshotListener {
    listener: PgListener,
}

struct SnapshotRow {
    kind: String,
    build: String,
    build_number: i64,
    imported_at: Timestamp,
    is_current: bool,
    is_pinned: bool,
    source_etag: Option<String>,
    sha256: String,
    archive_bytes: i64,
    report: Option<Value>,
}

impl TryFrom<SnapshotRow> for SnapshotInfo {
    type Error = StoreError;

    fn try_from(row: SnapshotRow) -> Result<Self, StoreError> {
        let kind = row.kind.parse().map_err(|_| StoreError::Inconsistent {
            table: "static_snapshots",
            column: "kind",
            id: row.build_number,
        })?;
        Ok(Self {
            kind,
            build: row.build,
            build_number: row.build_number.unsigned_abs(),
            imported_at: row.imported_at,
            is_current: row.is_current,
            is_pinned: row.is_pinned,
            source_etag: row.source_etag,
            sha256: row.sha256,
            archive_bytes: row.archive_bytes.unsigned_abs(),
            report: row.report,
        })
    }
}

impl Store {
    /// Every stored snapshot, by kind, the current one first.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.list_snapshots")]
    pub async fn list_snapshots(&self) -> Result<Vec<SnapshotInfo>, StoreError> {
        let rows = sqlx::query_as!(
            SnapshotRow,
            r#"
            SELECT
                kind, build, build_number, imported_at, is_current, is_pinned, source_etag, sha256,
                octet_length(archive)::bigint AS "archive_bytes!", report
            FROM static_snapshots ORDER BY kind, is_current DESC, imported_at DESC
            "#
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(SnapshotInfo::try_from).collect()
    }

    /// The current snapshot of a kind.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.find_current_snapshot")]
    pub async fn find_current_snapshot(&self, kind: SnapshotKind) -> Result<Option<SnapshotInfo>, StoreError> {
        let snapshots = self.list_snapshots().await?;
        Ok(snapshots.into_iter().find(|snapshot| snapshot.kind == kind && snapshot.is_current))
    }

    /// The packed archive of a snapshot, unless it was deleted meanwhile.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.find_snapshot_archive")]
    pub async fn find_snapshot_archive(&self, snapshot: &SnapshotInfo) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(sqlx::query_scalar!(
            "SELECT archive FROM static_snapshots WHERE kind = $1 AND build = $2 AND sha256 = $3",
            snapshot.kind.as_str(),
            snapshot.build,
            snapshot.sha256,
        )
        .fetch_optional(&self.pool)
        .await?)
    }

    /// Makes a snapshot current. `data` are the tables inside it, for a snapshot that has such.
    ///
    /// # Errors
    /// When the database does not answer; then everything stays as it was.
    #[instrument(level = "debug", skip_all, name = "db.install_snapshot")]
    pub async fn install_snapshot(
        &self,
        new: NewSnapshot<'_>,
        data: Option<&StaticData>,
    ) -> Result<SnapshotOutcome, StoreError> {
        let mut transaction = self.pool.begin().await?;
        lock_static_import(&mut transaction).await?;
        let current = sqlx::query!(
            r#"
            SELECT build, build_number, sha256, sha256 = encode(sha256($2), 'hex') AS "is_same!"
            FROM static_snapshots WHERE kind = $1 AND is_current
            "#,
            new.kind.as_str(),
            new.archive,
        )
        .fetch_optional(&mut *transaction)
        .await?;
        if let Some(current) = &current {
            if current.is_same && current.build == new.build {
                return Ok(SnapshotOutcome::UpToDate);
            }
            if Some(current.sha256.as_str()) != new.expected_current {
                return Ok(SnapshotOutcome::Overtaken);
            }
        } else if new.expected_current.is_some() {
            return Ok(SnapshotOutcome::Overtaken);
        }
        let build_number = i64::try_from(new.build_number).unwrap_or(i64::MAX);
        let is_older = current.as_ref().is_some_and(|current| build_number < current.build_number);
        if let Some(current) = current.as_ref().filter(|_| is_older && new.downgrade == Downgrade::Refuse) {
            return Ok(SnapshotOutcome::Downgrade { current: current.build.clone() });
        }
        // What was current stays; when the same build replaces itself, what was previous does.
        let previous = current.map(|current| current.build);
        put_in_place(&mut transaction, new, build_number, is_older, previous).await?;
        if let Some(data) = data {
            replace_static_tables(&mut transaction, data).await?;
        }
        announce(&mut transaction, new.kind).await?;
        transaction.commit().await?;
        Ok(SnapshotOutcome::Installed)
    }

    /// Makes the previous snapshot current and pins it; the one that was current becomes the previous one. `data` are
    /// the tables inside it.
    ///
    /// # Errors
    /// When the database does not answer; then everything stays as it was.
    #[instrument(level = "debug", skip_all, name = "db.restore_snapshot")]
    pub async fn restore_snapshot(
        &self,
        snapshot: &SnapshotInfo,
        data: Option<&StaticData>,
    ) -> Result<SnapshotOutcome, StoreError> {
        let mut transaction = self.pool.begin().await?;
        lock_static_import(&mut transaction).await?;
        let kind = snapshot.kind.as_str();
        sqlx::query!(
            "UPDATE static_snapshots SET is_current = false, is_pinned = false WHERE kind = $1 AND is_current",
            kind
        )
        .execute(&mut *transaction)
        .await?;
        let restored = sqlx::query!(
            "
            UPDATE static_snapshots SET is_current = true, is_pinned = true
            WHERE kind = $1 AND build = $2 AND sha256 = $3
            ",
            kind,
            snapshot.build,
            snapshot.sha256,
        )
        .execute(&mut *transaction)
        .await?;
        if restored.rows_affected() == 0 {
            return Ok(SnapshotOutcome::Overtaken);
        }
        if let Some(data) = data {
            replace_static_tables(&mut transaction, data).await?;
        }
        announce(&mut transaction, snapshot.kind).await?;
        transaction.commit().await?;
        Ok(SnapshotOutcome::Installed)
    }

    /// Listens for changes of the current snapshot, on a connection of its own.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.listen_for_snapshots")]
    pub async fn listen_for_snapshots(&self) -> Result<SnapshotListener, StoreError> {
        Ok(SnapshotListener { listener: listen(&self.pool, CHANNEL).await? })
    }
}

/// Writes a snapshot as the current one and forgets all others but the previous.
async fn put_in_place(
    connection: &mut PgConnection,
    new: NewSnapshot<'_>,
    build_number: i64,
    is_pinned: bool,
    previous: Option<String>,
) -> Result<(), StoreError> {
    sqlx::query!("UPDATE static_snapshots SET is_current = false WHERE kind = $1 AND is_current", new.kind.as_str())
        .execute(&mut *connection)
        .await?;
    sqlx::query!(
        "
        INSERT INTO static_snapshots (
            kind, build, build_number, imported_at, is_current, is_pinned, source_etag, report, archive
        )
        VALUES ($1, $2, $3, clock_timestamp(), true, $4, $5, $6, $7)
        ON CONFLICT (kind, build) DO UPDATE SET
            build_number = excluded.build_number, imported_at = excluded.imported_at, is_current = true,
            is_pinned = excluded.is_pinned, source_etag = excluded.source_etag, report = excluded.report,
            archive = excluded.archive
        ",
        new.kind.as_str(),
        new.build,
        build_number,
        is_pinned,
        new.source_etag,
        new.report,
        new.archive,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "
        DELETE FROM static_snapshots WHERE kind = $1 AND NOT is_current AND build <> (
            SELECT build FROM static_snapshots WHERE kind = $1 AND NOT is_current
            ORDER BY build = $2 DESC, imported_at DESC LIMIT 1
        )
        ",
        new.kind.as_str(),
        previous,
    )
    .execute(&mut *connection)
    .await?;
    Ok(())
}

impl SnapshotListener {
    /// Returns when a current snapshot may be another: after news, and after a lost connection was made anew, because
    /// news may have been missed then.
    ///
    /// # Errors
    /// When the connection is lost and cannot be made anew.
    pub async fn changed(&mut self) -> Result<(), StoreError> {
        self.listener.try_recv().await?;
        Ok(())
    }
}

async fn announce(connection: &mut PgConnection, kind: SnapshotKind) -> Result<(), StoreError> {
    sqlx::query!("SELECT pg_notify($1, $2)", CHANNEL, kind.as_str()).execute(connection).await?;
    Ok(())
}
