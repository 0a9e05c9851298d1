//! What things cost here: deterministic by type and time, of believable magnitude, with gaps as the real market has
//! them. Each type has a base; the market moves around it in steps, the same for every reader of a step.

use crate::hash;
use domain::{StaticData, TypeId};
use std::{collections::BTreeMap, fmt::Write as _};

/// Largest distance of a moving price from its base.
const SWING: f64 = 0.08;

/// Prices of all types with a market. ISK as `f64`, like the upstreams write it.
#[derive(Debug)]
pub struct Prices {
    /// Average and adjusted price by type.
    by_type: BTreeMap<i64, (Option<f64>, Option<f64>)>,
}

/// A hull's price by its group, tech I; other hulls go by mass.
fn hull_price(group: i64) -> Option<f64> {
    Some(match group {
        25 => 450e3,
        26 => 11e6,
        27 => 190e6,
        28 => 1.6e6,
        29 => 10e3,
        30 => 95e9,
        31 => 35e3,
        237 => 25e3,
        324 => 27e6,
        358 => 210e6,
        380 => 190e6,
        419 => 52e6,
        420 => 1.5e6,
        463 => 38e6,
        485 => 2.9e9,
        513 => 1.6e9,
        540 => 340e6,
        541 => 62e6,
        543 => 240e6,
        547 => 1.9e9,
        659 => 24e9,
        830 => 24e6,
        831 => 29e6,
        832 => 230e6,
        833 => 240e6,
        834 => 33e6,
        883 => 2.4e9,
        893 => 26e6,
        894 => 320e6,
        898 => 1.1e9,
        900 => 1.7e9,
        902 => 8.5e9,
        906 => 230e6,
        941 => 900e6,
        963 => 190e6,
        1201 => 78e6,
        1202 => 190e6,
        1283 => 26e6,
        1305 => 48e6,
        1527 => 25e6,
        1534 => 68e6,
        1538 => 1.7e9,
        1972 => 1.1e9,
        4594 => 6.5e9,
        5120 => 4.0e9,
        _ => return None,
    })
}

impl Prices {
    pub fn new(sde: &StaticData) -> Self {
        let by_type = sde
            .types()
            .filter(|info| info.published && info.id.0 > 0)
            .filter_map(|info| {
                let number = info.id.0 as u64;
                let spread = 0.6 + 0.8 * hash::unit(number, 101);
                let price = price_of(info)? * spread;
                // One type in fifty trades nowhere; one in twenty-five has no average.
                if hash::mix(number, 102).is_multiple_of(50) {
                    return None;
                }
                let average = !hash::mix(number, 103).is_multiple_of(25);
                let adjusted = price * (0.85 + 0.2 * hash::unit(number, 104));
                Some((info.id.0, (average.then_some(round(price)), Some(round(adjusted)))))
            })
            .collect();
        Self { by_type }
    }

    /// The price a value is computed with: average, else adjusted, else a cent as zKillboard has it.
    pub fn price(&self, id: TypeId) -> f64 {
        self.by_type.get(&id.0).and_then(|(average, adjusted)| average.or(*adjusted)).unwrap_or(0.01)
    }

    /// What Jita pays and asks for a type at a step of the market: buy, split and sell price. One type in thirty is
    /// traded elsewhere only.
    pub fn jita(&self, id: TypeId, step: u64) -> Option<Quote> {
        let number = id.0 as u64;
        if hash::mix(number, 105).is_multiple_of(30) {
            return None;
        }
        let (average, adjusted) = self.by_type.get(&id.0)?;
        let middle = average.or(*adjusted)? * swing(number, step);
        let half_spread = middle * (0.01 + 0.04 * hash::unit(number, 106));
        let (buy, sell) = (round(middle - half_spread), round(middle + half_spread));
        Some(Quote { buy, split: round(f64::midpoint(buy, sell)), sell })
    }

    /// What a type's rolled modules sell for on average.
    pub fn contracts(&self, id: TypeId, step: u64) -> f64 {
        round(90e6 * (0.3 + 4.0 * hash::unit(id.0 as u64, 107)) * swing(id.0 as u64, step))
    }

    /// The body of ESI's `/markets/prices` at a step of the market.
    pub fn body(&self, step: u64) -> String {
        let mut body = String::with_capacity(self.by_type.len() * 80);
        body.push('[');
        for (index, (type_id, (average, adjusted))) in self.by_type.iter().enumerate() {
            body.push_str(if index == 0 { "{" } else { ",{" });
            let swing = swing(*type_id as u64, step);
            if let Some(adjusted) = adjusted {
                let _ = write!(body, "\"adjusted_price\":{:?},", round(adjusted * swing));
            }
            if let Some(average) = average {
                let _ = write!(body, "\"average_price\":{:?},", round(average * swing));
            }
            let _ = write!(body, "\"type_id\":{type_id}}}");
        }
        body.push(']');
        body
    }
}

