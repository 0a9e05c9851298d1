//! `tracker backfill`: history from archives or a file. Ctrl-C stops it; the same command goes on where it was.

use super::offline::Offline;
use crate::{
    backfill::{self, Archive, Ended, Options, Tally},
    config::Config,
    lifecycle,
    wiring::{http_client, url},
};
use anyhow::{Context, ensure};
use chrono::NaiveDate;
use std::path::PathBuf;
use tokio_util::sync::CancellationToken;
use upstream::{Clock, archive::ArchiveClient, feed::HistoryClient};

/// What to bring in.
#[derive(Clone, Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("what").required(true).multiple(false).args(["day", "from", "file"]))]
pub struct Backfill {
    /// One UTC day, as 2026-11-20
    #[arg(long)]
    pub day: Option<NaiveDate>,
    /// The first of several days
    #[arg(long, requires = "to")]
    pub from: Option<NaiveDate>,
    /// The last of several days
    #[arg(long, requires = "from")]
    pub to: Option<NaiveDate>,
    /// Killmails as JSON Lines ({"killmail_id","hash","killmail","zkb"}), plain or .zst
    #[arg(long)]
    pub file: Option<PathBuf>,
    /// The archive that days come from
    #[arg(long, value_enum, default_value = "everef")]
    pub source: SourceName,
    /// Read finished days again if they were rewritten since
    #[arg(long)]
    pub again: bool,
    /// Chunks of 500 kills worked on at a time
    #[arg(long, default_value_t = 4)]
    pub workers: usize,
}

/// The archives there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum SourceName {
    /// EVE Ref: every day since 2007
    Everef,
    /// zKillboard's raw history: days since 2026-07-01
    R2z2,
}

/// Runs until everything is in, or Ctrl-C.
///
/// # Errors
/// When the database is not to be had, or a day or the file cannot be read; the other days are read all the same.
pub async fn run(config: &Config, what: &Backfill) -> anyhow::Result<()> {
    let stop = lifecycle::stop_on_signal("stopping after the kills at hand; the same command goes on later");
    bring_in(config, what, &stop).await.map(drop)
}

/// The command without its signals.
///
/// # Errors
/// As [`run`].
pub async fn bring_in(config: &Config, what: &Backfill, stop: &CancellationToken) -> anyhow::Result<Tally> {
    let days = days(what)?;
    let options = Options {
        again: what.again,
        workers: what.workers.clamp(1, 16),
        retention_months: config.database.retention_months,
        is_shown: true,
    };
    let offline = Offline::open(config).await?;
    let outcome = match &what.file {
        Some(path) => backfill::file(&offline.books, path.clone(), options, stop).await.map(|(_, tally)| tally),
        None => {
            let archive = archive(config, what.source)?;
            return finish(days_of(&offline, &archive, &days, options, stop).await, offline).await;
        }
    };
    finish(outcome.map_err(anyhow::Error::from), offline).await
}

async fn finish(outcome: anyhow::Result<Tally>, offline: Offline) -> anyhow::Result<Tally> {
    offline.close().await;
    outcome
}

async fn days_of(
    offline: &Offline,
    archive: &Archive,
    days: &[NaiveDate],
    options: Options,
    stop: &CancellationToken,
) -> anyhow::Result<Tally> {
    let (mut total, mut failed) = (Tally::default(), Vec::new());
    for day in days {
        if stop.is_cancelled() {
            break;
        }
        match backfill::day(&offline.books, archive, *day, options, stop).await {
            Ok((Ended::Skipped, _)) => eprintln!("{day} {}: finished before", archive.name()),
            Ok((_, tally)) => {
                total.seen += tally.seen;
                total.stored += tally.stored;
                total.known += tally.known;
                total.refused += tally.refused;
            }
            // One bad day is no reason to leave out the others; a database that is away is.
            Err(error @ backfill::BackfillError::Day { .. }) => {
                eprintln!("{error}");
                failed.push(error.to_string());
            }
            Err(error) => return Err(error).with_context(|| day.to_string()),
        }
    }
    ensure!(failed.is_empty(), "not every day could be read: {}", failed.join("; "));
    Ok(total)
}

/// A backfill of more days than the game is old is a typing mistake.
const MOST_DAYS: i64 = 366 * 40;

fn days(what: &Backfill) -> anyhow::Result<Vec<NaiveDate>> {
    let (from, to) = match (what.day, what.from, what.to) {
        (Some(day), ..) => (day, day),
        (None, Some(from), Some(to)) => (from, to),
        _ => return Ok(Vec::new()),
    };
    ensure!(from <= to, "--from is after --to");
    ensure!((to - from).num_days() < MOST_DAYS, "--from and --to are too far apart");
    Ok(from.iter_days().take_while(|day| *day <= to).collect())
}

fn archive(config: &Config, source: SourceName) -> anyhow::Result<Archive> {
    let client = http_client(config, Clock::system())?;
    Ok(match source {
        SourceName::Everef => Archive::EveRef(ArchiveClient::new(client, url(&config.upstreams.everef_url)?)),
        SourceName::R2z2 => Archive::R2z2(HistoryClient::new(client, url(&config.feeds.r2z2.url)?)),
    })
}
