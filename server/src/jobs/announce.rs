//! Tells open pages the feed's state and the counters of the last minutes.

use crate::{
    lifecycle::{Job, JobOutcome, Next},
    live::LiveEvent,
    node::Node,
};
use async_trait::async_trait;
use std::sync::Arc;

pub struct Announcements(pub Arc<Node>);

#[async_trait]
impl Job for Announcements {
    async fn run(&mut self) -> JobOutcome {
        let node = &self.0;
        node.window().announce(LiveEvent::Feed(Arc::new(node.feed_status())));
        node.window().announce(LiveEvent::Stats(Arc::new(node.live_stats())));
        Ok(Next::InAPeriod)
    }
}
