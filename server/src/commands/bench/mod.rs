//! `tracker bench`: measurements of the whole (docs/PERFORMANCE.md holds results and the commands that gave them).

mod coverage;
mod fits;
mod jumps;
mod pages;

use crate::{
    books::prices::PriceTable,
    config::Config,
    enrichment::{Arrived, Body, enrich},
    wiring::Database,
};
use anyhow::{Context, ensure};
use contract::{ClientMessage, ServerMessage};
use domain::{Isk, KillFilter, KillRecord, KillmailHash, Source, StaticData};
use futures::{SinkExt, StreamExt};
use hdrhistogram::Histogram;
use serde::Deserialize;
use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use store::{KillBatch, bench};
use tokio_tungstenite::{connect_async, tungstenite::Message};

/// What to measure.
#[derive(Debug, clap::Subcommand)]
pub enum Bench {
    /// Rows per second of bulk ingest beside plain COPY of the same rows, in an otherwise empty database
    Ingest {
        /// Killmails as JSON Lines ({"killmail_id","hash","killmail"}), plain or .zst
        #[arg(long)]
        file: PathBuf,
        /// Kills of one transaction
        #[arg(long, default_value_t = 100)]
        batch: usize,
        /// Kills to measure with
        #[arg(long, default_value_t = 20_000)]
        kills: usize,
    },
    /// Fit statistics a second on one core, and how often a fit was seen before
    Fits {
        /// Killmails as for ingest
        #[arg(long)]
        file: PathBuf,
        /// Kills to read
        #[arg(long, default_value_t = 100_000)]
        kills: usize,
        /// Distinct fits to compute
        #[arg(long, default_value_t = 1_000)]
        compute: usize,
    },
    /// What the number of gate jumps between two systems costs
    Jumps {
        /// Pairs drawn at random
        #[arg(long, default_value_t = 100_000)]
        pairs: usize,
    },
    /// How complete tags, values and fits of one day's stored kills are
    Coverage {
        #[arg(long)]
        day: chrono::NaiveDate,
    },
    /// How fast a running server renders pages, and whether it finishes every one
    Pages {
        #[arg(long, default_value = "http://127.0.0.1:3000")]
        url: String,
        #[arg(long, default_value_t = 4)]
        at_once: usize,
        /// How often each page
        #[arg(long, default_value_t = 20)]
        repeat: usize,
        /// Newest kills whose pages are asked for beside the live page
        #[arg(long, default_value_t = 50)]
        kills: usize,
    },
    /// Latency from the feed's event to the socket, on a running server
    Live {
        #[arg(long, default_value = "http://127.0.0.1:3000")]
        url: String,
        #[arg(long, default_value_t = 60)]
        seconds: u64,
        #[arg(long, default_value_t = 1)]
        sockets: usize,
        /// Distinct filters, by least value, among the sockets; the first lets every kill pass
        #[arg(long, default_value_t = 1)]
        filters: usize,
    },
}

/// Runs one measurement and prints it.
///
/// # Errors
/// When the database, the file or the server is not to be had.
pub async fn run(config: &Config, what: Bench) -> anyhow::Result<()> {
    match what {
        Bench::Ingest { file, batch, kills } => ingest(config, &file, batch, kills).await,
        Bench::Fits { file, kills, compute } => {
            fits::fits(&read_records(&file, kills, &StaticData::bundled())?, compute)
        }
        Bench::Pages { url, at_once, repeat, kills } => pages::pages(&url, at_once, repeat, kills).await,
        Bench::Jumps { pairs } => jumps::jumps(pairs),
        Bench::Coverage { day } => coverage::coverage(config, day).await,
        Bench::Live { url, seconds, sockets, filters } => {
            live(&url, Duration::from_secs(seconds), sockets, filters.max(1)).await
        }
    }
}

#[derive(Deserialize)]
struct Line {
    hash: Option<KillmailHash>,
    killmail: Box<serde_json::value::RawValue>,
}

