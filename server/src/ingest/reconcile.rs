//! Closes gaps that a feed cannot close itself: compares the ids of R2Z2's day files with what is stored and brings
//! what is missing into the pipeline as if a feed had delivered it.
//!
//! Runs at start, after a reconnect or a change of feed, and every ten minutes. Only kills numbered above a low-water
//! mark are brought in: older ones are left to backfills. Ids grow with time, if not strictly, so the mark is the
//! oldest id of the last [`LOOK_BACK`] hours that is stored. A database without any such kill gets the newest
//! [`FIRST_KILLS`], so that a newcomer's pages are not empty.
//!
//! Each of these kills costs a body of ESI's. The last [`RESERVE`] of that budget and half the room for kills without a
//! body are left to live kills: closing a gap of hours waits, what happens now does not.

use super::{IngestOptions, parked};
use crate::services::Services;
use chrono::{NaiveDate, TimeDelta};
use domain::{KillmailHash, KillmailId, Source};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::mpsc,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use upstream::{
    UpstreamError,
    esi::EsiClient,
    feed::{FeedBody, FeedEvent, HistoryClient},
};

/// How far back gaps are closed; R2Z2's own files reach back a day, outages rarely longer.
const LOOK_BACK: TimeDelta = TimeDelta::hours(24);
/// What a new installation begins with. Each costs a request to ESI, which allows two a second.
const FIRST_KILLS: usize = 200;
/// Most kills brought in by one run; the next run takes the rest.
const MAX_PER_RUN: usize = 20_000;
/// Percent of ESI's budget that is not spent on the past.
const RESERVE: i64 = 25;
/// How often the budget is looked at while it is low.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// Then one kill is brought in all the same, whose answer tells what others behind our address have left.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

pub async fn run(
    (history, esi): (Arc<HistoryClient>, Arc<EsiClient>),
    services: Arc<Services>,
    events: mpsc::Sender<FeedEvent>,
    options: IngestOptions,
    stop: CancellationToken,
) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = services.reconcile_requested() => {}
            () = sleep(options.reconcile_interval) => {}
        }
        tokio::select! {
            () = stop.cancelled() => return,
            outcome = close_gaps(&history, &services, &esi, &events) => match outcome {
                Ok(0) => {}
                Ok(found) => tracing::info!(found, "missed kills brought in from the feed's history"),
                Err(reason) => tracing::warn!(reason, "the feed's history cannot be compared now"),
            }
        }
    }
}

/// One comparison. Returns how many kills were missing.
async fn close_gaps(
    history: &HistoryClient,
    services: &Services,
    esi: &EsiClient,
    events: &mpsc::Sender<FeedEvent>,
) -> Result<usize, String> {
    let now = services.now();
    let mark = services.store().find_oldest_id_since(now - LOOK_BACK).await.map_err(|error| error.to_string())?;
    let mut found = 0;
    for day in days(now.date_naive(), (now - LOOK_BACK).date_naive()) {
        let listed = match history.day(day).await {
            Ok(listed) => listed,
            // Today's file appears with the day's first kills.
            Err(UpstreamError::NotFound) => continue,
            Err(error) => return Err(error.to_string()),
        };
        let mut candidates: Vec<(KillmailId, KillmailHash)> = listed;
        match mark {
            Some(mark) => candidates.retain(|(id, _)| *id > mark),
            None => {
                candidates.sort_unstable_by_key(|(id, _)| std::cmp::Reverse(*id));
                candidates.truncate(FIRST_KILLS - found.min(FIRST_KILLS));
            }
        }
        found += bring_in(candidates, services, esi, events).await?;
        if found >= MAX_PER_RUN || (mark.is_none() && found >= FIRST_KILLS) {
            break;
        }
    }
    Ok(found)
}

async fn bring_in(
    candidates: Vec<(KillmailId, KillmailHash)>,
    services: &Services,
    esi: &EsiClient,
    events: &mpsc::Sender<FeedEvent>,
) -> Result<usize, String> {
    let ids: Vec<KillmailId> = candidates.iter().map(|(id, _)| *id).collect();
    let known = services.store().filter_known_ids(&ids).await.map_err(|error| error.to_string())?;
    let mut found = 0;
    for (killmail_id, hash) in candidates.into_iter().filter(|(id, _)| !known.contains(id)).take(MAX_PER_RUN) {
        // In flight: published, on its way to the database.
        if services.window().find(killmail_id).is_some() {
            continue;
        }
        let room = async {
            while !is_spare(services, esi) {
                sleep(LOOK_AGAIN).await;
            }
        };
        // Too long a wait is no reason to wait longer.
        drop(timeout(LONGEST_WAIT, room).await);
        found += 1;
        let body = FeedBody::Reference { killmail_id, hash, reported: None, names: Vec::new() };
        let event = FeedEvent { source: Source::R2z2, position: None, received_at: services.now(), body };
        if events.send(event).await.is_err() {
            break;
        }
    }
    Ok(found)
}

/// Whether ESI's budget has something left for the past.
fn is_spare(services: &Services, esi: &EsiClient) -> bool {
    services.parked().len() < parked::CAPACITY / 2 && esi.killmail_budget_percent().is_none_or(|left| left > RESERVE)
}

fn days(newest: NaiveDate, oldest: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    std::iter::successors(Some(newest), |day| day.pred_opt()).take_while(move |day| *day >= oldest)
}
