//! The status page and readiness.

use super::Services;
use contract::{FeedHealth, StaticDataStatus, StatusReport, StoreHealth};
use domain::static_data::StaticReport;
use store::SnapshotKind;

/// Rows of each list of changes on the status page, which is asked for every few seconds.
const STATUS_ROWS: usize = 10;

impl Services {
    /// Never fails: a database that does not answer is part of the report.
    pub(super) async fn status(&self) -> StatusReport {
        let store = match self.store().status().await {
            Ok(status) => StoreHealth {
                is_up: true,
                kills_total: status.kills_total,
                newest_kill_time: status.newest_kill_time,
                partitions: status.partitions,
                database_bytes: status.database_bytes,
                dead_letters: status.dead_letters,
            },
            Err(error) => {
                tracing::warn!(%error, "database status cannot be read");
                StoreHealth::default()
            }
        };
        StatusReport {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            node: self.node().id().to_owned(),
            started_at: self.node().started_at(),
            now: self.now(),
            is_demo: self.is_demo(),
            feed: self.feed_status(),
            queues: self.node().gauges().queue_depths(),
            tasks: self.node().gauges().task_states(),
            upstreams: self.node().gauges().upstream_states(),
            store,
            static_build: self.static_data().build().to_owned(),
            static_data: self.static_data_status(STATUS_ROWS).await,
            watchers: self.hub().subscriber_count(),
            prices: self.prices().health(),
            data: self.data_health().await,
        }
    }

    /// Which static data are in use. A database that does not answer leaves out what only it knows.
    pub(super) async fn static_data_status(&self, rows: usize) -> StaticDataStatus {
        let build = self.static_data().build().to_owned();
        let snapshots = self.store().list_snapshots().await.unwrap_or_else(|error| {
            tracing::warn!(%error, "imported static data cannot be listed");
            Vec::new()
        });
        let mut status = StaticDataStatus { build, ..StaticDataStatus::default() };
        for snapshot in snapshots {
            match (snapshot.kind, snapshot.is_current) {
                (SnapshotKind::Dogma, true) => {
                    status.dogma_build = Some(snapshot.build);
                    status.dogma_imported_at = Some(snapshot.imported_at);
                }
                (SnapshotKind::UniverseTypes, true) if snapshot.build == status.build => {
                    status.imported_at = Some(snapshot.imported_at);
                    status.is_pinned = snapshot.is_pinned;
                    status.report = snapshot.report.and_then(|report| readable(report, rows));
                }
                (SnapshotKind::UniverseTypes, false) => status.previous_build = Some(snapshot.build),
                _ => {}
            }
        }
        status
    }

    /// Why the server should get no traffic; empty when ready. A feed that is down does not make a web server
    /// useless, so it is reported without failing readiness.
    pub async fn unready_reasons(&self) -> Vec<String> {
        match self.store().ping().await {
            Ok(_) => Vec::new(),
            Err(error) => vec![format!("database: {error}")],
        }
    }

    pub fn is_feed_down(&self) -> bool {
        self.feed_status().health == FeedHealth::Down
    }
}

/// A report as stored by this version or by another that may have written it differently.
fn readable(report: serde_json::Value, rows: usize) -> Option<StaticReport> {
    match serde_json::from_value::<StaticReport>(report) {
        Ok(report) => Some(report.cut(rows)),
        Err(error) => {
            tracing::warn!(%error, "the report of the last import cannot be read");
            None
        }
    }
}
