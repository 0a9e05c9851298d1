//! How fresh and complete the data is, for the status page. What the database says is kept for 30 seconds: every open
//! status page asks every five.

use super::Services;
use contract::{DataHealth, EnrichmentHealth, VersionCount};
use domain::Enrichment;
use std::time::Duration;
use store::StoreError;
use tokio::time::Instant;

const KEPT_FOR: Duration = Duration::from_secs(30);
/// So that readers do not queue up behind a database that is away.
const FAILURE_KEPT_FOR: Duration = Duration::from_secs(5);

impl Services {
    /// Never fails: what the database does not say is absent.
    pub async fn data_health(&self) -> DataHealth {
        DataHealth { enrichment: self.enrichment_health().await, caches: self.node().gauges().cache_states() }
    }

    async fn enrichment_health(&self) -> Option<EnrichmentHealth> {
        let mut kept = self.data_health.0.lock().await;
        if let Some((until, health)) = kept.as_ref()
            && Instant::now() < *until
        {
            return health.clone();
        }
        let (health, kept_for) = match self.count().await {
            Ok(health) => (Some(health), KEPT_FOR),
            Err(error) => {
                tracing::warn!(%error, "the state of the data cannot be read");
                (None, FAILURE_KEPT_FOR)
            }
        };
        *kept = Some((Instant::now() + kept_for, health.clone()));
        health
    }

    async fn count(&self) -> Result<EnrichmentHealth, StoreError> {
        let now = self.now();
        let counts = self.store().count_enrichments(now).await?;
        Ok(EnrichmentHealth {
            current_version: Enrichment::VERSION,
            kills: counts.kills(),
            versions: counts.versions.into_iter().map(|(version, kills)| VersionCount { version, kills }).collect(),
            oldest: counts.oldest,
            failed: counts.failed,
            unpriced: counts.unpriced,
            worthless: counts.worthless,
            untagged: counts.untagged,
            counted_at: now,
        })
    }
}
