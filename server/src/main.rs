//! The `tracker` program: subcommands around the server library.

use clap::{Parser, Subcommand};
#[cfg(feature = "bench")]
use server::commands::bench;
use server::{
    commands::{backfill, healthcheck, import_sde, maintenance, repair, serve},
    config::Config,
    http::openapi,
    telemetry,
};

#[derive(Parser)]
#[command(name = "tracker", version, about = "EVE Online killmails as they happen")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Feeds, database, live stream and web in one process
    Serve,
    /// Bring the database schema up to date
    Migrate,
    /// Create the coming partitions, drop those past retention, list all
    Partitions,
    /// Import static data (types, the universe, the fit engine's file), or go back to the previous
    ImportSde(import_sde::ImportSde),
    /// Bring in history from day archives or a file of killmails; never notifies
    Backfill(backfill::Backfill),
    /// Compute values and facts of stored kills again, where a newer version or other static data give others
    ReEnrich(repair::ReEnrich),
    /// Try again what could not be decoded, fetched or enriched
    ReplayDeadLetters(repair::Replay),
    /// Measure ingest or the live path
    #[cfg(feature = "bench")]
    Bench {
        #[command(subcommand)]
        what: bench::Bench,
    },
    /// Ask the running server whether it is ready
    Healthcheck,
    /// Print the OpenAPI document
    Openapi,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    if let Command::Openapi = cli.command {
        println!("{}", serde_json::to_string_pretty(&openapi::document())?);
        return Ok(());
    }
    let config = Config::from_env()?;
    telemetry::start_logging(&config);
    match cli.command {
        Command::Serve => serve::run(config).await,
        Command::Migrate => maintenance::migrate(&config).await,
        Command::Partitions => maintenance::partitions(&config).await,
        Command::ImportSde(arguments) => import_sde::run(&config, arguments).await,
        Command::Backfill(what) => backfill::run(&config, &what).await,
        Command::ReEnrich(what) => repair::re_enrich(&config, &what).await.map(drop),
        Command::ReplayDeadLetters(what) => repair::replay(&config, &what).await.map(drop),
        #[cfg(feature = "bench")]
        Command::Bench { what } => bench::run(&config, what).await,
        Command::Healthcheck => healthcheck::run(&config).await,
        Command::Openapi => Ok(()),
    }
}
