//! `tracker bench fits`: what fit statistics cost and how often they need not be computed.

use domain::{FitHash, FitKey, FitOutcome, KillRecord, StaticData, fit_stats::ImpossibleFit};
use fitting::Engine;
use std::{
    collections::{HashMap, HashSet},
    time::{Duration, Instant},
};

/// Prints the share of kills whose fit was seen before, and the speed of one core over the first distinct fits.
///
/// # Errors
/// When the file holds no kill.
pub fn fits(records: &[KillRecord], compute: usize) -> anyhow::Result<()> {
    anyhow::ensure!(!records.is_empty(), "no kills in the file");
    let static_data = StaticData::bundled();
    let started = Instant::now();
    let keys: Vec<(FitHash, FitKey)> =
        records.iter().map(|record| FitKey::of(&record.killmail, &static_data)).map(|key| (key.hash(), key)).collect();
    let hashing = started.elapsed();
    let capsules = |(_, key): &&(FitHash, FitKey)| FitOutcome::without_engine(key, &static_data).is_some();
    let obvious = keys.iter().filter(capsules).count();
    let mut seen = HashSet::new();
    let distinct: Vec<&(FitHash, FitKey)> =
        keys.iter().filter(|key| !capsules(key)).filter(|(hash, _)| seen.insert(*hash)).collect();
    let asked = keys.len() - obvious;
    let share = |part: usize, whole: usize| 100.0 * part as f64 / whole.max(1) as f64;
    println!("| kills | capsules | fits | distinct | hit rate | with capsules | hashing of one |");
    println!("|---|---|---|---|---|---|---|");
    println!(
        "| {} | {obvious} | {asked} | {} | {:.1} % | {:.1} % | {:.1} us |",
        keys.len(),
        distinct.len(),
        share(asked - distinct.len(), asked),
        share(keys.len() - distinct.len(), keys.len()),
        hashing.as_secs_f64() * 1e6 / keys.len() as f64,
    );

    let started = Instant::now();
    let engine = Engine::bundled();
    let load = started.elapsed();
    // Spread over the file: its beginning may be of one kind.
    let step = (distinct.len() / compute.max(1)).max(1);
    let mut times: Vec<Duration> = Vec::new();
    let mut impossible: HashMap<ImpossibleFit, usize> = HashMap::new();
    let (mut clean, mut computed, mut bounds) = (0, 0, 0);
    for (_, key) in distinct.iter().step_by(step).take(compute) {
        let started = Instant::now();
        let outcome = engine.outcome(key);
        times.push(started.elapsed());
        match outcome {
            FitOutcome::Computed { stats } => {
                computed += 1;
                clean += usize::from(stats.warnings.is_empty());
                bounds += usize::from(stats.is_lower_bound);
            }
            FitOutcome::Impossible { reason } => *impossible.entry(reason).or_default() += 1,
        }
    }
    let total: Duration = times.iter().sum();
    times.sort_unstable();
    let at = |quantile: f64| {
        let index = ((times.len() as f64 * quantile) as usize).min(times.len().saturating_sub(1));
        times.get(index).copied().unwrap_or_default()
    };
    println!(
        "| computed | engine load | fits/s on one core | mean | p99 | max | no rule broken | lower bounds | without statistics |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    println!(
        "| {} | {load:.1?} | {:.0} | {:.1?} | {:.1?} | {:.1?} | {:.1} % | {bounds} | {impossible:?} |",
        times.len(),
        times.len() as f64 / total.as_secs_f64(),
        total / u32::try_from(times.len().max(1)).unwrap_or(u32::MAX),
        at(0.99),
        at(1.0),
        share(clean, computed),
    );
    Ok(())
}
