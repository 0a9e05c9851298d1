//! The tasks that emit kills by themselves: the generator at a rate, the replay at its pace.

use crate::{
    config::{Dates, Pace, Rhythm},
    replay::Recording,
    world::World,
};
use chrono::{DateTime, TimeDelta, Timelike, Utc};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::{collections::VecDeque, sync::Arc, time::Duration};
use tokio::time::Instant;

/// Kills emitted without giving other tasks a turn; generating one takes well under 0.1 ms.
const TURN: usize = 32;

/// Kills of each UTC hour against the mean: peak at 19-21, 2.7 times the quietest hour, 11 (data.md 5).
const HOURS: [f64; 24] = [
    1.10, 1.15, 1.15, 1.10, 1.00, 0.90, 0.80, 0.70, 0.65, 0.62, 0.60, 0.55, 0.65, 0.75, 0.85, 0.95, 1.10, 1.25, 1.40,
    1.48, 1.48, 1.40, 1.25, 1.15,
];

fn factor(rhythm: Rhythm, at: DateTime<Utc>) -> f64 {
    match rhythm {
        Rhythm::Steady => 1.0,
        Rhythm::Daily => HOURS[at.hour() as usize % 24],
    }
}

/// Emits at `rate` kills a wall second until the galaxy stops. Kills come at random moments, as a Poisson process.
pub(crate) async fn generate(world: Arc<World>, rate: f64, rhythm: Rhythm) {
    let mut rng = ChaCha8Rng::seed_from_u64(world.config.seed ^ 0x7ac3);
    let tick = Duration::from_secs_f64((0.25 / rate.max(0.01)).clamp(0.005, 0.25));
    let mut last = Instant::now();
    loop {
        tokio::select! {
            () = tokio::time::sleep(tick) => {}
            () = world.stopping.cancelled() => return,
        }
        let expected = last.elapsed().as_secs_f64() * rate * factor(rhythm, world.clock.now());
        last = Instant::now();
        let mut rest = poisson(&mut rng, expected);
        while rest > 0 && !world.stopping.is_cancelled() {
            let turn = rest.min(TURN);
            world.emit(turn);
            rest -= turn;
            tokio::task::yield_now().await;
        }
    }
}

/// A draw with the given mean; beyond a mean of 30 the mean itself is near enough.
fn poisson(rng: &mut ChaCha8Rng, mean: f64) -> usize {
    if mean > 30.0 {
        return mean.floor() as usize + usize::from(rng.random_bool(mean.fract()));
    }
    let limit = (-mean).exp();
    let mut product: f64 = rng.random();
    let mut count = 0;
    while product > limit {
        product *= rng.random::<f64>();
        count += 1;
    }
    count
}

/// Emits recordings at their pace until none is left or the galaxy stops.
pub(crate) async fn replay(world: Arc<World>, recordings: Vec<Recording>, pace: Pace, dates: Dates) {
    let Some(first) = recordings.first().map(|recording| recording.killed_at) else { return };
    let mut rest = VecDeque::from(recordings);
    let begin = Instant::now();
    let mut emitted = 0_u64;
    while !rest.is_empty() {
        let elapsed = begin.elapsed().as_secs_f64();
        let due = match pace {
            Pace::AtOnce => rest.len(),
            Pace::Rate(rate) => ((elapsed * rate) as u64 + 1).saturating_sub(emitted) as usize,
            Pace::Recorded { speed } => {
                let until = first + TimeDelta::milliseconds((elapsed * speed * 1_000.0) as i64);
                rest.partition_point(|recording| recording.killed_at <= until)
            }
        };
        let turn: Vec<_> = rest.drain(..due.min(rest.len()).min(TURN)).collect();
        let is_waiting = turn.is_empty();
        emitted += turn.len() as u64;
        if !is_waiting {
            world.emit_recordings(turn, dates);
        }
        let pause = if is_waiting { Duration::from_millis(10) } else { Duration::ZERO };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = world.stopping.cancelled() => return,
        }
    }
    tracing::info!(emitted, "replay finished");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rhythm_keeps_the_mean() {
        let mean = HOURS.iter().sum::<f64>() / 24.0;
        assert!((0.97..1.03).contains(&mean), "{mean}");
    }

    #[test]
    fn poisson_has_its_mean() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        for mean in [0.02, 0.9, 12.0, 80.5] {
            let sum: usize = (0..20_000).map(|_| poisson(&mut rng, mean)).sum();
            let measured = sum as f64 / 20_000.0;
            assert!((measured - mean).abs() < mean * 0.15, "{mean}: {measured}");
        }
    }
}
