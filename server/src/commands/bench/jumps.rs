//! `tracker bench jumps`: what the number of gate jumps between two systems costs.

use domain::{SolarSystemId, StaticData};
use hdrhistogram::Histogram;
use rand::{Rng, SeedableRng, rngs::StdRng};
use std::time::Instant;

/// Prints percentiles over pairs drawn at random from all systems that have gates.
///
/// # Errors
/// When there is nothing to measure.
pub fn jumps(pairs: usize) -> anyhow::Result<()> {
    let static_data = StaticData::bundled();
    let systems: Vec<SolarSystemId> =
        static_data.systems().map(|system| system.id).filter(|id| !static_data.neighbours(*id).is_empty()).collect();
    anyhow::ensure!(!systems.is_empty() && pairs > 0, "no pairs");
    let mut random = StdRng::seed_from_u64(1); // the same pairs each time
    let mut nanoseconds = Histogram::<u64>::new_with_bounds(1, 1_000_000_000, 3)?;
    let (mut reached, mut farthest) = (0, 0);
    for _ in 0..pairs {
        let mut draw = || systems[random.random_range(0..systems.len())];
        let (from, to) = (draw(), draw());
        let started = Instant::now();
        let jumps = std::hint::black_box(static_data.jumps_between(from, to));
        nanoseconds.saturating_record(u64::try_from(started.elapsed().as_nanos())?);
        reached += usize::from(jumps.is_some());
        farthest = farthest.max(jumps.unwrap_or(0));
    }
    let us = |quantile| nanoseconds.value_at_quantile(quantile) as f64 / 1_000.0;
    println!("| systems | pairs | with a route | farthest | p50 us | p99 us | max us |");
    println!("|---|---|---|---|---|---|---|");
    println!(
        "| {} | {pairs} | {reached} | {farthest} jumps | {:.1} | {:.1} | {:.1} |",
        systems.len(),
        us(0.5),
        us(0.99),
        nanoseconds.max() as f64 / 1_000.0,
    );
    Ok(())
}