fn read_records(file: &Path, limit: usize, static_data: &StaticData) -> anyhow::Result<Vec<KillRecord>> {
    let open = std::fs::File::open(file).with_context(|| format!("cannot open {}", file.display()))?;
    let reader: Box<dyn BufRead> = if file.extension().is_some_and(|extension| extension == "zst") {
        Box::new(BufReader::new(zstd::stream::read::Decoder::new(open)?))
    } else {
        Box::new(BufReader::new(open))
    };
    let now = upstream::Clock::system().now();
    let prices = PriceTable::default();
    reader
        .lines()
        .take(limit)
        .map(|line| {
            let line: Line = serde_json::from_str(&line?)?;
            let payload: Arc<str> = Arc::from(line.killmail.get());
            let (hash, source) = (line.hash, Source::Archive);
            let arrived = Arrived::read(Body { payload, hash, source, received_at: now, reported: None }, None, now)?;
            Ok(enrich(arrived, static_data, &prices, now).record)
        })
        .collect()
}

async fn ingest(config: &Config, file: &Path, batch: usize, kills: usize) -> anyhow::Result<()> {
    ensure!(batch > 0, "--batch is at least 1");
    let database = Database::open(config).await?;
    let store = &database.store;
    let static_data = StaticData::bundled();
    let started = Instant::now();
    let records = read_records(file, kills, &static_data)?;
    let decode = started.elapsed();
    let references: Vec<&KillRecord> = records.iter().collect();
    let rows: u64 = references.iter().map(|record| bench::rows_of(record)).sum();

    let started = Instant::now();
    let mut inserted = 0;
    for chunk in references.chunks(batch) {
        let batch = KillBatch { records: chunk, static_data: &static_data, positions: &[], dead_letters: &[] };
        inserted += store.insert_batch(&batch).await.context("inserting")?.inserted.len();
    }
    let elapsed = started.elapsed();
    ensure!(inserted == records.len(), "{inserted} of {} kills were new: use an empty database", records.len());
    let copy = bench::copy_speed(store).await.context("copying")?;

    let per_second = rows as f64 / elapsed.as_secs_f64();
    println!("| kills | rows | batch | decode + enrich | insert | rows/s | kills/s | plain COPY rows/s | share |");
    println!("|---|---|---|---|---|---|---|---|---|");
    println!(
        "| {} | {rows} | {batch} | {decode:.1?} | {elapsed:.1?} | {per_second:.0} | {:.0} | {:.0} | {:.0} % |",
        records.len(),
        records.len() as f64 / elapsed.as_secs_f64(),
        copy.rows_per_second(),
        100.0 * per_second / copy.rows_per_second(),
    );
    database.close().await;
    Ok(())
}

/// Shared by the sockets of a measurement.
struct Tally {
    /// Microseconds from arrival at the server to the socket.
    latency_us: Mutex<Histogram<u64>>,
    kills: AtomicU64,
    skipped: AtomicU64,
    resyncs: AtomicU64,
}

impl Tally {
    fn record(&self, latencies: impl Iterator<Item = chrono::TimeDelta>) {
        let mut histogram = self.latency_us.lock().unwrap_or_else(PoisonError::into_inner);
        for latency in latencies {
            histogram.saturating_record(latency.num_microseconds().unwrap_or(i64::MAX).max(1).unsigned_abs());
        }
    }
}

