//! Finds stored kills without fit statistics and has them computed: what came while the queue was full or the server
//! was down, what was stored before fits were hashed, and, after the engine changed, what the old one found.

use super::{
    book::{FitJob, Urgency},
    work::{KILLS_SINCE, stored},
};
use crate::{
    books::Books,
    lifecycle::{Job, JobOutcome, Next},
};
use async_trait::async_trait;
use chrono::TimeDelta;
use domain::{FitKey, FitOutcome, Killmail};
use std::sync::Arc;
use store::StoreError;

/// Fits asked for in one sweep: half of the queue, the rest is for new kills.
const LIMIT: u32 = 512;
/// Kills whose numbers are made anew after the engine changed.
const REQUEUE_AGE: TimeDelta = TimeDelta::days(90);
const REQUEUE_LIMIT: u32 = 5_000;

pub struct Sweep(pub Arc<Books>);

#[async_trait]
impl Job for Sweep {
    async fn run(&mut self) -> JobOutcome {
        sweep(&self.0).await?;
        Ok(Next::InAPeriod)
    }
}

async fn sweep(books: &Books) -> Result<(), StoreError> {
    let fits = books.fits();
    if fits.take_engine_is_new() {
        let since = books.node().now() - REQUEUE_AGE;
        let requeued = books.node().store().requeue_fits(fits.engine().build(), since, REQUEUE_LIMIT).await;
        if !matches!(requeued, Ok(count) if count < u64::from(REQUEUE_LIMIT)) {
            fits.engine_is_new_still();
        }
        requeued?;
    }
    if fits.room() < LIMIT as usize {
        return Ok(());
    }
    let waiting = books.node().store().list_waiting_fits(KILLS_SINCE, LIMIT).await?;
    let static_data = books.node().static_data();
    let mut unhashed = Vec::new();
    let mut known = Vec::new();
    let mut requests = Vec::new();
    for kill in waiting {
        let Ok(killmail) = serde_json::from_str::<Killmail>(&kill.payload) else {
            tracing::error!(killmail_id = %kill.killmail_id, "a stored kill cannot be decoded");
            continue;
        };
        let key = FitKey::of(&killmail, &static_data);
        // What a kill is stored under stays its name, also where newer static data would make another.
        let hash = kill.fit_hash.unwrap_or_else(|| key.hash());
        if kill.fit_hash.is_none() {
            unhashed.push((killmail.killmail_id, killmail.killmail_time, hash));
        }
        let settled = fits.known(hash).or_else(|| {
            let outcome = FitOutcome::without_engine(&key, &static_data)?;
            let engine_build = fits.engine().build().to_owned();
            Some(Arc::new(super::book::Settled { job_hash: hash, engine_build, outcome }))
        });
        match settled {
            Some(settled) => known.push(stored(&settled, key.hull, books.node().now())),
            None => requests.push(FitJob { hash, key }),
        }
    }
    if !unhashed.is_empty() {
        books.node().store().set_fit_hashes(&unhashed).await?;
    }
    if !known.is_empty() {
        books.node().store().upsert_fits(&known, KILLS_SINCE).await?;
    }
    // Hashes are stored by now: results find their kills.
    for job in requests {
        fits.request(job, Urgency::Background);
    }
    Ok(())
}
