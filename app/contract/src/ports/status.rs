//! How the product itself is: feed, counters, the status page.

use crate::{ApiError, FeedStatus, LiveStats, StatusReport};
use async_trait::async_trait;

#[async_trait]
pub trait Status: Send + Sync + 'static {
    async fn live_stats(&self) -> Result<LiveStats, ApiError>;
    async fn status(&self) -> Result<StatusReport, ApiError>;
    /// The line in the header. Answered from memory: every page asks.
    fn feed_status(&self) -> FeedStatus {
        FeedStatus::default()
    }
    /// Whether the data is simulated.
    fn is_demo(&self) -> bool;
}
