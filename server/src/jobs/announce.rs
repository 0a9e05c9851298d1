//! Tells open pages the feed's state and the counters of the last minutes.

use crate::{
    lifecycle::{Job, JobOutcome, Next},
    live::LiveEvent,
    services::Services,
};
use async_trait::async_trait;
use std::sync::Arc;

pub struct Announcements(pub Arc<Services>);

#[async_trait]
impl Job for Announcements {
    async fn run(&mut self) -> JobOutcome {
        let services = &self.0;
        services.window().announce(LiveEvent::Feed(Arc::new(services.feed_status())));
        services.window().announce(LiveEvent::Stats(Arc::new(services.live_stats())));
        Ok(Next::InAPeriod)
    }
}
