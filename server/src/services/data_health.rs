//! How fresh and complete the data is, for the status page. What the database says is kept for 30 seconds: every open
//! status page asks every five.

use super::Services;
use app::contract::{CacheHealth, DataHealth, EnrichmentHealth, PriceSourceHealth, VersionCount};
use cached::CacheMetrics;
use domain::{Enrichment, PriceSource, Timestamp};
use std::time::Duration;
use store::{StoreError, StoredPrices};
use tokio::{sync::Mutex, time::Instant};

const KEPT_FOR: Duration = Duration::from_secs(30);

/// The database's part, with when it was asked. The lock is held while asking: one asks, the others wait for it.
#[derive(Default)]
pub struct DataHealthBook(Mutex<Option<(Instant, Counted)>>);

#[derive(Clone, Default)]
struct Counted {
    enrichment: Option<EnrichmentHealth>,
    price_sources: Vec<PriceSourceHealth>,
    static_imported_at: Option<Timestamp>,
}

impl Services {
    /// Never fails: what the database does not say is absent.
    pub async fn data_health(&self) -> DataHealth {
        let counted = self.counted().await;
        DataHealth {
            enrichment: counted.enrichment,
            price_sources: counted.price_sources,
            static_imported_at: counted.static_imported_at,
            caches: vec![
                cache("Names of pilots and corporations", self.names().metrics()),
                cache("Statistics of ship pages", self.type_stats.metrics()),
            ],
        }
    }

    async fn counted(&self) -> Counted {
        let mut kept = self.data_health.0.lock().await;
        if let Some((at, counted)) = kept.as_ref()
            && at.elapsed() < KEPT_FOR
        {
            return counted.clone();
        }
        match self.count().await {
            Ok(counted) => {
                *kept = Some((Instant::now(), counted.clone()));
                counted
            }
            Err(error) => {
                tracing::warn!(%error, "the state of the data cannot be read");
                Counted::default()
            }
        }
    }

    async fn count(&self) -> Result<Counted, StoreError> {
        let now = self.now();
        let counts = self.store().count_enrichments(now).await?;
        let prices = self.store().count_prices().await?;
        Ok(Counted {
            enrichment: Some(EnrichmentHealth {
                current_version: Enrichment::VERSION,
                kills: counts.kills(),
                versions: counts.versions.into_iter().map(|(version, kills)| VersionCount { version, kills }).collect(),
                oldest: counts.oldest,
                failed: counts.failed,
                unpriced: counts.unpriced,
                worthless: counts.worthless,
                untagged: counts.untagged,
                counted_at: now,
            }),
            price_sources: prices.into_iter().map(price_source).collect(),
            static_imported_at: self.store().find_static_import_time().await?,
        })
    }
}

/// The source by the name shown to people; one this version does not know by its key.
fn price_source(stored: StoredPrices) -> PriceSourceHealth {
    let key = serde_json::Value::String(stored.source.clone());
    let source = serde_json::from_value::<PriceSource>(key).map_or(stored.source, |source| source.label().to_owned());
    PriceSourceHealth { source, types: stored.types, oldest: Some(stored.oldest), newest: Some(stored.newest) }
}

fn cache(name: &str, metrics: CacheMetrics) -> CacheHealth {
    CacheHealth {
        name: name.to_owned(),
        entries: metrics.entry_count.unwrap_or_default() as u64,
        capacity: metrics.capacity.unwrap_or_default() as u64,
        hits: metrics.hits.unwrap_or_default(),
        misses: metrics.misses.unwrap_or_default(),
        evictions: metrics.evictions.unwrap_or_default(),
    }
}