/// Best orders of one type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quote {
    pub buy: f64,
    pub split: f64,
    pub sell: f64,
}

/// The factor between base and price at a step; 1 at step 0.
fn swing(number: u64, step: u64) -> f64 {
    if step == 0 { 1.0 } else { 1.0 - SWING + 2.0 * SWING * hash::unit(number, hash::mix(step, 108)) }
}

fn round(price: f64) -> f64 {
    ((price * 100.0).round() / 100.0).max(0.01)
}

fn price_of(info: &domain::static_data::TypeInfo) -> Option<f64> {
    // 1 tech I, 2 tech II, 3 storyline, 4 faction, 5 officer, 6 deadspace, 14 tech III, 15 abyssal, 52-54 structures'.
    let meta = info.meta_group_id.map_or(1, |meta| meta.0);
    let base = info.base_price.map(domain::Isk::as_f64).filter(|price| *price > 0.0);
    let volume = info.volume_m3.unwrap_or(1.0).max(0.01);
    let capital = volume >= 1_000.0;
    Some(match info.category_id.0 {
        6 => {
            let faction = if meta == 4 { 4.0 } else { 1.0 };
            hull_price(info.group_id.0).or(base).unwrap_or(5e6) * faction
        }
        7 | 66 => {
            let size = if capital { 40.0 } else { (volume / 5.0).clamp(0.4, 8.0) };
            let tier = match meta {
                2 => 900e3,
                3 => 6e6,
                4 => 28e6,
                5 => 900e6,
                6 => 160e6,
                15 => 120e6,
                _ => base.map_or(60e3, |base| base.clamp(8e3, 4e6)),
            };
            tier * if meta == 1 { 1.0 } else { size }
        }
        8 => match meta {
            2 => 620.0,
            4 => 900.0,
            _ => base.unwrap_or(20.0).clamp(1.0, 20_000.0),
        },
        18 => {
            let tier = if meta == 2 { 850e3 } else { base.unwrap_or(40e3).clamp(4e3, 400e3) };
            tier * (volume / 10.0).clamp(0.5, 3.0)
        }
        87 => 18e6,
        20 => base.unwrap_or(4e6).clamp(200e3, 200e6) * 6.0,
        22 | 23 => base.unwrap_or(8e6).clamp(500e3, 600e6),
        32 => 48e6,
        65 => match info.group_id.0 {
            1657 => 1.1e9 * (volume / 8_000.0).clamp(1.0, 80.0),
            1404 | 1406 => 900e6,
            _ => 1.9e9,
        },
        // Minerals, ore, commodities, planetary goods.
        4 | 17 | 25 | 42 | 43 => base.unwrap_or(900.0).clamp(1.0, 5e6),
        9 => base.unwrap_or(2e6).clamp(10e3, 500e6),
        16 => base.unwrap_or(1e6),
        91 => 0.01,
        _ => base?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn magnitudes() {
        let sde = StaticData::bundled();
        let prices = Prices::new(&sde);
        let price = |name: &str| prices.price(sde.type_by_name(name).unwrap().id);
        assert!((100e3..2e6).contains(&price("Rifter")), "{}", price("Rifter"));
        assert!((40e9..200e9).contains(&price("Avatar")), "{}", price("Avatar"));
        assert!((300e3..3e6).contains(&price("Damage Control II")), "{}", price("Damage Control II"));
        assert!(price("Tritanium") < 100.0);
        let body: Vec<serde_json::Value> = serde_json::from_str(&prices.body(0)).unwrap();
        assert!(body.len() > 15_000, "{}", body.len());
        assert!(body.iter().any(|row| row.get("average_price").is_none()));
    }

    #[test]
    fn the_market_moves_around_the_base() {
        let sde = StaticData::bundled();
        let prices = Prices::new(&sde);
        let types: Vec<TypeId> = sde.types().filter(|info| info.published).map(|info| info.id).collect();
        let quotes = |step| types.iter().filter_map(|id| Some((*id, prices.jita(*id, step)?))).collect::<Vec<_>>();
        let (first, second) = (quotes(1), quotes(2));
        assert!(first.len() > 10_000 && first.len() == second.len());
        assert_eq!(first, quotes(1));
        let moved = first.iter().zip(&second).filter(|(a, b)| a != b).count();
        // What costs a few hundredths stays where it is: a third of all types.
        assert!(moved > first.len() / 2, "{moved} of {}", first.len());
        for (id, quote) in &second {
            assert!(quote.buy <= quote.split && quote.split <= quote.sell, "{id}: {quote:?}");
            let base = prices.price(*id);
            assert!((quote.split - base).abs() <= base * 0.09 + 0.01, "{id}: {quote:?} of {base}");
        }
        assert_eq!(prices.body(3), prices.body(3));
        assert_ne!(prices.body(3), prices.body(4));
    }
}
