//! Has the names looked up that a backfill found nobody knowing: a batch a minute through the same queue as everybody
//! else's, so that ESI's budget is kept. An id ESI does not know is asked for again only when its kill is looked at.

use crate::services::Services;
use std::{sync::Arc, time::Duration};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

const INTERVAL: Duration = Duration::from_secs(60);
/// Two of ESI's calls.
const BATCH: u32 = 2_000;

pub async fn run(services: Arc<Services>, stop: CancellationToken) {
    let mut ticks = interval(INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => match services.store().take_wanted_names(BATCH).await {
                Ok(ids) => services.names().request(ids),
                Err(error) => tracing::warn!(%error, "wanted names cannot be read"),
            }
        }
    }
}
