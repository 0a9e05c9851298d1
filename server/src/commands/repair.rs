//! `tracker replay-dead-letters` and `tracker re-enrich`: what the server's jobs do, now and at full speed.

use super::offline::Offline;
use crate::{
    config::Config,
    jobs::{dead_letters, re_enrich},
    lifecycle,
    wiring::{esi_client, http_client},
};
use anyhow::{Context, ensure};
use chrono::{NaiveDate, NaiveTime, TimeDelta};
use domain::{Enrichment, Source};
use std::time::Instant;
use store::Outdated;
use upstream::Clock;

/// Which letters to try.
#[derive(Clone, Debug, clap::Args)]
pub struct Replay {
    /// Only those of one source: wanderer, r2z2, evekill, archive …
    #[arg(long, value_parser = source)]
    pub source: Option<Source>,
    /// Letters tried at most
    #[arg(long, default_value_t = 1_000)]
    pub limit: u32,
}

/// Which kills to enrich again.
#[derive(Clone, Debug, clap::Args)]
pub struct ReEnrich {
    /// The first UTC day, as 2026-11-20
    #[arg(long)]
    pub since: NaiveDate,
    /// The last UTC day; today without it
    #[arg(long)]
    pub until: Option<NaiveDate>,
    /// All kills of those days, not only those of an older version, of other static data, or that failed
    #[arg(long)]
    pub all: bool,
}

fn source(text: &str) -> Result<Source, String> {
    text.parse().map_err(|_| {
        let known: Vec<&str> = Source::ALL.iter().map(|source| source.as_str()).collect();
        format!("is one of {}", known.join(", "))
    })
}

/// Tries dead letters again, whether their wait is over or not.
///
/// # Errors
/// When the database is not to be had, or `REDIS_URL` is of no Redis.
pub async fn replay(config: &Config, what: &Replay) -> anyhow::Result<dead_letters::Replayed> {
    let esi = esi_client(config, &http_client(config, Clock::system())?)?;
    let offline = Offline::open(config).await?;
    let outcome = dead_letters::replay(&offline.books, &esi, what.source, false, what.limit).await;
    offline.close().await;
    let outcome = outcome.context("replaying dead letters")?;
    println!("{} resolved, {} failed again, {} left for later", outcome.resolved, outcome.failed, outcome.left);
    Ok(outcome)
}

/// Enriches stored kills again.
///
/// # Errors
/// When the database is not to be had.
pub async fn re_enrich(config: &Config, what: &ReEnrich) -> anyhow::Result<re_enrich::Pass> {
    let offline = Offline::open(config).await?;
    let until = what.until.unwrap_or_else(|| offline.books.node().now().date_naive());
    ensure!(what.since <= until, "--since is after --until");
    let start_of = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
    let span = Outdated {
        version: Enrichment::VERSION,
        since: start_of(what.since),
        until: start_of(until) + TimeDelta::days(1),
        enriched_before: None,
        all: what.all,
    };
    let stop = lifecycle::stop_on_signal("stopping after the kills at hand");
    let started = Instant::now();
    let mut shown = Instant::now();
    let outcome = re_enrich::pass(&offline.books, &span, None, &stop, |pass| {
        if shown.elapsed().as_secs() >= 5 {
            shown = Instant::now();
            eprintln!("{} kills, {:.0}/s", pass.updated, pass.updated as f64 / started.elapsed().as_secs_f64());
        }
    })
    .await;
    offline.close().await;
    let outcome = outcome.context("re-enriching")?;
    println!("{} kills enriched again, {} failed", outcome.updated, outcome.failed);
    Ok(outcome)
}
