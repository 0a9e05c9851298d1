//! `tracker import-sde`: static data from a file or from CCP, back to the previous, or what there is.

use crate::{
    config::Config,
    static_import::{
        self, Import, ImportError, SdeFile,
        download::{self, Download},
    },
    wiring::Database,
};
use anyhow::Context;
use clap::Args;
use domain::static_data::{Difference, Listing, NamedEntry, StaticReport};
use serde_json::json;
use std::path::PathBuf;
use store::{Downgrade, SnapshotInfo, SnapshotKind, Store};
use upstream::{Clock, HttpClient, HttpOptions, sde::SdeClient};

/// CCP's downloads may move to another host.
const MAX_REDIRECTS: usize = 3;
/// Rows of each list of the report that are printed; `--json` has more.
const PRINTED_ROWS: usize = 20;

#[derive(Args, Debug)]
pub struct ImportSde {
    #[command(flatten)]
    what: What,
    /// Import even what is older than the current build, which then stays until the next import
    #[arg(long)]
    force: bool,
    /// With --rollback: the fit engine's file instead of types and the universe
    #[arg(long, requires = "rollback")]
    dogma_file: bool,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
struct What {
    /// CCP's JSON Lines archive (`eve-online-static-data-…-jsonl.zip`)
    file: Option<PathBuf>,
    /// Fetch the newest archive from CCP, if it is newer
    #[arg(long)]
    latest: bool,
    /// The fit engine's data file (`sde.dat`)
    #[arg(long, value_name = "FILE")]
    dogma: Option<PathBuf>,
    /// List the stored snapshots
    #[arg(long)]
    list: bool,
    /// Make the previous snapshot current
    #[arg(long)]
    rollback: bool,
}

/// Runs the subcommand. Servers that run take the data over by themselves.
///
/// # Errors
/// When the file is unusable, or CCP or the database does not answer; the old data then stay.
pub async fn run(config: &Config, arguments: ImportSde) -> anyhow::Result<()> {
    let database = Database::open(config).await?;
    let outcome = act(config, &database.store, arguments).await;
    database.close().await;
    outcome
}

async fn act(config: &Config, store: &Store, arguments: ImportSde) -> anyhow::Result<()> {
    let ImportSde { what, force, dogma_file, json: is_json } = arguments;
    let downgrade = if force { Downgrade::Allow } else { Downgrade::Refuse };
    if what.list {
        print_list(&store.list_snapshots().await.context("listing snapshots")?, is_json);
        return Ok(());
    }
    if what.rollback {
        let kind = if dogma_file { SnapshotKind::Dogma } else { SnapshotKind::UniverseTypes };
        let restored = static_import::rollback(store, kind).await?;
        if is_json {
            println!("{}", json!({ "outcome": "restored", "build": restored.build }));
        } else {
            println!("{} is current again", restored.build);
        }
        return Ok(());
    }
    let import = if let Some(path) = what.dogma {
        static_import::import_dogma(store, path, downgrade).await?
    } else if let Some(path) = what.file {
        static_import::import_sde(store, &SdeFile { path, etag: None }, downgrade).await?
    } else {
        import_latest(config, store, downgrade).await?
    };
    print_import(&import, is_json);
    Ok(())
}

async fn import_latest(config: &Config, store: &Store, downgrade: Downgrade) -> anyhow::Result<Import> {
    let contact = config.upstreams.contact.clone().unwrap_or_else(|| config.http.public_url.clone());
    let options = HttpOptions { max_redirects: MAX_REDIRECTS, ..HttpOptions::new(contact, Clock::system()) };
    let base_url = url::Url::parse(&config.upstreams.sde_url).context("SDE_URL")?;
    let client = SdeClient::new(HttpClient::new(options).context("HTTP client")?, base_url);
    match download::newest(store, &client, downgrade).await.context("fetching CCP's static data")? {
        Download::UpToDate { build } => Ok(Import::UpToDate { build }),
        Download::Archive { file, guard } => {
            let import: Result<Import, ImportError> = static_import::import_sde(store, &file, downgrade).await;
            drop(guard);
            Ok(import?)
        }
    }
}

fn print_list(snapshots: &[SnapshotInfo], is_json: bool) {
    if is_json {
        let rows: Vec<_> = snapshots
            .iter()
            .map(|snapshot| {
                json!({
                    "kind": snapshot.kind.as_str(),
                    "build": snapshot.build,
                    "imported_at": snapshot.imported_at,
                    "is_current": snapshot.is_current,
                    "is_pinned": snapshot.is_pinned,
                    "sha256": snapshot.sha256,
                    "archive_bytes": snapshot.archive_bytes,
                })
            })
            .collect();
        println!("{}", json!(rows));
        return;
    }
    if snapshots.is_empty() {
        println!("nothing was imported; servers use the data inside the binary");
    }
    for snapshot in snapshots {
        let state = match (snapshot.is_current, snapshot.is_pinned) {
            (true, true) => "current, pinned",
            (true, false) => "current",
            (false, _) => "previous",
        };
        let at = snapshot.imported_at.format("%Y-%m-%d %H:%M");
        println!("{:<15} {state:<15} {at}  {:>9} bytes  {}", snapshot.kind, snapshot.archive_bytes, snapshot.build);
    }
}

fn print_import(import: &Import, is_json: bool) {
    match import {
        Import::UpToDate { build } if is_json => println!("{}", json!({ "outcome": "up_to_date", "build": build })),
        Import::UpToDate { build } => println!("{build} is current already"),
        Import::Installed { build, previous, report, unknown_files } if is_json => println!(
            "{}",
            json!({
                "outcome": "imported",
                "build": build,
                "previous": previous,
                "report": report,
                "unknown_files": unknown_files,
            })
        ),
        Import::Installed { build, previous, report, unknown_files } => {
            println!("imported {build}; before: {}", previous.as_deref().unwrap_or("nothing"));
            if let Some(report) = report {
                print!("{}", report_text(report));
            }
            for file in unknown_files {
                println!("note: this version does not read {file}");
            }
        }
    }
}

/// The report as people read it.
pub fn report_text(report: &StaticReport) -> String {
    let mut text = String::new();
    for (what, total) in report.totals() {
        text.push_str(&format!("{total:>8}  {what}\n"));
    }
    let entries = |title: &str, listing: &Listing<NamedEntry>| {
        let rows = listing.first.iter().map(|row| format!("  {:>9}  {}", row.id, row.name));
        section(title, listing.total, rows)
    };
    let differences = |title: &str, listing: &Listing<Difference>| {
        let rows = listing
            .first
            .iter()
            .map(|row| format!("  {:>9}  {}: {} {} -> {}", row.id, row.name, row.what, row.before, row.after));
        section(title, listing.total, rows)
    };
    text.push_str(&entries("types added", &report.types_added));
    text.push_str(&differences("types renamed", &report.types_renamed));
    text.push_str(&entries("types removed", &report.types_removed));
    text.push_str(&differences("changes of types", &report.types_changed));
    text.push_str(&entries("systems added", &report.systems_added));
    text.push_str(&entries("systems removed", &report.systems_removed));
    text.push_str(&differences("changes of systems", &report.systems_changed));
    text
}

fn section(title: &str, total: u64, rows: impl Iterator<Item = String>) -> String {
    if total == 0 {
        return String::new();
    }
    let rows: Vec<String> = rows.take(PRINTED_ROWS).collect();
    let more = total.saturating_sub(rows.len() as u64);
    let more = if more > 0 { format!("  … and {more} more\n") } else { String::new() };
    format!("\n{title}\n{}\n{more}", rows.join("\n"))
}