async fn live(url: &str, duration: Duration, sockets: usize, filters: usize) -> anyhow::Result<()> {
    let stream_url = format!("{}/api/v1/stream", url.replacen("http", "ws", 1));
    let tally = Arc::new(Tally {
        latency_us: Mutex::new(Histogram::new_with_bounds(1, 600_000_000, 3)?),
        kills: AtomicU64::new(0),
        skipped: AtomicU64::new(0),
        resyncs: AtomicU64::new(0),
    });
    let memory_before = memory_mib(url).await;
    let deadline = tokio::time::Instant::now() + duration;
    let mut tasks = tokio::task::JoinSet::new();
    for index in 0..sockets {
        let least = i64::try_from(index % filters)?;
        let filter = KillFilter { min_value: (least > 0).then_some(Isk::from_isk(least)), ..KillFilter::default() };
        tasks.spawn(watch(stream_url.clone(), filter, Arc::clone(&tally), deadline));
    }
    let mut failed = 0;
    while let Some(outcome) = tasks.join_next().await {
        if let Err(error) = outcome? {
            failed += 1;
            tracing::warn!(%error, "a socket ended early");
        }
    }
    let memory_after = memory_mib(url).await;
    let latency = tally.latency_us.lock().unwrap_or_else(PoisonError::into_inner);
    let ms = |quantile| latency.value_at_quantile(quantile) as f64 / 1_000.0;
    let kills = tally.kills.load(Ordering::Relaxed);
    let skipped = tally.skipped.load(Ordering::Relaxed);
    println!(
        "| sockets | filters | failed | kills/s a socket (shown) | skipped/s | p50 ms | p95 ms | p99 ms | max ms | resyncs | MiB before | after |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|---|");
    println!(
        "| {sockets} | {filters} | {failed} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {} | {memory_before} | {memory_after} |",
        kills as f64 / sockets as f64 / duration.as_secs_f64(),
        skipped as f64 / sockets as f64 / duration.as_secs_f64(),
        ms(0.5),
        ms(0.95),
        ms(0.99),
        latency.max() as f64 / 1_000.0,
        tally.resyncs.load(Ordering::Relaxed),
    );
    Ok(())
}

async fn watch(
    url: String,
    filter: KillFilter,
    tally: Arc<Tally>,
    deadline: tokio::time::Instant,
) -> anyhow::Result<()> {
    let (mut socket, _) = connect_async(url).await?;
    let subscribe = serde_json::to_string(&ClientMessage::Subscribe { filter, since: None })?;
    socket.send(Message::text(subscribe.clone())).await?;
    loop {
        let message = match tokio::time::timeout_at(deadline, socket.next()).await {
            Err(_) => return Ok(()),
            Ok(None) => anyhow::bail!("the server closed the socket"),
            Ok(Some(message)) => message?,
        };
        let Message::Text(text) = message else { continue };
        let now = upstream::Clock::system().now();
        match serde_json::from_str(&text)? {
            // Kills sent again with better prices say nothing about latency.
            ServerMessage::Batch { seq: 0, .. } => {}
            ServerMessage::Batch { seq, kills, skipped, .. } => {
                tally.kills.fetch_add(kills.len() as u64, Ordering::Relaxed);
                tally.skipped.fetch_add(skipped, Ordering::Relaxed);
                tally.record(kills.iter().map(|kill| now - kill.received_at));
                socket.send(Message::text(serde_json::to_string(&ClientMessage::Ack { seq })?)).await?;
            }
            ServerMessage::Resync { .. } => {
                tally.resyncs.fetch_add(1, Ordering::Relaxed);
                socket.send(Message::text(subscribe.clone())).await?;
            }
            _ => {}
        }
    }
}

/// The server's resident memory by its own metric; `?` when it does not tell.
async fn memory_mib(url: &str) -> String {
    let metrics = async {
        let client = upstream::HttpClient::new(upstream::HttpOptions::new("bench", upstream::Clock::system())).ok()?;
        let request = upstream::http::Request::get("bench", url::Url::parse(&format!("{url}/metrics")).ok()?);
        let response = client.send(request).await.ok()?;
        let text = String::from_utf8(response.body).ok()?;
        let bytes: f64 =
            text.lines().find_map(|line| line.strip_prefix("process_resident_memory_bytes "))?.parse().ok()?;
        Some(format!("{:.0}", bytes / 1_048_576.0))
    };
    metrics.await.unwrap_or_else(|| "?".to_owned())
}
