//! `tracker bench coverage`: how complete the enrichment of a day is.

use crate::{config::Config, wiring::Database};
use anyhow::Context;
use chrono::{Days, NaiveDate, NaiveTime};
use store::bench::Coverage;

/// Prints what the stored kills of the day have.
///
/// # Errors
/// When the database does not answer or has none of them.
pub async fn coverage(config: &Config, day: NaiveDate) -> anyhow::Result<()> {
    let database = Database::open(config).await?;
    let from = day.and_time(NaiveTime::MIN).and_utc();
    let to = from.checked_add_days(Days::new(1)).context("no day after that")?;
    let coverage = database.store.coverage(from, to).await.context("counting")?;
    anyhow::ensure!(coverage.kills > 0, "no kills of {day} are stored");
    print(&coverage);
    database.close().await;
    Ok(())
}

fn print(coverage: &Coverage) {
    let share = |part: i64, whole: i64| 100.0 * part as f64 / whole.max(1) as f64;
    let of_kills = |what: &str, part: i64| println!("| {what} | {part} ({:.1} %) |", share(part, coverage.kills));
    println!("| of {} kills | |", coverage.kills);
    println!("|---|---|");
    of_kills("failed", coverage.failed);
    of_kills("with tags", coverage.tagged);
    of_kills("with a value", coverage.valued);
    of_kills("with every type priced", coverage.fully_priced);
    of_kills("with a fit", coverage.with_fit);
    let repeated = coverage.with_fit - coverage.distinct_fits;
    println!("| distinct fits, hit rate | {}, {:.1} % |", coverage.distinct_fits, share(repeated, coverage.with_fit));
    of_kills("fit settled", coverage.fit_settled);
    of_kills("with EHP", coverage.with_ehp);
    let priced: i64 = coverage.priced_by.iter().map(|(_, types)| types).sum();
    let types = priced + coverage.unpriced_types;
    for (source, count) in &coverage.priced_by {
        println!("| types on kills priced by {source} | {count} ({:.1} %) |", share(*count, types));
    }
    println!(
        "| types on kills without a price | {} ({:.1} %) |",
        coverage.unpriced_types,
        share(coverage.unpriced_types, types)
    );
}
