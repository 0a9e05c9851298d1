//! The status page and readiness.

use super::Services;
use app::contract::{FeedHealth, StatusReport, StoreHealth};

impl Services {
    /// Never fails: a database that does not answer is part of the report.
    pub async fn status(&self) -> StatusReport {
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
            node: self.node().to_owned(),
            started_at: self.started_at,
            now: self.now(),
            is_demo: self.is_demo(),
            feed: self.feed_status(),
            queues: self.gauges().depths(),
            upstreams: self.watch().upstream_states(),
            store,
            static_build: self.static_data().build().to_owned(),
            watchers: self.hub().subscriber_count(),
            prices: self.prices().health(),
        }
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
