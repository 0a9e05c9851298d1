//! Keeps the prices of the types that die most fresh, so that their next loss is valued by Janice at once.

use super::wanted::Urgency;
use crate::services::Services;
use chrono::TimeDelta;
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

/// Kills of this time say what dies most.
const LOOK_BACK: TimeDelta = TimeDelta::days(3);
/// Five calls to Janice an hour.
const TYPES: u32 = 1_000;
const COUNT_AGAIN: Duration = Duration::from_hours(1);
const CHECK: Duration = Duration::from_mins(1);

/// Runs until `stop`.
pub(super) async fn run(services: Arc<Services>, stop: CancellationToken) {
    let mut ticks = interval(CHECK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut types = Vec::new();
    let mut counted_at: Option<Instant> = None;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        if types.is_empty() || counted_at.is_none_or(|at| at.elapsed() >= COUNT_AGAIN) {
            match services.store().list_types_seen_most(services.now() - LOOK_BACK, TYPES).await {
                Ok(most) => (types, counted_at) = (most, Some(Instant::now())),
                Err(error) => tracing::warn!(%error, "the types seen most cannot be counted"),
            }
        }
        let stale = types.iter().copied();
        services.prices().request(stale, Urgency::KeptWarm, &services.static_data(), services.now());
    }
}
