//! Measures how many kills a second one core generates and writes, and what they are like.
//!
//! `cargo run --release -p simulator --example generation_rate -- 50000`

use simulator::{Config, Simulator};
use std::{collections::BTreeMap, time::Instant};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let count: usize = std::env::args().nth(1).map_or(Ok(50_000), |text| text.parse())?;
    let begin = Instant::now();
    let simulator = Simulator::start(Config { keep: count, ..Config::default() }).await?;
    println!("started in {:.2} s", begin.elapsed().as_secs_f64());
    let begin = Instant::now();
    let ids = simulator.emit(count);
    let seconds = begin.elapsed().as_secs_f64();
    println!("{count} kills in {seconds:.2} s: {:.0} a second", count as f64 / seconds);
    let sde = domain::StaticData::bundled();
    let (mut bytes, mut attackers, mut items) = (0, Vec::new(), 0);
    let mut groups: BTreeMap<String, usize> = BTreeMap::new();
    let mut bands: BTreeMap<String, usize> = BTreeMap::new();
    for id in &ids {
        let Some((body, _)) = simulator.killmail(*id) else { continue };
        let mail: domain::Killmail = serde_json::from_str(&body)?;
        bytes += body.len();
        attackers.push(mail.attackers.len());
        items += mail.items_flat().count();
        let group = sde.type_info(mail.victim.ship_type_id).and_then(|info| sde.group(info.group_id));
        *groups.entry(group.map_or("?".to_owned(), |group| group.name.clone())).or_default() += 1;
        let band = sde.system(mail.solar_system_id).map(|system| format!("{:?}", system.band));
        *bands.entry(band.unwrap_or_default()).or_default() += 1;
    }
    attackers.sort_unstable();
    let kept = attackers.len().max(1);
    println!("kept {kept}, mean {} bytes, {:.1} items", bytes / kept, items as f64 / kept as f64);
    let sum: usize = attackers.iter().sum();
    let at = |share: f64| attackers.get((kept as f64 * share) as usize).copied().unwrap_or(0);
    println!(
        "attackers: mean {:.2}, p50 {}, p90 {}, p99 {}, max {}",
        sum as f64 / kept as f64,
        at(0.5),
        at(0.9),
        at(0.99),
        attackers.last().copied().unwrap_or(0)
    );
    println!("{bands:?}");
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    println!("{groups:?}");
    simulator.shutdown().await;
    Ok(())
}
