//! The simulator as a program: flags in, one line with the address out, until a signal.

use anyhow::Context;
use clap::Parser;
use simulator::{Config, Dates, FaultSettings, Limits, Mode, Pace, Replay, Rhythm, Simulator};
use std::{net::SocketAddr, path::PathBuf, time::Duration};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// A galaxy that speaks the wire formats of wanderer-kills, R2Z2, EVE-KILL, ESI, Janice, MutaMarket and images.
#[derive(Parser, Debug)]
#[command(name = "simulator", version)]
struct Arguments {
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    bind: SocketAddr,
    /// Generated kills a second (0.1 to 5000). With --replay: replay at this rate instead of the recorded spacing.
    #[arg(long)]
    rate: Option<f64>,
    /// Follow the daily rhythm of the real game.
    #[arg(long)]
    rhythm: bool,
    /// Population, fits and fights follow from it.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Recorded killmails (.jsonl or .jsonl.zst) to emit instead of generated ones.
    #[arg(long)]
    replay: Option<PathBuf>,
    /// Replay this many times as fast as recorded; 0 emits everything at once.
    #[arg(long, default_value_t = 1.0)]
    speed: f64,
    /// Move the dates of replayed kills to the moment they are emitted.
    #[arg(long)]
    shift_to_now: bool,
    /// Faults by name and probability, as in disconnect=0.01,duplicate=0.1.
    #[arg(long, default_value = "")]
    faults: FaultSettings,
    /// Kills of the last 24 hours to begin with.
    #[arg(long, default_value_t = 500)]
    history: usize,
    /// Most kills kept in memory.
    #[arg(long, default_value_t = 200_000)]
    keep: usize,
    /// Requests a second before R2Z2 answers 429.
    #[arg(long, default_value_t = 20)]
    r2z2_rate: u32,
    /// Milliseconds before a missing R2Z2 file may be asked for again.
    #[arg(long, default_value_t = 6_000)]
    poll_floor: u64,
    /// Killmail tokens ESI grants in 15 minutes: 3600 as the real one, more when the rate needs more.
    #[arg(long)]
    esi_killmail_tokens: Option<u32>,
    /// Seconds of simulated time between two moves of the market.
    #[arg(long, default_value_t = 3_600)]
    market_period: u64,
    /// Speak the wanderer-kills stream as documented instead of as it is.
    #[arg(long)]
    wanderer_as_documented: bool,
    /// Print the environment that points a tracker at this galaxy, one NAME=value a line, before the address.
    #[arg(long)]
    print_env: bool,
}

/// A body costs two tokens, and two clients may want each: a busier galaxy than the real one has to give more.
fn tokens_for(rate: f64) -> u32 {
    let Limits { esi_killmail_tokens, esi_window, .. } = Limits::default();
    esi_killmail_tokens.max((rate * esi_window.as_secs_f64() * 4.0).ceil() as u32)
}

impl Arguments {
    fn config(self) -> Config {
        let pace = match self.rate {
            Some(rate) => Pace::Rate(rate),
            None if self.speed > 0.0 => Pace::Recorded { speed: self.speed },
            None => Pace::AtOnce,
        };
        let dates = if self.shift_to_now { Dates::ShiftedToNow } else { Dates::AsRecorded };
        let rhythm = if self.rhythm { Rhythm::Daily } else { Rhythm::Steady };
        let esi_killmail_tokens = self.esi_killmail_tokens.unwrap_or_else(|| tokens_for(self.rate.unwrap_or_default()));
        let mode = match &self.replay {
            Some(_) => Mode::ReplayOnly,
            None => Mode::Live { rate: self.rate.unwrap_or(0.5).clamp(0.01, 5_000.0), rhythm },
        };
        Config {
            bind: self.bind,
            seed: self.seed,
            mode,
            history: self.history,
            keep: self.keep,
            replay: self.replay.map(|path| Replay { path, pace, dates }),
            faults: self.faults,
            limits: Limits {
                r2z2_per_second: self.r2z2_rate,
                poll_floor: Duration::from_millis(self.poll_floor),
                esi_killmail_tokens,
                ..Limits::default()
            },
            market_period: Duration::from_secs(self.market_period.max(1)),
            wanderer_as_documented: self.wanderer_as_documented,
            ..Config::default()
        }
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    // Standard output carries the address, and on demand the environment, only: a parent process reads it.
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info")))
        .with_writer(std::io::stderr)
        .init();
    let mut terminate = signal(SignalKind::terminate()).context("no handler for SIGTERM")?;
    let arguments = Arguments::parse();
    let print_env = arguments.print_env;
    let simulator = Simulator::start(arguments.config()).await.context("the simulator did not start")?;
    if print_env {
        for (name, value) in simulator.tracker_environment() {
            println!("{name}={value}");
        }
    }
    // The last line: whoever has read it has read the environment too.
    println!("simulator listening on {}", simulator.base_url());
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
    tracing::info!("stopping");
    simulator.shutdown().await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busier_galaxy_gives_more_bodies() {
        let tokens = |arguments: &[&str]| {
            let arguments = ["simulator"].iter().chain(arguments);
            Arguments::try_parse_from(arguments).expect("arguments").config().limits.esi_killmail_tokens
        };
        assert_eq!((tokens(&[]), tokens(&["--rate", "0.5"])), (3_600, 3_600));
        assert_eq!(tokens(&["--rate", "50"]), 180_000);
        assert_eq!(tokens(&["--rate", "50", "--esi-killmail-tokens", "60"]), 60);
    }
}
